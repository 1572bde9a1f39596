//! The search index: which base is the newest, and what was published since.
//!
//! Publications have numbers without gaps. Whoever publishes reads the state first, then the products, and commits only if
//! nothing was published in between. So of two indexers at once, none can publish something that is older than what the
//! other one published.

use domain::id::TransactionId;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, text};
use crate::engine::page::{ALL, KeyRange};
use crate::keys::{PUBLICATION_PREFIX, SEARCH};
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexState {
    /// The newest publication.
    #[serde(default)]
    pub seq: u32,
    /// Where the newest base is; `None` until there is one.
    #[serde(default)]
    pub base: Option<String>,
    /// The publications up to this one are in the base.
    #[serde(default)]
    pub covers: u32,
    /// The base before, for pages that were begun on it.
    #[serde(default)]
    pub previous_base: Option<String>,
    #[serde(default)]
    pub previous_covers: u32,
    /// Raised by every change of synonyms and rules.
    #[serde(default)]
    pub settings: u64,
}

/// A segment with what changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    pub seq: u32,
    pub at: Time,
    pub segment: Segment,
}

/// The bytes of a segment, or where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    Inline(#[serde(with = "serde_bytes")] Vec<u8>),
    File(String),
}

/// The state, and the publications after a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexNews {
    pub state: IndexState,
    /// By number, oldest first.
    pub publications: Vec<Publication>,
}

/// Something was published, or the base replaced, since the state was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overtaken;

impl Store {
    /// Strongly consistent.
    pub async fn index_state(&self) -> Result<IndexState, StoreError> {
        Ok(self.get(&keys::index_state()).await?.unwrap_or_default())
    }

    /// What was published after `seq`, and the state, in one query.
    pub async fn index_news(&self, seq: u32) -> Result<IndexNews, StoreError> {
        let range = KeyRange::of(SEARCH.to_owned()).starting_at(keys::publication(seq.saturating_add(1)).sk);
        let mut news = IndexNews::default();
        for (place, item) in self.query(&range.ending_at(keys::index_state().sk), None, ALL).await? {
            if place.starts_with(PUBLICATION_PREFIX) {
                news.publications.push(read(item)?);
            } else {
                news.state = read(item)?;
            }
        }
        Ok(news)
    }

    /// Adds a publication, if it is the next one. `token` names this try and no other.
    pub async fn publish(&self, token: TransactionId, publication: &Publication) -> Result<(), Commit<Overtaken>> {
        let is_next = match publication.seq {
            0 | 1 => Require::BelowOrLacking("seq", number(1)),
            seq => Require::Equals("seq", number(seq - 1)),
        };
        let next = Change::at(keys::index_state()).set("seq", number(publication.seq)).require(is_next);
        let writes = Transaction::new(token)
            .change(next, Overtaken)
            .put_new(Item::new(keys::publication(publication.seq), publication)?, Overtaken);
        self.commit(writes).await
    }

    /// Makes `base` the newest base, if the state still has the base that was read. `token` names this try and no other.
    pub async fn replace_base(
        &self,
        token: TransactionId,
        read: &IndexState,
        base: &str,
        covers: u32,
    ) -> Result<(), Commit<Overtaken>> {
        let change = Change::at(keys::index_state()).set("base", text(base)).set("covers", number(covers));
        let change = match &read.base {
            Some(old) => change
                .set("previous_base", text(old))
                .set("previous_covers", number(read.covers))
                .require(Require::Equals("base", text(old))),
            None => change.require(Require::Lacks("base")),
        };
        self.commit(Transaction::new(token).change(change, Overtaken)).await
    }

    /// The publications up to this number.
    pub async fn publications_up_to(&self, seq: u32) -> Result<Vec<Publication>, StoreError> {
        let range = KeyRange::of(SEARCH.to_owned()).starting_at(keys::publication(0).sk);
        let old = self.query(&range.ending_at(keys::publication(seq).sk), None, ALL).await?;
        old.into_iter().map(|(_, item)| read(item)).collect()
    }

    /// Removes publications that no base needs any more.
    pub async fn remove_publications(&self, token: TransactionId, old: &[Publication]) -> Result<(), StoreError> {
        let delete = |writes: Transaction<()>, old: &Publication| writes.delete(keys::publication(old.seq));
        for part in old.iter().fold(Transaction::new(token), delete).in_parts() {
            match self.commit(part).await {
                Ok(()) | Err(Commit::Refused(())) => {}
                Err(Commit::Store(error)) => return Err(error),
            }
        }
        Ok(())
    }
}
