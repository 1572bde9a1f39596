//! What went wrong, as a client may know it: a status, a stable code, a sentence, the fields. The outer layer writes it
//! out, with the request's path and id and the time.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::session::AccessRefusal;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::runtime::secrets::SecretError;

/// One field that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Detail {
    /// The path of the field, such as `address.country`.
    pub field: String,
    pub message: String,
}

/// A problem as it is written out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody<'a> {
    pub status_code: u16,
    /// The status in words.
    pub error: &'a str,
    /// Stable: what programs decide on.
    pub code: &'a str,
    /// For people.
    pub message: &'a str,
    #[schema(inline = false)]
    pub details: &'a [Detail],
    pub timestamp: String,
    pub path: &'a str,
    pub request_id: &'a str,
}

#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    pub details: Vec<Detail>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log only.
    pub cause: Option<String>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: Vec::new(), headers: Vec::new(), cause: None }
    }

    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub fn unauthorized(code: &'static str, message: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::UNAUTHORIZED, code, message);
        problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    pub fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// A field was refused by a rule.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::validation(vec![Detail { field: field.to_owned(), message: message.into() }])
    }

    pub fn validation(details: Vec<Detail>) -> Self {
        Self { details, ..Self::bad_request("validation_failed", "Some fields were not accepted.") }
    }

    pub fn precondition_failed() -> Self {
        let message = "Somebody changed it since you read it. Read it again and repeat your change.";
        Self::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", message)
    }

    /// Busy; the client may try again.
    pub fn busy(cause: impl std::fmt::Display) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The shop is busy. Please try again.");
        problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("1")).with_cause(cause)
    }

    /// Our fault; the client learns nothing but that.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.").with_cause(cause)
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    #[must_use]
    pub fn with_cause(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            // Whether a write took effect is unknown to us too; repeating it is safe by the design of every write.
            StoreError::Busy(_) | StoreError::Unavailable(_) => Self::busy(error),
            StoreError::Corrupt(_) => Self::internal(error),
        }
    }
}

impl From<SecretError> for Problem {
    fn from(error: SecretError) -> Self {
        Self::busy(error)
    }
}

impl From<AccessRefusal> for Problem {
    fn from(turned: AccessRefusal) -> Self {
        match turned {
            AccessRefusal::SessionEnded => {
                Self::unauthorized("session_ended", "This session has ended. Please sign in again.")
            }
            AccessRefusal::Banned(ban) => {
                Self::forbidden("account_banned", format!("This account is banned until {}: {}", ban.until, ban.reason))
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
