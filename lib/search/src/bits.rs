//! A bit for each of many products, in words of 64.

/// The numbers of the bits that are set in a word.
pub(crate) fn bits_of(word: u32, mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let next = (bits != 0).then(|| word * 64 + bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
        next
    })
}

pub(crate) fn set(words: &mut [u64], number: u32) {
    words[number as usize / 64] |= 1 << (number % 64);
}

/// The bit of each byte that has a value: 1, 2, 4 and so on.
pub(crate) fn of_bytes(bytes: &[u8; 64], bit: u8) -> u64 {
    let eight = |eight: &[u8; 8]| {
        let lowest = u64::from_le_bytes(*eight) >> bit.trailing_zeros() & 0x0101_0101_0101_0101;
        // Each of the eight bits is moved to its place in the highest byte.
        lowest.wrapping_mul(0x0102_0408_1020_4080) >> 56
    };
    bytes.as_chunks().0.iter().rev().fold(0, |word, bytes| word << 8 | eight(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{bits_of, of_bytes, set};

    proptest! {
        #[test]
        fn bits_come_back(bits in any::<u64>()) {
            let mut words = [0; 3];
            bits_of(2, bits).for_each(|number| set(&mut words, number));
            prop_assert_eq!(words, [0, 0, bits]);
            for bit in [1, 4, 128] {
                let mut bytes = [2; 64];
                bits_of(0, bits).for_each(|number| bytes[number as usize] |= bit);
                prop_assert_eq!(of_bytes(&bytes, bit), bits);
            }
        }
    }
}
