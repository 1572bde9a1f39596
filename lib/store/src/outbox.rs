//! The outbox: an event is an item that is written in the transaction of its cause. The table's stream delivers it to
//! the relay.

use std::time::Duration;

use domain::event::Event;
use domain::id::EventId;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::StoreError;
use crate::engine::item::Item;
use crate::{Store, keys};

/// How long an event can be read and its links can be followed.
pub const KEPT: Duration = Duration::from_hours(7 * 24);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxEvent {
    pub id: EventId,
    pub at: Time,
    pub event: Event,
}

impl OutboxEvent {
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        Ok(Item::new(keys::outbox(self.id), self)?.expires(self.at + KEPT))
    }
}

impl Store {
    /// Writes an event that has no other effect.
    pub async fn write_event(&self, event: &OutboxEvent) -> Result<(), StoreError> {
        self.put(event.item()?).await
    }
}
