//! How many units of each product are sold, counted from the orders.
//!
//! An order is counted in one transaction: the counters of its products change by the difference to what was counted of it
//! before, and that is replaced. It commits only if nobody counted the order or one of the products in between. So an order
//! may be counted again, late, or by two at once.

use std::collections::BTreeMap;

use domain::id::{OrderId, ProductId, TransactionId};
use domain::order::{Order, Purchase};
use domain::rating::Rating;
use domain::sales::{OrderSales, ProductSales};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number};
use crate::engine::transaction::MAX_WRITES;
use crate::{Store, Transaction, keys};

/// An order as it is now, and what was counted of it.
#[derive(Debug, Clone)]
pub struct OrderToCount {
    pub order: Order,
    pub purchase: Purchase,
    pub counted: Option<OrderSales>,
}

/// Of a product; of one that was never sold or rated there is nothing.
#[derive(Debug, Clone, Default)]
pub struct SalesAndRating {
    pub sales: Option<ProductSales>,
    pub rating: Option<Rating>,
}

/// What an order sold, to be counted in place of `before`.
#[derive(Debug, Clone)]
pub struct CountedOrder {
    pub id: OrderId,
    pub before: Option<OrderSales>,
    pub after: OrderSales,
}

/// One of the orders or products was counted since it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedMeanwhile;

impl Store {
    /// The most orders and products that one transaction counts.
    pub const MAX_COUNTED: usize = MAX_WRITES;

    /// Orders that do not exist are left out. The parts of an order are not of one moment.
    pub async fn orders_to_count(&self, ids: &[OrderId]) -> Result<Vec<OrderToCount>, StoreError> {
        let keys = |id| [keys::order(id), keys::purchase(id), keys::order_sales(id)];
        let all: Vec<_> = ids.iter().map(|&id| keys(id)).collect();
        let mut found = self.get_many(&[], &all.iter().flatten().collect::<Vec<_>>()).await?;
        let mut orders = Vec::with_capacity(ids.len());
        for [order, purchase, counted] in &all {
            if let (Some(order), Some(purchase)) = (found.take(order)?, found.take(purchase)?) {
                orders.push(OrderToCount { order, purchase, counted: found.take(counted)? });
            }
        }
        Ok(orders)
    }

    /// The sales of those of these products that were ever sold.
    pub async fn sales(&self, products: &[ProductId]) -> Result<BTreeMap<ProductId, ProductSales>, StoreError> {
        self.get_by(products, |&id| keys::product_sales(id)).await
    }

    /// The sales and the rating of each of these products, of up to fifty in one round trip.
    pub async fn sales_and_ratings(
        &self,
        products: &[ProductId],
    ) -> Result<BTreeMap<ProductId, SalesAndRating>, StoreError> {
        let keys = |&id: &ProductId| [keys::product_sales(id), keys::product_rating(id)];
        let all: Vec<_> = products.iter().map(keys).collect();
        let mut found = self.get_many(&[], &all.iter().flatten().collect::<Vec<_>>()).await?;
        let mut of_products = BTreeMap::new();
        for (&id, [sales, rating]) in products.iter().zip(&all) {
            of_products.insert(id, SalesAndRating { sales: found.take(sales)?, rating: found.take(rating)? });
        }
        Ok(of_products)
    }

    /// Counts these orders, which change the sales of their products to `sales`. `token` names this try and no other.
    pub async fn count_sales(
        &self,
        token: TransactionId,
        orders: &[CountedOrder],
        sales: &BTreeMap<ProductId, ProductSales>,
    ) -> Result<(), Commit<CountedMeanwhile>> {
        let is = |version: Option<u64>| match version {
            Some(version) => vec![Require::Equals("version", number(version))],
            None => vec![Require::Absent],
        };
        let mut writes = Transaction::new(token);
        for CountedOrder { id, before, after } in orders {
            let unchanged = is(before.as_ref().map(|before| before.version));
            writes = writes.put_if(Item::new(keys::order_sales(*id), after)?, unchanged, CountedMeanwhile);
        }
        for (&id, after) in sales {
            let unchanged = is((after.version > 1).then(|| after.version - 1));
            writes = writes.put_if(Item::new(keys::product_sales(id), after)?, unchanged, CountedMeanwhile);
        }
        self.commit(writes).await
    }
}
