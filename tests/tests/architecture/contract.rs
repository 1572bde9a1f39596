//! What the API promises: its list of routes and who may use them, and its description in OpenAPI. Both are files that
//! a review sees change; to write them anew, run the tests with UPDATE=1.

use std::collections::BTreeMap;
use std::path::Path;

use harness::template::root;
use serde_json::{Value, json};

#[expect(clippy::disallowed_methods, reason = "the switch of a test, not the configuration of a function")]
fn compare(file: &Path, now: &str) {
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(file, now).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(kept == now, "{} is not what the code says; UPDATE=1 writes it anew", file.display());
}

/// `$with!` of each HTTP function's name and doors.
macro_rules! each_plate {
    ($with:ident) => {
        $with!(accounts, carts, catalog, coupons, orders, payments, status, stock, stripe_webhook, uploads)
    };
}

/// The folder of a function's crate.
fn folder(function: &str) -> String {
    function.replace('_', "-")
}

fn description() -> Value {
    let mut api = kit::http::routes::description();
    macro_rules! describe {
        ($($function:ident),+) => {
            $(kit::http::routes::describe(&mut api, &folder(stringify!($function)), &$function::routes());)+
        };
    }
    each_plate!(describe);
    serde_json::to_value(api).unwrap()
}

/// Each HTTP function's name and list of routes.
pub(crate) fn plates() -> Vec<(String, Vec<String>)> {
    macro_rules! list {
        ($($function:ident),+) => {
            vec![$((folder(stringify!($function)), kit::http::routes::list(&$function::routes()))),+]
        };
    }
    each_plate!(list)
}

#[test]
fn the_list_of_routes_is_the_one_that_was_reviewed() {
    let lines: Vec<String> = plates().into_iter().flat_map(|(_, lines)| lines).collect();
    compare(&root().join("tests/tests/architecture/routes.txt"), &(lines.join("\n") + "\n"));
}

#[test]
fn the_description_is_made_from_the_code() {
    let text = serde_json::to_string_pretty(&description()).unwrap() + "\n";
    compare(&root().join("functions/status/openapi.json"), &text);
}

/// A Postman collection of the whole API: a folder a tag, a request an operation, with its fields to fill in.
fn postman(api: &Value) -> Value {
    let mut folders: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (path, operations) in api["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let url = path.replace('{', ":").replace('}', "");
            let mut request = json!({
                "method": method.to_uppercase(),
                "url": { "raw": format!("{{{{api}}}}{url}"), "host": ["{{api}}"], "path": url[1..].split('/').collect::<Vec<_>>() },
                "description": operation["description"],
            });
            if operation["security"].is_null() {
                request["auth"] = json!({ "type": "noauth" });
            }
            let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            if let Some(schema) = body.as_str().and_then(|name| api.pointer(&name[1..])) {
                let fields = schema["properties"].as_object().into_iter().flatten();
                let example = |field: &Value| field.get("example").cloned().unwrap_or_else(|| json!(""));
                let raw: serde_json::Map<_, _> = fields.map(|(name, field)| (name.clone(), example(field))).collect();
                let raw = serde_json::to_string_pretty(&raw).unwrap();
                request["body"] = json!({ "mode": "raw", "raw": raw, "options": { "raw": { "language": "json" } } });
            }
            let name = operation["summary"]
                .as_str()
                .map_or_else(|| format!("{} {path}", method.to_uppercase()), str::to_owned);
            let tag = operation["tags"][0].as_str().unwrap().to_owned();
            folders.entry(tag).or_default().push(json!({ "name": name, "request": request }));
        }
    }
    let folders: Vec<Value> = folders.into_iter().map(|(name, item)| json!({ "name": name, "item": item })).collect();
    json!({
        "info": { "name": "Kontor", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{accessToken}}", "type": "string" }] },
        "variable": [{ "key": "api", "value": "http://127.0.0.1:4566/_aws/execute-api/kontor/$default" }, { "key": "accessToken", "value": "" }],
        "item": folders,
    })
}

#[test]
fn the_postman_collection_has_every_operation() {
    let collection = postman(&description());
    let folders = collection["item"].as_array().unwrap();
    let requests: usize = folders.iter().map(|folder| folder["item"].as_array().unwrap().len()).sum();
    let routes: usize = plates().iter().map(|(_, lines)| lines.len()).sum();
    assert_eq!(requests, routes);
    let text = serde_json::to_string_pretty(&collection).unwrap() + "\n";
    compare(&root().join("infra/kontor.postman_collection.json"), &text);
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
