//! Passwords: changing, and resetting a forgotten one.

use std::time::Duration;

use axum::http::Method;
use harness::shop::{PASSWORD, Shop};
use serde_json::json;
use store::links::LinkKind;

const NEW: &str = "another long sentence";

async fn forgot(shop: &Shop, email: &str) -> harness::shop::Answer {
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": email })).send().await
}

async fn reset(shop: &Shop, token: &str, password: &str) -> harness::shop::Answer {
    shop.post("/api/v1/auth/password/reset", &json!({ "token": token, "password": password })).send().await
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions_and_writes_an_event() {
    let shop = Shop::open().await;
    let other = shop.register("ada@example.com").await;
    let ada = shop.login("ada@example.com").await;
    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    shop.post("/api/v1/auth/password/change", &body).by(&ada).send().await.expect(200);
    assert!(shop.is_accepted(&ada.access).await);
    assert!(!shop.is_accepted(&other.access).await);
    shop.try_refresh(&ada.refresh).await.expect(200);
    shop.try_refresh(&other.refresh).await.expect_problem(401, "session_ended");
    shop.try_login("ada@example.com", PASSWORD).await.expect_problem(401, "invalid_credentials");
    shop.try_login("ada@example.com", NEW).await.expect(200);
    assert_eq!(shop.table.events().last().unwrap()["type"], "user.password_changed");
}

#[tokio::test]
async fn a_wrong_or_weak_password_changes_nothing() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let change = |current: &str, new: &str| {
        shop.post("/api/v1/auth/password/change", &json!({ "currentPassword": current, "newPassword": new }))
            .by(&ada)
            .send()
    };
    change("wrong password", NEW).await.expect_problem(401, "wrong_password");
    change(&"x".repeat(10_000), NEW).await.expect_problem(401, "wrong_password");
    let answer = change(PASSWORD, "password1").await.expect_problem(400, "validation_failed");
    assert_eq!(answer.fields(), ["newPassword"]);
    assert_eq!(shop.table.events().len(), 1);
    shop.login("ada@example.com").await;
}

#[tokio::test]
async fn a_mailed_link_resets_the_password_once_and_ends_every_session() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    forgot(&shop, "ada@example.com").await.expect(202);
    let token = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    let refused = reset(&shop, &token, "password1").await.expect_problem(400, "validation_failed");
    assert_eq!(refused.fields(), ["password"]);
    reset(&shop, &token, NEW).await.expect(200);
    assert!(!shop.is_accepted(&ada.access).await);
    reset(&shop, &token, "yet another sentence").await.expect_problem(400, "link_invalid");
    shop.try_login("ada@example.com", PASSWORD).await.expect_problem(401, "invalid_credentials");
    let body = json!({ "email": "ada@example.com", "password": NEW });
    let answer = shop.post("/api/v1/auth/login", &body).send().await.expect(200);
    assert_eq!(answer.data()["user"]["emailVerified"], true, "the mail proved the address");
}

#[tokio::test]
async fn an_unknown_address_gets_the_same_answer_at_the_same_cost() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let mut seen = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        shop.table.network.take_calls();
        let answer = forgot(&shop, email).await.expect(202);
        let mut calls: Vec<String> = shop.table.network.take_calls().into_iter().map(|call| call.operation).collect();
        calls.sort();
        seen.push((answer.text, calls));
    }
    assert_eq!(seen[0], seen[1]);
    let token = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    reset(&shop, &token, NEW).await.expect_problem(400, "link_invalid");
}

#[tokio::test]
async fn old_replaced_and_foreign_links_get_the_same_refusal() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let verify = shop.mailed_token(LinkKind::Verify, "user.registered").await;
    forgot(&shop, "ada@example.com").await;
    let first = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    shop.later(Duration::from_mins(1));
    forgot(&shop, "ada@example.com").await;
    let second = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    assert_ne!(first, second);
    for token in [&verify, "", "AAAA", &"A".repeat(64), &"é".repeat(64)] {
        reset(&shop, token, NEW).await.expect_problem(400, "link_invalid");
    }
    reset(&shop, &second, NEW).await.expect(200);
    reset(&shop, &first, "yet another sentence").await.expect_problem(400, "link_invalid");
    forgot(&shop, "ada@example.com").await;
    let third = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    shop.later(Duration::from_hours(1));
    reset(&shop, &third, "yet another sentence").await.expect_problem(400, "link_invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_concurrent_uses_of_one_link_one_succeeds() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    forgot(&shop, "ada@example.com").await;
    let token = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    let body = |n: usize| json!({ "token": token, "password": format!("sentence number {n}") });
    let tries: Vec<_> =
        (0..8).map(|n| tokio::spawn(shop.post("/api/v1/auth/password/reset", &body(n)).send())).collect();
    let mut won = Vec::new();
    for (n, answer) in tries.into_iter().enumerate() {
        let answer = answer.await.unwrap();
        if answer.status == 200 {
            won.push(n);
        } else {
            answer.expect_problem(400, "link_invalid");
        }
    }
    assert_eq!(won.len(), 1);
    shop.try_login("ada@example.com", &format!("sentence number {}", won[0])).await.expect(200);
    let changes = shop.table.events().iter().filter(|event| event["type"] == "user.password_changed").count();
    assert_eq!(changes, 1);
}

#[tokio::test]
async fn only_its_owner_can_change_a_password() {
    let shop = Shop::open().await;
    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    shop.request(Method::POST, "/api/v1/auth/password/change")
        .json(&body)
        .send()
        .await
        .expect_problem(401, "unauthenticated");
}
