//! Every key of the table, by subject. No other place builds one.

mod accounts;
mod carts;
mod catalogue;
mod figures;
mod live;
mod order_finding;
mod orders;
mod reviews;
mod search;
mod stock;
mod webhooks;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{EventId, OrderId, ReturnId, UserId};
use domain::time::Time;

pub use accounts::*;
pub use carts::*;
pub use catalogue::*;
pub use figures::*;
pub use live::*;
pub use order_finding::*;
pub use orders::*;
pub use reviews::*;
pub use search::*;
pub use stock::*;
pub use webhooks::*;

/// A list over all users, and the index of due work, are spread over this number of partitions. One partition takes
/// about 1,000 writes a second.
pub const SHARDS: u8 = 4;

/// How many letters of an id are its time.
const TIME_IN_ID: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        HashMap::from([(TABLE.pk.to_owned(), text(&self.pk)), (TABLE.sk.to_owned(), text(&self.sk))])
    }
}

/// A secondary index, or the table itself: its name and its two key attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    pub name: Option<&'static str>,
    pub pk: &'static str,
    pub sk: &'static str,
}

pub const TABLE: Index = Index { name: None, pk: "PK", sk: "SK" };
pub const GSI1: Index = Index { name: Some("GSI1"), pk: "GSI1PK", sk: "GSI1SK" };
pub const GSI2: Index = Index { name: Some("GSI2"), pk: "GSI2PK", sk: "GSI2SK" };

/// The key of an item in a secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    pub index: Index,
    pub pk: String,
    pub sk: String,
}

/// Sort keys, or beginnings of them, by which readers of a whole partition tell its items apart.
pub const PROFILE: &str = "PROFILE";
pub const CART: &str = "CART";
pub const ORDER: &str = "ORDER";
pub const PURCHASE: &str = "PURCHASE";
pub const DEVICE_PREFIX: &str = "DEVICE#";
pub const SESSION_PREFIX: &str = "SESSION#";
pub const ADDRESS_PREFIX: &str = "ADDRESS";
pub const OUTBOX_PREFIX: &str = "OUTBOX#";

/// The beginning of the partitions of the audit trail, to which items are only added.
pub const AUDIT_PREFIX: &str = "AUDIT#";

/// No item has this key. Reading it shows that the table answers.
pub fn health_check() -> Key {
    Key::new("HEALTH", "HEALTH")
}

/// Due work for the user or order of this partition: at most one item of each kind.
pub fn due(partition: String, kind: &str) -> Key {
    Key::new(partition, format!("DUE#{kind}"))
}

/// Due work of which an order may have several, by the version of the order.
pub fn due_of_version(partition: String, kind: &str, version: u64) -> Key {
    Key::new(partition, format!("DUE#{kind}#{version:06}"))
}

/// The due work of a return of an order.
pub fn due_of_return(order: OrderId, kind: &str, id: ReturnId) -> Key {
    Key::new(order_partition(order), format!("DUE#{kind}#{id}"))
}

pub fn outbox(id: EventId) -> Key {
    Key::new(format!("{OUTBOX_PREFIX}{id}"), "EVENT")
}

/// `user` is named if the event causes mails of this template to many users.
pub fn mail(event: EventId, template: &str, user: Option<UserId>) -> Key {
    let sk = user.map_or(template.to_owned(), |user| format!("{template}#{user}"));
    Key::new(format!("MAIL#{event}"), sk)
}

pub fn limit(name: &str, who: &str, window: Time) -> Key {
    Key::new(format!("LIMIT#{name}#{who}"), window.to_string())
}

pub fn idempotency(scope: &str, key: &str) -> Key {
    Key::new(format!("IDEM#{scope}#{key}"), "IDEM")
}

/// GSI2 over work with a due time, earliest first.
pub fn by_due_time(shard: u8, at: Time, subject: &str) -> IndexKey {
    IndexKey { index: GSI2, pk: due_partition(shard), sk: format!("{at}#{subject}") }
}

/// A record of another shop that was imported.
pub fn imported(kind: &str, fingerprint: &str) -> Key {
    Key::new(format!("IMPORTED#{kind}#{fingerprint}"), "IMPORTED")
}

/// The forms of password hashes that were imported.
pub fn hash_forms() -> Key {
    Key::new("PASSWORDS", "FORMS")
}

pub fn due_partition(shard: u8) -> String {
    format!("DUE#{shard}")
}
