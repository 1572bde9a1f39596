//! `GET /api/v1/openapi.json`: the contract test makes it from the code, and the committed file is served.

use axum::http::{HeaderName, header};

/// This description of the API.
///
/// It may be cached for five minutes.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses((status = 200, description = "OpenAPI 3.1.", body = Object)))]
pub(crate) async fn show() -> ([(HeaderName, &'static str); 2], &'static str) {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, crate::OPENAPI)
}
