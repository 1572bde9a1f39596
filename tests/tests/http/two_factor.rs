//! Two-factor sign-in.

use std::time::Duration;

use axum::http::Method;
use domain::email::Email;
use domain::totp::Authenticator;
use harness::network::Fault;
use harness::shop::{Answer, PASSWORD, Person, Shop, person};
use serde_json::json;

pub(crate) struct TwoFactor {
    pub(crate) app: Authenticator,
    pub(crate) recovery: Vec<String>,
}

/// Turns two-factor on, as a person does, and moves the clock to the next code.
pub(crate) async fn turn_on(shop: &Shop, person: &Person) -> TwoFactor {
    shop.prove_address(person).await;
    set_up_and_enable(shop, person).await
}

async fn set_up_and_enable(shop: &Shop, person: &Person) -> TwoFactor {
    let setup = set_up(shop, person, PASSWORD).await.expect(200);
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

async fn set_up(shop: &Shop, person: &Person, password: &str) -> Answer {
    shop.post("/api/v1/auth/2fa/setup", &json!({ "password": password })).by(person).send().await
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
    let body = json!({ "password": PASSWORD, "code": two_factor.app.code_at(shop.now()) });
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
async fn a_challenge_leads_to_one_session() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &ada).await;
    let token = challenge(&shop).await;
    second_step(&shop, &token, &two_factor.app.code_at(shop.now())).await.expect(200);
    second_step(&shop, &token, &two_factor.recovery[0]).await.expect_problem(401, "challenge_expired");
    shop.later(Duration::from_secs(30));
    let next = two_factor.app.code_at(shop.now());
    second_step(&shop, &token, &next).await.expect_problem(401, "challenge_expired");
    second_step(&shop, &challenge(&shop).await, &next).await.expect(200);
    second_step(&shop, &challenge(&shop).await, &two_factor.recovery[0]).await.expect(200);
}

#[tokio::test]
async fn a_second_step_makes_one_session_when_calls_fail() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..7 {
            let shop = Shop::open().await;
            let ada = shop.register("ada@example.com").await;
            let two_factor = turn_on(&shop, &ada).await;
            let (token, code) = (challenge(&shop).await, two_factor.app.code_at(shop.now()));
            shop.table.network.fail_any(skip, fault, 5);
            let first = second_step(&shop, &token, &code).await;
            assert!(first.status == 200 || first.status == 503, "{fault:?} after {skip} calls: {}", first.text);
            shop.table.network.heal();
            let second = second_step(&shop, &token, &code).await;
            assert!(["", "challenge_expired", "code_used"].contains(&second.code()), "{}", second.text);
            let sessions = shop.table.items_under(&format!("USER#{} / SESSION", ada.id)).len();
            assert_eq!(sessions, 2, "{fault:?} after {skip} calls: one of the registration, one of the sign-in");
        }
    }
}

#[tokio::test]
async fn wrong_codes_block_strangers_and_not_a_known_device_and_the_owner_hears_that_the_password_is_known() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &ada).await;
    let signed_in = second_step(&shop, &challenge(&shop).await, &two_factor.recovery[0]).await.expect(200);
    let known = signed_in.data()["deviceToken"].as_str().unwrap().to_owned();
    let token = challenge(&shop).await;
    let step_from = |network: usize, code: &str| {
        let body = json!({ "challengeToken": token, "code": code });
        shop.post("/api/v1/auth/login/2fa", &body).from_ip(&format!("198.51.100.{network}"))
    };
    for _ in 0..10 {
        step_from(1, "000000").send().await.expect_problem(401, "invalid_code");
    }
    step_from(1, &two_factor.recovery[1]).send().await.expect_problem(429, "rate_limited");
    for network in 2..32 {
        step_from(network, "000000").send().await.expect_problem(401, "invalid_code");
    }
    step_from(99, &two_factor.recovery[1]).send().await.expect_problem(429, "rate_limited");
    let owner = step_from(99, &two_factor.recovery[1]).header("device-token", &known);
    owner.send().await.expect(200);
    let events = shop.table.events().into_iter();
    let failed: Vec<_> = events.filter(|event| event["type"] == "user.sign_ins_failed").collect();
    assert_eq!(
        failed,
        [json!({ "type": "user.sign_ins_failed", "userId": ada.id.to_string(), "passwordKnown": true })]
    );
}

