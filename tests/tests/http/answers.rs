//! Whole answers, as snapshots: a field that is added, renamed or lost is seen in review. After a change
//! `INSTA_UPDATE=always cargo test --workspace --test http answers` writes them anew.

use harness::orders::{PlacedOrder, order_of, selling};
use harness::products::{PRODUCTS, make, shirt, staffed};
use harness::shop::Answer;
use serde_json::{Value, json};

fn pretty(answer: &Answer) -> String {
    format!("{}\n{}", answer.status, serde_json::to_string_pretty(&answer.json).unwrap())
}

#[tokio::test]
async fn a_product_as_a_customer_gets_it() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let shown = shop.get(&format!("{PRODUCTS}/{}", made["slug"].as_str().unwrap())).send().await;
    insta::assert_snapshot!(pretty(&shown));
}

#[tokio::test]
async fn a_cart_as_its_guest_gets_it() {
    let (shop, _) = selling().await;
    let token = shop.cart_of("A", 2).await;
    let cart = shop.get("/api/v1/cart").header("cart-token", &token).send().await;
    insta::assert_snapshot!(pretty(&cart));
}

#[tokio::test]
async fn an_order_as_its_guest_gets_it() {
    let (shop, _) = selling().await;
    let placed = shop.place_order(&order_of("A", 2, "cash_on_delivery"), "k-1").send().await;
    let order = PlacedOrder::of(placed);
    insta::assert_snapshot!(pretty(&shop.get_as_guest(&order, "").send().await));
}

#[tokio::test]
async fn an_error_with_its_fields() {
    let (shop, staff) = staffed().await;
    let body = json!({ "name": "", "sku": "a b", "price": Value::Null });
    insta::assert_snapshot!(pretty(&shop.post(PRODUCTS, &body).by(&staff).send().await));
}
