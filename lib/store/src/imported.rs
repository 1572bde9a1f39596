//! What was imported from another shop. Each imported record leaves a mark, which is written in the transaction of the
//! record. So a record is imported once, however often its file is read, even if it was deleted or changed since.
//!
//! An import sends no mail: the only event that is written here makes the sales of an order count.

use std::time::Duration;

use domain::address::BookChange;
use domain::coupon::Coupon;
use domain::id::{TransactionId, UserId};
use domain::order::{HistoryEntry, Order, Purchase};
use domain::time::Time;
use domain::user::{Credentials, User};
use serde::{Deserialize, Serialize};

use crate::coupons::{coupon_item, listed_coupon};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, seconds, text};
use crate::engine::read::WriteOutcome;
use crate::order_finding::{names, trackings};
use crate::orders::{order_item, purchase_item};
use crate::outbox::OutboxEvent;
use crate::users::{email_item, profile_item};
use crate::{Store, Transaction, keys};

/// How long sign-ins take the same time for every form of imported password hash, after the last import.
const EVEN_FOR: Duration = Duration::from_hours(365 * 24);

/// How many forms of imported password hashes there can be. Each makes every sign-in more work.
pub const MAX_HASH_FORMS: u32 = 3;

/// A record of the other shop. Its name there is kept as a fingerprint, because it may be a mail address, and the mark
/// outlives the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportKey {
    /// Such as `customer`.
    pub kind: &'static str,
    pub fingerprint: String,
}

/// Says that a record was imported, and what it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportMark {
    pub key: ImportKey,
    /// The id of what the record became.
    pub id: String,
    pub at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    id: String,
    at: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportConflict {
    /// The record was imported before.
    Done,
    /// The mail address or the code belongs to something that was not imported from this record.
    Taken,
    /// What it was decided on has changed.
    Changed,
}

/// The forms of password hashes that were imported: algorithm and parameters. While some of them may still wait for the
/// first sign-in of their owner, each check of a password does the work of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashForms {
    forms: Vec<String>,
    until: Time,
}

impl HashForms {
    pub fn at(&self, now: Time) -> &[String] {
        if now < self.until { &self.forms } else { &[] }
    }
}

impl ImportMark {
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        let mark = Mark { id: self.id.clone(), at: self.at };
        Item::new(keys::imported(self.key.kind, &self.key.fingerprint), &mark)
    }
}

impl Store {
    /// The id of what this record became, if it was imported.
    pub async fn imported(&self, key: &ImportKey) -> Result<Option<String>, StoreError> {
        let mark: Option<Mark> = self.get(&keys::imported(key.kind, &key.fingerprint)).await?;
        Ok(mark.map(|mark| mark.id))
    }

    /// An account without a session. Its owner signs in with the password of the other shop.
    pub async fn import_customer(
        &self,
        token: TransactionId,
        user: &User,
        credentials: &Credentials,
        mark: &ImportMark,
    ) -> Result<(), Commit<ImportConflict>> {
        let writes = Transaction::new(token)
            .put_new(mark.item()?, ImportConflict::Done)
            .put_new(email_item(user.id, &user.email, &user.name)?, ImportConflict::Taken)
            .put(profile_item(user)?)
            .put(Item::new(keys::credentials(user.id), credentials)?);
        self.commit(writes).await
    }

    /// An address, if the book still has the version that the change was decided on.
    pub async fn import_address(
        &self,
        token: TransactionId,
        user: UserId,
        change: &BookChange,
        mark: &ImportMark,
    ) -> Result<(), Commit<ImportConflict>> {
        let unchanged = match change.from_version {
            0 => Require::Absent,
            version => Require::Equals("version", number(version)),
        };
        let mut writes = Transaction::new(token)
            .put_new(mark.item()?, ImportConflict::Done)
            .check(keys::profile(user), vec![Require::Exists], ImportConflict::Changed)
            .put_if(Item::new(keys::address_book(user), &change.head)?, vec![unchanged], ImportConflict::Changed);
        if let Some(address) = &change.write {
            writes = writes.put(Item::new(keys::address(user, address.id), address)?);
        }
        self.commit(writes).await
    }

    pub async fn import_coupon(
        &self,
        token: TransactionId,
        coupon: &Coupon,
        mark: &ImportMark,
    ) -> Result<(), Commit<ImportConflict>> {
        let writes = Transaction::new(token)
            .put_new(mark.item()?, ImportConflict::Done)
            .put_new(coupon_item(coupon)?, ImportConflict::Taken)
            .put(listed_coupon(coupon)?);
        self.commit(writes).await
    }

    /// A finished order with its history, oldest entry first. `event` makes its sales count.
    pub async fn import_order(
        &self,
        token: TransactionId,
        order: &Order,
        purchase: &Purchase,
        history: &[HistoryEntry],
        event: &OutboxEvent,
        mark: &ImportMark,
    ) -> Result<(), Commit<ImportConflict>> {
        let mut writes = Transaction::new(token)
            .put_new(mark.item()?, ImportConflict::Done)
            .put_new(order_item(order)?, ImportConflict::Taken)
            .put(purchase_item(order, purchase)?)
            .put(event.item()?);
        for found_by in names(order.id, purchase)?.into_iter().chain(trackings(None, order)?) {
            writes = writes.put(found_by);
        }
        for (version, entry) in (1..).zip(history) {
            writes = writes.put(Item::new(keys::order_history(order.id, version), entry)?);
        }
        self.commit(writes).await
    }

    /// Notes a form of password hash before the first account has it. Says whether there was room for it.
    pub async fn add_hash_form(&self, form: &str, now: Time) -> Result<bool, StoreError> {
        let until = now + EVEN_FOR;
        let change = Change::at(keys::hash_forms())
            .add_member("forms", form.to_owned())
            .set("until", text(until.to_string()))
            .set("expires_at", seconds(until))
            .require(Require::HasRoomFor("forms", form.to_owned(), MAX_HASH_FORMS));
        Ok(matches!(self.change(change).await?, WriteOutcome::Done(_)))
    }
}
