//! Checkout under every interruption: callers that crash at any call, others who act at any call, lost calls, many
//! requests at once, and bugs that other shops had.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod interleavings;
mod invariants;
mod known_bugs;
mod races;
mod scenario;
