//! Orders: placing, reading, cancelling, and staff who go on with them. This is the door plate.

mod body;
mod cancel;
mod input;
mod place;
mod read;
mod staff;

use std::sync::Arc;

use axum::Router;
use domain::access::Permission::{OrdersReadAll, OrdersWrite};
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};
use kit::door;
use kit::doors::Door;
use kit::gate::Access::{Public, SignedIn, Staff};
use kit::secrets::Secrets;
use till::{Checkout, CheckoutConfig};

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Public, place::place),
        door!(SignedIn, read::mine),
        door!(Public, read::show),
        door!(Public, read::track),
        door!(Public, cancel::cancel),
        door!(Staff(OrdersReadAll), staff::list),
        door!(Staff(OrdersWrite), staff::advance),
        door!(Staff(OrdersWrite), staff::note),
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
    /// Where the public finds pictures.
    pub images_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            base: BaseConfig::read(&mut env),
            checkout: CheckoutConfig::read(&mut env),
            images_url: env.url("IMAGES_URL"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub base: Base,
    pub(crate) checkout: Checkout,
    pub(crate) images_url: Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        let base = Base::connect(&config.base, &aws);
        Self::new(config, base.clone(), Checkout::new(&config.checkout, &base, secrets))
    }

    pub fn new(config: &Config, base: Base, checkout: Checkout) -> Self {
        Self { base, checkout, images_url: config.images_url.as_str().into() }
    }
}
