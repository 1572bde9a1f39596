//! The sender of webhooks: takes jobs from its queue, signs events and posts them to the endpoints of merchants. Every minute
//! it also puts deliveries whose pause is over into the queue again.
//!
//! An event is delivered at least once. A delivery is claimed in the table before its attempt, and what became of it is
//! written afterwards. A second message finds that, and posts nothing. Who is killed in between leaves a claim that ends;
//! then the message comes again, and the event is posted a second time.
//!
//! An endpoint that fails several times in a row is paused as a whole: its events wait in the table, and one of them probes
//! the endpoint after each pause. So a dead endpoint costs little and holds up nobody.

mod deliver;
mod post;
mod resend;

use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_sdk_sqs::Client as Queues;
use domain::webhook::delivery::{TIME_OUT, WebhookJob};
use domain::webhook::target::Reach;
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::queue::{self, NotTaken};
use kit::runtime::secrets::{SecretError, Secrets};
use outgoing_webhooks::{Guard, Resolver, WebhookKeys, WebhookQueue};
use serde::Deserialize;
use store::{Store, StoreError};
use tokio::task::JoinSet;

use crate::post::Poster;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub queue: String,
    /// The name of the secret with the key that makes the secrets of endpoints.
    pub key_secret: String,
    pub reach: Reach,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            queue: env.url("WEBHOOK_QUEUE"),
            key_secret: env.text("WEBHOOK_SECRET"),
            reach: env.parsed("WEBHOOK_REACH", Reach::Public, Reach::parse),
        };
        env.finish(config)
    }
}

/// What calls the function.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    Queued(SqsEvent),
    /// The clock.
    EveryMinute(serde_json::Value),
}

#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the queue did not take a message: {0}")]
    Queue(#[from] NotTaken),
    #[error("an attempt is under way")]
    Busy,
    #[error("the work was aborted: {0}")]
    Aborted(String),
}

#[derive(Debug, Clone)]
pub struct Sender {
    store: Store,
    queue: WebhookQueue,
    keys: WebhookKeys,
    poster: Poster,
    clock: Clock,
    ids: Ids,
}

impl Sender {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        let secrets = Secrets::manager(SecretsManager::new(&aws));
        Self::new(config, store, Queues::new(&aws), secrets, Resolver::System, Clock::system(), Ids::random())
    }

    pub fn new(
        config: &Config,
        store: Store,
        queues: Queues,
        secrets: Secrets,
        resolver: Resolver,
        clock: Clock,
        ids: Ids,
    ) -> Self {
        Self {
            store,
            queue: WebhookQueue::new(queues, &config.queue),
            keys: WebhookKeys::new(secrets, &config.key_secret),
            poster: Poster::new(Guard::new(resolver, config.reach), clock.clone(), TIME_OUT),
            clock,
            ids,
        }
    }

    /// How long an attempt may take.
    #[must_use]
    pub fn with_time_out(self, time_out: Duration) -> Self {
        Self { poster: self.poster.with_time_out(time_out), ..self }
    }

    pub async fn handle(&self, event: Event) -> Result<SqsBatchResponse, SendError> {
        match event {
            Event::Queued(event) => Ok(self.run_batch(event).await),
            Event::EveryMinute(_) => self.send_due().await.map(|()| SqsBatchResponse::default()),
        }
    }

    /// All messages of a batch at once, because each waits for another server.
    async fn run_batch(&self, event: SqsEvent) -> SqsBatchResponse {
        let (mut response, mut under_way) = (SqsBatchResponse::default(), JoinSet::new());
        for message in event.records {
            let (sender, id) = (self.clone(), message.message_id.unwrap_or_default());
            match serde_json::from_str::<WebhookJob>(message.body.as_deref().unwrap_or_default()) {
                Ok(job) => drop(under_way.spawn(async move { (id, sender.run(&job).await) })),
                Err(error) => queue::fail(&mut response, id, &format!("the message cannot be parsed: {error}")),
            }
        }
        while let Some(ended) = under_way.join_next().await {
            match ended {
                Ok((_, Ok(()))) => {}
                Ok((id, Err(cause))) => queue::fail(&mut response, id, &cause),
                // Nobody knows which one it was. The claims of those that are done keep them from being posted again.
                Err(cause) => tracing::error!(%cause, "a delivery was aborted"),
            }
        }
        response
    }

    async fn run(&self, job: &WebhookJob) -> Result<(), SendError> {
        match job {
            WebhookJob::Deliver(job) => self.deliver(job).await,
            WebhookJob::Resend(job) => self.resend(job).await,
        }
    }
}
