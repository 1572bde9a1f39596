//! What the description of the API must have, so that clients can be generated from it. A failure names the places.

use std::collections::BTreeSet;

use harness::contract::check_value;
use serde_json::{Value, json};

use crate::contract::description;

/// An operation and where it is: `GET /api/v1/products`.
pub(crate) struct Operation {
    pub(crate) place: String,
    pub(crate) json: Value,
}

pub(crate) fn operations() -> Vec<Operation> {
    let api = description();
    let paths = api["paths"].as_object().unwrap().clone();
    let of_path = |(path, mut methods): (String, Value)| {
        for operation in methods.as_object_mut().unwrap().values_mut() {
            for answer in operation["responses"].as_object_mut().unwrap().values_mut() {
                if let Some(reference) = answer["$ref"].as_str() {
                    *answer = api.pointer(&reference[1..]).unwrap().clone();
                }
            }
        }
        let methods = methods.as_object().unwrap().clone();
        methods
            .into_iter()
            .map(move |(method, json)| Operation { place: format!("{} {path}", method.to_uppercase()), json })
    };
    paths.into_iter().flat_map(of_path).collect()
}

/// Asserts that no operation is found.
#[track_caller]
fn none(found: impl Fn(&Operation) -> bool) {
    let places: Vec<String> = operations().into_iter().filter(found).map(|operation| operation.place).collect();
    assert!(places.is_empty(), "{places:#?}");
}

fn text<'a>(part: &'a Value, name: &str) -> &'a str {
    part[name].as_str().unwrap_or_default()
}

#[test]
fn every_operation_has_a_name_of_its_own_a_verb_and_a_noun() {
    let known: BTreeSet<String> = operations().iter().map(|it| text(&it.json, "operationId").to_owned()).collect();
    assert_eq!(known.len(), operations().len(), "an operationId is used twice");
    none(|operation| {
        let name = text(&operation.json, "operationId");
        let verb = name.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
        verb.is_empty() || verb == name || !name.bytes().all(|c| c.is_ascii_alphanumeric())
    });
}

#[test]
fn every_operation_has_a_short_summary_and_a_description() {
    let is_sentence =
        |text: &str| text.starts_with(|c: char| c.is_ascii_uppercase() || c == '`') && text.ends_with('.');
    none(|operation| {
        let summary = text(&operation.json, "summary");
        !is_sentence(summary) || summary.chars().count() >= 60
    });
    // What the handler says. The sentence about access is added to all.
    none(|operation| {
        let (own, access) = text(&operation.json, "description").split_once("\n\n").unwrap_or_default();
        !is_sentence(own) || !is_sentence(access)
    });
}

#[test]
fn every_tag_is_described() {
    let api = description();
    let tags: Vec<&Value> = api["tags"].as_array().unwrap().iter().collect();
    assert!(tags.iter().all(|tag| text(tag, "description").len() > 10), "{tags:#?}");
    none(|operation| {
        let used = operation.json["tags"].as_array().unwrap();
        used.len() != 1 || !tags.iter().any(|tag| tag["name"] == used[0])
    });
}

#[test]
fn every_operation_says_whether_it_takes_a_token() {
    let has = |code: &str, operation: &Operation| operation.json["responses"]["401"].to_string().contains(code);
    let [public, optional, required] = [json!([]), json!([{}, { "bearer": [] }]), json!([{ "bearer": [] }])];
    none(|operation| {
        let security = &operation.json["security"];
        let takes_a_token = *security == optional || *security == required;
        (*security != public && !takes_a_token) || takes_a_token != has("token_expired", operation)
    });
}

