//! What the handlers share, made once when the function starts. Secrets are read when they are first needed.

use aws_sdk_dynamodb::Client as Table;
use aws_sdk_secretsmanager::Client as SecretsManager;
use domain::event::Event;
use domain::time::Time;
use kit::http::auth::Auth;
use kit::http::tokens::Verifier;
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;
use store::Store;
use store::outbox::OutboxEvent;

use crate::hasher::Hasher;
use crate::signer::Signer;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    /// The `iss` of tokens: the API's own URL.
    pub issuer: String,
    /// What authenticator apps call the shop.
    pub shop_name: String,
    pub signing_secret: String,
    pub jwks_secret: String,
    pub link_secret: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            issuer: env.url("TOKEN_ISSUER"),
            shop_name: env.text("SHOP_NAME"),
            signing_secret: env.text("SIGNING_SECRET"),
            jwks_secret: env.text("JWKS_SECRET"),
            link_secret: env.text("LINK_SECRET"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub store: Store,
    pub clock: Clock,
    pub ids: Ids,
    pub auth: Auth,
    pub hasher: Hasher,
    pub(crate) signer: Signer,
    pub(crate) links: LinkKeys,
    pub(crate) shop_name: String,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        let secrets = Secrets::manager(SecretsManager::new(&aws));
        Self::new(config, store, secrets, Clock::system(), Ids::random())
    }

    pub fn new(config: &Config, store: Store, secrets: Secrets, clock: Clock, ids: Ids) -> Self {
        let verifier = Verifier::new(secrets.clone(), &config.jwks_secret, &config.issuer);
        Self {
            auth: Auth { verifier, store: store.clone(), clock: clock.clone() },
            hasher: Hasher::new(ids.clone()),
            signer: Signer::new(secrets.clone(), &config.signing_secret, &config.issuer),
            links: LinkKeys::new(secrets, &config.link_secret),
            shop_name: config.shop_name.clone(),
            store,
            clock,
            ids,
        }
    }

    pub(crate) fn outbox_event(&self, event: Event, now: Time) -> OutboxEvent {
        self.ids.outbox_event(event, now)
    }
}
