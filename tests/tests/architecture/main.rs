//! The rules of this tree: who may depend on whom, that template, description and code have the same routes, that the
//! docs are true.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod contract;
mod docs;
mod graph;
mod template;
