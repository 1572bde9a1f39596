//! The rules of this repository: which crate may depend on which, the same routes in template, API description and
//! code, and docs whose links and paths exist.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod collection;
mod contract;
mod description;
mod distribution;
mod docs;
mod errors;
mod events;
mod graph;
mod live;
mod queues;
mod rights;
mod template;
