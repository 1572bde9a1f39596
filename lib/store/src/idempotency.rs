//! What a request that must not be done twice answered. The record is written in the transaction of the effect, so
//! there is no moment at which one exists without the other.

use std::time::Duration;

use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::StoreError;
use crate::engine::item::Item;
use crate::{Store, keys};

/// How long an answer is remembered.
pub const KEPT: Duration = Duration::from_hours(24);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotencyRecord {
    /// Whose key, and for which route.
    pub scope: String,
    pub key: String,
    /// A fingerprint of the request's body.
    pub fingerprint: String,
    pub status: u16,
    /// The answer's JSON.
    pub answer: String,
    pub until: Time,
}

impl IdempotencyRecord {
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        Ok(Item::new(keys::idempotency(&self.scope, &self.key), self)?.expires(self.until))
    }
}

impl Store {
    pub async fn idempotency_record(
        &self,
        scope: &str,
        key: &str,
        now: Time,
    ) -> Result<Option<IdempotencyRecord>, StoreError> {
        let record: Option<IdempotencyRecord> = self.get(&keys::idempotency(scope, key)).await?;
        Ok(record.filter(|record| now < record.until))
    }
}
