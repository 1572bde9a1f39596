//! Returns: buyers ask to send goods back, staff decide, receive and inspect them, and money goes back. This file lists
//! the routes.

mod ask;
mod change;
mod exchange;
mod input;
mod read;
mod staff;

use axum::Router;
use checkout::{Checkout, CheckoutConfig, RefundLimit, return_rules};
use domain::access::Permission::{PaymentsRefund, ReturnsWrite};
use domain::returns::ReturnRules;
use kit::http::auth::Access::{OptionalStaff, Staff};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(OptionalStaff(ReturnsWrite), "createReturn", ask::create),
        route!(OptionalStaff(ReturnsWrite), "listOrderReturns", read::of_order),
        route!(OptionalStaff(ReturnsWrite), "getReturn", read::show),
        route!(OptionalStaff(ReturnsWrite), "cancelReturn", ask::cancel),
        route!(Staff(ReturnsWrite), "listReturns", read::all),
        route!(Staff(ReturnsWrite), "approveReturn", staff::approve),
        route!(Staff(ReturnsWrite), "declineReturn", staff::decline),
        route!(Staff(ReturnsWrite), "receiveReturn", staff::receive),
        route!(Staff(PaymentsRefund), "completeReturn", staff::complete),
        route!(Staff(ReturnsWrite), "shipExchange", exchange::ship),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub checkout: CheckoutConfig,
    pub rules: ReturnRules,
    pub refund_limit: RefundLimit,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            checkout: CheckoutConfig::read(&mut env),
            rules: return_rules(&mut env),
            refund_limit: RefundLimit::read(&mut env),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) checkout: Checkout,
    pub(crate) rules: ReturnRules,
    pub(crate) refund_limit: RefundLimit,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let (context, checkout) = Checkout::connect(&config.context, &config.checkout).await;
        Self::new(config, context, checkout)
    }

    pub fn new(config: &Config, context: Context, checkout: Checkout) -> Self {
        let Config { rules, refund_limit, .. } = *config;
        Self { context, checkout, rules, refund_limit }
    }
}
