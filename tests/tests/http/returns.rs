//! Returns: buyers ask, staff decide and inspect, and the money goes back once.

use std::time::Duration;

use axum::http::Method;
use harness::orders::{PlacedOrder, order_of, selling, usd};
use harness::shop::{Person, Shop, TestRequest};
use harness::stock::bands_agree;
use serde_json::{Value, json};
use stripe_stand_in::Card;

const DAY: Duration = Duration::from_hours(24);

/// A shop, and a guest's order of three units of `A` at ten dollars that arrived. Shipping costs 5 dollars, the tax is 7 %
/// of the goods.
struct Delivered {
    shop: Shop,
    staff: Person,
    bought: PlacedOrder,
    variant: String,
}

async fn delivered() -> Delivered {
    let (shop, staff) = selling().await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 3, "payment_intent"), "k-1").send().await);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    for status in ["shipped", "delivered"] {
        shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
    }
    let variant = bought.whole["items"][0]["id"].as_str().unwrap().to_owned();
    Delivered { shop, staff, bought, variant }
}

impl Delivered {
    fn path(&self) -> String {
        format!("{}/returns", self.bought.path())
    }

    fn body(&self, kind: &str, quantity: u32) -> Value {
        json!({ "kind": kind, "items": [{ "id": self.variant, "quantity": quantity, "reason": "does_not_fit" }] })
    }

    fn ask(&self, body: &Value, key: &str) -> TestRequest {
        let request = self.shop.post(&self.path(), body).header("order-token", &self.bought.token);
        request.header("idempotency-key", key)
    }

    /// Asks for it, and returns the id of the return.
    async fn asked(&self, kind: &str, quantity: u32, key: &str) -> String {
        let answer = self.ask(&self.body(kind, quantity), key).send().await.expect(201);
        answer.data()["id"].as_str().unwrap().to_owned()
    }

    fn act(&self, id: &str, what: &str, body: &Value) -> TestRequest {
        self.step(id, what).json(body)
    }

    /// Without a body.
    fn step(&self, id: &str, what: &str) -> TestRequest {
        self.shop.return_step(&self.bought, &self.staff, id, what)
    }

    async fn order(&self) -> Value {
        self.shop.read_order(&self.bought).await
    }

    async fn overview(&self) -> Value {
        let answer = self.shop.get_as_guest(&self.bought, "/returns").send().await.expect(200);
        answer.data().clone()
    }
}

#[tokio::test]
async fn a_guest_sends_a_unit_back_and_gets_what_was_paid_for_it_without_the_fee() {
    let shop = delivered().await;
    assert_eq!(shop.shop.stock("A"), (2, 0));
    let id = shop.asked("return", 1, "r-1").await;
    shop.step(&id, "approve").send().await.expect(200);
    shop.step(&id, "receive").send().await.expect(200);
    let found = json!({ "items": [{ "id": shop.variant, "returned": 1, "restocked": 1 }] });
    let done = shop.act(&id, "complete", &found).send().await.expect(200).data().clone();
    assert_eq!((&done["status"], &done["amount"], &done["fee"]), (&json!("completed"), &usd(770), &usd(300)));
    assert_eq!(shop.shop.stock("A"), (3, 0));
    let order = shop.order().await;
    assert_eq!((&order["payment"]["refunded"], &order["payment"]["refunding"]), (&usd(770), &usd(0)));
    assert_eq!((&order["items"][0]["returned"], &order["returns"][0]), (&json!(1), &done));
    assert_eq!(order["refunds"][0]["id"], done["refundId"]);
    let history = shop.shop.get_as_guest(&shop.bought, "/track").send().await.expect(200).data()["history"].clone();
    let steps: Vec<&str> = history.as_array().unwrap().iter().filter_map(|entry| entry["what"].as_str()).collect();
    let steps: Vec<&&str> = steps.iter().filter(|what| what.starts_with("return")).collect();
    assert_eq!(steps, [&"return_requested", &"return_approved", &"return_received", &"return_completed"]);
}

