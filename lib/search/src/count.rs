//! Counts products for every filter, each time without that filter, in one pass.

use std::collections::BTreeMap;

use crate::filters::{Filters, Flagged, PartFilters};
use crate::index::{Index, Part};
use crate::lists::NumbersView;
use crate::prices::{PriceBucket, buckets};
use crate::query::{Facet, FacetValue};
use crate::rows::Values;
use crate::segment::{Group, IN_STOCK, ON_OFFER, SOME_IN_STOCK, SOME_ON_OFFER, STATE, View};

/// How many values of a facet are told, the most frequent first. Of categories more, because they are a tree.
const MAX_CATEGORIES: usize = 500;
const MAX_VALUES: usize = 100;

/// What a page tells beside its products.
#[derive(Debug, Clone, Default)]
pub(crate) struct Totals {
    pub(crate) products: usize,
    /// By number of a value in the index.
    values: Vec<u32>,
    pub(crate) prices: Vec<PriceBucket>,
    pub(crate) in_stock: usize,
    pub(crate) on_offer: usize,
    pub(crate) ratings: [usize; 6],
    pub(crate) states: [usize; 4],
}

impl Totals {
    /// Takes the facet of the filters from those of another query, which differs by having no filter.
    pub(crate) fn take_facet(&mut self, filters: &Filters, values: &Values, other: &Self) {
        for (number, (count, other)) in (0..).zip(self.values.iter_mut().zip(&other.values)) {
            if filters.group_of(number, values) != 0 {
                *count = *other;
            }
        }
        if filters.price != 0 {
            self.prices.clone_from(&other.prices);
        }
        if filters.stock != 0 {
            self.in_stock = other.in_stock;
        }
        if filters.offer != 0 {
            self.on_offer = other.on_offer;
        }
        if filters.rating != 0 {
            self.ratings = other.ratings;
        }
    }

    pub(crate) fn facets(&self, values: &Values) -> Vec<Facet> {
        let mut groups: BTreeMap<&Group, Vec<(u32, &str)>> = BTreeMap::new();
        for ((value, group), &count) in values.list.iter().zip(&values.group_of).zip(&self.values) {
            if count > 0 {
                groups.entry(&values.groups[*group as usize]).or_default().push((count, &value.value));
            }
        }
        let facet = |(group, mut counted): (&Group, Vec<(u32, &str)>)| {
            let most = match group {
                Group::Category => MAX_CATEGORIES,
                Group::Brand | Group::Attribute(_) | Group::Option(_) => MAX_VALUES,
            };
            let order = |a: &(u32, &str), b: &(u32, &str)| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1));
            if counted.len() > most {
                counted.select_nth_unstable_by(most, order);
                counted.truncate(most);
            }
            counted.sort_unstable_by(order);
            let value = |(count, value): (u32, &str)| FacetValue { value: value.to_owned(), count: count as usize };
            Facet { group: group.clone(), values: counted.into_iter().map(value).collect() }
        };
        groups.into_iter().map(facet).collect()
    }
}

#[derive(Debug)]
pub(crate) struct Counter<'a> {
    index: &'a Index,
    filters: &'a Filters,
    totals: Totals,
    /// Lowest prices of the products that pass all other filters.
    prices: Vec<u32>,
    at: Option<InPart<'a>>,
}

/// Counts in the numbers of the part that is looked at.
#[derive(Debug)]
struct InPart<'a> {
    part: &'a Part,
    view: View<'a>,
    dense: Vec<NumbersView<'a>>,
    filters: PartFilters,
    /// Products that pass, to be counted in the columns of all groups, and in those of all groups but options.
    passing: Vec<u32>,
    mixed: Vec<u32>,
    sets: Vec<u32>,
    /// Values of options, of products whose variants differ, and the bits of those that the product at hand has.
    options: Vec<u32>,
    there: Vec<u64>,
}

/// Above every price.
const NO_PRICE: u64 = u64::MAX;

/// How many products are counted at a time.
const BATCH: usize = 1024;

impl InPart<'_> {
    /// Counts in columns, one after the other, which is faster than product after product.
    fn flush(&mut self) {
        for (column, dense) in self.dense.iter().zip(&self.part.segment.columns.dense) {
            column.count(&self.passing, &mut self.sets);
            if !self.part.option_values[dense.value as usize] {
                column.count(&self.mixed, &mut self.sets);
            }
        }
        self.passing.clear();
        self.mixed.clear();
    }

    fn count_options(&mut self) {
        for (word, &there) in self.there.iter().enumerate() {
            let mut left = there;
            while left != 0 {
                self.options[word * 64 + left.trailing_zeros() as usize] += 1;
                left &= left - 1;
            }
        }
    }
}

/// Whether more than one bit is set.
fn is_several(bits: u64) -> bool {
    bits & bits.wrapping_sub(1) != 0
}

