//! Errors: the codes that follow from an operation's access rule, body, parameters and headers are added to those that
//! its handler names, and every status gets its schema with exactly these codes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::http::auth::Access;
use crate::http::description::headers::{refer, requires, takes};

/// A code that an operation answers because of a fact.
struct Common {
    status: &'static str,
    code: &'static str,
    meaning: &'static str,
}

const fn common(status: &'static str, code: &'static str, meaning: &'static str) -> Common {
    Common { status, code, meaning }
}

const OF_A_BODY: [Common; 3] = [
    common("400", "validation_failed", "The details name each field that was refused, and say why."),
    common("400", "malformed_json", "The body is not well-formed JSON."),
    common("415", "unsupported_media_type", "The body was not sent as `application/json`."),
];
const TOO_LARGE: [Common; 1] = [common("413", "body_too_large", "The body is larger than this route takes.")];
const OF_A_QUERY: [Common; 1] =
    [common("400", "validation_failed", "The details name each parameter that was refused, and say why.")];
const OF_A_TOKEN: [Common; 5] = [
    common("401", "unauthenticated", "No token was sent. Sign in first."),
    common("401", "invalid_token", "The token is not one of this shop."),
    common("401", "token_expired", "Refresh the tokens and repeat the request."),
    common("401", "session_ended", "Sign in again."),
    common("403", "account_banned", "The message says until when."),
];
const OF_AN_API_KEY: [Common; 2] = [
    common("401", "invalid_api_key", "The API key is wrong, has ended or was deleted."),
    common("429", "rate_limited", "The API key sent too many requests, or the network too many wrong keys."),
];
const OF_PEOPLE: [Common; 1] = [common("403", "user_required", "An API key cannot do this. A person must sign in.")];
const OF_STAFF: [Common; 2] = [
    common("403", "forbidden", "The permission is missing."),
    common("403", "two_factor_required", "Turn two-factor sign-in on first."),
];
const OF_A_PROOF: [Common; 1] = [common("403", "fresh_proof_required", "Confirm with `POST /auth/confirm` first.")];
const OF_A_CART: [Common; 1] = [common("400", "invalid_cart_token", "The `Cart-Token` is malformed.")];
const OF_A_KEY: [Common; 3] = [
    common("400", "invalid_idempotency_key", "The `Idempotency-Key` is not 1 to 255 visible characters."),
    common("409", "idempotency_key_in_flight", "The same request is being carried out right now. Try again."),
    common("422", "idempotency_key_reused", "The key was used with another body."),
];
const OF_A_REQUIRED_KEY: [Common; 1] = [common("400", "idempotency_key_missing", "Send an `Idempotency-Key`.")];
const OF_A_VERSION: [Common; 1] =
    [common("412", "precondition_failed", "It was changed after you read it. Read it again and repeat your change.")];
const OF_A_REQUIRED_VERSION: [Common; 1] =
    [common("428", "precondition_required", "Send `If-Match` with the ETag that you read, or `*`.")];
const ALWAYS: [Common; 2] = [
    common("500", "internal", "Something went wrong on our side."),
    common("503", "busy", "The shop is busy. Try again; every change is safe to repeat."),
];

pub(super) fn complete(operation: &mut Value, access: Access) {
    let content = &operation["requestBody"]["content"];
    let (has_body, is_json) = (!content.is_null(), !content["application/json"]["schema"]["$ref"].is_null());
    let has_query = (operation["parameters"].as_array().into_iter().flatten()).any(|it| it["in"] == "query");
    let (with_token, for_staff) = (access != Access::Public, access.permission().is_some());
    let follow: [(bool, &[Common]); 14] = [
        (is_json, &OF_A_BODY),
        (has_body, &TOO_LARGE),
        (has_query, &OF_A_QUERY),
        (takes(operation, "Cart-Token"), &OF_A_CART),
        (requires(operation, "Idempotency-Key"), &OF_A_REQUIRED_KEY),
        (takes(operation, "Idempotency-Key"), &OF_A_KEY),
        (with_token, &OF_A_TOKEN),
        (access.takes_keys(), &OF_AN_API_KEY),
        (with_token && !access.takes_keys(), &OF_PEOPLE),
        (for_staff, &OF_STAFF),
        (matches!(access, Access::StaffWithFreshProof(_)), &OF_A_PROOF),
        (takes(operation, "If-Match"), &OF_A_VERSION),
        (requires(operation, "If-Match"), &OF_A_REQUIRED_VERSION),
        (true, &ALWAYS),
    ];
    for Common { status, code, meaning } in
        follow.into_iter().filter(|(follows, _)| *follows).flat_map(|(_, codes)| codes)
    {
        let description = &mut operation["responses"][status]["description"];
        let own = description.as_str().unwrap_or_default();
        if !codes(own).any(|named| named == *code) {
            *description = json!(format!("{own} `{code}`: {meaning}").trim());
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

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

/// The error codes that a sentence names: the words in backticks that are all small letters.
fn codes(sentence: &str) -> impl Iterator<Item = &str> {
    let is_code = |word: &&str| word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
    sentence.split('`').skip(1).step_by(2).filter(is_code)
}
