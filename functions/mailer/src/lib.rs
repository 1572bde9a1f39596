//! The mailer: takes jobs from the mail queue, renders the mails and sends them through SES, once for each event and
//! template.
//!
//! A job is claimed in the table before its mail is sent, and marked as sent afterwards. A second delivery of the job
//! finds the mark, or the claim of an attempt that is still running, and sends nothing.
//!
//! SES takes no idempotency key. So it may have accepted a mail, and its attempt died before it could record that. SES
//! also reports each accepted mail, with tags that name it, and this report is recorded in place of the attempt's. It
//! usually comes within seconds, and the queue delivers the job again only after a minute. If the report is later than
//! that, the mail is sent twice; but no reset link is ever lost.

mod config;
mod error;
mod feedback;
mod mail_data;
mod mailer;
mod order_summary;
mod template;
mod wording;

pub use config::Config;
pub use error::MailError;
pub use feedback::{Feedback, Message};
pub use mailer::Mailer;
pub use order_summary::{OrderSummary, ReturnSummary, SummaryAddress, SummaryAmount, SummaryLine, SummaryParcel};
pub use template::{Facts, Links, Mail, ProductFacts, RecipientAddress, RenderedMail, ReviewableProduct, WebhookFacts};
pub use wording::Wording;

/// Names and contents of the files of all mails, for tests of their languages.
pub const TEMPLATES: &[(&str, &str)] = wording::TEMPLATES;
