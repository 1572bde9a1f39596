//! Counts products for every filter, each time without that filter, in one pass.

use crate::bits::{bits_of, set};
use crate::columns::{InColumns, stars};
use crate::filters::{Filters, Flagged, PartFilters, is_several, what_counts};
use crate::index::{Index, Part};
use crate::prices::buckets;
use crate::segment::{Dense, DenseView, SOME_IN_STOCK, SOME_ON_OFFER, STATE, View};
use crate::sieve::{Sieve, Sieved};
use crate::totals::Totals;
use crate::variants::{IN_STOCK, ON_OFFER};

/// Counts of all active products without words at the newest publication.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) totals: Totals,
    parts: Vec<InColumns>,
}

#[derive(Debug)]
pub(crate) struct Counter<'a> {
    index: &'a Index,
    filters: &'a Filters,
    /// If the products of the query are among these.
    shop: Option<&'a Shop>,
    totals: Totals,
    /// Lowest prices of the products that pass all other filters.
    prices: Vec<u32>,
    parts: Vec<InColumns>,
    at: Option<InPart<'a>>,
}

/// Counts in the numbers of the part that is looked at.
#[derive(Debug)]
struct InPart<'a> {
    part: &'a Part,
    view: View<'a>,
    dense: Vec<DenseView<'a>>,
    filters: PartFilters,
    /// Products that pass, which are counted in the columns of all groups at last.
    passing: Vec<u64>,
    /// Of these, so many are in stock or on offer, but not the variants that pass.
    none_in_stock: usize,
    none_on_offer: usize,
    /// Outside of columns, and of products that nearly pass.
    sets: Vec<u32>,
    /// Values of options, of products whose variants differ: those that the product has more than its sets, or less if
    /// they are below zero.
    options: Vec<i32>,
    /// The variants of the product at hand.
    judged: Vec<Judged>,
}

/// A variant: its options, and which of them are counted.
#[derive(Debug)]
struct Judged {
    combination: u32,
    counted: usize,
}

/// Of so many products, variants are fetched together.
const TOGETHER: usize = 64;

/// Above every price.
const NO_PRICE: u64 = u64::MAX;

impl InPart<'_> {
    /// Counts products that fail one filter, for that filter, and gives those of which more must be known.
    fn count_near(&mut self, block: u32, found: &Sieved, fail_columns: &[u64], prices: &mut Vec<u32>) -> u64 {
        let mut near = found.near;
        let clear = near & !found.mixed;
        let in_stock = |document: u32| found.in_stock >> (document % 64) & 1 == 1;
        for document in bits_of(block, clear & found.fail_price) {
            let part = self.part;
            prices.push(if in_stock(document) { part.stock.get(document).price } else { self.view.price(document) });
        }
        near &= !(clear & found.fail_price);
        for (&(column, bit), fail) in self.filters.dense.iter().zip(fail_columns) {
            // They have another value.
            let others = clear & fail;
            near &= !others;
            let group = self.filters.counted(what_counts(bit));
            for document in bits_of(block, others) {
                self.sets[self.dense[column].get(document) as usize] += 1;
                if in_stock(document) {
                    leave_out(&mut self.options, self.part.stock.get(document).sold_out, group);
                }
            }
        }
        near
    }

    /// The options of the variants that were judged.
    fn count_options(&mut self, passes: bool) {
        for word in 0..self.part.options.words {
            let (mut all, mut there) = (0, 0);
            for &Judged { combination, counted } in &self.judged {
                let options = self.part.options.word(combination, word);
                all |= options;
                there |= options & self.filters.counted(counted)[word];
            }
            // All options of a product that passes are counted with its sets.
            let (bits, count) = if passes { (all & !there, -1) } else { (there, 1) };
            bits_of(word as u32, bits).for_each(|at| self.options[at as usize] += count);
        }
    }
}

/// Leaves out options that were counted with the sets of a product, as far as these are counted.
fn leave_out(options: &mut [i32], bits: &[u64], counted: &[u64]) {
    for (word, (bits, counted)) in (0..).zip(bits.iter().zip(counted)) {
        bits_of(word, bits & counted).for_each(|at| options[at as usize] -= 1);
    }
}

