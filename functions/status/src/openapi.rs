//! `GET /api/v1/openapi.json`: made from the code by the contract test, served as it was committed.

use axum::http::{HeaderName, header};

/// What you are reading.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses((status = 200, description = "OpenAPI 3.1.", body = Object)))]
pub(crate) async fn show() -> ([(HeaderName, &'static str); 2], &'static str) {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, crate::OPENAPI)
}
