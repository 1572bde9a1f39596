//! Changes of stock that people make: numbers that they set, and units that they add or take.

use domain::actor::ActorId;
use domain::event::Event;
use domain::stock::{Backorder, StockAdjustment, StockChange, StockDelta, StockLevel, StockRefusal, StockSetting};
use domain::time::Time;
use store::Commit;
use store::audit::{AuditChange, AuditEntry};
use store::idempotency::IdempotencyRecord;
use store::stock::{StockConflict, StockWrites};

use crate::ProductWriter;

/// A change of one stock level.
#[derive(Debug, Clone)]
pub struct StockEdit {
    pub numbers: StockNumbers,
    pub reason: String,
    pub by: ActorId,
}

#[derive(Debug, Clone, Copy)]
pub enum StockNumbers {
    /// Replaces the given numbers, if the level has not changed since it was read.
    Set(StockSetting),
    /// Adds units on hand, or takes them if it is negative. Sales at the same time do not make it fail.
    Adjust(i64),
}

/// A decided change, with all that is written with it.
#[derive(Debug, Clone)]
pub struct DecidedStock {
    pub before: StockLevel,
    /// The level after the change, if no other change comes between.
    pub after: StockLevel,
    /// `None` if numbers are set.
    adjustment: Option<StockAdjustment>,
    change: StockChange,
}

impl DecidedStock {
    /// Whether the numbers and the terms were the same before.
    pub fn changes_nothing(&self) -> bool {
        let chosen = |level: &StockLevel| (level.available, level.threshold, level.backorder);
        chosen(&self.before) == chosen(&self.after)
    }
}

impl ProductWriter {
    pub fn decide_stock(&self, before: StockLevel, edit: &StockEdit, now: Time) -> Result<DecidedStock, StockRefusal> {
        let (after, adjustment) = match edit.numbers {
            StockNumbers::Set(setting) => (before.set(&setting, now)?, None),
            StockNumbers::Adjust(units) => {
                let adjustment = before.adjust(StockDelta { available: units, reserved: 0 })?;
                (before.adjusted(&adjustment, now), Some(adjustment))
            }
        };
        let mut change = StockChange {
            id: self.ids.stock_change(now),
            at: now,
            delta: after.available - before.available,
            on_hand: None,
            threshold: None,
            reason: edit.reason.clone(),
            by: Some(edit.by),
        };
        if let StockNumbers::Set(setting) = edit.numbers {
            (change.on_hand, change.threshold) = (setting.on_hand, setting.threshold);
        }
        Ok(DecidedStock { before, after, adjustment, change })
    }

    /// The audit entry of a decided change. An imported file has one entry for all of its lines instead.
    pub fn stock_entry(&self, decided: &DecidedStock) -> AuditEntry {
        let DecidedStock { before, after, adjustment, change } = decided;
        let numbers =
            |level: &StockLevel| format!("{} on hand, threshold {}{}", level.on_hand(), level.threshold, terms(level));
        let (action, audited) = match adjustment {
            // Other changes may come between, so only the units are certain.
            Some(_) => {
                let after = format!("{:+}: {}", change.delta, change.reason);
                ("inventory.adjust", AuditChange { before: None, after: Some(after) })
            }
            None => {
                let after = format!("{}: {}", numbers(after), change.reason);
                ("inventory.set", AuditChange { before: Some(numbers(before)), after: Some(after) })
            }
        };
        self.ids.audit_entry(change.by, action, &before.sku, audited, change.at)
    }

    /// Commits a decided change. `idempotency_record` is the answer to a request with an idempotency key.
    pub async fn commit_stock(
        &self,
        decided: &DecidedStock,
        idempotency_record: Option<IdempotencyRecord>,
        entry: Option<AuditEntry>,
    ) -> Result<(), Commit<StockConflict>> {
        let DecidedStock { before, after, adjustment, change } = decided;
        let event = Event::of_band_change(before, before.band, after.band);
        let with = StockWrites {
            change: Some(change.clone()),
            outbox_event: event.map(|event| self.ids.outbox_event(event, change.at)),
            idempotency_record,
            entry,
            mark: None,
        };
        match adjustment {
            Some(adjustment) => self.store.adjust_stock(change.id, before, adjustment, &with, change.at).await,
            None => self.store.set_stock(change.id, before, after, &with).await,
        }
    }
}

/// How the SKU is sold below zero, for the audit trail.
fn terms(level: &StockLevel) -> String {
    let Some(Backorder { mode, limit, available_from }) = level.backorder else {
        return String::new();
    };
    let from = available_from.map_or_else(String::new, |day| format!(" from {day}"));
    format!(", {} of up to {limit}{from}", mode.name())
}