#[tokio::test]
async fn a_withdrawal_of_everything_is_approved_at_once_and_gives_the_shipping_back() {
    let shop = delivered().await;
    let body = json!({ "kind": "withdrawal", "items": [{ "id": shop.variant, "quantity": 3 }] });
    let asked = shop.ask(&body, "r-1").send().await.expect(201).data().clone();
    assert_eq!((&asked["status"], &asked["items"][0]["reason"]), (&json!("approved"), &Value::Null));
    assert_eq!(shop.overview().await["returnable"], json!([]));
    let done = shop.step(asked["id"].as_str().unwrap(), "complete").send().await.expect(200).data().clone();
    assert_eq!((&done["amount"], &done["shipping"]), (&usd(3710), &usd(500)));
    let order = shop.order().await;
    assert_eq!((&order["status"], &order["payment"]["refunded"]), (&json!("refunded"), &order["total"]));
    assert_eq!(shop.shop.stock("A"), (2, 0), "nothing of it can be sold again");
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_return_and_units_are_asked_back_once() {
    let shop = delivered().await;
    let body = shop.body("return", 2);
    let first = shop.ask(&body, "r-1").send().await.expect(201).data().clone();
    let again = shop.ask(&body, "r-1").send().await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), again.data()), ("true", &first));
    shop.ask(&shop.body("return", 1), "r-1").send().await.expect_problem(422, "idempotency_key_reused");
    let refused = shop.ask(&body, "r-2").send().await.expect_problem(400, "validation_failed");
    assert_eq!(refused.json["details"][0]["field"], format!("items.{}", shop.variant));
    let refund = json!({ "items": [{ "id": shop.variant, "quantity": 2 }], "reason": "Arrived broken" });
    shop.shop.refund(&shop.bought, &shop.staff, &refund, "f-1").send().await.expect_problem(400, "validation_failed");
    assert_eq!(shop.overview().await["returnable"], json!([{ "id": shop.variant, "sku": "A", "quantity": 1 }]));
}