impl<'a> Counter<'a> {
    pub(crate) fn new(index: &'a Index, filters: &'a Filters, shop: Option<&'a Shop>) -> Self {
        let totals = Totals { values: vec![0; index.values.list.len()], ..Totals::default() };
        Self { index, filters, shop, totals, prices: Vec::new(), parts: Vec::new(), at: None }
    }

    /// Goes on with the products of a part.
    pub(crate) fn start(&mut self, part: &'a Part) {
        self.end_part();
        let segment = &part.segment;
        self.at = Some(InPart {
            part,
            view: segment.columns.view(),
            dense: segment.columns.dense.iter().map(Dense::view).collect(),
            filters: self.filters.in_part(part, &self.index.values),
            passing: vec![0; segment.len().div_ceil(64) as usize],
            none_in_stock: 0,
            none_on_offer: 0,
            sets: vec![0; segment.sets.len()],
            options: vec![0; part.options.values.len()],
            judged: Vec::new(),
        });
    }

    fn end_part(&mut self) {
        let Some(at) = self.at.take().filter(|_| self.filters.counts_facets) else { return };
        let columns = InColumns::of(at.part, at.passing, self.shop.map(|shop| &shop.parts[self.parts.len()]));
        self.totals.in_stock += columns.in_stock - at.none_in_stock;
        self.totals.on_offer += columns.on_offer - at.none_on_offer;
        self.totals.ratings.iter_mut().zip(columns.ratings).for_each(|(count, more)| *count += more);
        let members = at.part.segment.sets.view();
        let mut count = |value: u32, more: u32| {
            let count = &mut self.totals.values[at.part.values[value as usize] as usize];
            *count = count.wrapping_add(more);
        };
        for (set, (in_columns, others)) in (0..).zip(columns.sets.iter().zip(&at.sets)) {
            let more = in_columns + others;
            if more > 0 {
                members.each(set, |value| count(value, more));
            }
        }
        at.part.options.values.iter().zip(&at.options).for_each(|(value, &more)| count(*value, more.cast_unsigned()));
        self.parts.push(columns);
    }

    pub(crate) fn finish(mut self) -> Totals {
        self.end_part();
        self.totals.prices = buckets(&self.prices);
        self.totals
    }

    pub(crate) fn finish_shop(mut self) -> Shop {
        self.end_part();
        let parts = std::mem::take(&mut self.parts);
        Shop { totals: self.finish(), parts }
    }

    /// Counts products of a part at a publication, all or those with a bit, and visits those that pass all filters with
    /// their lowest price.
    pub(crate) fn count_part(
        &mut self,
        part: &'a Part,
        seq: u32,
        among: Option<&[u64]>,
        mut visit: impl FnMut(u32, u32),
    ) {
        self.start(part);
        let (view, states) = (part.segment.columns.view(), self.filters.looked_at);
        let mut sieve = Sieve::new(self.filters, part);
        let (mut mixed, mut near) = (Vec::new(), Vec::new());
        let blocks = part.segment.len().div_ceil(64);
        for at in 0..blocks {
            // The newest products are the last ones. Matches are visited in their order.
            let block = if among.is_none() { blocks - 1 - at } else { at };
            let among = among.map_or(u64::MAX, |among| among[block as usize]);
            // With counts of states, products fail that are looked at in other lists.
            let alone = if self.filters.states == 0 { part.touched(block) } else { sieve.all(block) };
            if among & !alone != 0 {
                let Some(at) = &mut self.at else { return };
                let found = sieve.block(&at.filters, block).among(among & !alone);
                let others = at.count_near(block, &found, &sieve.fail_columns, &mut self.prices);
                self.count_block(block, &found, &mut visit);
                near.extend(bits_of(block, others));
                mixed.extend(bits_of(block, found.passing & found.mixed));
                if near.len() + mixed.len() >= TOGETHER {
                    self.count_mixed(&mut mixed, &mut near, &mut visit);
                }
            }
            for document in bits_of(block, among & alone) {
                if part.has(document, seq)
                    && view.state(document) & states != 0
                    && let Some(price) = self.count(document)
                {
                    visit(document, price);
                }
            }
        }
        self.count_mixed(&mut mixed, &mut near, &mut visit);
    }

