//! Endpoints and deliveries in JSON.

use domain::public_event::EventType;
use domain::time::Time;
use domain::webhook::delivery::{AttemptProblem, Delivery, DeliveryAttempt, DeliveryState};
use domain::webhook::{Disabled, WebhookEndpoint};
use kit::http::body::nullable;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WebhookEndpointInput {
    /// Where events are posted to: by https, on port 443 or 8443, to a host of the public internet.
    pub(crate) url: String,
    /// What it is for.
    pub(crate) description: Option<String>,
    /// The types of events that it gets. Left out or null: all, also types that come later.
    pub(crate) event_types: Option<Vec<String>>,
    /// At most so many events a minute are sent to it. The default is 600.
    pub(crate) max_per_minute: Option<u32>,
    /// The default is true.
    pub(crate) enabled: Option<bool>,
}

/// A field that is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WebhookEndpointPatchInput {
    /// Where events are posted to.
    pub(crate) url: Option<String>,
    /// What it is for.
    pub(crate) description: Option<String>,
    /// The types of events that it gets. Null: all.
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) event_types: Option<Option<Vec<String>>>,
    /// At most so many events a minute are sent to it.
    pub(crate) max_per_minute: Option<u32>,
    /// True: it gets events again, and those that wait go out. False: it gets none.
    pub(crate) enabled: Option<bool>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResendEventsInput {
    /// Events that happened from this time on are sent. It is at most 30 days ago.
    pub(crate) since: String,
    /// Whether events that were delivered are sent too. The default is false.
    pub(crate) delivered_too: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookEndpointBody {
    id: String,
    /// Where events are posted to, in its normal form.
    url: String,
    /// What it is for. It may be empty.
    description: String,
    /// The types of events that it gets. Null: all.
    event_types: Option<Vec<&'static str>>,
    /// At most so many events a minute are sent to it.
    max_per_minute: u32,
    /// Whether it gets events.
    enabled: bool,
    disabled_at: Option<String>,
    /// Why it gets no events: `staff` disabled it, it was `failing` for three days, or it answered that it is `gone`.
    disabled_reason: Option<&'static str>,
    /// Since when it took no event. Null: it works.
    failing_since: Option<String>,
    /// After several failures in a row its events wait until this time. Then one of them is tried.
    paused_until: Option<String>,
    /// Until then the secret before the newest one signs too. Null: only the newest one signs.
    old_secret_until: Option<String>,
    created_at: String,
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewWebhookEndpointBody {
    /// The secret that its events are signed with. It is shown only now.
    pub(crate) secret: String,
    /// What is known of it from now on.
    #[schema(inline = false)]
    pub(crate) endpoint: WebhookEndpointBody,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueuedEventBody {
    /// The id of the event, by which its delivery is found.
    pub(crate) event_id: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookAttemptBody {
    /// When it began.
    at: String,
    /// How long it took.
    millis: u64,
    /// The status of the answer. Null: there was none.
    http_status: Option<u16>,
    /// Why there was no answer: `address_refused`, `host_not_found`, `not_connected`, `timed_out` or `broken`.
    problem: Option<&'static str>,
    /// The beginning of the answer, at most 500 characters.
    answer: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookDeliveryBody {
    /// The id of the event, which it sends as `webhook-id`.
    event_id: String,
    /// The type of the event.
    event_type: String,
    /// `sending`, `waiting` for its next attempt, `delivered`, or `failed` after its last attempt.
    state: &'static str,
    /// When it is tried next.
    next_attempt_at: Option<String>,
    /// Null: it was not tried yet.
    last_attempt: Option<WebhookAttemptBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookDeliveryDetailsBody {
    /// The id of the event, which it sends as `webhook-id`.
    event_id: String,
    /// The type of the event.
    event_type: String,
    /// `sending`, `waiting` for its next attempt, `delivered`, or `failed` after its last attempt.
    state: &'static str,
    /// When it is tried next.
    next_attempt_at: Option<String>,
    /// The last 20 attempts, oldest first.
    #[schema(inline = false)]
    attempts: Vec<WebhookAttemptBody>,
    /// The JSON text as it is sent. Null: it is not kept any more.
    payload: Option<String>,
}

impl WebhookEndpointBody {
    pub(crate) fn of(endpoint: &WebhookEndpoint, now: Time) -> Self {
        let text = |at: Time| at.to_string();
        let old_secret_until = endpoint.retiring.last().map(|secret| secret.until).filter(|until| now < *until);
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url.clone(),
            description: endpoint.description.clone(),
            event_types: endpoint.event_types.as_ref().map(|types| types.iter().map(|one| one.name()).collect()),
            max_per_minute: endpoint.max_per_minute,
            enabled: endpoint.disabled.is_none(),
            disabled_at: endpoint.disabled.map(|Disabled { at, .. }| text(at)),
            disabled_reason: endpoint.disabled.map(|Disabled { why, .. }| why.name()),
            failing_since: endpoint.failing.map(|failing| text(failing.since)),
            paused_until: endpoint.paused_until(now).map(text),
            old_secret_until: old_secret_until.map(text),
            created_at: text(endpoint.created_at),
            updated_at: text(endpoint.updated_at),
        }
    }
}

impl WebhookAttemptBody {
    fn of(attempt: &DeliveryAttempt) -> Self {
        Self {
            at: attempt.at.to_string(),
            millis: attempt.millis,
            http_status: attempt.status,
            problem: attempt.problem.map(AttemptProblem::name),
            answer: attempt.excerpt.clone(),
        }
    }
}

impl WebhookDeliveryBody {
    pub(crate) fn of(delivery: &Delivery) -> Self {
        Self {
            event_id: delivery.event_id.to_string(),
            event_type: delivery.event_type.clone(),
            state: delivery.state.name(),
            next_attempt_at: next_attempt_at(delivery),
            last_attempt: delivery.attempts.last().map(WebhookAttemptBody::of),
        }
    }
}

impl WebhookDeliveryDetailsBody {
    pub(crate) fn of(delivery: &Delivery, payload: Option<String>) -> Self {
        Self {
            event_id: delivery.event_id.to_string(),
            event_type: delivery.event_type.clone(),
            state: delivery.state.name(),
            next_attempt_at: next_attempt_at(delivery),
            attempts: delivery.attempts.iter().map(WebhookAttemptBody::of).collect(),
            payload,
        }
    }
}

fn next_attempt_at(delivery: &Delivery) -> Option<String> {
    match &delivery.state {
        DeliveryState::Waiting { next_at } => Some(next_at.to_string()),
        DeliveryState::Sending { .. } | DeliveryState::Delivered { .. } | DeliveryState::Failed { .. } => None,
    }
}

/// An endpoint in words, for the audit trail.
pub(crate) fn describe(endpoint: &WebhookEndpoint) -> String {
    let types = match &endpoint.event_types {
        None => "all events".to_owned(),
        Some(types) => types.iter().copied().map(EventType::name).collect::<Vec<_>>().join(", "),
    };
    let state = if endpoint.disabled.is_some() { "disabled" } else { "enabled" };
    format!("{}: {types}; {} a minute; {state}", endpoint.url, endpoint.max_per_minute)
}
