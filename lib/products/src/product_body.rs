//! Products in answers, in full. Entries of lists are cards.

use std::collections::BTreeMap;

use domain::id::{BrandId, CategoryId};
use domain::product::{Product, Variant};
use domain::rating::Rating;
use domain::sales::ProductSales;
use domain::stock::StockLevel;
use domain::taxonomy::Taxonomy;
use domain::time::Time;
use kit::http::money::MoneyBody;
use serde::Serialize;
use utoipa::ToSchema;

use crate::backorder_body::BackorderBody;
use crate::cards::{ImageBody, PriceRangeBody, RatingBody, TermNameBody, category_ids, compare_at};

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductBody {
    #[schema(example = "prd_01M7W6C3804Q9PV3Y1B8S4HJET")]
    id: String,
    slug: String,
    name: String,
    description: String,
    /// `active`, `draft` or `archived`.
    status: &'static str,
    /// For a product without options: the SKU of its only variant. Null if it has options.
    sku: Option<String>,
    /// The lowest price of the variants that can be bought; if all are sold out, of all.
    price: MoneyBody,
    /// The lowest and the highest price of the same variants.
    price_range: PriceRangeBody,
    compare_at_price: Option<MoneyBody>,
    /// The best stock band of its variants: `in`, `low`, `backorder`, `preorder` or `out`.
    stock: &'static str,
    brand_id: Option<String>,
    /// Its brand. Null if it has none, or one that customers do not see.
    brand: Option<TermNameBody>,
    category_ids: Vec<String>,
    /// Those of its categories that customers see.
    categories: Vec<ProductCategoryBody>,
    attributes: BTreeMap<String, String>,
    /// Pairs that the shop's own programs keep. Only staff see keys that do not begin with `public.`.
    metadata: BTreeMap<String, String>,
    /// The names of its options, such as Size. A product without options has one variant.
    options: Vec<String>,
    variants: Vec<VariantBody>,
    images: Vec<ImageBody>,
    /// How it is taxed. `GET /shop` has the rates.
    tax_class: &'static str,
    /// What customers think of it.
    rating: RatingBody,
    /// How many units were sold. Only staff see this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = SalesBody, required = false)]
    sales: Option<SalesBody>,
    created_at: String,
    updated_at: String,
    /// Only staff see this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    deleted_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductCategoryBody {
    id: String,
    slug: String,
    /// The name of the category.
    name: String,
    /// The way to it for breadcrumbs: the categories above it from the top, and then itself.
    path: Vec<TermNameBody>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantBody {
    id: String,
    sku: String,
    /// A value for each of the product's options.
    options: BTreeMap<String, String>,
    price: MoneyBody,
    compare_at_price: Option<MoneyBody>,
    weight_grams: Option<i64>,
    /// `in`, `low`, `backorder` (none is there, and it can be ordered all the same), `preorder` (the same, and it is not
    /// out yet) or `out`.
    stock: &'static str,
    /// The picture to show for it: the first one of its option values, or else of the product. Null without pictures.
    image_id: Option<String>,
    /// Pairs that the shop's own programs keep. Only staff see keys that do not begin with `public.`.
    metadata: BTreeMap<String, String>,
    /// Only staff see this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = InventoryBody, required = false)]
    inventory: Option<InventoryBody>,
    /// How it can be ordered when none is there. Null: it cannot.
    backorder: Option<BackorderBody>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryBody {
    on_hand: i64,
    reserved: i64,
    available: i64,
}

/// Units of paid orders, without those that came back.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SalesBody {
    /// Units of orders that were paid in the last 30 days.
    last_30_days: u64,
    /// All units.
    ever: u64,
}

impl ProductCategoryBody {
    /// `None` if customers do not see the category.
    fn shown(taxonomy: &Taxonomy<CategoryId>, id: CategoryId) -> Option<Self> {
        let term = taxonomy.find(id).filter(|_| taxonomy.is_shown(id))?;
        Some(Self {
            id: id.to_string(),
            slug: term.slug.to_string(),
            name: term.name.clone(),
            path: taxonomy.path(id).into_iter().rev().map(TermNameBody::of).collect(),
        })
    }
}

impl ProductBody {
    pub fn of(product: &Product, rating: Rating, images_url: &str, to_staff: bool) -> Self {
        let cheapest = product.cheapest();
        Self {
            id: product.id.to_string(),
            slug: product.slug.to_string(),
            name: product.name.clone(),
            description: product.description.clone(),
            status: product.status.name(),
            sku: product.only_sku().map(ToString::to_string),
            price: product.price(cheapest.map_or(0, |v| v.price)).into(),
            price_range: PriceRangeBody::of(product),
            compare_at_price: compare_at(product, cheapest),
            stock: product.best_band().name(),
            brand_id: product.brand.map(|id| id.to_string()),
            brand: None,
            category_ids: category_ids(product),
            categories: Vec::new(),
            attributes: product.attributes.clone(),
            metadata: product.metadata.shown(to_staff),
            options: product.options.clone(),
            variants: product.variants.iter().map(|variant| VariantBody::of(product, variant, to_staff)).collect(),
            images: product.images.iter().map(|image| ImageBody::of(product, image, images_url)).collect(),
            tax_class: product.tax_class.name(),
            rating: rating.into(),
            sales: None,
            created_at: product.created_at.to_string(),
            updated_at: product.updated_at.to_string(),
            deleted_at: product.deleted_at.map(|at| at.to_string()),
        }
    }

    pub fn with_names(self, product: &Product, categories: &Taxonomy<CategoryId>, brands: &Taxonomy<BrandId>) -> Self {
        let category = |&id: &CategoryId| ProductCategoryBody::shown(categories, id);
        Self {
            brand: product.brand.and_then(|id| TermNameBody::shown(brands, id)),
            categories: product.categories.iter().filter_map(category).collect(),
            ..self
        }
    }

    pub fn with_sales(self, sales: &ProductSales, now: Time) -> Self {
        Self { sales: Some(SalesBody { last_30_days: sales.recent(now), ever: sales.ever }), ..self }
    }

    /// Adds the exact stock of each variant.
    pub fn with_levels(mut self, levels: &[StockLevel]) -> Self {
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
    fn of(product: &Product, variant: &Variant, to_staff: bool) -> Self {
        let metadata = product.variant_metadata.get(&variant.id);
        let options = product.options.iter().cloned();
        Self {
            id: variant.id.to_string(),
            sku: variant.sku.to_string(),
            options: options.zip(variant.values.iter().cloned()).collect(),
            price: product.price(variant.price).into(),
            compare_at_price: compare_at(product, Some(variant)),
            weight_grams: variant.weight_grams,
            stock: product.band(&variant.sku).name(),
            image_id: product.image_of(variant).map(|image| image.id.to_string()),
            metadata: metadata.map(|metadata| metadata.shown(to_staff)).unwrap_or_default(),
            inventory: None,
            backorder: product.backorders.get(&variant.sku).map(Into::into),
        }
    }
}
