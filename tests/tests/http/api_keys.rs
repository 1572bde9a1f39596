//! API keys of servers: who makes them, what they open on each route, and how they end.

use std::time::Duration;

use axum::http::Method;
use domain::access::{Permission, Role};
use domain::api_key::ApiKey;
use domain::id::ApiKeyId;
use harness::network::Fault;
use harness::orders::{PlacedOrder, order_at, order_of};
use harness::products::staffed;
use harness::request::{Answer, TestRequest};
use harness::shop::{Person, Shop};
use kit::http::api_keys::write;
use serde_json::{Value, json};
use stripe_stand_in::Card;

const KEYS: &str = "/api/v1/admin/api-keys";

/// A new key as its server knows it.
struct Key {
    id: String,
    text: String,
}

async fn make(shop: &Shop, admin: &Person, body: &Value) -> Key {
    let made = shop.post(KEYS, body).by(admin).send().await.expect(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Key { id: text(&made.data()["apiKey"]["id"]), text: text(&made.data()["key"]) }
}

async fn key_for(shop: &Shop, admin: &Person, permissions: &[&str]) -> Key {
    make(shop, admin, &json!({ "name": "ERP", "permissions": permissions })).await
}

async fn list(shop: &Shop, admin: &Person) -> Vec<Value> {
    shop.get(KEYS).by(admin).send().await.expect(200).data().as_array().unwrap().clone()
}

async fn delete(shop: &Shop, admin: &Person, id: &str) -> Answer {
    shop.request(Method::DELETE, &format!("{KEYS}/{id}")).by(admin).send().await
}

fn with_wrong_secret(id: ApiKeyId) -> String {
    write(id, &[7; 32]).0
}

fn inventory(shop: &Shop, key: &Key) -> TestRequest {
    shop.get("/api/v1/inventory").bearer(&key.text)
}

#[tokio::test]
async fn a_key_is_shown_once_and_the_table_has_only_the_hash_of_its_secret() {
    let (shop, root) = staffed().await;
    let body = json!({ "name": " ERP ", "permissions": ["inventory:read"], "expiresAt": "2027-01-01T00:00:00Z" });
    let key = make(&shop, &root, &body).await;
    assert!(key.text.starts_with("kntr_live_") && key.id.starts_with("key_"));
    let listed = list(&shop, &root).await;
    let expected = json!([{
        "id": key.id, "name": "ERP", "permissions": ["inventory:read"], "createdBy": root.id.to_string(),
        "createdAt": "2026-11-20T10:00:00.000Z", "expiresAt": "2027-01-01T00:00:00.000Z", "lastUsedAt": null,
    }]);
    assert_eq!(json!(listed), expected);
    let secret = &key.text["kntr_live_".len() + 26..];
    let everything = format!("{:?}", shop.table.items_under(""));
    assert!(everything.contains(&key.id) && !everything.contains(secret), "{everything}");
    let trail = shop.get("/api/v1/audit?action=api-key.create").by(&root).send().await.expect(200);
    let entry = &trail.data()[0];
    assert_eq!((&entry["actor"], &entry["subject"]), (&json!(root.id.to_string()), &json!(key.id)));
    assert_eq!(entry["after"], "ERP: inventory:read, until 2027-01-01T00:00:00.000Z");
}

#[tokio::test]
async fn a_key_needs_a_name_and_permissions_that_keys_may_have_and_all_faults_are_told() {
    let (shop, root) = staffed().await;
    let refused = async |body: Value| shop.post(KEYS, &body).by(&root).send().await.expect(400);
    let answer =
        refused(json!({ "name": " ", "permissions": ["api-keys:write"], "expiresAt": "2026-11-20T10:00:00Z" }));
    assert_eq!(answer.await.fields(), ["name", "permissions", "expiresAt"]);
    for permissions in
        [json!([]), json!(["users:ban"]), json!(["audit:read"]), json!(["users:write-role"]), json!(["*"])]
    {
        assert_eq!(refused(json!({ "name": "x", "permissions": permissions })).await.fields(), ["permissions"]);
    }
    assert_eq!(refused(json!({ "role": "admin" })).await.fields(), ["role", "name", "permissions"]);
    assert!(list(&shop, &root).await.is_empty());
}

#[tokio::test]
async fn only_admins_with_a_fresh_proof_make_keys_and_a_key_never_does() {
    let (shop, root) = staffed().await;
    let sam = shop.staff("sam@example.com", Role::Support).await;
    let all: Vec<&str> = ApiKey::PERMISSIONS.map(Permission::name).to_vec();
    let key = key_for(&shop, &root, &all).await;
    let body = json!({ "name": "another", "permissions": ["inventory:read"] });
    shop.post(KEYS, &body).by(&sam).send().await.expect_problem(403, "forbidden");
    shop.post(KEYS, &body).bearer(&key.text).send().await.expect_problem(403, "user_required");
    shop.get(KEYS).bearer(&key.text).send().await.expect_problem(403, "user_required");
    delete(&shop, &sam, &key.id).await.expect_problem(403, "forbidden");
    shop.later(Duration::from_hours(13));
    let stale = Person {
        access: shop.try_refresh(&root.refresh).await.data()["accessToken"].as_str().unwrap().to_owned(),
        ..root
    };
    shop.post(KEYS, &body).by(&stale).send().await.expect_problem(403, "fresh_proof_required");
    delete(&shop, &stale, &key.id).await.expect(200);
}

#[tokio::test]
async fn there_are_never_more_than_fifty_keys_however_many_are_made_at_once() {
    let (shop, root) = staffed().await;
    for _ in 0..48 {
        key_for(&shop, &root, &["inventory:read"]).await;
    }
    let body = json!({ "name": "ERP", "permissions": ["inventory:read"] });
    let one = || async { shop.post(KEYS, &body).by(&root).send().await };
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    let made = [&a, &b, &c, &d].iter().filter(|answer| answer.status == 201).count();
    assert!(made <= 2, "{made}");
    for _ in made..2 {
        one().await.expect(201);
    }
    one().await.expect_problem(409, "too_many_api_keys");
    let listed = list(&shop, &root).await;
    assert_eq!(listed.len(), 50);
    let first = listed[0]["id"].as_str().unwrap();
    delete(&shop, &root, first).await.expect(200);
    delete(&shop, &root, first).await.expect_problem(404, "api_key_not_found");
    delete(&shop, &root, "key_x").await.expect_problem(404, "api_key_not_found");
    one().await.expect(201);
}

/// The routes that need more than nobody: their method, path, and access.
fn guarded_routes() -> Vec<[String; 3]> {
    let routes = harness::functions::http_functions().into_iter().flat_map(|function| function.routes);
    let split = |line: String| {
        let (method, rest) = line.split_once(' ').unwrap();
        let (path, access) = rest.split_once("  ").unwrap();
        [method, path, access].map(str::to_owned)
    };
    routes.map(split).filter(|[_, _, access]| access != "public").collect()
}

/// A request as the description shows it, to things that do not exist.
fn example(shop: &Shop, method: &str, path: &str) -> TestRequest {
    let api: Value = serde_json::from_str(status::OPENAPI).unwrap();
    let operation = &api["paths"][path][method.to_ascii_lowercase()];
    let body = &operation["requestBody"]["content"]["application/json"]["example"];
    let filled = path
        .replace("{id}", "nothing")
        .replace("{image}", "nothing")
        .replace("{sku}", "NO-1")
        .replace("{code}", "NOTHING");
    let request = shop.request(method.parse().unwrap(), &filled).header("if-match", "*").header("idempotency-key", "k");
    if body.is_null() { request } else { request.json(body) }
}

#[tokio::test]
async fn each_route_takes_exactly_the_keys_that_its_access_rule_says() {
    let (shop, root) = staffed().await;
    let ada = shop.register("ada@example.com").await;
    let grantable: Vec<&str> = ApiKey::PERMISSIONS.map(Permission::name).to_vec();
    let expired = json!({ "name": "x", "permissions": grantable, "expiresAt": "2026-11-20T10:30:00Z" });
    let (expired, deleted) = (make(&shop, &root, &expired).await, key_for(&shop, &root, &grantable).await);
    delete(&shop, &root, &deleted.id).await.expect(200);
    let right = key_for(&shop, &root, &grantable).await;
    shop.later(Duration::from_hours(1));
    let (ada, root) = (shop.login(&ada.email).await, shop.login(&root.email).await);
    let mut seen = 0;
    for [method, path, access] in guarded_routes() {
        let place = format!("{method} {path}");
        // Each from another network, so that no limit of networks is met.
        let ip = format!("198.51.100.{seen}");
        seen += 1;
        let ask = || example(&shop, &method, &path).from_ip(&ip);
        let with = |text: &str| ask().bearer(text).send();
        let permission = access.split(", ").next().unwrap();
        if grantable.contains(&permission) && !access.contains("fresh proof") {
            ask().send().await.expect_problem(401, "unauthenticated");
            with(&ada.access).await.expect_problem(403, "forbidden");
            let others: Vec<&str> = grantable.iter().copied().filter(|name| *name != permission).collect();
            let without = key_for(&shop, &root, &others).await;
            with(&without.text).await.expect_problem(403, "forbidden");
            delete(&shop, &root, &without.id).await.expect(200);
            for gone in [&expired, &deleted] {
                with(&gone.text).await.expect_problem(401, "invalid_api_key");
            }
            let admitted = with(&right.text).await;
            assert!(![401, 403].contains(&admitted.status.as_u16()), "{place}: {}", admitted.text);
            assert!(admitted.status.as_u16() < 500, "{place}: {}", admitted.text);
        } else if access.contains("more with") {
            let admitted = with(&right.text).await;
            assert!(![401, 403].contains(&admitted.status.as_u16()), "{place}: {}", admitted.text);
            for gone in [&expired, &deleted] {
                let refused = with(&gone.text).await;
                // What does not exist is not found, whoever asks.
                assert!(
                    [
                        "invalid_api_key",
                        "order_not_found",
                        "payment_not_found",
                        "product_not_found",
                        "category_not_found",
                        "brand_not_found",
                        "return_not_found"
                    ]
                    .contains(&refused.code()),
                    "{place}: {}",
                    refused.text
                );
            }
        } else if access.starts_with("public") {
            // What does not exist is not found, whoever asks.
            let refused = with(&right.text).await;
            assert!(refused.status.is_client_error(), "{place}: {}", refused.text);
        } else {
            for key in [&right, &expired, &deleted] {
                with(&key.text).await.expect_problem(403, "user_required");
            }
        }
    }
    assert!(seen > 70, "{seen}");
}

#[tokio::test]
async fn every_trail_of_what_a_key_does_names_the_key() {
    let (shop, root) = staffed().await;
    let all: Vec<&str> = ApiKey::PERMISSIONS.map(Permission::name).to_vec();
    let key = key_for(&shop, &root, &all).await;
    shop.add_product(&root, "A", 1000, 5).await;
    let order = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k").send().await);
    let change = shop.request(Method::PATCH, "/api/v1/inventory/A").json(&json!({ "adjust": 2, "reason": "ERP" }));
    change.header("idempotency-key", "k-1").bearer(&key.text).send().await.expect(200);
    let note = shop.post(&format!("/api/v1/admin/orders/{}/notes", order.id), &json!({ "text": "packed" }));
    note.bearer(&key.text).send().await.expect(200);
    shop.get(&order.path()).bearer(&key.text).send().await.expect(200);
    shop.get("/api/v1/users").bearer(&key.text).send().await.expect(200);
    let cancel = shop.request(Method::POST, &format!("{}/cancel", order.path())).bearer(&key.text);
    cancel.send().await.expect(200);
    shop.post("/api/v1/uploads", &json!({ "for": "stock" })).bearer(&key.text).send().await.expect(201);

    let trail = shop.get(&format!("/api/v1/audit?actor={}", key.id)).by(&root).send().await.expect(200);
    let actions: Vec<&str> =
        trail.data().as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        ["upload.create", "order.cancel", "user.list", "order.read", "order.note", "inventory.adjust"],
        "newest first"
    );
    let history = shop.get("/api/v1/inventory/A/history").by(&root).send().await.expect(200);
    assert!(history.data().as_array().unwrap().iter().any(|change| change["by"] == key.id), "{}", history.text);
    let track = shop.get(&format!("{}/track", order.path())).by(&root).send().await.expect(200);
    let of_the_key: Vec<&Value> =
        track.data()["history"].as_array().unwrap().iter().filter(|entry| entry["userId"] == key.id).collect();
    assert_eq!(of_the_key.len(), 2, "{}", track.text);
    assert!(of_the_key.iter().all(|entry| entry["by"] == "staff"));
}

