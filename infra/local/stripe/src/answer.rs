//! Refusals in Stripe's form.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Refusal {
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

    /// The card was refused; the intent as it is now goes along.
    pub(crate) fn card(code: &str, decline: &str, intent: &Value) -> Self {
        let mut refusal = Self::new(402, "card_error", code, "Your card was declined.");
        refusal.body["error"]["decline_code"] = decline.into();
        refusal.body["error"]["payment_intent"] = intent.clone();
        refusal
    }
}

/// An object as clients see it, without our own notes.
pub(crate) fn shown(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| !name.starts_with('_'));
    }
    object
}
