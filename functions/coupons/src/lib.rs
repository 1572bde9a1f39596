//! Coupons: codes that take something off an order. This is the door plate.

mod body;
mod staff;
mod validate;

use std::sync::Arc;

use axum::Router;
use domain::access::Permission::CouponsWrite;
use domain::pricing::Rates;
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};
use kit::door;
use kit::doors::Door;
use kit::gate::Access::{Public, Staff};
use till::Till;

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Staff(CouponsWrite), staff::list),
        door!(Staff(CouponsWrite), staff::create),
        door!(Public, validate::validate),
        door!(Staff(CouponsWrite), staff::show),
        door!(Staff(CouponsWrite), staff::edit),
        door!(Staff(CouponsWrite), staff::delete),
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
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { base: BaseConfig::read(&mut env), rates: till::rates(&mut env) };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub base: Base,
    pub(crate) till: Till,
    pub(crate) rates: Arc<Rates>,
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
        }
    }
}
