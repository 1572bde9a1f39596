//! How many units of a product were sold, as staff see it.

use std::collections::BTreeMap;

use domain::id::{ProductId, TransactionId};
use domain::sales::ProductSales;
use harness::products::{make, path, shirt, staffed};
use serde_json::{Value, json};

#[tokio::test]
async fn only_staff_see_how_many_units_of_a_product_were_sold() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("S")).await;
    let new = shop.get(&path(&made)).by(&staff).send().await.expect(200);
    assert_eq!(new.data()["sales"], json!({ "last30Days": 0, "ever": 0 }));
    let days =
        BTreeMap::from([("2026-11-19".to_owned(), 2), ("2026-10-21".to_owned(), 4), ("2026-11-20".to_owned(), 1)]);
    let sales = ProductSales { ever: 40, days, version: 1 };
    let id = ProductId::parse(made["id"].as_str().unwrap()).unwrap();
    let sales = BTreeMap::from([(id, sales)]);
    shop.store().count_sales(TransactionId::new(shop.now(), 1), &[], &sales).await.unwrap();
    let sold = shop.get(&path(&made)).by(&staff).send().await.expect(200);
    assert_eq!(sold.data()["sales"], json!({ "last30Days": 3, "ever": 40 }), "the 21st of October is 30 days ago");
    let customer = shop.get(&path(&made)).send().await.expect(200);
    assert_eq!(customer.data()["sales"], Value::Null);
}
