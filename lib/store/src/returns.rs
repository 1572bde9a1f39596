//! Returns of orders. Each is an item in the partition of its order, and changes with its order: the transaction checks
//! the versions of both.

use domain::id::{OrderId, ReturnId};
use domain::returns::{Return, ReturnStatus};

use crate::audit::AuditEntry;
use crate::due::{Due, Task};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number, read};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::keys::{GSI2, SHARDS};
use crate::orders::{OrderAndPurchase, OrderConflict};
use crate::outbox::OutboxEvent;
use crate::{Store, Transaction, keys};

/// An order with one of its returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAndReturn {
    pub found: OrderAndPurchase,
    pub asked: Return,
}

pub(crate) fn return_item(it: &Return) -> Result<Item, StoreError> {
    let item = Item::new(keys::order_return(it.order_id, it.id), it)?;
    Ok(item.index(keys::return_by_status(it.status, it.id)))
}

/// That nobody changed a return since the version before this one.
pub(crate) fn since_version_before(changed: &Return) -> Vec<Require> {
    vec![Require::Equals("version", number(changed.version - 1))]
}

/// Writes a return that is new, or that was not changed after it was read, and when it ends by itself.
pub(crate) fn write_return(
    writes: Transaction<OrderConflict>,
    changed: &Return,
) -> Result<Transaction<OrderConflict>, StoreError> {
    let item = return_item(changed)?;
    let writes = match changed.version {
        1 => writes.put_new(item, OrderConflict::Changed),
        _ => writes.put_if(item, since_version_before(changed), OrderConflict::Changed),
    };
    let task = Task::EndReturn { order_id: changed.order_id, return_id: changed.id };
    Ok(match changed.ends_unsent_at() {
        Some(at) => writes.put(Due { at, task }.item()?),
        None if changed.send_by.is_some() => writes.delete(task.key()),
        None => writes,
    })
}

impl Store {
    pub async fn order_return(&self, order: OrderId, id: ReturnId) -> Result<Option<Return>, StoreError> {
        self.get(&keys::order_return(order, id)).await
    }

    /// The order, what was bought and one of its returns, in one round trip.
    pub async fn order_and_return(&self, order: OrderId, id: ReturnId) -> Result<Option<OrderAndReturn>, StoreError> {
        let (asked, purchase, order) = (keys::order_return(order, id), keys::purchase(order), keys::order(order));
        let mut found = self.get_all(&[&order, &purchase, &asked]).await?;
        let (order, purchase, asked) = (found.take(&order)?, found.take(&purchase)?, found.take(&asked)?);
        let found = order.zip(purchase).map(|(order, purchase)| OrderAndPurchase { order, purchase });
        Ok(found.zip(asked).map(|(found, asked)| OrderAndReturn { found, asked }))
    }

    /// The returns of an order, oldest first. There are few.
    pub async fn returns_of(&self, order: OrderId) -> Result<Vec<Return>, StoreError> {
        let items = self.query_all(keys::order_partition(order), keys::RETURN_PREFIX).await?;
        items.into_iter().map(|(_, item)| read(item)).collect()
    }

    /// Writes a return without pictures that it had, and the event with which their files are deleted.
    pub async fn remove_return_pictures(
        &self,
        after: &Return,
        event: &OutboxEvent,
        entry: Option<&AuditEntry>,
    ) -> Result<(), Commit<OrderConflict>> {
        let writes = Transaction::new(event.id)
            .put_if(return_item(after)?, since_version_before(after), OrderConflict::Changed)
            .put(event.item()?);
        self.commit(match entry {
            Some(entry) => writes.put(entry.item()?),
            None => writes,
        })
        .await
    }

    /// The returns of all orders in a status, newest first.
    pub async fn returns_in(&self, status: ReturnStatus, request: &PageRequest) -> Result<Page<Return>, StoreError> {
        let shard =
            |shard| KeyRange::of(keys::returns_by_status_partition(status, shard)).in_index(GSI2).newest_first();
        self.merged_page(&(0..SHARDS).map(shard).collect::<Vec<_>>(), request).await
    }
}
