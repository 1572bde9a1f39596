//! Errors: the codes that follow from an operation's access rule, body, parameters and headers are added to those that
//! its handler names, and every status gets its schema with exactly these codes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::http::auth::Access;
use crate::http::description::codes as known;
use crate::http::description::headers::{refer, requires, takes};

/// A status and a code that an operation answers because of a fact. What the code means is in [`known::CODES`].
type Common = (&'static str, &'static str);

const OF_A_BODY: &[Common] =
    &[("400", "validation_failed"), ("400", "malformed_json"), ("415", "unsupported_media_type")];
const TOO_LARGE: &[Common] = &[("413", "body_too_large")];
const OF_A_QUERY: &[Common] = &[("400", "validation_failed")];
const OF_A_TOKEN: &[Common] = &[
    ("401", "unauthenticated"),
    ("401", "invalid_token"),
    ("401", "token_expired"),
    ("401", "session_ended"),
    ("403", "account_banned"),
];
const OF_STAFF: &[Common] = &[("403", "forbidden"), ("403", "two_factor_required")];
const OF_A_PROOF: &[Common] = &[("403", "fresh_proof_required")];
const OF_A_CART_TOKEN: &[Common] = &[("400", "invalid_cart_token")];
const OF_A_CART: &[Common] = &[("409", "cart_too_large")];
const OF_A_KEY: &[Common] =
    &[("400", "invalid_idempotency_key"), ("409", "idempotency_key_in_flight"), ("422", "idempotency_key_reused")];
const OF_A_REQUIRED_KEY: &[Common] = &[("400", "idempotency_key_missing")];
const OF_A_VERSION: &[Common] = &[("412", "precondition_failed")];
const OF_A_REQUIRED_VERSION: &[Common] = &[("428", "precondition_required")];
const ALWAYS: &[Common] = &[("500", "internal"), ("503", "busy")];

pub(super) fn complete(operation: &mut Value, access: Access) {
    let content = &operation["requestBody"]["content"];
    let (has_body, is_json) = (!content.is_null(), !content["application/json"]["schema"]["$ref"].is_null());
    let has_query = (operation["parameters"].as_array().into_iter().flatten()).any(|it| it["in"] == "query");
    let (with_token, for_staff) = (access != Access::Public, access.permission().is_some());
    let follow = [
        (is_json, OF_A_BODY),
        (has_body, TOO_LARGE),
        (has_query, OF_A_QUERY),
        (takes(operation, "Cart-Token"), OF_A_CART_TOKEN),
        (answers_a_cart(operation), OF_A_CART),
        (requires(operation, "Idempotency-Key"), OF_A_REQUIRED_KEY),
        (takes(operation, "Idempotency-Key"), OF_A_KEY),
        (with_token, OF_A_TOKEN),
        (for_staff, OF_STAFF),
        (matches!(access, Access::StaffWithFreshProof(_)), OF_A_PROOF),
        (takes(operation, "If-Match"), OF_A_VERSION),
        (requires(operation, "If-Match"), OF_A_REQUIRED_VERSION),
        (true, ALWAYS),
    ];
    for &(status, code) in follow.into_iter().filter(|(follows, _)| *follows).flat_map(|(_, codes)| codes) {
        let description = &mut operation["responses"][status]["description"];
        let own = description.as_str().unwrap_or_default();
        if !codes(own).any(|named| named == code) {
            *description = json!(format!("{own} `{code}`: {}", known::sentences(code)).trim());
        }
    }
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if !is_error(status) {
            continue;
        }
        let named: Vec<String> =
            codes(response["description"].as_str().unwrap_or_default()).map(str::to_owned).collect();
        let waits =
            ["429", "503"].contains(&status.as_str()) || named.iter().any(|code| code == "idempotency_key_in_flight");
        response["content"]["application/json"]["schema"] = json!({
            "allOf": [{ "$ref": "#/components/schemas/ProblemBody" }],
            "properties": { "code": { "enum": named } },
        });
        if waits {
            refer(response, "Retry-After");
        }
        if status == "401" {
            refer(response, "WWW-Authenticate");
        }
    }
}

/// Errors that several operations answer in the same way become one answer with a name, after its codes.
pub(super) fn share(document: &mut Value) {
    let mut uses: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    each(document, |response| uses.entry(name(response)).or_default().push(response.clone()));
    // With other words, or more codes than a name can have, it is told where it is answered.
    uses.retain(|name, uses| !name.is_empty() && uses.len() > 1 && uses.iter().all(|other| *other == uses[0]));
    each(document, |response| {
        let name = name(response);
        if uses.contains_key(&name) {
            *response = json!({ "$ref": format!("#/components/responses/{name}") });
        }
    });
    let shared = uses.into_iter().filter_map(|(name, uses)| Some((name, uses.into_iter().next()?)));
    document["components"]["responses"] = Value::Object(shared.collect());
}

/// Calls `look` with each error of each operation.
fn each(document: &mut Value, mut look: impl FnMut(&mut Value)) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in paths.flat_map(|(_, path)| path.as_object_mut().into_iter().flatten()) {
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            if is_error(status) {
                look(response);
            }
        }
    }
}

/// `InvalidCodeOrCodeUsed`.
fn name(response: &Value) -> String {
    let codes = &response["content"]["application/json"]["schema"]["properties"]["code"]["enum"];
    let codes = codes.as_array().map(Vec::as_slice).unwrap_or_default();
    if codes.len() > 4 {
        return String::new();
    }
    let upper = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    let camel = |code: &Value| code.as_str().unwrap_or_default().split('_').map(upper).collect::<String>();
    codes.iter().map(camel).collect::<Vec<_>>().join("Or")
}

/// Whether the answer is a cart, with its totals.
fn answers_a_cart(operation: &Value) -> bool {
    operation["responses"]["200"].to_string().contains("/Envelope_CartBody\"")
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

/// The error codes that a sentence names: the words in backticks that are all small letters.
fn codes(sentence: &str) -> impl Iterator<Item = &str> {
    let is_code = |word: &&str| word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
    sentence.split('`').skip(1).step_by(2).filter(is_code)
}