#[tokio::test]
async fn a_second_factor_needs_a_proven_address_and_the_password() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    set_up(&shop, &ada, PASSWORD).await.expect_problem(409, "email_not_verified");
    shop.prove_address(&ada).await;
    let nothing = shop.request(Method::POST, "/api/v1/auth/2fa/setup").by(&ada).send().await;
    nothing.expect_problem(415, "unsupported_media_type");
    set_up(&shop, &ada, "wrong password").await.expect_problem(401, "wrong_password");
    let credentials = shop.table.items_under(&format!("USER#{} / CREDENTIALS", ada.id));
    assert!(credentials.values().all(|item| item.get("totp_pending").is_none()));
    set_up(&shop, &ada, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn turning_two_factor_on_ends_the_other_sessions() {
    let shop = Shop::open().await;
    let other = shop.register("ada@example.com").await;
    let ada = shop.login("ada@example.com").await;
    shop.prove_address(&other).await;
    let setup = set_up(&shop, &ada, PASSWORD).await.expect(200);
    let secret = setup.data()["secret"].as_str().unwrap();
    let app = Authenticator::try_new(secret, &Email::parse(&ada.email).unwrap(), "Kontor").unwrap();
    let body = json!({ "code": app.code_at(shop.now()) });
    shop.post("/api/v1/auth/2fa/enable", &body).by(&ada).send().await.expect(200);
    assert!(shop.is_accepted(&ada.access).await);
    assert!(!shop.is_accepted(&other.access).await);
    shop.try_refresh(&ada.refresh).await.expect(200);
    shop.try_refresh(&other.refresh).await.expect_problem(401, "session_ended");
}

#[tokio::test]
async fn two_factor_is_turned_off_with_the_password_and_a_code_and_each_change_writes_an_event() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let mut two_factor = turn_on(&shop, &ada).await;
    set_up(&shop, &ada, PASSWORD).await.expect_problem(409, "two_factor_on");
    for recovers in [false, true] {
        let off = |password: &str, code: &str| {
            let body = json!({ "password": password, "code": code });
            shop.post("/api/v1/auth/2fa/disable", &body).by(&ada).send()
        };
        let code = if recovers { two_factor.recovery[0].clone() } else { two_factor.app.code_at(shop.now()) };
        off("wrong password", &code).await.expect_problem(401, "wrong_password");
        off(PASSWORD, "000000").await.expect_problem(401, "invalid_code");
        off(PASSWORD, "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa").await.expect_problem(401, "invalid_code");
        off(PASSWORD, &code).await.expect(200);
        off(PASSWORD, &code).await.expect_problem(409, "two_factor_off");
        if !recovers {
            shop.later(Duration::from_mins(1));
            two_factor = set_up_and_enable(&shop, &ada).await;
        }
    }
    shop.login("ada@example.com").await;
    let events = shop.table.events();
    let changes = events.iter().filter(|event| event["type"] == "user.two_factor_changed");
    assert_eq!(changes.map(|event| event["enabled"] == true).collect::<Vec<_>>(), [true, false, true, false]);
}

#[tokio::test]
async fn new_recovery_codes_need_the_password_and_an_unused_code() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &ada).await;
    let renew = |password: &str, code: &str| {
        let body = json!({ "password": password, "code": code });
        shop.post("/api/v1/auth/2fa/recovery-codes", &body).by(&ada).send()
    };
    let code = two_factor.app.code_at(shop.now());
    renew("wrong password", &code).await.expect_problem(401, "wrong_password");
    second_step(&shop, &challenge(&shop).await, &code).await.expect(200);
    renew(PASSWORD, &code).await.expect_problem(401, "code_used");
    second_step(&shop, &challenge(&shop).await, &two_factor.recovery[0]).await.expect(200);
    renew(PASSWORD, &two_factor.recovery[0]).await.expect_problem(401, "invalid_code");
    let fresh = renew(PASSWORD, &two_factor.recovery[1]).await.expect(200);
    let fresh = fresh.data()["recoveryCodes"][0].as_str().unwrap().to_owned();
    second_step(&shop, &challenge(&shop).await, &two_factor.recovery[2]).await.expect_problem(401, "invalid_code");
    second_step(&shop, &challenge(&shop).await, &fresh).await.expect(200);
}

#[tokio::test]
async fn invented_recovery_codes_count_like_other_wrong_codes() {
    for path in ["/api/v1/auth/confirm", "/api/v1/auth/2fa/recovery-codes", "/api/v1/auth/2fa/disable"] {
        let shop = Shop::open().await;
        let ada = shop.register("ada@example.com").await;
        let two_factor = turn_on(&shop, &ada).await;
        let ask = |code: &str| shop.post(path, &json!({ "password": PASSWORD, "code": code })).by(&ada).send();
        for code in ["000000", "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa"].repeat(5) {
            ask(code).await.expect_problem(401, "invalid_code");
        }
        ask(&two_factor.recovery[0]).await.expect_problem(429, "rate_limited");
    }
}

#[tokio::test]
async fn an_unconfirmed_secret_changes_nothing() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.prove_address(&ada).await;
    let enable = |code: &str| shop.post("/api/v1/auth/2fa/enable", &json!({ "code": code })).by(&ada).send();
    enable("123456").await.expect_problem(409, "two_factor_not_set_up");
    set_up(&shop, &ada, PASSWORD).await.expect(200);
    enable("000000").await.expect_problem(401, "invalid_code");
    shop.login("ada@example.com").await;
}
