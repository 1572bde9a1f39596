//! The mailer: takes jobs from the mail queue, writes the words, has SES send them, once per event and template.
//!
//! IdempotentRequest: a job is claimed in the table before it is sent and marked sent after. A second delivery finds the mark, or a
//! claim that somebody is working on, and sends nothing. One gap is left, because SES takes no idempotency key: if SES
//! took the mail and we never learn or record it (we died, or the answer was lost), the mail is sent again at a later
//! delivery, when the claim has run out or was given back. So that gap ends in a second copy, never in a lost reset
//! link.

mod feedback;
mod mailer;
mod recipient;
mod template;

pub use feedback::{Feedback, Message};
pub use mailer::{Config, MailError, Mailer};
pub use template::{About, Links, MailBranding, Reader, Receipt, ReceiptLine, Rendered, Sum, Ware, render};
