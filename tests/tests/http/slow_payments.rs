//! Payments that banks decide later, attempts that end with their hold, and failures of Stripe that it repeats.

use std::time::Duration;

use axum::http::Method;
use harness::orders::{PlacedOrder, guest_order, order_of, reference, selling, usd};
use harness::shop::{CheckoutSettings, Person, Shop};
use harness::table::TestTable;
use serde_json::{Value, json};
use stripe_stand_in::{Card, Failure};

const WAYS: [(&str, &str); 2] = [("payment_intent", "create-intent"), ("checkout_session", "checkout-session")];

/// A shop with five units of `A` at ten dollars, and a guest's order of two.
async fn ordered(method: &str) -> (Shop, Person, PlacedOrder) {
    let (shop, staff) = selling().await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 2, method), "k-1").send().await);
    (shop, staff, bought)
}

#[tokio::test]
async fn a_slow_payment_keeps_the_stock_until_the_bank_decides() {
    for (method, way) in WAYS {
        let (shop, _, bought) = ordered(method).await;
        shop.pay(&bought.reference(), Card::Slow).await;
        shop.time_passes(Duration::from_hours(24 * 13)).await;
        let seen = shop.read_order(&bought).await;
        assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("pending"), &json!("processing")));
        assert_eq!(shop.stock("A"), (5, 2));
        shop.open_payment(&bought, way).send().await.expect_problem(409, "payment_in_progress");
        let other = if way == "create-intent" { "checkout-session" } else { "create-intent" };
        shop.open_payment(&bought, other).send().await.expect_problem(409, "payment_in_progress");
        shop.stripe.decide_payment(&bought.reference(), true);
        shop.deliver_events().await;
        assert_eq!(shop.read_order(&bought).await["status"], "paid");
        assert_eq!(shop.stock("A"), (3, 0));
    }
}

#[tokio::test]
async fn after_a_slow_payment_failed_the_order_can_be_paid_in_any_way() {
    for (method, _) in WAYS {
        for (_, way) in WAYS {
            let (shop, _, bought) = ordered(method).await;
            shop.pay(&bought.reference(), Card::Slow).await;
            shop.time_passes(Duration::from_hours(24 * 6)).await;
            shop.stripe.decide_payment(&bought.reference(), false);
            // Stripe says it before its event arrives.
            let early = shop.open_payment(&bought, way).send().await.expect(200);
            shop.deliver_events().await;
            let seen = shop.read_order(&bought).await;
            assert_eq!(
                (&seen["status"], &seen["paymentStatus"]),
                (&json!("pending"), &json!("failed")),
                "{method} {way}"
            );
            assert_eq!(shop.stock("A").0, 5);
            let opened = shop.open_payment(&bought, way).send().await.expect(200);
            assert_eq!(shop.stock("A"), (5, 2), "{method} {way}");
            if method == "checkout_session" && way == "checkout-session" {
                assert_ne!(reference(early.data()), bought.reference(), "a completed page is not used again");
            }
            assert!(shop.pay(&reference(opened.data()), Card::Pays).await, "{method} {way}");
            assert_eq!(shop.read_order(&bought).await["status"], "paid");
            assert_eq!(shop.stock("A"), (3, 0));
        }
    }
}

#[tokio::test]
async fn a_bank_that_does_not_decide_in_time_gets_no_stock_and_its_money_goes_back() {
    let (shop, _, bought) = ordered("payment_intent").await;
    shop.pay(&bought.reference(), Card::Slow).await;
    shop.time_passes(Duration::from_hours(24 * 14 + 1)).await;
    assert_eq!(shop.read_order(&bought).await["status"], "expired");
    assert_eq!(shop.stock("A"), (5, 0));
    shop.stripe.decide_payment(&bought.reference(), true);
    shop.deliver_events().await;
    shop.time_passes(Duration::from_mins(1)).await;
    assert_eq!(shop.read_order(&bought).await["paymentStatus"], "refunded");
    assert_eq!(shop.stripe.all("refund").len(), 1);
}

#[tokio::test]
async fn slow_methods_are_offered_only_by_choice() {
    let settings = CheckoutSettings { slow_payments: false, ..CheckoutSettings::default() };
    let shop = Shop::with_settings(settings, TestTable::create().await);
    let staff = shop.staff("root@example.com", domain::access::Role::Admin).await;
    shop.add_product(&staff, "A", 1000, 5).await;
    for (method, _) in WAYS {
        let bought = PlacedOrder::of(shop.place_order(&order_of("A", 1, method), method).send().await);
        shop.pay(&bought.reference(), Card::Slow).await;
        assert_eq!(shop.read_order(&bought).await["paymentStatus"], "unpaid", "{method}");
        assert!(shop.pay(&bought.reference(), Card::Pays).await);
    }
}

#[tokio::test]
async fn stripes_page_ends_before_the_hold() {
    let (shop, _, bought) = ordered("checkout_session").await;
    let session = shop.stripe.all("checkout.session")[0].clone();
    let ends = session["expires_at"].as_i64().unwrap() - shop.now().unix_seconds();
    let held = domain::time::Time::parse(bought.whole["heldUntil"].as_str().unwrap()).unwrap();
    let held = held.unix_seconds() - shop.now().unix_seconds();
    assert!((30 * 60..held).contains(&ends), "{ends} {held}");
    // The page ends, and nobody heard of it yet.
    shop.later(Duration::from_secs(u64::try_from(ends).unwrap() + 1));
    assert!(!shop.stripe.pay(&bought.reference(), Card::Pays));
    assert_eq!(shop.stock("A"), (5, 2));
    let again = shop.open_payment(&bought, "checkout-session").send().await.expect(200);
    shop.deliver_events().await;
    assert!(shop.pay(&reference(again.data()), Card::Pays).await);
    assert_eq!(shop.stock("A"), (3, 0));
}

