//! The house keeps its own rules: who may depend on whom, that template and code name the same routes, that the
//! contract is what the code says.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod contract;
mod graph;
mod template;
