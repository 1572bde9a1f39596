//! What is known of each 64 products, put together once, when a segment is opened.

use crate::order::unpopularity;
use crate::segment::Segment;

#[derive(Debug)]
pub(crate) struct Blocks {
    /// A bit for each product: whether it has several variants.
    several: Vec<u64>,
    /// How unpopular the most popular one is.
    most_popular: Vec<u64>,
}

impl Blocks {
    pub(crate) fn new(segment: &Segment) -> Self {
        let (view, mut blocks) = (segment.columns.view(), Self { several: Vec::new(), most_popular: Vec::new() });
        for start in (0..segment.len()).step_by(64) {
            let (mut several, mut most_popular) = (0, u64::MAX);
            for document in start..segment.len().min(start + 64) {
                several |= u64::from(view.variants(document).len() > 1) << (document % 64);
                let flags = view.flags[document as usize][0];
                most_popular = most_popular.min(unpopularity(flags, view.sales(document)));
            }
            blocks.several.push(several);
            blocks.most_popular.push(most_popular);
        }
        blocks
    }

    pub(crate) fn several(&self, block: u32) -> u64 {
        self.several[block as usize]
    }

    /// At least so unpopular is a product.
    pub(crate) fn most_popular(&self, document: u32) -> u64 {
        self.most_popular[document as usize / 64]
    }
}
