//! Changing a mail address: proven with a link to the new one, and told to the old one.

use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use domain::email::Email;
use domain::user::MailStop;
use harness::shop::{Answer, PASSWORD, Person, Shop};
use serde_json::{Value, json};
use store::links::LinkKind;

use crate::two_factor::turn_on;

const NEW: &str = "lovelace@example.com";

async fn ask(shop: &Shop, person: &Person, email: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD });
    shop.post("/api/v1/users/me/email", &body).by(person).send().await
}

/// The token of the link that was mailed last.
async fn token(shop: &Shop) -> String {
    shop.mailed_token(LinkKind::ChangeEmail, "user.email_change_requested").await
}

async fn confirm(shop: &Shop, person: &Person, token: &str) -> Answer {
    shop.post("/api/v1/users/me/email/confirm", &json!({ "token": token })).by(person).send().await
}

/// Asks for the address and follows the link.
async fn change(shop: &Shop, person: &Person, email: &str) -> Answer {
    ask(shop, person, email).await.expect(202);
    confirm(shop, person, &token(shop).await).await
}

fn events(shop: &Shop, kind: &str) -> usize {
    shop.table.events().iter().filter(|event| event["type"] == kind).count()
}

/// The addresses that have an account, as the table keeps them.
fn addresses(shop: &Shop) -> Vec<String> {
    let items = shop.table.items_under("EMAIL#").into_keys();
    items.filter_map(|key| Some(key.strip_prefix("EMAIL#")?.split(" / ").next()?.to_owned())).collect()
}

#[tokio::test]
async fn a_link_to_the_new_address_moves_the_account_there_once() {
    let shop = Shop::open().await;
    let admin = shop.staff("admin@example.com", Role::Admin).await;
    let ada = shop.register_verified("ada@example.com").await;
    ask(&shop, &ada, &format!(" {} ", NEW.to_uppercase())).await.expect(202);
    let before = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
    assert_eq!(before.data()["email"], "ada@example.com", "nothing changes until the link is followed");
    shop.later(Duration::from_secs(1));
    let token = token(&shop).await;
    let changed = confirm(&shop, &ada, &token).await.expect(200);
    assert_eq!((&changed.data()["email"], &changed.data()["emailVerified"]), (&json!(NEW), &json!(true)));
    let me = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
    assert_eq!((me.data(), me.header("etag")), (changed.data(), changed.header("etag")));
    confirm(&shop, &ada, &token).await.expect_problem(400, "link_invalid");
    shop.try_login("ada@example.com", PASSWORD).await.expect_problem(401, "invalid_credentials");
    assert_eq!(shop.login(NEW).await.id, ada.id);
    assert_eq!(addresses(&shop), ["admin@example.com", NEW]);
    assert_eq!((events(&shop, "user.email_changed"), events(&shop, "user.email_verified")), (1, 1));
    for (beginning, found) in [("lovelace", 1), ("ada", 0)] {
        let list = shop.get(&format!("/api/v1/users?email={beginning}")).by(&admin).send().await.expect(200);
        assert_eq!(list.data().as_array().unwrap().len(), found, "{beginning}");
    }
    let trail = shop.get("/api/v1/audit?action=user.change-email").by(&admin).send().await.expect(200);
    let entry = &trail.data()[0];
    assert_eq!((&entry["actor"], &entry["subject"]), (&json!(ada.id.to_string()), &json!(ada.id.to_string())));
    assert_eq!((&entry["before"], &entry["after"]), (&json!("a…@example.com"), &json!("l…@example.com")));
    shop.register("ada@example.com").await;
}

#[tokio::test]
async fn the_answer_does_not_say_whether_an_address_has_an_account() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    shop.register_verified("bob@example.com").await;
    let free = ask(&shop, &ada, NEW).await.expect(202);
    shop.later(Duration::from_secs(1));
    let taken = ask(&shop, &ada, "bob@example.com").await;
    let known = |answer: &Answer| [&answer.json["message"], &answer.json["data"]].map(Value::to_string);
    assert_eq!(known(&free), known(&taken.expect(202)));
    assert_eq!(events(&shop, "user.email_change_requested"), 2);
    // Its mail has no link. Whoever had the token all the same would not get the address.
    let link = token(&shop).await;
    confirm(&shop, &ada, &link).await.expect_problem(409, "email_taken");
    assert_eq!(addresses(&shop), ["ada@example.com", "bob@example.com"]);
    let own = ask(&shop, &ada, "Ada@example.com").await.expect_problem(400, "validation_failed");
    assert_eq!(own.fields(), ["email"]);
}