#[tokio::test]
async fn a_key_with_the_permission_sees_what_staff_see_and_another_one_what_everybody_sees() {
    let (shop, root) = staffed().await;
    let (right, other) = (
        key_for(&shop, &root, &["products:read", "products:write"]).await,
        key_for(&shop, &root, &["users:read"]).await,
    );
    let draft = json!({ "name": "Draft", "sku": "D", "price": { "amount": 1, "currency": "usd" }, "status": "draft" });
    let id = shop.post("/api/v1/products", &draft).bearer(&right.text).send().await.expect(201);
    let path = format!("/api/v1/products/{}", id.data()["id"].as_str().unwrap());
    shop.get(&path).bearer(&right.text).send().await.expect(200);
    shop.get(&path).bearer(&other.text).send().await.expect_problem(404, "product_not_found");
    shop.get(&path).send().await.expect_problem(404, "product_not_found");
}

#[tokio::test]
async fn a_refund_above_the_amount_that_needs_a_fresh_proof_is_not_for_keys() {
    let (shop, root) = staffed().await;
    let key = key_for(&shop, &root, &["payments:refund"]).await;
    shop.add_product(&root, "A", 30_000, 5).await;
    let order = PlacedOrder::of(shop.place_order(&order_at(30_000, "A", 1, "payment_intent"), "k").send().await);
    assert!(shop.pay(&order.reference(), Card::Pays).await);
    let path = format!("/api/v1/payments/{}/refunds", order.id.replace("ord_", "pay_"));
    let refund = |amount: i64, name: &str| {
        let body = json!({ "reason": "x", "amount": { "amount": amount, "currency": "usd" } });
        shop.post(&path, &body).header("idempotency-key", name).bearer(&key.text).send()
    };
    refund(10_001, "a").await.expect_problem(403, "user_required");
    refund(500, "b").await.expect(201);
}

