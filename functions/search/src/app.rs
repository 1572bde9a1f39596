//! What the handlers share: the index as requests see it, and what is kept in memory.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use data_encoding::HEXLOWER;
use domain::id::ProductId;
use domain::money::Currency;
use domain::product::Product;
use domain::rating::Rating;
use domain::time::Time;
use indexing::{Current, IndexError, IndexFiles, Language, LiveIndex, Settings};
use kit::http::context::{Context, ContextConfig};
use kit::http::problem::Problem;
use kit::runtime::cache::Cache;
use kit::runtime::config::{ConfigError, Env};
use products::Taxonomies;
use products::cards::ProductCards;
use search_index::{Id, Index, Page, Query};

use crate::facets::FacetsBody;
use crate::home::Home;

/// How old the index may be when a request is answered.
const INDEX_AGE: Duration = Duration::from_millis(500);
/// How long caches may keep a list.
pub(crate) const LIST_AGE: Duration = Duration::from_secs(5);

/// Products that requests named. With long texts and all the metadata that they may have, they take at most 52 MB.
const PRODUCTS: NonZeroUsize = NonZeroUsize::new(1_000).expect("a thousand is not zero");

/// Facets of queries that were asked, at most 100 KB each. They are never wrong, only of no more use.
const FACETS: NonZeroUsize = NonZeroUsize::new(32).expect("32 is not zero");
const FACETS_AGE: Duration = Duration::from_mins(5);

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    /// Where the files of the index are.
    pub bucket: String,
    pub language: Language,
    /// The one currency that the shop sells in.
    pub currency: Currency,
    /// The base URL of public images.
    pub images_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            bucket: env.text("BUCKET"),
            language: indexing::language(&mut env),
            currency: env.parsed("CURRENCY", Currency::USD, Currency::parse_of_shop),
            images_url: env.url("IMAGES_URL"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) index: LiveIndex,
    pub(crate) cards: ProductCards,
    pub(crate) language: Language,
    pub(crate) currency: Currency,
    pub(crate) products: Cache<ProductId, Arc<Product>>,
    pub(crate) ratings: Cache<ProductId, Rating>,
    pub(crate) home: Cache<(), Arc<Home>>,
    /// By the tag of what they were counted of, without the page. All pages of a list have the same ones.
    pub(crate) facets: Cache<HeaderValue, Arc<FacetsBody>>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let context = Context::connect(&config.context, &aws);
        let files = IndexFiles::new(aws_sdk_s3::Client::new(&aws), &config.bucket);
        let index = LiveIndex::new(context.store.clone(), files, config.language, INDEX_AGE);
        Self::new(config, context, index)
    }

    pub fn new(config: &Config, context: Context, index: LiveIndex) -> Self {
        let taxonomies = Taxonomies::new(context.store.clone());
        let cards = ProductCards { taxonomies, images_url: Arc::from(config.images_url.as_str()) };
        Self {
            context,
            index,
            cards,
            language: config.language,
            currency: config.currency,
            products: Cache::new(PRODUCTS, LIST_AGE),
            ratings: Cache::new(PRODUCTS, LIST_AGE),
            home: Cache::new(NonZeroUsize::MIN, LIST_AGE),
            facets: Cache::new(FACETS, FACETS_AGE),
        }
    }

    pub(crate) async fn newest(&self, now: Time) -> Result<View, Problem> {
        self.index.current(now).await.map(View::of).map_err(unavailable)
    }
}

/// What a request sees: the index at one publication, with what staff set for the search.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) index: Arc<Index>,
    pub(crate) seq: u32,
    pub(crate) settings: Arc<Settings>,
}

impl View {
    fn of(current: Current) -> Self {
        Self { seq: current.index.seq(), index: current.index, settings: current.settings }
    }

    pub(crate) fn search(&self, query: &Query) -> Page {
        self.index.search(query, &self.settings.synonyms, self.seq)
    }

    /// The products that staff put first for these words.
    pub(crate) fn pinned(&self, words: Option<&str>) -> Vec<Id> {
        words.map_or_else(Vec::new, |words| self.settings.pinned_for(words).to_vec())
    }

    /// The tag of an answer that is made of this view, of things with versions, and of a query. After a rebuild the
    /// same publication may have more, so the tag also names what the base covers.
    pub(crate) fn tag(&self, versions: &[u64], query: &[u8]) -> Result<HeaderValue, Problem> {
        let seen = [self.index.covers().into(), self.seq.into(), self.settings.number()];
        let numbers: Vec<String> = seen.iter().chain(versions).map(u64::to_string).collect();
        let tag = format!("\"{}-{}\"", numbers.join("-"), HEXLOWER.encode(query));
        HeaderValue::from_str(&tag).map_err(Problem::internal)
    }
}

/// The index cannot answer. Other functions, such as that of the page of a product, do not need it.
pub(crate) fn unavailable(error: IndexError) -> Problem {
    if let IndexError::Store(error) = error {
        return error.into();
    }
    let message = "Search is not available at the moment. Please try again.";
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "search_unavailable", message);
    problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("5")).with_cause(error)
}
