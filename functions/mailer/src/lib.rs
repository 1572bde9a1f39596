//! The mailer: takes jobs from the mail queue, writes the words, has SES send them, once per event and template.
//!
//! Once: a job is claimed in the table before it is sent and marked sent after. A second delivery finds the mark, or a claim
//! that somebody is working on, and sends nothing. One gap is left, because SES takes no idempotency key: if the mailer dies
//! after SES took the mail and before the mark is written, the claim runs out and the mail is sent again. So that gap ends
//! in a second copy, never in a lost reset link.

mod feedback;
mod letter;
mod mailer;

pub use feedback::{Feedback, Message};
pub use letter::{Letterhead, Links, Rendered, render};
pub use mailer::{Config, MailError, Mailer};
