//! Stock: how much there is of each SKU, who changed it and why, and who waits for more. This is the door plate.

mod alerts;
mod inventory;
mod levels;

use axum::Router;
use domain::access::Permission::{InventoryRead, InventoryWrite};
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};
use kit::door;
use kit::doors::Door;
use kit::gate::Access::{SignedIn, Staff};
use shelves::Shelves;

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Staff(InventoryRead), levels::list),
        door!(Staff(InventoryRead), levels::show),
        door!(Staff(InventoryRead), levels::history),
        door!(Staff(InventoryWrite), inventory::set),
        door!(Staff(InventoryWrite), inventory::adjust),
        door!(SignedIn, alerts::list),
        door!(SignedIn, alerts::ask),
        door!(SignedIn, alerts::stop),
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
    pub(crate) shelves: Shelves,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        Self::new(Base::connect(&config.base, &aws))
    }

    pub fn new(base: Base) -> Self {
        let shelves = Shelves { store: base.store.clone(), ids: base.ids.clone() };
        Self { base, shelves }
    }
}
