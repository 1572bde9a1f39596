//! Counts products that pass in the columns of a part, one column after the other, which is faster than product after
//! product.

use crate::bits::bits_of;
use crate::index::Part;
use crate::segment::{Dense, DenseView, SOME_IN_STOCK, SOME_ON_OFFER};

/// How many products are counted at a time.
const BATCH: usize = 4096;

/// What passed in a part.
#[derive(Debug, Default)]
pub(crate) struct InColumns {
    /// A bit for each product.
    passing: Vec<u64>,
    products: usize,
    pub(crate) in_stock: usize,
    pub(crate) on_offer: usize,
    pub(crate) ratings: [usize; 6],
    /// By set, in the columns of the part.
    pub(crate) sets: Vec<u32>,
}

impl InColumns {
    /// `shop` has the same and more products. If most of these pass, the others are counted, and left out of its counts.
    pub(crate) fn of(part: &Part, passing: Vec<u64>, shop: Option<&Self>) -> Self {
        let products = passing.iter().map(|word| word.count_ones() as usize).sum();
        let Some(shop) = shop.filter(|shop| shop.products - products < products) else {
            return Self { products, ..Self::counted(part, passing) };
        };
        let others = shop.passing.iter().zip(&passing).map(|(all, passing)| all & !passing).collect();
        let mut found = Self::counted(part, others);
        found.sets.iter_mut().zip(&shop.sets).for_each(|(count, all)| *count = all - *count);
        found.ratings.iter_mut().zip(&shop.ratings).for_each(|(count, all)| *count = all - *count);
        let (in_stock, on_offer) = (shop.in_stock - found.in_stock, shop.on_offer - found.on_offer);
        Self { passing, products, in_stock, on_offer, ..found }
    }

    fn counted(part: &Part, passing: Vec<u64>) -> Self {
        let (view, sets) = (part.segment.columns.view(), vec![0; part.segment.sets.len()]);
        let dense: Vec<DenseView> = part.segment.columns.dense.iter().map(Dense::view).collect();
        let mut counts = part.joined.counter(&dense);
        let mut kinds = [[0; 8]; 6];
        let mut found = Self { sets, ..Self::default() };
        let mut places = Vec::with_capacity(BATCH);
        for (chunk, words) in passing.chunks(BATCH / 64).enumerate() {
            places.clear();
            for (block, &word) in (chunk as u32 * BATCH as u32 / 64..).zip(words) {
                places.extend(bits_of(block, word));
            }
            for &document in &places {
                let flags = view.flags[document as usize][0] & (SOME_IN_STOCK | SOME_ON_OFFER);
                kinds[stars(part.rating(&view, document))][usize::from(flags / SOME_IN_STOCK)] += 1;
            }
            counts.add(&places);
        }
        for (rating, kinds) in found.ratings.iter_mut().zip(kinds) {
            *rating = kinds.iter().sum();
            for (flags, count) in (0..).zip(kinds) {
                found.in_stock += if flags & 1 == 1 { count } else { 0 };
                found.on_offer += if flags & (SOME_ON_OFFER / SOME_IN_STOCK) != 0 { count } else { 0 };
            }
        }
        counts.finish(&mut found.sets);
        Self { passing, ..found }
    }
}

/// The whole stars of a rating in hundredths.
pub(crate) fn stars(rating: u16) -> usize {
    usize::from(rating / 100).min(5)
}
