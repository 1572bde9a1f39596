//! Request counters for rate limits: one item per client and window, removed by TTL.

use domain::rate::{Allowance, Limit};
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, seconds};
use crate::engine::read::WriteOutcome;
use crate::outbox::OutboxEvent;
use crate::{Store, Transaction, keys};

#[derive(Serialize, Deserialize)]
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

    /// Takes back all requests of this client in the window of `now`.
    pub async fn clear_requests(&self, limit: Limit, client: &str, now: Time) -> Result<(), StoreError> {
        self.delete(&keys::limit(limit.name, client, limit.window_start(now))).await
    }

    /// Writes an event that nobody needs more than once in a window of the limit. Returns whether it is the first.
    pub async fn announce_once(
        &self,
        limit: Limit,
        client: &str,
        outbox_event: &OutboxEvent,
    ) -> Result<bool, StoreError> {
        let start = limit.window_start(outbox_event.at);
        let first = Item::new(keys::limit(limit.name, client, start), &Counter { requests: 1 })?;
        let transaction = Transaction::new(outbox_event.id)
            .put_new(first.expires(start + limit.window), ())
            .put(outbox_event.item()?);
        match self.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(Commit::Refused(())) => Ok(false),
            Err(Commit::Store(error)) => Err(error),
        }
    }
}
