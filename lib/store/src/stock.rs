//! Stock: an item a SKU, its history beside it. Customers see a band, which stands on the product; a change that
//! crosses into another band writes both, and the event, in one transaction.
//!
//! The number of available units is an attribute of its own, because a condition cannot subtract. A sale's condition is
//! "still in this band, and enough": see [`domain::stock::Move`].

use domain::id::{ProductId, StockChangeId};
use domain::sku::Sku;
use domain::stock::{Band, Move, StockChange, StockLevel};
use domain::time::Time;

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, text};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::idempotency::IdempotencyRecord;
use crate::keys::{GSI2, SHARDS};
use crate::outbox::OutboxEvent;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockConflict {
    /// The level is no longer one on which this would be decided alike.
    Changed,
    /// The same request was carried out meanwhile.
    Repeated,
}

/// What is written beside a change of stock.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    pub change: Option<StockChange>,
    pub outbox_event: Option<OutboxEvent>,
    pub idempotency_record: Option<IdempotencyRecord>,
}

pub(crate) fn stock_item(level: &StockLevel) -> Result<Item, StoreError> {
    let item = Item::new(keys::stock(&level.sku), level)?;
    Ok(match level.band {
        Band::In => item,
        Band::Low | Band::Out => item.index(keys::low_stock(&level.sku)),
    })
}

/// The product shows the band that the stock is in.
fn show_band(product: ProductId, sku: &Sku, band: Band) -> Change {
    show_bands(product, &[(sku.clone(), band)])
}

pub(crate) fn show_bands(product: ProductId, bands: &[(Sku, Band)]) -> Change {
    let change = Change::at(keys::product(product)).add("shelf", 1).require(Require::Exists);
    (bands.iter()).fold(change, |change, (sku, band)| change.set_entry("bands", sku.as_str(), text(band.name())))
}

/// A line of a stock's history.
pub(crate) fn change_item(sku: &Sku, change: &StockChange) -> Result<Item, StoreError> {
    Item::new(keys::stock_change(sku, change.id), change)
}

/// The stock's own part of a decided move.
pub(crate) fn moved(level: &StockLevel, decided: &Move, now: Time) -> Change {
    let (low, high) = decided.from_available;
    let mut change = Change::at(keys::stock(&level.sku))
        .add("available", decided.shift.available)
        .add("reserved", decided.shift.reserved)
        .add("version", 1)
        .set("updated_at", text(now.to_string()))
        .require(Require::Equals("band", text(decided.from.name())))
        .require(Require::Equals("threshold", number(decided.threshold)))
        .require(Require::Between("available", number(low), number(high)));
    if decided.shift.reserved < 0 {
        let held = number(-decided.shift.reserved);
        change = change.require(Require::AtLeast("reserved", held));
    }
    if decided.from == decided.to {
        return change;
    }
    change = change.set("band", text(decided.to.name()));
    match decided.to {
        Band::In => change.remove("GSI2PK").remove("GSI2SK"),
        Band::Low | Band::Out => {
            let index = keys::low_stock(&level.sku);
            change.set("GSI2PK", text(index.pk)).set("GSI2SK", text(index.sk))
        }
    }
}

impl<R: Clone> Transaction<R> {
    /// Adds a decided move of stock to a transaction: one write, two where a band is left.
    #[must_use]
    pub fn shift_stock(self, level: &StockLevel, decided: &Move, now: Time, refusal: R) -> Self {
        let change = moved(level, decided, now);
        if decided.from == decided.to {
            return self.change(change, refusal);
        }
        self.change(change, refusal.clone()).change(show_band(level.product_id, &level.sku, decided.to), refusal)
    }
}

impl Beside {
    fn with(
        &self,
        sku: &Sku,
        mut writes: Transaction<StockConflict>,
    ) -> Result<Transaction<StockConflict>, StoreError> {
        if let Some(change) = &self.change {
            writes = writes.put(change_item(sku, change)?);
        }
        if let Some(outbox_event) = &self.outbox_event {
            writes = writes.put(outbox_event.item()?);
        }
        if let Some(idempotency_record) = &self.idempotency_record {
            writes = writes.put_new(idempotency_record.item()?, StockConflict::Repeated);
        }
        Ok(writes)
    }
}

impl Store {
    pub async fn stock_level(&self, sku: &Sku) -> Result<Option<StockLevel>, StoreError> {
        self.get(&keys::stock(sku)).await
    }

    /// The levels of these SKUs, in their order, a hundred a round trip; those that are gone are left out.
    pub async fn stock_levels(&self, skus: &[Sku]) -> Result<Vec<StockLevel>, StoreError> {
        let mut levels = Vec::new();
        for some in skus.chunks(100) {
            let keys: Vec<_> = some.iter().map(keys::stock).collect();
            let mut found = self.get_all(&keys.iter().collect::<Vec<_>>()).await?;
            for key in &keys {
                levels.extend(found.take::<StockLevel>(key)?);
            }
        }
        Ok(levels)
    }

    /// Commits a relative change. `token` names this try and no other.
    pub async fn shift_stock(
        &self,
        token: StockChangeId,
        level: &StockLevel,
        decided: &Move,
        side_effects: &Beside,
        now: Time,
    ) -> Result<(), Commit<StockConflict>> {
        let writes = Transaction::new(token);
        let writes = writes.shift_stock(level, decided, now, StockConflict::Changed);
        self.commit(side_effects.with(&level.sku, writes)?).await
    }

    /// Commits numbers that were set, if the level is still the one that was read.
    pub async fn set_stock(
        &self,
        token: StockChangeId,
        (before, after): (&StockLevel, &StockLevel),
        side_effects: &Beside,
    ) -> Result<(), Commit<StockConflict>> {
        let as_read = vec![Require::Equals("version", number(before.version))];
        let mut writes = Transaction::new(token).put_if(stock_item(after)?, as_read, StockConflict::Changed);
        if before.band != after.band {
            let shown = show_band(after.product_id, &after.sku, after.band);
            writes = writes.change(shown, StockConflict::Changed);
        }
        self.commit(side_effects.with(&after.sku, writes)?).await
    }

    /// Changes of one stock that people made, newest first.
    pub async fn stock_history(&self, sku: &Sku, request: &PageRequest) -> Result<Page<StockChange>, StoreError> {
        let key_range = KeyRange {
            index: None,
            partition: keys::stock_partition(sku),
            prefix: keys::STOCK_CHANGE_PREFIX.to_owned(),
            newest_first: true,
        };
        self.page(&key_range, request).await
    }

    /// What is low or out, by SKU.
    pub async fn low_stock(&self, request: &PageRequest) -> Result<Page<StockLevel>, StoreError> {
        let key_ranges: Vec<KeyRange> = (0..SHARDS)
            .map(|shard| KeyRange {
                index: Some(GSI2),
                partition: keys::low_stock_partition(shard),
                prefix: String::new(),
                newest_first: false,
            })
            .collect();
        self.merged_page(&key_ranges, request).await
    }
}
