//! What staff do with users: bans, roles, the audit trail and lists.

use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use harness::shop::{Person, Shop};
use janitor::Done;
use serde_json::{Value, json};

async fn ban(shop: &Shop, staff: &Person, person: &Person, until: &str) -> harness::shop::Answer {
    let body = json!({ "reason": "Too many returns", "until": until });
    shop.post(&format!("/api/v1/users/{}/ban", person.id), &body).by(staff).send().await
}

async fn set_role(shop: &Shop, staff: &Person, person: &Person, role: &str) -> harness::shop::Answer {
    let path = format!("/api/v1/users/{}/role", person.id);
    shop.request(Method::PATCH, &path).json(&json!({ "role": role })).by(staff).send().await
}

#[tokio::test]
async fn a_ban_applies_from_the_next_request_and_ends_by_itself() {
    let shop = Shop::open().await;
    let support = shop.staff("sam@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    let banned = ban(&shop, &support, &ada, "2026-11-20T10:10:00Z").await.expect(200);
    assert_eq!(banned.data()["ban"]["reason"], "Too many returns");
    assert_eq!(banned.data()["ban"]["byRole"], "support");
    let refused = shop.get("/api/v1/users/me").by(&ada).send().await.expect_problem(403, "account_banned");
    assert!(refused.json["message"].as_str().unwrap().contains("2026-11-20T10:10:00.000Z"));
    shop.try_refresh(&ada.refresh).await.expect_problem(403, "account_banned");
    shop.try_login("ada@example.com", harness::shop::PASSWORD).await.expect_problem(403, "account_banned");
    shop.try_login("ada@example.com", "wrong password").await.expect_problem(401, "invalid_credentials");

    shop.later(Duration::from_mins(10));
    shop.get("/api/v1/users/me").by(&ada).send().await.expect_problem(401, "session_ended");
    shop.login("ada@example.com").await;
    let janitor = shop.janitor();
    assert_eq!(janitor.run().await.unwrap(), Done { done: 1, ..Done::default() });
    assert_eq!(janitor.run().await.unwrap(), Done::default());
    let types: Vec<Value> = shop.table.events().into_iter().map(|event| event["type"].clone()).collect();
    assert_eq!(types[types.len() - 2..], [json!("user.banned"), json!("user.unbanned")]);
}

#[tokio::test]
async fn staff_can_lift_a_ban_and_a_new_ban_does_not_end_at_the_old_time() {
    let shop = Shop::open().await;
    let support = shop.staff("sam@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    let path = format!("/api/v1/users/{}/ban", ada.id);
    let unban = || shop.request(Method::DELETE, &path).by(&support).send();
    unban().await.expect_problem(409, "not_banned");
    ban(&shop, &support, &ada, "2026-11-20T10:05:00Z").await.expect(200);
    unban().await.expect(200);
    shop.login("ada@example.com").await;
    ban(&shop, &support, &ada, "2026-11-20T10:05:00Z").await.expect(200);
    ban(&shop, &support, &ada, "2026-11-20T11:00:00Z").await.expect(200);
    shop.later(Duration::from_mins(6));
    let janitor = shop.janitor();
    assert_eq!(janitor.run().await.unwrap(), Done::default());
    shop.try_login("ada@example.com", harness::shop::PASSWORD).await.expect_problem(403, "account_banned");
}

#[tokio::test]
async fn staff_act_on_lower_roles_and_never_on_themselves() {
    let shop = Shop::open().await;
    let admin = shop.staff("root@example.com", Role::Admin).await;
    let support = shop.staff("sam@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    let until = "2027-01-01T00:00:00Z";
    ban(&shop, &ada, &support, until).await.expect_problem(403, "forbidden");
    ban(&shop, &support, &admin, until).await.expect_problem(403, "outranked");
    ban(&shop, &support, &support, until).await.expect_problem(403, "not_oneself");
    set_role(&shop, &support, &ada, "support").await.expect_problem(403, "forbidden");
    set_role(&shop, &admin, &admin, "customer").await.expect_problem(403, "not_oneself");
    ban(&shop, &admin, &support, until).await.expect(200);
    assert!(!shop.is_accepted(&support.access).await);
}

#[tokio::test]
async fn a_ban_by_an_admin_is_not_lifted_or_shortened_by_support() {
    let shop = Shop::open().await;
    let admin = shop.staff("root@example.com", Role::Admin).await;
    let support = shop.staff("sam@example.com", Role::Support).await;
    let colleague = shop.staff("tom@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    let until = "2027-01-01T00:00:00Z";
    let lift = async |staff: &Person, person: &Person| {
        shop.request(Method::DELETE, &format!("/api/v1/users/{}/ban", person.id)).by(staff).send().await
    };
    for banned in [&colleague, &ada] {
        ban(&shop, &admin, banned, until).await.expect(200);
        let before = shop.table.items_under("USER#");
        lift(&support, banned).await.expect_problem(403, "outranked");
        ban(&shop, &support, banned, "2026-11-20T10:00:01Z").await.expect_problem(403, "outranked");
        assert_eq!(shop.table.items_under("USER#"), before);
        lift(&admin, banned).await.expect(200);
    }
    // Their own bans they lift, an admin lifts them, and after the end of an admin's ban they may ban again.
    ban(&shop, &support, &ada, until).await.expect(200);
    lift(&support, &ada).await.expect(200);
    ban(&shop, &support, &ada, until).await.expect(200);
    lift(&admin, &ada).await.expect(200);
    ban(&shop, &admin, &ada, "2026-11-20T10:00:01Z").await.expect(200);
    shop.later(Duration::from_secs(2));
    ban(&shop, &support, &ada, until).await.expect(200);
    set_role(&shop, &admin, &ada, "admin").await.expect_problem(409, "user_banned");
    set_role(&shop, &admin, &ada, "customer").await.expect(200);
}

#[tokio::test]
async fn a_changed_role_applies_from_the_next_request() {
    let shop = Shop::open().await;
    let admin = shop.staff("root@example.com", Role::Admin).await;
    let ada = shop.register("ada@example.com").await;
    shop.get("/api/v1/users").by(&ada).send().await.expect_problem(403, "forbidden");
    assert_eq!(set_role(&shop, &admin, &ada, "support").await.expect(200).data()["role"], "support");
    shop.get("/api/v1/users").by(&ada).send().await.expect(200);
    set_role(&shop, &admin, &ada, "customer").await.expect(200);
    shop.get("/api/v1/users").by(&ada).send().await.expect_problem(403, "forbidden");
    let answer = set_role(&shop, &admin, &ada, "root").await.expect_problem(400, "validation_failed");
    assert_eq!(answer.fields(), ["role"]);
}

#[tokio::test]
async fn the_audit_trail_has_every_act_with_its_actor_and_the_values_before_and_after() {
    let shop = Shop::open().await;
    let admin = shop.staff("root@example.com", Role::Admin).await;
    let ada = shop.register("ada@example.com").await;
    set_role(&shop, &admin, &ada, "support").await.expect(200);
    set_role(&shop, &admin, &ada, "support").await.expect(200);
    shop.later(Duration::from_secs(1));
    ban(&shop, &admin, &ada, "2026-12-01T00:00:00Z").await.expect(200);
    shop.later(Duration::from_secs(1));
    shop.request(Method::DELETE, &format!("/api/v1/users/{}/ban", ada.id)).by(&admin).send().await.expect(200);
    let trail = shop.get(&format!("/api/v1/audit?actor={}", admin.id)).by(&admin).send().await.expect(200);
    let entries = trail.data().as_array().unwrap().clone();
    let acts: Vec<Value> =
        entries.iter().map(|entry| json!([entry["action"], entry["before"], entry["after"]])).collect();
    let reason = "until 2026-12-01T00:00:00.000Z: Too many returns";
    assert_eq!(
        acts,
        [
            json!(["user.unban", reason, null]),
            json!(["user.ban", null, reason]),
            json!(["user.change-role", "customer", "support"]),
        ]
    );
    for entry in &entries {
        assert_eq!((&entry["actor"], &entry["subject"]), (&json!(admin.id.to_string()), &json!(ada.id.to_string())));
    }
    let support = shop.staff("sam@example.com", Role::Support).await;
    shop.get("/api/v1/audit").by(&support).send().await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn users_are_listed_newest_first_and_found_by_address() {
    let shop = Shop::open().await;
    let support = shop.staff("sam@example.com", Role::Support).await;
    let mut emails = vec!["sam@example.com".to_owned()];
    for n in 0..9 {
        shop.later(Duration::from_millis(5));
        emails.insert(0, shop.register(&format!("user{n}@example.com")).await.email);
    }
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("/api/v1/users?limit=4{cursor}")).by(&support).send().await.expect(200);
        listed.extend(page.data().as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()));
        match page.json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(listed, emails);
    let find = |email: &str| shop.get(&format!("/api/v1/users?email={email}")).by(&support).send();
    assert_eq!(find("USER3").await.expect(200).data()[0]["email"], "user3@example.com");
    assert_eq!(find("user").await.expect(200).data().as_array().unwrap().len(), 9);
    assert!(find("nobody").await.expect(200).data().as_array().unwrap().is_empty());
    find("u").await.expect_problem(400, "validation_failed");
    find("%C3%BC%C3%BC").await.expect_problem(400, "validation_failed");
}

#[tokio::test]
async fn one_user_is_shown_and_an_unknown_one_is_not_found() {
    let shop = Shop::open().await;
    let support = shop.staff("sam@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    let shown = shop.get(&format!("/api/v1/users/{}", ada.id)).by(&support).send().await.expect(200);
    assert_eq!((&shown.data()["email"], &shown.data()["ban"]), (&json!("ada@example.com"), &Value::Null));
    assert!(!shown.text.contains("argon2"));
    for id in ["nonsense", "usr_01M7XEBF1GJ9S2EBBH215VRVD3"] {
        shop.get(&format!("/api/v1/users/{id}")).by(&support).send().await.expect_problem(404, "user_not_found");
    }
    let answer = ban(&shop, &support, &ada, "2020-01-01T00:00:00Z").await.expect_problem(400, "validation_failed");
    assert_eq!(answer.fields(), ["until"]);
    let body = json!({ "reason": "", "until": "tomorrow" });
    let answer = shop.post(&format!("/api/v1/users/{}/ban", ada.id), &body).by(&support).send().await;
    assert_eq!(answer.expect_problem(400, "validation_failed").fields(), ["reason", "until"]);
}
