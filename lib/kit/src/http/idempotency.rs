//! Requests that must not be done twice. The first answer is remembered in the transaction of its effect; the same key
//! and body get it again, marked as a replay.
//!
//! Refusals: 400 without the key where it is required, 422 with another body, 409 while the first is still under way.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::cart::CartRequest;
use domain::time::Time;
use serde::Serialize;
use store::Store;
use store::idempotency::{KEPT, Remembered};

use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::http::visitor;

const HEADER: &str = "idempotency-key";

/// Marks an answer that was given before.
pub const REPLAYED: [(HeaderName, HeaderValue); 1] =
    [(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"))];

/// The key of a route that requires one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The key of a route that takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaybeIdempotencyKey(pub Option<IdempotencyKey>);

/// One request, as it is remembered.
#[derive(Debug, Clone)]
pub struct IdempotentRequest {
    scope: String,
    key: String,
    fingerprint: String,
}

impl IdempotencyKey {
    pub const MAX_LENGTH: usize = 255;

    /// `owner` and `route` keep one client's key from ever answering another's request.
    pub fn once(self, owner: &str, route: &str, fingerprint: String) -> IdempotentRequest {
        IdempotentRequest { scope: format!("{owner}#{route}"), key: self.0, fingerprint }
    }

    /// For what remembers its requests itself, under its own owner.
    pub fn cart_request(&self, fingerprint: &str) -> CartRequest {
        CartRequest { key: visitor::fingerprint(&self.0), body: visitor::fingerprint(fingerprint) }
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        let good = (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic());
        let message = "The Idempotency-Key must be 1 to 255 visible characters; a random UUID is good.";
        if good { Ok(Self(text.to_owned())) } else { Err(Problem::bad_request("invalid_idempotency_key", message)) }
    }
}

impl IdempotentRequest {
    /// The remembered answer, if this request was carried out before.
    pub async fn replay(&self, store: &Store, now: Time) -> Result<Option<Response>, Problem> {
        let Some(remembered) = self.recall(store, now).await? else {
            return Ok(None);
        };
        let status = StatusCode::from_u16(remembered.status).unwrap_or(StatusCode::OK);
        let answer = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        Ok(Some((status, answer, REPLAYED, remembered.answer).into_response()))
    }

    /// What was remembered of this request, for routes that answer anew from it.
    pub async fn recall(&self, store: &Store, now: Time) -> Result<Option<Remembered>, Problem> {
        let Some(remembered) = store.remembered(&self.scope, &self.key, now).await? else {
            return Ok(None);
        };
        if remembered.fingerprint != self.fingerprint {
            return Err(Self::reused());
        }
        Ok(Some(remembered))
    }

    pub fn reused() -> Problem {
        let message = "This Idempotency-Key was used with another body.";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", message)
    }

    /// Remembers what the request made, not what it answered: for answers that go on changing, or hold secrets.
    pub fn remember_made(&self, made: impl std::fmt::Display, now: Time) -> Remembered {
        Remembered {
            scope: self.scope.clone(),
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            status: StatusCode::CREATED.as_u16(),
            answer: made.to_string(),
            until: now + KEPT,
        }
    }

    /// What to write in the transaction of the effect.
    pub fn remember<T: Serialize>(&self, answer: &Answer<T>, now: Time) -> Result<Remembered, Problem> {
        Ok(Remembered {
            scope: self.scope.clone(),
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            status: answer.envelope.status_code,
            answer: serde_json::to_string(&answer.envelope).map_err(Problem::internal)?,
            until: now + KEPT,
        })
    }

    /// The transaction says that the request was carried out, but its answer is not to be seen: the two run at once.
    pub fn in_flight() -> Problem {
        let problem =
            Problem::conflict("idempotency_key_in_flight", "The same request is being carried out right now.");
        problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeIdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(HEADER).map(|value| IdempotencyKey::parse(value.to_str().unwrap_or_default()));
        header.transpose().map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let message = "Send an Idempotency-Key with this request.";
        let MaybeIdempotencyKey(key) = MaybeIdempotencyKey::from_request_parts(parts, state).await?;
        key.ok_or_else(|| Problem::bad_request("idempotency_key_missing", message))
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::FromRequestParts;
    use axum::http::Request;

    use super::{IdempotencyKey, MaybeIdempotencyKey};
    use crate::http::problem::Problem;

    async fn required(header: Option<&str>) -> Result<IdempotencyKey, Problem> {
        let request =
            header.into_iter().fold(Request::get("/"), |request, value| request.header("idempotency-key", value));
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let maybe = MaybeIdempotencyKey::from_request_parts(&mut parts, &()).await;
        assert_eq!(maybe.is_ok_and(|key| key.0.is_none()), header.is_none());
        IdempotencyKey::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn a_route_that_requires_a_key_refuses_requests_without_a_good_one() {
        assert_eq!(required(None).await.unwrap_err().code, "idempotency_key_missing");
        for bad in ["", "two words", "é", &"k".repeat(256)] {
            assert_eq!(required(Some(bad)).await.unwrap_err().code, "invalid_idempotency_key");
        }
        let good = "k".repeat(IdempotencyKey::MAX_LENGTH);
        assert_eq!(required(Some(&good)).await.unwrap(), IdempotencyKey(good));
    }
}
