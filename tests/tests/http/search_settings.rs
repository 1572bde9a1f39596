//! How staff set the search: synonyms, and products that are pinned to a query.

use axum::http::Method;
use domain::access::Role;
use domain::search::{SearchRule, SettingKind, Synonym};
use harness::network::Fault;
use harness::products::{make, path, shirt, staffed};
use harness::request::TestRequest;
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};

const SYNONYMS: &str = "/api/v1/admin/search/synonyms";
const RULES: &str = "/api/v1/admin/search/rules";

fn id(made: &Value) -> &str {
    made["id"].as_str().unwrap()
}

async fn create(shop: &Shop, staff: &Person, route: &str, body: &Value) -> Value {
    shop.post(route, body).by(staff).send().await.expect(201).data().clone()
}

fn replacing(shop: &Shop, staff: &Person, route: &str, id: &str, body: &Value) -> TestRequest {
    shop.request(Method::PUT, &format!("{route}/{id}")).json(body).by(staff)
}

fn deleting(shop: &Shop, staff: &Person, route: &str, id: &str) -> TestRequest {
    shop.request(Method::DELETE, &format!("{route}/{id}")).by(staff)
}

async fn list(shop: &Shop, staff: &Person, route: &str) -> Vec<Value> {
    shop.get(route).by(staff).send().await.expect(200).data().as_array().unwrap().clone()
}

/// The number that whoever answers queries compares.
fn settings(shop: &Shop) -> i64 {
    shop.table.items()["SEARCH / STATE"]["settings"].as_i64().unwrap_or_default()
}

#[tokio::test]
async fn synonyms_are_added_listed_replaced_and_deleted_and_each_change_is_told_and_noted() {
    let (shop, root) = staffed().await;
    let both = json!({ "terms": [" sofa ", "couch", "settee"] });
    let made = shop.post(SYNONYMS, &both).by(&root).send().await.expect(201);
    assert_eq!(made.header("etag"), "\"v1\"");
    let first = made.data().clone();
    let expected = json!({
        "id": first["id"], "input": null, "terms": ["sofa", "couch", "settee"],
        "createdAt": "2026-11-20T10:00:00.000Z", "updatedAt": "2026-11-20T10:00:00.000Z",
    });
    assert_eq!(first, expected);
    let second = create(&shop, &root, SYNONYMS, &json!({ "input": "trainers", "terms": ["shoes"] })).await;
    assert_eq!(list(&shop, &root, SYNONYMS).await, [first.clone(), second.clone()]);
    assert_eq!(settings(&shop), 2);
    let shown = shop.get(&format!("{SYNONYMS}/{}", id(&second))).by(&root).send().await.expect(200);
    assert_eq!((shown.data(), shown.header("etag")), (&second, "\"v1\""));
    let changed = json!({ "input": "trainers", "terms": ["shoes", "sneakers"] });
    let replaced = replacing(&shop, &root, SYNONYMS, id(&second), &changed).header("if-match", "\"v1\"").send().await;
    assert_eq!(replaced.expect(200).header("etag"), "\"v2\"");
    deleting(&shop, &root, SYNONYMS, id(&first)).send().await.expect(200);
    let left = list(&shop, &root, SYNONYMS).await;
    assert_eq!((left.len(), &left[0]["terms"]), (1, &json!(["shoes", "sneakers"])));
    assert_eq!(settings(&shop), 4);
    let trail = shop.get("/api/v1/audit").by(&root).send().await.expect(200);
    let entries: Vec<Value> = trail.data().as_array().unwrap()[..4]
        .iter()
        .map(|entry| json!([entry["action"], entry["subject"], entry["before"], entry["after"]]))
        .collect();
    let expected = json!([
        ["search-synonym.delete", first["id"], "sofa, couch, settee", null],
        ["search-synonym.edit", second["id"], "trainers also finds shoes", "trainers also finds shoes, sneakers"],
        ["search-synonym.create", second["id"], null, "trainers also finds shoes"],
        ["search-synonym.create", first["id"], null, "sofa, couch, settee"],
    ]);
    assert_eq!(json!(entries), expected);
}

#[tokio::test]
async fn bad_synonyms_and_rules_are_refused_by_field_and_change_nothing() {
    let (shop, root) = staffed().await;
    let product = make(&shop, &root, &shirt("A")).await;
    shop.index.leave_alone();
    let before = shop.table.items();
    let many: Vec<String> = (0..21).map(|n| format!("term {n}")).collect();
    for (body, fields) in [
        (json!({}), vec!["terms"]),
        (json!({ "terms": ["sofa"] }), vec!["terms"]),
        (json!({ "terms": many }), vec!["terms"]),
        (
            json!({ "input": "–", "terms": ["sofa", "SÓFA", " ", "\u{202e}x"] }),
            vec!["input", "terms[1]", "terms[2]", "terms[3]"],
        ),
        (json!({ "terms": ["sofa", "x".repeat(61)], "both": true }), vec!["both", "terms[1]"]),
        (json!({ "terms": ["sofa", 7] }), vec!["terms[1]"]),
    ] {
        let refused = shop.post(SYNONYMS, &body).by(&root).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), fields, "{}", refused.text);
    }
    let none = "prd_01M7W6C3804Q9PV3Y1B8S4HJET";
    for (body, fields) in [
        (json!({}), vec!["query", "productIds"]),
        (json!({ "query": "!", "productIds": [] }), vec!["query", "productIds"]),
        (
            json!({ "query": "x".repeat(61), "productIds": [product["id"], "prd_1", product["id"]] }),
            vec!["query", "productIds[1]", "productIds[2]"],
        ),
        (json!({ "query": "dress", "productIds": [product["id"], none] }), vec!["productIds[1]"]),
    ] {
        let refused = shop.post(RULES, &body).by(&root).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), fields, "{}", refused.text);
    }
    assert_eq!(shop.table.items(), before);
}

