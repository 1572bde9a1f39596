//! A product as the index gets it.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{BrandId, CategoryId};
use domain::product::{Product, Variant};
use domain::stock::Band;
use domain::taxonomy::Taxonomy;
use search_index::{Document, Popularity, State, Term};
use store::lists::ProductState;

use crate::{Excerpt, millis};

/// Categories and brands, of one moment each.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) categories: Taxonomy<CategoryId>,
    pub(crate) brands: Taxonomy<BrandId>,
}

pub(crate) fn document(product: &Product, terms: &Terms, popularity: Popularity) -> Document {
    Document {
        id: product.id.to_bytes(),
        state: match ProductState::of(product) {
            ProductState::Active => State::Active,
            ProductState::Draft => State::Draft,
            ProductState::Archived => State::Archived,
            ProductState::Deleted => State::Deleted,
        },
        name: product.name.clone(),
        brand: product.brand.map(|id| brand(id, &terms.brands)),
        categories: categories(product, &terms.categories),
        attributes: product.attributes.clone(),
        description: product.description.clone(),
        variants: product.variants.iter().map(|it| variant(product, it)).collect(),
        created_at: millis(product.created_at),
        popularity,
        card: Excerpt::of(product).to_bytes(),
    }
}

/// A brand that customers do not see is found by its id only.
fn brand(id: BrandId, brands: &Taxonomy<BrandId>) -> Term {
    let name = brands.find(id).filter(|_| brands.is_shown(id)).map(|term| term.name.clone());
    Term { id: id.to_string(), name: name.unwrap_or_default() }
}

/// The product's categories and those above them. A category that customers do not see is found by its id only, and does
/// not bring the product into those above it that customers see.
fn categories(product: &Product, categories: &Taxonomy<CategoryId>) -> Vec<Term> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for &id in &product.categories {
        let path = categories.path(id);
        let is_shown = categories.is_shown(id);
        for term in path.into_iter().take_while(|term| is_shown || !categories.is_shown(term.id)) {
            if seen.insert(term.id) {
                let name = if is_shown { term.name.clone() } else { String::new() };
                found.push(Term { id: term.id.to_string(), name });
            }
        }
    }
    found
}

fn variant(product: &Product, variant: &Variant) -> search_index::Variant {
    let options: BTreeMap<String, String> =
        product.options.iter().cloned().zip(variant.values.iter().cloned()).collect();
    search_index::Variant {
        sku: variant.sku.to_string(),
        price: u32::try_from(variant.price).unwrap_or_default(),
        in_stock: product.band(&variant.sku) != Band::Out,
        on_offer: variant.compare_at.is_some_and(|before| before > variant.price),
        options,
    }
}
