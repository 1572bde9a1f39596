//! Status: health checks, the description of the whole API, and the schemas of public events. API Gateway sends it every request without a route, so
//! that those get an error answer in the usual form.

use axum::Router;
use kit::http::auth::Access::Public;
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};

mod event_schemas;
mod health;
mod openapi;

pub use event_schemas::EVENT_SCHEMAS;

/// The description of the whole API. The contract test writes it.
pub const OPENAPI: &str = include_str!("../openapi.json");

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Public, "getHealth", health::health),
        route!(Public, "getLiveness", health::live),
        route!(Public, "getReadiness", health::ready),
        route!(Public, "getApiDescription", openapi::show),
        route!(Public, "getEventSchema", event_schemas::show),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { context: ContextConfig::read(&mut env) };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self { context: Context::connect(&config.context, &aws) }
    }
}
