//! Search: the routes that find products, with the index in memory: lists, words, suggestions and the first page; and how
//! staff set the search.

pub mod misses;
mod rules;
mod settings;
mod synonyms;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use domain::access::Permission::{ProductsRead, ProductsWrite};
use indexing::{IndexFiles, Language, LiveIndex};
use kit::http::auth::Access::Staff;
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use products::Taxonomies;
use products::cards::ProductCards;

/// How old the index may be when a request is answered.
const INDEX_AGE: Duration = Duration::from_millis(500);

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Staff(ProductsRead), "listSynonyms", synonyms::list),
        route!(Staff(ProductsWrite), "createSynonym", synonyms::create),
        route!(Staff(ProductsRead), "getSynonym", synonyms::show),
        route!(Staff(ProductsWrite), "replaceSynonym", synonyms::replace),
        route!(Staff(ProductsWrite), "deleteSynonym", synonyms::delete),
        route!(Staff(ProductsRead), "listSearchRules", rules::list),
        route!(Staff(ProductsWrite), "createSearchRule", rules::create),
        route!(Staff(ProductsRead), "getSearchRule", rules::show),
        route!(Staff(ProductsWrite), "replaceSearchRule", rules::replace),
        route!(Staff(ProductsWrite), "deleteSearchRule", rules::delete),
        route!(Staff(ProductsRead), "listQueriesWithoutResults", misses::list),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    /// Where the files of the index are.
    pub bucket: String,
    pub language: Language,
    /// The base URL of public images.
    pub images_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            bucket: env.text("BUCKET"),
            language: indexing::language(&mut env),
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
        Self { context, index, cards }
    }
}
