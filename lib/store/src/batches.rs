//! Many things that are done in batches, of which each try says how many it did.

use std::collections::BTreeMap;

use crate::StoreError;

/// What is left of them, and what failed. One that cannot be read does not hold up the others: up to it, each is done alone.
#[derive(Debug)]
pub struct Batches<'a, K> {
    left: &'a [K],
    most: usize,
    at_once: usize,
    failed: BTreeMap<K, String>,
}

impl<'a, K: Copy + Ord> Batches<'a, K> {
    /// At most `most` of them are tried at once.
    pub fn new(all: &'a [K], most: usize) -> Self {
        Self { left: all, most, at_once: most, failed: BTreeMap::new() }
    }

    /// Those that are tried next.
    pub fn next_batch(&self) -> Option<&'a [K]> {
        (!self.left.is_empty()).then(|| &self.left[..self.left.len().min(self.at_once)])
    }

    /// How many of the batch, from its first one on, are done.
    pub fn record(&mut self, tried: Result<usize, StoreError>) {
        let done = match (tried, self.left) {
            (Ok(done), _) => done,
            (Err(StoreError::Corrupt(_)), _) if self.at_once > 1 => {
                self.at_once = 1;
                0
            }
            (Err(error @ StoreError::Corrupt(_)), [first, ..]) => {
                self.failed.insert(*first, error.to_string());
                self.at_once = self.most;
                1
            }
            (Err(error), left) => {
                self.failed.extend(left.iter().map(|one| (*one, error.to_string())));
                left.len()
            }
        };
        self.left = &self.left[done..];
    }

    /// Those that were not done, and why.
    pub fn into_failed(self) -> BTreeMap<K, String> {
        self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::Batches;
    use crate::StoreError;

    #[test]
    fn one_that_cannot_be_read_fails_alone_and_another_error_fails_all_that_are_left() {
        let corrupt = || Err(StoreError::Corrupt("it".to_owned()));
        let mut batches = Batches::new(&[1, 2, 3, 4, 5, 6], 3);
        for (batch, tried) in [
            (&[1, 2, 3][..], corrupt()),
            (&[1], Ok(1)),
            (&[2], corrupt()),
            (&[3, 4, 5], Ok(2)),
            (&[5, 6], Err(StoreError::Busy("it".to_owned()))),
        ] {
            assert_eq!(batches.next_batch(), Some(batch));
            batches.record(tried);
        }
        assert_eq!(batches.next_batch(), None);
        assert_eq!(batches.into_failed().into_keys().collect::<Vec<_>>(), [2, 5, 6]);
    }
}
