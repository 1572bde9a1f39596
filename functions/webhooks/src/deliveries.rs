//! What was delivered to an endpoint, what is sent again, and tests.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use domain::id::EventId;
use domain::time::Time;
use domain::webhook::WebhookEndpoint;
use domain::webhook::delivery::{DeliverJob, DeliveryState, KEPT, ResendJob, TEST_EVENT, WebhookJob};
use kit::http::answer::{Answer, Envelope, Listing, Nothing, listing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Query};
use kit::http::paging;
use kit::http::problem::Problem;
use serde::Deserialize;
use serde_json::json;
use store::audit::AuditChange;
use store::webhook_deliveries::{DeliveryFacts, WebhookEvent};
use utoipa::IntoParams;

use crate::App;
use crate::body::{QueuedEventBody, ResendEventsInput, WebhookDeliveryBody, WebhookDeliveryDetailsBody};
use crate::endpoints::{audit_entry, find};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveriesQuery {
    /// Only deliveries in this state: `sending`, `waiting`, `delivered` or `failed`.
    state: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// What was delivered to an endpoint, the newest events first.
///
/// It is kept for 30 days. With a state, a page can be short or empty although more pages follow: go on until `nextCursor` is
/// null.
#[utoipa::path(get, path = "/api/v1/admin/webhooks/{id}/deliveries",
    params(("id" = String, Path), DeliveriesQuery),
    responses(
        (status = 200, description = "A page of deliveries.", body = Listing<WebhookDeliveryBody>),
        (status = 404, description = "`webhook_not_found`."),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<DeliveriesQuery>,
) -> Result<Json<Listing<WebhookDeliveryBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let state = fields.check_optional("state", query.state.as_deref(), |state| {
        let known = DeliveryState::NAMES.into_iter().find(|name| *name == state);
        known.ok_or("must be sending, waiting, delivered or failed")
    });
    let (state,) = fields.finish((state,))?;
    let endpoint = find(&app, &id).await?;
    let page = app.context.store.webhook_deliveries(endpoint.id, state, &request).await?;
    Ok(listing("The deliveries.", page, request.limit, |delivery| WebhookDeliveryBody::of(&delivery)))
}

/// One delivery.
///
/// With its attempts and what is sent.
#[utoipa::path(get, path = "/api/v1/admin/webhooks/{id}/deliveries/{event}",
    params(("id" = String, Path), ("event" = String, Path)),
    responses(
        (status = 200, description = "The delivery.", body = Envelope<WebhookDeliveryDetailsBody>),
        (status = 404, description = "`webhook_not_found`. `webhook_delivery_not_found`."),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    staff: Identity,
    Path((id, event)): Path<(String, String)>,
) -> Result<Answer<WebhookDeliveryDetailsBody>, Problem> {
    let endpoint = find(&app, &id).await?;
    let facts = facts(&app, &endpoint, &event).await?;
    let delivery = facts.delivery.ok_or_else(missing)?;
    // The payload has data about customers.
    app.context.trail.read(staff.id(), "webhook.read-delivery", endpoint.id, Some(event)).await;
    let payload = facts.event.map(|event| event.payload);
    Ok(Answer::ok("The delivery.", WebhookDeliveryDetailsBody::of(&delivery, payload)))
}

/// Sends an event to an endpoint again.
///
/// At once, whether or not it was delivered. It keeps its id, by which a server knows that it has it already.
#[utoipa::path(post, path = "/api/v1/admin/webhooks/{id}/deliveries/{event}/resend",
    params(("id" = String, Path), ("event" = String, Path)),
    responses(
        (status = 202, description = "It will be sent.", body = Envelope<QueuedEventBody>),
        (status = 404, description = "`webhook_not_found`. `webhook_delivery_not_found`: it is not kept any more."),
        (status = 409, description = "`webhook_disabled`: enable the endpoint first."),
    )
)]
pub(crate) async fn resend(
    State(app): State<App>,
    staff: Identity,
    Path((id, event)): Path<(String, String)>,
) -> Result<Answer<QueuedEventBody>, Problem> {
    let endpoint = find(&app, &id).await?;
    check_enabled(&endpoint)?;
    let DeliveryFacts { event: Some(event), delivery: Some(_), .. } = facts(&app, &endpoint, &event).await? else {
        return Err(missing());
    };
    let change = AuditChange { before: None, after: Some(event.id.to_string()) };
    let entry = audit_entry(&app, &staff, "resend", endpoint.id, change);
    app.context.store.add_audit_entry(&entry).await?;
    deliver(&app, &endpoint, event.id, false).await
}

