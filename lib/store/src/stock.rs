//! Stock: one item for each SKU, and its history. Customers see a band, which is written on the product. A change into
//! another band writes the stock, the product and the event in one transaction.
//!
//! The number of available units is an attribute of its own, because a condition cannot subtract. The condition of a
//! sale is "still in this band, on these terms, and enough": see [`domain::stock::StockAdjustment`]. The terms of what can
//! be ordered below zero are an attribute of the same item, so a sale never goes below a limit that staff change.

use domain::id::{ProductId, StockChangeId};
use domain::sku::Sku;
use domain::stock::{Band, StockAdjustment, StockChange, StockLevel};
use domain::time::Time;

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, text, value};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::idempotency::IdempotencyRecord;
use crate::imported::ImportMark;
use crate::keys::{GSI2, SHARDS};
use crate::outbox::OutboxEvent;
use crate::products::unchanged;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockConflict {
    /// The level has changed, so that the decision could be another one now.
    Changed,
    /// The same request was carried out before.
    Repeated,
}

/// What is written in the same transaction as a change of stock.
#[derive(Debug, Clone, Default)]
pub struct StockWrites {
    pub change: Option<StockChange>,
    pub outbox_event: Option<OutboxEvent>,
    pub idempotency_record: Option<IdempotencyRecord>,
    pub entry: Option<AuditEntry>,
    /// The count of another shop that is imported.
    pub mark: Option<ImportMark>,
}

pub(crate) fn stock_item(level: &StockLevel) -> Result<Item, StoreError> {
    let item = Item::new(keys::stock(&level.sku), level)?;
    Ok(match level.band {
        Band::In => item,
        Band::Low | Band::Out | Band::Backorder | Band::Preorder => item.index(keys::low_stock(&level.sku)),
    })
}

/// Writes a SKU's band on its product.
fn set_band(product: ProductId, sku: &Sku, band: Band) -> Change {
    set_bands(product, &[(sku.clone(), band)])
}

pub(crate) fn set_bands(product: ProductId, bands: &[(Sku, Band)]) -> Change {
    let change = Change::at(keys::product(product)).add("shelf", 1).require(Require::Exists);
    (bands.iter()).fold(change, |change, (sku, band)| change.set_entry("bands", sku.as_str(), text(band.name())))
}

/// An entry of a stock level's history.
pub(crate) fn change_item(sku: &Sku, change: &StockChange) -> Result<Item, StoreError> {
    Item::new(keys::stock_change(sku, change.id), change)
}

/// The update of the stock item itself.
pub(crate) fn stock_update(level: &StockLevel, decided: &StockAdjustment, now: Time) -> Result<Change, StoreError> {
    let same_terms = match &decided.backorder {
        None => Require::Lacks("backorder"),
        Some(terms) => Require::Equals("backorder", value(terms)?),
    };
    let mut change = Change::at(keys::stock(&level.sku))
        .add("available", decided.delta.available)
        .add("reserved", decided.delta.reserved)
        .add("version", 1)
        .set("updated_at", text(now.to_string()))
        .require(Require::Equals("band", text(decided.from.name())))
        .require(Require::Equals("threshold", number(decided.threshold)))
        .require(same_terms)
        .require(Require::Between("available", number(decided.min_available), number(decided.max_available)));
    if decided.delta.reserved < 0 {
        let held = number(-decided.delta.reserved);
        change = change.require(Require::AtLeast("reserved", held));
    }
    if decided.from == decided.to {
        return Ok(change);
    }
    change = change.set("band", text(decided.to.name()));
    Ok(match decided.to {
        Band::In => change.unindex(GSI2),
        Band::Low | Band::Out | Band::Backorder | Band::Preorder => change.index(keys::low_stock(&level.sku)),
    })
}

