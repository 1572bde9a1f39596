//! Receives Stripe's events and applies each once. `routes` lists every route with its access rule.

mod webhook;

use axum::Router;
use domain::order::PaymentTerms;
use kit::http::auth::Access::Public;
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::secrets::Secrets;
use order_processing::{OrderProcessor, ProviderEvents, payment_terms};
use payment_provider::{Payments, Stripe, StripeConfig};

pub fn routes() -> Vec<Route<App>> {
    // The signature of the body takes the place of a sign-in.
    vec![route!(Public, "receiveStripeEvent", webhook::receive)]
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
    pub terms: PaymentTerms,
    pub stripe: StripeConfig,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            webhook_secret: env.text("STRIPE_WEBHOOK_SECRET"),
            terms: payment_terms(&mut env),
            stripe: StripeConfig::read(&mut env),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) events: ProviderEvents,
    pub(crate) secrets: Secrets,
    pub(crate) webhook_secret: std::sync::Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        let payments = Payments::new(Stripe::new(&config.stripe, secrets.clone()));
        Self::new(config, Context::connect(&config.context, &aws), payments, secrets)
    }

    pub fn new(config: &Config, context: Context, payments: Payments, secrets: Secrets) -> Self {
        Self {
            events: ProviderEvents {
                orders: OrderProcessor::new(context.store.clone(), context.clock.clone(), context.ids.clone()),
                payments,
                terms: config.terms,
            },
            context,
            secrets,
            webhook_secret: config.webhook_secret.as_str().into(),
        }
    }
}
