//! The record of each mail: claimed before it is sent and marked as sent afterwards, so that it is sent once.

use std::time::Duration;

use domain::email::Email;
use domain::id::{EventId, UserId};
use domain::rate::Limit;
use domain::time::Time;
use domain::user::MailStop;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::engine::error::StoreError;
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, read, seconds, text};
use crate::engine::read::WriteOutcome;
use crate::keys::{self, Key};

/// Longer than any redelivery, including those from the dead-letter queue.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// After this time, we send mail to a stopped address again. It may belong to somebody else by then.
const STOPPED: Duration = Duration::from_hours(365 * 24);

/// A mail that will never be sent is recorded as sent; in place of a `message_id` it has the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum MailRecord {
    Sending { holder: String, lease_until: Time },
    Sent { at: Time, message_id: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stopped {
    why: MailStop,
    until: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendClaim {
    /// This attempt may send the mail.
    Granted,
    /// Another attempt is sending the mail.
    InProgress,
    Sent,
}

/// One attempt to send one mail.
#[derive(Debug, Clone, Copy)]
pub struct SendAttempt<'a> {
    pub event: EventId,
    pub template: &'a str,
    /// The recipient, if the event causes mails of this template to many users.
    pub user: Option<UserId>,
    pub holder: &'a str,
}

impl SendAttempt<'_> {
    fn key(&self) -> Key {
        keys::mail(self.event, self.template, self.user)
    }
}

impl Store {
    /// Claims a mail for one attempt, which `holder` identifies. An expired claim is taken over, because its holder
    /// failed.
    pub async fn claim_mail(&self, mail: SendAttempt<'_>, now: Time, lease: Duration) -> Result<SendClaim, StoreError> {
        let lease_until = now + lease;
        let record = MailRecord::Sending { holder: mail.holder.to_owned(), lease_until };
        let item = Item::new(mail.key(), &record)?.expires(now + KEPT);
        let known: MailRecord = match self.put_new(item).await? {
            WriteOutcome::Done(_) => return Ok(SendClaim::Granted),
            WriteOutcome::Refused(Some(known)) => read(known)?,
            WriteOutcome::Refused(None) => return Ok(SendClaim::InProgress),
        };
        match known {
            MailRecord::Sent { .. } => Ok(SendClaim::Sent),
            // This is our own put: its answer was lost, and the SDK repeated it.
            MailRecord::Sending { holder, .. } if holder == mail.holder => Ok(SendClaim::Granted),
            MailRecord::Sending { lease_until: theirs, .. } if now < theirs => Ok(SendClaim::InProgress),
            MailRecord::Sending { holder: theirs, .. } => {
                let change = Change::at(mail.key())
                    .set("holder", text(mail.holder))
                    .set("lease_until", text(lease_until.to_string()))
                    .require(Require::Equals("holder", text(theirs)))
                    .require(Require::Equals("state", text("sending")));
                match self.change(change).await? {
                    WriteOutcome::Done(_) => Ok(SendClaim::Granted),
                    WriteOutcome::Refused(_) => Ok(SendClaim::InProgress),
                }
            }
        }
    }

    /// Ends a claim early, so that the next delivery need not wait until it expires.
    pub async fn release_mail(&self, mail: SendAttempt<'_>, now: Time) -> Result<(), StoreError> {
        let change = Change::at(mail.key())
            .set("lease_until", text(now.to_string()))
            .require(Require::Equals("holder", text(mail.holder)))
            .require(Require::Equals("state", text("sending")));
        self.change(change).await.map(drop)
    }

    /// Counts a mail for its mailbox in the window of `at`, and says whether it is within the limit. The window has the
    /// names of its mails, so a mail counts once, whatever is repeated, and a mail over the limit does not count at all.
    pub async fn count_mail(
        &self,
        mail: SendAttempt<'_>,
        limit: Limit,
        mailbox: &str,
        at: Time,
    ) -> Result<bool, StoreError> {
        let (start, name) =
            (limit.window_start(at), format!("{}#{}", mail.event, keys::mail(mail.event, mail.template, mail.user).sk));
        let change = Change::at(keys::limit(limit.name, mailbox, start))
            .add_member("mails", name.clone())
            .set("expires_at", seconds(start + limit.window))
            .require(Require::HasRoomFor("mails", name, limit.max));
        Ok(matches!(self.change(change).await?, WriteOutcome::Done(_)))
    }

    /// The last word on a mail: it was sent, or will not be. `message_id` is that of SES, or says why there is none.
    pub async fn mail_sent(&self, mail: SendAttempt<'_>, message_id: &str, now: Time) -> Result<(), StoreError> {
        let record = MailRecord::Sent { at: now, message_id: message_id.to_owned() };
        self.put(Item::new(mail.key(), &record)?.expires(now + KEPT)).await
    }

    /// SES reports that it accepted a mail. Returns whether this was not recorded yet. The report does not say whose attempt
    /// it was, so the holder does not matter.
    pub async fn mail_accepted(&self, mail: SendAttempt<'_>, message_id: &str, now: Time) -> Result<bool, StoreError> {
        let change = Change::at(mail.key())
            .set("state", text("sent"))
            .set("at", text(now.to_string()))
            .set("message_id", text(message_id))
            .remove("holder")
            .remove("lease_until")
            .require(Require::Equals("state", text("sending")));
        Ok(matches!(self.change(change).await?, WriteOutcome::Done(_)))
    }

    /// Stops mail to an address, also for guests. Users have a stop in their profile too, which they see.
    pub async fn stop_mail_to(&self, email: &Email, why: MailStop, now: Time) -> Result<(), StoreError> {
        let until = now + STOPPED;
        let item = Item::new(keys::mail_stop(email), &Stopped { why, until })?;
        self.put(item.expires(until)).await
    }

    pub async fn is_mail_stopped(&self, email: &Email, now: Time) -> Result<bool, StoreError> {
        let stopped: Option<Stopped> = self.get(&keys::mail_stop(email)).await?;
        Ok(stopped.is_some_and(|stopped| now < stopped.until))
    }
}