    /// Counts products whose variants differ, and some that fail one filter.
    fn count_mixed(&mut self, mixed: &mut Vec<u32>, near: &mut Vec<u32>, visit: &mut impl FnMut(u32, u32)) {
        let Some(view) = self.at.as_ref().map(|at| at.view) else { return };
        view.fetch_variants(mixed.iter().chain(&*near).copied());
        for document in mixed.drain(..) {
            if let Some(price) = self.count_variants(document, view.flags[document as usize][0], 0) {
                visit(document, price);
            }
        }
        for document in near.drain(..) {
            self.count(document);
        }
    }

    /// Counts products of a block that pass with all their variants, or with those in stock.
    fn count_block(&mut self, block: u32, found: &Sieved, visit: &mut impl FnMut(u32, u32)) {
        let (counts, Some(at)) = (self.filters.counts_facets, self.at.as_mut()) else { return };
        let whole = found.passing & !found.mixed;
        self.totals.products += whole.count_ones() as usize;
        if counts {
            at.passing[block as usize] |= whole;
        }
        let has_lists = counts && whole != 0 && at.view.has_sets(block);
        for document in bits_of(block, whole) {
            let in_stock = (found.in_stock >> (document % 64) & 1 == 1).then(|| at.part.stock.get(document));
            let price = in_stock.map_or_else(|| at.view.price(document), |it| it.price);
            if counts {
                self.prices.push(price);
                if has_lists {
                    at.view.sets.each(document, |set| at.sets[set as usize] += 1);
                }
                if let Some(it) = in_stock {
                    let flags = at.view.flags[document as usize][0];
                    at.none_on_offer += usize::from(flags & SOME_ON_OFFER != 0 && !it.is_on_offer);
                    leave_out(&mut at.options, it.sold_out, at.filters.counted(what_counts(0)));
                }
            }
            visit(document, price);
        }
    }

    /// Counts a product, and gives its lowest price if it passes all filters.
    pub(crate) fn count(&mut self, document: u32) -> Option<u32> {
        let filters = self.filters;
        let at = self.at.as_ref()?;
        let flags = at.view.flags[document as usize][0];
        // The filters that all its variants fail, and those that some of them may pass.
        let Flagged { mut fails, mut mixed, like_all } = filters.by_flags[usize::from(flags)];
        if filters.products | filters.options != 0 {
            let mut chosen = 0;
            for &(column, _) in &at.filters.dense {
                chosen |= at.filters.chosen_sets[at.dense[column].get(document) as usize];
            }
            if at.filters.has_lists {
                at.view.sets.each(document, |set| chosen |= at.filters.chosen_sets[set as usize]);
            }
            fails |= (filters.products | filters.options) & !chosen;
            mixed |= filters.options & chosen;
        }
        if filters.rating != 0 && at.part.rating(&at.view, document) < filters.least_rating {
            fails |= filters.rating;
        }
        if filters.price != 0 {
            let (lowest, highest) = (at.view.price(document), at.view.highest_price(document));
            if lowest > filters.most_price || highest < filters.least_price {
                fails |= filters.price;
            } else if lowest < filters.least_price || highest > filters.most_price {
                mixed |= filters.price;
            }
        }
        if is_several(fails) || fails != 0 && !filters.counts_failed {
            return None;
        }
        // A single variant has all the values of its product. Some variant passes a single mixed filter, unless it is on
        // prices; which one matters only if the options or prices of those that do are counted.
        let is_whole = mixed & !like_all == 0
            || mixed & !filters.options == 0 && at.view.variants(document).len() == 1
            || fails & !(filters.options | filters.price) != 0 && !is_several(mixed) && mixed != filters.price;
        if is_whole { self.count_whole(document, flags, fails) } else { self.count_variants(document, flags, fails) }
    }

