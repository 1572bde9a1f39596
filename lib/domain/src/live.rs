//! Live updates: who may watch what, which topics an event belongs to, and the log of a topic, from which a client that
//! comes back gets what it missed.
//!
//! A message is a hint: it says what changed and where to read it. So it may be lost; the next one shows the gap.

mod access;
mod log;
mod topic;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::access::{Asking, TopicRefusal};
pub use self::log::{LOG_KEPT, LiveLog, LogEntry, MAX_LOGGED};
pub use self::topic::{LiveTopic, StaffFeed, TopicName, UnknownTopic};
use crate::id::{OrderId, ProductId, SessionId, UserId};
use crate::money::Money;
use crate::product::Product;
use crate::public_event::{EventObject, EventType, PublicEvent};
use crate::stock::Band;
use crate::time::Time;

/// How long a ticket is good for. It opens one connection.
pub const TICKET_LASTS: Duration = Duration::from_secs(30);

/// How long API Gateway keeps a connection.
pub const CONNECTION_LASTS: Duration = Duration::from_hours(2);

/// The most topics that one connection watches.
pub const MAX_TOPICS: usize = 50;

/// The most connections that one account has at the same time: some devices with some pages each.
pub const MAX_OF_ACCOUNT: usize = 20;

/// The most connections of guests from one network at the same time. Many people may share one.
pub const MAX_OF_NETWORK: usize = 200;

/// The longest message that a client may send: all of its topics with their sequences.
pub const MAX_MESSAGE: usize = 8 * 1024;

/// Who watches: what a ticket is for, and then its connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watcher {
    /// The session, if somebody is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionOf>,
    /// The order whose token came with the request for the ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Where the request came from, as limits count it.
    pub network: String,
}

/// A session, with its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionOf {
    pub user_id: UserId,
    pub session_id: SessionId,
}

impl Watcher {
    /// Whose connections are counted together: those of an account, or of the guests of a network.
    pub fn holder(&self) -> String {
        self.session.map_or_else(|| self.network.clone(), |session| session.user_id.to_string())
    }

    pub fn max_connections(&self) -> usize {
        if self.session.is_some() { MAX_OF_ACCOUNT } else { MAX_OF_NETWORK }
    }
}

/// An event as live updates show it. It is small, and has nothing that only some of its watchers may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveEvent {
    /// The same change has the same id, however often it is sent.
    pub id: String,
    #[serde(rename = "type")]
    pub event_type: EventType,
    pub at: Time,
    /// Where the object can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Of a product on sale: the lowest price that is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Of a product on sale: the best stock band of its variants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<Band>,
}

impl LiveEvent {
    pub fn of_event(event: &PublicEvent) -> Self {
        let link = match &event.object {
            EventObject::Order(id) => Some(format!("/api/v1/orders/{id}")),
            EventObject::Product(id) => Some(product_link(*id)),
            EventObject::Stock(sku) => Some(format!("/api/v1/inventory/{sku}")),
            EventObject::Review { product_id, .. } => Some(product_link(*product_id)),
            EventObject::Return { order_id, return_id } => {
                Some(format!("/api/v1/orders/{order_id}/returns/{return_id}"))
            }
            EventObject::Category(_) | EventObject::Brand(_) | EventObject::Customer(_) => None,
        };
        Self { id: event.id.to_string(), event_type: event.event_type, at: event.at, link, price: None, stock: None }
    }

    /// The product as it is now. Anybody may watch it, so one that is not on sale shows nothing.
    pub fn of_product(product: &Product, now: Time) -> Self {
        let shown = product.is_on_sale();
        Self {
            id: format!("{}@{}.{}", product.id, product.version, product.stock_version),
            event_type: EventType::ProductChanged,
            at: now,
            link: Some(product_link(product.id)),
            price: product.cheapest().filter(|_| shown).map(|variant| product.price(variant.price)),
            stock: shown.then(|| product.best_band()),
        }
    }
}

/// A message about an event of a topic, as clients get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveMessage<'a> {
    #[serde(flatten)]
    pub event: &'a LiveEvent,
    pub topic: String,
    /// Grows with each event of the topic.
    pub sequence: u64,
    /// The sequence of the event before: whoever does not know it missed something.
    pub previous: u64,
}

impl<'a> LiveMessage<'a> {
    pub fn new(topic: LiveTopic, log: &LiveLog, entry: &'a LogEntry) -> Self {
        let LogEntry { sequence, event } = entry;
        Self { event, topic: topic.name(), sequence: *sequence, previous: log.previous(*sequence) }
    }
}

fn product_link(id: ProductId) -> String {
    format!("/api/v1/products/{id}")
}

/// The topics of an event. `buyer` is the account that the order of the event belongs to. Products are not here: each
/// change of their items is a job of its own, because a change of a stock band has no event.
pub fn topics_of(event: &PublicEvent, buyer: Option<UserId>) -> Vec<LiveTopic> {
    match event.object {
        EventObject::Order(id) => {
            let topics = [LiveTopic::Order(id), LiveTopic::Staff(StaffFeed::Orders)];
            topics.into_iter().chain(buyer.map(LiveTopic::OrdersOf)).collect()
        }
        EventObject::Stock(_) if event.event_type == EventType::StockLow => vec![LiveTopic::Staff(StaffFeed::Stock)],
        EventObject::Review { .. } if event.event_type == EventType::ReviewSubmitted => {
            vec![LiveTopic::Staff(StaffFeed::Reviews)]
        }
        EventObject::Return { order_id, .. } => {
            let mut topics = vec![LiveTopic::Order(order_id), LiveTopic::Staff(StaffFeed::Returns)];
            topics.extend(buyer.map(LiveTopic::OrdersOf));
            topics
        }
        _ => Vec::new(),
    }
}

/// A message of the live queue. It says what happened and not who watches: whoever does it reads that. So it may arrive
/// late, twice or out of order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum LiveJob {
    Event {
        event: PublicEvent,
    },
    /// The items of these products were written: their prices or bands may be others.
    Products {
        product_ids: Vec<ProductId>,
    },
    /// These texts go to the watchers of one shard of a topic, from a place in their list on.
    Part {
        topic: LiveTopic,
        shard: u8,
        after: Option<String>,
        texts: Vec<String>,
    },
    /// A session ended, or all sessions of the user did, or the user may do other things now.
    SessionsEnded {
        user_id: UserId,
        session_id: Option<SessionId>,
    },
}

/// The job of an event, if anybody can watch it.
pub fn live_job_for(event: &PublicEvent) -> Option<LiveJob> {
    (!topics_of(event, None).is_empty()).then(|| LiveJob::Event { event: event.clone() })
}

#[cfg(test)]
mod tests;
