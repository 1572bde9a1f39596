//! What every HTTP function uses, and its configuration.

use std::time::Duration;

use aws_config::SdkConfig;
use axum::Router;
use domain::access::StaffRules;
use domain::actor::ActorId;
use domain::rate::Limit;
use domain::time::Time;
use store::Store;
use store::audit::{AuditChange, AuditEntry};

use crate::http::auth::Auth;
use crate::http::distribution::Distribution;
use crate::http::middleware;
use crate::http::routes::{self, Route};
use crate::http::tokens::Verifier;
use crate::http::trail::Trail;
use crate::runtime::clock::Clock;
use crate::runtime::config::Env;
use crate::runtime::ids::Ids;
use crate::runtime::secrets::Secrets;

#[derive(Debug, Clone)]
pub struct ContextConfig {
    pub table: String,
    /// The `iss` of tokens: the API's own URL.
    pub issuer: String,
    pub jwks_secret: String,
    pub staff_rules: StaffRules,
    /// How many requests a minute each API key may send.
    pub api_key_requests: u32,
    pub distribution: Distribution,
}

impl ContextConfig {
    pub fn read(env: &mut Env) -> Self {
        Self {
            table: env.text("TABLE"),
            issuer: env.url("TOKEN_ISSUER"),
            jwks_secret: env.text("JWKS_SECRET"),
            staff_rules: staff_rules(env),
            api_key_requests: env.parsed("API_KEY_REQUESTS", 1, |text| text.parse().map_err(|_| "must be a number")),
            distribution: Distribution::read(env),
        }
    }
}

/// What the shop asks of staff, from its settings.
pub fn staff_rules(env: &mut Env) -> StaffRules {
    let required = |text: &str| match text {
        "required" => Ok(true),
        "optional" => Ok(false),
        _ => Err("must be required or optional"),
    };
    let minutes = |text: &str| text.parse().map(Duration::from_mins).map_err(|_| "must be whole minutes");
    StaffRules {
        two_factor_required: env.parsed("STAFF_TWO_FACTOR", true, required),
        proof_lasts: env.parsed("FRESH_PROOF_MINUTES", Duration::ZERO, minutes),
    }
}

#[derive(Debug, Clone)]
pub struct Context {
    pub store: Store,
    pub clock: Clock,
    pub ids: Ids,
    pub auth: Auth,
    pub trail: Trail,
    pub distribution: Distribution,
}

impl Context {
    pub fn connect(config: &ContextConfig, aws: &SdkConfig) -> Self {
        let store = Store::new(aws_sdk_dynamodb::Client::new(aws), &config.table);
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(aws));
        Self::new(config, store, secrets, Clock::system(), Ids::random())
    }

    pub fn new(config: &ContextConfig, store: Store, secrets: Secrets, clock: Clock, ids: Ids) -> Self {
        let trail = Trail { store: store.clone(), ids: ids.clone(), clock: clock.clone() };
        let auth = Auth {
            verifier: Verifier::new(secrets, &config.jwks_secret, &config.issuer),
            store: store.clone(),
            clock: clock.clone(),
            staff_rules: config.staff_rules,
            trail: trail.clone(),
            key_limit: Limit::new("api-key", config.api_key_requests, Duration::from_mins(1)),
        };
        Self { store, clock, ids, auth, trail, distribution: config.distribution.clone() }
    }

    /// A function's routes as a router, with the middleware that all functions have.
    pub fn router<S>(&self, routes: Vec<Route<S>>, state: S) -> Router
    where
        S: Clone + Send + Sync + 'static,
    {
        let routes = routes::router(routes, &self.auth).with_state(state);
        middleware::wrap(routes, self.clock.clone(), self.distribution.clone())
    }

    /// The audit entry of what a member of staff, or a server with a key, did to `subject`.
    pub fn audit_entry(
        &self,
        actor: impl Into<ActorId>,
        action: &str,
        subject: impl std::fmt::Display,
        change: AuditChange,
        now: Time,
    ) -> AuditEntry {
        self.ids.audit_entry(Some(actor.into()), action, subject, change, now)
    }
}
