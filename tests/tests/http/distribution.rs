//! The shop's distribution in front of the API: whose address counts, and what comes around it.

use axum::http::Method;
use harness::functions::ORIGIN_SECRET;
use harness::products::staffed;
use harness::shop::{Answer, PASSWORD, Shop};
use serde_json::json;

/// A sign-in that comes from CloudFront's own address, as API Gateway sees it.
async fn sign_in(shop: &Shop, secret: &str, address: &str, email: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD });
    let request = shop.post("/api/v1/auth/login", &body).from_ip("198.51.100.7");
    request.header("origin-secret", secret).header("viewer-address", address).send().await
}

#[tokio::test]
async fn the_address_that_the_distribution_names_is_counted_and_another_one_has_its_own_limit() {
    let shop = Shop::open().await;
    for n in 0..30 {
        sign_in(&shop, ORIGIN_SECRET, "203.0.113.5", &format!("u{n}@example.com")).await.expect(401);
    }
    sign_in(&shop, ORIGIN_SECRET, "203.0.113.5", "u99@example.com").await.expect_problem(429, "rate_limited");
    sign_in(&shop, ORIGIN_SECRET, "203.0.113.6", "u99@example.com").await.expect(401);
}

#[tokio::test]
async fn an_address_without_the_secret_is_ignored() {
    let shop = Shop::open().await;
    for n in 0..30 {
        sign_in(&shop, "a guess", &format!("203.0.113.{n}"), &format!("u{n}@example.com")).await.expect(401);
    }
    sign_in(&shop, "a guess", "203.0.113.99", "u99@example.com").await.expect_problem(429, "rate_limited");
    let from = |ip: &str| {
        shop.post("/api/v1/auth/login", &json!({ "email": "u@example.com", "password": PASSWORD })).from_ip(ip)
    };
    from("198.51.100.7").send().await.expect_problem(429, "rate_limited");
    from("198.51.100.8").send().await.expect(401);
}

#[tokio::test]
async fn the_audit_trail_has_the_address_that_the_distribution_names() {
    let (shop, admin) = staffed().await;
    let path = format!("/api/v1/users/{}", shop.register("ada@example.com").await.id);
    let request = shop.get(&path).by(&admin).from_ip("198.51.100.7");
    request.header("origin-secret", ORIGIN_SECRET).header("viewer-address", "203.0.113.5").send().await.expect(200);
    let entries = shop.get("/api/v1/audit").by(&admin).send().await.expect(200);
    let mut addresses = entries.data().as_array().unwrap().iter().map(|entry| &entry["origin"]["ip"]);
    assert!(addresses.any(|ip| ip == "203.0.113.5"), "{}", entries.text);
}

#[tokio::test]
async fn where_the_shop_has_a_domain_nothing_goes_around_the_distribution_but_questions_about_health() {
    let shop = Shop::open_behind_its_distribution().await;
    let events_before = shop.table.events().len();
    let register = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    for request in [
        shop.get("/api/v1/products"),
        shop.get("/api/v1/users/me").bearer("x"),
        shop.get("/api/v1/nothing"),
        shop.get("/.well-known/jwks.json"),
        shop.get("/healthy"),
        shop.post("/api/v1/auth/register", &register),
        shop.post("/api/v1/auth/register", &register).header("origin-secret", "a guess"),
        shop.post("/api/v1/payments/webhook", &json!({})),
        shop.request(Method::DELETE, "/api/v1/cart"),
    ] {
        let refused = request.send().await.expect_problem(403, "direct_access_refused");
        assert_eq!((refused.header("cache-control"), refused.header("x-request-id")), ("no-store", "req-1"));
    }
    assert_eq!(shop.table.events().len(), events_before, "nothing was done");
    for path in ["/health", "/health/live", "/health/ready"] {
        shop.get(path).send().await.expect(200);
    }
    shop.post("/api/v1/auth/register", &register).header("origin-secret", ORIGIN_SECRET).send().await.expect(201);
}
