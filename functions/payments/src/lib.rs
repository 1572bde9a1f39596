//! Payments: the way to pay an order, and money back. This is the door plate.
//!
//! An order has one payment, whose id is the order's under another prefix; its attempts follow one another.

mod pay;
mod refunds;

use axum::Router;
use domain::access::Permission::PaymentsRefund;
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};
use kit::door;
use kit::doors::Door;
use kit::gate::Access::{Public, Staff};
use kit::secrets::Secrets;
use till::{Checkout, CheckoutConfig};

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Public, pay::create_intent),
        door!(Public, pay::checkout_session),
        door!(Public, pay::show),
        door!(Staff(PaymentsRefund), refunds::refund),
    ]
}

pub fn router(app: App, config: &Config) -> Router {
    let base = app.base.clone();
    base.router(doors(), app, &config.base)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub base: BaseConfig,
    pub checkout: CheckoutConfig,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { base: BaseConfig::read(&mut env), checkout: CheckoutConfig::read(&mut env) };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub base: Base,
    pub(crate) checkout: Checkout,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        let base = Base::connect(&config.base, &aws);
        let checkout = Checkout::new(&config.checkout, &base, secrets);
        Self::new(base, checkout)
    }

    pub fn new(base: Base, checkout: Checkout) -> Self {
        Self { base, checkout }
    }
}
