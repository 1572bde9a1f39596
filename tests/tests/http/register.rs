//! `POST /api/v1/auth/register`.

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
async fn common_and_personal_passwords_are_refused() {
    let shop = Shop::open().await;
    for password in ["password1", "Ada Lovelace", "ada@example.com", &"x".repeat(10_000)] {
        let body = json!({ "email": "ada@example.com", "password": password, "name": "Ada Lovelace" });
        let answer = shop.post("/api/v1/auth/register", &body).send().await.expect_problem(400, "validation_failed");
        assert_eq!(answer.fields(), ["password"]);
    }
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
