//! Request counters for rate limits: one item per client and window, removed by TTL.

use domain::rate::{Allowance, Limit};
use domain::time::Time;
use serde::Deserialize;

use crate::Store;
use crate::engine::error::StoreError;
use crate::engine::expression::{Change, Require};
use crate::engine::item::{number, read, seconds};
use crate::engine::read::WriteOutcome;
use crate::keys;

#[derive(Deserialize)]
struct Counter {
    #[serde(rename = "knocks")]
    requests: u32,
}

impl Store {
    /// Counts a request in one write. If the answer to the write is lost, the request counts twice.
    pub async fn count_request(&self, limit: Limit, client: &str, now: Time) -> Result<Allowance, StoreError> {
        let start = limit.window_start(now);
        let change = Change::at(keys::limit(limit.name, client, start))
            .add("knocks", 1)
            .set("expires_at", seconds(start + limit.window));
        match self.change(change).await? {
            WriteOutcome::Done(new) => Ok(limit.evaluate(read::<Counter>(new)?.requests, now)),
            WriteOutcome::Refused(_) => Err(StoreError::Corrupt("an unconditional write was refused".to_owned())),
        }
    }

    /// Takes back what `count_request` counted at the same `now`, with one write and never below zero. It may be done
    /// twice if its answer is lost; then the client has one request more in this window.
    pub async fn uncount_request(&self, limit: Limit, client: &str, now: Time) -> Result<(), StoreError> {
        let change = Change::at(keys::limit(limit.name, client, limit.window_start(now)))
            .add("knocks", -1)
            .require(Require::AtLeast("knocks", number(1)));
        self.change(change).await.map(drop)
    }
}
