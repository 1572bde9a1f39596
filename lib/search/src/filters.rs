//! The filters of a query. Each has a bit, and a product the bits of those that it fails.

use std::collections::HashMap;

use crate::index::{Index, Part};
use crate::lists::ListsView;
use crate::query::Query;
use crate::rows::Values;
use crate::segment::{
    ALL_IN_STOCK, ALL_ON_OFFER, Dense, Group, GroupValue, HAS_VARIANTS, SOME_IN_STOCK, SOME_ON_OFFER, STATE,
    STOCK_IS_LIKE_ALL, bits,
};
use crate::sieve::{FAILS, IS_MIXED, IS_OUT};

/// What the flags of a product tell: the filters that all its variants fail, and those that some of them pass.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flagged {
    pub(crate) fails: u64,
    pub(crate) mixed: u64,
    /// Mixed, but those that pass it have, together, all that is counted of the product.
    pub(crate) like_all: u64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Filters {
    /// By number of a group: the bit of the filter on it.
    pub(crate) groups: Vec<u64>,
    /// By number of a value: the bit of the filter that asks for it.
    chosen: HashMap<u32, u64>,
    /// The filters on categories, brands and attributes, and on options.
    pub(crate) products: u64,
    pub(crate) options: u64,
    pub(crate) price: u64,
    pub(crate) stock: u64,
    pub(crate) offer: u64,
    pub(crate) rating: u64,
    pub(crate) states: u64,
    pub(crate) least_price: u32,
    pub(crate) most_price: u32,
    pub(crate) least_rating: u16,
    /// The states of products that are looked at.
    pub(crate) looked_at: u8,
    /// By the flags of a product.
    pub(crate) by_flags: Vec<Flagged>,
    /// The same as a sieve needs it.
    pub(crate) kinds: Vec<u8>,
    /// Whether anything is counted beside the total, and whether products that fail one filter are counted for it.
    pub(crate) counts_facets: bool,
    pub(crate) counts_failed: bool,
}

impl Filters {
    pub(crate) fn new(index: &Index, query: &Query) -> Self {
        let values = &index.values;
        let mut filters = Self {
            groups: vec![0; values.groups.len()],
            least_price: query.min_price.unwrap_or(0),
            most_price: query.max_price.unwrap_or(u32::MAX),
            least_rating: query.rating.unwrap_or(0),
            looked_at: query.looked_at(),
            counts_facets: query.count_facets,
            counts_failed: query.count_facets,
            ..Self::default()
        };
        // More filters than bits are never asked for; the last ones would share a bit.
        let mut next = 1_u64;
        let mut bit = |is_asked: bool| {
            let bit = if is_asked { next } else { 0 };
            next = if is_asked { next.checked_mul(2).unwrap_or(next) } else { next };
            bit
        };
        filters.price = bit(query.min_price.is_some() || query.max_price.is_some());
        filters.stock = bit(query.in_stock);
        filters.offer = bit(query.on_offer);
        filters.rating = bit(query.rating.is_some());
        filters.states = bit(query.count_states);
        let mut choose = |group: Group, chosen: &[String]| {
            let bit = bit(!chosen.is_empty());
            match group {
                Group::Option(_) => filters.options |= bit,
                _ => filters.products |= bit,
            }
            if let Some(number) = values.groups.iter().position(|it| *it == group) {
                filters.groups[number] = bit;
            }
            let value = |value: &String| values.find(&GroupValue { group: group.clone(), value: value.clone() });
            filters.chosen.extend(chosen.iter().filter_map(value).map(|value| (value, bit)));
        };
        choose(Group::Category, query.category.as_slice());
        choose(Group::Brand, &query.brands);
        query.attributes.iter().for_each(|(name, chosen)| choose(Group::Attribute(name.clone()), chosen));
        query.options.iter().for_each(|(name, chosen)| choose(Group::Option(name.clone()), chosen));
        filters.by_flags = (0..=u8::MAX).map(|flags| filters.flagged(flags, bits(&query.states))).collect();
        filters.kinds = (0..=u8::MAX).map(|flags| filters.kind(flags)).collect();
        filters
    }

    fn flagged(&self, flags: u8, states: u8) -> Flagged {
        if flags & HAS_VARIANTS == 0 {
            return Flagged { fails: u64::MAX, ..Flagged::default() };
        }
        let mut flagged = Flagged::default();
        if states & 1 << (flags & STATE) == 0 {
            flagged.fails |= self.states;
        }
        for (bit, some, all) in [(self.stock, SOME_IN_STOCK, ALL_IN_STOCK), (self.offer, SOME_ON_OFFER, ALL_ON_OFFER)] {
            if flags & some == 0 {
                flagged.fails |= bit;
            } else if flags & all == 0 {
                flagged.mixed |= bit;
            }
        }
        if flags & STOCK_IS_LIKE_ALL != 0 {
            flagged.like_all = flagged.mixed & self.stock;
        }
        flagged
    }

    fn kind(&self, flags: u8) -> u8 {
        let Flagged { fails, mixed, like_all } = self.by_flags[usize::from(flags)];
        // Of products that fail these, nothing is told.
        let is_out = fails & (self.stock | self.offer) != 0 || fails == u64::MAX;
        if is_out || self.looked_at & 1 << (flags & STATE) == 0 {
            IS_OUT
        } else if mixed & !like_all != 0 {
            IS_MIXED
        } else {
            0
        }
    }

    /// The same filters, where products that fail one are not counted for it.
    pub(crate) fn alone(&self) -> Self {
        Self { counts_failed: false, ..self.clone() }
    }

