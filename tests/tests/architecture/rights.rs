//! What the roles of the template allow at the table, asked in the way of the test network.

use harness::functions::{EVENT_FUNCTIONS, http_functions};
use harness::rights::refusal;
use harness::table::TestTable;
use serde_json::{Value, json};

const NEW: &str = "attribute_not_exists(PK)";

fn key(partition: &str) -> Value {
    json!({ "PK": { "S": partition }, "SK": { "S": "x" } })
}

fn batch(partitions: &[&str]) -> Value {
    let keys: Vec<Value> = partitions.iter().copied().map(key).collect();
    json!({ "RequestItems": { "kontor": { "Keys": keys } } })
}

fn may(function: &str, operation: &str, body: &Value) -> bool {
    refusal(function, operation, body).is_none()
}

fn all_functions() -> impl Iterator<Item = &'static str> {
    http_functions().into_iter().map(|function| function.name).chain(EVENT_FUNCTIONS)
}

#[test]
fn a_hole_in_carts_cannot_make_an_admin() {
    let profile = json!({ "Key": key("USER#usr_1") });
    assert!(may("carts", "BatchGetItem", &batch(&["USER#usr_1"])));
    for operation in ["PutItem", "UpdateItem", "DeleteItem"] {
        let writers: Vec<_> = all_functions().filter(|function| may(function, operation, &profile)).collect();
        let allowed = ["accounts", "janitor", "mailer", "media"];
        assert!(writers.iter().all(|writer| allowed.contains(writer)), "{operation}: {writers:?}");
    }
    // Each item of a transaction counts, wherever it stands.
    let cart = json!({ "Put": { "Item": key("CART#x") } });
    assert!(may("carts", "TransactWriteItems", &json!({ "TransactItems": [cart] })));
    let both = json!({ "TransactItems": [cart, { "Update": profile }] });
    assert!(!may("carts", "TransactWriteItems", &both));
    // Every key of a batch counts.
    assert!(may("carts", "BatchGetItem", &batch(&["PRODUCT#prd_1", "STOCK#A"])));
    assert!(!may("carts", "BatchGetItem", &batch(&["PRODUCT#prd_1", "AUDIT#2026-11-20"])));
}

#[test]
fn only_accounts_reads_credentials_and_the_audit_trail() {
    let trail = json!({ "KeyConditionExpression": "PK = :pk AND SK BETWEEN :low AND :high", "ExpressionAttributeValues": { ":pk": { "S": "AUDIT#2026-11-20" } } });
    let readers: Vec<_> = all_functions().filter(|function| may(function, "Query", &trail)).collect();
    assert_eq!(readers, ["accounts"]);
    // The keys of an index are not those of the table.
    let mut users = trail.clone();
    users["ExpressionAttributeValues"][":pk"]["S"] = json!("USERS#0");
    assert!(!may("accounts", "Query", &users));
    users["IndexName"] = json!("GSI2");
    assert!(may("accounts", "Query", &users));
}

#[test]
fn only_accounts_makes_or_changes_api_keys() {
    let key = key("APIKEYS");
    for (operation, body) in [("PutItem", "Item"), ("UpdateItem", "Key"), ("DeleteItem", "Key")] {
        let body = json!({ body: key });
        let writers: Vec<_> = all_functions().filter(|function| may(function, operation, &body)).collect();
        assert_eq!(writers, ["accounts"], "{operation}");
    }
    let readers =
        all_functions().filter(|function| may(function, "BatchGetItem", &batch(&["APIKEYS", "LIMIT#api-key#key_1"])));
    assert!(readers.count() >= 7);
}

#[test]
fn no_function_changes_removes_or_replaces_an_entry_of_the_audit_trail() {
    let entry = key("AUDIT#2026-11-20");
    let mut writers = 0;
    for function in all_functions() {
        for operation in ["UpdateItem", "DeleteItem"] {
            assert!(!may(function, operation, &json!({ "Key": entry })), "{function} {operation}");
        }
        assert!(!may(function, "PutItem", &json!({ "Item": entry })), "{function}");
        let addition = json!({ "Put": { "Item": entry, "ConditionExpression": NEW } });
        writers += usize::from(may(function, "TransactWriteItems", &json!({ "TransactItems": [addition] })));
    }
    assert!(writers > 3, "{writers}");
}

#[tokio::test]
async fn the_network_of_the_tests_asks_before_each_call_of_a_function() {
    let table = TestTable::create().await;
    table.client.scan().table_name("kontor").send().await.unwrap();
    let refused = table.client_of("accounts").scan().table_name("kontor").send().await.unwrap_err();
    assert!(format!("{refused:?}").contains("AccessDeniedException"));
}
