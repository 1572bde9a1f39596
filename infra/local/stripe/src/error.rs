//! Errors in Stripe's JSON format, and objects as clients see them.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StripeError {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// Whether the request began to be executed. Only then its answer is saved under the idempotency key.
    pub(crate) executed: bool,
}

impl StripeError {
    fn new(status: u16, kind: &str, code: Option<&str>, message: &str) -> Self {
        let mut body = json!({ "error": { "type": kind, "message": message } });
        if let Some(code) = code {
            body["error"]["code"] = code.into();
        }
        Self { status, body, executed: false }
    }

    /// The request was understood, but the state of the objects does not allow it.
    pub(crate) fn refused(code: &str, message: &str) -> Self {
        Self { executed: true, ..Self::new(400, "invalid_request_error", Some(code), message) }
    }

    /// A parameter is not valid. Stripe has no code for many of these.
    pub(crate) fn parameter(name: &str, code: Option<&str>, message: &str) -> Self {
        let mut error = Self::new(400, "invalid_request_error", code, message);
        error.body["error"]["param"] = name.into();
        error
    }

    pub(crate) fn missing(what: &str) -> Self {
        let message = format!("No such {what}");
        Self { executed: true, ..Self::new(404, "invalid_request_error", Some("resource_missing"), &message) }
    }

    /// The card was declined. The error has the payment intent too.
    pub(crate) fn card(code: &str, decline: &str, intent: &Value) -> Self {
        let mut error = Self::new(402, "card_error", Some(code), "Your card was declined.");
        error.body["error"]["decline_code"] = decline.into();
        error.body["error"]["payment_intent"] = public_fields(intent);
        Self { executed: true, ..error }
    }

    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(401, "invalid_request_error", Some("api_key_invalid"), message)
    }

    pub(crate) fn unknown_url(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::new(404, "invalid_request_error", Some("url_invalid"), &message)
    }

    /// The key was used before, with other parameters.
    pub(crate) fn other_parameters() -> Self {
        let message =
            "Keys for idempotent requests can only be used with the same parameters they were first used with.";
        Self::new(400, "idempotency_error", None, message)
    }

    pub(crate) fn key_in_use() -> Self {
        let message = "Another request with this idempotency key is still in progress.";
        Self::new(409, "idempotency_error", Some("idempotency_key_in_use"), message)
    }

    pub(crate) fn rate_limited() -> Self {
        let message = "Too many requests were made in a short time.";
        Self::new(429, "invalid_request_error", Some("rate_limit"), message)
    }

    pub(crate) fn internal() -> Self {
        Self { executed: true, ..Self::new(500, "api_error", None, "Something went wrong on Stripe's side.") }
    }
}

/// The object as clients see it, without our internal fields, which begin with `_`.
pub(crate) fn public_fields(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| !name.starts_with('_'));
    }
    object
}
