//! What the API promises: its list of routes and who may use them, and its description in OpenAPI. Both are files that a
//! review sees change; to write them anew, run the tests with UPDATE=1.

use std::path::Path;

use harness::template::root;
use serde_json::Value;

#[expect(
    clippy::disallowed_methods,
    reason = "the switch of a test, not the configuration of a function"
)]
fn compare(file: &Path, now: &str) {
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(file, now).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        kept == now,
        "{} is not what the code says; UPDATE=1 writes it anew",
        file.display()
    );
}

fn description() -> Value {
    let mut api = kit::doors::description();
    kit::doors::describe(&mut api, "accounts", &accounts::doors());
    kit::doors::describe(&mut api, "status", &status::doors());
    serde_json::to_value(api).unwrap()
}

#[test]
fn the_list_of_routes_is_the_one_that_was_reviewed() {
    let lines = [
        kit::doors::list(&accounts::doors()),
        kit::doors::list(&status::doors()),
    ]
    .concat();
    compare(
        &root().join("tests/tests/house/routes.txt"),
        &(lines.join("\n") + "\n"),
    );
}

#[test]
fn the_description_is_made_from_the_code() {
    let text = serde_json::to_string_pretty(&description()).unwrap() + "\n";
    compare(&root().join("functions/status/openapi.json"), &text);
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
    let api = description();
    assert_eq!(api["openapi"], "3.1.0");
    let mut references = Vec::new();
    collect(&api, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(api.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            references.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| collect(value, references));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
