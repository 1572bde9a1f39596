//! The address book.

use axum::http::Method;
use harness::network::Fault;
use harness::orders::{PlacedOrder, book_address, order_of, selling};
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};

fn address(kind: &str, line1: &str) -> Value {
    let mut body = book_address(kind);
    body["line1"] = json!(line1);
    body["country"] = json!("gb");
    body
}

async fn add(shop: &Shop, person: &Person, body: &Value) -> Answer {
    shop.post("/api/v1/users/me/addresses", body).by(person).send().await
}

async fn defaults(shop: &Shop, person: &Person) -> Vec<(String, String)> {
    let list = shop.get("/api/v1/users/me/addresses").by(person).send().await.expect(200);
    let addresses = list.data().as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    addresses.iter().filter(|a| a["isDefault"] == true).map(|a| (text(&a["type"]), text(&a["line1"]))).collect()
}

#[tokio::test]
async fn the_first_address_of_a_kind_is_the_default_until_another_is_chosen() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let first = add(&shop, &ada, &address("shipping", "one")).await.expect(201);
    assert_eq!(first.data()["country"], "GB");
    add(&shop, &ada, &address("shipping", "two")).await.expect(201);
    add(&shop, &ada, &address("billing", "three")).await.expect(201);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(defaults(&shop, &ada).await, [pair("shipping", "one"), pair("billing", "three")]);
    let mut named = address("shipping", "four");
    named["isDefault"] = json!(true);
    add(&shop, &ada, &named).await.expect(201);
    assert_eq!(defaults(&shop, &ada).await, [pair("billing", "three"), pair("shipping", "four")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_changes_leave_exactly_one_default_of_each_kind() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let mut tries = Vec::new();
    for n in 0..6 {
        let mut body = address(if n % 2 == 0 { "shipping" } else { "billing" }, &n.to_string());
        body["isDefault"] = json!(true);
        tries.push(tokio::spawn(shop.post("/api/v1/users/me/addresses", &body).by(&ada).send()));
    }
    for answer in tries {
        answer.await.unwrap().expect(201);
    }
    let kinds = |defaults: Vec<(String, String)>| {
        let mut kinds: Vec<String> = defaults.into_iter().map(|(kind, _)| kind).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds(defaults(&shop, &ada).await), ["billing", "shipping"]);
    let list = shop.get("/api/v1/users/me/addresses").by(&ada).send().await;
    let ids: Vec<String> =
        list.data().as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 6);
    let removals: Vec<_> = ids[..4]
        .iter()
        .map(|id| {
            tokio::spawn(shop.request(Method::DELETE, &format!("/api/v1/users/me/addresses/{id}")).by(&ada).send())
        })
        .collect();
    for answer in removals {
        answer.await.unwrap().expect(200);
    }
    let left = shop.get("/api/v1/users/me/addresses").by(&ada).send().await;
    let mut wanted: Vec<String> =
        left.data().as_array().unwrap().iter().map(|a| a["type"].as_str().unwrap().to_owned()).collect();
    wanted.sort();
    wanted.dedup();
    assert_eq!(kinds(defaults(&shop, &ada).await), wanted);
}

#[tokio::test]
async fn replacing_and_removing_an_address_checks_the_version() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let added = add(&shop, &ada, &address("shipping", "one")).await.expect(201);
    let path = format!("/api/v1/users/me/addresses/{}", added.data()["id"].as_str().unwrap());
    let mut body = address("shipping", "two");
    body.as_object_mut().unwrap().remove("type");
    let replace = |etag: &str| shop.request(Method::PUT, &path).json(&body).header("if-match", etag).by(&ada).send();
    let replaced = replace(added.header("etag")).await.expect(200);
    assert_eq!((&replaced.data()["line1"], &replaced.data()["isDefault"]), (&json!("two"), &json!(true)));
    replace(added.header("etag")).await.expect_problem(412, "precondition_failed");
    assert_eq!(shop.get(&path).by(&ada).send().await.expect(200).header("etag"), replaced.header("etag"));
    shop.request(Method::DELETE, &path).by(&ada).send().await.expect(200);
    shop.request(Method::DELETE, &path).by(&ada).send().await.expect_problem(404, "address_not_found");
    assert!(defaults(&shop, &ada).await.is_empty());
}

#[tokio::test]
async fn nobody_can_see_or_change_the_address_of_another_user() {
    let shop = Shop::open().await;
    let (ada, eve) = (shop.register("ada@example.com").await, shop.register("eve@example.com").await);
    let added = add(&shop, &ada, &address("shipping", "one")).await.expect(201);
    let path = format!("/api/v1/users/me/addresses/{}", added.data()["id"].as_str().unwrap());
    shop.get(&path).by(&eve).send().await.expect_problem(404, "address_not_found");
    shop.request(Method::DELETE, &path).by(&eve).send().await.expect_problem(404, "address_not_found");
    shop.get("/api/v1/users/me/addresses/nonsense").by(&ada).send().await.expect_problem(404, "address_not_found");
    shop.get(&path).by(&ada).send().await.expect(200);
}

