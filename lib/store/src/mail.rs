//! The record of each mail: claimed before it is sent, marked after. It is what makes a mail go out once.

use std::time::Duration;

use domain::id::EventId;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::StoreError;
use crate::expression::{Change, Require};
use crate::item::{Item, read, text};
use crate::keys;
use crate::read::Written;

/// Longer than any redelivery, dead letters included.
const KEPT: Duration = Duration::from_hours(30 * 24);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum MailRecord {
    Sending { lease_until: Time },
    Sent { at: Time, message_id: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Ours to send.
    Granted { lease_until: Time },
    /// Another delivery of the same message is being worked on.
    Elsewhere,
    Sent,
}

impl Store {
    /// Claims a mail for the time of one attempt. A claim whose time is up may be taken over: its holder died.
    pub async fn claim_mail(&self, event: EventId, template: &str, now: Time, lease: Duration) -> Result<Claim, StoreError> {
        let key = keys::mail(event, template);
        let lease_until = now + lease;
        let item = Item::new(key.clone(), &MailRecord::Sending { lease_until })?.expires(now + KEPT);
        let known: MailRecord = match self.put_new(item).await? {
            Written::Done(_) => return Ok(Claim::Granted { lease_until }),
            Written::Refused(Some(known)) => read(known)?,
            Written::Refused(None) => return Ok(Claim::Elsewhere),
        };
        match known {
            MailRecord::Sent { .. } => Ok(Claim::Sent),
            // Our own put, whose answer was lost and which the SDK repeated.
            MailRecord::Sending { lease_until: theirs } if theirs == lease_until => Ok(Claim::Granted { lease_until }),
            MailRecord::Sending { lease_until: theirs } if now < theirs => Ok(Claim::Elsewhere),
            MailRecord::Sending { lease_until: theirs } => {
                let change = Change::at(key)
                    .set("lease_until", text(lease_until.to_string()))
                    .require(Require::Equals("lease_until", text(theirs.to_string())));
                match self.change(change).await? {
                    Written::Done(_) => Ok(Claim::Granted { lease_until }),
                    Written::Refused(_) => Ok(Claim::Elsewhere),
                }
            }
        }
    }

    /// Gives a claim back after a refusal, so that the next delivery need not wait for its end.
    pub async fn release_mail(&self, event: EventId, template: &str, now: Time) -> Result<(), StoreError> {
        let change = Change::at(keys::mail(event, template))
            .set("lease_until", text(now.to_string()))
            .require(Require::Equals("state", text("sending")));
        self.change(change).await.map(drop)
    }

    pub async fn mail_sent(&self, event: EventId, template: &str, message_id: &str, now: Time) -> Result<(), StoreError> {
        let record = MailRecord::Sent { at: now, message_id: message_id.to_owned() };
        self.put(Item::new(keys::mail(event, template), &record)?.expires(now + KEPT)).await
    }
}
