//! `kontor import`: the examples of docs/moving.md are imported as they are written there.

mod customers;
mod support;
