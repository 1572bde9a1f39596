//! The limits of what unpaid orders hold, decided on the lists of a buyer and a network.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{OrderId, VariantId};
use domain::order::{HoldRefusal, OrderLimits, UnpaidOrder};
use domain::stock::StockLevel;
use domain::time::Time;
use store::StoreError;
use store::unpaid::{UnpaidChange, UnpaidList};

use crate::OrderProcessor;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    #[error(transparent)]
    Refused(#[from] HoldRefusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An order that is about to hold stock.
#[derive(Debug, Clone, Copy)]
pub struct HoldRequest<'a> {
    pub id: OrderId,
    pub order: &'a UnpaidOrder,
    /// The stock of its lines.
    pub levels: &'a [StockLevel],
    pub limits: &'a OrderLimits,
    pub now: Time,
}

impl HoldRequest<'_> {
    fn decide(&self, lists: &[UnpaidList; 2]) -> Result<Vec<UnpaidChange>, HoldRefusal> {
        let for_sale: BTreeMap<VariantId, i64> =
            self.levels.iter().map(|level| (level.variant_id, level.for_sale())).collect();
        let changes = lists.iter().map(|read| {
            let limits = self.limits.of(read.holder.kind);
            let after = read.orders.with((self.id, self.order), &for_sale, (read.holder.kind, limits), self.now)?;
            Ok(UnpaidChange { read: read.clone(), after })
        });
        changes.collect()
    }
}

impl OrderProcessor {
    /// The lists with this order, if the limits allow it. If they do not, the listed orders are read, and those that
    /// hold nothing any more are left out.
    pub async fn hold(
        &self,
        mut lists: [UnpaidList; 2],
        request: HoldRequest<'_>,
    ) -> Result<Vec<UnpaidChange>, HoldError> {
        if let Ok(changes) = request.decide(&lists) {
            return Ok(changes);
        }
        let ids: BTreeSet<OrderId> = lists.iter().flat_map(|list| list.orders.0.keys().copied()).collect();
        let orders = self.store.orders_by_id(ids.into_iter()).await?;
        let holding = orders.iter().filter(|order| order.held_until().is_some_and(|until| request.now < until));
        let holding: BTreeSet<OrderId> = holding.map(|order| order.id).collect();
        for list in &mut lists {
            list.orders.0.retain(|id, _| holding.contains(id));
        }
        Ok(request.decide(&lists)?)
    }
}