#[tokio::test]
async fn customers_see_no_settings_and_support_only_reads_them() {
    let (shop, root) = staffed().await;
    let body = json!({ "terms": ["sofa", "couch"] });
    let made = create(&shop, &root, SYNONYMS, &body).await;
    let ada = shop.register("ada@example.com").await;
    let sam = shop.staff("sam@example.com", Role::Support).await;
    for route in [SYNONYMS, RULES, "/api/v1/admin/search/queries-without-results"] {
        shop.get(route).send().await.expect_problem(401, "unauthenticated");
        shop.get(route).by(&ada).send().await.expect_problem(403, "forbidden");
        shop.get(route).by(&sam).send().await.expect(200);
    }
    shop.post(SYNONYMS, &body).by(&sam).send().await.expect_problem(403, "forbidden");
    deleting(&shop, &sam, SYNONYMS, id(&made)).send().await.expect_problem(403, "forbidden");
    let replaced = replacing(&shop, &sam, SYNONYMS, id(&made), &body).header("if-match", "*").send().await;
    replaced.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn lost_updates_are_refused_and_what_does_not_exist_is_not_found() {
    let (shop, root) = staffed().await;
    let product = make(&shop, &root, &shirt("A")).await;
    let synonym = json!({ "terms": ["sofa", "couch"] });
    let rule = json!({ "query": "dress", "productIds": [product["id"]] });
    for (route, body, code, other) in [
        (SYNONYMS, synonym, "synonym_not_found", "syn_01M7W6C3804Q9PV3Y1B8S4HJET"),
        (RULES, rule, "search_rule_not_found", "rul_01M7W6C3804Q9PV3Y1B8S4HJET"),
    ] {
        let made = create(&shop, &root, route, &body).await;
        let put = || replacing(&shop, &root, route, id(&made), &body);
        put().send().await.expect_problem(428, "precondition_required");
        put().header("if-match", "\"v1\"").send().await.expect(200);
        put().header("if-match", "\"v1\"").send().await.expect_problem(412, "precondition_failed");
        let delete = || deleting(&shop, &root, route, id(&made));
        delete().header("if-match", "\"v1\"").send().await.expect_problem(412, "precondition_failed");
        delete().header("if-match", "\"v2\"").send().await.expect(200);
        delete().send().await.expect_problem(404, code);
        put().header("if-match", "*").send().await.expect_problem(404, code);
        for name in [id(&made), other, "x"] {
            shop.get(&format!("{route}/{name}")).by(&root).send().await.expect_problem(404, code);
        }
    }
}

#[tokio::test]
async fn a_change_of_any_version_is_done_on_the_newest_one() {
    let (shop, root) = staffed().await;
    let made = create(&shop, &root, SYNONYMS, &json!({ "terms": ["sofa", "couch"] })).await;
    let change = |word: &str| {
        let body = json!({ "terms": ["sofa", word] });
        replacing(&shop, &root, SYNONYMS, id(&made), &body).header("if-match", "*").send()
    };
    let (a, b) = tokio::join!(change("a"), change("b"));
    a.expect(200);
    b.expect(200);
    let shown = shop.get(&format!("{SYNONYMS}/{}", id(&made))).by(&root).send().await;
    assert_eq!(shown.header("etag"), "\"v3\"");
    assert_eq!(settings(&shop), 3);
}

#[tokio::test]
async fn a_repeated_request_creates_one_setting_even_if_its_answer_was_lost() {
    let (shop, root) = staffed().await;
    let product = make(&shop, &root, &shirt("A")).await;
    let (synonym, rule) =
        (json!({ "terms": ["sofa", "couch"] }), json!({ "query": "dress", "productIds": [product["id"]] }));
    for (route, body) in [(SYNONYMS, synonym), (RULES, rule)] {
        let ask = |body: &Value| shop.post(route, body).header("idempotency-key", "k").by(&root).send();
        shop.table.network.fail("TransactWriteItems", Fault::After, 3);
        // The SDK tries three times; then nobody knows whether it was done.
        ask(&body).await.expect_problem(503, "busy");
        shop.table.network.heal();
        let again = ask(&body).await.expect(201);
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(list(&shop, &root, route).await, [again.data().clone()]);
        let other = json!({ "terms": ["a", "b"], "query": "a" });
        assert!([400, 422].contains(&ask(&other).await.status.as_u16()));
    }
    let other = shop.post(SYNONYMS, &json!({ "terms": ["a", "b"] })).header("idempotency-key", "k").by(&root);
    other.send().await.expect_problem(422, "idempotency_key_reused");
}

/// There are so many of a kind, as their head says.
async fn there_are<K: SettingKind>(shop: &Shop, count: u32) {
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let head = shop.table.client.put_item().table_name("kontor").item("PK", text("SEARCHSETTINGS"));
    let count = aws_sdk_dynamodb::types::AttributeValue::N(count.to_string());
    head.item("SK", text("HEAD")).item(K::PLURAL, count).send().await.unwrap();
}

#[tokio::test]
async fn there_are_never_too_many_settings_however_many_are_made_at_once() {
    let (shop, root) = staffed().await;
    shop.index.leave_alone();
    there_are::<Synonym>(&shop, Synonym::MAX - 2).await;
    let one = |n: u32| {
        let body = json!({ "terms": ["sofa", format!("couch {n}")] });
        shop.post(SYNONYMS, &body).by(&root).send()
    };
    let made: [Answer; 4] = tokio::join!(one(1), one(2), one(3), one(4)).into();
    let made = made.iter().filter(|answer| answer.status == 201).count();
    assert!(made <= 2, "{made}");
    for n in made..2 {
        one(10 + u32::try_from(n).unwrap()).await.expect(201);
    }
    let before = shop.table.items();
    one(20).await.expect_problem(409, "too_many_synonyms");
    assert_eq!(shop.table.items(), before);
    let listed = list(&shop, &root, SYNONYMS).await;
    assert_eq!(listed.len(), 2);
    deleting(&shop, &root, SYNONYMS, id(&listed[0])).send().await.expect(200);
    one(21).await.expect(201);

    let product = make(&shop, &root, &shirt("A")).await;
    there_are::<SearchRule>(&shop, SearchRule::MAX).await;
    let rule = json!({ "query": "dress", "productIds": [product["id"]] });
    shop.post(RULES, &rule).by(&root).send().await.expect_problem(409, "too_many_search_rules");
}

#[tokio::test]
async fn a_query_has_one_rule_whatever_its_case_accents_spaces_and_hyphens() {
    let (shop, root) = staffed().await;
    let product = make(&shop, &root, &shirt("A")).await;
    let rule = |query: &str| json!({ "query": query, "productIds": [product["id"]] });
    let first = create(&shop, &root, RULES, &rule("Summer dress")).await;
    assert_eq!(first["query"], "Summer dress");
    let taken = |answer: Answer| {
        assert_eq!(answer.expect_problem(409, "search_query_taken").fields(), ["query"]);
    };
    let before = settings(&shop);
    taken(shop.post(RULES, &rule(" SÚMMER-DRESS")).by(&root).send().await);
    let second = create(&shop, &root, RULES, &rule("winter")).await;
    let rename = |made: &Value, query: &str| {
        replacing(&shop, &root, RULES, id(made), &rule(query)).header("if-match", "*").send()
    };
    taken(rename(&second, "summerdress").await);
    assert_eq!(settings(&shop), before + 1, "a refused change is no change");
    // Its own query in another form is not taken, and what it leaves is free.
    rename(&first, "summer-dress").await.expect(200);
    rename(&first, "summer").await.expect(200);
    rename(&second, "summer dress").await.expect(200);
    taken(rename(&first, "SUMMER DRESS").await);
    deleting(&shop, &root, RULES, id(&second)).send().await.expect(200);
    rename(&first, "SUMMER DRESS").await.expect(200);
    let (a, b) = tokio::join!(
        shop.post(RULES, &rule("shoes")).by(&root).send(),
        shop.post(RULES, &rule("SHOES")).by(&root).send()
    );
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn the_products_of_a_rule_exist_when_it_is_written_and_may_be_deleted_later() {
    let (shop, root) = staffed().await;
    let (a, b) = (make(&shop, &root, &shirt("A")).await, make(&shop, &root, &shirt("B")).await);
    let rule = json!({ "query": "shirt", "productIds": [b["id"], a["id"]] });
    let made = create(&shop, &root, RULES, &rule).await;
    assert_eq!(made["productIds"], rule["productIds"]);
    shop.request(Method::DELETE, &path(&a)).by(&root).send().await.expect(200);
    assert_eq!(list(&shop, &root, RULES).await, std::slice::from_ref(&made));
    let again = replacing(&shop, &root, RULES, id(&made), &rule).header("if-match", "*").send().await;
    assert_eq!(again.expect_problem(400, "validation_failed").fields(), ["productIds[1]"]);
    let without = json!({ "query": "shirt", "productIds": [b["id"]] });
    replacing(&shop, &root, RULES, id(&made), &without).header("if-match", "*").send().await.expect(200);
}