#[tokio::test]
async fn a_deleted_key_is_refused_at_once_and_one_of_a_demoted_admin_lives_on() {
    let (shop, root) = staffed().await;
    let rita = shop.staff("rita@example.com", Role::Admin).await;
    let key = key_for(&shop, &rita, &["inventory:read"]).await;
    inventory(&shop, &key).send().await.expect(200);
    let role = json!({ "role": "customer" });
    let demote = shop.request(Method::PATCH, &format!("/api/v1/users/{}/role", rita.id)).json(&role);
    demote.by(&root).send().await.expect(200);
    inventory(&shop, &key).send().await.expect(200);
    delete(&shop, &rita, &key.id).await.expect_problem(403, "forbidden");
    delete(&shop, &root, &key.id).await.expect(200);
    inventory(&shop, &key).send().await.expect_problem(401, "invalid_api_key");
    assert!(list(&shop, &root).await.is_empty());
}

#[tokio::test]
async fn a_key_has_a_limit_of_its_own_and_is_told_how_long_to_wait() {
    let shop = Shop::open_with_api_key_limit(3).await;
    let root = shop.staff("root@example.com", Role::Admin).await;
    let (busy, idle) =
        (key_for(&shop, &root, &["inventory:read"]).await, key_for(&shop, &root, &["inventory:read"]).await);
    shop.later(Duration::from_secs(10));
    for _ in 0..3 {
        inventory(&shop, &busy).send().await.expect(200);
    }
    let refused = inventory(&shop, &busy).send().await.expect_problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "50");
    inventory(&shop, &idle).send().await.expect(200);
    // A wrong secret uses up nobody's limit.
    for _ in 0..5 {
        let wrong = with_wrong_secret(ApiKeyId::parse(&idle.id).unwrap());
        shop.get("/api/v1/inventory").bearer(&wrong).send().await.expect_problem(401, "invalid_api_key");
    }
    inventory(&shop, &idle).send().await.expect(200);
    shop.later(Duration::from_secs(50));
    inventory(&shop, &busy).send().await.expect(200);
}

