//! Random numbers that are the same on every machine.

#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Those of one thing among many, so that each can be made without the ones before it.
    pub(crate) fn of(seed: u64, number: usize) -> Self {
        Self(Self(seed ^ (number as u64).wrapping_mul(0xd6e8_feb8_6659_fd93)).next())
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, without it.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 11).unwrap_or(usize::MAX) % end.max(1)
    }

    /// As [`Random::below`], for amounts.
    pub fn amount(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() >> 33).unwrap_or(u32::MAX) % end.max(1)
    }

    pub fn percent(&mut self, chance: u32) -> bool {
        self.amount(100) < chance
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A number from 0 to `end`, without it; the n-th one about 1/n as often as the first, as Zipf's law says.
    pub fn zipf(&mut self, end: usize) -> usize {
        // Each doubling is as likely as any other: 1, 2 to 3, 4 to 7 and so on.
        let doublings = end.max(1).ilog2() as usize + 1;
        let first = 1 << self.below(doublings);
        first - 1 + self.below(first.min(end.max(1) + 1 - first))
    }
}
