//! What the variants in stock have less than all variants of their product. Most filters ask for stock, so it is put
//! together once, when a segment is opened.

use crate::options::Options;
use crate::segment::{ALL_IN_STOCK, SOME_IN_STOCK, STOCK_IS_LIKE_ALL, Segment};
use crate::variants::{IN_STOCK, ON_OFFER};

#[derive(Debug, Default)]
pub(crate) struct Stock {
    /// A bit for each product: whether it has less in stock.
    less: Vec<u64>,
    /// By block of 64 products: how many of those before it have.
    starts: Vec<u32>,
    rows: Vec<Row>,
    /// The options of each that are sold out, in words of bits.
    sold_out: Vec<u64>,
    words: usize,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    /// The lowest one.
    price: u32,
    is_on_offer: bool,
}

/// What a product has in stock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InStock<'a> {
    pub(crate) price: u32,
    pub(crate) is_on_offer: bool,
    /// The bits of its options that are sold out.
    pub(crate) sold_out: &'a [u64],
}

impl Stock {
    pub(crate) fn new(segment: &Segment, options: &Options) -> Self {
        let (view, mut stock) = (segment.columns.view(), Self { words: options.words, ..Self::default() });
        for flags in view.flags.chunks(64) {
            stock.starts.push(stock.rows.len() as u32);
            let (block, mut less) = (stock.less.len() as u32, 0);
            for (at, [flags]) in flags.iter().enumerate() {
                if flags & (SOME_IN_STOCK | ALL_IN_STOCK | STOCK_IS_LIKE_ALL) == SOME_IN_STOCK {
                    less |= 1 << at;
                    let variants = view.variants(block * 64 + at as u32).map(|number| view.variant(number));
                    let first = stock.sold_out.len();
                    stock.sold_out.resize(first + options.words, 0);
                    let mut row = Row { price: u32::MAX, is_on_offer: false };
                    for variant in variants.clone() {
                        let all = stock.sold_out[first..].iter_mut().zip(options.of(variant.combination));
                        all.for_each(|(all, options)| *all |= options);
                    }
                    for variant in variants.filter(|variant| variant.flags & IN_STOCK != 0) {
                        let sold_out = stock.sold_out[first..].iter_mut().zip(options.of(variant.combination));
                        sold_out.for_each(|(sold_out, options)| *sold_out &= !options);
                        row.price = row.price.min(variant.price);
                        row.is_on_offer |= variant.flags & ON_OFFER != 0;
                    }
                    stock.rows.push(row);
                }
            }
            stock.less.push(less);
        }
        stock
    }

    /// The products of a block of 64 that have less in stock.
    pub(crate) fn less(&self, block: u32) -> u64 {
        self.less[block as usize]
    }

    /// What a product has in stock that has less.
    pub(crate) fn get(&self, document: u32) -> InStock<'_> {
        let (block, at) = (document as usize / 64, document % 64);
        let before = (self.less[block] & ((1 << at) - 1)).count_ones();
        let row = (self.starts[block] + before) as usize;
        let Row { price, is_on_offer } = self.rows[row];
        InStock { price, is_on_offer, sold_out: &self.sold_out[row * self.words..][..self.words] }
    }
}
