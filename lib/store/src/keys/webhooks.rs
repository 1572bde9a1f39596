//! Endpoints of webhooks, and what is delivered to them.

use domain::id::{EventId, WebhookEndpointId};
use domain::time::Time;

use super::{GSI2, IndexKey, Key, TIME_IN_ID};

/// All endpoints of webhooks are in one partition, because every sender reads all of them, and there are few.
pub const WEBHOOKS: &str = "WEBHOOKS";

/// Says how many endpoints there are.
pub fn webhooks_head() -> Key {
    Key::new(WEBHOOKS, "HEAD")
}

pub fn webhook_endpoint(id: WebhookEndpointId) -> Key {
    Key::new(WEBHOOKS, id.to_string())
}

/// The events of an hour, as endpoints get them.
pub fn webhook_events_partition(at: Time) -> String {
    format!("WEBHOOKEVENTS#{}", &at.to_string()[..HOUR_IN_TIME])
}

/// How much of the text of a time names its hour.
const HOUR_IN_TIME: usize = "2026-11-20T10".len();

pub fn webhook_event(id: EventId) -> Key {
    Key::new(webhook_events_partition(id.time()), id.to_string())
}

/// The beginning of the ids of the events of this time. It sorts before each of them, and after all earlier ones.
pub fn events_from(time: Time) -> String {
    let mut id = EventId::new(time, 0).to_string();
    id.truncate(EventId::PREFIX.len() + TIME_IN_ID);
    id
}

pub fn webhook_deliveries_partition(endpoint: WebhookEndpointId) -> String {
    format!("WEBHOOK#{endpoint}")
}

pub fn webhook_delivery(endpoint: WebhookEndpointId, event: EventId) -> Key {
    Key::new(webhook_deliveries_partition(endpoint), event.to_string())
}

/// GSI2 over the deliveries of one endpoint that wait, by their time.
pub fn webhook_waiting(endpoint: WebhookEndpointId, at: Time, event: EventId) -> IndexKey {
    IndexKey { index: GSI2, pk: webhook_waiting_partition(endpoint), sk: format!("{at}#{event}") }
}

pub fn webhook_waiting_partition(endpoint: WebhookEndpointId) -> String {
    format!("WEBHOOKWAITS#{endpoint}")
}
