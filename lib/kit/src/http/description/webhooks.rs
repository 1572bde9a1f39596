//! What values at the endpoints of merchants look like, from the constants that the code checks.

use domain::id::EventId;
use domain::public_event::EventType;
use domain::webhook::delivery::{AttemptProblem, DeliveryState, MAX_EXCERPT, TEST_EVENT};
use domain::webhook::{DisabledReason, WebhookEndpoint, target};
use serde_json::{Value, json};

use crate::http::description::values::{id, text};

/// The keywords of a property of these bodies, or of a parameter of their paths.
pub(super) fn shape(of: &str, name: &str) -> Option<Value> {
    let types = || EventType::ALL.iter().copied().map(EventType::name);
    Some(match (of, name) {
        ("WebhookEndpointInput" | "WebhookEndpointPatchInput", "url") => text(1, target::MAX_LENGTH),
        ("WebhookEndpointInput" | "WebhookEndpointPatchInput", "description") => {
            text(0, WebhookEndpoint::MAX_DESCRIPTION)
        }
        ("WebhookEndpointInput" | "WebhookEndpointPatchInput", "eventTypes") => {
            let types: Vec<&str> = types().collect();
            json!({ "minItems": 1, "maxItems": types.len(), "items": { "enum": types } })
        }
        ("WebhookEndpointBody", "eventTypes") => json!({ "items": { "enum": types().collect::<Vec<_>>() } }),
        (_, "eventType") => json!({ "enum": types().chain([TEST_EVENT]).collect::<Vec<_>>() }),
        (_, "maxPerMinute") => json!({ "minimum": 1, "maximum": WebhookEndpoint::MAX_PER_MINUTE }),
        ("WebhookEndpointBody", "disabledReason") => json!({ "enum": DisabledReason::ALL.map(DisabledReason::name) }),
        ("WebhookDeliveryBody" | "WebhookDeliveryDetailsBody" | "/api/v1/admin/webhooks/{id}/deliveries", "state") => {
            json!({ "enum": DeliveryState::NAMES })
        }
        ("WebhookAttemptBody", "problem") => json!({ "enum": AttemptProblem::ALL.map(AttemptProblem::name) }),
        ("WebhookAttemptBody", "httpStatus") => json!({ "minimum": 100, "maximum": 999 }),
        ("WebhookAttemptBody", "millis") => json!({ "minimum": 0 }),
        ("WebhookAttemptBody", "answer") => text(0, MAX_EXCERPT),
        ("NewWebhookEndpointBody", "secret") => json!({ "pattern": "^whsec_[A-Za-z0-9+/=]+$" }),
        ("ResendEventsInput", "since") => {
            json!({ "format": "date-time", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+$" })
        }
        (_, "eventId") => id(EventId::PREFIX),
        (path, "event") if path.starts_with("/api/v1/admin/webhooks/") => id(EventId::PREFIX),
        (_, "disabledAt" | "nextAttemptAt" | "failingSince" | "pausedUntil" | "oldSecretUntil") => {
            json!({ "format": "date-time" })
        }
        _ => return None,
    })
}
