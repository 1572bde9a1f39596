//! What a customer does with an account.

use axum::http::Method;
use domain::email::Email;
use domain::time::Time;
use domain::totp::Authenticator;
use harness::cloud::Cloud;
use harness::orders::book_address;
use harness::shop::{PASSWORD, person};
use kit::runtime::clock::Clock;
use serde_json::json;

use crate::fixtures::{register, register_verified, token_in};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";

#[tokio::test]
async fn a_user_registers_confirms_the_address_and_signs_in_from_another_device() {
    let cloud = Cloud::find();
    let ada = register(&cloud, "ada.journey@example.com").await;
    let verify = cloud.mail(&ada.email, "Please confirm your address").await;
    assert!(verify.text.contains("Hello,") && verify.to == ada.email, "{}", verify.to);
    let token = token_in(&verify);
    cloud.post("/api/v1/auth/email/verify", Some(&ada.access), &json!({ "token": token })).await.expect(200);
    assert!(cloud.mail(&ada.email, "Welcome").await.text.contains("Hello Ada Lovelace,"));
    cloud.post("/api/v1/auth/email/verify", None, &json!({ "token": token })).await.expect_problem(400, "link_invalid");
    let me = cloud.get("/api/v1/users/me", Some(&ada.access)).await.expect(200);
    assert_eq!(me.data()["emailVerified"], true);

    let login = json!({ "email": ada.email, "password": PASSWORD });
    let laptop = person(&cloud.with_agent(FIREFOX).post("/api/v1/auth/login", None, &login).await.expect(200));
    let mail = cloud.mail(&ada.email, "A new device").await;
    assert!(mail.text.contains("Firefox on Linux") && mail.html.contains("Firefox on Linux"));
    let sessions = cloud.get("/api/v1/auth/sessions", Some(&laptop.access)).await.expect(200);
    assert_eq!(sessions.data().as_array().unwrap().len(), 2);

    let next =
        person(&cloud.post("/api/v1/auth/refresh", None, &json!({ "refreshToken": ada.refresh })).await.expect(200));
    cloud.request(Method::POST, "/api/v1/auth/logout", Some(&next.access), None).await.expect(200);
    cloud.get("/api/v1/users/me", Some(&next.access)).await.expect_problem(401, "session_ended");
    cloud.get("/api/v1/users/me", Some(&laptop.access)).await.expect(200);
    let mails = cloud.mails_to(&ada.email).await;
    assert_eq!(mails.len(), 3, "each mail came once");
}

#[tokio::test]
async fn a_user_sets_a_new_password_through_a_mailed_link() {
    let cloud = Cloud::find();
    let ada = register(&cloud, "forgetful@example.com").await;
    cloud.post("/api/v1/auth/password/forgot", None, &json!({ "email": "nobody@example.com" })).await.expect(202);
    cloud.post("/api/v1/auth/password/forgot", None, &json!({ "email": ada.email })).await.expect(202);
    let token = token_in(&cloud.mail(&ada.email, "Set a new password").await);
    let body = json!({ "token": token, "password": "another long sentence" });
    cloud.post("/api/v1/auth/password/reset", None, &body).await.expect(200);
    cloud.get("/api/v1/users/me", Some(&ada.access)).await.expect_problem(401, "session_ended");
    let login = |password: &str| json!({ "email": ada.email, "password": password });
    cloud.post("/api/v1/auth/login", None, &login(PASSWORD)).await.expect_problem(401, "invalid_credentials");
    cloud.post("/api/v1/auth/login", None, &login("another long sentence")).await.expect(200);
    cloud.mail(&ada.email, "Your password for Kontor was changed").await;
    assert!(cloud.mails_to("nobody@example.com").await.is_empty());
}

#[tokio::test]
async fn a_user_turns_two_factor_on_signs_in_with_a_recovery_code_and_turns_it_off() {
    let cloud = Cloud::find();
    let ada = register(&cloud, "careful@example.com").await;
    let password = json!({ "password": PASSWORD });
    let setup = async || cloud.post("/api/v1/auth/2fa/setup", Some(&ada.access), &password).await;
    setup().await.expect_problem(409, "email_not_verified");
    let verify = json!({ "token": token_in(&cloud.mail(&ada.email, "Please confirm your address").await) });
    cloud.post("/api/v1/auth/email/verify", Some(&ada.access), &verify).await.expect(200);
    let setup = setup().await.expect(200);
    let secret = setup.data()["secret"].as_str().unwrap();
    let app = Authenticator::try_new(secret, &Email::parse(&ada.email).unwrap(), "Kontor").unwrap();
    let now: Time = Clock::system().now();
    let on = cloud
        .post("/api/v1/auth/2fa/enable", Some(&ada.access), &json!({ "code": app.code_at(now) }))
        .await
        .expect(200);
    cloud.mail(&ada.email, "Two-factor sign-in is on").await;
    let challenge =
        cloud.post("/api/v1/auth/login", None, &json!({ "email": ada.email, "password": PASSWORD })).await.expect(200);
    let step = |code: &serde_json::Value| json!({ "challengeToken": challenge.data()["challengeToken"], "code": code });
    let recovery = &on.data()["recoveryCodes"][0];
    cloud.post("/api/v1/auth/login/2fa", None, &step(recovery)).await.expect(200);
    cloud.post("/api/v1/auth/login/2fa", None, &step(recovery)).await.expect_problem(401, "challenge_expired");
    let off = json!({ "password": PASSWORD, "code": recovery });
    cloud.post("/api/v1/auth/2fa/disable", Some(&ada.access), &off).await.expect_problem(401, "invalid_code");
    let off = json!({ "password": PASSWORD, "code": on.data()["recoveryCodes"][1] });
    cloud.post("/api/v1/auth/2fa/disable", Some(&ada.access), &off).await.expect(200);
    cloud.mail(&ada.email, "Two-factor sign-in is off").await;
}

