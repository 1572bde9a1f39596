//! Rate limits, by address and by account.

use std::time::Duration;

use harness::shop::{PASSWORD, Shop};
use serde_json::json;

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

#[tokio::test]
async fn orders_of_guests_are_limited_for_each_mail_address() {
    let (shop, _) = harness::orders::selling().await;
    let mut ips = (0..).map(|n| format!("198.51.100.{n}"));
    let mut order = |email: &str, key: usize| {
        let mut body = harness::orders::order_of("A", 9, "payment_intent");
        body["email"] = json!(email);
        let ip = ips.next().unwrap();
        shop.place_order(&body, &format!("k-{key}")).from_ip(&ip).send()
    };
    for n in 0..30 {
        order("ada@example.com", n).await.expect_problem(409, "not_enough_stock");
    }
    order("ada+31@example.com", 30).await.expect_problem(429, "rate_limited");
    order("bob@example.com", 31).await.expect_problem(409, "not_enough_stock");
}
