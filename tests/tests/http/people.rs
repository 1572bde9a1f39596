//! What users are called, how staff find them by it, and what staff note on them.

use axum::http::Method;
use domain::access::Role;
use harness::network::Fault;
use harness::shop::{Answer, PASSWORD, Person, Shop};
use serde_json::{Value, json};
use store::links::LinkKind;

async fn named(shop: &Shop, email: &str, name: &str) -> Person {
    let body = json!({ "email": email, "password": PASSWORD, "name": name });
    harness::shop::person(&shop.post("/api/v1/auth/register", &body).send().await.expect(201))
}

async fn edit(shop: &Shop, person: &Person, body: &Value) -> Answer {
    shop.request(Method::PATCH, "/api/v1/users/me").json(body).by(person).send().await
}

/// The names that staff find, in their order.
async fn found(shop: &Shop, staff: &Person, beginning: &str) -> Vec<String> {
    let list = shop.get(&format!("/api/v1/users?name={beginning}")).by(staff).send().await.expect(200);
    list.data().as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_given_and_a_family_name_are_set_changed_cleared_and_exported() {
    let shop = Shop::open().await;
    let body = json!({
        "email": "ada@example.com", "password": PASSWORD, "name": "Ada Lovelace", "givenName": " Ada ", "familyName": "King",
    });
    let registered = shop.post("/api/v1/auth/register", &body).send().await.expect(201);
    let ada = harness::shop::person(&registered);
    let names = |user: &Value| [&user["name"], &user["givenName"], &user["familyName"]].map(Value::clone);
    assert_eq!(names(&registered.data()["user"]), ["Ada Lovelace", "Ada", "King"]);
    let changed = edit(&shop, &ada, &json!({ "givenName": null, "familyName": "Lovelace" })).await.expect(200);
    assert_eq!(names(changed.data()), [json!("Ada Lovelace"), Value::Null, json!("Lovelace")]);
    let export = shop.get("/api/v1/users/me/export").by(&ada).send().await.expect(200);
    assert_eq!(names(&export.data()["profile"]), names(changed.data()));
    let refused = edit(&shop, &ada, &json!({ "givenName": "a@b", "familyName": "" })).await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["givenName", "familyName"]);
    let staff = shop.staff("sam@example.com", Role::Support).await;
    let seen = shop.get(&format!("/api/v1/users/{}", ada.id)).by(&staff).send().await.expect(200);
    assert_eq!(names(seen.data()), names(changed.data()));
}

