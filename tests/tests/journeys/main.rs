//! Journeys: what a person does with the deployed local cloud, through API Gateway, the real binaries, table, stream,
//! queue and mailbox. `make test` starts the cloud.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod browser;
mod catalog;
mod checkout;
mod faults;
mod fixtures;
mod hoarding;
mod live;
mod mail_floods;
mod operations;
mod search;
