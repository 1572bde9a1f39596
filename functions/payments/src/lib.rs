//! Payments: opening the payment of an order, and refunds. `routes` lists every route with its access rule.
//!
//! An order has one payment. Its id is the order's id with another prefix. A new attempt to pay replaces the one
//! before.

mod pay;
mod refunds;

use axum::Router;
use checkout::{Checkout, CheckoutConfig};
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
    /// If more of an order is refunded, in minor units, staff need a fresh proof.
    pub fresh_proof_refund_amount: i64,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let amount = |text: &str| text.parse::<i64>().map_err(|_| "must be a whole number of minor units");
        let config = Self {
            context: ContextConfig::read(&mut env),
            checkout: CheckoutConfig::read(&mut env),
            fresh_proof_refund_amount: env.parsed("FRESH_PROOF_REFUND_AMOUNT", 0, amount),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) checkout: Checkout,
    pub(crate) fresh_proof_refund_amount: i64,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let (context, checkout) = Checkout::connect(&config.context, &config.checkout).await;
        Self::new(config, context, checkout)
    }

    pub fn new(config: &Config, context: Context, checkout: Checkout) -> Self {
        Self { context, checkout, fresh_proof_refund_amount: config.fresh_proof_refund_amount }
    }
}