#[tokio::test]
async fn staff_find_users_by_the_beginning_of_their_name_without_case_and_accents() {
    let shop = Shop::open().await;
    let staff = shop.staff("sam@example.com", Role::Support).await;
    for (n, name) in ["Åsa-Lis Öberg", "asa Berg", "Bob", "X"].into_iter().enumerate() {
        named(&shop, &format!("user{n}@example.com"), name).await;
    }
    assert_eq!(found(&shop, &staff, "ASA").await, ["asa Berg", "Åsa-Lis Öberg"]);
    assert_eq!(found(&shop, &staff, "%C3%A5sa%20l").await, ["Åsa-Lis Öberg"]);
    assert!(found(&shop, &staff, "berg").await.is_empty(), "only the beginning counts");
    let page = shop.get("/api/v1/users?name=asa&limit=1").by(&staff).send().await.expect(200);
    let cursor = page.json["pagination"]["nextCursor"].as_str().unwrap().to_owned();
    let next = shop.get(&format!("/api/v1/users?name=asa&limit=1&cursor={cursor}")).by(&staff).send().await.expect(200);
    assert_eq!(next.data()[0]["name"], "Åsa-Lis Öberg");
    for query in ["name=a", "name=%23", "name=as&email=us"] {
        let refused = shop.get(&format!("/api/v1/users?{query}")).by(&staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["name"], "{query}");
    }
    let ada = shop.register("ada@example.com").await;
    shop.get("/api/v1/users?name=asa").by(&ada).send().await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn whoever_is_renamed_moved_or_deleted_is_found_by_what_they_are_called_now() {
    let shop = Shop::open().await;
    let staff = shop.staff("sam@example.com", Role::Support).await;
    let ada = named(&shop, "ada@example.com", "Ada Lovelace").await;
    edit(&shop, &ada, &json!({ "name": "Countess" })).await.expect(200);
    assert_eq!((found(&shop, &staff, "ada").await.len(), found(&shop, &staff, "co").await.len()), (1, 1));
    let body = json!({ "email": "new@example.com", "password": PASSWORD });
    shop.post("/api/v1/users/me/email", &body).by(&ada).send().await.expect(202);
    let token = shop.mailed_token(LinkKind::ChangeEmail, "user.email_change_requested").await;
    let confirm = shop.post("/api/v1/users/me/email/confirm", &json!({ "token": token }));
    confirm.by(&ada).send().await.expect(200);
    assert_eq!(found(&shop, &staff, "countess").await, ["Countess"]);
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": "new@example.com" })).send().await.expect(202);
    let token = shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await;
    let reset = json!({ "token": token, "password": "another long sentence", "name": "Augusta" });
    shop.post("/api/v1/auth/password/reset", &reset).send().await.expect(200);
    assert_eq!((found(&shop, &staff, "co").await.len(), found(&shop, &staff, "augusta").await.len()), (0, 1));
    let signed_in = shop.try_login("new@example.com", "another long sentence").await.expect(200);
    let delete = shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": "another long sentence" }));
    delete.by(&harness::shop::person(&signed_in)).send().await.expect(200);
    assert!(found(&shop, &staff, "augusta").await.is_empty());
}

#[tokio::test]
async fn an_account_that_starts_over_is_found_by_its_new_name_and_has_no_parts_of_the_old_one() {
    let shop = Shop::open().await;
    let staff = shop.staff("sam@example.com", Role::Support).await;
    let eve = named(&shop, "victim@example.com", "Eve").await;
    edit(&shop, &eve, &json!({ "givenName": "Eve", "familyName": "Trap" })).await.expect(200);
    let token = shop.mailed_token(LinkKind::Verify, "user.registered").await;
    shop.post("/api/v1/auth/email/verify", &json!({ "token": token })).send().await.expect(200);
    assert_eq!((found(&shop, &staff, "eve").await.len(), found(&shop, &staff, "victim").await.len()), (0, 1));
    let seen = shop.get(&format!("/api/v1/users/{}", eve.id)).by(&staff).send().await.expect(200);
    assert_eq!([&seen.data()["givenName"], &seen.data()["familyName"]], [&Value::Null, &Value::Null]);
}

#[tokio::test]
async fn staff_note_what_programs_need_and_the_user_sees_only_what_is_public() {
    let shop = Shop::open().await;
    let staff = shop.staff("sam@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    let path = format!("/api/v1/users/{}", ada.id);
    let change = |body: Value| shop.request(Method::PATCH, &path).json(&body).by(&staff);
    let first =
        change(json!({ "metadata": { "erp": "17", "public.tier": "gold", "old": "1" } })).send().await.expect(200);
    assert_eq!(first.data()["metadata"], json!({ "erp": "17", "public.tier": "gold", "old": "1" }));
    shop.table.network.fail("TransactWriteItems", Fault::After, 1);
    let second = change(json!({ "metadata": { "erp": "18", "old": null, "public.x": "" } })).send().await.expect(200);
    assert_eq!(second.data()["metadata"], json!({ "erp": "18", "public.tier": "gold" }));
    let me = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
    assert_eq!(me.data()["metadata"], json!({ "public.tier": "gold" }));
    assert_eq!(me.header("etag"), second.header("etag"));
    let stale = change(json!({ "metadata": { "erp": "19" } })).header("if-match", first.header("etag")).send().await;
    stale.expect_problem(412, "precondition_failed");
    change(json!({ "metadata": {} })).send().await.expect(200);
    for bad in [json!({ "metadata": { "a b": "1" } }), json!({ "metadata": { "k": 1 } }), json!({ "name": "Eve" })] {
        change(bad).send().await.expect_problem(400, "validation_failed");
    }
    let admin = shop.staff("admin@example.com", Role::Admin).await;
    let trail = shop.get("/api/v1/audit?action=user.change").by(&admin).send().await.expect(200);
    assert_eq!(trail.data().as_array().unwrap().len(), 2, "what changes nothing leaves no entry");
    assert_eq!(trail.data()[0]["after"], "metadata: erp, public.tier");
    let own = shop.request(Method::PATCH, &path).json(&json!({ "metadata": { "erp": "1" } })).by(&ada);
    own.send().await.expect_problem(403, "forbidden");
    let nobody = shop.request(Method::PATCH, "/api/v1/users/usr_1").json(&json!({ "metadata": { "erp": "1" } }));
    nobody.by(&staff).send().await.expect_problem(404, "user_not_found");
    let cleared = change(json!({ "metadata": { "erp": null, "public.tier": null } })).send().await.expect(200);
    assert_eq!(cleared.data()["metadata"], json!({}));
}
