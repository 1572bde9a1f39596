//! What SES reports about sent mail: bounces and complaints.

use domain::mail::MailJob;
use domain::user::MailStop;
use serde::Deserialize;

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
