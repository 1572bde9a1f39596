//! Payments: opening the payment of an order, and refunds. `routes` lists every route with its access rule.
//!
//! An order has one payment. Its id is the order's id with another prefix. A new attempt to pay replaces the one
//! before.

mod pay;
mod refunds;

use axum::Router;
use checkout::{Checkout, CheckoutConfig, RefundLimit};
use domain::access::Permission::{OrdersReadAll, OrdersWrite, PaymentsRefund};
use kit::http::auth::Access::{OptionalStaff, Staff};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(OptionalStaff(OrdersWrite), "createPaymentIntent", pay::create_intent),
        route!(OptionalStaff(OrdersWrite), "createCheckoutSession", pay::checkout_session),
        route!(OptionalStaff(OrdersReadAll), "getPayment", pay::show),
        route!(Staff(PaymentsRefund), "createRefund", refunds::refund),
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
    pub refund_limit: RefundLimit,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            checkout: CheckoutConfig::read(&mut env),
            refund_limit: RefundLimit::read(&mut env),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) checkout: Checkout,
    pub(crate) refund_limit: RefundLimit,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let (context, checkout) = Checkout::connect(&config.context, &config.checkout).await;
        Self::new(config, context, checkout)
    }

    pub fn new(config: &Config, context: Context, checkout: Checkout) -> Self {
        Self { context, checkout, refund_limit: config.refund_limit }
    }
}
