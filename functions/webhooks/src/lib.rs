//! Endpoints of merchants that get events: the routes, and who may use them. An endpoint gets data about customers, so only
//! people with a fresh proof make one or change where it is, and API keys never do.

mod body;
mod deliveries;
mod endpoints;

use axum::Router;
use domain::access::Permission::WebhooksWrite;
use domain::webhook::target::Reach;
use kit::http::auth::Access::{Staff, StaffWithFreshProof};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::secrets::Secrets;
use outgoing_webhooks::{Guard, Resolver, WebhookKeys, WebhookQueue};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Staff(WebhooksWrite), "listWebhooks", endpoints::list),
        route!(StaffWithFreshProof(WebhooksWrite), "createWebhook", endpoints::create),
        route!(Staff(WebhooksWrite), "getWebhook", endpoints::show),
        route!(StaffWithFreshProof(WebhooksWrite), "updateWebhook", endpoints::edit),
        route!(Staff(WebhooksWrite), "deleteWebhook", endpoints::delete),
        route!(StaffWithFreshProof(WebhooksWrite), "rotateWebhookSecret", endpoints::rotate_secret),
        route!(Staff(WebhooksWrite), "testWebhook", deliveries::test),
        route!(Staff(WebhooksWrite), "resendWebhookEvents", deliveries::resend_all),
        route!(Staff(WebhooksWrite), "listWebhookDeliveries", deliveries::list),
        route!(Staff(WebhooksWrite), "getWebhookDelivery", deliveries::show),
        route!(Staff(WebhooksWrite), "resendWebhookDelivery", deliveries::resend),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub queue: String,
    /// The name of the secret with the key that makes the secrets of endpoints.
    pub key_secret: String,
    pub reach: Reach,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            queue: env.url("WEBHOOK_QUEUE"),
            key_secret: env.text("WEBHOOK_SECRET"),
            reach: env.parsed("WEBHOOK_REACH", Reach::Public, Reach::parse),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) queue: WebhookQueue,
    pub(crate) keys: WebhookKeys,
    pub(crate) guard: Guard,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        let queues = aws_sdk_sqs::Client::new(&aws);
        Self::new(config, Context::connect(&config.context, &aws), queues, secrets, Resolver::System)
    }

    pub fn new(
        config: &Config,
        context: Context,
        queues: aws_sdk_sqs::Client,
        secrets: Secrets,
        resolver: Resolver,
    ) -> Self {
        Self {
            queue: WebhookQueue::new(queues, &config.queue),
            keys: WebhookKeys::new(secrets, &config.key_secret),
            guard: Guard::new(resolver, config.reach),
            context,
        }
    }
}