impl<'a> Counter<'a> {
    pub(crate) fn new(index: &'a Index, filters: &'a Filters) -> Self {
        let totals = Totals { values: vec![0; index.values.list.len()], ..Totals::default() };
        Self { index, filters, totals, prices: Vec::new(), at: None }
    }

    /// Goes on with the products of a part.
    pub(crate) fn start(&mut self, part: &'a Part) {
        self.end_part();
        let segment = &part.segment;
        self.at = Some(InPart {
            part,
            view: segment.columns.view(),
            dense: segment.columns.dense.iter().map(|dense| dense.sets.view()).collect(),
            passing: Vec::new(),
            mixed: Vec::new(),
            filters: self.filters.in_part(part, &self.index.values),
            sets: vec![0; segment.sets.len()],
            options: vec![0; part.options.values.len()],
            there: vec![0; part.options.words],
        });
    }

    fn end_part(&mut self) {
        let Some(mut at) = self.at.take() else { return };
        at.flush();
        let members = at.part.segment.sets.view();
        let mut count = |value: u32, more: u32| self.totals.values[at.part.values[value as usize] as usize] += more;
        for (set, &more) in (0..).zip(&at.sets) {
            if more > 0 {
                members.each(set, |value| count(value, more));
            }
        }
        at.part.options.values.iter().zip(&at.options).for_each(|(value, &more)| count(*value, more));
    }

    pub(crate) fn finish(mut self) -> Totals {
        self.end_part();
        self.totals.prices = buckets(&self.prices);
        self.totals
    }

    /// Counts a product, and gives its lowest price if it passes all filters.
    pub(crate) fn count(&mut self, document: u32) -> Option<u32> {
        let filters = self.filters;
        let at = self.at.as_ref()?;
        let flags = at.view.flags[document as usize][0];
        // The filters that all its variants fail, and those that some of them may pass.
        let Flagged { mut fails, mut mixed } = filters.by_flags[usize::from(flags)];
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
        let is_whole = mixed == 0
            || mixed & !filters.options == 0 && at.view.variants(document).len() == 1
            || fails & !(filters.options | filters.price) != 0 && !is_several(mixed) && mixed != filters.price;
        if is_whole { self.count_whole(document, flags, fails) } else { self.count_variants(document, flags, fails) }
    }

    /// A product whose variants all fail the same filter, or none.
    fn count_whole(&mut self, document: u32, flags: u8, fails: u64) -> Option<u32> {
        let (filters, at) = (self.filters, self.at.as_mut()?);
        let price = at.view.price(document);
        if fails == 0 {
            at.view.sets.each(document, |set| at.sets[set as usize] += 1);
            at.passing.push(document);
            if at.passing.len() == BATCH {
                at.flush();
            }
            self.totals.in_stock += usize::from(flags & SOME_IN_STOCK != 0);
            self.totals.on_offer += usize::from(flags & SOME_ON_OFFER != 0);
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
        if fails == 0 || nearly & filters.rating != 0 {
            let rating = at.part.rating(&at.view, document);
            self.totals.ratings[usize::from(rating / 100).min(5)] += 1;
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
        at.there.fill(0);
        for number in at.view.variants(document) {
            let variant = at.view.variant(number);
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
            let options = at.part.options.of(variant.combination);
            let counted = if passes { u64::MAX } else { 0 };
            at.there.iter_mut().zip(options).for_each(|(there, options)| *there |= options & counted);
            if !at.filters.option_groups.is_empty() && is_near && !passes {
                for group in at.filters.option_groups.iter().filter(|group| group.bit == fails) {
                    let values = options.iter().zip(&group.values);
                    at.there.iter_mut().zip(values).for_each(|(there, (options, group))| *there |= options & group);
                }
            }
        }
        at.count_options();
        let lowest = u32::try_from(lowest).ok();
        let passes = lowest.is_some();
        if passes {
            at.mixed.push(document);
            if at.mixed.len() == BATCH {
                at.flush();
            }
        } else if nearly & filters.products != 0 {
            for &(column, bit) in &at.filters.dense {
                let counts = bit & nearly & filters.products != 0;
                at.sets[at.dense[column].get(document) as usize] += u32::from(counts);
            }
        }
        if passes || nearly & filters.products != 0 {
            let option_sets = &at.part.option_sets;
            at.view.sets.each(document, |set| {
                let set = set as usize;
                let counts = passes || nearly & at.filters.set_groups[set] != 0;
                at.sets[set] += u32::from(counts && !option_sets[set]);
            });
        }
        self.totals.in_stock += usize::from(is & IN_STOCK != 0);
        self.totals.on_offer += usize::from(is & ON_OFFER != 0);
        self.prices.extend(u32::try_from(any_price));
        self.count_product(document, flags, u64::from(!passes), nearly);
        lowest
    }
}
