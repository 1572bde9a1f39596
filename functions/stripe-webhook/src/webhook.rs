//! Stripe's events: the signature on the raw body first, then the event once by its id, in the transaction of its
//! effect. Stripe sends again what is not acknowledged, for days, so only what we have taken in is.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use checkout::{Applied, ApplyError};
use kit::http::answer::{Answer, Envelope};
use kit::http::problem::Problem;
use kit::runtime::telemetry;
use payment_provider::webhook::{Unsigned, read, verify};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

const MAX_EVENT: usize = 512 * 1024;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookBody {
    /// False: it is about nothing of ours, and need not be sent again.
    taken: bool,
}

/// For Stripe alone. What is signed and understood is acknowledged, also if it comes again, late, or is of an unknown
/// type.
#[utoipa::path(post, path = "/api/v1/payments/webhook", request_body(content = String, content_type = "application/json"),
    params(("Stripe-Signature" = String, Header)),
    responses(
        (status = 200, description = "Taken in, now or before.", body = Envelope<WebhookBody>),
        (status = 400, description = "`invalid_signature`, `invalid_event`."),
        (status = 404, description = "`order_not_found`: not yet, perhaps. Stripe sends it again."),
        (status = 422, description = "`payment_mismatch`: not the amount or currency of the order."),
    )
)]
pub(crate) async fn hear(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Answer<WebhookBody>, Problem> {
    if body.len() > MAX_EVENT {
        let message = "That is no event of Stripe's.";
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message));
    }
    let now = app.context.clock.now();
    let secrets = app.secrets.get(&app.webhook_secret, now).await;
    let secrets = secrets.map_err(Problem::busy)?;
    let secrets: Vec<&str> = secrets.split_whitespace().collect();
    let header = headers.get("stripe-signature");
    let header = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    verify(&body, header, &secrets, now).map_err(unsigned)?;
    let event = read(&body)
        .map_err(|error| Problem::bad_request("invalid_event", "The event cannot be read.").with_cause(error))?;
    let heard = app.orders.hear(&event).await;
    match heard {
        Ok(heard) => Ok(Answer::ok("Heard.", WebhookBody { taken: heard == Applied::Taken })),
        Err(ApplyError::UnknownOrder) => Err(Problem::not_found("order_not_found", "There is no such order.")),
        Err(ApplyError::Mismatch) => {
            tracing::error!(event = event.id, kind = event.kind, "money that no order asked for");
            telemetry::count("MoneyNeedsPeople", 1, now);
            let message = "The amount or currency is not the order's.";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "payment_mismatch", message))
        }
        Err(ApplyError::Store(error)) => Err(error.into()),
    }
}

fn unsigned(error: Unsigned) -> Problem {
    Problem::bad_request("invalid_signature", "The signature is not good.").with_cause(error)
}
