//! What the handlers share, and what they cache.
//!
//! Each instance caches products for [`PRODUCT_AGE`], and categories and brands for [`TERM_AGE`]. Browsers may
//! keep an answer for the same time, so what they show can be twice as old. Staff always read the table.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use domain::id::{BrandId, CategoryId, ProductId};
use domain::money::Currency;
use domain::product::Product;
use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, TermId};
use domain::time::Time;
use kit::http::answer::Listing;
use kit::http::context::{Context, ContextConfig};
use kit::http::problem::Problem;
use kit::runtime::cache::Cache;
use kit::runtime::config::{ConfigError, Env};
use products::ProductWriter;

use crate::body::SummaryBody;

pub(crate) const PRODUCT_AGE: Duration = Duration::from_secs(5);
pub(crate) const TERM_AGE: Duration = Duration::from_secs(30);

/// A product takes at most 20 KB, so this cache takes at most 20 MB of memory.
const PRODUCTS: NonZeroUsize = NonZeroUsize::new(1_000).expect("a thousand is not zero");
const LISTS: NonZeroUsize = NonZeroUsize::new(200).expect("two hundred is not zero");

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
    pub(crate) images_url: Arc<str>,
    /// Lists with their entity tags, so that a list is hashed once and not for every answer.
    pub(crate) lists: Cache<String, (Arc<Listing<SummaryBody>>, HeaderValue)>,
    products: Cache<String, Arc<Product>>,
    categories: Cache<(), Arc<Taxonomy<CategoryId>>>,
    brands: Cache<(), Arc<Taxonomy<BrandId>>>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws))
    }

    pub fn new(config: &Config, context: Context) -> Self {
        let one = NonZeroUsize::MIN;
        Self {
            writer: ProductWriter { store: context.store.clone(), ids: context.ids.clone() },
            context,
            currency: config.currency,
            images_url: config.images_url.as_str().into(),
            lists: Cache::new(LISTS, PRODUCT_AGE),
            products: Cache::new(PRODUCTS, PRODUCT_AGE),
            categories: Cache::new(one, TERM_AGE),
            brands: Cache::new(one, TERM_AGE),
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

    pub(crate) async fn categories(&self, now: Time) -> Result<Arc<Taxonomy<CategoryId>>, Problem> {
        self.taxonomy(&self.categories, now).await
    }

    pub(crate) async fn brands(&self, now: Time) -> Result<Arc<Taxonomy<BrandId>>, Problem> {
        self.taxonomy(&self.brands, now).await
    }

    async fn taxonomy<I: TermId>(
        &self,
        known: &Cache<(), Arc<Taxonomy<I>>>,
        now: Time,
    ) -> Result<Arc<Taxonomy<I>>, Problem> {
        if let Some(known) = known.get(&(), now) {
            return Ok(known);
        }
        let read = Arc::new(self.context.store.taxonomy().await?);
        known.put((), Arc::clone(&read), now);
        Ok(read)
    }
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("product_not_found", "There is no such product.")
}
