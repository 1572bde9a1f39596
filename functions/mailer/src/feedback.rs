//! What SES reports about mail: that it was accepted, bounces and complaints.

use std::collections::BTreeMap;

use domain::id::{EventId, UserId};
use domain::mail::MailJob;
use domain::user::MailStop;
use serde::Deserialize;

/// The tags of each mail. SES repeats them in what it reports about the mail.
pub(crate) const EVENT_TAG: &str = "event";
pub(crate) const TEMPLATE_TAG: &str = "template";
pub(crate) const USER_TAG: &str = "user";

/// A message of the mailer's queue.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Message {
    Job(MailJob),
    Feedback(Feedback),
}

/// An event that the configuration set of SES publishes. Other kinds of events have neither field.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Feedback {
    #[serde(alias = "notificationType")]
    pub event_type: String,
    pub bounce: Option<Bounce>,
    pub complaint: Option<Complaint>,
    #[serde(default)]
    mail: ReportedMail,
}

/// The mail that is reported about. Mails of older versions have no tags.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ReportedMail {
    message_id: String,
    tags: BTreeMap<String, Vec<String>>,
}

/// A mail that SES has accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AcceptedMail<'a> {
    pub(crate) event: EventId,
    pub(crate) template: &'a str,
    /// The recipient, if many users get a mail of this template because of the event.
    pub(crate) user: Option<UserId>,
    pub(crate) message_id: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    complained_recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

impl Feedback {
    pub(crate) fn accepted(&self) -> Option<AcceptedMail<'_>> {
        let tag = |name: &str| self.mail.tags.get(name)?.first().map(String::as_str);
        Some(AcceptedMail {
            event: EventId::parse(tag(EVENT_TAG).filter(|_| self.event_type == "Send")?).ok()?,
            template: tag(TEMPLATE_TAG)?,
            user: tag(USER_TAG).map(UserId::parse).transpose().ok()?,
            message_id: &self.mail.message_id,
        })
    }

    /// The addresses to which mail must stop, and why. A transient bounce, such as a full mailbox, stops nothing.
    pub fn stops(&self) -> Option<(MailStop, Vec<&str>)> {
        match (&self.bounce, &self.complaint) {
            (Some(bounce), _) if bounce.bounce_type == "Permanent" => {
                Some((MailStop::Bounced, of(&bounce.bounced_recipients)))
            }
            (_, Some(complaint)) => Some((MailStop::Complained, of(&complaint.complained_recipients))),
            _ => None,
        }
    }
}

fn of(recipients: &[Recipient]) -> Vec<&str> {
    recipients.iter().map(|recipient| recipient.email_address.as_str()).collect()
}
