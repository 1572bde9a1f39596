//! Coupons.

use axum::http::Method;
use harness::products::{make, shirt, staffed, usd};
use harness::shop::Shop;
use serde_json::{Value, json};

const COUPONS: &str = "/api/v1/coupons";

#[tokio::test]
async fn only_staff_can_create_change_and_delete_coupons() {
    let (shop, staff) = staffed().await;
    let body = json!({ "code": "summer-20", "percent": 20, "totalUses": 3 });
    let made = shop.post(COUPONS, &body).by(&staff).send().await.expect(201);
    assert_eq!((&made.data()["code"], &made.data()["used"]), (&json!("SUMMER-20"), &json!(0)));
    shop.post(COUPONS, &body).by(&staff).send().await.expect_problem(409, "coupon_code_taken");
    let path = format!("{COUPONS}/SUMMER-20");
    let edit = |tag: &str| {
        let ask = shop.request(Method::PATCH, &path).json(&json!({ "totalUses": null, "percent": 30 }));
        ask.header("if-match", tag).by(&staff).send()
    };
    let edited = edit("\"v1\"").await.expect(200);
    assert_eq!((&edited.data()["percent"], &edited.data()["totalUses"]), (&json!(30), &Value::Null));
    edit("\"v1\"").await.expect_problem(412, "precondition_failed");
    let listed = shop.get(COUPONS).by(&staff).send().await.expect(200);
    assert_eq!(listed.json["data"][0]["percent"], 30);
    let me = shop.register("ada@example.com").await;
    shop.post(COUPONS, &body).by(&me).send().await.expect_problem(403, "forbidden");
    shop.request(Method::DELETE, &path).by(&staff).send().await.expect(200);
    shop.get(&path).by(&staff).send().await.expect_problem(404, "coupon_not_found");
}

#[tokio::test]
async fn invalid_terms_are_refused_with_their_fields() {
    let (shop, staff) = staffed().await;
    let refused = async |body: Value| {
        let answer = shop.post(COUPONS, &body).by(&staff).send().await.expect(400);
        answer.fields().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(refused(json!({ "code": "a" })).await, ["code"]);
    assert_eq!(refused(json!({ "code": "ABC" })).await, ["percent"]);
    assert_eq!(refused(json!({ "code": "ABC", "percent": 101 })).await, ["percent"]);
    let both = json!({ "code": "ABC", "percent": 10, "amount": usd(5) });
    assert_eq!(refused(both).await, ["amount"]);
    let yen = json!({ "code": "ABC", "amount": { "amount": 5, "currency": "jpy" } });
    assert_eq!(refused(yen).await, ["amount"]);
}

async fn validate(shop: &Shop, quantity: u32) -> Value {
    let body = json!({ "code": "OFF", "items": [{ "sku": "A", "quantity": quantity }] });
    shop.post("/api/v1/coupons/validate", &body).send().await.expect(200).data().clone()
}

#[tokio::test]
async fn a_coupon_code_is_answered_with_its_discount_or_the_reason_for_none() {
    let (shop, staff) = staffed().await;
    let mut thing = shirt("A");
    thing["price"] = usd(1000);
    make(&shop, &staff, &thing).await;
    let body = json!({ "code": "OFF", "amount": usd(300), "minimumOrder": usd(2000) });
    shop.post(COUPONS, &body).by(&staff).send().await.expect(201);
    let good = validate(&shop, 2).await;
    assert_eq!((&good["valid"], &good["discount"]["amount"]), (&json!(true), &json!(300)));
    let bad = validate(&shop, 1).await;
    assert_eq!((&bad["valid"], &bad["problem"]), (&json!(false), &json!("coupon_minimum_not_met")));
    let cart = shop.post("/api/v1/cart/items", &json!({ "sku": "A", "quantity": 2 })).send().await;
    let token = cart.data()["token"].as_str().unwrap().to_owned();
    let code = json!({ "code": "off" });
    let with = shop.post("/api/v1/cart/coupon", &code).header("cart-token", &token).send().await;
    assert_eq!(with.expect(200).data()["totals"]["discount"]["amount"], 300);
    let unknown = shop.post("/api/v1/cart/coupon", &json!({ "code": "NONE" })).header("cart-token", &token);
    unknown.send().await.expect_problem(404, "coupon_not_found");
}
