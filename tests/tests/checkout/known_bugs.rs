//! Bugs that other shops had, one test each.

use harness::orders::{PlacedOrder, guest_order, order_at, order_of, reference, selling_at, usd};
use harness::shop::Shop;
use serde_json::{Value, json};
use std::time::Duration;
use stripe_stand_in::Card;

fn amount(value: &Value) -> i64 {
    value["amount"].as_i64().unwrap()
}

/// The amount that Stripe charged and did not refund.
fn kept(shop: &Shop) -> i64 {
    let charges = shop.stripe.all("charge");
    let kept = |charge: &Value| amount(charge) - charge["amount_refunded"].as_i64().unwrap();
    charges.iter().map(kept).sum()
}

fn event(shop: &Shop, kind: &str) -> Value {
    shop.stripe.events().into_iter().rfind(|event| event["type"] == kind).expect("such an event")
}

#[tokio::test]
async fn a_payment_for_items_out_of_stock_is_refunded() {
    let (shop, _) = selling_at(1000, 1).await;
    let late = shop.buy(1, "k-1").await;
    // The buyer pays in the last second, and Stripe's events are late.
    assert!(shop.stripe.pay(&late.reference(), Card::Pays));
    shop.later(Duration::from_mins(31));
    shop.janitor().run().await.unwrap();
    shop.buy(1, "k-2").await;
    shop.deliver_event(&event(&shop, "payment_intent.succeeded")).await.expect(200);
    shop.janitor().run().await.unwrap();
    let seen = shop.read_order(&late).await;
    assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("cancelled"), &json!("refunded")));
    assert_eq!((kept(&shop), shop.stock("A")), (0, (1, 1)));
}

#[tokio::test]
async fn a_late_payment_takes_stock_again_if_it_is_available() {
    let (shop, _) = selling_at(1000, 1).await;
    let late = shop.buy(1, "k-1").await;
    assert!(shop.stripe.pay(&late.reference(), Card::Pays));
    shop.later(Duration::from_mins(31));
    shop.janitor().run().await.unwrap();
    assert_eq!(shop.stock("A"), (1, 0));
    shop.deliver_event(&event(&shop, "payment_intent.succeeded")).await.expect(200);
    assert_eq!(shop.read_order(&late).await["status"], "paid");
    assert_eq!(shop.stock("A"), (0, 0));
}

#[tokio::test]
async fn an_order_is_charged_once_when_the_buyer_tries_to_pay_twice() {
    let (shop, _) = selling_at(1000, 5).await;
    let order = shop.buy(1, "k-1").await;
    let first = order.reference();
    // The buyer opens Stripe's page in a second window, and then pays in the first window and in the second.
    let opened = shop.open_payment(&order, "checkout-session").send().await.expect(200);
    let second = reference(opened.data());
    assert!(!shop.pay(&first, Card::Pays).await, "the first payment is closed");
    assert!(shop.pay(&second, Card::Pays).await);
    assert!(!shop.pay(&second, Card::Pays).await);
    shop.open_payment(&order, "create-intent").send().await.expect_problem(409, "order_not_payable");
    assert_eq!(kept(&shop), amount(&order.whole["total"]));
}

#[tokio::test]
async fn a_confirmation_that_races_the_webhook_opens_no_second_payment() {
    let (shop, _) = selling_at(1000, 5).await;
    let order = shop.buy(1, "k-1").await;
    assert!(shop.stripe.pay(&order.reference(), Card::Pays));
    // The browser comes back to the shop before the webhook has arrived.
    for way in ["create-intent", "checkout-session"] {
        shop.open_payment(&order, way).send().await.expect_problem(409, "payment_in_progress");
    }
    for event in shop.stripe.events() {
        shop.deliver_event(&event).await.expect(200);
    }
    assert_eq!(shop.read_order(&order).await["status"], "paid");
    assert_eq!(shop.stripe.all("payment_intent").len(), 1);
}

#[tokio::test]
async fn an_event_that_arrives_before_its_order_is_refused_and_sent_again() {
    let (shop, _) = selling_at(1000, 5).await;
    let before = shop.copy().await;
    let order = shop.buy(1, "k-1").await;
    shop.stripe.pay(&order.reference(), Card::Pays);
    let paid = event(&shop, "payment_intent.succeeded");
    before.deliver_event(&paid).await.expect_problem(404, "order_not_found");
    shop.deliver_event(&paid).await.expect(200);
}

#[tokio::test]
async fn a_duplicate_event_is_acknowledged() {
    let (shop, _) = selling_at(1000, 5).await;
    let order = shop.buy(1, "k-1").await;
    shop.pay(&order.reference(), Card::Pays).await;
    for event in shop.stripe.events() {
        shop.deliver_event(&event).await.expect(200);
    }
    let events = shop.table.events();
    let paid = events.iter().filter(|event| event["type"] == "order.paid");
    assert_eq!(paid.count(), 1);
}