#[tokio::test]
async fn wrong_keys_tell_nothing_and_are_limited_by_network_without_stopping_a_right_one() {
    let (shop, root) = staffed().await;
    let key = key_for(&shop, &root, &["inventory:read"]).await;
    let texts = [
        with_wrong_secret(ApiKeyId::parse(&key.id).unwrap()),
        with_wrong_secret(ApiKeyId::new(shop.now(), 9)),
        "kntr_live_".to_owned(),
        format!("{}A", key.text),
    ];
    let ask = |text: &str| shop.get("/api/v1/inventory").bearer(text).send();
    let mut told = Vec::new();
    for text in &texts {
        let refused = ask(text).await.expect_problem(401, "invalid_api_key");
        told.push((refused.json["message"].clone(), refused.header("www-authenticate").to_owned()));
    }
    assert!(told.iter().all(|one| *one == told[0]));
    for _ in 4..30 {
        ask(&texts[0]).await.expect_problem(401, "invalid_api_key");
    }
    ask(&texts[0]).await.expect_problem(429, "rate_limited");
    inventory(&shop, &key).send().await.expect(200);
    let elsewhere = shop.get("/api/v1/inventory").bearer(&texts[0]).from_ip("198.51.100.9");
    elsewhere.send().await.expect_problem(401, "invalid_api_key");
}

