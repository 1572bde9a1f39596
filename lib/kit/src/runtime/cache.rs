//! A small cache of values that were read, bounded in number and in age. The least recently used entry is dropped
//! first. Every instance of a function has its own cache.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::time::Time;
use lru::LruCache;

#[derive(Debug)]
pub struct Cache<K: Hash + Eq, V> {
    entries: Arc<Mutex<LruCache<K, (Time, V)>>>,
    age: Duration,
}

impl<K: Hash + Eq, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), age: self.age }
    }
}

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    /// Holds at most `size` entries, none older than `age`.
    pub fn new(size: NonZeroUsize, age: Duration) -> Self {
        Self { entries: Arc::new(Mutex::new(LruCache::new(size))), age }
    }

    pub fn get(&self, key: &K, now: Time) -> Option<V> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, value) = entries.get(key)?;
        (now.since(*read_at) < self.age).then(|| value.clone())
    }

    pub fn put(&self, key: K, value: V, now: Time) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.put(key, (now, value));
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::time::Duration;

    use domain::time::Time;

    use super::Cache;

    #[test]
    fn old_entries_and_entries_beyond_the_size_are_dropped() {
        let cache = Cache::new(NonZeroUsize::new(2).unwrap(), Duration::from_secs(10));
        let now = Time::from_unix_millis(0);
        cache.put("a", 1, now);
        assert_eq!(cache.get(&"a", now + Duration::from_millis(9_999)), Some(1));
        assert_eq!(cache.get(&"a", now + Duration::from_secs(10)), None);
        cache.put("b", 2, now);
        assert_eq!(cache.get(&"a", now), Some(1));
        cache.put("c", 3, now);
        assert_eq!(cache.get(&"b", now), None, "the least recently used entry is dropped");
        assert_eq!((cache.get(&"a", now), cache.get(&"c", now)), (Some(1), Some(3)));
    }
}