/// The answers of an operation with their statuses.
pub(crate) fn answers(operation: &Operation) -> impl Iterator<Item = (&str, &Value)> {
    operation.json["responses"].as_object().unwrap().iter().map(|(status, answer)| (status.as_str(), answer))
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

#[test]
fn every_error_has_its_schema_and_its_codes() {
    none(|operation| {
        answers(operation).filter(|(status, _)| is_error(status)).any(|(_, answer)| {
            let schema = &answer["content"]["application/json"]["schema"];
            let codes = schema["properties"]["code"]["enum"].as_array();
            schema["allOf"] != json!([{ "$ref": "#/components/schemas/ProblemBody" }])
                || codes.is_none_or(Vec::is_empty)
        })
    });
}

#[test]
fn every_operation_answers_the_errors_that_follow_from_what_it_takes() {
    let takes = |operation: &Operation, place: &str, name: &str| {
        let mut parameters = operation.json["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["in"] == place && (name.is_empty() || parameter["name"] == name))
    };
    let has_body = |operation: &Operation| operation.json["requestBody"].is_object();
    none(|operation| {
        let expected = [
            ("400", has_body(operation) || takes(operation, "query", "")),
            ("401", operation.json["security"] != json!([])),
            ("403", operation.json["security"] != json!([])),
            ("412", takes(operation, "header", "If-Match")),
            ("413", has_body(operation)),
            ("422", takes(operation, "header", "Idempotency-Key")),
            ("500", true),
            ("503", true),
        ];
        let has = |status: &str| answers(operation).any(|(known, _)| known == status);
        expected.into_iter().any(|(status, follows)| follows && !has(status))
    });
    none(|operation| {
        takes(operation, "header", "If-None-Match") != answers(operation).any(|(status, _)| status == "304")
    });
}

#[test]
fn clients_know_how_long_to_wait_after_429_and_503() {
    none(|operation| {
        let waits = |status: &str| ["429", "503"].contains(&status);
        answers(operation).any(|(status, answer)| waits(status) && answer["headers"]["Retry-After"].is_null())
    });
}

#[test]
fn every_parameter_and_every_header_is_described() {
    none(|operation| {
        let mut parameters = operation.json["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| text(parameter, "description").is_empty())
    });
    let api = description();
    let headers = api["components"]["headers"].as_object().unwrap();
    assert!(headers.values().all(|header| !text(header, "description").is_empty()));
    none(|operation| {
        let named = answers(operation).filter_map(|(_, answer)| answer["headers"].as_object()).flatten();
        let mut named = named;
        named.any(|(name, _)| !headers.contains_key(name))
    });
}

/// Calls `look` with each property of each schema, and with the list of the required ones beside it.
fn each_property(look: &mut impl FnMut(&str, &str, &Value, &Value)) {
    fn inside(name: &str, schema: &Value, look: &mut impl FnMut(&str, &str, &Value, &Value)) {
        for (property, shape) in schema["properties"].as_object().into_iter().flatten() {
            look(name, property, shape, &schema["required"]);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            inside(name, part, look);
        }
    }
    let api = description();
    for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
        inside(name, schema, look);
    }
}

/// Asserts that no property is found.
#[track_caller]
fn no_property(found: impl Fn(&str, &str, &Value, &Value) -> bool) {
    let mut places = Vec::new();
    each_property(&mut |schema, name, shape, required| {
        if found(schema, name, shape, required) {
            places.push(format!("{schema}.{name}"));
        }
    });
    assert!(places.is_empty(), "{places:#?}");
}

fn has_type(shape: &Value, name: &str) -> bool {
    let kinds = shape["type"].as_array().into_iter().flatten().chain([&shape["type"]]);
    let choices = shape["oneOf"].as_array().into_iter().flatten().map(|choice| &choice["type"]);
    kinds.chain(choices).any(|kind| kind == name)
}

#[test]
fn every_property_is_described() {
    let is_sentence = |text: &str| text.len() > 3 && text.ends_with('.');
    no_property(|_, _, shape, _| !is_sentence(text(shape, "description")));
}

#[test]
fn what_an_answer_may_leave_out_is_never_null_and_what_may_be_null_is_always_there() {
    no_property(|schema, name, shape, required| {
        let is_required = required.as_array().is_some_and(|names| names.iter().any(|known| known == name));
        !schema.ends_with("Input") && has_type(shape, "null") && !is_required
    });
}

#[test]
fn words_that_the_shop_chooses_are_listed_and_times_and_ids_have_their_form() {
    let listed =
        ["status", "paymentStatus", "paymentMethod", "method", "role", "type", "state", "for", "of", "dispute", "what"];
    no_property(|_, name, shape, _| listed.contains(&name) && shape["enum"].is_null());
    no_property(|_, name, shape, _| {
        has_type(shape, "string") && name.ends_with("At") && shape["format"] != "date-time"
    });
    no_property(|_, name, shape, _| {
        let is_id = name.ends_with("Id") || name == "id";
        is_id && name != "requestId" && shape["pattern"].is_null()
    });
}

/// Tokens and codes are checked as a whole; the size of the body bounds them.
#[test]
fn texts_and_lists_of_requests_are_bounded() {
    let is_checked_as_a_whole =
        ["token", "challengeToken", "refreshToken", "exchange", "code", "until", "startsAt", "endsAt"];
    no_property(|schema, name, shape, _| {
        let is_bounded = ["enum", "maxLength", "pattern"].iter().any(|keyword| !shape[keyword].is_null());
        let is_open = has_type(shape, "string") && !is_bounded && !is_checked_as_a_whole.contains(&name);
        schema.ends_with("Input") && is_open
    });
}

#[test]
fn no_schema_is_written_twice() {
    no_property(|_, _, shape, _| shape["type"] == "object" && shape["properties"].is_object());
}

#[test]
fn every_request_body_has_an_example_that_fits_its_schema() {
    let mut wrong = Vec::new();
    for Operation { place, json } in operations().iter().filter(|it| it.json["requestBody"].is_object()) {
        let content = &json["requestBody"]["content"]["application/json"];
        let example = &content["example"];
        if let Err(why) = check_value(&content["schema"], example) {
            wrong.push(format!("{place}: {why}"));
        }
        if example.as_object().is_none_or(serde_json::Map::is_empty) {
            wrong.push(format!("{place} has no example"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
