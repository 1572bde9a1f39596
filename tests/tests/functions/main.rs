//! The functions that nobody calls over HTTP: relay, mailer, janitor.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod events;
mod janitor;
mod letters;
mod mailer;
mod relay;
