//! The record of a request with an Idempotency-Key. It is written in the transaction of the effect, so neither exists
//! without the other.

use std::time::Duration;

use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::StoreError;
use crate::engine::item::Item;
use crate::{Store, keys};

/// How long a record is kept.
pub const KEPT: Duration = Duration::from_hours(24);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotencyRecord {
    /// The owner of the key, and the route.
    pub scope: String,
    pub key: String,
    /// The fingerprint of the body.
    pub fingerprint: String,
    pub status: u16,
    /// The JSON of the answer, or the id of what the request created.
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
