//! What staff do with users: find, ban, unban, change the role. Each act is one transaction with its audit entry, and
//! with a check that the member of staff still has their role. So two admins cannot demote each other at the same time,
//! and whoever takes the role of an admin away is still an admin after it.
//!
//! Only the deletion of an account can remove an admin without that. It needs another admin, who is found in the list
//! of admins and checked in the same transaction.

use domain::access::Role;
use domain::id::UserId;
use domain::metadata::Metadata;
use domain::user::{Ban, User};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::audit::AuditEntry;
use crate::due::{Due, Task};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, text, value};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::engine::transaction::Transaction;
use crate::keys::{self, GSI1, GSI2, SHARDS};
use crate::outbox::OutboxEvent;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffConflict {
    /// The user changed after they were read.
    Changed,
    /// The role of the member of staff was changed, or their sessions were ended.
    ActorChanged,
}

/// What somebody does to a user, as it was decided.
#[derive(Debug, Clone, Copy)]
pub struct StaffAct<'a> {
    /// `None`: the shop itself, or an operator.
    pub actor: Option<&'a User>,
    pub target: &'a User,
    pub entry: &'a AuditEntry,
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

    pub async fn change_metadata(&self, act: StaffAct<'_>, metadata: &Metadata) -> Result<(), Commit<StaffConflict>> {
        let change = act.change().set("metadata", value(metadata)?);
        self.commit(act.transaction(act.entry.id, change)?).await
    }

    /// Ends all sessions and bans the user. The due item tells the janitor to remove the ban when it ends.
    pub async fn ban(
        &self,
        act: StaffAct<'_>,
        ban: &Ban,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<StaffConflict>> {
        let lift = Due { at: ban.until, task: Task::Unban { user_id: act.target.id } };
        let transaction = act
            .transaction(outbox_event.id, act.change().set("ban", value(ban)?).add("epoch", 1))?
            .put(lift.item()?)
            .put(outbox_event.item()?);
        self.commit(transaction).await
    }

    /// Ends all sessions of the user with one write.
    pub async fn end_sessions_of(&self, act: StaffAct<'_>) -> Result<(), Commit<StaffConflict>> {
        self.commit(act.transaction(act.entry.id, act.change().add("epoch", 1))?).await
    }

    pub async fn unban(&self, act: StaffAct<'_>, outbox_event: &OutboxEvent) -> Result<(), Commit<StaffConflict>> {
        let transaction = act
            .transaction(outbox_event.id, act.change().remove("ban").require(Require::Has("ban")))?
            .delete(Task::Unban { user_id: act.target.id }.key())
            .put(outbox_event.item()?);
        self.commit(transaction).await
    }

    /// Also keeps the list of admins.
    pub async fn change_role(&self, act: StaffAct<'_>, role: Role) -> Result<(), Commit<StaffConflict>> {
        let mut transaction = act.transaction(act.entry.id, act.change().set("role", text(role.name())))?;
        if role == Role::Admin {
            transaction = transaction.put(admin_item(act.target.id)?);
        } else if act.target.role == Role::Admin {
            transaction = transaction.delete(keys::admin(act.target.id));
        }
        self.commit(transaction).await
    }

    /// An admin who is not this user, if there is one.
    pub async fn another_admin(&self, than: UserId) -> Result<Option<UserId>, StoreError> {
        for (_, item) in self.query(&KeyRange::of(keys::ADMINS.to_owned()), None, 2).await? {
            let Admin { user_id } = read(item)?;
            if user_id != than {
                return Ok(Some(user_id));
            }
        }
        Ok(None)
    }
}

impl StaffAct<'_> {
    /// A change of the target, if they still have the version that was read.
    fn change(&self) -> Change {
        let version = Require::Equals("version", number(self.target.version));
        Change::at(keys::profile(self.target.id)).add("version", 1).require(version)
    }

    /// The change, if the actor still has the role that it was decided on and is signed in: a ban raises the epoch.
    /// Other changes of the actor do not matter.
    fn transaction(
        &self,
        token: impl std::fmt::Display,
        change: Change,
    ) -> Result<Transaction<StaffConflict>, StoreError> {
        let mut transaction = Transaction::new(token);
        if let Some(actor) = self.actor {
            transaction = actor_check(transaction, actor, StaffConflict::ActorChanged);
        }
        Ok(transaction.change(change, StaffConflict::Changed).put(self.entry.item()?))
    }
}

/// Adds the check that somebody still has the role that they had when it was read, and is signed in.
pub(crate) fn actor_check<R: Clone>(transaction: Transaction<R>, actor: &User, changed: R) -> Transaction<R> {
    let same = vec![Require::Equals("role", text(actor.role.name())), Require::Equals("epoch", number(actor.epoch))];
    transaction.check(keys::profile(actor.id), same, changed)
}

#[derive(Debug, Serialize, Deserialize)]
struct Admin {
    user_id: UserId,
}

pub(crate) fn admin_item(user_id: UserId) -> Result<Item, StoreError> {
    Item::new(keys::admin(user_id), &Admin { user_id })
}
