//! A product as an entry of a list: the card that lists, home pages and wish lists show.

use std::sync::Arc;

use domain::id::{BrandId, ReviewId};
use domain::picture::{Size, path, review_path, term_path};
use domain::product::{Image, OptionValue, Product, Variant};
use domain::rating::Rating;
use domain::taxonomy::{Taxonomy, Term, TermId};
use domain::time::Time;
use kit::http::money::MoneyBody;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::Taxonomies;

/// The most variants that a card has. A product has up to a hundred, and a page a hundred products, so all variants would
/// make an answer of megabytes; these are enough for colours and sizes, and make a page of twenty less than 100 KB.
pub const MAX_CARD_VARIANTS: usize = 24;

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
    /// The names of its options, such as Size.
    options: Vec<String>,
    /// Its first variants, at most 24; `variantCount` says how many there are.
    variants: Vec<CardVariantBody>,
    variant_count: usize,
    image: Option<ImageBody>,
    /// What customers think of it.
    rating: RatingBody,
    created_at: String,
}

/// What customers think of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingBody {
    /// The average of all stars in hundredths: 453 is 4.53 stars. Null without reviews.
    average: Option<u16>,
    /// How many reviews there are.
    count: u32,
}

/// The lowest and the highest price of the variants that can be bought; if all are sold out, of all variants.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PriceRangeBody {
    /// The lowest price. It is the same as `price`.
    min: MoneyBody,
    /// The highest price.
    max: MoneyBody,
}

/// A variant, as far as a list needs it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardVariantBody {
    id: String,
    sku: String,
    /// Its values, such as M, in the order of the product's options.
    options: Vec<String>,
    price: MoneyBody,
    stock: &'static str,
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
    /// The option value that it shows, such as the colour blue. Null: the product as a whole.
    shows: Option<OptionValueBody>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OptionValueBody {
    /// The name of an option, such as Colour.
    option: String,
    /// One of its values, such as Blue.
    value: String,
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
    /// The cards of these products, in their order. `rating` is asked by their places.
    pub async fn of(
        &self,
        products: &[Product],
        rating: impl Fn(usize) -> RatingBody,
        now: Time,
    ) -> Result<Vec<ProductCardBody>, StoreError> {
        let ids: Vec<BrandId> = products.iter().filter_map(|product| product.brand).collect();
        let brands = self.taxonomies.brands_with(&ids, now).await?;
        let card = |(at, product)| ProductCardBody::of(product, rating(at), &brands, &self.images_url);
        Ok(products.iter().enumerate().map(card).collect())
    }
}

impl ProductCardBody {
    fn of(product: &Product, rating: RatingBody, brands: &Taxonomy<BrandId>, images_url: &str) -> Self {
        let cheapest = product.cheapest();
        Self {
            id: product.id.to_string(),
            slug: product.slug.to_string(),
            name: product.name.clone(),
            status: product.status.name(),
            sku: product.only_sku().map(ToString::to_string),
            price: product.price(cheapest.map_or(0, |v| v.price)).into(),
            price_range: PriceRangeBody::of(product),
            compare_at_price: compare_at(product, cheapest),
            stock: product.best_band().name(),
            brand_id: product.brand.map(|id| id.to_string()),
            brand: product.brand.and_then(|id| TermNameBody::shown(brands, id)),
            category_ids: category_ids(product),
            options: product.options.clone(),
            variants: (product.variants.iter().take(MAX_CARD_VARIANTS))
                .map(|variant| CardVariantBody::of(product, variant))
                .collect(),
            variant_count: product.variants.len(),
            image: product.images.first().map(|image| ImageBody::of(product, image, images_url)),
            rating,
            created_at: product.created_at.to_string(),
        }
    }
}

impl From<Rating> for RatingBody {
    fn from(rating: Rating) -> Self {
        Self { average: rating.average(), count: rating.count() }
    }
}

impl RatingBody {
    /// From the search index, which has zero without reviews.
    pub fn of_index(average: u16, count: u32) -> Self {
        Self { average: (count > 0).then_some(average), count }
    }
}

impl PriceRangeBody {
    pub fn of(product: &Product) -> Self {
        let price = |variant: Option<&Variant>| product.price(variant.map_or(0, |variant| variant.price)).into();
        Self { min: price(product.cheapest()), max: price(product.dearest()) }
    }
}

impl CardVariantBody {
    fn of(product: &Product, variant: &Variant) -> Self {
        Self {
            id: variant.id.to_string(),
            sku: variant.sku.to_string(),
            options: variant.values.clone(),
            price: product.price(variant.price).into(),
            stock: product.band(&variant.sku).name(),
        }
    }
}

impl From<&OptionValue> for OptionValueBody {
    fn from(shown: &OptionValue) -> Self {
        Self { option: shown.option.clone(), value: shown.value.clone() }
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
        Self::at(|size| path(product.id, image.id, size), image, images_url)
    }

    pub fn of_term<I: TermId>(term: &Term<I>, images_url: &str) -> Option<Self> {
        let image = term.image.as_ref()?;
        Some(Self::at(|size| term_path(&term.id.to_string(), image.id, size), image, images_url))
    }

    pub fn of_review(review: ReviewId, image: &Image, images_url: &str) -> Self {
        Self::at(|size| review_path(review, image.id, size), image, images_url)
    }

    fn at(path: impl Fn(Size) -> String, image: &Image, images_url: &str) -> Self {
        let url = |size| format!("{images_url}/{}", path(size));
        Self {
            id: image.id.to_string(),
            alt: image.alt.clone(),
            width: image.width,
            height: image.height,
            urls: ImageUrls { small: url(Size::Small), medium: url(Size::Medium), large: url(Size::Large) },
            shows: image.shows.as_ref().map(OptionValueBody::from),
        }
    }
}

pub fn compare_at(product: &Product, variant: Option<&Variant>) -> Option<MoneyBody> {
    let was = variant.and_then(|variant| variant.compare_at)?;
    Some(product.price(was).into())
}

pub fn category_ids(product: &Product) -> Vec<String> {
    product.categories.iter().map(ToString::to_string).collect()
}
