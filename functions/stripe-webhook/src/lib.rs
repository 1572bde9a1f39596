//! What Stripe tells us, taken in once. This is the door plate.

mod webhook;

use axum::Router;
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};
use kit::door;
use kit::doors::Door;
use kit::gate::Access::Public;
use kit::secrets::Secrets;
use till::Till;

pub fn doors() -> Vec<Door<App>> {
    // The signature is what opens it.
    vec![door!(Public, webhook::hear)]
}

pub fn router(app: App, config: &Config) -> Router {
    let base = app.base.clone();
    base.router(doors(), app, &config.base)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub base: BaseConfig,
    /// The name of the secret with the signing secrets of the webhook endpoint: one, or several with spaces between
    /// them while one takes the other's place.
    pub webhook_secret: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { base: BaseConfig::read(&mut env), webhook_secret: env.text("STRIPE_WEBHOOK_SECRET") };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub base: Base,
    pub(crate) till: Till,
    pub(crate) secrets: Secrets,
    pub(crate) webhook_secret: std::sync::Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        Self::new(config, Base::connect(&config.base, &aws), secrets)
    }

    pub fn new(config: &Config, base: Base, secrets: Secrets) -> Self {
        Self {
            till: Till::new(base.store.clone(), base.clock.clone(), base.ids.clone()),
            base,
            secrets,
            webhook_secret: config.webhook_secret.as_str().into(),
        }
    }
}
