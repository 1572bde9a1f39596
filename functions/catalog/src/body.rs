//! Products in answers, in full. Entries of lists are cards.

use std::collections::BTreeMap;

use domain::product::{Product, Variant};
use domain::stock::StockLevel;
use kit::http::money::MoneyBody;
use products::cards::{ImageBody, category_ids, cheapest, compare_at};
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
            category_ids: category_ids(product),
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
