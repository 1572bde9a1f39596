//! Prices in equal steps.

/// How many equal steps the prices are counted in.
const PRICE_BUCKETS: u32 = 10;

/// Products whose lowest price is from `from` up to, and without, `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBucket {
    pub from: u32,
    pub to: u32,
    pub count: usize,
}

/// The prices in equal steps of a round width.
pub(crate) fn buckets(prices: &[u32]) -> Vec<PriceBucket> {
    let (Some(&lowest), Some(&highest)) = (prices.iter().min(), prices.iter().max()) else {
        return Vec::new();
    };
    let width = round_width((highest - lowest) / PRICE_BUCKETS + 1);
    let start = lowest / width * width;
    // Of the same bucket in turn, because many prices next to each other are in one.
    let mut counts = vec![[0; 4]; ((highest - start) / width + 1) as usize];
    // Multiplied instead of divided, which takes longer; exact for all numbers of 32 bits.
    let reciprocal = (1_u128 << 64) / u128::from(width) + 1;
    for (at, price) in prices.iter().enumerate() {
        counts[(u128::from(price - start).wrapping_mul(reciprocal) >> 64) as usize][at % 4] += 1;
    }
    let bucket = |(number, counts): (usize, [usize; 4])| {
        let from = start + number as u32 * width;
        PriceBucket { from, to: from.saturating_add(width), count: counts.into_iter().sum() }
    };
    counts.into_iter().enumerate().map(bucket).filter(|bucket| bucket.count > 0).collect()
}

/// The next number of 1, 2, 5, 10, 20, 50 and so on.
fn round_width(least: u32) -> u32 {
    let mut ten = 1_u32;
    loop {
        for step in [1, 2, 5] {
            if let Some(width) = ten.checked_mul(step).filter(|width| *width >= least) {
                return width;
            }
        }
        let Some(more) = ten.checked_mul(10) else { return least };
        ten = more;
    }
}

#[cfg(test)]
mod tests {
    use super::{PriceBucket, buckets};

    #[test]
    fn prices_are_counted_in_equal_round_steps() {
        assert!(buckets(&[]).is_empty());
        assert_eq!(buckets(&[700]), [PriceBucket { from: 700, to: 701, count: 1 }]);
        let expected = [
            PriceBucket { from: 0, to: 200, count: 2 },
            PriceBucket { from: 200, to: 400, count: 1 },
            PriceBucket { from: 1800, to: 2000, count: 1 },
        ];
        assert_eq!(buckets(&[100, 199, 200, 1999]), expected);
    }

    #[test]
    fn the_highest_price_has_a_step() {
        let counted: usize = buckets(&[0, 1, u32::MAX]).iter().map(|bucket| bucket.count).sum();
        assert_eq!(counted, 3);
    }
}
