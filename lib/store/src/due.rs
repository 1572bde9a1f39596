//! Work that is due at a time. The item stands in the due index until the janitor has done it; all such work may be done
//! twice and is done once.

use domain::id::UserId;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::StoreError;
use crate::item::{Item, read};
use crate::keys::{self, GSI2, SHARDS};
use crate::page::Stretch;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub kind: String,
    pub user_id: UserId,
    pub at: Time,
}

impl Due {
    pub const UNBAN: &str = "UNBAN";
    pub const ERASE: &str = "ERASE";

    pub fn unban(user_id: UserId, at: Time) -> Self {
        Self {
            kind: Self::UNBAN.to_owned(),
            user_id,
            at,
        }
    }

    pub fn erase(user_id: UserId, at: Time) -> Self {
        Self {
            kind: Self::ERASE.to_owned(),
            user_id,
            at,
        }
    }

    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        Ok(Item::new(keys::due(self.user_id, &self.kind), self)?
            .index(keys::by_due_time(self.user_id, self.at)))
    }
}

impl Store {
    /// At most `limit` pieces of work from each shard that are due now, the longest due first.
    pub async fn due_work(&self, now: Time, limit: usize) -> Result<Vec<Due>, StoreError> {
        let mut due = Vec::new();
        for shard in 0..SHARDS {
            let stretch = Stretch {
                index: Some(GSI2),
                partition: keys::due_partition(shard),
                prefix: String::new(),
                newest_first: false,
            };
            for (_, item) in self.stretch(&stretch, None, limit).await? {
                let work: Due = read(item)?;
                if work.at <= now {
                    due.push(work);
                }
            }
        }
        due.sort_by_key(|work| work.at);
        Ok(due)
    }
}
