//! Many requests at once, with the real engine.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use domain::access::Role;
use domain::order::OrderLimits;
use harness::interruptions::Outcome;
use harness::orders::{PlacedOrder, order_of, reference};
use harness::shop::{Answer, CheckoutSettings, Person, Shop};
use serde_json::{Value, json};
use stripe_stand_in::Card;
use tokio::task::JoinSet;

use crate::scenario::{Action, Scenario};

/// The number of requests at once.
const MANY: usize = 50;

/// A shop with this stock of `A`.
async fn shop_with_stock(stock: i64) -> (Arc<Shop>, Person) {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", Role::Admin).await;
    shop.add_product(&staff, "A", 1000, stock).await;
    (Arc::new(shop), staff)
}

/// Sends many requests, each in its own task, and returns the answers.
async fn at_once<F>(ask: impl Fn(usize) -> F) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let mut all = JoinSet::new();
    for n in 0..MANY {
        all.spawn(ask(n));
    }
    all.join_all().await
}

/// Orders `A`, each request as another guest with another idempotency key.
fn buyer(shop: &Arc<Shop>, n: usize, change: fn(&mut Value)) -> impl Future<Output = Answer> + use<> {
    let mut body = order_of("A", 1, "cash_on_delivery");
    body["email"] = json!(format!("buyer-{n}@example.com"));
    change(&mut body);
    let ip = format!("198.51.100.{n}");
    let ask = shop.place_order(&body, &format!("k-{n}")).from_ip(&ip);
    async move { ask.send().await }
}

fn with_status(answers: &[Answer], status: StatusCode) -> Vec<&Answer> {
    answers.iter().filter(|answer| answer.status == status).collect()
}

fn orders(shop: &Shop) -> Vec<Value> {
    let items = shop.table.items_under("ORDER#");
    items.into_iter().filter(|(key, _)| key.ends_with("/ ORDER")).map(|(_, order)| order).collect()
}

