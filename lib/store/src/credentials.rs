//! Credentials: the password, the authenticator, the recovery codes.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{EventId, SessionId, TransactionId, UserId};
use domain::user::{Credentials, User};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{number, text};
use crate::engine::read::WriteOutcome;
use crate::links::Link;
use crate::outbox::OutboxEvent;
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
    pub(crate) fn change(&self, user: UserId) -> Change {
        let change = Change::at(keys::credentials(user));
        match self {
            Self::Totp { secret, step } => change
                .set("totp_step", number(step))
                .require(Require::Equals("totp_secret", text(secret)))
                .require(Require::Below("totp_step", number(step))),
            Self::Recovery { hash } => {
                change.remove_member("recovery", hash.clone()).require(Require::Contains("recovery", hash.clone()))
            }
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
    /// The password was changed after this link was requested, or the address was proven at this moment.
    LinkStale,
}

/// An authenticator that was confirmed with a first code.
#[derive(Debug, Clone)]
pub struct TwoFactorOn<'a> {
    pub secret: &'a str,
    pub step: u64,
    pub recovery_hashes: Vec<String>,
    pub outbox_event: &'a OutboxEvent,
}

fn profile_change(user: UserId) -> Change {
    Change::at(keys::profile(user)).add("version", 1).require(Require::Exists)
}

/// A change of the profile that proves its address. It is refused if the address was proven in the meantime, so that
/// there is only one first proof.
fn proving_change(user: UserId, first_proof: Option<&OutboxEvent>) -> Change {
    profile_change(user)
        .set("email_verified", AttributeValue::Bool(true))
        .require(Require::Equals("email_verified", AttributeValue::Bool(first_proof.is_none())))
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
            .change(
                profile_change(user.id).add("epoch", 1).require(Require::Equals("epoch", number(user.epoch))),
                CredentialsRefusal::Changed,
            )
            .change(
                Change::at(keys::session(user.id, session))
                    .set("epoch", number(user.epoch + 1))
                    .require(Require::Exists),
                CredentialsRefusal::SessionEnded,
            )
            .put(outbox_event.item()?);
        self.commit(transaction).await
    }

    /// Replaces the hash by a better one of the same password, unless the password was changed.
    pub async fn rehash(&self, user: UserId, from: &str, to: String) -> Result<(), StoreError> {
        let change = Change::at(keys::credentials(user))
            .set("password_hash", text(to))
            .require(Require::Equals("password_hash", text(from)));
        self.change(change).await.map(drop)
    }

    /// Uses the link up. It confirms the address too, and `first_proof` is the event if it was not confirmed before. All
    /// sessions end.
    pub async fn reset_password(
        &self,
        link_id: EventId,
        link: &Link,
        user: UserId,
        hash: String,
        outbox_event: &OutboxEvent,
        first_proof: Option<&OutboxEvent>,
    ) -> Result<(), Commit<ResetRefusal>> {
        let mut transaction = Transaction::new(outbox_event.id)
            .delete_if(keys::link(link_id), vec![Require::Exists], ResetRefusal::LinkUsed)
            .change(
                Change::at(keys::credentials(user)).set("password_hash", text(hash)).require(Require::Exists),
                ResetRefusal::LinkStale,
            )
            .change(
                proving_change(user, first_proof).add("epoch", 1).require(Require::Equals("epoch", number(link.epoch))),
                ResetRefusal::LinkStale,
            )
            .put(outbox_event.item()?);
        if let Some(proof) = first_proof {
            transaction = transaction.put(proof.item()?);
        }
        self.commit(transaction).await
    }

    /// `token` is new for each request, so a second use of the link is refused and not seen as a repetition.
    pub async fn verify_email(
        &self,
        link: EventId,
        user: UserId,
        token: TransactionId,
        first_proof: Option<&OutboxEvent>,
    ) -> Result<(), Commit<ResetRefusal>> {
        let mut transaction = Transaction::new(token)
            .delete_if(keys::link(link), vec![Require::Exists], ResetRefusal::LinkUsed)
            .change(proving_change(user, first_proof), ResetRefusal::LinkStale);
        if let Some(proof) = first_proof {
            transaction = transaction.put(proof.item()?);
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

    pub async fn enable_two_factor(&self, user: UserId, on: TwoFactorOn<'_>) -> Result<(), Commit<CredentialsRefusal>> {
        let transaction = Transaction::new(on.outbox_event.id)
            .change(
                Change::at(keys::credentials(user))
                    .set("totp_secret", text(on.secret))
                    .set("totp_step", number(on.step))
                    .set("recovery", AttributeValue::Ss(on.recovery_hashes))
                    .remove("totp_pending")
                    .require(Require::Equals("totp_pending", text(on.secret)))
                    .require(Require::Lacks("totp_secret")),
                CredentialsRefusal::Changed,
            )
            .change(profile_change(user).set("two_factor", AttributeValue::Bool(true)), CredentialsRefusal::Changed)
            .put(on.outbox_event.item()?);
        self.commit(transaction).await
    }

    pub async fn disable_two_factor(
        &self,
        user: UserId,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let transaction = Transaction::new(outbox_event.id)
            .change(
                Change::at(keys::credentials(user))
                    .remove("totp_secret")
                    .remove("recovery")
                    .require(Require::Has("totp_secret")),
                CredentialsRefusal::Changed,
            )
            .change(profile_change(user).set("two_factor", AttributeValue::Bool(false)), CredentialsRefusal::Changed)
            .put(outbox_event.item()?);
        self.commit(transaction).await
    }

    /// Replaces all recovery codes.
    pub async fn replace_recovery_codes(
        &self,
        user: UserId,
        hashes: Vec<String>,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let change = Change::at(keys::credentials(user))
            .set("recovery", AttributeValue::Ss(hashes))
            .require(Require::Has("totp_secret"));
        match self.change(change).await? {
            WriteOutcome::Done(_) => Ok(()),
            WriteOutcome::Refused(_) => Err(Commit::Refused(CredentialsRefusal::Changed)),
        }
    }
}
