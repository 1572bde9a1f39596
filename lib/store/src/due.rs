//! Work that is due at a time. The item stays in the index of due work until the janitor has done it. Doing such work
//! twice has the effect of doing it once.

use std::time::Duration;

use domain::id::{OrderId, ProductId, ReturnId, ReviewId, UserId};
use domain::order::Order;
use domain::sku::Sku;
use domain::stock::StockChange;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, read};
use crate::engine::page::{ALL, KeyRange};
use crate::keys::{self, GSI2, Key, SHARDS};
use crate::outbox::OutboxEvent;
use crate::{Store, Transaction};

/// When this time has passed since a proof of a mail address, no request is under way any more that began before it.
pub(crate) const IN_FLIGHT: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub at: Time,
    #[serde(flatten)]
    pub task: Task,
}

/// Work for the janitor. A user or order has at most one of each kind at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "UPPERCASE")]
pub enum Task {
    Unban {
        user_id: UserId,
    },
    Erase {
        user_id: UserId,
    },
    /// What an account had before it started over, and what found no room in that transaction.
    Clear {
        user_id: UserId,
        before: Time,
    },
    /// Guests' orders join the account that has proven their mail address.
    Join {
        user_id: UserId,
    },
    /// The order itself says what is due: the end of its hold or payment window, or a follow-up at the provider.
    Order {
        order_id: OrderId,
        /// The units that the order holds unpaid, for the sum over all orders.
        #[serde(default, skip_serializing_if = "domain::is_default")]
        held_units: u32,
    },
    #[serde(rename = "AFTERMATH")]
    DeferredWrites(DeferredWrites),
    /// The order was delivered some days ago, so its buyer is asked for reviews.
    #[serde(rename = "REVIEWS")]
    AskForReviews {
        order_id: OrderId,
    },
    /// The votes and reports about a review that was deleted.
    #[serde(rename = "FORGET")]
    ForgetReview {
        review_id: ReviewId,
    },
    /// The goods of an approved return have to be here by now. An order may have several of these.
    #[serde(rename = "RETURN")]
    EndReturn {
        order_id: OrderId,
        return_id: ReturnId,
    },
}

/// What the transaction of a large order had no room for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeferredWrites {
    pub order_id: OrderId,
    /// The order's version after the transition. An order may have several of these.
    pub version: u64,
    /// Bands to show on products.
    pub shown: Vec<(ProductId, Sku)>,
    #[serde(rename = "announced")]
    pub outbox_events: Vec<OutboxEvent>,
    /// Lines for the histories of stock.
    pub changes: Vec<(Sku, StockChange)>,
}

impl Task {
    /// The work of an order.
    pub fn of_order(order: &Order) -> Self {
        Self::Order { order_id: order.id, held_units: order.held_units() }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Unban { .. } => "UNBAN",
            Self::Erase { .. } => "ERASE",
            Self::Clear { .. } => "CLEAR",
            Self::Join { .. } => "JOIN",
            Self::Order { .. } => "ORDER",
            Self::DeferredWrites(_) => "AFTERMATH",
            Self::AskForReviews { .. } => "REVIEWS",
            Self::ForgetReview { .. } => "FORGET",
            Self::EndReturn { .. } => "RETURN",
        }
    }

    pub(crate) fn key(&self) -> Key {
        match self {
            Self::Unban { user_id }
            | Self::Erase { user_id }
            | Self::Clear { user_id, .. }
            | Self::Join { user_id } => keys::due(keys::user_partition(*user_id), self.name()),
            Self::Order { order_id, .. } | Self::AskForReviews { order_id } => {
                keys::due(keys::order_partition(*order_id), self.name())
            }
            Self::ForgetReview { review_id } => keys::due(keys::review_partition(*review_id), self.name()),
            Self::DeferredWrites(DeferredWrites { order_id, version, .. }) => {
                keys::due_of_version(keys::order_partition(*order_id), self.name(), *version)
            }
            Self::EndReturn { order_id, return_id } => keys::due_of_return(*order_id, self.name(), *return_id),
        }
    }

    fn shard(&self) -> (u8, String) {
        match self {
            Self::Unban { user_id }
            | Self::Erase { user_id }
            | Self::Clear { user_id, .. }
            | Self::Join { user_id } => (user_id.shard(SHARDS), user_id.to_string()),
            Self::Order { order_id, .. }
            | Self::AskForReviews { order_id }
            | Self::EndReturn { order_id, .. }
            | Self::DeferredWrites(DeferredWrites { order_id, .. }) => (order_id.shard(SHARDS), order_id.to_string()),
            Self::ForgetReview { review_id } => (review_id.shard(SHARDS), review_id.to_string()),
        }
    }
}

impl Due {
    /// Written with each proof of a mail address: guests' orders of the address join the account.
    pub(crate) fn join(user_id: UserId, proven_at: Time) -> Self {
        Self { at: proven_at + IN_FLIGHT, task: Task::Join { user_id } }
    }

    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        let (shard, subject) = self.task.shard();
        let index = keys::by_due_time(shard, self.at, &subject);
        Ok(Item::new(self.task.key(), self)?.index(index))
    }
}

impl Store {
    /// At most `limit` pieces of work from each shard that are due now, the longest due first.
    pub async fn due_work(&self, now: Time, limit: usize) -> Result<Vec<Due>, StoreError> {
        let mut due = Vec::new();
        for shard in 0..SHARDS {
            let key_range = KeyRange::of(keys::due_partition(shard)).in_index(GSI2);
            for (_, item) in self.query(&key_range, None, limit).await? {
                let work: Due = read(item)?;
                if work.at <= now {
                    due.push(work);
                }
            }
        }
        due.sort_by_key(|work| work.at);
        Ok(due)
    }

    /// The units that unpaid orders hold in all. Each of these orders is due at the end of its hold, so all of the due
    /// work is read.
    pub async fn held_units(&self) -> Result<u64, StoreError> {
        let mut sum = 0;
        for shard in 0..SHARDS {
            let key_range = KeyRange::of(keys::due_partition(shard)).in_index(GSI2);
            for (_, item) in self.query(&key_range, None, ALL).await? {
                if let Due { task: Task::Order { held_units, .. }, .. } = read(item)? {
                    sum += u64::from(held_units);
                }
            }
        }
        Ok(sum)
    }

    /// Announces that a buyer is to be asked for reviews, once for each order.
    pub async fn announce_reviews_due(&self, order_id: OrderId, event: &OutboxEvent) -> Result<(), StoreError> {
        let due = Task::AskForReviews { order_id }.key();
        let writes = Transaction::new(event.id).delete_if(due, vec![Require::Exists], ()).put(event.item()?);
        match self.commit(writes).await {
            // Another run of the janitor did it.
            Ok(()) | Err(Commit::Refused(())) => Ok(()),
            Err(Commit::Store(error)) => Err(error),
        }
    }

    /// Removes work that is done, or that has nothing to do any more.
    pub async fn forget_due(&self, task: &Task) -> Result<(), StoreError> {
        self.delete(&task.key()).await
    }
}
