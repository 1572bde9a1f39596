//! The search index: which base is the newest, and what was published since.
//!
//! Publications have numbers without gaps. Whoever publishes reads the state first, then the products, and commits only if
//! nothing was published in between and no other base was made. So of two indexers at once, or of an indexer and a rebuild,
//! none can put something older into the place of something newer.

use domain::id::TransactionId;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, text};
use crate::engine::page::{ALL, KeyRange};
use crate::engine::transaction::MAX_WRITES;
use crate::keys::{PUBLICATION_PREFIX, SEARCH};
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IndexState {
    /// The newest publication.
    pub seq: u32,
    /// Where the newest base is; `None` until there is one.
    pub base: Option<String>,
    /// The publications up to this one are in the base.
    pub covers: u32,
    /// The base before, for pages that were begun on it.
    pub previous_base: Option<String>,
    pub previous_covers: u32,
    /// How often a base was made of the products in the table, and not of the base before.
    pub rebuilds: u32,
    /// Raised by every change of synonyms and rules.
    pub settings: u64,
}

/// A base that is to become the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewBase<'a> {
    pub file: &'a str,
    pub covers: u32,
    /// It was made of the products in the table.
    pub is_rebuilt: bool,
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

    /// What was published after `seq`, only so many of the newest, and the state; in one query. The state is read before the
    /// publications, so none of those that it counts is missing because it came at that moment.
    pub async fn index_news(&self, seq: u32, at_most: usize) -> Result<IndexNews, StoreError> {
        let range = KeyRange::of(SEARCH.to_owned()).starting_at(keys::publication(seq.saturating_add(1)).sk);
        let range = range.ending_at(keys::index_state().sk).newest_first();
        let mut news = IndexNews::default();
        for (place, item) in self.query(&range, None, at_most.min(ALL - 1) + 1).await? {
            if place.starts_with(PUBLICATION_PREFIX) {
                news.publications.push(read::<Publication>(item)?);
            } else {
                news.state = read(item)?;
            }
        }
        // Newer ones came after the state was read, or are left of an index whose state was lost.
        news.publications.retain(|publication| publication.seq <= news.state.seq);
        news.publications.reverse();
        Ok(news)
    }

    /// Adds a publication, if the state is as it was read. `token` names this try and no other.
    pub async fn publish(
        &self,
        token: TransactionId,
        read: &IndexState,
        publication: &Publication,
    ) -> Result<(), Commit<Overtaken>> {
        let is_next = match read.seq {
            0 => Require::BelowOrLacking("seq", number(1)),
            seq => Require::Equals("seq", number(seq)),
        };
        let next = Change::at(keys::index_state()).set("seq", number(publication.seq)).require(is_next);
        let writes = Transaction::new(token)
            .change(next.require(has_base_of(read)), Overtaken)
            .put(Item::new(keys::publication(publication.seq), publication)?);
        self.commit(writes).await
    }

    /// Makes a base the newest one, if the state still has the base that was read. `token` names this try and no other.
    pub async fn replace_base(
        &self,
        token: TransactionId,
        read: &IndexState,
        base: NewBase<'_>,
    ) -> Result<(), Commit<Overtaken>> {
        let change = Change::at(keys::index_state())
            .set("base", text(base.file))
            .set("covers", number(base.covers))
            .set("rebuilds", number(read.rebuilds + u32::from(base.is_rebuilt)))
            .require(has_base_of(read));
        let change = match &read.base {
            Some(old) => change.set("previous_base", text(old)).set("previous_covers", number(read.covers)),
            None => change,
        };
        self.commit(Transaction::new(token).change(change, Overtaken)).await
    }

    /// The oldest publications up to this number, not more than one transaction can remove.
    pub async fn oldest_publications(&self, up_to: u32) -> Result<Vec<Publication>, StoreError> {
        let range = KeyRange::of(SEARCH.to_owned()).starting_at(keys::publication(0).sk);
        let old = self.query(&range.ending_at(keys::publication(up_to).sk), None, MAX_WRITES).await?;
        old.into_iter().map(|(_, item)| read(item)).collect()
    }

    /// Removes publications that [`Store::oldest_publications`] found.
    pub async fn remove_publications(&self, token: TransactionId, old: &[Publication]) -> Result<(), StoreError> {
        if old.is_empty() {
            return Ok(());
        }
        let delete = |writes: Transaction<()>, old: &Publication| writes.delete(keys::publication(old.seq));
        match self.commit(old.iter().fold(Transaction::new(token), delete)).await {
            Ok(()) | Err(Commit::Refused(())) => Ok(()),
            Err(Commit::Store(error)) => Err(error),
        }
    }
}

/// The base is the one that was read, or there still is none.
fn has_base_of(read: &IndexState) -> Require {
    match &read.base {
        Some(base) => Require::Equals("base", text(base)),
        None => Require::Lacks("base"),
    }
}
