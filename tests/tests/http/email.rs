//! Verification of a mail address.

use std::time::Duration;

use axum::http::Method;
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
