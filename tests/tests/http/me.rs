//! `/users/me`: profile, preferences, export, deletion.

use std::time::Duration;

use axum::http::Method;
use harness::network::Fault;
use harness::orders::{book_address, order_of};
use harness::shop::{PASSWORD, Shop};
use janitor::Done;
use serde_json::{Value, json};

fn edit(shop: &Shop, body: &Value) -> harness::shop::TestRequest {
    shop.request(Method::PATCH, "/api/v1/users/me").json(body)
}

#[tokio::test]
async fn only_the_given_fields_change() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let body = json!({ "name": "Ada King", "preferences": { "news": true } });
    let answer = edit(&shop, &body).by(&ada).send().await.expect(200);
    assert_eq!(answer.data()["name"], "Ada King");
    let all = json!({ "account": true, "orders": true, "stock": true, "reviews": true, "carts": false, "news": true });
    assert_eq!(answer.data()["preferences"], all);
    let me = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
    assert_eq!(me.data(), answer.data());
    assert_eq!(me.header("etag"), answer.header("etag"));
    assert_eq!(shop.get("/api/v1/auth/profile").by(&ada).send().await.expect(200).data(), me.data());
}

#[tokio::test]
async fn the_language_of_mails_is_that_of_the_browser_until_it_is_changed() {
    let shop = Shop::open().await;
    let language = async |header: &str, email: &str| {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
        let registered = shop.post("/api/v1/auth/register", &body).header("accept-language", header).send().await;
        registered.expect(201).data()["user"]["language"].clone()
    };
    assert_eq!(language("de-AT, en;q=0.9", "ada@example.com").await, "de");
    assert_eq!(language("fr, *;q=0.1", "bob@example.com").await, Value::Null);
    assert_eq!(language(&"x;q=,".repeat(500), "eve@example.com").await, Value::Null);
    let ada = shop.login("ada@example.com").await;
    for (chosen, shown) in [(json!("en"), json!("en")), (Value::Null, Value::Null), (json!("de"), json!("de"))] {
        let answer = edit(&shop, &json!({ "language": chosen })).by(&ada).send().await.expect(200);
        assert_eq!(answer.data()["language"], shown);
        assert_eq!(shop.get("/api/v1/users/me").by(&ada).send().await.data()["language"], shown);
    }
    edit(&shop, &json!({ "name": "Ada King" })).by(&ada).send().await.expect(200);
    assert_eq!(shop.get("/api/v1/users/me").by(&ada).send().await.data()["language"], "de");
}

#[tokio::test]
async fn a_lost_update_is_a_412() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let etag = shop.get("/api/v1/users/me").by(&ada).send().await.header("etag").to_owned();
    assert_eq!(etag, "\"v1\"");
    edit(&shop, &json!({ "name": "One" })).header("if-match", &etag).by(&ada).send().await.expect(200);
    let stale = edit(&shop, &json!({ "name": "Two" })).header("if-match", &etag).by(&ada).send().await;
    stale.expect_problem(412, "precondition_failed");
    edit(&shop, &json!({ "name": "Three" })).header("if-match", "W/\"v1\"").by(&ada).send().await.expect(412);
    assert_eq!(shop.get("/api/v1/users/me").by(&ada).send().await.data()["name"], "One");
    // A compressed answer has a weak tag of the same version.
    edit(&shop, &json!({ "name": "Four" })).header("if-match", "W/\"v2\"").by(&ada).send().await.expect(200);
}

#[tokio::test]
async fn an_edit_succeeds_when_the_answer_of_the_table_is_lost() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.table.network.fail("TransactWriteItems", Fault::After, 1);
    let answer = edit(&shop, &json!({ "name": "One" })).header("if-match", "\"v1\"").by(&ada).send().await.expect(200);
    assert_eq!((answer.header("etag"), &answer.data()["name"]), ("\"v2\"", &json!("One")));
}

