//! What the handlers share, and what they cache.
//!
//! Each instance caches products for [`PRODUCT_AGE`], and categories and brands for [`products::TERM_AGE`]. Browsers
//! may keep an answer for the same time, so what they show can be twice as old. Staff always read the table.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use domain::id::ProductId;
use domain::money::Currency;
use domain::product::Product;
use domain::rating::Rating;
use domain::slug::Slug;
use domain::time::Time;
use kit::http::context::{Context, ContextConfig};
use kit::http::problem::Problem;
use kit::runtime::cache::Cache;
use kit::runtime::config::{ConfigError, Env};
use products::cards::ProductCards;
use products::{ProductWriter, Taxonomies};

pub(crate) const PRODUCT_AGE: Duration = Duration::from_secs(5);

/// A product takes 20 KB with long texts, and 32 KB more with all the metadata that it may have, so this cache takes at
/// most 52 MB of memory.
const PRODUCTS: NonZeroUsize = NonZeroUsize::new(1_000).expect("a thousand is not zero");

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    /// The one currency that the shop sells in.
    pub currency: Currency,
    /// The base URL of public images.
    pub images_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            currency: env.parsed("CURRENCY", Currency::USD, Currency::parse_of_shop),
            images_url: env.url("IMAGES_URL"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) writer: ProductWriter,
    pub(crate) currency: Currency,
    pub(crate) cards: ProductCards,
    products: Cache<String, Arc<Product>>,
    ratings: Cache<ProductId, Rating>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws))
    }

    pub fn new(config: &Config, context: Context) -> Self {
        Self {
            writer: ProductWriter { store: context.store.clone(), ids: context.ids.clone() },
            cards: ProductCards {
                taxonomies: Taxonomies::new(context.store.clone()),
                images_url: config.images_url.as_str().into(),
            },
            context,
            currency: config.currency,
            products: Cache::new(PRODUCTS, PRODUCT_AGE),
            ratings: Cache::new(PRODUCTS, PRODUCT_AGE),
        }
    }

    /// A product by id or slug as customers may see it, from the cache or the table.
    pub(crate) async fn on_sale(&self, name: &str, now: Time) -> Result<Arc<Product>, Problem> {
        let key = name.to_owned();
        if let Some(product) = self.products.get(&key, now) {
            return Ok(product);
        }
        let found = match (ProductId::parse(name), Slug::parse(name)) {
            (Ok(id), _) => self.context.store.product(id).await?,
            (_, Ok(slug)) => self.context.store.product_by_slug(&slug).await?,
            _ => None,
        };
        let product = Arc::new(found.filter(Product::is_on_sale).ok_or_else(missing)?);
        self.products.put(key, product.clone(), now);
        Ok(product)
    }

    /// The rating of a product, for customers from the cache or the table.
    pub(crate) async fn rating(&self, id: ProductId, to_staff: bool, now: Time) -> Result<Rating, Problem> {
        if let Some(rating) = self.ratings.get(&id, now).filter(|_| !to_staff) {
            return Ok(rating);
        }
        let rating = self.context.store.rating(id).await?;
        self.ratings.put(id, rating, now);
        Ok(rating)
    }

    /// A product by id or slug, in any state, from the table.
    pub(crate) async fn find(&self, name: &str) -> Result<Product, Problem> {
        let store = &self.context.store;
        let id = match (ProductId::parse(name), Slug::parse(name)) {
            (Ok(id), _) => Some(id),
            (_, Ok(slug)) => store.product_id_of(&slug).await?,
            _ => None,
        };
        let product = match id {
            Some(id) => store.product(id).await?,
            None => None,
        };
        product.ok_or_else(missing)
    }
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("product_not_found", "There is no such product.")
}
