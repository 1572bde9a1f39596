//! Passes public events on to those outside the shop: renders the payload of each, and puts it on the event bus.
//!
//! Invariant: a message leaves the queue only after the bus has its event. So an event can be there twice, with the same
//! id, and out of order; its sequence tells which payload is newer.

mod bus;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_eventbridge::Client as EventBridge;
pub use bus::{Bus, SOURCE};
use domain::public_event::PublicEvent;
use domain::time::Time;
use event_payloads::{PayloadError, Payloads};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::queue;
use store::Store;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    /// The base URL of public images.
    pub images_url: String,
    /// The name of the event bus. `None`: the shop has none.
    pub event_bus: Option<String>,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            images_url: env.url("IMAGES_URL"),
            event_bus: env.optional("EVENT_BUS", |name| Ok::<_, String>(name.to_owned())),
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
}

#[derive(Debug, Clone)]
pub struct Events {
    payloads: Payloads,
    bus: Option<Bus>,
    clock: Clock,
}

impl Events {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let payloads = Payloads::new(Store::new(Table::new(&aws), &config.table), &config.images_url);
        let bus = config.event_bus.as_ref().map(|name| Bus::new(EventBridge::new(&aws), name));
        Self::new(payloads, bus, Clock::system())
    }

    pub fn new(payloads: Payloads, bus: Option<Bus>, clock: Clock) -> Self {
        Self { payloads, bus, clock }
    }

    /// Passes on the events of a batch. Those that failed are delivered again, and no others.
    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let Some(bus) = &self.bus else {
            return response;
        };
        let (now, mut rendered) = (self.clock.now(), Vec::new());
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            match self.render(id.clone(), message.body.as_deref().unwrap_or_default(), now).await {
                Ok(event) => rendered.push(event),
                Err(error) => queue::fail(&mut response, id, &error),
            }
        }
        for (event, outcome) in rendered.iter().zip(bus.put(&rendered).await) {
            if let Err(cause) = outcome {
                queue::fail(&mut response, event.message_id.clone(), &cause);
            }
        }
        response
    }

    async fn render(&self, message_id: String, body: &str, now: Time) -> Result<RenderedEvent, EventsError> {
        let event: PublicEvent = serde_json::from_str(body)?;
        let payload = self.payloads.render(&event, now).await?;
        Ok(RenderedEvent { message_id, event, payload })
    }
}
