//! Rate limits, by address and by account.

use std::time::Duration;

use axum::http::Method;
use harness::network::Fault;
use harness::orders::{PlacedOrder, order_of, selling};
use harness::shop::{Answer, PASSWORD, Person, Shop, TestRequest};
use serde_json::json;
use store::links::LinkKind;
use tokio::task::JoinSet;

const WRONG: &str = "wrong password";

async fn login_from(shop: &Shop, ip: &str, password: &str) -> Answer {
    let body = json!({ "email": "ada@example.com", "password": password });
    shop.post("/api/v1/auth/login", &body).from_ip(ip).send().await
}

/// A sign-in from a device that is known by its token.
async fn login_with(shop: &Shop, device_token: &str, password: &str) -> Answer {
    let body = json!({ "email": "ada@example.com", "password": password });
    let ask = shop.post("/api/v1/auth/login", &body).header("device-token", device_token);
    ask.from_ip("203.0.113.9").send().await
}

fn device_token(answer: &Answer) -> String {
    answer.data()["deviceToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ten_wrong_passwords_from_one_network_block_that_network_and_nobody_else() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    for n in 0..10 {
        let answer = login_from(&shop, "198.51.100.1", WRONG).await.expect(401);
        assert_eq!(answer.header("ratelimit-policy"), "\"login-account\";q=10;w=900");
        assert_eq!(answer.header("ratelimit"), format!("\"login-account\";r={};t=900", 9 - n));
    }
    let hashed = shop.app.hasher.computed();
    let answer = login_from(&shop, "198.51.100.1", PASSWORD).await.expect_problem(429, "rate_limited");
    assert_eq!(answer.header("retry-after"), "900");
    assert_eq!(shop.app.hasher.computed(), hashed, "a refused request computes no hash");
    login_from(&shop, "198.51.100.2", PASSWORD).await.expect(200);
    shop.later(Duration::from_mins(15));
    login_from(&shop, "198.51.100.1", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_hundred_networks_block_strangers_but_not_a_device_that_the_owner_signed_in_from() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.prove_address(&ada).await;
    let known = device_token(&login_from(&shop, "203.0.113.1", PASSWORD).await.expect(200));
    let eve =
        shop.post("/api/v1/auth/register", &json!({ "email": "eve@example.com", "password": PASSWORD, "name": "Eve" }));
    let eve = device_token(&eve.send().await.expect(201));
    for n in 0..100 {
        login_from(&shop, &format!("198.51.100.{n}"), WRONG).await.expect(401);
    }
    login_from(&shop, "203.0.113.1", PASSWORD).await.expect_problem(429, "rate_limited");
    for foreign in ["", "nonsense", "dvt_AAAA", &eve] {
        login_with(&shop, foreign, PASSWORD).await.expect_problem(429, "rate_limited");
    }
    login_with(&shop, &known, WRONG).await.expect_problem(401, "invalid_credentials");
    login_with(&shop, &known, PASSWORD).await.expect(200);
    let failed: Vec<_> =
        shop.table.events().into_iter().filter(|event| event["type"] == "user.sign_ins_failed").collect();
    assert_eq!(
        failed,
        [json!({ "type": "user.sign_ins_failed", "userId": ada.id.to_string(), "passwordKnown": false })]
    );

    // Whoever can read the owner's mail gets in too.
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": "ada@example.com" })).send().await.expect(202);
    let token = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    let reset = json!({ "token": token, "password": "another long sentence" });
    let reset = shop.post("/api/v1/auth/password/reset", &reset).send().await.expect(200);
    login_with(&shop, &known, "another long sentence").await.expect_problem(429, "rate_limited");
    login_with(&shop, &device_token(&reset), "another long sentence").await.expect(200);
}

#[tokio::test]
async fn a_known_device_has_ten_tries_of_its_own() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let known = device_token(&login_from(&shop, "203.0.113.1", PASSWORD).await.expect(200));
    for _ in 0..10 {
        login_with(&shop, &known, WRONG).await.expect_problem(401, "invalid_credentials");
    }
    login_with(&shop, &known, PASSWORD).await.expect_problem(429, "rate_limited");
    login_from(&shop, "203.0.113.9", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn good_sign_ins_do_not_count() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    for _ in 0..15 {
        login_from(&shop, "192.0.2.1", PASSWORD).await.expect(200);
    }
    for _ in 0..9 {
        login_from(&shop, "192.0.2.1", WRONG).await.expect(401);
    }
    let known = device_token(&login_from(&shop, "192.0.2.1", PASSWORD).await.expect(200));
    for _ in 0..15 {
        login_with(&shop, &known, PASSWORD).await.expect(200);
    }
    let counted: Vec<u64> =
        shop.table.items_under("LIMIT#login-everywhere").values().map(|it| it["knocks"].as_u64().unwrap()).collect();
    assert_eq!(counted, [9], "the failures");
}

#[tokio::test]
async fn tries_that_their_own_network_may_not_make_do_not_count_against_the_account() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    for n in 0..25 {
        login_from(&shop, "198.51.100.1", WRONG).await.expect(if n < 10 { 401 } else { 429 });
    }
    let counted: Vec<u64> =
        shop.table.items_under("LIMIT#login-everywhere").values().map(|it| it["knocks"].as_u64().unwrap()).collect();
    assert_eq!(counted, [10]);
}

#[tokio::test]
async fn only_the_owner_of_a_proven_address_hears_of_failed_sign_ins() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    for n in 0..21 {
        login_from(&shop, &format!("198.51.100.{n}"), WRONG).await.expect(401);
    }
    let failed: Vec<_> =
        shop.table.events().into_iter().filter(|event| event["type"] == "user.sign_ins_failed").collect();
    assert_eq!(failed, [json!({ "type": "user.sign_ins_failed", "userId": null, "passwordKnown": false })]);
}

