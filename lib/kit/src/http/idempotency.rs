//! Requests that must not be done twice. The first answer is recorded in the transaction of its effect. The same key
//! and body get it again, marked as a replay.
//!
//! Refusals: 400 without the key where it is required, 422 with another body, 409 while the first one is still running.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::cart::RequestFingerprint;
use domain::time::Time;
use serde::Serialize;
use store::Store;
use store::idempotency::{IdempotencyRecord, KEPT};

use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::http::visitor;

const HEADER: &str = "idempotency-key";

/// Marks an answer that was given before.
pub const REPLAYED: [(HeaderName, HeaderValue); 1] =
    [(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"))];

/// The client's key. A route that takes `IdempotencyKey` requires one; `Option<IdempotencyKey>` accepts one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// One request with an Idempotency-Key.
#[derive(Debug, Clone)]
pub struct IdempotentRequest {
    scope: String,
    key: String,
    fingerprint: String,
}

/// What became of a request that records the id of what it creates.
#[derive(Debug)]
pub enum Once<T> {
    /// It was carried out now.
    Now(T),
    /// It was carried out before, or at the same time.
    Before(IdempotencyRecord),
}

impl IdempotencyKey {
    pub const MAX_LENGTH: usize = 255;

    /// `owner` and `route` make sure that one client's key never answers another client's request.
    pub fn for_request(self, owner: &str, route: &str, fingerprint: String) -> IdempotentRequest {
        IdempotentRequest { scope: format!("{owner}#{route}"), key: self.0, fingerprint }
    }

    /// For the cart, which records its own requests.
    pub fn request_fingerprint(&self, fingerprint: &str) -> RequestFingerprint {
        RequestFingerprint { key: visitor::fingerprint(&self.0), body: visitor::fingerprint(fingerprint) }
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        let good = (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic());
        let message = "The Idempotency-Key must be 1 to 255 visible characters; a random UUID is good.";
        if good { Ok(Self(text.to_owned())) } else { Err(Problem::bad_request("invalid_idempotency_key", message)) }
    }
}

impl IdempotentRequest {
    /// The recorded answer, if this request was carried out before.
    pub async fn replay(&self, store: &Store, now: Time) -> Result<Option<Response>, Problem> {
        let Some(record) = self.find_record(store, now).await? else {
            return Ok(None);
        };
        let status = StatusCode::from_u16(record.status).unwrap_or(StatusCode::OK);
        let answer = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        Ok(Some((status, answer, REPLAYED, record.answer).into_response()))
    }

    /// The answer to a request that was committed before. If its record cannot be read yet, both run at the same time.
    pub async fn replay_committed(&self, store: &Store, now: Time) -> Result<Response, Problem> {
        self.replay(store, now).await?.ok_or_else(Self::in_flight)
    }

    /// The record of this request, for routes that compose their answer anew.
    pub async fn find_record(&self, store: &Store, now: Time) -> Result<Option<IdempotencyRecord>, Problem> {
        let Some(record) = store.idempotency_record(&self.scope, &self.key, now).await? else {
            return Ok(None);
        };
        if record.fingerprint != self.fingerprint {
            return Err(Self::reused());
        }
        Ok(Some(record))
    }

    /// Carries out a request that was not carried out before. `carry_out` writes the record in the transaction of its effect.
    pub async fn once<T>(
        &self,
        store: &Store,
        now: Time,
        carry_out: impl Future<Output = Result<T, Problem>>,
    ) -> Result<Once<T>, Problem> {
        if let Some(known) = self.find_record(store, now).await? {
            return Ok(Once::Before(known));
        }
        match carry_out.await {
            Ok(done) => Ok(Once::Now(done)),
            // The same request may have been carried out at the same time.
            Err(problem) => self.find_record(store, now).await?.map(Once::Before).ok_or(problem),
        }
    }

    pub fn reused() -> Problem {
        let message = "This Idempotency-Key was used with another body.";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", message)
    }

    /// Records the id of what the request created instead of its answer: for answers that change later, or hold
    /// secrets.
    pub fn record_created(&self, id: impl std::fmt::Display, now: Time) -> IdempotencyRecord {
        IdempotencyRecord {
            scope: self.scope.clone(),
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            status: StatusCode::CREATED.as_u16(),
            answer: id.to_string(),
            until: now + KEPT,
        }
    }

    /// The record to write in the transaction of the effect.
    pub fn record_answer<T: Serialize>(&self, answer: &Answer<T>, now: Time) -> Result<IdempotencyRecord, Problem> {
        Ok(IdempotencyRecord {
            scope: self.scope.clone(),
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            status: answer.envelope.status_code,
            answer: serde_json::to_string(&answer.envelope).map_err(Problem::internal)?,
            until: now + KEPT,
        })
    }

    /// The transaction says that the request was carried out, but its record cannot be read yet: both run at the same
    /// time.
    pub fn in_flight() -> Problem {
        let problem =
            Problem::conflict("idempotency_key_in_flight", "The same request is being carried out right now.");
        problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        parts.headers.get(HEADER).map(|value| Self::parse(value.to_str().unwrap_or_default())).transpose()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let message = "Send an Idempotency-Key with this request.";
        let key = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        key.ok_or_else(|| Problem::bad_request("idempotency_key_missing", message))
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::{FromRequestParts, OptionalFromRequestParts};
    use axum::http::Request;

    use super::IdempotencyKey;
    use crate::http::problem::Problem;

    async fn required(header: Option<&str>) -> Result<IdempotencyKey, Problem> {
        let request =
            header.into_iter().fold(Request::get("/"), |request, value| request.header("idempotency-key", value));
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let optional = <IdempotencyKey as OptionalFromRequestParts<()>>::from_request_parts(&mut parts, &()).await;
        assert_eq!(optional.is_ok_and(|key| key.is_none()), header.is_none());
        <IdempotencyKey as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await
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