#[tokio::test]
async fn completing_twice_or_at_the_same_time_gives_the_money_back_once() {
    let shop = delivered().await;
    let id = shop.asked("withdrawal", 1, "r-1").await;
    let (one, two) = tokio::join!(shop.step(&id, "complete").send(), shop.step(&id, "complete").send());
    let again = shop.step(&id, "complete").send().await.expect(200);
    for answer in [one.expect(200), two.expect(200), again] {
        assert_eq!((&answer.data()["status"], &answer.data()["amount"]), (&json!("completed"), &usd(1070)));
    }
    let order = shop.order().await;
    assert_eq!((&order["payment"]["refunded"], &order["items"][0]["returned"]), (&usd(1070), &json!(1)));
    assert_eq!(order["refunds"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_buyer_cancels_until_the_goods_arrived_and_then_has_the_units_back() {
    let shop = delivered().await;
    let id = shop.asked("return", 3, "r-1").await;
    let cancel = || {
        let path = format!("{}/{id}/cancel", shop.path());
        shop.shop.request(Method::POST, &path).header("order-token", &shop.bought.token)
    };
    let (cancelled, _) = tokio::join!(cancel().send(), shop.step(&id, "approve").send());
    assert_eq!(cancelled.expect(200).data()["status"], "cancelled");
    assert_eq!(cancel().send().await.expect(200).data()["status"], "cancelled");
    assert_eq!(shop.overview().await["returnable"][0]["quantity"], 3);
    shop.step(&id, "approve").send().await.expect_problem(409, "return_status_conflict");
    shop.step(&id, "complete").send().await.expect_problem(409, "return_status_conflict");
    let other = shop.asked("withdrawal", 1, "r-2").await;
    shop.step(&other, "receive").send().await.expect(200);
    let path = format!("{}/{other}/cancel", shop.path());
    let late = shop.shop.request(Method::POST, &path).header("order-token", &shop.bought.token);
    late.send().await.expect_problem(409, "return_status_conflict");
}

#[tokio::test]
async fn staff_decline_with_a_reason_that_the_buyer_reads() {
    let shop = delivered().await;
    let id = shop.asked("return", 1, "r-1").await;
    shop.act(&id, "decline", &json!({ "reason": " " })).send().await.expect_problem(400, "validation_failed");
    shop.act(&id, "decline", &json!({ "reason": "It was worn" })).send().await.expect(200);
    shop.act(&id, "decline", &json!({ "reason": "It was worn" })).send().await.expect(200);
    let path = format!("{}/{id}", shop.path());
    let seen = shop.shop.get(&path).header("order-token", &shop.bought.token).send().await.expect(200);
    assert_eq!((&seen.data()["status"], &seen.data()["reason"]), (&json!("declined"), &json!("It was worn")));
    assert_eq!(shop.overview().await["returnable"][0]["quantity"], 3);
}

#[tokio::test]
async fn staff_find_returns_by_their_status_and_others_do_not() {
    let shop = delivered().await;
    let first = shop.asked("return", 1, "r-1").await;
    let second = shop.asked("return", 1, "r-2").await;
    let list = |query: &str| shop.shop.get(&format!("/api/v1/admin/returns{query}")).by(&shop.staff).send();
    let ids = |answer: &harness::shop::Answer| -> Vec<String> {
        let data = answer.json["data"].as_array().unwrap().clone();
        data.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&list("").await.expect(200)), [second.as_str(), first.as_str()]);
    shop.step(&first, "approve").send().await.expect(200);
    assert_eq!(ids(&list("").await.expect(200)), [second.as_str()]);
    assert_eq!(ids(&list("?status=approved").await.expect(200)), [first.as_str()]);
    list("?status=lost").await.expect_problem(400, "validation_failed");
    let stranger = shop.shop.register("eve@example.com").await;
    shop.shop.get("/api/v1/admin/returns").by(&stranger).send().await.expect_problem(403, "forbidden");
    for path in [shop.path(), format!("{}/{first}", shop.path())] {
        assert_eq!(shop.shop.get(&path).by(&stranger).send().await.status, 404);
        assert_eq!(shop.shop.get(&path).send().await.status, 404);
        shop.shop.get(&path).by(&shop.staff).send().await.expect(200);
    }
    let body = shop.body("return", 1);
    let by_stranger = shop.shop.post(&shop.path(), &body).by(&stranger).header("idempotency-key", "r-3");
    by_stranger.send().await.expect_problem(404, "order_not_found");
}

#[tokio::test]
async fn after_its_days_a_buyer_can_ask_no_more_and_staff_still_can() {
    let shop = delivered().await;
    let offers = shop.overview().await["offers"].clone();
    assert_eq!((&offers[0]["kind"], &offers[0]["fee"]), (&json!("return"), &usd(300)));
    assert_eq!((&offers[1]["kind"], &offers[1]["fee"]), (&json!("withdrawal"), &usd(0)));
    shop.shop.later(DAY * 15);
    shop.ask(&shop.body("withdrawal", 1), "r-1").send().await.expect_problem(409, "return_period_over");
    assert_eq!(shop.overview().await["offers"].as_array().unwrap().len(), 1);
    shop.asked("return", 1, "r-2").await;
}

#[tokio::test]
async fn what_was_not_sent_cannot_be_returned() {
    let (shop, _) = selling().await;
    let bought = shop.buy(2, "k-1").await;
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    let body = json!({ "kind": "withdrawal", "items": [{ "id": bought.whole["items"][0]["id"], "quantity": 1 }] });
    let ask = shop.post(&format!("{}/returns", bought.path()), &body).header("order-token", &bought.token);
    ask.header("idempotency-key", "r-1").send().await.expect_problem(409, "order_not_returnable");
    let seen = shop.get_as_guest(&bought, "/returns").send().await.expect(200).data().clone();
    assert_eq!(seen, json!({ "returns": [], "returnable": [], "offers": [] }));
}

#[tokio::test]
async fn bad_input_names_its_fields_and_changes_nothing() {
    let shop = delivered().await;
    let item = |quantity: i64, reason: &str| json!({ "id": shop.variant, "quantity": quantity, "reason": reason });
    for (body, field) in [
        (json!({ "kind": "gift", "items": [item(1, "other")] }), "kind".to_owned()),
        (json!({ "kind": "return", "items": [] }), "items".to_owned()),
        (json!({ "kind": "return", "items": [item(1, "bored")] }), "items[0].reason".to_owned()),
        (json!({ "kind": "return", "items": [{ "id": shop.variant, "quantity": 1 }] }), "items[0].reason".to_owned()),
        (json!({ "kind": "return", "items": [item(1, "other"), item(1, "other")] }), "items[1].id".to_owned()),
        (json!({ "kind": "return", "items": [item(0, "other")] }), format!("items.{}", shop.variant)),
        (json!({ "kind": "return", "items": [item(4, "other")] }), format!("items.{}", shop.variant)),
        (
            json!({ "kind": "return", "items": [{ "id": "x", "quantity": 1, "reason": "other" }] }),
            "items[0].id".to_owned(),
        ),
        (json!({ "kind": "return", "items": [item(1, "other")], "comment": "x".repeat(1001) }), "comment".to_owned()),
        (json!({ "kind": "return", "items": [item(1, "other")], "refund": true }), "refund".to_owned()),
    ] {
        let refused = shop.ask(&body, "r-1").send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.json["details"][0]["field"], field, "{body}");
    }
    assert_eq!(shop.order().await["returns"], json!([]));
    let id = shop.asked("withdrawal", 2, "r-2").await;
    let line =
        |returned: u32, restocked: u32| json!([{ "id": shop.variant, "returned": returned, "restocked": restocked }]);
    for (body, field) in [
        (json!({ "items": line(3, 0) }), format!("items.{}", shop.variant)),
        (json!({ "items": line(1, 2) }), format!("items.{}", shop.variant)),
        (json!({ "items": line(0, 0) }), "items".to_owned()),
        (json!({ "amount": usd(2141), "reason": "More" }), "amount".to_owned()),
        (json!({ "amount": usd(-1), "reason": "Less" }), "amount".to_owned()),
        (json!({ "amount": usd(100) }), "reason".to_owned()),
        (json!({ "amount": { "amount": 100, "currency": "eur" }, "reason": "Less" }), "amount".to_owned()),
    ] {
        let refused = shop.act(&id, "complete", &body).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.json["details"][0]["field"], field, "{body}");
    }
    assert_eq!(shop.order().await["refunds"], json!([]));
    let less = json!({ "amount": usd(100), "reason": "One was broken" });
    let done = shop.act(&id, "complete", &less).send().await.expect(200);
    assert_eq!((&done.data()["amount"], &done.data()["reason"]), (&usd(100), &json!("One was broken")));
}

