//! Stock alerts for items that are out of stock.

use axum::http::Method;
use harness::products::{make, shirt, staffed};
use harness::shop::{Answer, Person, Shop};
use serde_json::json;

async fn alert(shop: &Shop, method: Method, person: &Person, sku: &str) -> Answer {
    let path = format!("/api/v1/stock-alerts/{sku}");
    shop.request(method, &path).by(person).send().await
}

#[tokio::test]
async fn a_stock_alert_is_for_items_out_of_stock_and_exists_once() {
    let (shop, staff) = staffed().await;
    let brand = shop.post("/api/v1/brands", &json!({ "name": "Nord" })).by(&staff).send().await.expect(201);
    for (sku, stock, status) in [("OUT", 0, "active"), ("IN", 7, "active"), ("SOON", 0, "draft")] {
        let mut body = shirt(sku);
        body["stock"] = json!(stock);
        body["status"] = json!(status);
        body["brandId"] = brand.data()["id"].clone();
        make(&shop, &staff, &body).await;
    }
    let ada = shop.register_verified("ada@example.com").await;
    for _ in 0..2 {
        alert(&shop, Method::PUT, &ada, "out").await.expect(200);
    }
    alert(&shop, Method::PUT, &ada, "IN").await.expect_problem(409, "in_stock");
    alert(&shop, Method::PUT, &ada, "SOON").await.expect_problem(404, "sku_not_found");
    alert(&shop, Method::PUT, &ada, "NO").await.expect_problem(404, "sku_not_found");
    let waits = shop.get("/api/v1/stock-alerts").by(&ada).send().await.expect(200);
    assert_eq!(waits.data().as_array().unwrap().len(), 1);
    assert_eq!(waits.data()[0]["sku"], "OUT");
    assert_eq!(waits.data()[0]["product"]["brand"]["name"], "Nord");
    let bob = shop.register("bob@example.com").await;
    alert(&shop, Method::PUT, &bob, "OUT").await.expect_problem(409, "email_not_verified");
    assert_eq!(shop.table.items_under("WAIT#").len(), 1);
    alert(&shop, Method::DELETE, &bob, "OUT").await.expect_problem(404, "alert_not_found");
    alert(&shop, Method::DELETE, &ada, "OUT").await.expect(200);
    alert(&shop, Method::DELETE, &ada, "OUT").await.expect_problem(404, "alert_not_found");
    alert(&shop, Method::DELETE, &ada, "no,sku").await.expect_problem(404, "alert_not_found");
    assert!(shop.table.items_under("WAIT#").is_empty());
    shop.get("/api/v1/stock-alerts").send().await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_stock_alert_survives_a_new_sku_and_ends_with_the_account() {
    let (shop, staff) = staffed().await;
    let mut body = shirt("OUT");
    body["stock"] = json!(0);
    let made = make(&shop, &staff, &body).await;
    let ada = shop.register_verified("ada@example.com").await;
    alert(&shop, Method::PUT, &ada, "OUT").await.expect(200);
    let rename = shop.request(Method::PATCH, &harness::products::path(&made)).json(&json!({ "sku": "NEW" }));
    rename.by(&staff).send().await.expect(200);
    let waits = shop.store().stock_alerts_of(ada.id).await.unwrap();
    assert_eq!(waits[0].variant_id.to_string(), made["variants"][0]["id"].as_str().unwrap());
    let export = shop.get("/api/v1/users/me/export").by(&ada).send().await.expect(200);
    assert_eq!(export.data()["stockAlerts"][0]["sku"], "OUT");
    shop.store().erase(ada.id).await.unwrap();
    assert!(shop.table.items_under("WAIT#").is_empty());
}
