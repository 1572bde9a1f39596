//! Wishlists and stock alerts show the products that they name.

use axum::http::Method;
use harness::products::{make, path, shirt, sized, staffed};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};

const WISHLIST: &str = "/api/v1/wishlist";

async fn list(shop: &Shop, person: &Person, path: &str) -> Vec<Value> {
    shop.get(path).by(person).send().await.expect(200).data().as_array().unwrap().clone()
}

#[tokio::test]
async fn a_wish_names_a_sku_or_a_product_as_the_cart_does() {
    let (shop, staff) = staffed().await;
    let one = make(&shop, &staff, &shirt("ONE")).await;
    let two = make(&shop, &staff, &sized("TWO", 2)).await;
    let ada = shop.register("ada@example.com").await;
    let wish = |body: Value| shop.post(WISHLIST, &body).by(&ada);
    let added = wish(json!({ "productId": one["id"] })).send().await.expect(200);
    let variant = &one["variants"][0]["id"];
    let item = added.data();
    assert_eq!([&item["id"], &item["variantId"], &item["sku"]], [variant, variant, &json!("ONE")]);
    assert_eq!(item["product"]["slug"], one["slug"]);
    wish(json!({ "productId": two["id"] })).send().await.expect_problem(409, "variant_required");
    let second = &two["variants"][1];
    let chosen = wish(json!({ "productId": two["id"], "variantId": second["id"] })).send().await.expect(200);
    assert_eq!(chosen.data()["sku"], second["sku"]);
    wish(json!({ "sku": two["variants"][0]["sku"] })).send().await.expect(200);
    assert_eq!(list(&shop, &ada, WISHLIST).await.len(), 3);
    for body in [json!({}), json!({ "sku": "ONE", "productId": one["id"] })] {
        let refused = wish(body).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), ["sku"]);
    }
    wish(json!({ "productId": "prd_01M7W6C3804Q9PV3Y1B8S4HJET" }))
        .send()
        .await
        .expect_problem(404, "product_not_found");
}

#[tokio::test]
async fn a_product_that_is_not_on_sale_any_more_has_no_card() {
    let (shop, staff) = staffed().await;
    let mut made = Vec::new();
    for sku in ["KEPT", "GONE", "DRAFT"] {
        let mut body = shirt(sku);
        body["stock"] = json!(0);
        made.push(make(&shop, &staff, &body).await);
    }
    let ada = shop.register_verified("ada@example.com").await;
    for sku in ["KEPT", "GONE", "DRAFT"] {
        shop.post(WISHLIST, &json!({ "sku": sku })).by(&ada).send().await.expect(200);
        let alert = format!("/api/v1/stock-alerts/{sku}");
        shop.request(Method::PUT, &alert).by(&ada).send().await.expect(200);
    }
    shop.request(Method::DELETE, &path(&made[1])).by(&staff).send().await.expect(200);
    let draft = shop.request(Method::PATCH, &path(&made[2])).json(&json!({ "status": "draft" }));
    draft.by(&staff).send().await.expect(200);
    for all in [WISHLIST, "/api/v1/stock-alerts"] {
        let items = list(&shop, &ada, all).await;
        assert_eq!(items.len(), 3, "{all}");
        for item in items {
            let is_shown = item["sku"] == "KEPT";
            assert_eq!(item["product"].is_object(), is_shown, "{all}: {item}");
            if is_shown {
                assert_eq!([&item["product"]["id"], &item["product"]["stock"]], [&made[0]["id"], &json!("out")]);
            }
        }
    }
}
