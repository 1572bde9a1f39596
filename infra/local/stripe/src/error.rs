//! Errors in Stripe's JSON format, and objects as clients see them.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StripeError {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl StripeError {
    pub(crate) fn new(status: u16, kind: &str, code: &str, message: &str) -> Self {
        let body = json!({ "error": { "type": kind, "code": code, "message": message } });
        Self { status, body }
    }

    pub(crate) fn invalid(code: &str, message: &str) -> Self {
        Self::new(400, "invalid_request_error", code, message)
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self::new(404, "invalid_request_error", "resource_missing", &format!("No such {what}"))
    }

    /// The card was declined. The error has the payment intent too.
    pub(crate) fn card(code: &str, decline: &str, intent: &Value) -> Self {
        let mut error = Self::new(402, "card_error", code, "Your card was declined.");
        error.body["error"]["decline_code"] = decline.into();
        error.body["error"]["payment_intent"] = intent.clone();
        error
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
