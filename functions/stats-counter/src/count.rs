//! Counts orders and what else happens: as much as finds room in one transaction at a time.

use std::collections::{BTreeMap, BTreeSet};

use domain::coupon::CustomerKey;
use domain::id::OrderId;
use domain::order::Order;
use domain::stats::{Contribution, Counter, FirstOrder, Sale};
use domain::stats_job::Happening;
use kit::http::visitor::fingerprint;
use store::batches::Batches;
use store::figures::{CountedMeanwhile, FigureWrites, OrderInFigures};
use store::retry::{Attempt, retry};
use store::{Commit, StoreError};

use crate::StatsCounter;

/// The most orders that are read at a time.
const MAX_ORDERS: usize = 25;

/// The most places of the figures that one order changes in one transaction. With the order, its customer, two days of
/// theirs and the sums of all days, it is below what a transaction takes.
const MAX_PLACES: usize = FigureWrites::MAX - 10;

/// The most happenings in one transaction, each on a day of its own at worst.
pub(crate) const MAX_HAPPENINGS: usize = 40;

/// Customers are told apart by their mailbox: the account that an order is in may change, its mail address does not.
pub(crate) fn customer_of(order: &Order) -> String {
    fingerprint(CustomerKey::of(&order.email).as_str())
}

impl StatsCounter {
    /// Returns the orders that were not counted, and why.
    pub(crate) async fn count_orders(&self, orders: &[OrderId]) -> BTreeMap<OrderId, String> {
        let mut batches = Batches::new(orders, MAX_ORDERS);
        while let Some(some) = batches.next_batch() {
            batches.record(self.count_first(some).await);
        }
        batches.into_failed()
    }

    /// Counts the first of these orders, as many as find room in one transaction, and says how many. 0: the first one needs
    /// more transactions.
    async fn count_first(&self, orders: &[OrderId]) -> Result<usize, StoreError> {
        retry("the figures", || async {
            let read = self.store.orders_in_figures(orders).await?;
            let buyers = read.iter().map(|read| &read.whole.order).filter(|order| Sale::of(order).is_some());
            let buyers: BTreeSet<String> = buyers.map(customer_of).collect();
            let first_orders = self.store.first_orders(&buyers.into_iter().collect::<Vec<_>>()).await?;
            let (mut writes, mut done) = (FigureWrites::default(), orders.len());
            let mut unlisted = Vec::new();
            for order in &read {
                let version = order.whole.order.version;
                if order.counted.as_ref().is_some_and(|counted| counted.order_version > version) {
                    // The order was read before another counter counted its next version.
                    return Ok(Attempt::Overtaken);
                }
                let mut next = writes.clone();
                let is_whole = self.add_order(&mut next, order, &first_orders);
                let has_room = writes.is_empty() || next.len() <= FigureWrites::MAX;
                if has_room {
                    writes = next;
                    // Its SKUs change with exchanges only.
                    let is_listed = order.counted.is_some() && order.whole.order.exchanged.is_empty();
                    if !is_listed && writes.orders.contains_key(&order.whole.order.id) {
                        unlisted.push((&order.whole.order, &order.whole.purchase));
                    }
                }
                if !has_room || !is_whole {
                    done = orders.iter().position(|id| *id == order.whole.order.id).unwrap_or(done);
                    break;
                }
            }
            self.store.list_for_finding(unlisted).await?;
            self.commit(&writes).await.map(|attempt| attempt_of(attempt, done))
        })
        .await
    }

    /// Whether all of the order is in these writes.
    fn add_order(
        &self,
        writes: &mut FigureWrites,
        OrderInFigures { whole, counted }: &OrderInFigures,
        first_orders: &BTreeMap<String, FirstOrder>,
    ) -> bool {
        let order = &whole.order;
        let contribution = self.contribution(whole);
        if let Some(sale) = Sale::of(order) {
            let customer = customer_of(order);
            let stored = first_orders.get(&customer);
            let known = writes.customers.get(&customer).or(stored).cloned();
            if let Some(mut first) = FirstOrder::after(known.as_ref(), order.id, sale, &self.zone) {
                // Two orders of a batch are one write.
                first.version = stored.map_or(0, |stored| stored.version) + 1;
                if let Some(known) = known {
                    writes.change.add_to_day(known.day, Counter::NewCustomers, -1);
                }
                writes.change.add_to_day(first.day, Counter::NewCustomers, 1);
                writes.customers.insert(customer, first);
            }
        }
        let before = counted.clone().unwrap_or_default();
        if counted.is_none() && contribution.is_empty() || before.says(order, &contribution) {
            return true;
        }
        let after = before.step(order, &contribution, MAX_PLACES);
        writes.change.add_all(&before.contribution.to(&after.contribution));
        let is_whole = after.says(order, &contribution);
        writes.orders.insert(order.id, after);
        is_whole
    }

    pub(crate) fn contribution(&self, whole: &store::orders::WholeOrder) -> Contribution {
        Contribution::of_order(&whole.order, &whole.purchase, &whole.history, &whole.refunds, &self.zone)
    }

    /// At most [`MAX_HAPPENINGS`]. Those that were counted before are left out.
    pub(crate) async fn count_happenings(&self, happenings: &[Happening]) -> Result<(), StoreError> {
        let names: Vec<String> = happenings.iter().map(|happening| happening.name.clone()).collect();
        retry("the figures", || async {
            let counted = self.store.counted_marks(&names).await?;
            let mut writes = FigureWrites::default();
            for happening in happenings.iter().filter(|happening| !counted.contains(&happening.name)) {
                writes.marks.push(happening.name.clone());
                writes.change.add_to_day(self.zone.day(happening.at), happening.counter, 1);
            }
            self.commit(&writes).await.map(|attempt| attempt_of(attempt, ()))
        })
        .await
    }

    /// Whether these writes were committed.
    async fn commit(&self, writes: &FigureWrites) -> Result<bool, StoreError> {
        if writes.is_empty() {
            return Ok(true);
        }
        let now = self.clock.now();
        match self.store.count(self.ids.transaction(now), writes, now).await {
            Ok(()) => Ok(true),
            Err(Commit::Refused(CountedMeanwhile)) => Ok(false),
            Err(Commit::Store(error)) => Err(error),
        }
    }
}

fn attempt_of<T>(committed: bool, done: T) -> Attempt<T> {
    if committed { Attempt::Done(done) } else { Attempt::Overtaken }
}
