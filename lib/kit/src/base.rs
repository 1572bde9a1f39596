//! What every HTTP function stands on, and how it is configured.

use aws_config::SdkConfig;
use axum::Router;
use domain::id::UserId;
use domain::time::Time;
use store::Store;
use store::audit::AuditEntry;

use crate::clock::Clock;
use crate::config::Env;
use crate::doors::{self, Door};
use crate::gate::Gate;
use crate::ids::Ids;
use crate::outer;
use crate::secrets::Secrets;
use crate::tokens::Verifier;

#[derive(Debug, Clone)]
pub struct BaseConfig {
    pub table: String,
    /// The `iss` of tokens: the API's own URL.
    pub issuer: String,
    pub jwks_secret: String,
    pub allowed_origins: Vec<String>,
}

impl BaseConfig {
    pub fn read(env: &mut Env) -> Self {
        Self {
            table: env.text("TABLE"),
            issuer: env.url("TOKEN_ISSUER"),
            jwks_secret: env.text("JWKS_SECRET"),
            allowed_origins: env.list("ALLOWED_ORIGINS"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Base {
    pub store: Store,
    pub clock: Clock,
    pub ids: Ids,
    pub gate: Gate,
}

impl Base {
    pub fn connect(config: &BaseConfig, aws: &SdkConfig) -> Self {
        let store = Store::new(aws_sdk_dynamodb::Client::new(aws), &config.table);
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(aws));
        Self::new(config, store, secrets, (Clock::system(), Ids::random()))
    }

    pub fn new(config: &BaseConfig, store: Store, secrets: Secrets, (clock, ids): (Clock, Ids)) -> Self {
        let gate = Gate {
            verifier: Verifier::new(secrets, &config.jwks_secret, &config.issuer),
            store: store.clone(),
            clock: clock.clone(),
        };
        Self { store, clock, ids, gate }
    }

    /// A function's doors as a router, in the layer that all functions have.
    pub fn router<S>(&self, doors: Vec<Door<S>>, state: S, config: &BaseConfig) -> Router
    where
        S: Clone + Send + Sync + 'static,
    {
        let routes = doors::router(doors, &self.gate).with_state(state);
        outer::wrap(routes, &config.allowed_origins, self.clock.clone())
    }

    /// An audit entry about what a member of staff did to something.
    pub fn entry(
        &self,
        actor: UserId,
        action: &str,
        subject: impl std::fmt::Display,
        (before, after): (Option<String>, Option<String>),
        now: Time,
    ) -> AuditEntry {
        AuditEntry {
            id: self.ids.audit(now),
            at: now,
            actor: Some(actor),
            action: action.to_owned(),
            subject: subject.to_string(),
            before,
            after,
        }
    }
}