#[tokio::test]
async fn invalid_edits_name_their_fields_and_change_nothing() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let before = shop.table.items_under("USER#");
    for (body, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "\u{202e}eve" }), "name"),
        (json!({ "name": 7 }), "name"),
        (json!({ "language": "fr" }), "language"),
        (json!({ "language": "DE" }), "language"),
        (json!({ "language": "" }), "language"),
        (json!({ "language": 7 }), "language"),
        (json!({ "role": "admin" }), "role"),
        (json!({ "preferences": { "security": false } }), "preferences.security"),
        (json!({ "preferences": { "news": "yes" } }), "preferences.news"),
        (json!({ "preferences": [true, true, true, true] }), "preferences"),
    ] {
        let answer = edit(&shop, &body).by(&ada).send().await.expect_problem(400, "validation_failed");
        assert_eq!(answer.fields(), [field]);
    }
    assert_eq!(shop.table.items_under("USER#"), before);
}

#[tokio::test]
async fn the_export_holds_everything_but_secrets() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let address = book_address("shipping");
    shop.post("/api/v1/users/me/addresses", &address).by(&ada).send().await.expect(201);
    let staff = shop.staff("root@example.com", domain::access::Role::Admin).await;
    shop.add_product(&staff, "A", 1000, 5).await;
    let mut order = order_of("A", 1, "payment_intent");
    order.as_object_mut().unwrap().remove("email");
    shop.place_order(&order, "k").by(&ada).send().await.expect(201);
    shop.post("/api/v1/cart/items", &json!({ "sku": "A", "quantity": 2 })).by(&ada).send().await.expect(200);
    let export = shop.get("/api/v1/users/me/export").by(&ada).send().await.expect(200);
    let data = export.data();
    assert_eq!(data["profile"]["email"], "ada@example.com");
    assert_eq!(data["addresses"][0]["line1"], "1 Harbour Street");
    assert_eq!(data["sessions"][0]["current"], true);
    assert_eq!(data["devices"][0]["name"], "Firefox on Linux");
    assert_eq!(data["cart"], json!([{ "sku": "A", "quantity": 2 }]));
    assert_eq!(data["orders"][0]["total"]["amount"], 1570);
    assert!(!export.text.contains("argon2") && !export.text.to_lowercase().contains("hash"), "{}", export.text);
}

#[tokio::test]
async fn a_deleted_account_is_unusable_at_once_and_erased_by_the_janitor() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.register("eve@example.com").await;
    let delete = |password: &str| {
        shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": password })).by(&ada).send()
    };
    delete("wrong password").await.expect_problem(401, "wrong_password");
    delete(PASSWORD).await.expect(200);
    shop.get("/api/v1/users/me").by(&ada).send().await.expect_problem(401, "session_ended");
    shop.try_refresh(&ada.refresh).await.expect_problem(401, "invalid_refresh_token");
    shop.try_login("ada@example.com", PASSWORD).await.expect_problem(401, "invalid_credentials");
    assert_eq!(shop.table.events().last().unwrap()["type"], "user.deleted");

    // The janitor is interrupted after each of its calls in turn and still reaches the same end.
    let janitor = shop.janitor();
    for skip in 0..3 {
        shop.table.network.fail_any(4 + skip, Fault::After, 3);
        let _ = janitor.run().await;
        shop.table.network.heal();
    }
    let done = janitor.run().await.unwrap();
    assert!(done == Done { done: 1, ..Done::default() } || done == Done::default(), "{done:?}");
    assert_eq!(janitor.run().await.unwrap(), Done::default());
    let left: Vec<String> = shop.table.items().into_iter().map(|(key, item)| format!("{key} {item}")).collect();
    assert!(left.iter().all(|item| !item.contains("ada@example.com")), "{left:#?}");
    assert!(shop.table.items_under(&format!("USER#{}", ada.id)).is_empty());
    assert_eq!(shop.table.items_under("EMAIL#").len(), 1, "the other account is unchanged");

    shop.later(Duration::from_hours(1));
    shop.register("ada@example.com").await;
}