impl<R: Clone> Transaction<R> {
    /// Adds a stock adjustment to a transaction: one write, or two if the band changes.
    pub fn adjust_stock(
        self,
        level: &StockLevel,
        decided: &StockAdjustment,
        now: Time,
        refusal: R,
    ) -> Result<Self, StoreError> {
        let change = stock_update(level, decided, now)?;
        if decided.from == decided.to {
            return Ok(self.change(change, refusal));
        }
        let shown = set_band(level.product_id, &level.sku, decided.to);
        Ok(self.change(change, refusal.clone()).change(shown, refusal))
    }
}

impl StockWrites {
    fn add_to(
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
        if let Some(entry) = &self.entry {
            writes = writes.put(entry.item()?);
        }
        if let Some(mark) = &self.mark {
            writes = writes.put_new(mark.item()?, StockConflict::Repeated);
        }
        Ok(writes)
    }
}

impl Store {
    pub async fn stock_level(&self, sku: &Sku) -> Result<Option<StockLevel>, StoreError> {
        self.get(&keys::stock(sku)).await
    }

    /// The levels of these SKUs, in their order, a hundred in each round trip. SKUs without a level are left out.
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
    pub async fn adjust_stock(
        &self,
        token: StockChangeId,
        level: &StockLevel,
        decided: &StockAdjustment,
        with: &StockWrites,
        now: Time,
    ) -> Result<(), Commit<StockConflict>> {
        let writes = Transaction::new(token).adjust_stock(level, decided, now, StockConflict::Changed)?;
        self.commit(with.add_to(&level.sku, writes)?).await
    }

    /// Commits numbers that were set, if the level has not changed since it was read.
    pub async fn set_stock(
        &self,
        token: StockChangeId,
        before: &StockLevel,
        after: &StockLevel,
        with: &StockWrites,
    ) -> Result<(), Commit<StockConflict>> {
        let unchanged = vec![Require::Equals("version", number(before.version))];
        let mut writes = Transaction::new(token).put_if(stock_item(after)?, unchanged, StockConflict::Changed);
        if before.backorder != after.backorder {
            writes = writes.change(self.show_terms(after).await?, StockConflict::Changed);
        } else if before.band != after.band {
            writes = writes.change(set_band(after.product_id, &after.sku, after.band), StockConflict::Changed);
        }
        self.commit(with.add_to(&after.sku, writes)?).await
    }

    /// Writes a SKU's band and its terms on its product, as long as nothing else changes the product. The terms of all of
    /// its SKUs are one attribute, because an entry cannot be set in a map that older products lack.
    async fn show_terms(&self, level: &StockLevel) -> Result<Change, Commit<StockConflict>> {
        let product = self.product(level.product_id).await?.ok_or(Commit::Refused(StockConflict::Changed))?;
        let mut backorders = product.backorders.clone();
        match level.backorder {
            Some(terms) => backorders.insert(level.sku.clone(), terms),
            None => backorders.remove(&level.sku),
        };
        let change = set_band(level.product_id, &level.sku, level.band).set("backorders", value(&backorders)?);
        Ok(unchanged(&product).into_iter().fold(change, Change::require))
    }

    /// The history of one stock level, newest first.
    pub async fn stock_history(&self, sku: &Sku, request: &PageRequest) -> Result<Page<StockChange>, StoreError> {
        self.page(
            &KeyRange::of(keys::stock_partition(sku)).with_prefix(keys::STOCK_CHANGE_PREFIX).newest_first(),
            request,
        )
        .await
    }

    /// The levels that are low or out, by SKU.
    pub async fn low_stock(&self, request: &PageRequest) -> Result<Page<StockLevel>, StoreError> {
        self.merged_page(&low_stock_ranges(), request).await
    }

    /// How many levels are low or out. They are counted up to `most`.
    pub async fn count_low_stock(&self, most: usize) -> Result<usize, StoreError> {
        Ok(self.query_each(low_stock_ranges(), most).await?.len().min(most))
    }
}

fn low_stock_ranges() -> Vec<KeyRange> {
    (0..SHARDS).map(|shard| KeyRange::of(keys::low_stock_partition(shard)).in_index(GSI2)).collect()
}
