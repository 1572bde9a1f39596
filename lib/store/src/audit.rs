//! The audit trail of what staff did: who, what, to whom, before and after. Written in the transaction of the act.

use domain::id::{AuditId, UserId};
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::StoreError;
use crate::engine::item::Item;
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::{Store, keys};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: Time,
    /// `None`: the shop itself, or an operator on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<UserId>,
    pub action: String,
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The subject of an audit entry before and after the act, in words. `None`: it did not exist, or nothing is said of
/// it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditChange {
    pub before: Option<String>,
    pub after: Option<String>,
}

impl AuditEntry {
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        Item::new(keys::audit(self.at, self.id), self)
    }
}

impl Store {
    /// The entries of a day, newest first.
    pub async fn audit_trail(&self, day: &str, request: &PageRequest) -> Result<Page<AuditEntry>, StoreError> {
        self.page(&KeyRange::of(keys::audit_partition(day)).newest_first(), request).await
    }
}
