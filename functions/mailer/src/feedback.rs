//! What comes back from SES about mail that was sent: bounces and complaints.

use domain::mail::MailJob;
use domain::user::MailStop;
use serde::Deserialize;

/// What lies in the mailer's queues.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Message {
    Job(MailJob),
    Feedback(Feedback),
}

/// An event of SES, as its configuration set publishes it. Kinds that say nothing to us have neither field.
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
    /// Whose mail must stop, and why. A full mailbox or a holiday is a transient bounce and stops nothing.
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
