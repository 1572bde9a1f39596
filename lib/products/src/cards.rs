//! A product as an entry of a list: the card that lists, home pages and wish lists show.

use std::sync::Arc;

use domain::id::BrandId;
use domain::picture::{Size, path};
use domain::product::{Image, Product, Variant};
use domain::taxonomy::{Taxonomy, Term, TermId};
use domain::time::Time;
use kit::http::money::MoneyBody;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::Taxonomies;

/// A product in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductCardBody {
    id: String,
    slug: String,
    /// The name of the product.
    name: String,
    /// `active`, `draft` or `archived`.
    status: &'static str,
    /// The lowest price of its variants.
    price: MoneyBody,
    compare_at_price: Option<MoneyBody>,
    stock: &'static str,
    brand_id: Option<String>,
    /// Its brand. Null if it has none, or one that customers do not see.
    brand: Option<TermNameBody>,
    category_ids: Vec<String>,
    variant_count: usize,
    image: Option<ImageBody>,
    created_at: String,
}

/// A category or a brand, as far as a link to it needs it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TermNameBody {
    id: String,
    slug: String,
    /// The name of the category or brand.
    name: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImageBody {
    id: String,
    alt: String,
    /// In pixels, of the large size.
    width: u32,
    height: u32,
    urls: ImageUrls,
}

/// The longer sides have at most 200, 800 and 1600 pixels.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImageUrls {
    small: String,
    medium: String,
    large: String,
}

/// Makes the cards of products.
#[derive(Debug, Clone)]
pub struct ProductCards {
    pub taxonomies: Taxonomies,
    /// The base URL of public images.
    pub images_url: Arc<str>,
}

impl ProductCards {
    /// The cards of these products, in their order.
    pub async fn of(&self, products: &[Product], now: Time) -> Result<Vec<ProductCardBody>, StoreError> {
        let ids: Vec<BrandId> = products.iter().filter_map(|product| product.brand).collect();
        let brands = self.taxonomies.brands_with(&ids, now).await?;
        let card = |product| ProductCardBody::of(product, &brands, &self.images_url);
        Ok(products.iter().map(card).collect())
    }
}

impl ProductCardBody {
    fn of(product: &Product, brands: &Taxonomy<BrandId>, images_url: &str) -> Self {
        let cheapest = cheapest(product);
        Self {
            id: product.id.to_string(),
            slug: product.slug.to_string(),
            name: product.name.clone(),
            status: product.status.name(),
            price: product.price(cheapest.map_or(0, |v| v.price)).into(),
            compare_at_price: compare_at(product, cheapest),
            stock: product.best_band().name(),
            brand_id: product.brand.map(|id| id.to_string()),
            brand: product.brand.and_then(|id| TermNameBody::shown(brands, id)),
            category_ids: category_ids(product),
            variant_count: product.variants.len(),
            image: product.images.first().map(|image| ImageBody::of(product, image, images_url)),
            created_at: product.created_at.to_string(),
        }
    }
}

impl TermNameBody {
    /// `None` if customers do not see the term.
    pub fn shown<I: TermId>(taxonomy: &Taxonomy<I>, id: I) -> Option<Self> {
        taxonomy.find(id).filter(|_| taxonomy.is_shown(id)).map(Self::of)
    }

    pub fn of<I: TermId>(term: &Term<I>) -> Self {
        Self { id: term.id.to_string(), slug: term.slug.to_string(), name: term.name.clone() }
    }
}

impl ImageBody {
    pub fn of(product: &Product, image: &Image, images_url: &str) -> Self {
        let url = |size| format!("{images_url}/{}", path(product.id, image.id, size));
        Self {
            id: image.id.to_string(),
            alt: image.alt.clone(),
            width: image.width,
            height: image.height,
            urls: ImageUrls { small: url(Size::Small), medium: url(Size::Medium), large: url(Size::Large) },
        }
    }
}

pub fn cheapest(product: &Product) -> Option<&Variant> {
    product.variants.iter().min_by_key(|variant| variant.price)
}

pub fn compare_at(product: &Product, variant: Option<&Variant>) -> Option<MoneyBody> {
    let was = variant.and_then(|variant| variant.compare_at)?;
    Some(product.price(was).into())
}

pub fn category_ids(product: &Product) -> Vec<String> {
    product.categories.iter().map(ToString::to_string).collect()
}
