//! What the pages are made of: the index in memory for lists, the table for a product, and the file of the storefront.

use std::sync::Arc;
use std::time::Duration;

use domain::storefront::StorefrontPage;
use domain::time::Time;
use indexing::{Current, IndexError, IndexFiles, Language, LiveIndex};
use kit::http::context::{Context, ContextConfig};
use kit::runtime::branding::Branding;
use kit::runtime::config::{ConfigError, Env};
use products::Taxonomies;
use store::StoreError;

use crate::shell::Shell;
use crate::view::View;
use crate::words::Words;

/// How old the index may be when a page is made. The distribution keeps pages for longer.
const INDEX_AGE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    /// Where the files of the index are.
    pub bucket: String,
    /// Where the storefront is.
    pub pages_bucket: String,
    pub search_language: Language,
    /// The base URL of public images.
    pub images_url: String,
    pub branding: Branding,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            bucket: env.text("BUCKET"),
            pages_bucket: env.text("PAGES_BUCKET"),
            search_language: indexing::language(&mut env),
            images_url: env.url("IMAGES_URL"),
            branding: Branding::read(&mut env),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) index: LiveIndex,
    pub(crate) taxonomies: Taxonomies,
    pub(crate) shell: Shell,
    pub(crate) images_url: Arc<str>,
    pub(crate) branding: Arc<Branding>,
    pub(crate) words: &'static Words,
    /// The language of names and descriptions, if it is not that of the words.
    pub(crate) catalogue_lang: Option<&'static str>,
}

/// Why a page cannot be made now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a template has an error: {0}")]
    Template(#[from] minijinja::Error),
    #[error("a product in the search index is damaged")]
    Damaged,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let context = Context::connect(&config.context, &aws);
        let s3 = aws_sdk_s3::Client::new(&aws);
        let files = IndexFiles::new(s3.clone(), &config.bucket);
        let index = LiveIndex::new(context.store.clone(), files, config.search_language, INDEX_AGE);
        Self::new(config, context, index, s3)
    }

    pub fn new(config: &Config, context: Context, index: LiveIndex, files: aws_sdk_s3::Client) -> Self {
        Self {
            taxonomies: Taxonomies::new(context.store.clone()),
            shell: Shell::new(files, &config.pages_bucket),
            context,
            index,
            images_url: config.images_url.as_str().into(),
            branding: Arc::new(config.branding.clone()),
            words: Words::of(config.branding.language),
            catalogue_lang: Some(config.search_language.code())
                .filter(|code| *code != config.branding.language.as_str()),
        }
    }

    pub(crate) async fn view(&self, page: &StorefrontPage, now: Time) -> Result<View, PageError> {
        match page {
            StorefrontPage::Home => self.home(now).await,
            StorefrontPage::List { category, number } => self.list(category.as_deref(), *number, now).await,
            StorefrontPage::Product(name) => Box::pin(self.product(name, now)).await,
            StorefrontPage::Private => View::private(self),
            StorefrontPage::Unknown => View::missing(self),
        }
    }

    pub(crate) async fn newest(&self, now: Time) -> Result<Current, PageError> {
        Ok(self.index.current(now).await?)
    }

    /// An address of the storefront.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.branding.shop_url)
    }
}
