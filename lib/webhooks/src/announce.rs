//! Announces a public event: keeps its payload once, and puts a message for each endpoint that wants it into the queue. If
//! it stops in between, it is done again: the event is kept already then, and an endpoint that got it gets nothing more.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use domain::public_event::PublicEvent;
use domain::webhook::WebhookEndpoint;
use domain::webhook::delivery::{DeliverJob, WebhookJob, bounded};
use kit::runtime::cache::Cache;
use kit::runtime::clock::Clock;
use kit::runtime::queue::NotTaken;
use store::webhook_deliveries::WebhookEvent;
use store::{Store, StoreError};

use crate::WebhookQueue;

/// How long the list of endpoints is used. A new endpoint gets events after that.
const LIST_AGE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnnounceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the queue did not take the event: {0}")]
    Queue(#[from] NotTaken),
}

#[derive(Debug, Clone)]
pub struct Announcer {
    store: Store,
    queue: WebhookQueue,
    clock: Clock,
    endpoints: Cache<(), Arc<[WebhookEndpoint]>>,
}

impl Announcer {
    pub fn new(store: Store, queue: WebhookQueue, clock: Clock) -> Self {
        Self { store, queue, clock, endpoints: Cache::new(NonZeroUsize::MIN, LIST_AGE) }
    }

    /// Whether an endpoint wants this event, also one that is disabled.
    pub async fn is_wanted(&self, event: &PublicEvent) -> Result<bool, AnnounceError> {
        Ok(self.endpoints().await?.iter().any(|endpoint| endpoint.wants(event.event_type)))
    }

    /// `payload` is the whole JSON that endpoints get. Returns how many do. What an endpoint misses while it is disabled is
    /// kept too, so that it can be sent again.
    pub async fn announce(&self, event: &PublicEvent, payload: &str) -> Result<usize, AnnounceError> {
        let endpoints = self.endpoints().await?;
        let wanting: Vec<_> = endpoints.iter().filter(|endpoint| endpoint.wants(event.event_type)).collect();
        if wanting.is_empty() {
            return Ok(0);
        }
        let event_type = event.event_type.name().to_owned();
        self.store.keep_webhook_event(&WebhookEvent { id: event.id, event_type, payload: bounded(payload) }).await?;
        let enabled = wanting.into_iter().filter(|endpoint| endpoint.disabled.is_none());
        let job = |endpoint: &WebhookEndpoint| {
            let (endpoint_id, event_id, asked_at) = (endpoint.id, event.id, event.at);
            WebhookJob::Deliver(DeliverJob { endpoint_id, event_id, asked_at, is_test: false })
        };
        let jobs: Vec<WebhookJob> = enabled.map(job).collect();
        self.queue.send(&jobs, Duration::ZERO).await?;
        Ok(jobs.len())
    }

    async fn endpoints(&self) -> Result<Arc<[WebhookEndpoint]>, StoreError> {
        let now = self.clock.now();
        if let Some(known) = self.endpoints.get(&(), now) {
            return Ok(known);
        }
        let endpoints: Arc<[WebhookEndpoint]> = self.store.webhook_endpoints().await?.into();
        self.endpoints.put((), endpoints.clone(), now);
        Ok(endpoints)
    }
}
