//! Answers to successful requests: `{ statusCode, message, data }`, and lists with `pagination`.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::page::Page;
use utoipa::ToSchema;

/// The shape of every answer to a successful request.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    pub status_code: u16,
    pub message: String,
    pub data: T,
}

/// The `data` of an answer without data: null.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Nothing;

/// The shape of every list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Listing<T> {
    pub status_code: u16,
    pub message: String,
    pub data: Vec<T>,
    pub pagination: Pagination,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    pub limit: u32,
    /// Pass it as `cursor` to get the next page. Null on the last page.
    pub next_cursor: Option<String>,
}

/// An envelope and the headers of its answer.
#[derive(Debug)]
pub struct Answer<T> {
    pub envelope: Envelope<T>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl<T: Serialize> Answer<T> {
    pub fn new(status: StatusCode, message: &str, data: T) -> Self {
        let envelope = Envelope { status_code: status.as_u16(), message: message.to_owned(), data };
        Self { envelope, headers: Vec::new() }
    }

    pub fn ok(message: &str, data: T) -> Self {
        Self::new(StatusCode::OK, message, data)
    }

    pub fn created(message: &str, data: T) -> Self {
        Self::new(StatusCode::CREATED, message, data)
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    #[must_use]
    pub fn with_headers(mut self, headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(headers);
        self
    }

    #[must_use]
    pub fn with_version(self, version: u64) -> Self {
        self.with_header(header::ETAG, crate::http::etag::of(version))
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.envelope.status_code).unwrap_or(StatusCode::OK);
        let mut response = (status, Json(self.envelope)).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

/// A page as an answer. `wire` turns an item into its JSON form.
pub fn listing<T, W: Serialize>(message: &str, page: Page<T>, limit: u32, wire: impl Fn(T) -> W) -> Json<Listing<W>> {
    Json(Listing {
        status_code: 200,
        message: message.to_owned(),
        data: page.items.into_iter().map(wire).collect(),
        pagination: Pagination { limit, next_cursor: page.next.map(|cursor| cursor.encode()) },
    })
}
