//! Puts products through filters, 64 at a time.

use crate::bits::of_bytes;
use crate::blocks::Blocks;
use crate::filters::{Filters, PartFilters};
use crate::index::Part;
use crate::lists::NumbersView;
use crate::segment::View;
use crate::stock::Stock;

/// What a product is to a filter, by its set or by its flags: it has another value.
pub(crate) const FAILS: u8 = 1;
/// It counts for nothing.
pub(crate) const IS_OUT: u8 = 2;
/// Some of its variants pass, or it has several.
pub(crate) const IS_MIXED: u8 = 4;

/// The products of a block, as bits.
#[derive(Debug, Default)]
pub(crate) struct Sieved {
    pub(crate) passing: u64,
    /// They fail one filter, for which they are counted.
    pub(crate) near: u64,
    /// Of these their variants decide.
    pub(crate) mixed: u64,
    /// Only their variants in stock count.
    pub(crate) in_stock: u64,
    pub(crate) fail_price: u64,
}

#[derive(Debug)]
pub(crate) struct Sieve<'a> {
    filters: &'a Filters,
    view: View<'a>,
    dense: Vec<NumbersView<'a>>,
    documents: u32,
    stock: &'a Stock,
    blocks: &'a Blocks,
    /// Those of the last block that fail, by column with a filter.
    pub(crate) fail_columns: Vec<u64>,
}

/// Which products fail, with a bit for each.
#[derive(Debug, Default)]
struct Words {
    is_out: u64,
    one: u64,
    several: u64,
}

impl Words {
    fn fail(&mut self, bits: u64) {
        self.several |= self.one & bits;
        self.one |= bits;
    }
}

impl Sieved {
    /// Only these products.
    pub(crate) fn among(self, these: u64) -> Self {
        Self { passing: self.passing & these, near: self.near & these, ..self }
    }
}

impl<'a> Sieve<'a> {
    pub(crate) fn new(filters: &'a Filters, part: &'a Part) -> Self {
        let columns = &part.segment.columns;
        let dense = columns.dense.iter().map(|dense| dense.view().numbers).collect();
        let (documents, stock, blocks) = (part.segment.len(), &part.stock, &part.blocks);
        Self { filters, view: columns.view(), dense, documents, stock, blocks, fail_columns: Vec::new() }
    }

    /// The bits of all products in a block.
    pub(crate) fn all(&self, block: u32) -> u64 {
        u64::MAX >> (64 - (self.documents - block * 64).min(64))
    }

    pub(crate) fn block(&mut self, part: &PartFilters, block: u32) -> Sieved {
        let (filters, view) = (self.filters, &self.view);
        let documents = block * 64..self.documents.min(block * 64 + 64);
        let place = documents.start as usize..documents.end as usize;
        // What is beyond the last product is out.
        let mut kinds = [IS_OUT; 64];
        NumbersView::Bytes(view.flags).look_up(documents.clone(), &filters.kinds, &mut kinds);
        let mut words = Words { is_out: of_bytes(&kinds, IS_OUT), ..Words::default() };
        let by_flags = if filters.stock | filters.offer == 0 { 0 } else { of_bytes(&kinds, IS_MIXED) };
        let (mut mixed, mut by_options) = (0, 0);
        self.fail_columns.clear();
        for column in &part.sieves {
            let mut kinds = [0; 64];
            self.dense[column.number].look_up(documents.clone(), &column.kinds, &mut kinds);
            words.is_out |= of_bytes(&kinds, IS_OUT);
            let fails = of_bytes(&kinds, FAILS);
            words.fail(fails);
            self.fail_columns.push(fails);
            by_options |= if column.is_option { of_bytes(&kinds, IS_MIXED) } else { 0 };
        }
        let mut fail_price = 0;
        if filters.price != 0 {
            let (mut fails, mut differs) = ([0; 64], [0; 64]);
            let prices = view.prices[place.clone()].iter().zip(&view.highest_prices[place]);
            for ((fails, differs), (lowest, highest)) in fails.iter_mut().zip(&mut differs).zip(prices) {
                let (lowest, highest) = (u32::from_le_bytes(*lowest), u32::from_le_bytes(*highest));
                *fails = u8::from(lowest > filters.most_price) | u8::from(highest < filters.least_price);
                *differs = u8::from(lowest < filters.least_price) | u8::from(highest > filters.most_price);
            }
            fail_price = of_bytes(&fails, 1);
            words.fail(fail_price);
            mixed |= of_bytes(&differs, 1) & !fail_price;
        }
        if filters.rating != 0 {
            let mut fails = [0; 64];
            for (at, document) in documents.clone().enumerate() {
                fails[at] = u8::from(view.rating(document) < filters.least_rating);
            }
            words.fail(of_bytes(&fails, 1));
        }
        if part.has_lists {
            by_options |= self.lists(part, block, &mut words);
        }
        let there = !words.is_out;
        let near = if filters.counts_failed { there & words.one & !words.several } else { 0 };
        // A single variant has all the options of its product.
        mixed |= by_options & self.blocks.several(block);
        let in_stock = if filters.stock != 0 && filters.offer == 0 { self.stock.less(block) & !mixed } else { 0 };
        mixed |= by_flags;
        Sieved { passing: there & !words.one, near, mixed: mixed & !in_stock, in_stock, fail_price }
    }

    /// Filters on groups that have no column. Few products have these groups. Gives the products with chosen options.
    fn lists(&self, part: &PartFilters, block: u32, words: &mut Words) -> u64 {
        let in_columns = part.sieves.iter().fold(0, |bits, column| bits | column.bit);
        let mut left = (self.filters.products | self.filters.options) & !in_columns;
        if !self.view.has_sets(block) {
            words.is_out = u64::MAX;
            return 0;
        }
        let (mut chosen, mut has) = ([0; 64], [0; 64]);
        for (at, document) in (block * 64..self.documents.min(block * 64 + 64)).enumerate() {
            self.view.sets.each(document, |set| {
                chosen[at] |= part.chosen_sets[set as usize];
                has[at] |= part.set_groups[set as usize];
            });
        }
        let mut mixed = 0;
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left &= !bit;
            let is = |all: &[u64; 64]| of_bytes(&all.map(|bits| u8::from(bits & bit != 0)), 1);
            words.is_out |= !is(&has);
            words.fail(!is(&chosen));
            mixed |= if bit & self.filters.options == 0 { 0 } else { is(&chosen) };
        }
        mixed
    }
}
