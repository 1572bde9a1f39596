//! Stock alerts: users who want a mail when a variant is back in stock. They are kept by variant, whose id stays when
//! its SKU changes. An alert is deleted when its mail is queued.

use domain::id::{ProductId, TransactionId, UserId, VariantId};
use domain::sku::Sku;
use domain::stock::{MAX, StockLevel};
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number, read};
use crate::engine::page::KeyRange;
use crate::keys::GSI1;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockAlert {
    pub user_id: UserId,
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub sku: Sku,
    pub since: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockAlertRefusal {
    /// The variant is in stock.
    InStock,
}

impl Store {
    /// Creates the alert if no unit is there at this moment, also if it can be ordered all the same. So no restock can be
    /// missed.
    pub async fn create_stock_alert(
        &self,
        token: TransactionId,
        user_id: UserId,
        level: &StockLevel,
        now: Time,
    ) -> Result<(), Commit<StockAlertRefusal>> {
        let alert = StockAlert {
            user_id,
            variant_id: level.variant_id,
            product_id: level.product_id,
            sku: level.sku.clone(),
            since: now,
        };
        let item = Item::new(keys::stock_alert(level.variant_id, user_id), &alert)?
            .index(keys::stock_alert_of(user_id, level.variant_id));
        let out = vec![Require::Between("available", number(-MAX), number(0))];
        let writes = Transaction::new(token).check(keys::stock(&level.sku), out, StockAlertRefusal::InStock).put(item);
        self.commit(writes).await
    }

    pub async fn delete_stock_alert(&self, user: UserId, variant: VariantId) -> Result<(), StoreError> {
        self.delete(&keys::stock_alert(variant, user)).await
    }

    /// The stock alerts of one user.
    pub async fn stock_alerts_of(&self, user: UserId) -> Result<Vec<StockAlert>, StoreError> {
        let items =
            self.query(&KeyRange::of(keys::stock_alerts_of_partition(user)).in_index(GSI1), None, 1_000).await?;
        items.into_iter().map(|(_, item)| read(item)).collect()
    }

    /// Some of the alerts for a variant.
    pub async fn stock_alerts_for(&self, variant: VariantId, limit: usize) -> Result<Vec<StockAlert>, StoreError> {
        let items = self.query(&KeyRange::of(keys::stock_alerts_partition(variant)), None, limit).await?;
        items.into_iter().map(|(_, item)| read(item)).collect()
    }
}