#[tokio::test]
async fn the_last_use_is_noted_once_an_hour_and_a_request_does_not_depend_on_it() {
    let (shop, root) = staffed().await;
    let key = key_for(&shop, &root, &["inventory:read"]).await;
    let used = async || list(&shop, &shop.login(&root.email).await).await[0]["lastUsedAt"].clone();
    shop.later(Duration::from_mins(1));
    inventory(&shop, &key).send().await.expect(200);
    assert_eq!(used().await, "2026-11-20T10:01:00.000Z");
    shop.later(Duration::from_mins(59));
    inventory(&shop, &key).send().await.expect(200);
    assert_eq!(used().await, "2026-11-20T10:01:00.000Z");
    shop.later(Duration::from_mins(1));
    // The count of the limit is written at the same time and comes first.
    let note = |item: &Value| item["SK"] == "USE";
    assert_eq!(shop.table.items_under("LIMIT#api-key#").values().filter(|item| note(item)).count(), 1);
    inventory(&shop, &key).send().await.expect(200);
    assert_eq!(used().await, "2026-11-20T11:01:00.000Z");
}

#[tokio::test]
async fn a_key_is_made_or_deleted_once_whatever_fails() {
    let (shop, root) = staffed().await;
    let body = json!({ "name": "ERP", "permissions": ["inventory:read"] });
    for fault in [Fault::Before, Fault::After, Fault::Conflict, Fault::Throttle] {
        shop.table.network.fail("TransactWriteItems", fault, 1);
        shop.post(KEYS, &body).by(&root).send().await.expect(201);
    }
    let listed = list(&shop, &root).await;
    assert_eq!(listed.len(), 4);
    for (key, fault) in listed.iter().zip([Fault::Before, Fault::After, Fault::Conflict, Fault::Throttle]) {
        shop.table.network.fail("TransactWriteItems", fault, 1);
        delete(&shop, &root, key["id"].as_str().unwrap()).await.expect(200);
    }
    assert!(list(&shop, &root).await.is_empty());
    let head = shop.table.items_under("APIKEYS");
    assert_eq!(head.values().map(|item| item["count"].as_f64()).collect::<Vec<_>>(), [Some(0.0)]);
}
