//! The unpaid orders of a buyer and of a network: one item each, which an order that takes a hold is written into, if
//! the item is still as it was read. Nothing is written when an order is paid, cancelled or expired: whoever is refused
//! by the limits reads the listed orders and leaves those out that hold nothing any more.

use domain::id::OrderId;
use domain::order::{HolderKind, Order, UnpaidOrders};
use serde::{Deserialize, Serialize};

use crate::engine::error::StoreError;
use crate::engine::expression::Require;
use crate::engine::item::{Item, text};
use crate::{Store, keys};

/// A buyer or a network, with the fingerprint that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub kind: HolderKind,
    pub fingerprint: String,
}

/// A list as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpaidList {
    pub holder: Holder,
    pub orders: UnpaidOrders,
    /// Names the write that made it; `None` if there is no item.
    change: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    change: String,
    orders: UnpaidOrders,
}

/// A list that was read, and what replaces it.
#[derive(Debug, Clone)]
pub struct UnpaidChange {
    pub read: UnpaidList,
    pub after: UnpaidOrders,
}

impl UnpaidChange {
    /// The item that `order` writes, and the condition that the list is as it was read. It does not compare a version
    /// number, because that would begin again after the TTL has removed the item.
    pub(crate) fn item(&self, order: &Order) -> Result<(Item, Vec<Require>), StoreError> {
        let Holder { kind, fingerprint } = &self.read.holder;
        let stored = Stored { change: format!("{}-{}", order.id, order.version), orders: self.after.clone() };
        let item = Item::new(keys::unpaid_orders(*kind, fingerprint), &stored)?;
        let item = match self.after.until() {
            Some(until) => item.expires(until),
            None => item,
        };
        let unchanged = match &self.read.change {
            None => Require::Absent,
            Some(change) => Require::Equals("change", text(change)),
        };
        Ok((item, vec![unchanged]))
    }
}

impl Store {
    /// The lists of a buyer and of a network, in one round trip.
    pub async fn unpaid_orders(&self, holders: [Holder; 2]) -> Result<[UnpaidList; 2], StoreError> {
        let keys = holders.each_ref().map(|holder| keys::unpaid_orders(holder.kind, &holder.fingerprint));
        let mut found = self.get_all(&keys.each_ref()).await?;
        let read = keys.each_ref().map(|key| found.take::<Stored>(key));
        let [first, second] = read;
        let [buyer, network] = holders;
        let list = |holder, stored: Option<Stored>| match stored {
            Some(Stored { change, orders }) => UnpaidList { holder, orders, change: Some(change) },
            None => UnpaidList { holder, orders: UnpaidOrders::default(), change: None },
        };
        Ok([list(buyer, first?), list(network, second?)])
    }

    /// These orders as they are now.
    pub async fn orders_by_id(&self, ids: impl Iterator<Item = OrderId>) -> Result<Vec<Order>, StoreError> {
        let keys: Vec<_> = ids.map(keys::order).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
        keys.iter().filter_map(|key| found.take(key).transpose()).collect()
    }
}
