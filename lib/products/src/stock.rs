//! Stock: setting numbers that were counted or chosen.

use domain::event::Event;
use domain::id::UserId;
use domain::stock::{StockChange, StockLevel, StockRefusal};
use domain::time::Time;
use store::stock::Beside;
use store::{Commit, StoreError};

use crate::ProductWriter;

/// Numbers to set.
#[derive(Debug, Clone)]
pub struct NewLevel {
    pub on_hand: Option<i64>,
    pub threshold: Option<i64>,
    pub reason: String,
    pub by: UserId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockRefused {
    /// Another change came first: read again.
    Changed,
    Refused(StockRefusal),
    Store(StoreError),
}

impl ProductWriter {
    /// Sets numbers, if the level is still as it was read.
    pub async fn set_stock(&self, before: &StockLevel, new: &NewLevel, now: Time) -> Result<StockLevel, StockRefused> {
        let after = before.set(new.on_hand, new.threshold, now);
        let after = after.map_err(StockRefused::Refused)?;
        let change = StockChange {
            id: self.ids.stock_change(now),
            at: now,
            delta: after.available - before.available,
            on_hand: new.on_hand,
            threshold: new.threshold,
            reason: new.reason.clone(),
            by: Some(new.by),
        };
        let token = change.id;
        let event = Event::of_crossing(before, before.band, after.band);
        let side_effects = Beside {
            change: Some(change),
            outbox_event: event.map(|event| self.ids.outbox_event(event, now)),
            idempotency_record: None,
        };
        let set = self.store.set_stock(token, (before, &after), &side_effects).await;
        set.map(|()| after).map_err(|error| match error {
            Commit::Refused(_) => StockRefused::Changed,
            Commit::Store(error) => StockRefused::Store(error),
        })
    }
}
