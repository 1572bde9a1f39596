//! The shipping methods: one item with the whole list, in the order in which buyers see it. Each change replaces the
//! version that it was decided on, so two members of staff never undo each other's change. The domain bounds the list,
//! so that it always fits.

use domain::shipping::ShippingMethods;

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number};
use crate::idempotency::IdempotencyRecord;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShippingConflict {
    /// A request with this Idempotency-Key was carried out before.
    Repeated,
    /// The list was changed after it was read.
    Changed,
}

impl Store {
    /// `None`: staff have changed nothing yet.
    pub async fn shipping_methods(&self) -> Result<Option<ShippingMethods>, StoreError> {
        self.get(&keys::shipping_methods()).await
    }

    /// Writes the next version of the list.
    pub async fn save_shipping_methods(
        &self,
        next: &ShippingMethods,
        idempotency_record: Option<&IdempotencyRecord>,
        entry: &AuditEntry,
    ) -> Result<(), Commit<ShippingConflict>> {
        let unchanged = match next.version.saturating_sub(1) {
            0 => Require::Absent,
            before => Require::Equals("version", number(before)),
        };
        let mut writes = Transaction::new(entry.id);
        if let Some(record) = idempotency_record {
            writes = writes.put_new(record.item()?, ShippingConflict::Repeated);
        }
        let item = Item::new(keys::shipping_methods(), next)?;
        self.commit(writes.put_if(item, vec![unchanged], ShippingConflict::Changed).put(entry.item()?)).await
    }
}
