//! Cash on delivery: only for a proven address, up to an amount, and never without an end.

use std::time::Duration;

use domain::order::PaymentMethods;
use harness::orders::{ORDERS, PlacedOrder, order_at, order_of, selling};
use harness::shop::{CheckoutSettings, Person, Shop};
use serde_json::{Value, json};

const CONFIRM_WITHIN: Duration = Duration::from_hours(72);

fn cash(quantity: u32) -> Value {
    order_of("A", quantity, "cash_on_delivery")
}

async fn by_guest(shop: &Shop, quantity: u32, key: &str) -> PlacedOrder {
    PlacedOrder::of(shop.place_order(&cash(quantity), key).send().await)
}

async fn status(shop: &Shop, bought: &PlacedOrder) -> Value {
    shop.read_order(bought).await["status"].clone()
}

fn told(shop: &Shop, kind: &str) -> usize {
    shop.table.events().iter().filter(|event| event["type"] == kind).count()
}

async fn processed(shop: &Shop, bought: &PlacedOrder, staff: &Person) {
    shop.update_order(bought, staff, &json!({ "status": "processing" })).send().await.expect(200);
}

#[tokio::test]
async fn a_proven_account_orders_cash_and_staff_have_three_days_to_confirm() {
    let (shop, staff) = selling().await;
    let me = shop.register_verified("bob@example.com").await;
    let bought = PlacedOrder::of(shop.place_order(&cash(2), "k-1").by(&me).send().await);
    assert_eq!(bought.whole["awaitsConfirmation"], false);
    assert_eq!(bought.whole["heldUntil"], (shop.now() + CONFIRM_WITHIN).to_string());
    assert_eq!(shop.stock("A"), (5, 2));
    let other = PlacedOrder::of(shop.place_order(&cash(1), "k-2").by(&me).send().await);
    processed(&shop, &other, &staff).await;
    assert_eq!(shop.stock("A"), (4, 2), "staff confirmed that it is sold");
    shop.later(CONFIRM_WITHIN);
    shop.janitor().run().await.unwrap();
    let (me, staff) = (shop.login("bob@example.com").await, shop.login("root@example.com").await);
    let seen = shop.get(&bought.path()).by(&me).send().await.expect(200);
    assert_eq!((&seen.data()["status"], &seen.data()["heldUntil"]), (&json!("expired"), &Value::Null));
    assert_eq!((shop.stock("A"), told(&shop, "order.expired")), ((4, 0), 1));
    let late = shop.update_order(&bought, &staff, &json!({ "status": "processing" }));
    late.send().await.expect_problem(409, "order_status_conflict");
    let cancel = shop.post(&format!("{}/cancel", other.path()), &json!({})).by(&staff);
    cancel.send().await.expect(200);
    assert_eq!(shop.stock("A"), (5, 0));
}

