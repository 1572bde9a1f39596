//! Writes the files that search engines and shopping catalogues fetch: `robots.txt`, sitemaps, and product feeds. The search
//! index says which products are on sale; the table is asked for these only, a hundred at a time.
//!
//! A file is replaced as a whole, and the index of the sitemaps is written after all that it names. So a run that stops
//! anywhere leaves files that can be read, and the next run makes them new.

mod feed;
mod files;
mod pages;
mod parts;
mod xml;

use aws_sdk_dynamodb::Client as Table;
use aws_sdk_s3::Client as S3;
use domain::id::{BrandId, CategoryId, ProductId};
use domain::product::Product;
use domain::taxonomy::Taxonomy;
use indexing::{Current, IndexError, IndexFiles, Language, LiveIndex};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use search_index::{Position, Query, Sort, State};
use store::{Store, StoreError};

use crate::feed::Feed;
pub use crate::files::FilesError;
use crate::files::PageFiles;
pub use crate::parts::Limits;
use crate::parts::Parts;

/// How many products are read at once.
const READ: usize = 100;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    /// Where the files of the search index are.
    pub bucket: String,
    /// Where the storefront is.
    pub pages_bucket: String,
    pub language: Language,
    pub shop_name: String,
    pub shop_url: String,
    /// The base URL of public images.
    pub images_url: String,
    pub limits: Limits,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            bucket: env.text("BUCKET"),
            pages_bucket: env.text("PAGES_BUCKET"),
            language: indexing::language(&mut env),
            shop_name: env.text("SHOP_NAME"),
            shop_url: env.url("SHOP_URL"),
            images_url: env.url("IMAGES_URL"),
            limits: Limits::default(),
        };
        env.finish(config)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SitemapError {
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Files(#[from] FilesError),
}

#[derive(Debug, Clone)]
pub struct Sitemap {
    config: Config,
    store: Store,
    index: LiveIndex,
    files: PageFiles,
    clock: Clock,
}

impl Sitemap {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let (store, s3) = (Store::new(Table::new(&aws), &config.table), S3::new(&aws));
        let files = IndexFiles::new(s3.clone(), &config.bucket);
        let index = LiveIndex::new(store.clone(), files, config.language, std::time::Duration::ZERO);
        Self::new(config, store, index, s3, Clock::system())
    }

    pub fn new(config: &Config, store: Store, index: LiveIndex, s3: S3, clock: Clock) -> Self {
        let files = PageFiles::new(s3, &config.pages_bucket);
        Self { config: config.clone(), store, index, files, clock }
    }

    pub async fn run(&self) -> Result<(), SitemapError> {
        self.files.write("robots.txt", "text/plain; charset=utf-8", pages::robots(&self.config.shop_url)).await?;
        let current = match self.index.current(self.clock.now()).await {
            Ok(current) => current,
            // A shop without products. An empty feed would take all of them out of a catalogue, if there were some before.
            Err(IndexError::Missing) => {
                tracing::info!("there is no search index yet, so there are no sitemaps");
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let (categories, brands) = tokio::try_join!(self.store.taxonomy(), self.store.taxonomy())?;
        self.write(&current, &categories, &brands).await
    }

    async fn write(
        &self,
        current: &Current,
        categories: &Taxonomy<CategoryId>,
        brands: &Taxonomy<BrandId>,
    ) -> Result<(), SitemapError> {
        let Config { shop_url, limits, .. } = &self.config;
        let feed = Feed { config: &self.config, categories, brands };
        let mut lists = Parts::new(&self.files, pages::lists_form(), *limits);
        for entry in pages::lists(shop_url, categories) {
            lists.add(&entry).await?;
        }
        let mut products = Parts::new(&self.files, pages::products_form(), *limits);
        let mut items = Parts::new(&self.files, feed.form(), *limits);
        let mut after = None;
        loop {
            let (some, next) = self.products_after(current, after).await?;
            for product in &some {
                products.add(&pages::product(shop_url, product)).await?;
                for variant in &product.variants {
                    items.add(&feed.item(product, variant)).await?;
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        items.finish().await?;
        let written = [lists.finish().await?, products.finish().await?].concat();
        let index = pages::index(shop_url, &written, self.clock.now());
        self.files.write("sitemap.xml", xml::TYPE, index).await?;
        tracing::info!(sitemaps = written.len(), "the sitemaps and feeds were written");
        Ok(())
    }

    /// The next products on sale, as they are in the table, and where the ones after them begin.
    async fn products_after(
        &self,
        current: &Current,
        after: Option<Position>,
    ) -> Result<(Vec<Product>, Option<Position>), StoreError> {
        let query = Query { states: vec![State::Active], sort: Sort::Newest, after, limit: READ, ..Query::default() };
        let hits = current.index.search(&query, &current.settings.synonyms, current.index.seq()).hits;
        let ids: Vec<ProductId> = hits.iter().map(|hit| ProductId::from_bytes(hit.id)).collect();
        let mut products = self.store.products(&ids).await?;
        // The index may be a moment late.
        products.retain(Product::is_on_sale);
        Ok((products, hits.into_iter().nth(READ - 1).map(|hit| hit.position)))
    }
}
