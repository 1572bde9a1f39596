//! The connections of live updates: a ticket opens one, then its client says what it watches, and the end removes it.
//! Answers go back through the route, so this function needs no right to send to connections.

mod messages;
mod subscribe;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use domain::access::StaffRules;
use kit::http::context::staff_rules;
use kit::http::distribution::Distribution;
use kit::http::visitor::fingerprint;
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use serde::{Deserialize, Serialize};
use store::live::{Connection, TicketGone};
use store::{Commit, Store, StoreError};

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub staff_rules: StaffRules,
    pub distribution: Distribution,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            staff_rules: staff_rules(&mut env),
            distribution: Distribution::read(&mut env),
        };
        env.finish(config)
    }
}

/// What API Gateway sends about a connection.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketEvent {
    pub request_context: SocketContext,
    #[serde(default)]
    pub headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub query_string_parameters: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub body: Option<String>,
    #[serde(default)]
    pub is_base64_encoded: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketContext {
    pub event_type: EventType,
    pub connection_id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EventType {
    Connect,
    Message,
    Disconnect,
}

/// What API Gateway makes of it: an accepted or refused connection, or a message to the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketAnswer {
    pub status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl SocketAnswer {
    fn status(status_code: u16) -> Self {
        Self { status_code, body: None }
    }
}

#[derive(Debug, Clone)]
pub struct Socket {
    store: Store,
    clock: Clock,
    ids: Ids,
    staff_rules: StaffRules,
    distribution: Distribution,
}

impl Socket {
    pub async fn connect(config: &Config) -> Self {
        let store = Store::new(Client::new(&kit::runtime::aws::config().await), &config.table);
        Self::new(store, Clock::system(), Ids::random(), config)
    }

    pub fn new(store: Store, clock: Clock, ids: Ids, config: &Config) -> Self {
        let Config { staff_rules, distribution, .. } = config.clone();
        Self { store, clock, ids, staff_rules, distribution }
    }

    pub async fn serve(&self, event: SocketEvent) -> SocketAnswer {
        let id = &event.request_context.connection_id;
        let served = match event.request_context.event_type {
            EventType::Connect if !self.distribution.admits_connection(event.headers.as_ref()) => {
                Ok(SocketAnswer::status(403))
            }
            EventType::Connect => {
                let ticket = event.query_string_parameters.as_ref().and_then(|query| query.get("ticket"));
                self.open(id, ticket.map_or("", String::as_str)).await
            }
            EventType::Message => Ok(self.answer(id, &event).await),
            EventType::Disconnect => self.store.remove_connection(id).await.map(|()| SocketAnswer::status(200)),
        };
        served.unwrap_or_else(|error| {
            tracing::error!(%error, connection = id, "an event of a connection failed");
            SocketAnswer::status(503)
        })
    }

    /// A ticket is good once, also for two who come at the same moment.
    async fn open(&self, id: &str, ticket: &str) -> Result<SocketAnswer, StoreError> {
        let (now, ticket) = (self.clock.now(), fingerprint(ticket));
        let Some(watcher) = self.store.ticket(&ticket, now).await? else {
            return Ok(SocketAnswer::status(401));
        };
        let connection = Connection::new(id, watcher, now);
        match self.store.open_connection(self.ids.transaction(now), &ticket, &connection).await {
            Ok(()) => Ok(SocketAnswer::status(200)),
            Err(Commit::Refused(TicketGone)) => Ok(SocketAnswer::status(401)),
            Err(Commit::Store(error)) => Err(error),
        }
    }
}
