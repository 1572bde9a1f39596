//! The orders of a seeded shop.

use domain::access::Role;
use domain::money::Currency;
use harness::orders::selling;
use ops::sample_orders;
use serde_json::{Value, json};

#[tokio::test]
async fn a_seeded_shop_has_returns_in_several_states_and_a_second_seed_adds_none() {
    let (shop, root) = selling().await;
    let seed = async || {
        let ids = &shop.app.context.ids;
        sample_orders::seed(shop.store(), ids, &shop.clock, Currency::USD).await.unwrap()
    };
    assert!(seed().await.starts_with("no orders"), "there is nobody to order");
    shop.register_verified("ada@example.com").await;
    shop.staff("sam@example.com", Role::Support).await;
    assert!(seed().await.starts_with("no orders"), "there is nothing to order");
    let skus = ["K00002-1", "K00002-2", "K00002-3", "K00002-4"];
    for sku in skus {
        shop.add_product(&root, sku, 7695, 14).await;
    }
    // The seed makes shipping methods first.
    let anywhere =
        json!({ "name": "Standard", "zones": [{ "countries": [], "price": { "amount": 500, "currency": "usd" } }] });
    shop.post("/api/v1/admin/shipping-methods", &anywhere).by(&root).send().await.expect(201);
    assert_eq!(seed().await, "4 orders of ada@example.com with returns");
    assert_eq!(seed().await, "ada@example.com has orders already");
    for status in ["requested", "approved", "received", "completed"] {
        let list = shop.get(&format!("/api/v1/admin/returns?status={status}")).by(&root).send().await.expect(200);
        let returns = list.json["data"].as_array().unwrap();
        assert_eq!(returns.len(), 1, "{status}");
        let is_paid_back = returns[0]["amount"] != Value::Null;
        assert_eq!(is_paid_back, status == "completed");
    }
    let left = skus.map(|sku| shop.stock(sku));
    assert_eq!(left, [(12, 0), (12, 0), (12, 0), (13, 0)], "an order of two units each, and one unit came back");
}