#[tokio::test]
async fn the_copy_of_ones_data_has_the_returns_of_ones_orders() {
    let (shop, staff) = selling().await;
    let ada = shop.register_verified("ada@example.com").await;
    let mut body = order_of("A", 2, "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    let bought = PlacedOrder::of(shop.place_order(&body, "k-1").by(&ada).send().await);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    for status in ["shipped", "delivered"] {
        shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
    }
    let variant = &bought.whole["items"][0]["id"];
    let asked = json!({
        "kind": "return", "items": [{ "id": variant, "quantity": 1, "reason": "does_not_fit" }], "comment": "Too small",
    });
    let path = format!("{}/returns", bought.path());
    let asked = shop.post(&path, &asked).by(&ada).header("idempotency-key", "r-1").send().await.expect(201);
    let export = shop.get("/api/v1/users/me/export").by(&ada).send().await.expect(200);
    let returns = &export.data()["returns"];
    assert_eq!(returns.as_array().unwrap().len(), 1);
    assert_eq!((&returns[0]["id"], &returns[0]["comment"]), (&asked.data()["id"], &json!("Too small")));
    let item = json!({ "sku": "A", "quantity": 1, "reason": "does_not_fit", "exchangeFor": null });
    assert_eq!(returns[0]["items"], json!([item]));
}

#[tokio::test]
async fn goods_that_come_back_are_on_sale_again_where_all_were_sold() {
    let it = delivered().await;
    let (left, _) = it.shop.stock("A");
    let sold = json!({ "adjust": -left, "reason": "Sold at the market" });
    let sell = it.shop.request(Method::PATCH, "/api/v1/inventory/A").json(&sold).by(&it.staff);
    sell.header("idempotency-key", "s-1").send().await.expect(200);
    let id = it.asked("return", 1, "r-1").await;
    it.step(&id, "approve").send().await.expect(200);
    it.step(&id, "receive").send().await.expect(200);
    let found = json!({ "items": [{ "id": it.variant, "returned": 1, "restocked": 1 }] });
    it.act(&id, "complete", &found).send().await.expect(200);
    assert_eq!(it.shop.stock("A"), (1, 0));
    bands_agree(&it.shop);
}
