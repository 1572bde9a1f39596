//! `GET /.well-known/jwks.json`: the public keys with which anybody can check our tokens.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kit::http::problem::Problem;

use crate::App;

/// The public keys for checking access tokens.
///
/// For other services that check access tokens by themselves.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, description = "A JWK set.", body = Object)))]
pub(crate) async fn show(State(app): State<App>) -> Result<Response, Problem> {
    let keys = app.context.auth.verifier.keys(app.context.clock.now()).await?;
    let keys = serde_json::to_value(&*keys).map_err(Problem::internal)?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Json(keys)).into_response())
}