#[tokio::test]
async fn an_intent_is_closed_when_its_hold_ends_and_the_buyer_gets_another() {
    let (shop, _, bought) = ordered("payment_intent").await;
    shop.time_passes(Duration::from_mins(31)).await;
    shop.time_passes(Duration::from_mins(1)).await;
    assert!(!shop.stripe.pay(&bought.reference(), Card::Pays));
    let again = shop.open_payment(&bought, "create-intent").send().await.expect(200);
    assert_ne!(reference(again.data()), bought.reference());
    assert!(shop.pay(&reference(again.data()), Card::Pays).await);
    assert_eq!(shop.stock("A"), (3, 0));
}

#[tokio::test]
async fn a_failure_of_stripe_that_it_repeats_does_not_keep_an_order_from_being_paid() {
    for (method, way) in WAYS {
        for failure in [Failure::InternalErrorBeforeEffect, Failure::InternalErrorAfterEffect] {
            let (shop, _) = selling().await;
            shop.stripe.fail_next(failure, 1);
            let bought = PlacedOrder::of(shop.place_order(&order_of("A", 2, method), "k-1").send().await);
            assert_eq!(bought.payment["problem"], "payment_unavailable");
            let opened = shop.open_payment(&bought, way).send().await.expect(200);
            assert!(shop.pay(&reference(opened.data()), Card::Pays).await);
            assert_eq!(shop.read_order(&bought).await["status"], "paid");
        }
    }
}

#[tokio::test]
async fn a_failure_of_stripe_that_it_repeats_does_not_double_or_lose_a_refund() {
    for failure in [Failure::InternalErrorBeforeEffect, Failure::InternalErrorAfterEffect] {
        let (shop, staff, bought) = ordered("payment_intent").await;
        shop.pay(&bought.reference(), Card::Pays).await;
        shop.stripe.fail_next(failure, 1);
        let some = json!({ "amount": usd(500), "reason": "Late" });
        let asked = shop.refund(&bought, &staff, &some, "r-1").send().await.expect(201);
        assert_eq!(asked.data()["status"], "pending");
        shop.time_passes(Duration::from_mins(2)).await;
        let seen = shop.read_order(&bought).await;
        assert_eq!((&seen["refunds"][0]["status"], &seen["payment"]["refunded"]), (&json!("succeeded"), &usd(500)));
        assert_eq!(shop.stripe.all("refund").len(), 1);
    }
}

#[tokio::test]
async fn stripe_is_told_the_mail_address_the_delivery_address_and_the_number_of_an_order() {
    for (method, _) in WAYS {
        let (shop, _, bought) = ordered(method).await;
        shop.pay(&bought.reference(), Card::Pays).await;
        let intent = &shop.stripe.all("payment_intent")[0];
        assert_eq!(intent["receipt_email"], "ada@example.com");
        assert_eq!(intent["metadata"]["order_number"], bought.whole["number"]);
        let shipping = &intent["shipping"];
        assert_eq!(
            (&shipping["name"], &shipping["address"]["line1"]),
            (&json!("Ada Lovelace"), &json!("1 Harbour Street"))
        );
        assert_eq!(shipping["address"]["country"], "DE");
    }
}

#[tokio::test]
async fn the_coupon_that_stripes_page_needs_is_deleted_when_its_attempt_ends() {
    let (shop, staff) = selling().await;
    shop.coupon(&staff, &json!({ "code": "TEN", "percent": 10 })).await;
    let mut body = guest_order("ada@example.com", "checkout_session");
    body["item"] = json!({ "sku": "A", "quantity": 1, "price": usd(1000) });
    body["couponCode"] = json!("TEN");
    let coupons = |shop: &Shop| shop.stripe.all("coupon").len();
    let paid = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
    let changed = PlacedOrder::of(shop.place_order(&body, "k-2").send().await);
    let cancelled = PlacedOrder::of(shop.place_order(&body, "k-3").send().await);
    PlacedOrder::of(shop.place_order(&body, "k-4").send().await);
    assert_eq!(coupons(&shop), 4);
    shop.pay(&paid.reference(), Card::Pays).await;
    shop.open_payment(&changed, "create-intent").send().await.expect(200);
    shop.cancel(&cancelled).send().await.expect(200);
    shop.time_passes(Duration::from_mins(1)).await;
    assert_eq!(coupons(&shop), 1, "that of the open page");
    for _ in 0..2 {
        shop.time_passes(Duration::from_mins(36)).await;
    }
    assert_eq!(coupons(&shop), 0);
}

#[tokio::test]
async fn an_event_about_a_slow_payment_may_come_after_its_end() {
    let (shop, _, bought) = ordered("payment_intent").await;
    shop.stripe.pay(&bought.reference(), Card::Slow);
    shop.stripe.decide_payment(&bought.reference(), true);
    let events = shop.stripe.events();
    for event in events.iter().rev() {
        let answer = shop.deliver_event(event).await;
        assert_eq!(answer.status, 200, "{event}: {}", answer.text);
    }
    let seen: Value = shop.read_order(&bought).await;
    assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("paid"), &json!("paid")));
    let path = format!("/api/v1/payments/{}", bought.payment["id"].as_str().unwrap());
    let payment = shop.request(Method::GET, &path).header("order-token", &bought.token).send().await.expect(200);
    assert_eq!(payment.data()["status"], "paid");
}
