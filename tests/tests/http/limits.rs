//! Rate limits, by address and by account.

use std::time::Duration;

use axum::http::Method;
use harness::shop::{Answer, PASSWORD, Person, Shop};
use serde_json::json;
use store::links::LinkKind;

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
    let told: Vec<_> =
        shop.table.events().into_iter().filter(|event| event["type"] == "user.sign_ins_failed").collect();
    assert_eq!(told, [json!({ "type": "user.sign_ins_failed", "userId": ada.id.to_string(), "passwordKnown": false })]);

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
    let told: Vec<_> =
        shop.table.events().into_iter().filter(|event| event["type"] == "user.sign_ins_failed").collect();
    assert_eq!(told, [json!({ "type": "user.sign_ins_failed", "userId": null, "passwordKnown": false })]);
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
    let refused = order("ada+31@example.com", 30).await;
    refused.expect_problem(429, "rate_limited");
    order("bob@example.com", 31).await.expect_problem(409, "not_enough_stock");
}