/// Sends all events since a time to an endpoint.
///
/// Those that it wants and did not take, or all of them. It also gets what happened while it was disabled. They are sent in
/// the background, not faster than the endpoint's limit, and keep their ids.
#[utoipa::path(post, path = "/api/v1/admin/webhooks/{id}/resend", request_body = ResendEventsInput,
    params(("id" = String, Path)),
    responses(
        (status = 202, description = "They will be sent.", body = Envelope<Nothing>),
        (status = 404, description = "`webhook_not_found`."),
        (status = 409, description = "`webhook_disabled`: enable the endpoint first."),
    )
)]
pub(crate) async fn resend_all(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    Body(body): Body<ResendEventsInput>,
) -> Result<Answer<Nothing>, Problem> {
    let now = app.context.clock.now();
    let since = Time::parse(&body.since).map_err(|error| Problem::field("since", error.to_string()))?;
    if since >= now || now.since(since) > KEPT {
        return Err(Problem::field("since", "must be in the last 30 days"));
    }
    let endpoint = find(&app, &id).await?;
    check_enabled(&endpoint)?;
    let delivered_too = body.delivered_too.unwrap_or(false);
    let what = if delivered_too { "all" } else { "undelivered" };
    let change = AuditChange { before: None, after: Some(format!("{what} since {since}")) };
    let entry = audit_entry(&app, &staff, "resend", endpoint.id, change);
    app.context.store.add_audit_entry(&entry).await?;
    let job =
        ResendJob { endpoint_id: endpoint.id, from: since, after: None, until: now, asked_at: now, delivered_too };
    send(&app, WebhookJob::Resend(job)).await?;
    Ok(Answer::new(ACCEPTED, "The events will be sent.", Nothing))
}

/// Sends a test to an endpoint.
///
/// An event of the type `webhook.test`, which says nothing of the shop. It is tried once, also if the endpoint is disabled;
/// its delivery shows what came back.
#[utoipa::path(post, path = "/api/v1/admin/webhooks/{id}/test",
    params(("id" = String, Path)),
    responses(
        (status = 202, description = "It will be sent.", body = Envelope<QueuedEventBody>),
        (status = 404, description = "`webhook_not_found`."),
    )
)]
pub(crate) async fn test(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
) -> Result<Answer<QueuedEventBody>, Problem> {
    let now = app.context.clock.now();
    let endpoint = find(&app, &id).await?;
    let event_id = app.context.ids.event(now);
    let payload = json!({
        "id": event_id,
        "type": TEST_EVENT,
        "timestamp": now,
        "sequence": 1,
        "object": { "kind": "webhook", "id": endpoint.id },
        "data": { "message": "This is a test. Nothing happened in the shop." },
    });
    let event = WebhookEvent { id: event_id, event_type: TEST_EVENT.to_owned(), payload: payload.to_string() };
    app.context.store.keep_webhook_event(&event).await?;
    let change = AuditChange { before: None, after: Some(event_id.to_string()) };
    app.context.store.add_audit_entry(&audit_entry(&app, &staff, "test", endpoint.id, change)).await?;
    deliver(&app, &endpoint, event_id, true).await
}

const ACCEPTED: axum::http::StatusCode = axum::http::StatusCode::ACCEPTED;

async fn facts(app: &App, endpoint: &WebhookEndpoint, event: &str) -> Result<DeliveryFacts, Problem> {
    let event = EventId::parse(event).map_err(|_| missing())?;
    Ok(app.context.store.webhook_delivery_facts(endpoint.id, event).await?)
}

async fn deliver(
    app: &App,
    endpoint: &WebhookEndpoint,
    event_id: EventId,
    is_test: bool,
) -> Result<Answer<QueuedEventBody>, Problem> {
    let asked_at = app.context.clock.now();
    send(app, WebhookJob::Deliver(DeliverJob { endpoint_id: endpoint.id, event_id, asked_at, is_test })).await?;
    Ok(Answer::new(ACCEPTED, "The event will be sent.", QueuedEventBody { event_id: event_id.to_string() }))
}

async fn send(app: &App, job: WebhookJob) -> Result<(), Problem> {
    app.queue.send(&[job], Duration::ZERO).await.map_err(Problem::busy)
}

fn missing() -> Problem {
    Problem::not_found("webhook_delivery_not_found", "There is no such delivery to this endpoint.")
}

fn check_enabled(endpoint: &WebhookEndpoint) -> Result<(), Problem> {
    if endpoint.disabled.is_none() {
        return Ok(());
    }
    Err(Problem::conflict("webhook_disabled", "The endpoint is disabled. Enable it first."))
}
