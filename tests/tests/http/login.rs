//! `POST /api/v1/auth/login`, the step with the password.

use std::time::Duration;

use accounts::App;
use harness::network::Fault;
use harness::shop::{PASSWORD, Shop, config, person};
use serde_json::json;

#[tokio::test]
async fn a_correct_password_signs_in_and_the_session_is_listed() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let ada = shop.login("Ada@Example.com").await;
    let sessions = shop.get("/api/v1/auth/sessions").by(&ada).send().await.expect(200);
    let current: Vec<bool> = sessions.data().as_array().unwrap().iter().map(|s| s["current"] == true).collect();
    assert_eq!(current.iter().filter(|&&is| is).count(), 1);
    assert_eq!(current.len(), 2);
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_get_the_same_answer_at_the_same_cost() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let mut seen = Vec::new();
    for (email, password) in [("ada@example.com", "wrong password"), ("eve@example.com", PASSWORD)] {
        shop.table.network.take_calls();
        let hashed = shop.app.hasher.computed();
        let answer = shop.try_login(email, password).await.expect_problem(401, "invalid_credentials");
        let mut calls: Vec<String> = shop.table.network.take_calls().into_iter().map(|call| call.operation).collect();
        calls.sort();
        seen.push((answer.text, calls, shop.app.hasher.computed() - hashed));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].2, 1);
}

/// Shops of tests hash with less work.
#[tokio::test]
async fn a_deployed_shop_hashes_passwords_with_the_work_that_owasp_recommends() {
    let shop = Shop::open().await;
    let app = App::new(&config(), shop.app.context.clone(), shop.secrets.clone());
    let hash = app.hasher.hash(PASSWORD).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

#[tokio::test]
async fn a_legacy_hash_is_accepted_once_and_replaced() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let now =
        shop.table.items()[&format!("USER#{} / CREDENTIALS", ada.id)]["password_hash"].as_str().unwrap().to_owned();
    let legacy = bcrypt::hash(PASSWORD, 4).unwrap();
    shop.store().rehash(ada.id, &now, legacy).await.unwrap();
    let refused = shop.try_login("ada@example.com", "wrong password").await;
    assert_eq!(refused.status, 401);
    shop.try_login("ada@example.com", PASSWORD).await.expect(200);
    let kept =
        shop.table.items()[&format!("USER#{} / CREDENTIALS", ada.id)]["password_hash"].as_str().unwrap().to_owned();
    assert!(kept.starts_with(&shop.app.hasher.form()), "{kept}");
    shop.login("ada@example.com").await;
}

#[tokio::test]
async fn a_new_kind_of_device_writes_one_event() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    shop.login("ada@example.com").await;
    assert_eq!(shop.table.events().len(), 1, "the device of the registration is known");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    for _ in 0..2 {
        shop.post("/api/v1/auth/login", &body).header("user-agent", "curl/8.5.0").send().await.expect(200);
    }
    let events = shop.table.events();
    assert_eq!(events.len(), 2);
    assert_eq!(
        (&events[1]["type"], &events[1]["device"], &events[1]["ip"]),
        (&json!("user.new_device"), &json!("curl"), &json!("192.0.2.1"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_first_sign_ins_from_a_device_all_succeed_and_write_one_event() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let tries: Vec<_> = (0..8)
        .map(|_| tokio::spawn(shop.post("/api/v1/auth/login", &body).header("user-agent", "curl/8.5.0").send()))
        .collect();
    for answer in tries {
        let ada = person(&answer.await.unwrap().expect(200));
        assert!(shop.is_accepted(&ada.access).await);
    }
    assert_eq!(shop.table.events().iter().filter(|event| event["type"] == "user.new_device").count(), 1);
}

#[tokio::test]
async fn a_login_answers_503_while_the_table_fails_and_works_afterwards() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    for operation in ["GetItem", "BatchGetItem", "UpdateItem", "PutItem"] {
        shop.table.network.fail(operation, Fault::Before, 6);
        shop.try_login("ada@example.com", PASSWORD).await.expect_problem(503, "busy");
        shop.table.network.heal();
    }
    shop.later(Duration::from_mins(15));
    shop.login("ada@example.com").await;
}