    /// A product whose variants all fail the same filter, or none.
    fn count_whole(&mut self, document: u32, flags: u8, fails: u64) -> Option<u32> {
        let (filters, at) = (self.filters, self.at.as_mut()?);
        let price = at.view.price(document);
        if !filters.counts_facets {
            self.totals.products += 1;
            return Some(price);
        }
        if fails == 0 {
            at.view.sets.each(document, |set| at.sets[set as usize] += 1);
            set(&mut at.passing, document);
        } else if fails & (filters.products | filters.options) != 0 {
            let groups = &at.filters.set_groups;
            for &(column, bit) in &at.filters.dense {
                at.sets[at.dense[column].get(document) as usize] += u32::from(bit == fails);
            }
            if at.filters.has_lists {
                at.view
                    .sets
                    .each(document, |set| at.sets[set as usize] += u32::from(groups[set as usize] & fails != 0));
            }
        }
        self.count_product(document, flags, fails, fails);
        if fails & !filters.price == 0 {
            self.prices.push(price);
        }
        (fails == 0).then_some(price)
    }

    /// What is counted by product only: it passes if `fails` is zero, and with one filter less if that is in `nearly`.
    fn count_product(&mut self, document: u32, flags: u8, fails: u64, nearly: u64) {
        let (filters, Some(at)) = (self.filters, &self.at) else { return };
        self.totals.products += usize::from(fails == 0);
        if fails != 0 && nearly & filters.rating != 0 {
            self.totals.ratings[stars(at.part.rating(&at.view, document))] += 1;
        }
        if filters.states != 0 && (fails == 0 || nearly & filters.states != 0) {
            self.totals.states[usize::from(flags & STATE)] += 1;
        }
    }

    /// A product whose variants differ in the filters that they pass. All of them fail `fails`.
    fn count_variants(&mut self, document: u32, flags: u8, fails: u64) -> Option<u32> {
        let (filters, at) = (self.filters, self.at.as_mut()?);
        // The lowest price that passes everything, and the one that passes all but the price.
        let (mut lowest, mut any_price) = (NO_PRICE, NO_PRICE);
        let (mut nearly, mut is) = (0, 0);
        at.judged.clear();
        at.view.each_variant(document, |variant| {
            let failed = |bit: u64, passes: bool| if passes { 0 } else { bit };
            let fails = fails
                | filters.options & !at.filters.chosen_combinations[variant.combination as usize]
                | failed(filters.price, filters.is_price(variant.price))
                | failed(filters.stock, variant.flags & IN_STOCK != 0)
                | failed(filters.offer, variant.flags & ON_OFFER != 0);
            // Without branches, as nobody can guess which variants pass.
            let (passes, is_near) = (fails == 0, !is_several(fails));
            nearly |= if is_near { fails } else { 0 };
            is |= if passes { variant.flags } else { 0 };
            lowest = lowest.min(if passes { variant.price.into() } else { NO_PRICE });
            any_price = any_price.min(if fails & !filters.price == 0 { variant.price.into() } else { NO_PRICE });
            at.judged.push(Judged { combination: variant.combination, counted: what_counts(fails) });
        });
        let lowest = u32::try_from(lowest).ok();
        let passes = lowest.is_some();
        if !filters.counts_facets {
            self.totals.products += usize::from(passes);
            return lowest;
        }
        at.count_options(passes);
        if passes {
            set(&mut at.passing, document);
            at.none_in_stock += usize::from(flags & SOME_IN_STOCK != 0 && is & IN_STOCK == 0);
            at.none_on_offer += usize::from(flags & SOME_ON_OFFER != 0 && is & ON_OFFER == 0);
        } else if nearly & filters.products != 0 {
            for &(column, bit) in &at.filters.dense {
                let counts = bit & nearly & filters.products != 0;
                at.sets[at.dense[column].get(document) as usize] += u32::from(counts);
            }
        }
        if passes || nearly & filters.products != 0 {
            at.view.sets.each(document, |set| {
                let set = set as usize;
                let counts = passes || nearly & filters.products & at.filters.set_groups[set] != 0;
                at.sets[set] += u32::from(counts);
            });
        }
        self.prices.extend(u32::try_from(any_price));
        self.count_product(document, flags, u64::from(!passes), nearly);
        lowest
    }
}
