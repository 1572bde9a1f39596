//! Invalid and harmful request bodies, at the routes that take a body.

use std::collections::BTreeSet;

use axum::http::Method;
use harness::products::staffed;
use harness::shop::Shop;
use serde_json::{Map, Value, json};

const LOGIN: &str = "/api/v1/auth/login";

#[tokio::test]
async fn a_malformed_body_is_refused_with_a_code_and_the_field() {
    let shop = Shop::open().await;
    let send = |body: &str| shop.request(Method::POST, LOGIN).text("application/json", body.to_owned()).send();
    for body in [
        "",
        "{",
        r#"{"email":"#,
        "{\"email\":\"a\",}",
        "\u{feff}{}",
        r#"{"email":"a@example.com","password":"x"} {}"#,
        "\"\\ud800\"",
    ] {
        send(body).await.expect_problem(400, "malformed_json");
    }
    for (body, field) in [
        (r#"{"password":"x"}"#, "email"),
        (r#"{"email":"a@example.com"}"#, "password"),
        (r#"{"email":"a@example.com","password":"x","admin":true}"#, "admin"),
        (r#"{"email":"a@example.com","email":"b@example.com","password":"x"}"#, "email"),
        (r#"{"email":7,"password":"x"}"#, "email"),
        (r#"{"email":null,"password":"x"}"#, "email"),
        (r#"{"email":["a@example.com"],"password":"x"}"#, "email"),
        (r#"{"email":"not an address","password":"x"}"#, "email"),
    ] {
        let answer = send(body).await.expect_problem(400, "validation_failed");
        assert_eq!(answer.fields(), [field], "{body}");
    }
    send(&format!("{{\"email\":{}", "[".repeat(60_000))).await.expect(400);
    for body in ["[]", r#"["a@example.com","correct horse battery"]"#, "7", "null"] {
        send(body).await.expect_problem(400, "validation_failed");
    }
}

/// Wrong types for everything that a body may have, and a field that no body has.
#[tokio::test]
async fn every_route_tells_all_faults_of_a_body_at_once() {
    let (shop, root) = staffed().await;
    let api: Value = serde_json::from_str(status::OPENAPI).unwrap();
    let mut seen = 0;
    for (path, operations) in api["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let Some(name) = schema.as_str().and_then(|path| path.rsplit('/').next()) else {
                continue;
            };
            let properties = api["components"]["schemas"][name]["properties"].as_object().unwrap();
            let wrong = properties.keys().map(|name| (name.clone(), json!([[]])));
            let body: Value = wrong.chain([("neverKnown".to_owned(), json!(1))]).collect::<Map<_, _>>().into();
            let request = shop.request(method.to_uppercase().parse().unwrap(), &path.replace(['{', '}'], ""));
            let request = request.header("if-match", "*").header("idempotency-key", "k").json(&body).by(&root);
            let answer = request.send().await.expect_problem(400, "validation_failed");
            let told: BTreeSet<&str> =
                answer.fields().into_iter().map(|field| field.split('[').next().unwrap()).collect();
            let sent: BTreeSet<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(told, sent, "{method} {path}: {}", answer.text);
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

#[tokio::test]
async fn the_right_form_is_shown_where_it_is_not_plain() {
    let (shop, root) = staffed().await;
    let body = json!({
        "name": "Shirt", "price": 19.99, "colour": "red", "options": ["Size"],
        "variants": [{ "sku": 1, "price": { "amount": "1999" } }, { "options": { "Size": 3 } }],
    });
    let answer = shop.post("/api/v1/products", &body).by(&root).send().await.expect_problem(400, "validation_failed");
    let told = |field: &str| {
        let details = answer.json["details"].as_array().unwrap();
        let message = details.iter().find(|detail| detail["field"] == field).map(|detail| detail["message"].clone());
        message.unwrap_or_default()
    };
    let form = r#"must be an object such as {"amount":1999,"currency":"usd"}"#;
    assert_eq!(told("price"), form);
    assert_eq!(told("colour"), "is not a known field");
    assert_eq!(told("variants[0].sku"), "must be text");
    assert_eq!(told("variants[0].price.amount"), "must be a whole number");
    assert_eq!(told("variants[0].price.currency"), "is required");
    assert_eq!(told("variants[1].sku"), "is required");
    assert_eq!(told("variants[1].price"), "is required");
    assert_eq!(told("variants[1].options.Size"), "must be text");
    assert_eq!(answer.fields().len(), 8, "{}", answer.text);
    let many =
        shop.get("/api/v1/products?colour=red&limit=x&size=1").send().await.expect_problem(400, "validation_failed");
    assert_eq!(many.fields(), ["limit", "colour", "size"]);
    let many = shop.get("/api/v1/products?limit=0&cursor=-").send().await.expect_problem(400, "validation_failed");
    assert_eq!(many.fields(), ["limit", "cursor"]);
}

#[tokio::test]
async fn a_body_of_a_megabyte_or_of_another_type_is_refused() {
    let shop = Shop::open().await;
    let big = json!({ "email": "a@example.com", "password": "x".repeat(1_000_000) });
    shop.post(LOGIN, &big).send().await.expect_problem(413, "body_too_large");
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"]
    {
        let ask = shop.request(Method::POST, LOGIN).text(content_type, "{}");
        ask.send().await.expect_problem(415, "unsupported_media_type");
    }
    let ask = shop.request(Method::POST, LOGIN).text("application/json; charset=utf-8", "{}");
    ask.send().await.expect_problem(400, "validation_failed");
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body_and_another_method_is_told_the_right_ones() {
    let shop = Shop::open().await;
    let ask = |method: Method, path: &str| shop.request(method, path).send();
    for path in ["/health/live", "/.well-known/jwks.json", "/api/v1/home", "/api/v1/products?limit=5", "/api/v1/cart"] {
        let (get, head) = (ask(Method::GET, path).await.expect(200), ask(Method::HEAD, path).await.expect(200));
        assert_eq!((head.text.as_str(), head.header("etag")), ("", get.header("etag")), "{path}");
        assert_eq!(head.header("content-length"), get.text.len().to_string(), "{path}");
    }
    let refused = ask(Method::HEAD, "/api/v1/users/me").await.expect(401);
    assert_eq!(refused.text, "");
    ask(Method::HEAD, "/api/v1/nothing").await.expect(404);
    for (method, path, allowed) in [
        (Method::PUT, LOGIN, "POST"),
        (Method::HEAD, LOGIN, "POST"),
        (Method::DELETE, "/api/v1/home", "GET,HEAD"),
        (Method::PATCH, "/api/v1/orders", "GET,HEAD,POST"),
        (Method::PATCH, "/api/v1/products", "GET,HEAD,POST"),
        (Method::GET, "/api/v1/orders/confirm", "POST"),
        (Method::GET, "/api/v1/payments/webhook", "POST"),
        (Method::POST, "/api/v1/users/me", "DELETE,GET,HEAD,PATCH"),
        (Method::POST, "/api/v1/categories/x", "DELETE,GET,HEAD,PATCH,PUT"),
    ] {
        let refused = ask(method.clone(), path).await.expect(405);
        let mut methods: Vec<&str> = refused.header("allow").split(',').collect();
        methods.sort_unstable();
        assert_eq!(methods.join(","), allowed, "{method} {path}");
    }
}

#[tokio::test]
async fn every_error_has_the_same_shape() {
    let shop = Shop::open().await;
    let answer = shop.get("/api/v1/nothing?secret=1").send().await.expect_problem(404, "no_such_route");
    let body = answer.json.as_object().unwrap();
    let names: Vec<&String> = body.keys().collect();
    assert_eq!(names, ["code", "details", "error", "message", "path", "requestId", "statusCode", "timestamp"]);
    assert_eq!(
        (&body["statusCode"], &body["error"], &body["path"], &body["requestId"], &body["timestamp"]),
        (
            &json!(404),
            &json!("Not Found"),
            &json!("/api/v1/nothing"),
            &json!("req-1"),
            &json!("2026-11-20T10:00:00.000Z")
        )
    );
    shop.request(Method::PUT, LOGIN).send().await.expect_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let shop = Shop::open().await;
    for answer in [shop.get("/api/v1/users/me").send().await, shop.get("/.well-known/jwks.json").send().await] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("x-request-id", "req-1"),
        ] {
            assert_eq!(answer.header(name), value);
        }
    }
    assert_eq!(shop.get("/api/v1/users/me").send().await.header("cache-control"), "no-store");
    assert_eq!(shop.get("/.well-known/jwks.json").send().await.header("cache-control"), "public, max-age=300");
}
