//! Status: whether the shop is well, and the description of its whole API. API Gateway sends it every request that no
//! route takes, so that even those are answered in our form.

use axum::Router;
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};
use kit::door;
use kit::doors::Door;
use kit::gate::Access::Public;

mod health;
mod openapi;

/// The whole API's description, as the contract test writes it.
pub const OPENAPI: &str = include_str!("../openapi.json");

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Public, health::health),
        door!(Public, health::live),
        door!(Public, health::ready),
        door!(Public, openapi::show),
    ]
}

pub fn router(app: App, config: &Config) -> Router {
    let base = app.base.clone();
    base.router(doors(), app, &config.base)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub base: BaseConfig,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { base: BaseConfig::read(&mut env) };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub base: Base,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        Self { base: Base::connect(&config.base, &aws) }
    }
}
