//! Verification of a mail address.

use std::time::Duration;

use axum::http::Method;
use harness::network::Fault;
use harness::shop::Shop;
use serde_json::json;
use store::links::LinkKind;

#[tokio::test]
async fn a_mailed_link_verifies_the_address_once() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let token = shop.mailed_token(LinkKind::Verify, "user.registered").await;
    let verify = shop.post("/api/v1/auth/email/verify", &json!({ "token": token }));
    let verified = verify.by(&ada).send().await.expect(200);
    assert_eq!(verified.data()["passwordResetToken"], json!(null));
    let me = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
    assert_eq!(me.data()["emailVerified"], true);
    shop.post("/api/v1/auth/email/verify", &json!({ "token": token })).send().await.expect_problem(400, "link_invalid");
    shop.request(Method::POST, "/api/v1/auth/email/resend")
        .by(&ada)
        .send()
        .await
        .expect_problem(409, "already_verified");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_concurrent_verifications_one_succeeds() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let token = shop.mailed_token(LinkKind::Verify, "user.registered").await;
    let body = json!({ "token": token });
    let tries: Vec<_> = (0..6).map(|_| tokio::spawn(shop.post("/api/v1/auth/email/verify", &body).send())).collect();
    let mut statuses = Vec::new();
    for answer in tries {
        statuses.push(answer.await.unwrap().status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400, 400, 400, 400]);
}

#[tokio::test]
async fn the_link_is_sent_again_on_request_and_expires() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.request(Method::POST, "/api/v1/auth/email/resend").by(&ada).send().await.expect(202);
    let token = shop.mailed_token(LinkKind::Verify, "user.verification_requested").await;
    shop.later(Duration::from_hours(3 * 24));
    shop.post("/api/v1/auth/email/verify", &json!({ "token": token })).send().await.expect_problem(400, "link_invalid");
}

#[tokio::test]
async fn the_first_proof_of_an_address_is_an_event_and_later_ones_are_not() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.request(Method::POST, "/api/v1/auth/email/resend").by(&ada).send().await.expect(202);
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": ada.email })).send().await.expect(202);
    let proofs = || shop.table.events().into_iter().filter(|event| event["type"] == "user.email_verified").count();
    assert_eq!(proofs(), 0);
    for event in ["user.registered", "user.verification_requested"] {
        let token = shop.mailed_token(LinkKind::Verify, event).await;
        shop.table.network.fail("TransactWriteItems", Fault::After, 1);
        shop.post("/api/v1/auth/email/verify", &json!({ "token": token })).by(&ada).send().await.expect(200);
        assert_eq!(proofs(), 1, "{event}");
    }
    let token = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    let reset = json!({ "token": token, "password": "another long sentence" });
    shop.post("/api/v1/auth/password/reset", &reset).send().await.expect(200);
    assert_eq!(proofs(), 1);
}

#[tokio::test]
async fn a_new_password_through_a_mailed_link_is_a_first_proof_too() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": ada.email })).send().await.expect(202);
    let token = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    let reset = json!({ "token": token, "password": "another long sentence" });
    shop.post("/api/v1/auth/password/reset", &reset).send().await.expect(200);
    let proof = json!({ "type": "user.email_verified", "userId": ada.id.to_string() });
    assert_eq!(shop.table.events().into_iter().filter(|event| *event == proof).count(), 1);
}
