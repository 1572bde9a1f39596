//! Status: health checks, the settings as deployed, the description of the whole API, and the schemas of public events. API
//! Gateway sends it every request without a route, so that those get an error answer in the usual form.

use std::sync::Arc;

use axum::Router;
use domain::access::Permission::AuditRead;
use kit::http::auth::Access::{Public, Staff};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};

mod event_schemas;
mod health;
mod openapi;
mod settings;

pub use event_schemas::EVENT_SCHEMAS;
pub use settings::{PARAMETERS, SettingBody};

/// The description of the whole API. The contract test writes it.
pub const OPENAPI: &str = include_str!("../openapi.json");

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Public, "getHealth", health::health),
        route!(Public, "getLiveness", health::live),
        route!(Public, "getReadiness", health::ready),
        route!(Public, "getApiDescription", openapi::show),
        route!(Public, "getEventSchema", event_schemas::show),
        route!(Staff(AuditRead), "getSettings", settings::show),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub settings: Vec<SettingBody>,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { context: ContextConfig::read(&mut env), settings: settings::read(&mut env) };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) settings: Arc<[SettingBody]>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws))
    }

    pub fn new(config: &Config, context: Context) -> Self {
        Self { context, settings: config.settings.as_slice().into() }
    }
}
