//! Access tokens: which are accepted and which are refused.

use std::time::Duration;

use axum::http::Method;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use harness::orders::selling;
use harness::shop::{ISSUER, Person, Shop, key, key_secrets};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// A token with any claims, signed with the shop's key or another one.
fn forge(seed: u8, claims: &Value) -> String {
    let key = key(seed, Shop::start_time());
    let header = Header { kid: Some(self::key(1, Shop::start_time()).kid), ..Header::new(Algorithm::EdDSA) };
    let pkcs8 = BASE64.decode(key.pkcs8.as_bytes()).unwrap();
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&pkcs8)).unwrap()
}

fn claims(person: &Person) -> Value {
    let payload = person.access.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

#[tokio::test]
async fn an_access_token_identifies_its_user_for_fifteen_minutes() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let claims = claims(&ada);
    assert_eq!(claims["sub"], ada.id.to_string());
    assert_eq!(
        (&claims["type"], &claims["iss"], &claims["role"]),
        (&json!("access"), &json!(ISSUER), &json!("customer"))
    );
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    shop.later(Duration::from_secs(899));
    assert!(shop.is_accepted(&ada.access).await);
    shop.later(Duration::from_secs(1));
    shop.get("/api/v1/users/me").by(&ada).send().await.expect_problem(401, "token_expired");
}

#[tokio::test]
async fn forged_and_misused_tokens_are_refused() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let good = claims(&ada);
    assert!(shop.is_accepted(&forge(1, &good)).await, "a token with the right key is accepted");
    let [head, body, signature] = ada.access.split('.').collect::<Vec<_>>().try_into().unwrap();
    let none = BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
    let hs256 = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let refused = [
        forge(2, &good),
        forge(1, &with(&good, "aud", json!("kontor-second-step"))),
        forge(1, &with(&good, "aud", json!(["other"]))),
        forge(1, &with(&good, "iss", json!("https://evil.test"))),
        forge(1, &with(&good, "type", json!("refresh"))),
        forge(1, &with(&good, "sub", json!("ada"))),
        forge(1, &with(&good, "role", json!("root"))),
        format!("{none}.{body}."),
        format!("{none}.{body}.{signature}"),
        format!("{hs256}.{body}.{signature}"),
        format!("{head}.{body}."),
        format!(
            "{head}.{}.{signature}",
            BASE64URL_NOPAD.encode(with(&good, "role", json!("admin")).to_string().as_bytes())
        ),
        ada.refresh.clone(),
        "x".repeat(20_000),
        "..".to_owned(),
    ];
    for token in refused {
        shop.get("/api/v1/users/me").bearer(&token).send().await.expect_problem(401, "invalid_token");
    }
    for header in ["", "Bearer", "Basic abc", &ada.access] {
        shop.get("/api/v1/users/me")
            .header("authorization", header)
            .send()
            .await
            .expect_problem(401, "unauthenticated");
    }
    assert_eq!(shop.get("/api/v1/users/me").send().await.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn an_access_token_cannot_refresh_and_its_role_is_not_trusted() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.try_refresh(&ada.access).await.expect_problem(401, "invalid_refresh_token");
    // The role comes from the table, even if the token was signed by the shop.
    let raised = forge(1, &with(&claims(&ada), "role", json!("admin")));
    shop.get("/api/v1/users").bearer(&raised).send().await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn keys_rotate_without_logging_anyone_out() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    // After the rotation the new key is published at once and signs ten minutes later.
    let sign_from = shop.now() + Duration::from_mins(10);
    for (name, value) in key_secrets(vec![key(1, Shop::start_time()), key(2, sign_from)]) {
        shop.secrets.replace(&name, value);
    }
    shop.later(Duration::from_mins(5));
    let kid = |person: &Person| jsonwebtoken::decode_header(&person.access).unwrap().kid.unwrap();
    assert_eq!(kid(&shop.login("ada@example.com").await), key(1, sign_from).kid);
    shop.later(Duration::from_mins(5));
    let newer = shop.login("ada@example.com").await;
    assert_eq!(kid(&newer), key(2, sign_from).kid);
    assert!(shop.is_accepted(&newer.access).await);
    assert!(shop.is_accepted(&ada.access).await, "tokens of the old key are valid until they expire");
    let jwks = shop.get("/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(jwks.json["keys"].as_array().unwrap().len(), 2);
    assert!(!jwks.text.contains("\"d\""), "{}", jwks.text);
    // The old key is removed after its last token has expired. Refreshing still works.
    for (name, value) in key_secrets(vec![key(2, sign_from)]) {
        shop.secrets.replace(&name, value);
    }
    shop.later(Duration::from_mins(15));
    let next = harness::shop::person(&shop.try_refresh(&ada.refresh).await.expect(200));
    assert!(shop.is_accepted(&next.access).await);
}

#[tokio::test]
async fn a_new_key_is_found_at_once_after_a_rotation() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    assert!(shop.is_accepted(&ada.access).await);
    for (name, value) in key_secrets(vec![key(1, Shop::start_time()), key(3, Shop::start_time())]) {
        shop.secrets.replace(&name, value);
    }
    shop.later(Duration::from_secs(11));
    let header = Header { kid: Some(key(3, Shop::start_time()).kid), ..Header::new(Algorithm::EdDSA) };
    let pkcs8 = BASE64.decode(key(3, Shop::start_time()).pkcs8.as_bytes()).unwrap();
    let token = jsonwebtoken::encode(&header, &claims(&ada), &EncodingKey::from_ed_der(&pkcs8)).unwrap();
    assert!(shop.is_accepted(&token).await);
}

#[tokio::test]
async fn a_bad_token_is_refused_wherever_the_description_takes_one_and_nowhere_else() {
    let (shop, _) = selling().await;
    let order = shop.buy(1, "k-1").await;
    let api: Value = serde_json::from_str(status::OPENAPI).unwrap();
    for (path, operations) in api["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let mut parameters = operation["parameters"].as_array().into_iter().flatten();
            let pattern = parameters.find_map(|it| it["schema"]["pattern"].as_str().filter(|_| it["name"] == "id"));
            let id = order.id.replace("ord_", pattern.map_or("ord_", |pattern| &pattern[1..5]));
            let path = path.replace("{id}", &id).replace("{sku}", "A").replace("{code}", "ABC").replace("{image}", "x");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let mut body = operation["requestBody"]["content"]["application/json"]["example"].clone();
            if body["orderId"].is_string() {
                body["orderId"] = json!(order.id);
            }
            let request = shop.request(method.clone(), &path).bearer("x").header("idempotency-key", "k-2");
            let answer = request.json(&body).send().await;
            let is_refused = answer.status == 401 && answer.code() == "invalid_token";
            // That token is not an access token, but the challenge in the body.
            let is_expected = operation["security"] != json!([]) || path == "/api/v1/auth/login/2fa";
            assert_eq!(is_refused, is_expected, "{method} {path}: {}", answer.text);
        }
    }
}
