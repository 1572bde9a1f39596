//! Stock at the start of tests, and the stock requests of staff.

use axum::http::Method;
use serde_json::{Value, json};

use crate::products::{make, shirt, staffed};
use crate::shop::{Answer, Person, Shop};

/// The stock of `A`.
pub const SKU: &str = "/api/v1/inventory/A";

/// When goods that are not there are expected.
pub const CHRISTMAS: &str = "2026-12-24";

/// A shop with one product, `A`.
#[derive(Debug)]
pub struct Stocked {
    pub shop: Shop,
    pub staff: Person,
    pub product: Value,
}

/// A shop that sells `A` with this stock.
pub async fn stocked(stock: i64) -> Stocked {
    let (shop, staff) = staffed().await;
    let mut body = shirt("A");
    body["stock"] = json!(stock);
    let product = make(&shop, &staff, &body).await;
    Stocked { shop, staff, product }
}

pub async fn adjust(shop: &Shop, staff: &Person, by: i64, key: &str) -> Answer {
    let body = json!({ "adjust": by, "reason": "test" });
    let ask = shop.request(Method::PATCH, SKU).json(&body).by(staff);
    ask.header("idempotency-key", key).send().await
}

pub async fn set(shop: &Shop, staff: &Person, body: &Value) -> Answer {
    let ask = shop.request(Method::PUT, SKU).json(body).by(staff);
    ask.header("if-match", "*").send().await
}

/// `A` can be ordered down to so many units below zero; they are expected at Christmas.
pub async fn sell_below_zero(shop: &Shop, staff: &Person, limit: i64) {
    let terms = json!({ "mode": "backorder", "limit": limit, "availableFrom": CHRISTMAS });
    set(shop, staff, &json!({ "backorder": terms, "reason": "it comes again" })).await.expect(200);
}

pub async fn on_hand(shop: &Shop, staff: &Person) -> i64 {
    shop.get(SKU).by(staff).send().await.expect(200).data()["onHand"].as_i64().expect("a number")
}

pub fn event_count(shop: &Shop, kind: &str) -> usize {
    shop.table.events().iter().filter(|event| event["type"] == kind).count()
}

/// Asserts that the bands that each product shows fit its stock.
pub fn bands_agree(shop: &Shop) {
    let products = shop.table.items_under("PRODUCT#");
    for (key, level) in shop.table.items_under("STOCK#") {
        if key.ends_with("/ STOCK") {
            let product = products.values().find(|p| p["id"] == level["product_id"]).expect("stock has a product");
            let shown = &product["bands"][level["sku"].as_str().expect("stock has a SKU")];
            assert_eq!(shown, &level["band"], "{key}");
            let low = level["band"] != "in";
            assert_eq!(low, !level["GSI2PK"].is_null(), "{key} is in the list of low stock if it is low");
        }
    }
}
