//! Stripe's events: first the signature of the raw body is checked, then the event is applied once, by its id. Stripe
//! repeats an event for days until it is acknowledged, so only an applied event is acknowledged.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use kit::http::answer::{Answer, Envelope};
use kit::http::body::RawBody;
use kit::http::problem::Problem;
use kit::runtime::telemetry;
use order_processing::{Applied, ApplyError};
use payment_provider::webhook::{SignatureError, read, verify};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

/// Stripe's events have some kilobytes.
const MAX_EVENT: usize = 512 * 1024;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookBody {
    /// False if the event is not about an order of this shop.
    taken: bool,
}

/// Receives Stripe's events.
///
/// An event with a valid signature is acknowledged even if it is repeated, late or of an unknown type.
#[utoipa::path(post, path = "/api/v1/payments/webhook", request_body(content = Object, content_type = "application/json"),
    params(("Stripe-Signature" = String, Header)),
    responses(
        (status = 200, description = "The event was received, now or before.", body = Envelope<WebhookBody>),
        (status = 400, description = "`invalid_signature`, `invalid_event`."),
        (status = 404, description = "`order_not_found`: the order or its payment may not exist yet. Stripe sends the event again."),
        (status = 413, description = "`body_too_large`: more than 512 KiB."),
        (status = 422, description = "`payment_mismatch`: the amount or the currency is not that of the order. Its history says so."),
    )
)]
pub(crate) async fn receive(
    State(app): State<App>,
    headers: HeaderMap,
    RawBody(body): RawBody<MAX_EVENT>,
) -> Result<Answer<WebhookBody>, Problem> {
    let now = app.context.clock.now();
    let secrets = app.secrets.get(&app.webhook_secret, now).await.map_err(Problem::busy)?;
    let secrets: Vec<&str> = secrets.split_whitespace().collect();
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    verify(&body, signature, &secrets, now).map_err(signature_problem)?;
    let event = read(&body)
        .map_err(|error| Problem::bad_request("invalid_event", "The event cannot be read.").with_cause(error))?;
    match app.events.apply(&event).await {
        Ok(applied) => Ok(Answer::ok("Event received.", WebhookBody { taken: applied == Applied::Taken })),
        Err(ApplyError::UnknownOrder) => Err(Problem::not_found("order_not_found", "There is no such order.")),
        Err(ApplyError::Mismatch(_)) => {
            tracing::error!(event = event.id, kind = event.kind, "a charge is not the total of its order");
            telemetry::count("MoneyNeedsPeople", 1, now);
            let message = "The amount or the currency is not that of the order.";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "payment_mismatch", message))
        }
        Err(ApplyError::Provider(error)) => Err(Problem::busy(error)),
        Err(ApplyError::Store(error)) => Err(error.into()),
    }
}

fn signature_problem(error: SignatureError) -> Problem {
    Problem::bad_request("invalid_signature", "The signature is not valid.").with_cause(error)
}
