//! Public answers that caches may keep: with an ETag and a Cache-Control, and 304 for a client that has the answer.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::http::problem::Problem;

/// What `If-None-Match` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfNoneMatch(Option<String>);

impl IfNoneMatch {
    fn has(&self, tag: &HeaderValue) -> bool {
        let (Some(tags), Ok(tag)) = (&self.0, tag.to_str()) else {
            return false;
        };
        // A cache on the way may have made the tag weak. For a read, a weak tag is good enough.
        let same = |one: &str| one == "*" || one.trim_start_matches("W/") == tag;
        tags.split(',').any(|one| same(one.trim()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(header::IF_NONE_MATCH);
        Ok(Self(header.and_then(|value| value.to_str().ok()).map(str::to_owned)))
    }
}

/// Caches may keep the answer for `age`, and use it as long again while they fetch a new one.
pub fn shared<T: Serialize>(body: &T, tag: &HeaderValue, asked: &IfNoneMatch, age: Duration) -> Response {
    unchanged(tag, asked, age).unwrap_or_else(|| kept(Json(body).into_response(), tag, age))
}

/// The answer to a client that has the body with this tag already, so that nobody needs to make it.
pub fn unchanged(tag: &HeaderValue, asked: &IfNoneMatch, age: Duration) -> Option<Response> {
    asked.has(tag).then(|| kept(StatusCode::NOT_MODIFIED.into_response(), tag, age))
}

/// An HTML page, with a hash of it as its tag. `kept` says who may keep it, and for how long.
pub fn html(status: StatusCode, text: String, asked: &IfNoneMatch, kept: &'static str) -> Result<Response, Problem> {
    let tag = tag_of(&text)?;
    let mut response = (status, Html(text)).into_response();
    if status == StatusCode::OK && asked.has(&tag) {
        // The type stays: a gateway may put its own there otherwise, and a cache takes it over for the page that it has.
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::ETAG, tag);
    Ok(response)
}

/// Only the caller may keep the answer for `age`.
pub fn private<T: Serialize>(body: &T, tag: &HeaderValue, asked: &IfNoneMatch, age: Duration) -> Response {
    let response = if asked.has(tag) { StatusCode::NOT_MODIFIED.into_response() } else { Json(body).into_response() };
    with_headers(response, tag, &format!("private, max-age={}", age.as_secs()))
}

fn kept(response: Response, tag: &HeaderValue, age: Duration) -> Response {
    let age = age.as_secs();
    with_headers(response, tag, &format!("public, max-age={age}, stale-while-revalidate={age}"))
}

fn with_headers(mut response: Response, tag: &HeaderValue, kept: &str) -> Response {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_str(kept).ok()),
        // Staff see more than customers, so a cache must not give one the answer of the other.
        (header::VARY, Some(HeaderValue::from_static("authorization"))),
        (header::ETAG, Some(tag.clone())),
    ];
    for (name, value) in headers {
        response.headers_mut().extend(value.map(|value| (name, value)));
    }
    response
}

/// The tag of an answer without a version: a hash of its content.
pub fn tag_of<T: Serialize>(body: &T) -> Result<HeaderValue, Problem> {
    let text = serde_json::to_vec(body).map_err(Problem::internal)?;
    let hash = HEXLOWER.encode(&Sha256::digest(&text)[..12]);
    HeaderValue::from_str(&format!("\"{hash}\"")).map_err(Problem::internal)
}
