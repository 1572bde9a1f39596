//! Passes public events on to those outside the shop: renders the payload of each, puts it on the event bus, and announces
//! it to the endpoints of merchants.
//!
//! Invariant: a message leaves the queue only after the bus and the queue of webhooks have its event. So an event can be on
//! the bus twice, with the same id, and out of order; its sequence tells which payload is newer.

mod bus;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_eventbridge::Client as EventBridge;
use aws_sdk_sqs::Client as Queues;
pub use bus::{Bus, SOURCE};
use domain::public_event::PublicEvent;
use domain::time::Time;
use event_payloads::{PayloadError, Payloads};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::queue;
use outgoing_webhooks::{AnnounceError, Announcer, WebhookQueue};
use store::Store;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    /// The base URL of public images.
    pub images_url: String,
    /// The name of the event bus. `None`: the shop has none.
    pub event_bus: Option<String>,
    pub webhook_queue: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            images_url: env.url("IMAGES_URL"),
            event_bus: env.optional("EVENT_BUS", |name| Ok::<_, String>(name.to_owned())),
            webhook_queue: env.url("WEBHOOK_QUEUE"),
        };
        env.finish(config)
    }
}

/// An event and its payload, from a message of the queue.
#[derive(Debug, Clone)]
pub struct RenderedEvent {
    pub message_id: String,
    pub event: PublicEvent,
    pub payload: String,
}

/// After any of these errors the queue delivers the message again.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    #[error("the message cannot be parsed: {0}")]
    Message(#[from] serde_json::Error),
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error(transparent)]
    Announce(#[from] AnnounceError),
}

#[derive(Debug, Clone)]
pub struct Events {
    payloads: Payloads,
    bus: Option<Bus>,
    announcer: Announcer,
    clock: Clock,
}

impl Events {
    pub async fn connect(config: &Config) -> Self {
        let (aws, clock) = (kit::runtime::aws::config().await, Clock::system());
        let store = Store::new(Table::new(&aws), &config.table);
        let bus = config.event_bus.as_ref().map(|name| Bus::new(EventBridge::new(&aws), name));
        let queue = WebhookQueue::new(Queues::new(&aws), &config.webhook_queue);
        let announcer = Announcer::new(store.clone(), queue, clock.clone());
        Self::new(Payloads::new(store, &config.images_url), bus, announcer, clock)
    }

    pub fn new(payloads: Payloads, bus: Option<Bus>, announcer: Announcer, clock: Clock) -> Self {
        Self { payloads, bus, announcer, clock }
    }

    /// Passes on the events of a batch. Those that failed are delivered again, and no others.
    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let (now, mut rendered) = (self.clock.now(), Vec::new());
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            match self.render(id.clone(), message.body.as_deref().unwrap_or_default(), now).await {
                Ok(event) => rendered.extend(event),
                Err(error) => queue::fail(&mut response, id, &error),
            }
        }
        let on_the_bus = match &self.bus {
            Some(bus) => bus.put(&rendered).await,
            None => vec![Ok(()); rendered.len()],
        };
        for (RenderedEvent { message_id, event, payload }, outcome) in rendered.iter().zip(on_the_bus) {
            let announced = self.announcer.announce(event, payload).await;
            let cause = outcome.err().or(announced.err().map(|error| error.to_string()));
            if let Some(cause) = cause {
                queue::fail(&mut response, message_id.clone(), &cause);
            }
        }
        response
    }

    /// `None`: nobody wants the event.
    async fn render(&self, message_id: String, body: &str, now: Time) -> Result<Option<RenderedEvent>, EventsError> {
        let event: PublicEvent = serde_json::from_str(body)?;
        if self.bus.is_none() && !self.announcer.is_wanted(&event).await? {
            return Ok(None);
        }
        let payload = self.payloads.render(&event, now).await?;
        Ok(Some(RenderedEvent { message_id, event, payload }))
    }
}