#[tokio::test]
async fn the_owner_of_an_address_takes_over_an_account_that_a_stranger_registered_with_it() {
    let cloud = Cloud::find();
    let email = "victim.journey@example.com";
    let eve = register(&cloud, email).await;
    let as_eve = async |path: &str, body: serde_json::Value| cloud.post(path, Some(&eve.access), &body).await;
    as_eve("/api/v1/auth/2fa/setup", json!({ "password": PASSWORD })).await.expect_problem(409, "email_not_verified");
    let address = json!({ "type": "shipping", "name": "Eve", "line1": "1 Trap St", "city": "London", "postalCode": "N1", "country": "GB" });
    as_eve("/api/v1/users/me/addresses", address).await.expect(201);
    cloud.post("/api/v1/auth/password/forgot", None, &json!({ "email": email })).await.expect(202);
    let token = token_in(&cloud.mail(email, "Set a new password").await);
    // The stranger notices it and tries to make the link invalid.
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "another long sentence" });
    as_eve("/api/v1/auth/password/change", change).await.expect(200);

    let own = "a sentence of my own";
    let reset = json!({ "token": token, "password": own, "name": "Vic Tim" });
    cloud.post("/api/v1/auth/password/reset", None, &reset).await.expect(200);
    cloud.get("/api/v1/users/me", Some(&eve.access)).await.expect_problem(401, "session_ended");
    let refresh = json!({ "refreshToken": eve.refresh });
    cloud.post("/api/v1/auth/refresh", None, &refresh).await.expect_problem(401, "session_ended");
    let login = |password: &str| json!({ "email": email, "password": password });
    for stale in [PASSWORD, "another long sentence"] {
        cloud.post("/api/v1/auth/login", None, &login(stale)).await.expect_problem(401, "invalid_credentials");
    }
    let signed_in = cloud.post("/api/v1/auth/login", None, &login(own)).await.expect(200);
    assert_eq!(signed_in.data()["user"]["name"], "Vic Tim");
    assert_eq!(signed_in.data()["user"]["emailVerified"], true);
    let me = person(&signed_in);
    let addresses = cloud.get("/api/v1/users/me/addresses", Some(&me.access)).await.expect(200);
    assert_eq!(addresses.data(), &json!([]));
}

#[tokio::test]
async fn an_operator_removes_a_lost_second_factor_and_the_user_is_told() {
    let cloud = Cloud::find();
    let ada = register_verified(&cloud, "lost.phone@example.com").await;
    let setup =
        cloud.post("/api/v1/auth/2fa/setup", Some(&ada.access), &json!({ "password": PASSWORD })).await.expect(200);
    let secret = setup.data()["secret"].as_str().unwrap();
    let app = Authenticator::try_new(secret, &Email::parse(&ada.email).unwrap(), "Kontor").unwrap();
    let code = json!({ "code": app.code_at(Clock::system().now()) });
    cloud.post("/api/v1/auth/2fa/enable", Some(&ada.access), &code).await.expect(200);
    assert!(cloud.operate(&["reset-2fa", &ada.email]).contains("is off"));
    cloud.get("/api/v1/users/me", Some(&ada.access)).await.expect_problem(401, "session_ended");
    let login = json!({ "email": ada.email, "password": PASSWORD });
    let me = person(&cloud.post("/api/v1/auth/login", None, &login).await.expect(200));
    let profile = cloud.get("/api/v1/users/me", Some(&me.access)).await.expect(200);
    assert_eq!(profile.data()["twoFactorEnabled"], false);
    cloud.mail(&ada.email, "Two-factor sign-in is off").await;
}

#[tokio::test]
async fn a_user_manages_addresses_unsubscribes_exports_the_data_and_deletes_the_account() {
    let cloud = Cloud::find();
    let ada = register_verified(&cloud, "leaving@example.com").await;
    let address = book_address("billing");
    let added = cloud.post("/api/v1/users/me/addresses", Some(&ada.access), &address).await.expect(201);
    assert_eq!(added.data()["isDefault"], true);
    let welcome = cloud.mail(&ada.email, "Welcome").await;
    let link = welcome.text.split("Stop these mails: ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert!(cloud.fetch(Method::GET, &link, &[], None).await.expect(200).text.contains("<button>"));
    cloud.fetch(Method::POST, &link, &[], None).await.expect(200);
    let export = cloud.get("/api/v1/users/me/export", Some(&ada.access)).await.expect(200);
    assert_eq!(export.data()["profile"]["preferences"]["account"], false);
    assert_eq!(export.data()["addresses"][0]["id"], added.data()["id"]);
    cloud
        .request(Method::DELETE, "/api/v1/users/me", Some(&ada.access), Some(&json!({ "password": PASSWORD })))
        .await
        .expect(200);
    cloud.get("/api/v1/users/me", Some(&ada.access)).await.expect_problem(401, "session_ended");
    register(&cloud, "leaving@example.com").await;
}