#[tokio::test]
async fn a_refused_order_reserves_no_stock() {
    let (shop, staff) = selling_at(1000, 5).await;
    shop.add_product(&staff, "B", 1000, 0).await;
    let token = shop.cart_of("A", 2).await;
    // B is sold out by the time the cart is ordered.
    shop.add_product(&staff, "C", 1000, 1).await;
    shop.add_to_cart("C", 1).header("cart-token", &token).send().await.expect(200);
    let other = order_of("C", 1, "cash_on_delivery");
    shop.place_order(&other, "k-0").send().await.expect(201);
    let body = guest_order("ada@example.com", "payment_intent");
    shop.place_order(&body, "k-1").header("cart-token", &token).send().await.expect_problem(409, "not_enough_stock");
    assert_eq!((shop.stock("A"), shop.stock("C")), ((5, 0), (1, 1)));
    // An order whose payment could not be opened releases its stock when it expires.
    shop.secrets.replace("stripe-key", "wrong".to_owned());
    let stuck = shop.place_order(&order_of("A", 2, "payment_intent"), "k-2").send().await;
    let stuck = PlacedOrder::of(stuck);
    assert_eq!(stuck.payment["problem"], "payment_unavailable");
    shop.later(Duration::from_hours(97));
    shop.janitor().run().await.unwrap();
    assert_eq!((shop.stock("A"), &shop.read_order(&stuck).await["status"]), ((5, 0), &json!("expired")));
}

#[tokio::test]
async fn totals_are_exact_to_the_cent_and_never_negative() {
    let (shop, staff) = selling_at(333, 90).await;
    shop.coupon(&staff, &json!({ "code": "THIRD", "percent": 33 })).await;
    shop.coupon(&staff, &json!({ "code": "HUGE", "amount": usd(1_000_000) })).await;
    for (n, code) in ["THIRD", "HUGE"].iter().enumerate() {
        for quantity in [1, 3, 7] {
            let mut body = order_at(333, "A", quantity, "payment_intent");
            body["couponCode"] = json!(code);
            let order = PlacedOrder::of(shop.place_order(&body, &format!("k-{n}-{quantity}")).send().await);
            let of = |name: &str| amount(&order.whole["totals"][name]);
            let sum = of("subtotal") - of("discount") + of("shipping") + of("tax");
            assert_eq!(of("total"), sum);
            assert!(of("total") >= 0 && of("discount") <= of("subtotal"));
            let line = &order.whole["items"][0];
            assert_eq!(amount(&line["discount"]), of("discount"));
            let intent = shop.stripe.all("payment_intent").pop().unwrap();
            assert_eq!(intent["amount"], of("total"));
        }
    }
}

#[tokio::test]
async fn the_last_line_is_refunded_to_the_cent() {
    let (shop, staff) = selling_at(333, 90).await;
    shop.coupon(&staff, &json!({ "code": "THIRD", "percent": 33 })).await;
    let mut body = order_at(333, "A", 7, "payment_intent");
    body["couponCode"] = json!("THIRD");
    let order = PlacedOrder::of(shop.place_order(&body, "k").send().await);
    shop.pay(&order.reference(), Card::Pays).await;
    let line = &order.whole["items"][0]["id"];
    for n in 0..7 {
        let items = json!([{ "id": line, "quantity": 1 }]);
        let body = json!({ "items": items, "reason": "Back" });
        shop.refund(&order, &staff, &body, &format!("r-{n}")).send().await.expect(201);
    }
    let left = amount(&order.whole["totals"]["shipping"]);
    assert_eq!(kept(&shop), left, "what is left is the shipping, to the cent");
    let rest = json!({ "reason": "And the shipping" });
    shop.refund(&order, &staff, &rest, "rest").send().await.expect(201);
    assert_eq!(kept(&shop), 0);
    assert_eq!(shop.read_order(&order).await["status"], "refunded");
    let more = shop.refund(&order, &staff, &rest, "more").send().await;
    assert_eq!(more.expect(400).fields(), ["amount"]);
}

#[tokio::test]
async fn a_coupon_is_not_used_more_often_than_its_limit() {
    let (shop, staff) = selling_at(1000, 9).await;
    shop.coupon(&staff, &json!({ "code": "TWICE", "percent": 10, "totalUses": 2 })).await;
    let order = |n: usize| {
        let mut body = order_of("A", 1, "payment_intent");
        body["couponCode"] = json!("TWICE");
        shop.place_order(&body, &format!("k-{n}")).send()
    };
    let first = PlacedOrder::of(order(1).await);
    order(2).await.expect(201);
    order(3).await.expect_problem(409, "coupon_used_up");
    // A cancelled order returns its coupon use once, even if it is cancelled twice.
    for _ in 0..2 {
        shop.cancel(&first).send().await.expect(200);
    }
    order(4).await.expect(201);
    order(5).await.expect_problem(409, "coupon_used_up");
}

