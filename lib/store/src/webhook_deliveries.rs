//! The events that endpoints get, and what became of each delivery. An event is kept once, by the hour in which it
//! happened, so that all of a period can be found. A delivery is an item of its endpoint; while it waits, it is in an index
//! by its time. Both are removed after 30 days.

use std::collections::HashSet;
use std::time::Duration;

use domain::id::{EventId, WebhookEndpointId};
use domain::time::Time;
use domain::webhook::WebhookEndpoint;
use domain::webhook::delivery::{Delivery, DeliveryState, KEPT};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::engine::error::StoreError;
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read};
use crate::engine::page::{Cursor, KeyRange, Page, PageRequest};
use crate::engine::read::WriteOutcome;
use crate::keys::{self, GSI2};

const HOUR: Duration = Duration::from_hours(1);

/// How many deliveries a page reads at most to find those in one state.
const MAX_READ: usize = 1_000;

/// How many hours one part of a period looks at.
const MAX_HOURS: u32 = 200;

/// An event as endpoints get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEvent {
    pub id: EventId,
    pub event_type: String,
    pub payload: String,
}

/// What a delivery needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryFacts {
    pub endpoint: Option<WebhookEndpoint>,
    pub event: Option<WebhookEvent>,
    pub delivery: Option<Delivery>,
}

/// Some events of a period, oldest first, and where the next part begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsPart {
    pub events: Vec<WebhookEvent>,
    pub next: Option<NextPart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextPart {
    pub from: Time,
    pub after: Option<EventId>,
}

impl Store {
    /// Keeps an event for its endpoints. An event that is kept already stays as it is.
    pub async fn keep_webhook_event(&self, event: &WebhookEvent) -> Result<(), StoreError> {
        let item = Item::new(keys::webhook_event(event.id), event)?;
        self.put_new(item.expires(event.id.time() + KEPT)).await.map(drop)
    }

    /// The events of a period, at most `limit`, from the place on where the part before ended.
    pub async fn webhook_events(&self, from: NextPart, until: Time, limit: usize) -> Result<EventsPart, StoreError> {
        let (mut events, mut place) = (Vec::new(), from);
        for _ in 0..MAX_HOURS {
            if place.from >= until {
                return Ok(EventsPart { events, next: None });
            }
            let range = KeyRange::of(keys::webhook_events_partition(place.from))
                .starting_at(keys::events_from(place.from))
                .ending_at(keys::events_from(until));
            let after = place.after.map(|id| id.to_string());
            let left = limit - events.len();
            let found = self.query(&range, after.as_deref(), left).await?;
            let is_full = found.len() == left;
            for (_, item) in found {
                events.push(read::<WebhookEvent>(item)?);
            }
            if is_full {
                let after = events.last().map(|event| event.id);
                return Ok(EventsPart { events, next: Some(NextPart { after, ..place }) });
            }
            let hour = place.from.unix_millis() - place.from.unix_millis().rem_euclid(3_600_000);
            place = NextPart { from: Time::from_unix_millis(hour) + HOUR, after: None };
        }
        Ok(EventsPart { events, next: Some(place) })
    }

    /// What a delivery needs to know, in one round trip.
    pub async fn webhook_delivery_facts(
        &self,
        endpoint: WebhookEndpointId,
        event: EventId,
    ) -> Result<DeliveryFacts, StoreError> {
        let keys =
            [keys::webhook_endpoint(endpoint), keys::webhook_event(event), keys::webhook_delivery(endpoint, event)];
        let mut found = self.get_all(&keys.each_ref()).await?;
        let [endpoint, event, delivery] = &keys;
        Ok(DeliveryFacts {
            endpoint: found.take(endpoint)?,
            event: found.take(event)?,
            delivery: found.take(delivery)?,
        })
    }