    pub(crate) fn all(&self) -> u64 {
        self.products | self.options | self.price | self.stock | self.offer | self.rating | self.states
    }

    pub(crate) fn is_price(&self, price: u32) -> bool {
        (self.least_price..=self.most_price).contains(&price)
    }

    /// The bit of the filter on the group of a value.
    pub(crate) fn group_of(&self, value: u32, values: &Values) -> u64 {
        self.groups[values.group_of[value as usize] as usize]
    }

    pub(crate) fn in_part(&self, part: &Part, values: &Values) -> PartFilters {
        let segment = &part.segment;
        let mut found = PartFilters {
            chosen_sets: vec![0; segment.sets.len()],
            set_groups: vec![0; segment.sets.len()],
            chosen_combinations: vec![0; segment.combinations.len()],
            dense: Vec::new(),
            sieves: Vec::new(),
            has_lists: false,
            counted: vec![0; (NOTHING + 1) * part.options.words],
            words: part.options.words,
        };
        found.counted_mut(EVERYTHING).fill(u64::MAX);
        if self.products | self.options == 0 {
            return found;
        }
        let group = |value: &u32| self.group_of(*value, values);
        let value_groups: Vec<u64> = part.values.iter().map(group).collect();
        let column = |dense: &Dense| value_groups[dense.value as usize];
        let columns = (0..).zip(segment.columns.dense.iter().map(column));
        found.dense = columns.filter(|(_, bit)| *bit != 0).collect();
        let in_columns = found.dense.iter().fold(0, |bits, (_, bit)| bits | bit);
        found.has_lists = in_columns != self.products | self.options;
        let chosen = |value: &u32| self.chosen.get(value).copied().unwrap_or(0);
        // Hashed only where there is a filter.
        let chosen: Vec<u64> =
            (part.values.iter().zip(&value_groups)).map(|(v, group)| if *group == 0 { 0 } else { chosen(v) }).collect();
        let fold = |lists: ListsView, list: usize, bits: &[u64]| {
            let mut all = 0;
            lists.each(list as u32, |value| all |= bits[value as usize]);
            all
        };
        let mut options: Vec<u64> = value_groups.iter().copied().filter(|bit| bit & self.options != 0).collect();
        options.sort_unstable();
        options.dedup();
        for bit in options {
            let group = part.options.bits(|value| value_groups[value as usize] == bit);
            found.counted_mut(what_counts(bit)).copy_from_slice(&group);
        }
        let (sets, combinations) = (segment.sets.view(), segment.combinations.view());
        for (set, (is_chosen, group)) in found.chosen_sets.iter_mut().zip(&mut found.set_groups).enumerate() {
            *is_chosen = fold(sets, set, &chosen);
            *group = fold(sets, set, &value_groups);
        }
        found.sieves = (found.dense.iter())
            .map(|&(number, bit)| {
                let kind = |set: u32| match found.chosen_sets[set as usize] & bit {
                    // The empty set.
                    0 if set == 0 => IS_OUT,
                    0 => FAILS,
                    _ => IS_MIXED,
                };
                let mut kinds: Vec<u8> = segment.columns.dense[number].view().sets().map(kind).collect();
                // A byte is then always the number of one.
                kinds.resize(kinds.len().max(256), IS_OUT);
                ColumnSieve { number, bit, is_option: bit & self.options != 0, kinds }
            })
            .collect();
        for (combination, is_chosen) in found.chosen_combinations.iter_mut().enumerate() {
            *is_chosen = fold(combinations, combination, &chosen);
        }
        found
    }
}

/// Which options of a variant are counted: all if it passes, those of one filter if it fails that filter only, or none.
const EVERYTHING: usize = 64;
const NOTHING: usize = 65;

/// What is counted of the options of a variant that fails some filters.
#[inline]
pub(crate) fn what_counts(fails: u64) -> usize {
    if is_several(fails) { NOTHING } else { fails.trailing_zeros() as usize }
}

/// Whether more than one bit is set.
pub(crate) fn is_several(bits: u64) -> bool {
    bits & bits.wrapping_sub(1) != 0
}

/// The filter on the group of a column.
#[derive(Debug)]
pub(crate) struct ColumnSieve {
    pub(crate) number: usize,
    pub(crate) bit: u64,
    pub(crate) is_option: bool,
    /// By the number of a set in the column.
    pub(crate) kinds: Vec<u8>,
}

/// The bits of filters by the numbers of a segment.
#[derive(Debug, Default)]
pub(crate) struct PartFilters {
    /// The filters that ask for a value of a set, or of a combination of options.
    pub(crate) chosen_sets: Vec<u64>,
    pub(crate) chosen_combinations: Vec<u64>,
    /// The filter on the group of a set.
    pub(crate) set_groups: Vec<u64>,
    /// By what counts of a variant: the bits of these options, in words.
    counted: Vec<u64>,
    words: usize,
    /// The columns of groups with a filter, and its bit.
    pub(crate) dense: Vec<(usize, u64)>,
    pub(crate) sieves: Vec<ColumnSieve>,
    /// Whether there are filters on groups without a column.
    pub(crate) has_lists: bool,
}

impl PartFilters {
    /// The bits of the options that are counted.
    #[inline]
    pub(crate) fn counted(&self, what: usize) -> &[u64] {
        &self.counted[what * self.words..][..self.words]
    }

    fn counted_mut(&mut self, what: usize) -> &mut [u64] {
        &mut self.counted[what * self.words..][..self.words]
    }
}
