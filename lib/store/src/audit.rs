//! The audit trail: who did what to whom, before and after, and from where. What changes something is written in the
//! transaction of the change; what was read or refused is written on its own. Entries are only added.

use std::time::Duration;

use domain::actor::ActorId;
use domain::id::AuditId;
use domain::rate::Limit;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, seconds};
use crate::engine::page::{Cursor, KeyRange, Page, PageRequest};
use crate::keys::GSI1;
use crate::{Store, Transaction, keys};

const DAY: Duration = Duration::from_hours(24);

/// How many entries a page reads at most to find those of one action.
const MAX_READ: usize = 1_000;

/// How many days a page looks at.
const MAX_DAYS: u32 = 31;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: Time,
    /// `None`: the shop itself, or an operator on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorId>,
    pub action: String,
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// `None`: it was not done by a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<RequestOrigin>,
}

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestOrigin {
    pub ip: String,
    /// Such as `Firefox on Linux`.
    pub device: String,
    /// The id in the logs.
    pub request_id: String,
}

/// The subject of an audit entry before and after the act, in words. `None`: it did not exist, or nothing is said of
/// it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditChange {
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Whose entries are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditActor {
    Id(ActorId),
    /// The shop itself and operators.
    Shop,
}

/// Which entries are wanted: all that fit every part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    pub actor: Option<AuditActor>,
    pub action: Option<String>,
    pub from: Time,
    /// Not included.
    pub to: Time,
}

impl AuditEntry {
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        let index = keys::acts_of(self.actor, self.at, self.id);
        Ok(Item::new(keys::audit(self.at, self.id), self)?.index(index))
    }
}

impl AuditFilter {
    /// Where the entries before `newest` are, newest first, and the place where the next page goes on if there are more
    /// days than one page looks at.
    fn key_ranges(&self, newest: Time) -> (Vec<KeyRange>, Option<String>) {
        let part = |range: KeyRange| range.starting_at(self.from.to_string()).newest_first();
        if let Some(actor) = self.actor {
            let id = match actor {
                AuditActor::Id(id) => Some(id),
                AuditActor::Shop => None,
            };
            return (vec![part(KeyRange::of(keys::acts_of_partition(id)).in_index(GSI1))], None);
        }
        let first = self.from.day();
        let mut days = (0..=MAX_DAYS).map(|n| (newest - DAY * n).day()).take_while(|day| *day >= first);
        let looked_at: Vec<String> = days.by_ref().take(MAX_DAYS as usize).collect();
        let goes_on = days.next().and_then(|_| looked_at.last()).map(|day| format!("{day}T00:00:00.000Z"));
        (looked_at.iter().map(|day| part(KeyRange::of(keys::audit_partition(day)))).collect(), goes_on)
    }
}

impl Store {
    /// The entries that fit the filter, newest first. A page can be short, or empty, although there are more: then its
    /// cursor says how far it has looked.
    pub async fn audit_trail(
        &self,
        filter: &AuditFilter,
        request: &PageRequest,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let (first, end) = (filter.from.to_string(), filter.to.to_string());
        let mut place = match &request.after {
            Some(cursor) => end.min(cursor.place().to_owned()),
            None => end,
        };
        let newest = place.get(..24).and_then(|time| Time::parse(time).ok()).unwrap_or(filter.to);
        let (key_ranges, goes_on) = filter.key_ranges(newest);
        let limit = request.limit as usize;
        let step = if filter.action.is_some() { MAX_READ / 5 } else { limit + 1 };
        let (mut items, mut last, mut seen) = (Vec::new(), place.clone(), 0);
        for key_range in key_ranges {
            // The range would be upside down.
            while place > first {
                let found = self.query(&key_range, Some(&place), step).await?;
                let is_last = found.len() < step;
                seen += found.len();
                for (at, item) in found {
                    let entry: AuditEntry = read(item)?;
                    place.clone_from(&at);
                    if filter.action.as_ref().is_some_and(|action| *action != entry.action) {
                        continue;
                    }
                    if items.len() == limit {
                        return Ok(Page { items, next: Some(Cursor::after(last)) });
                    }
                    items.push(entry);
                    last = at;
                }
                if seen >= MAX_READ {
                    return Ok(Page { items, next: Some(Cursor::after(place)) });
                }
                if is_last {
                    break;
                }
            }
        }
        Ok(Page { items, next: goes_on.map(Cursor::after) })
    }

    /// Adds an entry of something that changed nothing else. Adding it again changes nothing.
    pub async fn add_audit_entry(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.put(entry.item()?).await
    }

    /// Counts an event of `who` and adds its entry in the same transaction. Over the limit it does neither, so that
    /// nobody can flood the trail. Without an entry it takes the same steps.
    pub async fn add_limited_audit_entry(
        &self,
        limit: Limit,
        who: &str,
        id: AuditId,
        entry: Option<&AuditEntry>,
        now: Time,
    ) -> Result<(), StoreError> {
        let start = limit.window_start(now);
        let count = Change::at(keys::limit(limit.name, who, start))
            .add("knocks", 1)
            .set("expires_at", seconds(start + limit.window))
            .require(Require::BelowOrLacking("knocks", number(limit.max)));
        let mut transaction = Transaction::new(id).change(count, ());
        if let Some(entry) = entry {
            transaction = transaction.put(entry.item()?);
        }
        match self.commit(transaction).await {
            Ok(()) | Err(Commit::Refused(())) => Ok(()),
            Err(Commit::Store(error)) => Err(error),
        }
    }
}
