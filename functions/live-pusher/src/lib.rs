//! Sends what happened to the connections that watch it.
//!
//! Invariant: an event is in the log of each watched topic before it is sent, so a client that did not get it can catch up.
//! A message leaves the queue after that. A connection that does not take a message in time holds nobody up and gets no
//! second try: its client sees the gap.

mod announce;
mod connections;
mod push;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_sqs::Client as Queues;
use domain::access::StaffRules;
use domain::id::ProductId;
use domain::live::LiveJob;
use domain::public_event::PublicEvent;
use domain::time::Time;
use kit::http::context::staff_rules;
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::{queue, telemetry};
use store::{Store, StoreError};

pub use crate::connections::Connections;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub live_queue: String,
    /// Where API Gateway takes messages to connections.
    pub live_endpoint: String,
    pub staff_rules: StaffRules,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            live_queue: env.url("LIVE_QUEUE"),
            live_endpoint: env.url("LIVE_ENDPOINT"),
            staff_rules: staff_rules(&mut env),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Pusher {
    store: Store,
    connections: Connections,
    queues: Queues,
    live_queue: String,
    staff_rules: StaffRules,
    clock: Clock,
}

/// After any of these errors the queue delivers the message again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PushError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the live queue did not accept a part: {0}")]
    Queue(#[from] queue::NotTaken),
    #[error("a connection could not be ended: {0}")]
    Close(String),
    #[error("the message cannot be parsed: {0}")]
    Message(String),
}

impl Pusher {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        let connections = Connections::at(&config.live_endpoint, &aws);
        Self::new(config, store, connections, Queues::new(&aws), Clock::system())
    }

    pub fn new(config: &Config, store: Store, connections: Connections, queues: Queues, clock: Clock) -> Self {
        let (live_queue, staff_rules) = (config.live_queue.clone(), config.staff_rules);
        Self { store, connections, queues, live_queue, staff_rules, clock }
    }

    /// The events and products of a batch are logged together, so that a busy topic is written once for all of them. If
    /// that fails, all of these are delivered again.
    pub async fn deliver(&self, batch: SqsEvent) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let mut news = News::default();
        let mut announced = Vec::new();
        self.note_wait(&batch);
        for message in batch.records {
            let id = message.message_id.unwrap_or_default();
            let done = match serde_json::from_str(message.body.as_deref().unwrap_or_default()) {
                Ok(LiveJob::Event { event }) => {
                    news.events.push(event);
                    announced.push(id);
                    continue;
                }
                Ok(LiveJob::Products { product_ids }) => {
                    news.products.extend(product_ids);
                    announced.push(id);
                    continue;
                }
                Ok(LiveJob::Part { topic, shard, after, texts }) => {
                    self.push_part(topic, shard, after.as_deref(), &texts).await
                }
                Ok(LiveJob::SessionsEnded { user_id, session_id }) => self.end_sessions(user_id, session_id).await,
                Err(error) => Err(PushError::Message(error.to_string())),
            };
            if let Err(error) = done {
                queue::fail(&mut response, id, &error);
            }
        }
        if let Err(error) = Box::pin(self.announce(news)).await {
            for id in announced {
                queue::fail(&mut response, id, &error);
            }
        }
        response
    }
}

impl Pusher {
    /// How long the messages of a batch were in the queue. People wait for them.
    fn note_wait(&self, batch: &SqsEvent) {
        let now = self.clock.now();
        let sent = batch.records.iter().filter_map(|message| message.attributes.get("SentTimestamp")?.parse().ok());
        if let Some(first) = sent.min() {
            let waited = now.since(Time::from_unix_millis(first)).as_millis();
            telemetry::count("LiveWaitMillis", usize::try_from(waited).unwrap_or(usize::MAX), now);
        }
    }
}

/// What a batch brings.
#[derive(Debug, Default)]
struct News {
    events: Vec<PublicEvent>,
    products: Vec<ProductId>,
}
