//! `POST /api/v1/auth/register`.

use std::time::Duration;

use harness::network::Fault;
use harness::shop::{PASSWORD, Shop, person};
use serde_json::json;

fn body(email: &str) -> serde_json::Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ada Lovelace" })
}

#[tokio::test]
async fn registering_signs_in_and_writes_an_event() {
    let shop = Shop::open().await;
    let answer = shop.post("/api/v1/auth/register", &body(" Ada@Example.com ")).send().await.expect(201);
    assert_eq!(answer.json["statusCode"], 201);
    let user = &answer.data()["user"];
    assert_eq!(
        (&user["email"], &user["name"], &user["role"]),
        (&json!("ada@example.com"), &json!("Ada Lovelace"), &json!("customer"))
    );
    assert_eq!(answer.data()["expiresIn"], 900);
    assert!(shop.is_accepted(&person(&answer).access).await);
    assert_eq!(shop.table.events(), [json!({ "type": "user.registered", "userId": user["id"] })]);
}

#[tokio::test]
async fn an_address_is_registered_once_in_upper_or_lower_case() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let before = shop.table.items_under("USER#");
    shop.post("/api/v1/auth/register", &body("ADA@example.com")).send().await.expect_problem(409, "email_taken");
    assert_eq!(shop.table.items_under("USER#"), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_concurrent_registrations_of_one_address_one_succeeds() {
    let shop = Shop::open().await;
    let tries: Vec<_> =
        (0..10).map(|_| tokio::spawn(shop.post("/api/v1/auth/register", &body("ada@example.com")).send())).collect();
    let mut statuses = Vec::new();
    for answer in tries {
        statuses.push(answer.await.unwrap().status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[201].as_slice(), &[409; 9]].concat());
    assert_eq!(shop.table.events().len(), 1);
    assert_eq!(shop.table.items_under("USER#").keys().filter(|key| key.ends_with("PROFILE")).count(), 1);
}

#[tokio::test]
async fn every_refused_field_is_named_and_nothing_is_written() {
    let shop = Shop::open().await;
    let bad = json!({ "email": "Ada <ada@example.com>", "password": "short", "name": "Ada\r\nBcc: eve@example.com" });
    let answer = shop.post("/api/v1/auth/register", &bad).send().await.expect_problem(400, "validation_failed");
    assert_eq!(answer.fields(), ["email", "name", "password"]);
    assert!(shop.table.items_under("USER#").is_empty() && shop.table.events().is_empty());
}

#[tokio::test]
async fn passwords_that_are_easy_to_guess_are_refused_with_the_reason() {
    let shop = Shop::open().await;
    let try_password = async |password: &str| {
        let body = json!({ "email": "ada.king@example.com", "password": password, "name": "Ada Lovelace" });
        shop.post("/api/v1/auth/register", &body).send().await
    };
    for password in [
        "aaaaaaaa",
        "        ",
        "Passw0rd!",
        "Summer2026!",
        "letmein123",
        "kontorkontor",
        "Kontor2026",
        "Ada Lovelace",
        "lovelace1",
        "ada.king@example.com",
        "adaking1",
    ] {
        let answer = try_password(password).await.expect_problem(400, "validation_failed");
        assert_eq!(answer.fields(), ["password"], "{password}");
        let message = answer.json["details"][0]["message"].as_str().unwrap();
        assert!(message.starts_with("is easy to guess: "), "{password}: {message}");
    }
    let long = try_password(&"x".repeat(10_000)).await.expect_problem(400, "validation_failed");
    assert_eq!(long.json["details"][0]["message"], "must have at most 128 characters");
    assert!(shop.table.items_under("USER#").is_empty());
    try_password("xK9#qL2v").await.expect(201);
}

#[tokio::test]
async fn the_owner_of_a_proven_address_hears_once_a_day_that_somebody_tried_to_register_it() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let told = || shop.table.events().into_iter().filter(|event| event["type"] == "user.address_taken").count();
    let again = async || shop.post("/api/v1/auth/register", &body("ada@example.com")).send().await;
    again().await.expect_problem(409, "email_taken");
    assert_eq!(told(), 0, "to an unproven address goes no such mail");
    shop.prove_address(&ada).await;
    for _ in 0..3 {
        again().await.expect_problem(409, "email_taken");
    }
    assert_eq!(told(), 1);
    shop.later(Duration::from_hours(24));
    again().await.expect_problem(409, "email_taken");
    assert_eq!(told(), 2);
}

#[tokio::test]
async fn a_network_learns_of_twenty_known_addresses_an_hour_while_new_ones_register() {
    let shop = Shop::open().await;
    for n in 0..22 {
        shop.register(&format!("user{n}@example.com")).await;
    }
    let from = |ip: &str, email: String| shop.post("/api/v1/auth/register", &body(&email)).from_ip(ip).send();
    let known = |n: usize, ip: &str| from(ip, format!("user{n}@example.com"));
    let new = |n: usize, ip: &str| from(ip, format!("new{n}@example.com"));
    for n in 0..19 {
        known(n, "198.51.100.1").await.expect_problem(409, "email_taken");
        new(n, "198.51.100.1").await.expect(201);
    }
    known(19, "198.51.100.1").await.expect_problem(409, "email_taken");
    known(20, "198.51.100.1").await.expect_problem(429, "rate_limited");
    new(20, "198.51.100.1").await.expect_problem(429, "rate_limited");
    known(21, "198.51.100.2").await.expect_problem(409, "email_taken");
    shop.later(Duration::from_hours(1));
    new(20, "198.51.100.1").await.expect(201);
}

#[tokio::test]
async fn all_spellings_of_a_mailbox_share_ten_registrations_an_hour() {
    let shop = Shop::open().await;
    let try_one = |n: usize| {
        let ask = shop.post("/api/v1/auth/register", &body(&format!("ada+{n}@example.com")));
        ask.from_ip(&format!("192.0.2.{n}")).send()
    };
    for n in 0..10 {
        try_one(n).await.expect(201);
    }
    try_one(10).await.expect_problem(429, "rate_limited");
    shop.register("bob@example.com").await;
}

#[tokio::test]
async fn a_registration_is_made_once_when_the_answer_of_the_table_is_lost() {
    let shop = Shop::open().await;
    shop.table.network.fail("TransactWriteItems", Fault::After, 1);
    shop.post("/api/v1/auth/register", &body("ada@example.com")).send().await.expect(201);
    assert_eq!(shop.table.events().len(), 1);
}

#[tokio::test]
async fn a_busy_table_is_answered_with_retry_after_and_changes_nothing() {
    let shop = Shop::open().await;
    shop.table.network.fail("TransactWriteItems", Fault::Throttle, 100);
    let answer = shop.post("/api/v1/auth/register", &body("ada@example.com")).send().await.expect_problem(503, "busy");
    assert_eq!(answer.header("retry-after"), "1");
    assert!(!answer.text.contains("Throttling"), "{}", answer.text);
    shop.table.network.heal();
    assert!(shop.table.items_under("USER#").is_empty());
    shop.register("ada@example.com").await;
}
