//! Coupons.

use axum::http::Method;
use harness::orders::{guest_order, order_of, selling};
use harness::products::{make, shirt, staffed, usd};
use harness::shop::{Person, Shop, TestRequest};
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
    let item = json!({ "sku": "A", "quantity": 1 });
    let twice = json!({ "code": "OFF", "items": [item, item] });
    let twice = shop.post("/api/v1/coupons/validate", &twice).send().await.expect_problem(400, "validation_failed");
    assert_eq!(twice.json["details"][0]["field"], "items[1].sku");
    let cart = shop.post("/api/v1/cart/items", &json!({ "sku": "A", "quantity": 2 })).send().await;
    let token = cart.data()["token"].as_str().unwrap().to_owned();
    let code = json!({ "code": "off" });
    let with = shop.post("/api/v1/cart/coupon", &code).header("cart-token", &token).send().await;
    assert_eq!(with.expect(200).data()["totals"]["discount"]["amount"], 300);
    let unknown = shop.post("/api/v1/cart/coupon", &json!({ "code": "NONE" })).header("cart-token", &token);
    unknown.send().await.expect_problem(404, "coupon_not_found");
}

/// The request as this person, or as a guest.
fn asked_by(ask: TestRequest, person: Option<&Person>) -> TestRequest {
    match person {
        Some(person) => ask.by(person),
        None => ask,
    }
}

#[tokio::test]
async fn a_coupon_with_a_limit_for_each_customer_needs_a_proven_address() {
    let needs = "coupon_needs_verified_address";
    let (shop, staff) = selling().await;
    shop.coupon(&staff, &json!({ "code": "MINE", "percent": 10, "usesPerCustomer": 1 })).await;
    let proven = shop.register_verified("ada@example.com").await;
    let unproven = shop.register("eve@example.com").await;
    let check = json!({ "code": "MINE", "items": [{ "sku": "A", "quantity": 1 }] });
    let code = json!({ "code": "MINE" });
    let mut order = order_of("A", 1, "payment_intent");
    order["couponCode"] = json!("MINE");
    // A guest names the address of the customer, and so does somebody whose account was never confirmed.
    for (key, person) in [("guest", None), ("unproven", Some(&unproven))] {
        let checked = asked_by(shop.post("/api/v1/coupons/validate", &check), person).send().await.expect(200);
        assert_eq!((&checked.data()["valid"], &checked.data()["problem"]), (&json!(false), &json!(needs)));
        asked_by(shop.post("/api/v1/cart/coupon", &code), person).send().await.expect_problem(409, needs);
        asked_by(shop.place_order(&order, key), person).send().await.expect_problem(409, needs);
    }
    assert!(shop.table.items_under("COUPON#MINE").keys().all(|key| !key.contains("USE#")), "nobody used it");
    let checked = shop.post("/api/v1/coupons/validate", &check).by(&proven).send().await.expect(200);
    assert_eq!(checked.data()["valid"], true);
    shop.post("/api/v1/cart/coupon", &code).by(&proven).send().await.expect(200);
    shop.place_order(&order, "proven").by(&proven).send().await.expect(201);
    shop.place_order(&order, "again").by(&proven).send().await.expect_problem(409, "coupon_used_by_you");
    let checked = shop.post("/api/v1/coupons/validate", &check).by(&proven).send().await.expect(200);
    assert_eq!(checked.data()["problem"], "coupon_used_by_you");
}

#[tokio::test]
async fn a_guest_cart_says_that_its_coupon_got_a_limit_for_each_customer() {
    let (shop, staff) = selling().await;
    shop.coupon(&staff, &json!({ "code": "ALL", "percent": 10 })).await;
    let token = shop.cart_of("A", 1).await;
    let set = shop.post("/api/v1/cart/coupon", &json!({ "code": "ALL" })).header("cart-token", &token);
    assert_eq!(set.send().await.expect(200).data()["coupon"]["problem"], Value::Null);
    let limit = shop.request(Method::PATCH, "/api/v1/coupons/ALL").json(&json!({ "usesPerCustomer": 1 }));
    limit.by(&staff).send().await.expect(200);
    let cart = shop.get("/api/v1/cart").header("cart-token", &token).send().await.expect(200);
    assert_eq!(cart.data()["coupon"]["problem"], "coupon_needs_verified_address");
    assert_eq!(cart.data()["totals"]["discount"]["amount"], 0);
    let order = shop.place_order(&guest_order("ada@example.com", "payment_intent"), "k").header("cart-token", &token);
    order.send().await.expect_problem(409, "coupon_needs_verified_address");
    let me = shop.register_verified("ada@example.com").await;
    let mut body = guest_order("", "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    let order = shop.place_order(&body, "k").header("cart-token", &token).by(&me).send().await.expect(201);
    assert_eq!(order.data()["couponCode"], "ALL");
}
