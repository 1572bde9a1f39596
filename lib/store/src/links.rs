//! Mailed one-time links. The item says what a link is for. Its token is not stored anywhere: the functions that have
//! the shop's link key compute it from the event's id.

use std::time::Duration;

use domain::id::{EventId, UserId};
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::email_change::EmailChange;
use crate::engine::error::{Commit, StoreError};
use crate::engine::item::Item;
use crate::outbox::{KEPT, OutboxEvent};
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    Verify,
    Reset,
    /// Goes to the new address of an account.
    #[serde(rename = "change")]
    ChangeEmail,
}

impl LinkKind {
    pub fn ttl(self) -> Duration {
        match self {
            Self::Verify => Duration::from_hours(3 * 24),
            Self::Reset | Self::ChangeEmail => Duration::from_hours(1),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub kind: LinkKind,
    /// `None`: it was requested for an address without an account, and cannot be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// How often the password had been reset when the link was requested. Each reset makes all older links for one
    /// invalid. Nothing else does: otherwise somebody who knows the password could make them invalid all the time.
    #[serde(rename = "epoch")]
    pub resets: u64,
    pub until: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<EmailChange>,
}

impl Link {
    pub fn new(kind: LinkKind, user_id: Option<UserId>, resets: u64, now: Time) -> Self {
        Self { kind, user_id, resets, until: now + kind.ttl(), change: None }
    }

    pub(crate) fn item(&self, id: EventId) -> Result<Item, StoreError> {
        // Mails read the addresses of a change, and may be late.
        let kept = self.change.as_ref().map_or(Duration::ZERO, |_| KEPT);
        Ok(Item::new(keys::link(id), self)?.expires(self.until + kept))
    }
}

impl Store {
    pub async fn link(&self, id: EventId, kind: LinkKind, now: Time) -> Result<Option<Link>, StoreError> {
        let link: Option<Link> = self.get(&keys::link(id)).await?;
        Ok(link.filter(|link| link.kind == kind && now < link.until))
    }

    /// Creates a link, and the event that causes its mail.
    pub async fn issue_link(&self, link: &Link, outbox_event: &OutboxEvent) -> Result<(), StoreError> {
        let transaction =
            Transaction::<()>::new(outbox_event.id).put(link.item(outbox_event.id)?).put(outbox_event.item()?);
        self.commit(transaction).await.map_err(|error| match error {
            Commit::Store(error) => error,
            Commit::Refused(()) => StoreError::Corrupt("an unconditional write was refused".to_owned()),
        })
    }
}
