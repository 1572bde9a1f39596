//! Two-factor sign-in.

use std::time::Duration;

use axum::http::Method;
use domain::email::Email;
use domain::totp::Authenticator;
use harness::shop::{Answer, PASSWORD, Person, Shop, person};
use serde_json::json;

struct TwoFactor {
    app: Authenticator,
    recovery: Vec<String>,
}

/// Turns two-factor on, as a person does, and moves the clock to the next code.
async fn turn_on(shop: &Shop, person: &Person) -> TwoFactor {
    let setup = shop.request(Method::POST, "/api/v1/auth/2fa/setup").by(person).send().await.expect(200);
    let secret = setup.data()["secret"].as_str().unwrap();
    let app = Authenticator::try_new(secret, &Email::parse(&person.email).unwrap(), "Kontor").unwrap();
    assert_eq!(setup.data()["otpauthUrl"], app.uri());
    assert!(setup.data()["qrCode"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    let body = json!({ "code": app.code_at(shop.now()) });
    let on = shop.post("/api/v1/auth/2fa/enable", &body).by(person).send().await.expect(200);
    let codes = on.data()["recoveryCodes"].as_array().unwrap();
    let recovery: Vec<String> = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    assert_eq!(recovery.len(), 10);
    shop.later(Duration::from_mins(1));
    TwoFactor { app, recovery }
}

async fn challenge(shop: &Shop) -> String {
    let answer = shop.try_login("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(answer.data()["twoFactorRequired"], true);
    assert!(answer.data().get("accessToken").is_none());
    answer.data()["challengeToken"].as_str().unwrap().to_owned()
}

async fn second_step(shop: &Shop, challenge: &str, code: &str) -> Answer {
    shop.post("/api/v1/auth/login/2fa", &json!({ "challengeToken": challenge, "code": code })).send().await
}

#[tokio::test]
async fn sign_in_needs_two_steps_and_a_code_works_once() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &ada).await;
    let token = challenge(&shop).await;
    let code = two_factor.app.code_at(shop.now());
    second_step(&shop, &token, "000000").await.expect_problem(401, "invalid_code");
    let signed_in = person(&second_step(&shop, &token, &code).await.expect(200));
    assert!(shop.is_accepted(&signed_in.access).await);
    second_step(&shop, &challenge(&shop).await, &code).await.expect_problem(401, "code_used");
    shop.later(Duration::from_secs(30));
    second_step(&shop, &challenge(&shop).await, &two_factor.app.code_at(shop.now())).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_concurrent_uses_of_one_code_one_succeeds() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &ada).await;
    for code in [two_factor.app.code_at(shop.now()), two_factor.recovery[0].clone()] {
        let body = json!({ "challengeToken": challenge(&shop).await, "code": code });
        let tries: Vec<_> = (0..5).map(|_| tokio::spawn(shop.post("/api/v1/auth/login/2fa", &body).send())).collect();
        let mut statuses = Vec::new();
        for answer in tries {
            statuses.push(answer.await.unwrap().status.as_u16());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401]);
    }
}

#[tokio::test]
async fn each_recovery_code_works_once_and_new_codes_replace_the_old() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &ada).await;
    let typed = two_factor.recovery[3].to_uppercase().replace('-', " ");
    second_step(&shop, &challenge(&shop).await, &typed).await.expect(200);
    second_step(&shop, &challenge(&shop).await, &typed).await.expect_problem(401, "invalid_code");
    let body = json!({ "password": PASSWORD });
    let fresh =
        shop.post("/api/v1/auth/2fa/recovery-codes", &body).by(&shop_me(&shop, &ada).await).send().await.expect(200);
    let fresh = fresh.data()["recoveryCodes"][0].as_str().unwrap().to_owned();
    second_step(&shop, &challenge(&shop).await, &two_factor.recovery[4]).await.expect_problem(401, "invalid_code");
    second_step(&shop, &challenge(&shop).await, &fresh).await.expect(200);
    let items = shop.table.items_under(&format!("USER#{}", ada.id));
    assert!(items.values().all(|item| !item.to_string().contains(&fresh)), "only hashes are kept");
}

/// The same person with a new access token.
async fn shop_me(shop: &Shop, person: &Person) -> Person {
    harness::shop::person(&shop.try_refresh(&person.refresh).await.expect(200))
}

#[tokio::test]
async fn a_challenge_is_no_access_token_and_ends_with_time_or_a_new_password() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &ada).await;
    let token = challenge(&shop).await;
    shop.get("/api/v1/users/me").bearer(&token).send().await.expect_problem(401, "invalid_token");
    second_step(&shop, &ada.access, &two_factor.app.code_at(shop.now())).await.expect_problem(401, "invalid_token");
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another long sentence" });
    shop.post("/api/v1/auth/password/change", &body).by(&ada).send().await.expect(200);
    second_step(&shop, &token, &two_factor.app.code_at(shop.now())).await.expect_problem(401, "challenge_expired");
    let answer = shop.try_login("ada@example.com", "another long sentence").await.expect(200);
    let token = answer.data()["challengeToken"].as_str().unwrap().to_owned();
    shop.later(Duration::from_mins(5));
    second_step(&shop, &token, &two_factor.app.code_at(shop.now())).await.expect_problem(401, "challenge_expired");
}

#[tokio::test]
async fn two_factor_is_turned_off_with_the_password_and_each_change_writes_an_event() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    turn_on(&shop, &ada).await;
    shop.request(Method::POST, "/api/v1/auth/2fa/setup").by(&ada).send().await.expect_problem(409, "two_factor_on");
    let off = |password: &str| shop.post("/api/v1/auth/2fa/disable", &json!({ "password": password })).by(&ada).send();
    off("wrong password").await.expect_problem(401, "wrong_password");
    off(PASSWORD).await.expect(200);
    off(PASSWORD).await.expect_problem(409, "two_factor_off");
    shop.login("ada@example.com").await;
    let events = shop.table.events();
    let changes = events.iter().filter(|event| event["type"] == "user.two_factor_changed");
    assert_eq!(changes.map(|event| event["enabled"] == true).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn an_unconfirmed_secret_changes_nothing() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let enable = |code: &str| shop.post("/api/v1/auth/2fa/enable", &json!({ "code": code })).by(&ada).send();
    enable("123456").await.expect_problem(409, "two_factor_not_set_up");
    shop.request(Method::POST, "/api/v1/auth/2fa/setup").by(&ada).send().await.expect(200);
    enable("000000").await.expect_problem(401, "invalid_code");
    shop.login("ada@example.com").await;
}
