//! A product as the index gets it.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{BrandId, CategoryId};
use domain::product::{Product, Variant};
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
        in_stock: product.band(&variant.sku).is_on_hand(),
        on_offer: variant.compare_at.is_some_and(|before| before > variant.price),
        options,
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{BrandId, CategoryId, ProductId};
    use domain::product::{Product, ProductStatus};
    use domain::slug::Slug;
    use domain::stock::Band;
    use domain::taxonomy::{Taxonomy, Term, TermDefinition, TermId};
    use search_index::{Document, Popularity, State};

    use super::{Terms, document};
    use crate::samples::{in_sizes, now};

    fn category(n: u128) -> CategoryId {
        CategoryId::new(now(), n)
    }

    /// Terms without those above them.
    fn taxonomy<I: TermId>(terms: &[(I, Option<I>, &str)], hidden: &[I]) -> Taxonomy<I> {
        terms.iter().fold(Taxonomy::new(0, []), |taxonomy, (id, parent, name)| {
            let slug = Slug::parse(&name.to_lowercase().replace(' ', "-")).unwrap();
            let definition =
                TermDefinition { parent: *parent, active: !hidden.contains(id), ..TermDefinition::new(slug, name) };
            let added: Term<I> = taxonomy.add(*id, definition, now()).unwrap().write;
            Taxonomy::new(1, taxonomy.sorted().into_iter().cloned().chain([added]))
        })
    }

    /// Clothing, in it Shirts, and in that Linen shirts; and the brand Nord.
    fn terms(hidden: &[CategoryId], hidden_brands: &[BrandId]) -> Terms {
        let [first, second, third] = [1, 2, 3].map(category);
        let tree = [(first, None, "Clothing"), (second, Some(first), "Shirts"), (third, Some(second), "Linen shirts")];
        let brands = [(BrandId::new(now(), 1), None, "Nord")];
        Terms { categories: taxonomy(&tree, hidden), brands: taxonomy(&brands, hidden_brands) }
    }

    fn found_by(document: &Document) -> Vec<(String, &str)> {
        document.categories.iter().map(|term| (term.id.clone(), term.name.as_str())).collect()
    }

    fn shirt() -> Product {
        Product { brand: Some(BrandId::new(now(), 1)), categories: vec![category(3)], ..in_sizes(&["S", "M"]) }
    }

    #[test]
    fn a_product_is_in_its_categories_and_those_above_them_each_once() {
        let shirt = Product { categories: vec![category(3), category(2)], ..shirt() };
        let document = document(&shirt, &terms(&[], &[]), Popularity::default());
        let [clothing, shirts, linen] = [1, 2, 3].map(|n| category(n).to_string());
        let mut found = found_by(&document);
        found.sort();
        assert_eq!(found, [(clothing, "Clothing"), (shirts, "Shirts"), (linen, "Linen shirts")]);
    }

    #[test]
    fn a_hidden_brand_is_found_by_its_id_only() {
        let brand = BrandId::new(now(), 1);
        let name = |hidden: &[BrandId]| {
            let found = document(&shirt(), &terms(&[], hidden), Popularity::default()).brand.unwrap();
            assert_eq!(found.id, brand.to_string());
            found.name
        };
        assert_eq!((name(&[]).as_str(), name(&[brand]).as_str()), ("Nord", ""));
    }

    #[test]
    fn a_hidden_category_has_no_name_and_brings_a_product_into_no_category_that_customers_see() {
        let document = document(&shirt(), &terms(&[category(3)], &[]), Popularity::default());
        assert_eq!(found_by(&document), [(category(3).to_string(), "")]);
    }

    #[test]
    fn what_is_below_a_hidden_category_is_hidden_up_to_the_categories_that_customers_see() {
        let document = document(&shirt(), &terms(&[category(2)], &[]), Popularity::default());
        let mut found = found_by(&document);
        found.sort();
        assert_eq!(found, [(category(2).to_string(), ""), (category(3).to_string(), "")]);
    }

    #[test]
    fn a_variant_has_its_own_price_stock_offer_and_options() {
        let mut shirt = shirt();
        shirt.bands.insert(shirt.variants[1].sku.clone(), Band::Out);
        shirt.variants[1].facts.compare_at = Some(2_000);
        let document = document(&shirt, &terms(&[], &[]), Popularity::default());
        let variants: Vec<_> = (document.variants.iter())
            .map(|it| (it.sku.as_str(), it.price, it.in_stock, it.on_offer, it.options["Size"].as_str()))
            .collect();
        assert_eq!(variants, [("K-0", 1_000, true, false, "S"), ("K-1", 1_100, false, true, "M")]);
    }

    #[test]
    fn only_what_is_there_is_in_stock() {
        for (band, is_in_stock) in
            [(Band::In, true), (Band::Low, true), (Band::Backorder, false), (Band::Preorder, false), (Band::Out, false)]
        {
            let mut shirt = shirt();
            shirt.bands.insert(shirt.variants[0].sku.clone(), band);
            let document = document(&shirt, &terms(&[], &[]), Popularity::default());
            assert_eq!(document.variants[0].in_stock, is_in_stock, "{band:?}");
        }
    }

    #[test]
    fn a_deleted_product_is_deleted_whatever_its_status() {
        let state = |product: &Product| document(product, &terms(&[], &[]), Popularity::default()).state;
        assert_eq!(state(&shirt()), State::Active);
        assert_eq!(state(&Product { status: ProductStatus::Draft, ..shirt() }), State::Draft);
        assert_eq!(state(&Product { status: ProductStatus::Archived, ..shirt() }), State::Archived);
        assert_eq!(state(&Product { deleted_at: Some(now()), ..shirt() }), State::Deleted);
        assert_eq!(document(&shirt(), &terms(&[], &[]), Popularity::default()).id, ProductId::new(now(), 1).to_bytes());
    }
}
