//! What staff do with users: find, ban, unban, change the role. Each act is one transaction with its audit entry.

use domain::access::Role;
use domain::user::{Ban, User};

use crate::Store;
use crate::audit::AuditEntry;
use crate::due::{Due, Task};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{number, text, value};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::engine::transaction::Transaction;
use crate::keys::{self, GSI1, GSI2, SHARDS};
use crate::outbox::OutboxEvent;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffConflict {
    /// The user changed after they were read.
    Changed,
}

impl Store {
    /// All users, newest first.
    pub async fn users(&self, request: &PageRequest) -> Result<Page<User>, StoreError> {
        let key_ranges: Vec<KeyRange> = (0..SHARDS)
            .map(|shard| KeyRange::of(keys::all_users_partition(shard)).in_index(GSI2).newest_first())
            .collect();
        self.merged_page(&key_ranges, request).await
    }

    /// Users whose mail address begins like this, in the order of their addresses. At least two characters.
    pub async fn users_by_email(&self, beginning: &str, request: &PageRequest) -> Result<Page<User>, StoreError> {
        self.page(&KeyRange::of(keys::by_email_partition(beginning)).in_index(GSI1).with_prefix(beginning), request)
            .await
    }

    /// Ends all sessions and bans the user. The due item tells the janitor to remove the ban when it ends.
    pub async fn ban(
        &self,
        user: &User,
        ban: &Ban,
        entry: &AuditEntry,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<StaffConflict>> {
        let change = changed(user).set("ban", value(ban)?).add("epoch", 1);
        let lift = Due { at: ban.until, task: Task::Unban { user_id: user.id } };
        let transaction = Transaction::new(outbox_event.id)
            .change(change, StaffConflict::Changed)
            .put(lift.item()?)
            .put(entry.item()?)
            .put(outbox_event.item()?);
        self.commit(transaction).await
    }

    pub async fn unban(
        &self,
        user: &User,
        entry: &AuditEntry,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<StaffConflict>> {
        let transaction = Transaction::new(outbox_event.id)
            .change(changed(user).remove("ban").require(Require::Has("ban")), StaffConflict::Changed)
            .delete(Task::Unban { user_id: user.id }.key())
            .put(entry.item()?)
            .put(outbox_event.item()?);
        self.commit(transaction).await
    }

    pub async fn change_role(&self, user: &User, role: Role, entry: &AuditEntry) -> Result<(), Commit<StaffConflict>> {
        let transaction = Transaction::new(entry.id)
            .change(changed(user).set("role", text(role.name())), StaffConflict::Changed)
            .put(entry.item()?);
        self.commit(transaction).await
    }
}

/// A change of the user, if they still have the version that was read.
fn changed(user: &User) -> Change {
    Change::at(keys::profile(user.id)).add("version", 1).require(Require::Equals("version", number(user.version)))
}
