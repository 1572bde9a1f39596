//! Counts what orders sold, and publishes how popular their products are after that.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{OrderId, ProductId};
use domain::sales::{OrderSales, SalesChange};
use store::batches::Batches;
use store::retry::{Attempt, retry};
use store::sales::{CountedMeanwhile, CountedOrder, OrderToCount};
use store::{Commit, Store, StoreError};

use crate::{Indexer, IndexerError, MAX_PRODUCTS};

/// The most orders that are counted at a time.
const MAX_ORDERS: usize = 33;

/// The first of some orders, which were counted together.
struct CountedTogether {
    orders: usize,
    /// Of all these orders, also of those that were counted before: the publication after that may have failed.
    products: BTreeSet<ProductId>,
}

impl Indexer {
    /// Returns the orders whose sales were not counted or not published, and why.
    pub(crate) async fn publish_sales(&self, orders: &[OrderId]) -> BTreeMap<OrderId, String> {
        let (mut counted, mut products) = (Vec::new(), BTreeSet::new());
        let mut batches = Batches::new(orders, MAX_ORDERS);
        while let Some(some) = batches.next_batch() {
            batches.record(self.count(some).await.map(|together| {
                counted.extend_from_slice(&some[..together.orders]);
                products.extend(together.products);
                together.orders
            }));
        }
        let mut failed = batches.into_failed();
        let products: Vec<ProductId> = products.into_iter().collect();
        if let Err(error) = self.publish_popularity(&products).await {
            failed.extend(counted.into_iter().map(|order| (order, error.to_string())));
        }
        failed
    }

    async fn publish_popularity(&self, products: &[ProductId]) -> Result<(), IndexerError> {
        for some in products.chunks(MAX_PRODUCTS) {
            self.ask_for_base(&self.publisher.publish_popularity(some).await?).await?;
        }
        Ok(())
    }

    /// Counts the first of these orders: as many as find room in one transaction, and at least one.
    async fn count(&self, orders: &[OrderId]) -> Result<CountedTogether, StoreError> {
        let store = &self.publisher.store;
        retry("the sales", || async {
            let mut together = CountedTogether { orders: orders.len(), products: BTreeSet::new() };
            let (mut counted, mut change) = (Vec::new(), SalesChange::default());
            for OrderToCount { order, purchase, counted: before } in store.orders_to_count(orders).await? {
                let Some(after) = OrderSales::of(&order, &purchase) else { continue };
                let version = before.as_ref().map(|before| before.version);
                if version > Some(after.version) {
                    // The order was read before another indexer counted its next version.
                    return Ok(Attempt::Overtaken);
                }
                if version < Some(after.version) {
                    let mut next = change.clone();
                    next.add(before.as_ref(), &after);
                    if !counted.is_empty() && counted.len() + 1 + next.products().len() > Store::MAX_COUNTED {
                        together.orders = orders.iter().position(|id| *id == order.id).unwrap_or(orders.len());
                        break;
                    }
                    change = next;
                    counted.push(CountedOrder { id: order.id, before, after });
                }
                together.products.extend(purchase.lines.iter().map(|line| line.product_id));
            }
            if counted.is_empty() {
                return Ok(Attempt::Done(together));
            }
            let now = self.publisher.clock.now();
            let sales = change.applied(&store.sales(&change.products()).await?, now);
            match store.count_sales(self.publisher.ids.transaction(now), &counted, &sales).await {
                Ok(()) => Ok(Attempt::Done(together)),
                Err(Commit::Refused(CountedMeanwhile)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error),
            }
        })
        .await
    }
}
