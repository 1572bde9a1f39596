//! Shipping methods: staff say what buyers choose from, and what it costs where.

mod body;
mod describe;
mod input;
mod staff;

use std::sync::Arc;

use axum::Router;
use domain::access::Permission::{ShippingRead, ShippingWrite};
use domain::pricing::Rates;
use kit::http::auth::Access::Staff;
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Staff(ShippingRead), "listShippingMethods", staff::list),
        route!(Staff(ShippingWrite), "createShippingMethod", staff::create),
        route!(Staff(ShippingRead), "getShippingMethod", staff::show),
        route!(Staff(ShippingWrite), "updateShippingMethod", staff::edit),
        route!(Staff(ShippingWrite), "deleteShippingMethod", staff::delete),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub rates: Rates,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { context: ContextConfig::read(&mut env), rates: order_processing::rates(&mut env) };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) rates: Arc<Rates>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws))
    }

    pub fn new(config: &Config, context: Context) -> Self {
        Self { context, rates: Arc::new(config.rates.clone()) }
    }
}
