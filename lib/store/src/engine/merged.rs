//! Several partitions, read as if they were one in the order of the sort key.

use std::collections::VecDeque;

use crate::Store;
use crate::engine::error::StoreError;
use crate::engine::item::Attributes;
use crate::engine::page::KeyRange;

/// A partition that is read some items at a time.
pub(crate) struct Reader {
    /// `None` if all of it was read.
    key_range: Option<KeyRange>,
    waiting: VecDeque<(String, Attributes)>,
    place: Option<String>,
}

impl Reader {
    pub(crate) fn new(key_range: KeyRange, after: Option<&str>) -> Self {
        Self { key_range: Some(key_range), waiting: VecDeque::new(), place: after.map(str::to_owned) }
    }

    /// Of sort keys that are known, in their order, without the items.
    pub(crate) fn of_keys(keys: impl Iterator<Item = String>) -> Self {
        Self { key_range: None, waiting: keys.map(|key| (key, Attributes::new())).collect(), place: None }
    }

    /// Reads the next items if none of those that were read is left.
    async fn fill(&mut self, store: &Store, step: usize) -> Result<(), StoreError> {
        let Some(key_range) = self.key_range.as_ref().filter(|_| self.waiting.is_empty()) else {
            return Ok(());
        };
        let found = store.query(key_range, self.place.as_deref(), step).await?;
        if found.len() < step {
            self.key_range = None;
        }
        if let Some((last, _)) = found.last() {
            self.place = Some(last.clone());
        }
        self.waiting = found.into();
        Ok(())
    }
}

/// The partitions. An item that moves between them at this moment is not read twice.
pub(crate) struct Merged {
    readers: Vec<Reader>,
    oldest_first: bool,
    step: usize,
    last: String,
}

impl Merged {
    pub(crate) fn new(readers: Vec<Reader>, oldest_first: bool, step: usize) -> Self {
        Self { readers, oldest_first, step, last: String::new() }
    }

    pub(crate) fn of_partitions(
        key_ranges: impl IntoIterator<Item = KeyRange>,
        after: Option<&str>,
        oldest_first: bool,
        step: usize,
    ) -> Self {
        let readers = key_ranges.into_iter().map(|key_range| Reader::new(key_range, after));
        Self::new(readers.collect(), oldest_first, step)
    }

    /// The next item and its sort key.
    pub(crate) async fn next(&mut self, store: &Store) -> Result<Option<(String, Attributes)>, StoreError> {
        loop {
            // One after the other: only staff read such lists, and each query takes milliseconds.
            for reader in &mut self.readers {
                reader.fill(store, self.step).await?;
            }
            let waiting = self.readers.iter_mut().filter(|reader| !reader.waiting.is_empty());
            let next = waiting.min_by(|a, b| {
                let order = a.waiting[0].0.cmp(&b.waiting[0].0);
                if self.oldest_first { order } else { order.reverse() }
            });
            match next.and_then(|reader| reader.waiting.pop_front()) {
                Some((key, _)) if key == self.last => {}
                Some((key, item)) => {
                    self.last.clone_from(&key);
                    return Ok(Some((key, item)));
                }
                None => return Ok(None),
            }
        }
    }
}
