//! Coupons: the routes, and who may use them.

mod body;
mod describe;
mod staff;
mod validate;

use std::sync::Arc;

use axum::Router;
use domain::access::Permission::{CouponsRead, CouponsWrite};
use domain::pricing::Rates;
use kit::http::auth::Access::{OptionalSignIn, Staff};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use order_processing::OrderProcessor;

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Staff(CouponsRead), "listCoupons", staff::list),
        route!(Staff(CouponsWrite), "createCoupon", staff::create),
        route!(OptionalSignIn, "validateCoupon", validate::validate),
        route!(Staff(CouponsRead), "getCoupon", staff::show),
        route!(Staff(CouponsWrite), "updateCoupon", staff::edit),
        route!(Staff(CouponsWrite), "deleteCoupon", staff::delete),
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
    pub(crate) orders: OrderProcessor,
    pub(crate) rates: Arc<Rates>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws))
    }

    pub fn new(config: &Config, context: Context) -> Self {
        Self {
            orders: OrderProcessor::new(context.store.clone(), context.clock.clone(), context.ids.clone()),
            rates: Arc::new(config.rates.clone()),
            context,
        }
    }
}
