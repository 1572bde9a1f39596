//! Products in answers, in full and as entries of a list.

use std::collections::BTreeMap;

use domain::product::{Image, Product, Variant};
use domain::stock::StockLevel;
use kit::http::money::MoneyBody;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductBody {
    #[schema(example = "prd_01M7W6C3804Q9PV3Y1B8S4HJET")]
    id: String,
    slug: String,
    name: String,
    description: String,
    /// `active`, `draft` or `archived`.
    status: &'static str,
    /// The lowest price of its variants.
    price: MoneyBody,
    compare_at_price: Option<MoneyBody>,
    /// The best stock band of its variants: `in`, `low` or `out`.
    stock: &'static str,
    brand_id: Option<String>,
    category_ids: Vec<String>,
    attributes: BTreeMap<String, String>,
    /// The names of its options, such as Size. A product without options has one variant.
    options: Vec<String>,
    variants: Vec<VariantBody>,
    images: Vec<ImageBody>,
    created_at: String,
    updated_at: String,
    /// Only staff see this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    deleted_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariantBody {
    id: String,
    sku: String,
    /// A value for each of the product's options.
    options: BTreeMap<String, String>,
    price: MoneyBody,
    compare_at_price: Option<MoneyBody>,
    weight_grams: Option<i64>,
    /// `in`, `low` or `out`.
    stock: &'static str,
    /// Only staff see this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = InventoryBody, required = false)]
    inventory: Option<InventoryBody>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InventoryBody {
    on_hand: i64,
    reserved: i64,
    available: i64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ImageBody {
    id: String,
    alt: String,
    /// In pixels, of the large size.
    width: u32,
    height: u32,
    urls: ImageUrls,
}

/// The longer sides have at most 200, 800 and 1600 pixels.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ImageUrls {
    small: String,
    medium: String,
    large: String,
}

/// A product in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryBody {
    id: String,
    slug: String,
    name: String,
    status: &'static str,
    price: MoneyBody,
    compare_at_price: Option<MoneyBody>,
    stock: &'static str,
    brand_id: Option<String>,
    category_ids: Vec<String>,
    variant_count: usize,
    image: Option<ImageBody>,
    created_at: String,
}

impl ProductBody {
    pub(crate) fn of(product: &Product, images_url: &str) -> Self {
        let cheapest = cheapest(product);
        Self {
            id: product.id.to_string(),
            slug: product.slug.to_string(),
            name: product.name.clone(),
            description: product.description.clone(),
            status: product.status.name(),
            price: product.price(cheapest.map_or(0, |v| v.price)).into(),
            compare_at_price: compare_at(product, cheapest),
            stock: product.best_band().name(),
            brand_id: product.brand.map(|id| id.to_string()),
            category_ids: ids(product),
            attributes: product.attributes.clone(),
            options: product.options.clone(),
            variants: product.variants.iter().map(|variant| VariantBody::of(product, variant)).collect(),
            images: product.images.iter().map(|image| ImageBody::of(product, image, images_url)).collect(),
            created_at: product.created_at.to_string(),
            updated_at: product.updated_at.to_string(),
            deleted_at: product.deleted_at.map(|at| at.to_string()),
        }
    }

    /// Adds the exact stock of each variant.
    pub(crate) fn with_levels(mut self, levels: &[StockLevel]) -> Self {
        for variant in &mut self.variants {
            let level = levels.iter().find(|l| l.sku.as_str() == variant.sku);
            variant.inventory = level.map(|level| InventoryBody {
                on_hand: level.on_hand(),
                reserved: level.reserved,
                available: level.available,
            });
        }
        self
    }
}

impl VariantBody {
    fn of(product: &Product, variant: &Variant) -> Self {
        let options = product.options.iter().cloned();
        Self {
            id: variant.id.to_string(),
            sku: variant.sku.to_string(),
            options: options.zip(variant.values.iter().cloned()).collect(),
            price: product.price(variant.price).into(),
            compare_at_price: compare_at(product, Some(variant)),
            weight_grams: variant.weight_grams,
            stock: product.band(&variant.sku).name(),
            inventory: None,
        }
    }
}

impl ImageBody {
    fn of(product: &Product, image: &Image, images_url: &str) -> Self {
        let url = |size| {
            let path = domain::picture::path(product.id, image.id, size);
            format!("{images_url}/{path}")
        };
        Self {
            id: image.id.to_string(),
            alt: image.alt.clone(),
            width: image.width,
            height: image.height,
            urls: ImageUrls {
                small: url(domain::picture::Size::Small),
                medium: url(domain::picture::Size::Medium),
                large: url(domain::picture::Size::Large),
            },
        }
    }
}

impl SummaryBody {
    pub(crate) fn of(product: &Product, images_url: &str) -> Self {
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
            category_ids: ids(product),
            variant_count: product.variants.len(),
            image: product.images.first().map(|image| ImageBody::of(product, image, images_url)),
            created_at: product.created_at.to_string(),
        }
    }
}

fn cheapest(product: &Product) -> Option<&Variant> {
    product.variants.iter().min_by_key(|variant| variant.price)
}

fn compare_at(product: &Product, variant: Option<&Variant>) -> Option<MoneyBody> {
    let was = variant.and_then(|variant| variant.compare_at)?;
    Some(product.price(was).into())
}

fn ids(product: &Product) -> Vec<String> {
    product.categories.iter().map(ToString::to_string).collect()
}