#[tokio::test]
async fn one_idempotency_key_adds_one_address_and_has_one_answer() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let send = |key: &str, body: &Value| {
        shop.post("/api/v1/users/me/addresses", body).header("idempotency-key", key).by(&ada).send()
    };
    let first = send("k1", &address("shipping", "one")).await.expect(201);
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = send("k1", &address("shipping", "one")).await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), &again.json), ("true", &first.json));
    send("k1", &address("shipping", "two")).await.expect_problem(422, "idempotency_key_reused");
    send("k2", &address("shipping", "two")).await.expect(201);
    send("", &address("shipping", "two")).await.expect_problem(400, "invalid_idempotency_key");
    send(&"k".repeat(256), &address("shipping", "two")).await.expect_problem(400, "invalid_idempotency_key");
    let list = shop.get("/api/v1/users/me/addresses").by(&ada).send().await;
    assert_eq!(list.data().as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_requests_with_one_idempotency_key_add_one_address() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let body = address("shipping", "one");
    let tries: Vec<_> = (0..10)
        .map(|_| {
            tokio::spawn(shop.post("/api/v1/users/me/addresses", &body).header("idempotency-key", "k").by(&ada).send())
        })
        .collect();
    let mut ids = Vec::new();
    for answer in tries {
        ids.push(answer.await.unwrap().expect(201).data()["id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let list = shop.get("/api/v1/users/me/addresses").by(&ada).send().await;
    assert_eq!(list.data().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_retry_with_an_idempotency_key_after_lost_answers_adds_nothing() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let send = || {
        shop.post("/api/v1/users/me/addresses", &address("billing", "one"))
            .header("idempotency-key", "k")
            .by(&ada)
            .send()
    };
    // Every answer of the table is lost. The client gets an error, but the address was added.
    shop.table.network.fail("TransactWriteItems", Fault::After, 3);
    send().await.expect_problem(503, "busy");
    let again = send().await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let list = shop.get("/api/v1/users/me/addresses").by(&ada).send().await;
    assert_eq!(list.data().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_address_may_name_a_company_and_the_order_keeps_it() {
    let (shop, staff) = selling().await;
    let ada = shop.register_verified("ada@example.com").await;
    let plain = add(&shop, &ada, &address("billing", "one")).await.expect(201);
    assert_eq!(plain.data()["company"], Value::Null);
    let mut body = address("shipping", "two");
    body["company"] = json!(" Analytical Engines Ltd ");
    body["country"] = json!("DE");
    let added = add(&shop, &ada, &body).await.expect(201);
    assert_eq!(
        (&added.data()["company"], &added.data()["name"]),
        (&json!("Analytical Engines Ltd"), &plain.data()["name"])
    );
    for bad in [json!("x".repeat(101)), json!(""), json!("see https://evil.example"), json!(7)] {
        body["company"] = bad;
        let refused = add(&shop, &ada, &body).await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), ["company"]);
    }
    let mut order = order_of("A", 1, "payment_intent");
    let fields = order.as_object_mut().unwrap();
    fields.remove("email");
    fields.remove("shippingAddress");
    order["shippingAddressId"] = added.data()["id"].clone();
    order["billingAddress"] = harness::orders::address();
    order["billingAddress"]["company"] = json!("x".repeat(101));
    let refused = shop.place_order(&order, "k").by(&ada).send().await.expect_problem(400, "validation_failed");
    assert_eq!(refused.fields(), ["billingAddress.company"]);
    order["billingAddress"]["company"] = json!("Engines Holding");
    let placed = PlacedOrder::of(shop.place_order(&order, "k").by(&ada).send().await);
    let path = format!("/api/v1/admin/orders/{}", placed.id);
    let seen = shop.get(&path).by(&staff).send().await.expect(200).data().clone();
    for order in [&placed.whole, &seen] {
        assert_eq!(order["shippingAddress"]["company"], "Analytical Engines Ltd");
        assert_eq!(order["billingAddress"]["company"], "Engines Holding");
    }
}

#[tokio::test]
async fn a_full_address_book_and_invalid_fields_are_refused() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let mut bad = address("shipping", "");
    bad["country"] = json!("XX");
    bad["phone"] = json!("call me");
    bad["postalCode"] = json!("x".repeat(21));
    let answer = add(&shop, &ada, &bad).await.expect_problem(400, "validation_failed");
    assert_eq!(answer.fields(), ["line1", "postalCode", "country", "phone"]);
    let answer = add(&shop, &ada, &address("home", "one")).await.expect_problem(400, "validation_failed");
    assert_eq!(answer.fields(), ["type"]);
    for n in 0..50 {
        add(&shop, &ada, &address("shipping", &n.to_string())).await.expect(201);
    }
    add(&shop, &ada, &address("shipping", "51")).await.expect_problem(409, "address_book_full");
}
