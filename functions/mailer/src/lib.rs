//! The mailer: takes jobs from the mail queue, renders the mails and sends them through SES, once for each event and
//! template.
//!
//! A job is claimed in the table before its mail is sent, and marked as sent afterwards. A second delivery of the job
//! finds the mark, or the claim of an attempt that is still running, and sends nothing. One gap is left, because SES
//! takes no idempotency key: if SES accepted the mail but we did not learn or record it, a later delivery sends the
//! mail again. Then somebody gets a mail twice, but no reset link is ever lost.

mod config;
mod error;
mod feedback;
mod mail_data;
mod mailer;
mod template;

pub use config::Config;
pub use error::MailError;
pub use feedback::{Feedback, Message};
pub use mailer::Mailer;
pub use template::{
    Facts, Links, MailBranding, OrderSummary, ProductFacts, RecipientAddress, RenderedMail, SummaryAmount, SummaryLine,
    render,
};
