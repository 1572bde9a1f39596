//! Sessions and the kinds of device that a user is known to sign in from.

use std::time::Duration;

use domain::id::{SessionId, TransactionId, UserId};
use domain::session::{IdentityProof, Session};
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::credentials::{CredentialsRefusal, Proof};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, seconds, text, value};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::engine::read::WriteOutcome;
use crate::outbox::OutboxEvent;
use crate::{Store, Transaction, keys};

/// The item of a session may be cleaned up this long after the session's end.
const CLEAN_UP_AFTER: Duration = Duration::from_hours(24);

/// How long a device stays known after the sign-in that made it known.
const DEVICE_KNOWN: Duration = Duration::from_hours(365 * 24);

/// A kind of device, such as Firefox on Linux. It is enough to notice a sign-in from another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub fingerprint: String,
    pub name: String,
    pub first_seen: Time,
}

impl Device {
    pub(crate) fn item(&self, user: UserId) -> Result<Item, StoreError> {
        Ok(Item::new(keys::device(user, &self.fingerprint), self)?.expires(self.first_seen + DEVICE_KNOWN))
    }
}

/// What a sign-in writes.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub session: Session,
    /// A device that was not known, and its event.
    pub new_device: Option<(Device, OutboxEvent)>,
    pub second_step: Option<SecondStep>,
    /// Only for accounts with a staff role.
    pub entry: Option<AuditEntry>,
}

/// What the second step of a sign-in uses up.
#[derive(Debug, Clone)]
pub struct SecondStep {
    pub proof: Proof,
    pub challenge: TransactionId,
    /// The end of the challenge.
    pub until: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInRefusal {
    /// Another sign-in made the device known first.
    DeviceKnown,
    /// The challenge led to a session before.
    ChallengeUsed,
    /// The code of the second factor was used, or two-factor was changed.
    CodeUsed,
}

/// What a refresh changes, and the hash that it is conditional on.
#[derive(Debug, Clone)]
pub struct Rotation {
    pub user_id: UserId,
    pub session_id: SessionId,
    pub from_hash: String,
    pub to_hash: String,
    pub generation: u32,
    pub now: Time,
    pub until: Time,
    pub ip: String,
}

/// The session ended, or another refresh was committed first; or this one was, and its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionChanged;

impl Store {
    /// One write without a condition where that is enough. There is nothing to check, because a session of an old epoch
    /// is not valid.
    pub async fn sign_in(&self, sign_in: &SignIn) -> Result<(), Commit<SignInRefusal>> {
        let session = session_item(&sign_in.session)?;
        if sign_in.new_device.is_none() && sign_in.second_step.is_none() && sign_in.entry.is_none() {
            return Ok(self.put(session).await?);
        }
        let user = sign_in.session.user_id;
        let mut transaction = Transaction::new(sign_in.session.id).put(session);
        if let Some(SecondStep { proof, challenge, until }) = &sign_in.second_step {
            let passed = Item::bare(keys::challenge(user, *challenge)).expires(*until);
            transaction = transaction
                .put_new(passed, SignInRefusal::ChallengeUsed)
                .change(proof.use_up(user), SignInRefusal::CodeUsed);
        }
        if let Some((device, outbox_event)) = &sign_in.new_device {
            transaction = transaction.put_new(device.item(user)?, SignInRefusal::DeviceKnown).put(outbox_event.item()?);
        }
        if let Some(entry) = &sign_in.entry {
            transaction = transaction.put(entry.item()?);
        }
        self.commit(transaction).await
    }

    /// Renews the proof of identity of a session, and uses up what proved it.
    pub async fn renew_proof(
        &self,
        session: &Session,
        proof: IdentityProof,
        uses_up: Option<&Proof>,
        token: TransactionId,
    ) -> Result<(), Commit<CredentialsRefusal>> {
        let renewed = Change::at(keys::session(session.user_id, session.id))
            .set("proof", value(&proof)?)
            .require(Require::Exists);
        let mut transaction = Transaction::new(token).change(renewed, CredentialsRefusal::SessionEnded);
        if let Some(code) = uses_up {
            transaction = transaction.change(code.use_up(session.user_id), CredentialsRefusal::Changed);
        }
        self.commit(transaction).await
    }

    pub async fn rotate(&self, rotation: &Rotation) -> Result<(), Commit<SessionChanged>> {
        let change = Change::at(keys::session(rotation.user_id, rotation.session_id))
            .set("refresh_hash", text(&rotation.to_hash))
            .set("generation", number(rotation.generation))
            .set("rotated_at", text(rotation.now.to_string()))
            .set("refresh_until", text(rotation.until.to_string()))
            .set("ip", text(&rotation.ip))
            .set("expires_at", seconds(rotation.until + CLEAN_UP_AFTER))
            .require(Require::Equals("refresh_hash", text(&rotation.from_hash)));
        match self.change(change).await? {
            WriteOutcome::Done(_) => Ok(()),
            WriteOutcome::Refused(_) => Err(Commit::Refused(SessionChanged)),
        }
    }

    /// It is no error if the session has already ended.
    pub async fn end_session(&self, user: UserId, session: SessionId) -> Result<(), StoreError> {
        self.delete(&keys::session(user, session)).await
    }

    /// Newest first.
    pub async fn sessions(&self, user: UserId, request: &PageRequest) -> Result<Page<Session>, StoreError> {
        self.page(&KeyRange::of(keys::user_partition(user)).with_prefix(keys::SESSION_PREFIX).newest_first(), request)
            .await
    }

    /// Ends all sessions with one write.
    pub async fn end_all_sessions(&self, user: UserId) -> Result<(), StoreError> {
        let change = Change::at(keys::profile(user)).add("epoch", 1).add("version", 1).require(Require::Exists);
        self.change(change).await.map(drop)
    }
}

pub(crate) fn session_item(session: &Session) -> Result<Item, StoreError> {
    let key = keys::session(session.user_id, session.id);
    Ok(Item::new(key, session)?.expires(session.refresh_until + CLEAN_UP_AFTER))
}
