//! Rate limits, by address and by account.

use std::time::Duration;

use harness::network::Fault;
use harness::orders::{PlacedOrder, order_of, selling};
use harness::shop::{Answer, PASSWORD, Shop, TestRequest};
use serde_json::json;
use tokio::task::JoinSet;

#[tokio::test]
async fn an_account_has_ten_attempts_in_fifteen_minutes_from_all_addresses_together() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": "wrong password" });
    for n in 0..10 {
        let answer = shop.post("/api/v1/auth/login", &body).from_ip(&format!("192.0.2.{n}")).send().await.expect(401);
        assert_eq!(answer.header("ratelimit-policy"), "\"login-account\";q=10;w=900");
        assert_eq!(answer.header("ratelimit"), format!("\"login-account\";r={};t=900", 9 - n));
    }
    let hashed = shop.app.hasher.computed();
    let answer = shop.post("/api/v1/auth/login", &body).from_ip("192.0.2.99").send().await;
    let answer = answer.expect_problem(429, "rate_limited");
    assert_eq!(answer.header("retry-after"), "900");
    assert_eq!(shop.app.hasher.computed(), hashed, "a refused request computes no hash");
    shop.later(Duration::from_mins(15));
    shop.login("ada@example.com").await;
}

#[tokio::test]
async fn the_counted_address_comes_from_the_gateway_and_not_from_headers() {
    let shop = Shop::open().await;
    for n in 0..30 {
        let body = json!({ "email": format!("u{n}@example.com"), "password": PASSWORD });
        let ask = shop.post("/api/v1/auth/login", &body).header("x-forwarded-for", &format!("198.51.100.{n}"));
        ask.header("forwarded", &format!("for=198.51.100.{n}")).from_ip("2001:db8::1").send().await.expect(401);
    }
    let body = json!({ "email": "u99@example.com", "password": PASSWORD });
    let ask = |ip: &str| shop.post("/api/v1/auth/login", &body).from_ip(ip).send();
    ask("2001:db8::ffff").await.expect_problem(429, "rate_limited");
    ask("2001:db8:0:1::1").await.expect(401);
}

#[tokio::test]
async fn each_limited_route_has_its_limit() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let wrong = json!({ "password": "wrong password" });
    let reset = json!({ "token": "x", "password": "another long sentence" });
    let email = json!({ "email": "ada@example.com" });
    let refresh = json!({ "refreshToken": "x" });
    let register = json!({ "email": "x", "password": "x", "name": "x" });
    for (path, body, times) in [
        ("/api/v1/auth/2fa/disable", &wrong, 10),
        ("/api/v1/auth/password/reset", &reset, 30),
        ("/api/v1/auth/password/forgot", &email, 5),
        ("/api/v1/auth/refresh", &refresh, 120),
        ("/api/v1/auth/register", &register, 10),
    ] {
        for _ in 0..times {
            let answer = shop.post(path, body).by(&ada).send().await;
            assert_ne!(answer.status, 429, "{path}");
        }
        let answer = shop.post(path, body).by(&ada).send().await.expect_problem(429, "rate_limited");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    }
}

/// The order of a guest. Each key comes from another network.
fn guests_order(shop: &Shop, email: &str, quantity: u32, key: &str) -> TestRequest {
    let mut body = order_of("A", quantity, "payment_intent");
    body["email"] = json!(email);
    let ip = key.bytes().fold(0_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    shop.place_order(&body, key).from_ip(&format!("2001:db8:0:{ip:x}::1"))
}

async fn guests(shop: &Shop, email: &str, quantity: u32, key: &str) -> Answer {
    guests_order(shop, email, quantity, key).send().await
}

/// Places an order and cancels it, so that it holds no stock and counts as placed.
async fn place_and_cancel(shop: &Shop, key: &str) {
    let bought = PlacedOrder::of(guests(shop, "ada@example.com", 1, key).await);
    shop.cancel(&bought).from_ip("198.51.100.9").send().await.expect(200);
}

/// How many orders of the one mailbox are counted.
fn counted(shop: &Shop) -> i64 {
    let counters = shop.table.items_under("LIMIT#orders-guest#");
    assert!(counters.len() <= 1, "{counters:#?}");
    counters.values().map(|counter| counter["knocks"].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn placed_orders_of_guests_are_limited_for_each_mailbox() {
    let (shop, _) = selling().await;
    for n in 0..29 {
        place_and_cancel(&shop, &format!("k-{n}")).await;
    }
    // One order is left of thirty. Of five at the same time, one is placed.
    let mut orders = JoinSet::new();
    for key in ["a", "b", "c", "d", "e"] {
        orders.spawn(guests_order(&shop, "ada@example.com", 1, key).send());
    }
    let orders = orders.join_all().await;
    let with = |status: u16| orders.iter().filter(|order| order.status == status).count();
    assert_eq!((with(201), with(429)), (1, 4), "{orders:#?}");
    let refused = guests(&shop, "Ada+31@example.com", 1, "f").await.expect_problem(429, "rate_limited");
    assert_eq!(refused.header("ratelimit-policy"), "\"orders-guest\";q=30;w=3600");
    assert_eq!(counted(&shop), 30, "refused orders are not counted");
    guests(&shop, "bob@example.com", 1, "g").await.expect(201);
    // A repetition is not another order.
    let again = guests(&shop, "ada@example.com", 1, "k-0").await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    shop.later(Duration::from_hours(1));
    guests(&shop, "ada@example.com", 1, "h").await.expect(201);
}

#[tokio::test]
async fn refused_and_repeated_orders_do_not_use_up_the_limit_of_a_mailbox() {
    let (shop, staff) = selling().await;
    for n in 0..40 {
        guests(&shop, "ada@example.com", 9, &format!("much-{n}")).await.expect_problem(409, "not_enough_stock");
    }
    assert_eq!(counted(&shop), 0);
    let bought = PlacedOrder::of(guests(&shop, "ada@example.com", 1, "k").await);
    for _ in 0..3 {
        assert_eq!(PlacedOrder::of(guests(&shop, "ada@example.com", 1, "k").await).id, bought.id);
    }
    assert_eq!(counted(&shop), 1);
    // What a signed-in person orders does not count for the mailbox that they name.
    let mut body = order_of("A", 1, "payment_intent");
    body["email"] = json!("ada@example.com");
    shop.place_order(&body, "staff").by(&staff).send().await.expect(201);
    assert_eq!(counted(&shop), 1);
}

#[tokio::test]
async fn a_placed_order_is_counted_and_a_refused_one_is_given_back_when_calls_fail() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle] {
        for (quantity, status) in [(9, 409), (1, 201)] {
            for skip in 0..9 {
                let (shop, _) = selling().await;
                shop.table.network.fail_any(skip, fault, 3);
                let first = guests(&shop, "ada@example.com", quantity, "k").await;
                assert!([status, 503].contains(&first.status.as_u16()), "{fault:?} after {skip}: {}", first.text);
                shop.table.network.heal();
                guests(&shop, "ada@example.com", quantity, "k").await.expect(status);
                // An order that failed on our side stays counted, because it may have been placed; three times at most,
                // because the count itself was tried so often.
                let counted = counted(&shop);
                assert!((0..=4).contains(&counted), "{fault:?} after {skip}: {counted}");
                assert!(status == 409 || counted > 0, "{fault:?} after {skip}: a placed order is counted");
            }
        }
    }
}
