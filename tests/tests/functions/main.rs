//! The functions without HTTP routes: archive, relay, mailer, janitor; and the conversion of pictures.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod archive;
mod email_change;
mod events;
mod fixtures;
mod import;
mod janitor;
mod mail_floods;
mod mail_links;
mod mail_templates;
mod mailer;
mod order_exports;
mod order_mails;
mod order_pictures;
mod pictures;
mod relay;
mod review_interleavings;
mod review_pictures;
mod review_requests;
mod rewriting;
mod sales;
mod sales_repeated;
mod search_index;
mod stock_mails;
mod term_changes;
mod user_pictures;
