//! What a page tells beside its products.

use std::collections::BTreeMap;

use crate::filters::Filters;
use crate::prices::PriceBucket;
use crate::query::{Facet, FacetValue};
use crate::rows::Values;
use crate::segment::Group;

/// How many values of a facet are told, the most frequent first. Of categories more, because they are a tree.
const MAX_CATEGORIES: usize = 500;
const MAX_VALUES: usize = 100;

/// What a page tells beside its products.
#[derive(Debug, Clone, Default)]
pub(crate) struct Totals {
    pub(crate) products: usize,
    /// By number of a value in the index.
    pub(crate) values: Vec<u32>,
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
