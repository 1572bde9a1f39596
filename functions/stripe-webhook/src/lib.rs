//! Receives Stripe's events and applies each once. `routes` lists every route with its access rule.

mod webhook;

use axum::Router;
use kit::http::auth::Access::Public;
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::secrets::Secrets;
use order_processing::OrderProcessor;

pub fn routes() -> Vec<Route<App>> {
    // The signature of the body takes the place of a sign-in.
    vec![route!(Public, webhook::receive)]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    /// The name of the secret with the signing secrets of the webhook endpoint: one, or several with spaces between
    /// them while one replaces another.
    pub webhook_secret: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { context: ContextConfig::read(&mut env), webhook_secret: env.text("STRIPE_WEBHOOK_SECRET") };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) orders: OrderProcessor,
    pub(crate) secrets: Secrets,
    pub(crate) webhook_secret: std::sync::Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        Self::new(config, Context::connect(&config.context, &aws), secrets)
    }

    pub fn new(config: &Config, context: Context, secrets: Secrets) -> Self {
        Self {
            orders: OrderProcessor::new(context.store.clone(), context.clock.clone(), context.ids.clone()),
            context,
            secrets,
            webhook_secret: config.webhook_secret.as_str().into(),
        }
    }
}
