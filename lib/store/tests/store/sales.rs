//! What is counted of orders, and the sales of their products.

use std::collections::BTreeMap;

use domain::id::{OrderId, ProductId, TransactionId};
use domain::sales::{OrderSales, ProductSales, SalesChange};
use harness::table::TestTable;
use store::sales::{CountedMeanwhile, CountedOrder};

use crate::fixtures::{now, refused};

fn token(n: u128) -> TransactionId {
    TransactionId::new(now(), n)
}

fn product() -> ProductId {
    ProductId::new(now(), 1)
}

fn sold(version: u64, units: u32) -> OrderSales {
    OrderSales { version, day: now().day(), units: BTreeMap::from([(product(), units)]) }
}

fn counted(n: u128, before: Option<OrderSales>, after: OrderSales) -> CountedOrder {
    CountedOrder { id: OrderId::new(now(), n), before, after }
}

/// The sales of the product after this order, if they were `sales`.
fn after(order: &CountedOrder, sales: &BTreeMap<ProductId, ProductSales>) -> BTreeMap<ProductId, ProductSales> {
    let mut change = SalesChange::default();
    change.add(order.before.as_ref(), &order.after);
    change.applied(sales, now())
}

#[tokio::test]
async fn an_order_that_was_counted_twice() {
    let table = TestTable::create().await;
    let first = counted(1, None, sold(2, 3));
    let sales = after(&first, &BTreeMap::new());
    table.store.count_sales(token(1), std::slice::from_ref(&first), &sales).await.unwrap();
    let second = counted(1, Some(first.after), sold(4, 2));
    let sales = after(&second, &table.store.sales(&[product()]).await.unwrap());
    table.store.count_sales(token(2), &[second], &sales).await.unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&table.items()).unwrap());
}

#[tokio::test]
async fn a_count_is_refused_if_the_order_or_its_product_was_counted_since() {
    let table = TestTable::create().await;
    let first = counted(1, None, sold(2, 3));
    let sales = after(&first, &BTreeMap::new());
    table.store.count_sales(token(1), std::slice::from_ref(&first), &sales).await.unwrap();
    let before = table.items();
    let outcome = table.store.count_sales(token(2), std::slice::from_ref(&first), &BTreeMap::new()).await;
    refused(&table, &before, outcome, CountedMeanwhile);
    let late = counted(1, Some(sold(1, 3)), sold(2, 1));
    refused(&table, &before, table.store.count_sales(token(3), &[late], &BTreeMap::new()).await, CountedMeanwhile);
    // Another order of the product, decided on sales of before.
    let other = counted(2, None, sold(2, 1));
    let stale = after(&other, &BTreeMap::new());
    refused(&table, &before, table.store.count_sales(token(4), &[other], &stale).await, CountedMeanwhile);
}