#[tokio::test]
async fn the_password_and_the_second_factor_are_asked_for_and_the_code_works_once() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let send = |body: Value| shop.post("/api/v1/users/me/email", &body).by(&ada).send();
    send(json!({ "email": NEW, "password": "wrong" })).await.expect_problem(401, "wrong_password");
    let with_code = |code: &str| json!({ "email": NEW, "password": PASSWORD, "code": code });
    send(with_code("123456")).await.expect_problem(409, "two_factor_off");
    let two_factor = turn_on(&shop, &ada).await;
    let without = send(json!({ "email": NEW, "password": PASSWORD })).await;
    assert_eq!(without.expect_problem(400, "validation_failed").fields(), ["code"]);
    send(with_code("000000")).await.expect_problem(401, "invalid_code");
    assert_eq!(events(&shop, "user.email_change_requested"), 0);
    for (code, again) in
        [(two_factor.app.code_at(shop.now()), "code_used"), (two_factor.recovery[0].clone(), "invalid_code")]
    {
        send(with_code(&code)).await.expect(202);
        send(with_code(&code)).await.expect_problem(401, again);
    }
    confirm(&shop, &ada, &token(&shop).await).await.expect(200);
    let challenge = shop.try_login(NEW, PASSWORD).await.expect(200);
    assert_eq!(challenge.data()["twoFactorRequired"], true, "the second factor stays");
}

#[tokio::test]
async fn only_the_account_that_asked_for_it_can_follow_the_link() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let eve = shop.register_verified("eve@example.com").await;
    ask(&shop, &ada, NEW).await.expect(202);
    let link = token(&shop).await;
    let body = json!({ "token": link });
    shop.post("/api/v1/users/me/email/confirm", &body).send().await.expect_problem(401, "unauthenticated");
    confirm(&shop, &eve, &link).await.expect_problem(400, "link_invalid");
    shop.post("/api/v1/auth/email/verify", &body).by(&ada).send().await.expect_problem(400, "link_invalid");
    let reset = json!({ "token": link, "password": "another long sentence" });
    shop.post("/api/v1/auth/password/reset", &reset).send().await.expect_problem(400, "link_invalid");
    confirm(&shop, &ada, &link).await.expect(200);
}

#[tokio::test]
async fn a_link_ends_after_an_hour_and_with_whatever_ends_sessions() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    ask(&shop, &ada, NEW).await.expect(202);
    let late = token(&shop).await;
    shop.later(Duration::from_hours(1));
    let ada = Person { email: ada.email.clone(), ..shop.login("ada@example.com").await };
    confirm(&shop, &ada, &late).await.expect_problem(400, "link_invalid");
    ask(&shop, &ada, NEW).await.expect(202);
    let before = token(&shop).await;
    let new = json!({ "currentPassword": PASSWORD, "newPassword": "another long sentence" });
    shop.post("/api/v1/auth/password/change", &new).by(&ada).send().await.expect(200);
    confirm(&shop, &ada, &before).await.expect_problem(400, "link_invalid");
    assert_eq!(addresses(&shop), ["ada@example.com"]);
}

#[tokio::test]
async fn other_sessions_end_and_links_that_went_to_the_old_address_are_dead() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let other = shop.login("ada@example.com").await;
    let verify = shop.mailed_token(LinkKind::Verify, "user.registered").await;
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": ada.email })).send().await.expect(202);
    let reset = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    change(&shop, &ada, NEW).await.expect(200);
    assert!(shop.is_accepted(&ada.access).await && !shop.is_accepted(&other.access).await);
    shop.try_refresh(&other.refresh).await.expect_problem(401, "session_ended");
    shop.try_refresh(&ada.refresh).await.expect(200);
    let body = json!({ "token": verify });
    shop.post("/api/v1/auth/email/verify", &body).send().await.expect_problem(400, "link_invalid");
    let body = json!({ "token": reset, "password": "a stranger's sentence" });
    shop.post("/api/v1/auth/password/reset", &body).send().await.expect_problem(400, "link_invalid");
    shop.login(NEW).await;
    assert_eq!(events(&shop, "user.email_verified"), 1, "it was the first proof of an address of this account");
}

#[tokio::test]
async fn of_two_changes_of_one_user_the_first_that_is_confirmed_counts() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    ask(&shop, &ada, "one@example.com").await.expect(202);
    let one = token(&shop).await;
    shop.later(Duration::from_secs(1));
    ask(&shop, &ada, "two@example.com").await.expect(202);
    let two = token(&shop).await;
    confirm(&shop, &ada, &two).await.expect(200);
    confirm(&shop, &ada, &one).await.expect_problem(400, "link_invalid");
    assert_eq!(addresses(&shop), ["two@example.com"]);
}

