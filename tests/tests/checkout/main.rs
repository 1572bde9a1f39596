//! The till under everything that can happen to it: callers that die at any call, others who act at any call, lost
//! calls, many at once, and the bugs that other shops had.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod checks;
mod interleavings;
mod peers;
mod races;
mod world;
