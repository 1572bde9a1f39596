//! The headers of requests and answers: what they are for and what they look like, and which follow from which.

use serde_json::{Value, json};

use crate::http::description::append;
use crate::http::idempotency::IdempotencyKey;

/// A token as [`data_encoding::BASE64URL_NOPAD`] writes it.
const TOKEN: &str = "^[A-Za-z0-9_-]+$";

/// What a request header is for, and its schema.
fn of_request(name: &str) -> Option<(&'static str, Value)> {
    Some(match name {
        "Idempotency-Key" => (
            "Makes it safe to repeat the request: the same key with the same body has no second effect. A random UUID is \
             good.",
            json!({ "type": "string", "minLength": 1, "maxLength": IdempotencyKey::MAX_LENGTH, "pattern": "^[!-~]+$" }),
        ),
        "If-Match" => (
            "The ETag that you read. The change is refused if somebody else made one since. `*` matches every version.",
            json!({ "type": "string", "pattern": "^(\\*|.*\".*\".*)$" }),
        ),
        "If-None-Match" => ("The ETag of the answer that you have.", json!({ "type": "string" })),
        "Cart-Token" => (
            "A guest's cart: `data.token` of the answer that made it.",
            json!({ "type": "string", "minLength": 43, "maxLength": 43, "pattern": TOKEN }),
        ),
        "Order-Token" => (
            "A guest's order: `data.token` of the answer that placed it, or the `token` of a mailed link.",
            json!({ "type": "string", "pattern": TOKEN }),
        ),
        "Device-Token" => (
            "The `deviceToken` of an earlier sign-in on this device. It gives no access; wrong passwords that others try do \
             not lock out a device that is known.",
            json!({ "type": "string" }),
        ),
        "Session-Cookie" => (
            "The name of a session whose refresh token is kept in a cookie that scripts cannot read, and is not in bodies. For \
             pages of the shop's own origin.",
            json!({ "type": "string", "pattern": "^[a-z]{1,16}$" }),
        ),
        "Accept-Language" => (
            "The languages that the person reads. The shop writes to them in the best of these that it knows.",
            json!({ "type": "string" }),
        ),
        "Stripe-Signature" => ("Stripe's signature of the body.", json!({ "type": "string" })),
        _ => return None,
    })
}

/// All headers of answers, to be referred to.
pub(super) fn of_answers() -> Value {
    let header = |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    json!({
        "ETag": header("The version, for `If-Match` and `If-None-Match`.", text()),
        "Retry-After": header("Seconds to wait before the request is sent again.", json!({ "type": "integer", "minimum": 0 })),
        "RateLimit": header("What is left of the limit, and the seconds until it starts anew: `\"login\";r=29;t=60`.", text()),
        "RateLimit-Policy": header("The limit that counted this request: `\"login\";q=30;w=60` is 30 in 60 seconds.", text()),
        "Idempotent-Replayed": header("`true`: this answer was given before.", json!({ "type": "string", "enum": ["true"] })),
        "Cart-Token": header("The token of a new guest cart, as in `data.token`.", text()),
        "Set-Cookie": header("The refresh token, if the request asked for it with `Session-Cookie`.", text()),
        "WWW-Authenticate": header("`Bearer`.", text()),
    })
}

/// Completes the headers that the handler names, and adds those that follow from others.
pub(super) fn complete(operation: &mut Value) {
    let answers = |operation: &Value, status: &str| operation["responses"].get(status).is_some();
    for (status, name) in [("304", "If-None-Match"), ("412", "If-Match")] {
        if answers(operation, status) && !takes(operation, name) {
            append(&mut operation["parameters"], json!({ "in": "header", "name": name, "required": false }));
        }
    }
    let (cached, limited) = (answers(operation, "304"), answers(operation, "429"));
    let repeatable = takes(operation, "Idempotency-Key");
    let in_cookie = takes(operation, "Session-Cookie");
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let known = parameter["name"].as_str().and_then(of_request).filter(|_| parameter["in"] == "header");
        if let Some((description, schema)) = known {
            let own = parameter["description"].as_str().map(str::to_owned);
            parameter["description"] = json!(own.as_deref().unwrap_or(description));
            parameter["schema"] = schema;
        }
    }
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let good = status.starts_with('2');
        let named: Vec<String> =
            response["headers"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        let follow = [
            ("ETag", cached && (good || status == "304")),
            ("Idempotent-Replayed", repeatable && good),
            ("Set-Cookie", in_cookie && good),
            ("RateLimit", limited && (good || status == "429")),
            ("RateLimit-Policy", limited && (good || status == "429")),
        ];
        let follow = follow.into_iter().filter(|(_, follows)| *follows).map(|(name, _)| name.to_owned());
        for name in named.into_iter().chain(follow) {
            refer(response, &name);
        }
    }
}

/// Whether the operation takes this request header.
pub(super) fn takes(operation: &Value, name: &str) -> bool {
    parameter(operation, name).is_some()
}

/// Whether it is required.
pub(super) fn requires(operation: &Value, name: &str) -> bool {
    parameter(operation, name).is_some_and(|parameter| parameter["required"] == true)
}

/// Adds a header of [`of_answers`] to a response.
pub(super) fn refer(response: &mut Value, name: &str) {
    response["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
}

fn parameter<'a>(operation: &'a Value, name: &str) -> Option<&'a Value> {
    let mut parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters.find(|parameter| parameter["in"] == "header" && parameter["name"] == name)
}
