//! The figures of the shop: the routes, and who may use them. The function stats-counter counts them.

mod body;
mod dashboard;
mod export;
mod metrics;
mod top;

use axum::Router;
use domain::access::Permission::StatsRead;
use domain::calendar::ShopZone;
use domain::money::Currency;
use kit::http::auth::Access::Staff;
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Staff(StatsRead), "getDashboard", dashboard::show),
        route!(Staff(StatsRead), "exportDashboard", export::export),
        route!(Staff(StatsRead), "listTopSellers", top::list),
        route!(Staff(StatsRead), "getMetrics", metrics::show),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub currency: Currency,
    pub zone: ShopZone,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            currency: env.parsed("CURRENCY", Currency::USD, Currency::parse),
            zone: env.parsed("TIME_ZONE", ShopZone::UTC, ShopZone::parse),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) currency: Currency,
    pub(crate) zone: ShopZone,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws))
    }

    pub fn new(config: &Config, context: Context) -> Self {
        Self { context, currency: config.currency, zone: config.zone.clone() }
    }
}
