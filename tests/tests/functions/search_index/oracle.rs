//! What a search must find, computed from the products in the table, one by one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::id::{BrandId, CategoryId};
use domain::product::{Product, Variant};
use domain::taxonomy::Taxonomy;
use search_index::{Group, Id, Page, Query, Sort, State};
use store::lists::ProductState;

pub(crate) struct Catalogue {
    pub(crate) products: Vec<Product>,
    pub(crate) categories: Taxonomy<CategoryId>,
    pub(crate) brands: Taxonomy<BrandId>,
}

/// What of a page must be equal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    total: usize,
    /// In their order, with their lowest prices.
    hits: Vec<(Id, u32)>,
    facets: BTreeMap<Group, BTreeMap<String, usize>>,
    in_stock: usize,
}

impl Found {
    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }
}

impl From<Page> for Found {
    fn from(page: Page) -> Self {
        let values = |facet: search_index::Facet| facet.values.into_iter().map(|it| (it.value, it.count)).collect();
        Self {
            total: page.total,
            hits: page.hits.iter().map(|hit| (hit.id, hit.price)).collect(),
            facets: page.facets.into_iter().map(|facet| (facet.group.clone(), values(facet))).collect(),
            in_stock: page.in_stock,
        }
    }
}

/// A filter that a count leaves out.
#[derive(PartialEq)]
enum But {
    Nothing,
    Stock,
    Group(Group),
}

impl Catalogue {
    /// A query here has no words, or one that names have as a whole.
    pub(crate) fn search(&self, query: &Query) -> Found {
        let (mut rows, mut facets) = (Vec::new(), BTreeMap::<Group, BTreeMap<String, usize>>::new());
        let mut in_stock = 0;
        for product in self.products.iter().filter(|it| query.states.contains(&state(it)) && self.has_word(it, query)) {
            let fits = |variant: &Variant, but: &But| self.fits(product, variant, query, but);
            let lowest = product.variants.iter().filter(|it| fits(it, &But::Nothing)).map(|it| it.price).min();
            rows.extend(lowest.map(|price| (product, u32::try_from(price).unwrap())));
            let stocked = |it: &Variant| product.band(&it.sku).is_on_hand() && fits(it, &But::Stock);
            in_stock += usize::from(product.variants.iter().any(stocked));
            let mut values: Vec<(Group, String)> = Vec::new();
            for variant in &product.variants {
                let own = self.values(product).into_iter();
                let options = product.options.iter().zip(&variant.values);
                let options = options.map(|(name, value)| (Group::Option(name.clone()), value.clone()));
                values.extend(own.chain(options).filter(|(group, _)| fits(variant, &But::Group(group.clone()))));
            }
            values.sort();
            values.dedup();
            for (group, value) in values {
                *facets.entry(group).or_default().entry(value).or_default() += 1;
            }
        }
        rows.sort_by_key(|(product, price)| {
            let (key, name) = match query.sort {
                Sort::PriceAscending => (i64::from(*price), String::new()),
                Sort::PriceDescending => (-i64::from(*price), String::new()),
                Sort::Newest => (-product.created_at.unix_millis(), String::new()),
                Sort::NameAscending => (0, product.name.to_lowercase()),
                _ => (0, String::new()),
            };
            (key, name, Reverse(product.id))
        });
        let page = rows.iter().skip(query.skip).take(query.limit);
        let hits = page.map(|(product, price)| (product.id.to_bytes(), *price)).collect();
        Found { total: rows.len(), hits, facets, in_stock }
    }

    fn has_word(&self, product: &Product, query: &Query) -> bool {
        let brand = product.brand.and_then(|id| self.brands.find(id)).map(|it| it.name.clone());
        let words = format!("{} {}", product.name, brand.unwrap_or_default()).to_lowercase();
        query.text.is_empty() || words.split(' ').any(|word| word == query.text)
    }

    /// Its brand, its attributes, its categories and those above them.
    fn values(&self, product: &Product) -> Vec<(Group, String)> {
        let brand = product.brand.iter().map(|id| (Group::Brand, id.to_string()));
        let paths = product.categories.iter().flat_map(|id| self.categories.path(*id));
        let categories = paths.map(|term| (Group::Category, term.id.to_string()));
        let attributes = product.attributes.iter();
        let attributes = attributes.map(|(name, value)| (Group::Attribute(name.clone()), value.clone()));
        brand.chain(categories).chain(attributes).collect()
    }

    fn fits(&self, product: &Product, variant: &Variant, query: &Query, but: &But) -> bool {
        let asked = |group: Group| *but != But::Group(group);
        let values = self.values(product);
        let has = |group: Group, wanted: &[String]| {
            wanted.is_empty() || values.iter().any(|(it, value)| *it == group && wanted.contains(value))
        };
        let options = query.options.iter().all(|(name, wanted)| {
            let value = product.options.iter().zip(&variant.values).find(|(it, _)| *it == name).map(|(_, value)| value);
            !asked(Group::Option(name.clone())) || value.is_some_and(|value| wanted.contains(value))
        });
        (!asked(Group::Brand) || has(Group::Brand, &query.brands))
            && (!asked(Group::Category) || has(Group::Category, query.category.as_slice()))
            && options
            && query.min_price.is_none_or(|least| variant.price >= i64::from(least))
            && query.max_price.is_none_or(|most| variant.price <= i64::from(most))
            && (!query.in_stock || *but == But::Stock || product.band(&variant.sku).is_on_hand())
    }
}

fn state(product: &Product) -> State {
    match ProductState::of(product) {
        ProductState::Active => State::Active,
        ProductState::Draft => State::Draft,
        ProductState::Archived => State::Archived,
        ProductState::Deleted => State::Deleted,
    }
}
