//! Reading orders by their ids, and those of one buyer.

use std::collections::BTreeMap;

use domain::document::{Document, RefundedOrder};
use domain::email::Email;
use domain::id::{ImageId, OrderId, RefundId, UserId};
use domain::order::{HistoryEntry, Order, OrderLine, Purchase, Refund};
use domain::returns::Return;
use serde::Deserialize;

use super::ChargeOwner;
use crate::engine::error::StoreError;
use crate::engine::item::read;
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::keys::{GSI1, Key};
use crate::{Store, keys};

/// An order and what was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAndPurchase {
    pub order: Order,
    pub purchase: Purchase,
}

/// An order of a list, and what of its purchase the list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAndLines {
    pub order: Order,
    pub lines: Vec<OrderLine>,
    pub pictures: Option<Vec<ImageId>>,
}

#[derive(Debug, Default, Deserialize)]
struct PurchaseLines {
    lines: Vec<OrderLine>,
    #[serde(default)]
    pictures: Option<Vec<ImageId>>,
}

/// An order with its purchase, history, refunds, returns and documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeOrder {
    pub order: Order,
    pub purchase: Purchase,
    /// Oldest first.
    pub history: Vec<HistoryEntry>,
    pub refunds: Vec<Refund>,
    pub returns: Vec<Return>,
    pub documents: Vec<Document>,
}

impl WholeOrder {
    pub fn refunded(&self) -> RefundedOrder<'_> {
        let Self { order, purchase, refunds, documents, .. } = self;
        RefundedOrder { order, purchase, refunds, issued: documents }
    }
}

impl Store {
    pub async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.get(&keys::order(id)).await
    }

    pub async fn purchase(&self, id: OrderId) -> Result<Option<Purchase>, StoreError> {
        self.get(&keys::purchase(id)).await
    }

    /// The order and what was bought, in one round trip.
    pub async fn order_and_purchase(&self, id: OrderId) -> Result<Option<OrderAndPurchase>, StoreError> {
        let (order, purchase) = (keys::order(id), keys::purchase(id));
        let mut found = self.get_all(&[&order, &purchase]).await?;
        let (order, purchase) = (found.take(&order)?, found.take(&purchase)?);
        Ok(order.zip(purchase).map(|(order, purchase)| OrderAndPurchase { order, purchase }))
    }

    /// Those of these orders that there are, with what was bought.
    pub async fn orders_and_purchases(
        &self,
        ids: &[OrderId],
    ) -> Result<BTreeMap<OrderId, OrderAndPurchase>, StoreError> {
        let keys: Vec<[Key; 2]> = ids.iter().map(|id| [keys::order(*id), keys::purchase(*id)]).collect();
        let mut found = self.get_many(&[], &keys.iter().flatten().collect::<Vec<_>>()).await?;
        let mut orders = BTreeMap::new();
        for (id, [order, purchase]) in ids.iter().zip(&keys) {
            let whole = found.take(order)?.zip(found.take(purchase)?);
            orders.extend(whole.map(|(order, purchase)| (*id, OrderAndPurchase { order, purchase })));
        }
        Ok(orders)
    }

    /// A page of orders with their lines: one BatchGetItem for all of them, because a page has at most a hundred.
    pub async fn with_lines(&self, page: Page<Order>) -> Result<Page<OrderAndLines>, StoreError> {
        let keys: Vec<keys::Key> = page.items.iter().map(|order| keys::purchase(order.id)).collect();
        let mut found = self.get_many(&["lines", "pictures"], &keys.iter().collect::<Vec<_>>()).await?;
        let of = |(order, key): (Order, &keys::Key)| {
            let PurchaseLines { lines, pictures } = found.take(key)?.unwrap_or_default();
            Ok(OrderAndLines { order, lines, pictures })
        };
        let items = page.items.into_iter().zip(&keys).map(of).collect::<Result<_, StoreError>>()?;
        Ok(Page { items, next: page.next })
    }

    /// The order with its history, refunds, returns and documents: one query.
    pub async fn whole_order(&self, id: OrderId) -> Result<Option<WholeOrder>, StoreError> {
        let (mut order, mut purchase) = (None, None);
        let (mut history, mut refunds, mut returns) = (Vec::new(), Vec::new(), Vec::new());
        let mut documents = Vec::new();
        for (sk, item) in self.query_all(keys::order_partition(id), "").await? {
            if sk == keys::ORDER {
                order = Some(read(item)?);
            } else if sk == keys::PURCHASE {
                purchase = Some(read(item)?);
            } else if sk.starts_with(keys::HISTORY_PREFIX) {
                history.push(read(item)?);
            } else if sk.starts_with(keys::REFUND_PREFIX) {
                refunds.push(read(item)?);
            } else if sk.starts_with(keys::RETURN_PREFIX) {
                returns.push(read(item)?);
            } else if sk.starts_with(keys::DOCUMENT_PREFIX) {
                documents.push(read(item)?);
            }
        }
        let whole = |(order, purchase)| WholeOrder { order, purchase, history, refunds, returns, documents };
        Ok(order.zip(purchase).map(whole))
    }

    pub async fn refund(&self, order: OrderId, id: RefundId) -> Result<Option<Refund>, StoreError> {
        self.get(&keys::refund(order, id)).await
    }

    /// The order that a charge belongs to.
    pub async fn order_of_charge(&self, id: &str) -> Result<Option<OrderId>, StoreError> {
        let owner: Option<ChargeOwner> = self.get(&keys::charge(id)).await?;
        Ok(owner.map(|owner| owner.order_id))
    }

    /// One user's orders, newest first.
    pub async fn orders_of(&self, user: UserId, request: &PageRequest) -> Result<Page<Order>, StoreError> {
        self.page(&KeyRange::of(keys::orders_of_partition(user)).in_index(GSI1).newest_first(), request).await
    }

    /// The orders that guests placed with this mail address and that are in no account, newest first.
    pub async fn orders_of_guests(&self, email: &Email, request: &PageRequest) -> Result<Page<Order>, StoreError> {
        self.page(&KeyRange::of(keys::orders_of_guests_partition(email)).in_index(GSI1).newest_first(), request).await
    }
}
