//! Who waits for a variant to be back. Kept by variant, whose id stays when its SKU changes; a wait ends when its mail
//! is on the way.

use domain::id::{ProductId, TransactionId, UserId, VariantId};
use domain::sku::Sku;
use domain::stock::{Band, StockLevel};
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, read, text};
use crate::engine::page::KeyRange;
use crate::keys::GSI1;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub user_id: UserId,
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub sku: Sku,
    pub since: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitRefusal {
    /// There is some: nothing to wait for.
    InStock,
}

impl Store {
    /// Waits, if there is none of it at this moment: so whoever waits is told when the next comes.
    pub async fn wait_for(
        &self,
        token: TransactionId,
        user_id: UserId,
        level: &StockLevel,
        now: Time,
    ) -> Result<(), Commit<WaitRefusal>> {
        let waiting = Waiting {
            user_id,
            variant_id: level.variant_id,
            product_id: level.product_id,
            sku: level.sku.clone(),
            since: now,
        };
        let item = Item::new(keys::waiting(level.variant_id, user_id), &waiting)?
            .index(keys::waiting_of(user_id, level.variant_id));
        let out = vec![Require::Equals("band", text(Band::Out.name()))];
        let writes = Transaction::new(token).check(keys::stock(&level.sku), out, WaitRefusal::InStock).put(item);
        self.commit(writes).await
    }

    pub async fn stop_waiting(&self, user: UserId, variant: VariantId) -> Result<(), StoreError> {
        self.delete(&keys::waiting(variant, user)).await
    }

    /// What somebody waits for.
    pub async fn waits_of(&self, user: UserId) -> Result<Vec<Waiting>, StoreError> {
        let key_range = KeyRange {
            index: Some(GSI1),
            partition: keys::waiting_of_partition(user),
            prefix: String::new(),
            newest_first: false,
        };
        let items = self.key_range(&key_range, None, 1_000).await?;
        items.into_iter().map(|(_, item)| read(item)).collect()
    }

    /// Some of those who wait for a variant.
    pub async fn waiting_for(&self, variant: VariantId, limit: usize) -> Result<Vec<Waiting>, StoreError> {
        let key_range = KeyRange {
            index: None,
            partition: keys::waiting_partition(variant),
            prefix: String::new(),
            newest_first: false,
        };
        let items = self.key_range(&key_range, None, limit).await?;
        items.into_iter().map(|(_, item)| read(item)).collect()
    }
}
