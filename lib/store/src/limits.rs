//! Counters of knocks, one item a visitor and window, gone by TTL.

use domain::rate::{Allowance, Limit};
use domain::time::Time;
use serde::Deserialize;

use crate::Store;
use crate::engine::error::StoreError;
use crate::engine::expression::Change;
use crate::engine::item::{read, seconds};
use crate::engine::read::Written;
use crate::keys;

#[derive(Deserialize)]
struct Knocks {
    knocks: u32,
}

impl Store {
    /// Counts a knock and says where the visitor stands. One write; counted twice if our answer was lost, which errs on
    /// the strict side.
    pub async fn count_request(&self, limit: Limit, who: &str, now: Time) -> Result<Allowance, StoreError> {
        let start = limit.window_start(now);
        let change = Change::at(keys::limit(limit.name, who, start))
            .add("knocks", 1)
            .set("expires_at", seconds(start + limit.window));
        match self.change(change).await? {
            Written::Done(new) => Ok(limit.judge(read::<Knocks>(new)?.knocks, now)),
            Written::Refused(_) => Err(StoreError::Corrupt("an unconditional write was refused".to_owned())),
        }
    }
}
