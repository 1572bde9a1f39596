//! `/health`: live means that this function answers; ready means that the table and the key store answer too.

use axum::extract::State;
use axum::http::StatusCode;
use kit::http::answer::{Answer, Envelope};
use kit::http::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthBody {
    #[schema(example = "ok")]
    status: &'static str,
    version: &'static str,
}

fn healthy() -> Answer<HealthBody> {
    Answer::ok("Healthy.", HealthBody { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Whether the service is ready, the same as /health/ready.
///
/// For load balancers that ask for this path.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "Healthy.", body = Envelope<HealthBody>)))]
pub(crate) async fn health(State(app): State<App>) -> Result<Answer<HealthBody>, Problem> {
    ready(State(app)).await
}

/// Whether the service answers.
///
/// It asks nothing else, so it says only that the function runs.
#[utoipa::path(get, path = "/health/live", responses((status = 200, description = "The service answers.", body = Envelope<HealthBody>)))]
pub(crate) async fn live() -> Answer<HealthBody> {
    healthy()
}

/// Whether the table and the key store answer.
///
/// For monitoring.
#[utoipa::path(get, path = "/health/ready", responses(
    (status = 200, description = "Ready.", body = Envelope<HealthBody>),
    (status = 503, description = "`not_ready`."),
))]
pub(crate) async fn ready(State(app): State<App>) -> Result<Answer<HealthBody>, Problem> {
    let (table, keys) =
        tokio::join!(app.context.store.answers(), app.context.auth.verifier.keys(app.context.clock.now()));
    let not_ready = |what: &str, cause: String| {
        let message = format!("The {what} does not answer.");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", message).with_cause(cause)
    };
    table.map_err(|error| not_ready("table", error.to_string()))?;
    let keys = keys.map_err(|problem| not_ready("key store", problem.cause.unwrap_or(problem.message)))?;
    if keys.keys.is_empty() {
        return Err(not_ready("key store", "there is no key; run rotate-keys".to_owned()));
    }
    Ok(healthy())
}
