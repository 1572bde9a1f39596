//! Checkout with every interruption: callers that crash at any call, others that act at any call, lost calls, many
//! requests at once, and bugs that are known from other shops.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod below_zero;
mod interleavings;
mod invariants;
mod known_bugs;
mod races;
mod scenario;
