//! Status: whether the shop is well, and the description of its whole API. API Gateway sends it every request that no route
//! takes, so that even those are answered in our form.

use aws_sdk_dynamodb::Client as Table;
use aws_sdk_secretsmanager::Client as SecretsManager;
use axum::Router;
use kit::clock::Clock;
use kit::config::{ConfigError, Env};
use kit::doors::{self, Door};
use kit::gate::Access::Public;
use kit::gate::Gate;
use kit::secrets::Secrets;
use kit::tokens::Verifier;
use kit::{door, outer};
use store::Store;

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
    let clock = app.gate.clock.clone();
    let routes = doors::router(doors(), &app.gate).with_state(app);
    outer::wrap(routes, &config.allowed_origins, clock)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub issuer: String,
    pub jwks_secret: String,
    pub allowed_origins: Vec<String>,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            issuer: env.url("TOKEN_ISSUER"),
            jwks_secret: env.text("JWKS_SECRET"),
            allowed_origins: env.list("ALLOWED_ORIGINS"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub(crate) gate: Gate,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        Self::new(
            config,
            store,
            Secrets::manager(SecretsManager::new(&aws)),
            Clock::system(),
        )
    }

    pub fn new(config: &Config, store: Store, secrets: Secrets, clock: Clock) -> Self {
        Self {
            gate: Gate {
                verifier: Verifier::new(secrets, &config.jwks_secret, &config.issuer),
                store,
                clock,
            },
        }
    }
}
