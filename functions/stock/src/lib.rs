//! Stock: how many units of each SKU there are, who changed that and why, and stock alerts. This file lists the routes.

mod alerts;
mod backorder_input;
mod inventory;
mod levels;

use axum::Router;
use domain::access::Permission::{InventoryRead, InventoryWrite};
use kit::http::auth::Access::{SignedIn, Staff};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use products::cards::ProductCards;
use products::{ProductWriter, Taxonomies};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Staff(InventoryRead), "listStockLevels", levels::list),
        route!(Staff(InventoryRead), "getStockLevel", levels::show),
        route!(Staff(InventoryRead), "listStockChanges", levels::history),
        route!(Staff(InventoryWrite), "setStockLevel", inventory::set),
        route!(Staff(InventoryWrite), "adjustStockLevel", inventory::adjust),
        route!(SignedIn, "listStockAlerts", alerts::list),
        route!(SignedIn, "createStockAlert", alerts::create),
        route!(SignedIn, "deleteStockAlert", alerts::delete),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    /// The base URL of public images.
    pub images_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { context: ContextConfig::read(&mut env), images_url: env.url("IMAGES_URL") };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) writer: ProductWriter,
    pub(crate) cards: ProductCards,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws))
    }

    pub fn new(config: &Config, context: Context) -> Self {
        let writer = ProductWriter { store: context.store.clone(), ids: context.ids.clone() };
        let taxonomies = Taxonomies::new(context.store.clone());
        let cards = ProductCards { taxonomies, images_url: config.images_url.as_str().into() };
        Self { context, writer, cards }
    }
}
