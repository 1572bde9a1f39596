//! Errors as the client sees them: a status, a stable code, a sentence, the fields. The middleware writes them out,
//! with the path and id of the request and the time.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::PermissionRefusal;
use domain::session::AccessRefusal;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::runtime::secrets::SecretError;

/// A refused field, and why it was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Detail {
    /// The path of the field, such as `address.country`.
    pub field: String,
    pub message: String,
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody<'a> {
    pub status_code: u16,
    /// The name of the status.
    pub error: &'a str,
    /// For programs; it does not change.
    pub code: &'a str,
    /// For people; it may change.
    pub message: &'a str,
    #[schema(inline = false)]
    pub details: &'a [Detail],
    /// With `not_enough_stock`: how many units there are, if that is not more than the shop shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    pub available: Option<i64>,
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
    /// Units that customers may know of.
    pub available: Option<i64>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log only.
    pub cause: Option<String>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let (details, headers) = (Vec::new(), Vec::new());
        Self { status, code, message: message.into(), details, available: None, headers, cause: None }
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

    /// One refused field.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::validation(vec![Detail { field: field.to_owned(), message: message.into() }])
    }

    pub fn validation(details: Vec<Detail>) -> Self {
        Self { details, ..Self::bad_request("validation_failed", "Some fields were not accepted.") }
    }

    pub fn precondition_failed() -> Self {
        let message = "It was changed after you read it. Read it again and repeat your change.";
        Self::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", message)
    }

    /// Busy; the client may try again.
    pub fn busy(cause: impl std::fmt::Display) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The shop is busy. Please try again.");
        problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("1")).with_cause(cause)
    }

    /// An error on our side. The client does not see its cause.
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
            // We do not know whether a write took effect. Every write is designed so that repeating it is safe.
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
    fn from(refusal: AccessRefusal) -> Self {
        match refusal {
            AccessRefusal::SessionEnded => {
                Self::unauthorized("session_ended", "This session has ended. Please sign in again.")
            }
            AccessRefusal::Banned(ban) => {
                Self::forbidden("account_banned", format!("This account is banned until {}: {}", ban.until, ban.reason))
            }
        }
    }
}

impl From<PermissionRefusal> for Problem {
    fn from(refusal: PermissionRefusal) -> Self {
        let code = match refusal {
            PermissionRefusal::Missing(_) => "forbidden",
            PermissionRefusal::TwoFactorRequired => "two_factor_required",
            PermissionRefusal::ProofNotFresh => "fresh_proof_required",
        };
        Self::forbidden(code, refusal.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
