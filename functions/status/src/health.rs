//! `/health`: live means that this function answers; ready means that the table and the key store answer too. The answer
//! says what was looked at, and nothing of what was found there.

use axum::extract::State;
use axum::http::StatusCode;
use kit::http::answer::{Answer, Envelope};
use kit::http::problem::{Detail, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthBody {
    #[schema(example = "ok")]
    status: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadinessBody {
    #[schema(example = "ok")]
    status: &'static str,
    version: &'static str,
    /// What was looked at.
    checks: Vec<CheckBody>,
}

/// Something that the shop needs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckBody {
    /// `table` or `keys`.
    #[schema(value_type = String, example = "table")]
    name: &'static str,
    /// Whether it answers.
    ok: bool,
    /// After how many milliseconds it answered.
    ms: u64,
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whether the service is ready, the same as /health/ready.
///
/// For load balancers that ask for this path.
#[utoipa::path(get, path = "/health", responses(
    (status = 200, description = "Ready.", body = Envelope<ReadinessBody>),
    (status = 503, description = "`not_ready`."),
))]
pub(crate) async fn health(State(app): State<App>) -> Result<Answer<ReadinessBody>, Problem> {
    ready(State(app)).await
}

/// Whether the service answers.
///
/// It asks nothing else, so it says only that the function runs.
#[utoipa::path(get, path = "/health/live", responses((status = 200, description = "The service answers.", body = Envelope<HealthBody>)))]
pub(crate) async fn live() -> Answer<HealthBody> {
    Answer::ok("Healthy.", HealthBody { status: "ok", version: VERSION })
}

/// Whether the table and the key store answer.
///
/// For monitoring. It says what was looked at, and how long each took to answer. If one does not, `details` names it.
#[utoipa::path(get, path = "/health/ready", responses(
    (status = 200, description = "Ready.", body = Envelope<ReadinessBody>),
    (status = 503, description = "`not_ready`."),
))]
pub(crate) async fn ready(State(app): State<App>) -> Result<Answer<ReadinessBody>, Problem> {
    let started = app.context.clock.now();
    let ms = || u64::try_from(app.context.clock.now().since(started).as_millis()).unwrap_or(u64::MAX);
    let table = async { (app.context.store.answers().await.map_err(|error| error.to_string()), ms()) };
    let keys = async {
        let keys = app.context.auth.verifier.keys(started).await;
        let keys = keys.map_err(|problem| problem.cause.unwrap_or(problem.message));
        let none = || "there is no key; run rotate-keys".to_owned();
        (keys.and_then(|keys| if keys.keys.is_empty() { Err(none()) } else { Ok(()) }), ms())
    };
    let ((table, table_ms), (keys, keys_ms)) = tokio::join!(table, keys);
    let checks = vec![
        CheckBody { name: "table", ok: table.is_ok(), ms: table_ms },
        CheckBody { name: "keys", ok: keys.is_ok(), ms: keys_ms },
    ];
    let Some((what, cause)) =
        table.err().map(|cause| ("table", cause)).or_else(|| keys.err().map(|cause| ("key store", cause)))
    else {
        return Ok(Answer::ok("Ready.", ReadinessBody { status: "ok", version: VERSION, checks }));
    };
    let failed = checks.into_iter().filter(|check| !check.ok);
    let details = failed.map(|check| Detail {
        field: check.name.to_owned(),
        message: format!("did not answer within {} ms", check.ms),
    });
    let message = format!("The {what} does not answer.");
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", message).with_cause(cause);
    Err(Problem { details: details.collect(), ..problem })
}