    /// Writes a delivery whose version is one more than the stored one. Returns whether it is stored now.
    pub async fn put_webhook_delivery(&self, delivery: &Delivery, now: Time) -> Result<bool, StoreError> {
        let key = keys::webhook_delivery(delivery.endpoint_id, delivery.event_id);
        let mut item = Item::new(key, delivery)?.expires(now + KEPT);
        if let DeliveryState::Waiting { next_at } = delivery.state {
            item = item.index(keys::webhook_waiting(delivery.endpoint_id, next_at, delivery.event_id));
        }
        let before = match delivery.version {
            1 => Require::Absent,
            version => Require::Equals("version", number(version - 1)),
        };
        match self.put_if(item, vec![before]).await? {
            WriteOutcome::Done(_) => Ok(true),
            // Our own write, whose answer was lost.
            WriteOutcome::Refused(Some(known)) => Ok(read::<Delivery>(known)? == *delivery),
            WriteOutcome::Refused(None) => Ok(false),
        }
    }

    /// An endpoint's deliveries, the newest events first. With a state, a page can be short, or empty, although there are
    /// more: then its cursor says how far it has looked.
    pub async fn webhook_deliveries(
        &self,
        endpoint: WebhookEndpointId,
        state: Option<&str>,
        request: &PageRequest,
    ) -> Result<Page<Delivery>, StoreError> {
        let range = KeyRange::of(keys::webhook_deliveries_partition(endpoint)).newest_first();
        let limit = request.limit as usize;
        let step = if state.is_some() { MAX_READ / 10 } else { limit + 1 };
        let (mut items, mut seen) = (Vec::new(), 0);
        let mut place = request.after.as_ref().map(|cursor| cursor.place().to_owned());
        loop {
            let found = self.query(&range, place.as_deref(), step).await?;
            let is_last = found.len() < step;
            seen += found.len();
            for (at, item) in found {
                let delivery: Delivery = read(item)?;
                if state.is_none_or(|state| delivery.state.name() == state) {
                    if items.len() == limit {
                        return Ok(Page { items, next: place.map(Cursor::after) });
                    }
                    items.push(delivery);
                }
                place = Some(at);
            }
            if is_last {
                return Ok(Page { items, next: None });
            }
            if seen >= MAX_READ {
                return Ok(Page { items, next: place.map(Cursor::after) });
            }
        }
    }

    /// Which of these events were delivered to the endpoint.
    pub async fn delivered_webhook_events(
        &self,
        endpoint: WebhookEndpointId,
        events: &[WebhookEvent],
    ) -> Result<HashSet<EventId>, StoreError> {
        let keys: Vec<_> = events.iter().map(|event| keys::webhook_delivery(endpoint, event.id)).collect();
        if keys.is_empty() {
            return Ok(HashSet::new());
        }
        let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
        let mut delivered = HashSet::new();
        for key in &keys {
            if let Some(Delivery { event_id, state: DeliveryState::Delivered { .. }, .. }) = found.take(key)? {
                delivered.insert(event_id);
            }
        }
        Ok(delivered)
    }

    /// At most `limit` of the endpoint's deliveries whose pause is over, the longest first.
    pub async fn due_webhook_deliveries(
        &self,
        endpoint: WebhookEndpointId,
        now: Time,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let range = KeyRange::of(keys::webhook_waiting_partition(endpoint)).in_index(GSI2).ending_at(format!("{now}~"));
        let items = self.query(&range, None, limit).await?;
        items.into_iter().map(|(_, item)| read(item)).collect()
    }

    /// Moves a waiting delivery in the index of its endpoint, because a message for it is in the queue. If that message is
    /// lost, another one follows at this time.
    pub async fn put_off_webhook_delivery(&self, delivery: &Delivery, until: Time) -> Result<(), StoreError> {
        let index = keys::webhook_waiting(delivery.endpoint_id, until, delivery.event_id);
        let change = Change::at(keys::webhook_delivery(delivery.endpoint_id, delivery.event_id))
            .index(index)
            .require(Require::Equals("version", number(delivery.version)));
        self.change(change).await.map(drop)
    }
}
