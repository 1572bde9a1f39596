//! What lists show of a product, as the index keeps it, so that a page of results needs no read of the table.

use std::collections::BTreeMap;

use domain::id::{BrandId, CategoryId, ImageId, ProductId, VariantId};
use domain::metadata::Metadata;
use domain::money::Currency;
use domain::product::{Image, OptionValue, Product, ProductStatus, Variant, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::Band;
use domain::tax::TaxClass;
use domain::time::Time;
use serde::{Deserialize, Serialize};

/// A product without what lists do not show. It is written in few bytes, because the index has one of each product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    id: [u8; 16],
    slug: String,
    name: String,
    status: ProductStatus,
    currency: Currency,
    brand: Option<[u8; 16]>,
    categories: Vec<[u8; 16]>,
    options: Vec<String>,
    variants: Vec<ExcerptVariant>,
    image: Option<ExcerptImage>,
    created_at: i64,
    deleted_at: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ExcerptVariant {
    id: [u8; 16],
    sku: String,
    values: Vec<String>,
    price: i64,
    compare_at: Option<i64>,
    band: Band,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ExcerptImage {
    id: [u8; 16],
    alt: String,
    width: u32,
    height: u32,
    /// An option and its value.
    shows: Option<(String, String)>,
}

impl Excerpt {
    pub fn of(product: &Product) -> Self {
        let variant = |variant: &Variant| ExcerptVariant {
            id: variant.id.to_bytes(),
            sku: variant.sku.to_string(),
            values: variant.values.clone(),
            price: variant.price,
            compare_at: variant.compare_at,
            band: product.band(&variant.sku),
        };
        let image = |image: &Image| ExcerptImage {
            id: image.id.to_bytes(),
            alt: image.alt.clone(),
            width: image.width,
            height: image.height,
            shows: image.shows.as_ref().map(|shown| (shown.option.clone(), shown.value.clone())),
        };
        Self {
            id: product.id.to_bytes(),
            slug: product.slug.to_string(),
            name: product.name.clone(),
            status: product.status,
            currency: product.currency,
            brand: product.brand.map(BrandId::to_bytes),
            categories: product.categories.iter().map(|id| id.to_bytes()).collect(),
            options: product.options.clone(),
            variants: product.variants.iter().map(variant).collect(),
            image: product.images.first().map(image),
            created_at: product.created_at.unix_millis(),
            deleted_at: product.deleted_at.map(Time::unix_millis),
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// The product as far as lists show it. `None` if the bytes are no excerpt.
    pub fn product(bytes: &[u8]) -> Option<Product> {
        postcard::from_bytes::<Self>(bytes).ok()?.into_product()
    }

    fn into_product(self) -> Option<Product> {
        let mut bands = BTreeMap::new();
        let mut variants = Vec::with_capacity(self.variants.len());
        for variant in self.variants {
            let sku = Sku::parse(&variant.sku).ok()?;
            bands.insert(sku.clone(), variant.band);
            let facts = VariantFacts::new(sku, variant.price);
            let facts = VariantFacts { values: variant.values, compare_at: variant.compare_at, ..facts };
            variants.push(Variant { id: VariantId::from_bytes(variant.id), facts });
        }
        let image = |image: ExcerptImage| Image {
            id: ImageId::from_bytes(image.id),
            alt: image.alt,
            width: image.width,
            height: image.height,
            shows: image.shows.map(|(option, value)| OptionValue { option, value }),
        };
        let created_at = Time::from_unix_millis(self.created_at);
        Some(Product {
            id: ProductId::from_bytes(self.id),
            slug: Slug::parse(&self.slug).ok()?,
            name: self.name,
            description: String::new(),
            status: self.status,
            currency: self.currency,
            brand: self.brand.map(BrandId::from_bytes),
            categories: self.categories.into_iter().map(CategoryId::from_bytes).collect(),
            attributes: BTreeMap::new(),
            tax_class: TaxClass::default(),
            options: self.options,
            variants,
            images: self.image.map(image).into_iter().collect(),
            metadata: Metadata::default(),
            variant_metadata: BTreeMap::new(),
            bands,
            backorders: BTreeMap::new(),
            stock_version: 0,
            version: 0,
            created_at,
            updated_at: created_at,
            deleted_at: self.deleted_at.map(Time::from_unix_millis),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::metadata::Metadata;
    use domain::product::Product;
    use proptest::prelude::*;

    use super::Excerpt;
    use crate::samples::product;

    /// What lists do not show.
    fn cut(product: Product) -> Product {
        let mut cut = Product {
            description: String::new(),
            attributes: std::collections::BTreeMap::new(),
            metadata: Metadata::default(),
            stock_version: 0,
            version: 0,
            updated_at: product.created_at,
            ..product
        };
        cut.images.truncate(1);
        cut.variants.iter_mut().for_each(|variant| variant.facts.weight_grams = None);
        cut
    }

    proptest! {
        #[test]
        fn an_excerpt_has_what_lists_show_of_a_product(product in product()) {
            let bytes = Excerpt::of(&product).to_bytes();
            prop_assert_eq!(Excerpt::product(&bytes), Some(cut(product)));
        }

        #[test]
        fn other_bytes_are_no_excerpt_or_some_product(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Excerpt::product(&bytes);
        }

        #[test]
        fn a_cut_excerpt_is_none(product in product(), at in any::<prop::sample::Index>()) {
            let bytes = Excerpt::of(&product).to_bytes();
            prop_assert_eq!(Excerpt::product(&bytes[..at.index(bytes.len())]), None);
        }
    }
}