#[tokio::test]
async fn one_network_gets_five_mailed_links_an_hour_for_a_mailbox_and_all_together_twenty_for_an_address() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let forgot = |email: &str, n: usize| {
        let ask = shop.post("/api/v1/auth/password/forgot", &json!({ "email": email }));
        ask.from_ip(&format!("198.51.100.{n}")).send()
    };
    let mails = || shop.table.events().iter().filter(|event| event["type"] == "user.password_reset_requested").count();
    for n in 0..5 {
        forgot(&format!("ada+{n}@example.com"), 1).await.expect(202);
    }
    forgot("ada@example.com", 1).await.expect_problem(429, "rate_limited");
    for n in 0..20 {
        forgot(&format!("ada+{n}@example.com"), 2 + n / 5).await.expect(202);
    }
    assert_eq!(mails(), 20, "the answer is the same, but no more mail goes out to invented spellings");
    for n in 10..31 {
        forgot("ada@example.com", n).await.expect(202);
    }
    assert_eq!(mails(), 40, "twenty more to the address itself, which the others did not use up");
    let resend = shop.request(Method::POST, "/api/v1/auth/email/resend").by(&ada).from_ip("198.51.100.99");
    resend.send().await.expect(202);
    assert!(shop.table.events().iter().all(|event| event["type"] != "user.verification_requested"));

    // The last link that was mailed is good until the mailbox may get another one.
    let token = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    shop.later(Duration::from_mins(59));
    let body = json!({ "token": token, "password": "another long sentence" });
    shop.post("/api/v1/auth/password/reset", &body).send().await.expect(200);
    shop.later(Duration::from_mins(1));
    forgot("ada@example.com", 1).await.expect(202);
    assert_eq!(mails(), 41);
}

#[tokio::test]
async fn confirming_with_a_password_is_limited_by_session() {
    let shop = Shop::open().await;
    let stolen = shop.register("ada@example.com").await;
    let ada = shop.login("ada@example.com").await;
    let change = |current: &str, person: &Person| {
        let body = json!({ "currentPassword": current, "newPassword": "another long sentence" });
        shop.post("/api/v1/auth/password/change", &body).by(person).send()
    };
    for _ in 0..10 {
        change(WRONG, &stolen).await.expect_problem(401, "wrong_password");
    }
    change(PASSWORD, &stolen).await.expect_problem(429, "rate_limited");
    change(PASSWORD, &ada).await.expect(200);
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
    let wrong = json!({ "currentPassword": WRONG, "newPassword": "another long sentence" });
    let reset = json!({ "token": "x", "password": "another long sentence" });
    let email = json!({ "email": "ada@example.com" });
    let refresh = json!({ "refreshToken": "x" });
    let register = json!({ "email": "x", "password": "x", "name": "x" });
    for (path, body, times) in [
        ("/api/v1/auth/password/change", &wrong, 10),
        ("/api/v1/auth/password/reset", &reset, 30),
        ("/api/v1/auth/password/forgot", &email, 5),
        ("/api/v1/auth/refresh", &refresh, 120),
        ("/api/v1/auth/register", &register, 59),
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
async fn more_repeats_of_an_order_than_a_limit_allows_all_get_it_and_leave_the_limit_to_other_orders() {
    for (coupon, signed_in, max) in
        [(None, false, 60), (Some("TEN"), false, 30), (None, true, 60), (Some("TEN"), true, 30)]
    {
        let (shop, staff) = selling().await;
        shop.coupon(&staff, &json!({ "code": "TEN", "percent": 10 })).await;
        let me = shop.register("ada@example.com").await;
        let send = |quantity: u32, key: &str| {
            let mut body = order_of("A", quantity, "payment_intent");
            body["couponCode"] = coupon.into();
            let ask = shop.place_order(&body, key);
            if signed_in { ask.by(&me).send() } else { ask.send() }
        };
        let first = PlacedOrder::of(send(1, "k").await);
        let repeat = async || {
            let again = send(1, "k").await.expect(201);
            assert_eq!((again.header("idempotent-replayed"), &again.data()["id"]), ("true", &json!(first.id)));
        };
        for _ in 0..=max {
            repeat().await;
        }
        for n in 1..max {
            send(9, &format!("much-{n}")).await.expect_problem(409, "not_enough_stock");
        }
        send(9, "over").await.expect_problem(429, "rate_limited");
        repeat().await;
        send(9, "over").await.expect_problem(429, "rate_limited");
        assert_eq!(counted(&shop), i64::from(!signed_in));
    }
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

#[tokio::test]
async fn all_addresses_of_a_mailbox_share_the_limits_of_mail() {
    let shop = Shop::open().await;
    let address = |n: usize| format!("{}+{n}@gmail.com", ["a.da", "ada", "ad.a"][n % 3]);
    for n in 0..10 {
        shop.register(&address(n)).await;
    }
    let body = json!({ "email": address(10), "password": PASSWORD, "name": "Ada" });
    shop.post("/api/v1/auth/register", &body).send().await.expect_problem(429, "rate_limited");
    let forgot = |n: usize| shop.post("/api/v1/auth/password/forgot", &json!({ "email": address(n) })).send();
    for n in 0..5 {
        forgot(n).await.expect(202);
    }
    forgot(5).await.expect_problem(429, "rate_limited");
    shop.register("bob@gmail.com").await;
}