/// The statuses of requests that were sent at the same time.
async fn at_once(requests: Vec<harness::request::TestRequest>) -> Vec<u16> {
    let sent: Vec<_> = requests.into_iter().map(|request| tokio::spawn(request.send())).collect();
    let mut statuses = Vec::new();
    for answer in sent {
        statuses.push(answer.await.unwrap().status.as_u16());
    }
    statuses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_want_one_address_at_the_same_moment_one_gets_it() {
    let shop = Shop::open().await;
    let mut requests = Vec::new();
    for n in 0..3 {
        let person = shop.register_verified(&format!("user{n}@example.com")).await;
        ask(&shop, &person, NEW).await.expect(202);
        let body = json!({ "token": token(&shop).await });
        requests.push(shop.post("/api/v1/users/me/email/confirm", &body).by(&person));
        shop.later(Duration::from_secs(1));
    }
    let registration = json!({ "email": NEW, "password": PASSWORD, "name": "Eve" });
    requests.push(shop.post("/api/v1/auth/register", &registration));
    let statuses = at_once(requests).await;
    assert_eq!(statuses.iter().filter(|status| matches!(status, 200 | 201)).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 3, "{statuses:?}");
    let profiles: Vec<Value> = shop
        .table
        .items_under("USER#")
        .into_iter()
        .filter(|(key, _)| key.ends_with("PROFILE"))
        .map(|(_, it)| it)
        .collect();
    let mut theirs: Vec<&str> = profiles.iter().map(|profile| profile["email"].as_str().unwrap()).collect();
    theirs.sort_unstable();
    let mut kept = addresses(&shop);
    kept.sort_unstable();
    assert_eq!(theirs, kept, "each account has its address and no other");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_and_a_deletion_at_the_same_moment_leave_no_address_behind() {
    for _ in 0..4 {
        let shop = Shop::open().await;
        let ada = shop.register_verified("ada@example.com").await;
        ask(&shop, &ada, NEW).await.expect(202);
        let body = json!({ "token": token(&shop).await });
        let delete = shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": PASSWORD }));
        let confirm = shop.post("/api/v1/users/me/email/confirm", &body);
        let statuses = at_once(vec![confirm.by(&ada), delete.by(&ada)]).await;
        let left = addresses(&shop);
        match statuses[1] {
            200 => assert!(left.is_empty(), "{statuses:?} {left:?}"),
            _ => assert_eq!((statuses[0], left), (200, vec![NEW.to_owned()])),
        }
    }
}

#[tokio::test]
async fn mail_that_stopped_at_the_old_address_goes_to_the_new_one() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let old = Email::parse("ada@example.com").unwrap();
    shop.store().stop_mail(ada.id, &old, MailStop::Bounced).await.unwrap();
    let undeliverable = async || {
        let me = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
        me.data()["emailUndeliverable"].clone()
    };
    assert_eq!(undeliverable().await, true);
    change(&shop, &ada, NEW).await.expect(200);
    assert_eq!(undeliverable().await, false);
    shop.store().stop_mail(ada.id, &old, MailStop::Bounced).await.unwrap();
    assert_eq!(undeliverable().await, false, "a late report is about the old address");
}

#[tokio::test]
async fn a_user_asks_five_times_an_hour_and_all_users_ten_times_for_one_mailbox() {
    let shop = Shop::open().await;
    let mut asked = 0;
    for n in 0..3 {
        let person = shop.register_verified(&format!("user{n}@example.com")).await;
        for _ in 0..5 {
            let spelling = format!("lovelace+{asked}@example.com");
            let body = json!({ "email": spelling, "password": PASSWORD });
            let ip = format!("198.51.100.{asked}");
            let answer = shop.post("/api/v1/users/me/email", &body).by(&person).from_ip(&ip).send().await;
            assert_eq!(answer.status.as_u16(), if asked < 10 { 202 } else { 429 }, "{asked}");
            asked += 1;
        }
    }
    let ada = shop.register_verified("ada@example.com").await;
    for n in 0..6 {
        let answer = ask(&shop, &ada, &format!("mine{n}@example.com")).await;
        assert_eq!(answer.status.as_u16(), if n < 5 { 202 } else { 429 }, "{n}");
    }
    assert_eq!(events(&shop, "user.email_change_requested"), 15);
}
