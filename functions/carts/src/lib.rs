//! Carts and wishes: what somebody is about to buy. This is the door plate.
//!
//! A guest's cart belongs to whoever sends its `Cart-Token`. Whoever sends that and a bearer token has the two carts
//! made one, once.

mod body;
mod cart;
mod coupon;
mod items;
mod owner;
mod wishes;

use std::sync::Arc;

use axum::Router;
use domain::pricing::Rates;
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};
use kit::door;
use kit::doors::Door;
use kit::gate::Access::{Public, SignedIn};
use till::Till;

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Public, cart::show),
        door!(Public, cart::clear),
        door!(Public, items::add),
        door!(Public, items::edit),
        door!(Public, items::set),
        door!(Public, items::remove),
        door!(Public, coupon::apply),
        door!(Public, coupon::remove),
        door!(SignedIn, wishes::list),
        door!(SignedIn, wishes::add),
        door!(SignedIn, wishes::remove),
        door!(SignedIn, wishes::move_to_cart),
    ]
}

pub fn router(app: App, config: &Config) -> Router {
    let base = app.base.clone();
    base.router(doors(), app, &config.base)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub base: BaseConfig,
    pub rates: Rates,
    /// Where the public finds pictures.
    pub images_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config =
            Self { base: BaseConfig::read(&mut env), rates: till::rates(&mut env), images_url: env.url("IMAGES_URL") };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub base: Base,
    pub(crate) till: Till,
    pub(crate) rates: Arc<Rates>,
    pub(crate) images_url: Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        Self::new(config, Base::connect(&config.base, &aws))
    }

    pub fn new(config: &Config, base: Base) -> Self {
        Self {
            till: Till::new(base.store.clone(), base.clock.clone(), base.ids.clone()),
            rates: Arc::new(config.rates.clone()),
            base,
            images_url: config.images_url.as_str().into(),
        }
    }
}