/// Without this, the other tests here would show nothing.
#[tokio::test]
async fn requests_at_the_same_moment_overlap_at_the_table() {
    let (shop, _) = shop_with_stock(100).await;
    let trips = || shop.table.network.take_calls().iter().filter(|call| call.begins_trip).count();
    trips();
    buyer(&shop, MANY, |_| {}).await.expect(201);
    let alone = trips();
    let answers = at_once(|n| buyer(&shop, n, |_| {})).await;
    assert_eq!(with_status(&answers, StatusCode::CREATED).len(), MANY);
    let together = trips();
    assert!(together < alone * MANY / 2, "{together} trips of {MANY} requests, {alone} of one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_unit_is_sold_to_one_of_fifty_buyers() {
    let (shop, _) = shop_with_stock(1).await;
    let answers = at_once(|n| buyer(&shop, n, |_| {})).await;
    assert_eq!(with_status(&answers, StatusCode::CREATED).len(), 1);
    let refused = with_status(&answers, StatusCode::CONFLICT);
    assert!(refused.iter().all(|answer| answer.code() == "not_enough_stock"));
    assert_eq!(refused.len(), MANY - 1);
    assert_eq!((shop.stock("A"), orders(&shop).len()), ((1, 1), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_buyers_of_fifty_units_all_get_one() {
    let (shop, _) = shop_with_stock(50).await;
    let answers = at_once(|n| buyer(&shop, n, |_| {})).await;
    assert_eq!(with_status(&answers, StatusCode::CREATED).len(), MANY);
    assert_eq!((shop.stock("A"), orders(&shop).len()), ((50, 50), MANY));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_coupon_with_one_use_left_is_redeemed_by_one_of_fifty_buyers() {
    let (shop, staff) = shop_with_stock(100).await;
    let once = json!({ "code": "ONCE", "percent": 50, "totalUses": 1 });
    shop.coupon(&staff, &once).await;
    let coupon: fn(&mut Value) = |body| body["couponCode"] = json!("ONCE");
    let answers = at_once(|n| buyer(&shop, n, coupon)).await;
    assert_eq!(with_status(&answers, StatusCode::CREATED).len(), 1);
    let refused = with_status(&answers, StatusCode::CONFLICT);
    assert!(refused.iter().all(|answer| answer.code() == "coupon_used_up"));
    assert_eq!(refused.len(), MANY - 1);
    assert_eq!((shop.stock("A"), orders(&shop).len()), ((100, 1), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_requests_with_one_idempotency_key_are_one_order() {
    let (shop, _) = shop_with_stock(100).await;
    let body = order_of("A", 1, "payment_intent");
    let answers = at_once(|_| {
        let ask = shop.place_order(&body, "the-same");
        async move { ask.send().await }
    })
    .await;
    let made = with_status(&answers, StatusCode::CREATED);
    let ids: Vec<&Value> = made.iter().map(|answer| &answer.data()["id"]).collect();
    assert!(ids.windows(2).all(|two| two[0] == two[1]));
    let others = answers.iter().filter(|answer| answer.status != StatusCode::CREATED);
    for other in others {
        // Refused for now: the same request is in progress, the table is busy, or the rate limit is reached.
        assert!([409, 429, 503].contains(&other.status.as_u16()), "{}", other.text);
    }
    assert_eq!((shop.stock("A"), orders(&shop).len()), ((100, 1), 1));
    let open = shop.stripe.all("payment_intent");
    assert_eq!(open.len(), 1);
    shop.later(Duration::from_hours(1));
    let again = PlacedOrder::of(shop.place_order(&body, "the-same").send().await);
    assert_eq!(json!(again.id), *ids[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_orders_of_one_cart_are_one_order() {
    let (shop, staff) = shop_with_stock(100).await;
    let coupon = json!({ "code": "ONCE", "percent": 50, "totalUses": 1, "usesPerCustomer": 1 });
    shop.coupon(&staff, &coupon).await;
    let me = shop.register_verified("ada@example.com").await;
    let token = shop.cart_of("A", 2).await;
    let mut body = harness::orders::guest_order("ada@example.com", "payment_intent");
    body["couponCode"] = json!("ONCE");
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let ask = shop.place_order(&body, "the-same").header("cart-token", &token).by(&me);
        all.spawn(async move { ask.send().await });
    }
    let answers = all.join_all().await;
    for answer in &answers {
        // No repeat is refused because the first request emptied the cart or used the coupon.
        assert!([201, 503].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    let made = with_status(&answers, StatusCode::CREATED);
    assert!(made.iter().all(|answer| answer.data()["id"] == made[0].data()["id"]));
    assert_eq!((shop.stock("A"), orders(&shop).len()), ((100, 2), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_event_delivered_fifty_times_at_once_pays_once() {
    let (shop, _) = shop_with_stock(5).await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 2, "payment_intent"), "k").send().await);
    assert!(shop.stripe.pay(&bought.reference(), Card::Pays));
    let events = shop.stripe.events();
    let paid = events.iter().find(|event| event["type"] == "payment_intent.succeeded").unwrap();
    let answers = at_once(|_| {
        let (shop, event) = (Arc::clone(&shop), paid.clone());
        async move { shop.deliver_event(&event).await }
    })
    .await;
    for answer in &answers {
        // Stripe sends an event again that the shop was too busy to apply.
        assert!([200, 503].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    shop.deliver_event(paid).await.expect(200);
    assert_eq!(shop.stock("A"), (3, 0));
    let events = shop.table.events();
    assert_eq!(events.iter().filter(|event| event["type"] == "order.paid").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_additions_of_one_item_to_a_cart_are_one_line_and_one_reservation() {
    let (shop, _) = shop_with_stock(100).await;
    let token = shop.cart_of("A", 1).await;
    let answers = at_once(|_| {
        let ask = shop.add_to_cart("A", 1).header("cart-token", &token);
        async move { ask.send().await }
    })
    .await;
    let added = with_status(&answers, StatusCode::OK).len();
    let body = harness::orders::guest_order("ada@example.com", "payment_intent");
    let placed = shop.place_order(&body, "k").header("cart-token", &token);
    let bought = PlacedOrder::of(placed.send().await);
    let items = bought.whole["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["quantity"], added + 1);
    let held = i64::try_from(added + 1).unwrap();
    assert_eq!(shop.stock("A"), (100, held));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_add_to_cart_request_sent_fifty_times_at_once_adds_once() {
    let (shop, _) = shop_with_stock(100).await;
    let token = shop.cart_of("A", 1).await;
    let answers = at_once(|_| {
        let ask = shop.add_to_cart("A", 2).header("cart-token", &token).header("idempotency-key", "once");
        async move { ask.send().await }
    })
    .await;
    assert_eq!(with_status(&answers, StatusCode::OK).len(), MANY);
    assert!(answers.iter().all(|cart| cart.data()["units"] == 3));
}

#[tokio::test]
async fn a_cart_that_another_window_changes_is_answered_with_its_current_state() {
    for at in 0.. {
        let (shop, staff) = shop_with_stock(9).await;
        shop.add_product(&staff, "B", 1000, 9).await;
        let token = shop.cart_of("A", 1).await;
        let add = |sku: &str, quantity: u32| shop.add_to_cart(sku, quantity).header("cart-token", &token).send();
        let other = add("A", 4);
        let other = async move { drop(other.await.expect(200)) };
        // The products that were read for the first window are no longer in memory.
        shop.later(Duration::from_secs(5));
        let interruptions = shop.table.network.interruptions.clone();
        let fate = interruptions.interrupt_at(at, other, add("B", 1)).await;
        let Outcome::Finished(cart) = fate else {
            assert!(at >= 8, "four calls, with a point before and after each");
            return;
        };
        let cart = cart.expect(200);
        let items = cart.data()["items"].as_array().unwrap();
        let mut items: Vec<_> = (items.iter())
            .map(|item| (item["sku"].as_str().unwrap(), item["quantity"].as_i64().unwrap(), &item["problem"]))
            .collect();
        items.sort_unstable_by_key(|item| item.0);
        let after_us = vec![("A", 1, &Value::Null), ("B", 1, &Value::Null)];
        let before_us = vec![("A", 5, &Value::Null), ("B", 1, &Value::Null)];
        assert!(items == before_us || items == after_us, "{at}: {items:?}");
        let cart = shop.get("/api/v1/cart").header("cart-token", &token);
        assert_eq!(cart.send().await.expect(200).data()["units"], 6);
    }
}

/// Two actions at once, ten times. The invariants are true whichever is first.
async fn against(before: &[Action], actions: [Action; 2]) {
    let (first, mut settled) = (Scenario::open().await.after(before).await, BTreeSet::new());
    for round in 0..10 {
        let scenario = first.copy().await;
        let mut all = JoinSet::new();
        // Each action is started first in every second round.
        for n in 0..2 {
            let (scenario, action) = (Arc::clone(&scenario), actions[(n + round) % 2]);
            all.spawn(async move { scenario.act(action).await });
        }
        all.join_all().await;
        let what = format!("{actions:?} at once after {before:?}");
        scenario.settle_and_check(&mut settled, &what).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancellation_meets_a_payment() {
    against(&[Action::Order], [Action::Cancel, Action::Pay]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_confirmation_meets_a_cancellation_or_the_end_of_its_hold() {
    against(&[Action::OrderCash], [Action::Confirm, Action::Cancel]).await;
    against(&[Action::OrderCash], [Action::Confirm, Action::HoldEnds]).await;
    against(&[Action::OrderCash, Action::Confirm], [Action::Process, Action::CashExpires]).await;
}

/// Of 25 orders at once, five are placed and the others are told to pay first.
async fn exactly_five(change: fn(&mut OrderLimits), email: impl Fn(usize) -> String, ip: impl Fn(usize) -> String) {
    let (open, _) = shop_with_stock(100).await;
    let mut settings = CheckoutSettings::default();
    change(&mut settings.limits);
    let shop = Shop::with_settings(settings, open.table.copy().await);
    let mut all = JoinSet::new();
    for n in 0..25 {
        let mut body = order_of("A", 1, "payment_intent");
        body["email"] = json!(email(n));
        let ask = shop.place_order(&body, &format!("k-{n}")).from_ip(&ip(n));
        all.spawn(async move { ask.send().await });
    }
    let answers = all.join_all().await;
    assert_eq!(with_status(&answers, StatusCode::CREATED).len(), 5);
    let refused = answers.iter().filter(|answer| answer.code() == "too_many_unpaid_orders");
    assert_eq!(refused.count(), 20, "{answers:?}");
    assert_eq!((shop.stock("A"), orders(&shop).len()), ((100, 5), 5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_concurrent_orders_of_one_network_exactly_the_allowed_number_is_placed() {
    let email = |n: usize| format!("buyer-{n}@example.com");
    exactly_five(|limits| limits.network.orders = 5, email, |n| format!("2001:db8:1:2::{n:x}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_concurrent_orders_of_one_mailbox_exactly_the_allowed_number_is_placed() {
    let email = |n: usize| format!("ada+{n}@example.com");
    exactly_five(|limits| limits.buyer.orders = 5, email, |n| format!("198.51.100.{n}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_expiry_meets_a_payment() {
    against(&[Action::Order], [Action::Expire, Action::Pay]).await;
    against(&[Action::Order], [Action::HoldEnds, Action::Pay]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refund_meets_another() {
    let (shop, staff) = shop_with_stock(9).await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 3, "payment_intent"), "k").send().await);
    shop.pay(&bought.reference(), Card::Pays).await;
    let total = bought.whole["total"]["amount"].as_i64().unwrap();
    // Each refund is more than a third of the amount, so at most two can be made.
    let third = total / 3 + 1;
    let answers = at_once(|n| {
        let amount = json!({ "amount": third, "currency": "usd" });
        let body = json!({ "amount": amount, "reason": "Late" });
        let ask = shop.refund(&bought, &staff, &body, &format!("r-{n}"));
        async move { ask.send().await }
    })
    .await;
    let made = with_status(&answers, StatusCode::CREATED).len();
    assert!((1..=2).contains(&made), "{made} refunds of a third and a bit");
    let back: i64 = (shop.stripe.all("refund").iter()).map(|refund| refund["amount"].as_i64().unwrap()).sum();
    let seen = shop.read_order(&bought).await;
    assert_eq!(seen["payment"]["refunded"]["amount"], back);
    assert!(back <= total);
    against(&[Action::Order, Action::Pay], [Action::Return, Action::Cancel]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_repeats_of_a_full_refund_are_one_refund() {
    let (shop, staff) = shop_with_stock(9).await;
    let placed = shop.place_order(&order_of("A", 3, "payment_intent"), "k");
    let bought = PlacedOrder::of(placed.send().await);
    shop.pay(&bought.reference(), Card::Pays).await;
    let answers = at_once(|_| {
        let ask = shop.refund(&bought, &staff, &json!({ "reason": "Late" }), "the-same");
        async move { ask.send().await }
    })
    .await;
    let made = with_status(&answers, StatusCode::CREATED);
    assert!(made.iter().all(|answer| answer.data()["id"] == made[0].data()["id"]));
    for answer in &answers {
        assert!([201, 503].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    assert_eq!(shop.stripe.all("refund").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_payments_opened_at_once_only_one_can_be_paid() {
    let (shop, _) = shop_with_stock(5).await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k").send().await);
    let answers = at_once(|n| {
        let way = ["create-intent", "checkout-session"][n % 2];
        let ask = shop.open_payment(&bought, way).from_ip(&format!("198.51.100.{n}"));
        async move { ask.send().await }
    })
    .await;
    let handed = with_status(&answers, StatusCode::OK);
    let mut paid = 0;
    for answer in handed {
        paid += usize::from(shop.pay(&reference(answer.data()), Card::Pays).await);
    }
    shop.janitor().run().await.unwrap();
    assert!(paid >= 1);
    let charges = shop.stripe.all("charge");
    let kept = charges.iter().filter(|charge| charge["refunded"] == false);
    assert_eq!(kept.count(), 1, "one charge is kept of {paid}");
    assert_eq!(shop.read_order(&bought).await["paymentStatus"], "paid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_orders_of_one_customer_at_once_exactly_as_many_get_the_coupon_as_each_customer_may() {
    for (uses, from_carts) in [(1, false), (3, false), (1, true), (3, true)] {
        let (shop, staff) = shop_with_stock(100).await;
        shop.coupon(&staff, &json!({ "code": "MINE", "percent": 10, "usesPerCustomer": uses })).await;
        // Accounts of the same mailbox are the same customer.
        let accounts =
            [shop.register_verified("ada@example.com").await, shop.register_verified("ada+2@example.com").await];
        let mut carts = Vec::new();
        for n in 0..MANY {
            // A cart that this request merges into the account's would be another race, so carts belong to guests.
            let added = shop.add_to_cart("A", 1).from_ip(&format!("198.51.100.{n}")).send().await.expect(200);
            carts.push(added.data()["token"].as_str().unwrap().to_owned());
        }
        let answers = at_once(|n| {
            let mut body = order_of("A", 1, "payment_intent");
            body["couponCode"] = json!("MINE");
            if from_carts {
                body["item"] = Value::Null;
            }
            let ask = shop.place_order(&body, &format!("k-{n}")).from_ip(&format!("198.51.100.{n}"));
            let ask = ask.by(&accounts[n % 2]);
            let ask = if from_carts { ask.header("cart-token", &carts[n]) } else { ask };
            async move { ask.send().await }
        })
        .await;
        assert_eq!(with_status(&answers, StatusCode::CREATED).len(), uses, "{answers:?}");
        let refused = answers.iter().filter(|answer| answer.code() == "coupon_used_by_you");
        assert_eq!(refused.count(), MANY - uses, "{answers:?}");
        let used = shop.table.items_under("COUPON#MINE");
        let used: Vec<_> = used.iter().filter(|(key, _)| key.contains("USE#")).map(|(_, used)| &used["uses"]).collect();
        assert_eq!(used, [&json!(uses)]);
        let held = i64::try_from(uses).unwrap();
        assert_eq!((shop.stock("A"), orders(&shop).len()), ((100, held), uses));
    }
}
