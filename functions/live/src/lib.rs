//! Live updates: the ticket with which a browser opens a connection. So no token is ever part of an address. The
//! connections themselves are served by the function `live-socket`, and `live-pusher` sends to them.

mod tickets;

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use axum::Router;
use kit::http::auth::Access::OptionalSignIn;
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;

pub fn routes() -> Vec<Route<App>> {
    vec![route!(OptionalSignIn, "createLiveTicket", tickets::create)]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub link_secret: String,
    /// Where clients connect to: `wss://…`.
    pub live_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            link_secret: env.text("LINK_SECRET"),
            live_url: env.text("LIVE_URL"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) links: LinkKeys,
    pub(crate) live_url: Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws), Secrets::manager(Client::new(&aws)))
    }

    pub fn new(config: &Config, context: Context, secrets: Secrets) -> Self {
        let links = LinkKeys::new(secrets, &config.link_secret);
        Self { context, links, live_url: config.live_url.as_str().into() }
    }
}
