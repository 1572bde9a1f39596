//! The options of variants as bits, one for each value, so that those of many variants are put together fast.

use crate::segment::Segment;

#[derive(Debug)]
pub(crate) struct Options {
    /// The values of options in a segment. The n-th one has the n-th bit.
    pub(crate) values: Vec<u32>,
    /// How many words the bits take.
    pub(crate) words: usize,
    /// The words of each combination, one after the other.
    combinations: Vec<u64>,
}

impl Options {
    pub(crate) fn new(segment: &Segment, is_option: &[bool]) -> Self {
        let values: Vec<u32> =
            (0..).zip(is_option).filter(|(_, is_option)| **is_option).map(|(value, _)| value).collect();
        let words = values.len().div_ceil(64);
        let mut options = Self { values, words, combinations: vec![0; words * segment.combinations.len()] };
        let combinations = segment.combinations.view();
        for (combination, bits) in (0..).zip(options.combinations.chunks_mut(words.max(1))) {
            combinations.each(combination, |value| {
                if let Ok(at) = options.values.binary_search(&value) {
                    bits[at / 64] |= 1 << (at % 64);
                }
            });
        }
        options
    }

    /// The bits of some values.
    pub(crate) fn bits(&self, is_there: impl Fn(u32) -> bool) -> Vec<u64> {
        let mut bits = vec![0; self.words];
        for (at, &value) in self.values.iter().enumerate() {
            bits[at / 64] |= u64::from(is_there(value)) << (at % 64);
        }
        bits
    }

    /// A word of the bits of a combination.
    #[inline]
    pub(crate) fn word(&self, combination: u32, word: usize) -> u64 {
        self.combinations[combination as usize * self.words + word]
    }

    pub(crate) fn of(&self, combination: u32) -> &[u64] {
        &self.combinations[combination as usize * self.words..][..self.words]
    }
}