#[tokio::test]
async fn nobody_can_avoid_the_limit_for_each_customer_or_use_it_up_for_another() {
    let (shop, staff) = selling_at(1000, 9).await;
    let coupon = json!({ "code": "MINE", "percent": 10, "usesPerCustomer": 1 });
    shop.coupon(&staff, &coupon).await;
    let me = shop.register_verified("ada.lovelace@gmail.com").await;
    let mut body = order_of("A", 1, "payment_intent");
    body["couponCode"] = json!("MINE");
    for (n, email) in ["ada.lovelace@gmail.com", "ADA.lovelace@GMAIL.com", "somebody@else.example"].iter().enumerate() {
        body["email"] = json!(email);
        let guests = shop.place_order(&body, &format!("g-{n}")).send().await;
        guests.expect_problem(409, "coupon_needs_verified_address");
    }
    shop.place_order(&body, "k-1").by(&me).send().await.expect(201);
    let same_mailbox = shop.register_verified("adalovelace+2@gmail.com").await;
    for (key, person) in [("k-2", &me), ("k-3", &same_mailbox)] {
        let again = shop.place_order(&body, key).by(person).send().await;
        again.expect_problem(409, "coupon_used_by_you");
    }
    let other = shop.register_verified("somebody@else.example").await;
    shop.place_order(&body, "k-4").by(&other).send().await.expect(201);
}

#[tokio::test]
async fn the_amount_at_stripe_includes_shipping_tax_and_discount() {
    let (shop, staff) = selling_at(1000, 9).await;
    shop.coupon(&staff, &json!({ "code": "TEN", "percent": 10 })).await;
    let mut body = order_of("A", 2, "payment_intent");
    body["couponCode"] = json!("TEN");
    let intent = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
    body["paymentMethod"] = json!("checkout_session");
    let session = PlacedOrder::of(shop.place_order(&body, "k-2").send().await);
    // 20 minus 2, 5 for shipping, and 7 % of 18.
    assert_eq!(amount(&intent.whole["total"]), 2426);
    assert_eq!(shop.stripe.all("payment_intent")[0]["amount"], 2426);
    assert_eq!(shop.stripe.all("checkout.session")[0]["amount_total"], 2426);
    shop.pay(&session.reference(), Card::Pays).await;
    assert_eq!(shop.read_order(&session).await["paymentStatus"], "paid");
}

#[tokio::test]
async fn the_event_of_a_refund_does_not_count_it_twice() {
    let (shop, staff) = selling_at(1000, 9).await;
    let order = shop.buy(2, "k").await;
    shop.pay(&order.reference(), Card::Pays).await;
    let body = json!({ "amount": usd(500), "reason": "Late" });
    shop.refund(&order, &staff, &body, "r-1").send().await.expect(201);
    let echo = event(&shop, "charge.refunded");
    for _ in 0..2 {
        shop.deliver_event(&echo).await.expect(200);
    }
    assert_eq!(amount(&shop.read_order(&order).await["payment"]["refunded"]), 500);
    // A refund that was made at Stripe is recorded once.
    let intent = shop.stripe.all("payment_intent")[0]["id"].as_str().unwrap().to_owned();
    shop.stripe.refund_in_dashboard(&intent, 300);
    let theirs = event(&shop, "charge.refunded");
    for event in [&theirs, &echo, &theirs] {
        shop.deliver_event(event).await.expect(200);
    }
    let seen = shop.read_order(&order).await;
    assert_eq!(amount(&seen["payment"]["refunded"]), 800);
    assert_eq!(seen["refunds"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_order_cannot_be_read_by_another_buyer() {
    let (shop, _) = selling_at(1000, 9).await;
    let me = shop.register("bob@example.com").await;
    let mut body = order_of("A", 1, "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    let mine = PlacedOrder::of(shop.place_order(&body, "k-1").by(&me).send().await);
    let guests = shop.buy(1, "k-2").await;
    let eve = shop.register("eve@example.com").await;
    for order in [&mine, &guests] {
        for ask in [shop.get(&order.path()), shop.get(&order.path()).by(&eve)] {
            ask.send().await.expect_problem(404, "order_not_found");
        }
    }
    shop.get(&mine.path()).header("order-token", &guests.token).send().await.expect_problem(404, "order_not_found");
}

#[tokio::test]
async fn a_guest_cart_is_kept_when_the_guest_signs_in_to_order() {
    let (shop, _) = selling_at(1000, 9).await;
    let token = shop.cart_of("A", 2).await;
    let me = shop.register("bob@example.com").await;
    let mut body = guest_order("x@example.com", "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    // The user orders without reading the cart after the sign-in.
    let placed = shop.place_order(&body, "k").by(&me).header("cart-token", &token);
    let order = PlacedOrder::of(placed.send().await);
    assert_eq!(order.whole["units"], 2);
    let cart = shop.get("/api/v1/cart").by(&me).header("cart-token", &token);
    assert_eq!(cart.send().await.expect(200).data()["items"], json!([]));
}
