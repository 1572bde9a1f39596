//! Credentials: the password, the authenticator, the recovery codes.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{EventId, SessionId, TransactionId, UserId};
use domain::text::PersonName;
use domain::user::{Credentials, User};

use crate::audit::AuditEntry;
use crate::due::Due;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{number, text};
use crate::engine::read::WriteOutcome;
use crate::links::Link;
use crate::outbox::OutboxEvent;
use crate::users::renamed;
use crate::{Store, Transaction, keys};

/// What a second factor uses up, so that it works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A code of the authenticator. Codes of earlier time steps do not work after it.
    Totp { secret: String, step: u64 },
    /// The hash of a recovery code.
    Recovery { hash: String },
}

impl Proof {
    pub(crate) fn use_up(&self, user: UserId) -> Change {
        match self {
            Self::Totp { .. } => self.guard(user),
            Self::Recovery { hash } => self.guard(user).remove_member("recovery", hash.clone()),
        }
    }

    /// A change that is refused if the code was used. It uses up a time step, but leaves the recovery codes to the
    /// caller, who replaces or removes all of them.
    fn guard(&self, user: UserId) -> Change {
        let change = Change::at(keys::credentials(user));
        match self {
            Self::Totp { secret, step } => change
                .set("totp_step", number(step))
                .require(Require::Equals("totp_secret", text(secret)))
                .require(Require::Below("totp_step", number(step))),
            Self::Recovery { hash } => change.require(Require::Contains("recovery", hash.clone())),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialsRefusal {
    /// The credentials changed after they were read.
    Changed,
    /// The session of the request has ended.
    SessionEnded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetRefusal {
    LinkUsed,
    /// Another link was used to set a password after this one was requested, or the account is gone.
    LinkStale,
    /// The account changed after it was read.
    Changed,
}

/// A new password that was set with a mailed link.
#[derive(Debug, Clone)]
pub struct NewPassword<'a> {
    pub hash: String,
    pub name: Option<&'a PersonName>,
    pub outbox_event: &'a OutboxEvent,
}

/// An authenticator that was confirmed with a first code.
#[derive(Debug, Clone)]
pub struct TwoFactorOn<'a> {
    pub secret: &'a str,
    pub step: u64,
    pub recovery_hashes: Vec<String>,
    pub outbox_event: &'a OutboxEvent,
}

pub(crate) fn profile_change(user: UserId) -> Change {
    Change::at(keys::profile(user)).add("version", 1).require(Require::Exists)
}

impl Store {
    pub async fn credentials(&self, user: UserId) -> Result<Option<Credentials>, StoreError> {
        self.get(&keys::credentials(user)).await
    }

    /// Ends all sessions except the one of the request.
    pub async fn change_password(
        &self,
        user: &User,
        session: SessionId,
        old_hash: &str,
        new_hash: String,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let transaction = Transaction::new(outbox_event.id)
            .change(
                Change::at(keys::credentials(user.id))
                    .set("password_hash", text(new_hash))
                    .require(Require::Equals("password_hash", text(old_hash))),
                CredentialsRefusal::Changed,
            )
            .put(outbox_event.item()?);
        self.commit(end_other_sessions(transaction, profile_change(user.id), user, session)).await
    }

    /// Replaces the hash by a better one of the same password, unless the password was changed.
    pub async fn rehash(&self, user: UserId, from: &str, to: String) -> Result<(), StoreError> {
        let change = Change::at(keys::credentials(user))
            .set("password_hash", text(to))
            .require(Require::Equals("password_hash", text(from)));
        self.change(change).await.map(drop)
    }

    /// Uses the link up. All sessions end, and all other links for a new password become invalid. The second factor
    /// stays.
    pub async fn reset_password(
        &self,
        link_id: EventId,
        link: &Link,
        user: &User,
        new: NewPassword<'_>,
    ) -> Result<(), Commit<ResetRefusal>> {
        let mut profile = profile_change(user.id).add("epoch", 1).add("resets", 1).require(match link.resets {
            0 => Require::Lacks("resets"),
            resets => Require::Equals("resets", number(resets)),
        });
        let mut transaction = Transaction::new(new.outbox_event.id);
        if let Some(name) = new.name {
            profile = profile.set("name", text(name.as_str()));
            transaction = transaction.change(renamed(user, name), ResetRefusal::Changed);
        }
        let transaction = transaction
            .delete_if(keys::link(link_id), vec![Require::Exists], ResetRefusal::LinkUsed)
            .change(
                Change::at(keys::credentials(user.id)).set("password_hash", text(new.hash)).require(Require::Exists),
                ResetRefusal::LinkStale,
            )
            .change(profile, ResetRefusal::LinkStale)
            .put(new.outbox_event.item()?);
        self.commit(transaction).await
    }

    /// Uses the link up and confirms the address, for its own registrant. `token` is new for each request, so a second
    /// use of the link is refused and not seen as a repetition. `first_proof` is the event if the address was not
    /// confirmed before; if that is not so any more, the change is refused, so that there is only one first proof.
    pub async fn verify_email(
        &self,
        link: EventId,
        user: &User,
        end_sessions: bool,
        token: TransactionId,
        first_proof: Option<&OutboxEvent>,
    ) -> Result<(), Commit<ResetRefusal>> {
        let profile = profile_change(user.id)
            .set("email_verified", AttributeValue::Bool(true))
            .require(Require::Equals("email_verified", AttributeValue::Bool(first_proof.is_none())))
            .require(Require::Equals("epoch", number(user.epoch)));
        let profile = if end_sessions { profile.add("epoch", 1) } else { profile };
        let mut transaction = Transaction::new(token)
            .delete_if(keys::link(link), vec![Require::Exists], ResetRefusal::LinkUsed)
            .change(profile, ResetRefusal::Changed);
        if let Some(proof) = first_proof {
            transaction = transaction.put(proof.item()?).put(Due::join(user.id, proof.at).item()?);
        }
        self.commit(transaction).await
    }

    /// Stores a secret that waits for its first code. Refused if two-factor is on.
    pub async fn begin_two_factor(&self, user: UserId, secret: &str) -> Result<(), Commit<CredentialsRefusal>> {
        let change = Change::at(keys::credentials(user))
            .set("totp_pending", text(secret))
            .require(Require::Exists)
            .require(Require::Lacks("totp_secret"));
        match self.change(change).await? {
            WriteOutcome::Done(_) => Ok(()),
            WriteOutcome::Refused(_) => Err(Commit::Refused(CredentialsRefusal::Changed)),
        }
    }

    /// Ends all sessions except the one of the request.
    pub async fn enable_two_factor(
        &self,
        user: &User,
        session: SessionId,
        on: TwoFactorOn<'_>,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let transaction = Transaction::new(on.outbox_event.id)
            .change(
                Change::at(keys::credentials(user.id))
                    .set("totp_secret", text(on.secret))
                    .set("totp_step", number(on.step))
                    .set("recovery", AttributeValue::Ss(on.recovery_hashes))
                    .remove("totp_pending")
                    .require(Require::Equals("totp_pending", text(on.secret)))
                    .require(Require::Lacks("totp_secret")),
                CredentialsRefusal::Changed,
            )
            .put(on.outbox_event.item()?);
        let profile = profile_change(user.id).set("two_factor", AttributeValue::Bool(true));
        self.commit(end_other_sessions(transaction, profile, user, session)).await
    }

    pub async fn disable_two_factor(
        &self,
        user: UserId,
        proof: &Proof,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let transaction = Transaction::new(outbox_event.id)
            .change(proof.guard(user).remove("totp_secret").remove("recovery"), CredentialsRefusal::Changed)
            .change(profile_change(user).set("two_factor", AttributeValue::Bool(false)), CredentialsRefusal::Changed)
            .put(outbox_event.item()?);
        self.commit(transaction).await
    }

    /// Replaces all recovery codes.
    pub async fn replace_recovery_codes(
        &self,
        user: UserId,
        proof: &Proof,
        hashes: Vec<String>,
        token: TransactionId,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let change = proof.guard(user).set("recovery", AttributeValue::Ss(hashes)).require(Require::Has("totp_secret"));
        self.commit(Transaction::new(token).change(change, CredentialsRefusal::Changed)).await
    }

    /// Removes the second factor for an operator and ends all sessions. Refused if there is none.
    pub async fn remove_two_factor(
        &self,
        user: UserId,
        entry: &AuditEntry,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let transaction = Transaction::new(outbox_event.id)
            .change(
                Change::at(keys::credentials(user))
                    .remove("totp_secret")
                    .remove("totp_pending")
                    .remove("recovery")
                    .require(Require::Has("totp_secret")),
                CredentialsRefusal::Changed,
            )
            .change(
                profile_change(user).add("epoch", 1).set("two_factor", AttributeValue::Bool(false)),
                CredentialsRefusal::Changed,
            )
            .put(entry.item()?)
            .put(outbox_event.item()?);
        self.commit(transaction).await
    }
}

/// Raises the epoch of the user, and of the one session that goes on.
fn end_other_sessions(
    transaction: Transaction<CredentialsRefusal>,
    profile: Change,
    user: &User,
    session: SessionId,
) -> Transaction<CredentialsRefusal> {
    let profile = profile.add("epoch", 1).require(Require::Equals("epoch", number(user.epoch)));
    let goes_on = Change::at(keys::session(user.id, session)).set("epoch", number(user.epoch + 1));
    transaction
        .change(profile, CredentialsRefusal::Changed)
        .change(goes_on.require(Require::Exists), CredentialsRefusal::SessionEnded)
}