#[tokio::test]
async fn an_unproven_account_a_large_total_and_a_method_that_is_not_taken_are_refused() {
    let (shop, staff) = selling().await;
    shop.add_product(&staff, "B", 20_000, 5).await;
    let me = shop.register("bob@example.com").await;
    let settings =
        CheckoutSettings { methods: PaymentMethods::parse("checkout_session").unwrap(), ..CheckoutSettings::default() };
    let without_cash = Shop::with_settings(settings, shop.table.copy().await);
    let before = shop.table.items();
    let asks = [
        (shop.place_order(&cash(1), "k-1").by(&me), "email_not_verified"),
        (shop.place_order(&order_at(20_000, "B", 1, "cash_on_delivery"), "k-1"), "cash_limit_exceeded"),
        (without_cash.place_order(&cash(1), "k-1"), "payment_method_not_accepted"),
        (without_cash.place_order(&order_of("A", 1, "payment_intent"), "k-1"), "payment_method_not_accepted"),
    ];
    for (ask, code) in asks {
        ask.send().await.expect_problem(409, code);
    }
    let kept = |items: &std::collections::BTreeMap<String, Value>| {
        items.keys().filter(|key| !key.starts_with("LIMIT#")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(kept(&before), kept(&shop.table.items()));
    assert_eq!(kept(&before), kept(&without_cash.table.items()));
    let online = without_cash.place_order(&order_of("A", 1, "checkout_session"), "k-2");
    let online = PlacedOrder::of(online.send().await);
    let other = without_cash.open_payment(&online, "create-intent").send().await;
    other.expect_problem(409, "payment_method_not_accepted");
    without_cash.open_payment(&online, "checkout-session").send().await.expect(200);
}

#[tokio::test]
async fn a_guest_confirms_the_order_with_the_mailed_link_and_only_with_it() {
    let (shop, staff) = selling().await;
    let bought = by_guest(&shop, 2, "k-1").await;
    assert_eq!(bought.whole["awaitsConfirmation"], true);
    assert_eq!(bought.whole["heldUntil"], (shop.now() + Duration::from_mins(30)).to_string());
    assert_eq!((told(&shop, "order.confirmation_requested"), told(&shop, "order.placed")), (1, 0));
    for token in [bought.token.as_str(), "", "nonsense", &"A".repeat(64)] {
        let refused = shop.post(&format!("{ORDERS}/confirm"), &json!({ "token": token })).send().await;
        refused.expect_problem(400, "link_invalid");
    }
    let more = shop.post(&format!("{ORDERS}/confirm"), &json!({ "token": "x", "more": 1 })).send().await;
    assert_eq!(more.expect(400).fields(), ["more"]);
    let early = shop.update_order(&bought, &staff, &json!({ "status": "processing" }));
    early.send().await.expect_problem(409, "order_status_conflict");
    let until = (shop.now() + CONFIRM_WITHIN).to_string();
    for _ in 0..2 {
        let confirmed = shop.confirm(&bought).await.send().await.expect(200);
        let seen = confirmed.data();
        assert_eq!((&seen["awaitsConfirmation"], &seen["heldUntil"]), (&json!(false), &json!(until)));
        // The mail may be read on another device than the order was placed with.
        let token = seen["token"].as_str().unwrap();
        let opened = shop.get(&format!("{ORDERS}/{}", bought.id)).header("order-token", token).send().await;
        assert_eq!(opened.expect(200).data()["id"], bought.id.as_str());
        shop.later(Duration::from_mins(1));
    }
    assert_eq!((told(&shop, "order.confirmation_requested"), told(&shop, "order.placed")), (1, 1));
    let track = shop.get_as_guest(&bought, "/track").send().await.expect(200);
    let history: Vec<&Value> = track.data()["history"].as_array().unwrap().iter().map(|entry| &entry["what"]).collect();
    assert_eq!(history, ["placed", "confirmed"]);
    shop.later(Duration::from_hours(1));
    shop.janitor().run().await.unwrap();
    assert_eq!((shop.stock("A"), status(&shop, &bought).await), ((5, 2), json!("pending")));
    shop.later(CONFIRM_WITHIN);
    shop.janitor().run().await.unwrap();
    assert_eq!((shop.stock("A"), status(&shop, &bought).await), ((5, 0), json!("expired")));
    shop.confirm(&bought).await.send().await.expect_problem(409, "order_status_conflict");
}

#[tokio::test]
async fn the_mailed_link_of_an_order_opens_it_only_while_it_waits_for_staff() {
    let (shop, staff) = selling().await;
    let bought = by_guest(&shop, 1, "k-1").await;
    shop.confirm(&bought).await.send().await.expect(200);
    shop.update_order(&bought, &staff, &json!({ "status": "processing" })).send().await.expect(200);
    let again = shop.confirm(&bought).await.send().await.expect(200);
    assert_eq!((&again.data()["status"], &again.data()["token"]), (&json!("processing"), &Value::Null));
}

#[tokio::test]
async fn an_order_that_its_guest_does_not_confirm_gives_back_stock_and_coupon() {
    let (shop, staff) = selling().await;
    shop.coupon(&staff, &json!({ "code": "ONCE", "percent": 10, "totalUses": 1 })).await;
    let with_coupon = |email: &str| {
        let mut body = cash(2);
        (body["couponCode"], body["email"]) = (json!("ONCE"), json!(email));
        body
    };
    let first = PlacedOrder::of(shop.place_order(&with_coupon("ada@example.com"), "k-1").send().await);
    let used = shop.place_order(&with_coupon("eve@example.com"), "k-2").send().await;
    used.expect_problem(409, "coupon_used_up");
    // The janitor is late: the link is not valid any more all the same.
    shop.later(Duration::from_mins(30));
    shop.confirm(&first).await.send().await.expect_problem(409, "order_status_conflict");
    shop.janitor().run().await.unwrap();
    assert_eq!((shop.stock("A"), status(&shop, &first).await), ((5, 0), json!("expired")));
    shop.place_order(&with_coupon("eve@example.com"), "k-3").send().await.expect(201);
    let cancelled = by_guest(&shop, 1, "k-4").await;
    shop.cancel(&cancelled).send().await.expect(200);
    shop.confirm(&cancelled).await.send().await.expect_problem(409, "order_status_conflict");
}
