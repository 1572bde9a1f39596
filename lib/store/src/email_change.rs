//! A change of a mail address: it is asked for with a link that goes to the new address, and made when the link is
//! followed. The link names the addresses, so that no event and no message of a queue does.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::email::Email;
use domain::id::{EventId, SessionId};
use domain::mail_language::MailLanguage;
use domain::time::Time;
use domain::user::User;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::credentials::{CredentialsRefusal, Proof, profile_change};
use crate::due::Due;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{number, text};
use crate::links::Link;
use crate::outbox::OutboxEvent;
use crate::users::email_item;
use crate::{Store, Transaction, keys};

/// What a link changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChange {
    /// The old address, which gets a mail about the change. `None`: nobody proved it, so it may be a stranger's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Email>,
    pub to: Email,
    /// The user's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<MailLanguage>,
    /// The user's epoch when it was asked for. Whatever ends sessions, such as a new password, ends the link too.
    pub epoch: u64,
}

/// What the holder of the account proved before a change is asked for.
#[derive(Debug)]
pub struct Proven<'a> {
    pub password_hash: &'a str,
    /// The second factor, if it is on.
    pub code: Option<&'a Proof>,
}

/// A change that is made by the session of the user who followed the link.
#[derive(Debug)]
pub struct FollowedChange<'a> {
    /// As it was read.
    pub user: &'a User,
    pub session: SessionId,
    pub link_id: EventId,
    pub link: &'a Link,
    pub change: &'a EmailChange,
    pub outbox_event: OutboxEvent,
    /// If nobody proved the old address.
    pub first_proof: Option<OutboxEvent>,
    pub entry: AuditEntry,
    pub now: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailChangeRefusal {
    LinkUsed,
    /// Another account has the address.
    Taken,
    /// The account changed after it was read, or since the change was asked for.
    Changed,
    SessionEnded,
}

impl Store {
    /// Creates the link and the event that causes its mails, if the password is still the one that was given. Uses the
    /// code up.
    pub async fn request_email_change(
        &self,
        user: &User,
        proven: Proven<'_>,
        link: &Link,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let same_password = Require::Equals("password_hash", text(proven.password_hash));
        let transaction = Transaction::new(outbox_event.id);
        let transaction = match proven.code {
            Some(code) => transaction.change(code.use_up(user.id).require(same_password), CredentialsRefusal::Changed),
            None => transaction.check(keys::credentials(user.id), vec![same_password], CredentialsRefusal::Changed),
        };
        self.commit(transaction.put(link.item(outbox_event.id)?).put(outbox_event.item()?)).await
    }

    /// The change that a link was made for, also after the link was used.
    pub async fn email_change(&self, link: EventId) -> Result<Option<EmailChange>, StoreError> {
        Ok(self.get::<Link>(&keys::link(link)).await?.and_then(|link| link.change))
    }

    /// Moves the account to the new address, which is proven now. Other sessions end, links that went to the old address
    /// become invalid, and mail that stopped there is sent to the new one.
    pub async fn change_email(&self, followed: &FollowedChange<'_>) -> Result<(), Commit<EmailChangeRefusal>> {
        let FollowedChange { user, session, link_id, link, change, .. } = followed;
        // The mail about the change still reads it.
        let used = Change::at(keys::link(*link_id))
            .set("until", text(followed.now.to_string()))
            .require(Require::Equals("until", text(link.until.to_string())));
        let profile = profile_change(user.id)
            .add("epoch", 1)
            .add("resets", 1)
            .set("email", text(change.to.as_str()))
            .set("email_verified", AttributeValue::Bool(true))
            .index(keys::by_email(&change.to))
            .remove("mail_stop")
            .require(Require::Equals("email", text(user.email.as_str())))
            .require(Require::Equals("name", text(user.name.as_str())))
            .require(Require::Equals("epoch", number(change.epoch)));
        let goes_on = Change::at(keys::session(user.id, *session))
            .set("epoch", number(change.epoch + 1))
            .require(Require::Exists);
        let mut transaction = Transaction::new(followed.outbox_event.id)
            .change(used, EmailChangeRefusal::LinkUsed)
            .change(profile, EmailChangeRefusal::Changed)
            .put_new(email_item(user.id, &change.to, &user.name)?, EmailChangeRefusal::Taken)
            .delete(keys::email(&user.email))
            .change(goes_on, EmailChangeRefusal::SessionEnded)
            .put(followed.outbox_event.item()?)
            .put(Due::join(user.id, followed.now).item()?)
            .put(followed.entry.item()?);
        if let Some(first_proof) = &followed.first_proof {
            transaction = transaction.put(first_proof.item()?);
        }
        self.commit(transaction).await
    }
}
