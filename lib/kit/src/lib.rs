//! What every function needs and no function should write again: configuration, clock and ids, logs and metrics,
//! answers and errors, guarded routes, limits, idempotency, queue batches.
//!
//! Only here is the machine asked for the time, for random bytes and for its environment.

pub mod answer;
pub mod aws;
pub mod base;
pub mod body;
pub mod cache;
pub mod clock;
pub mod config;
pub mod doors;
pub mod etag;
pub mod gate;
pub mod idempotency;
pub mod ids;
pub mod links;
pub mod money;
pub mod outer;
pub mod paging;
pub mod postal;
pub mod problem;
pub mod public;
pub mod queue;
pub mod secrets;
pub mod serve;
pub mod telemetry;
pub mod tokens;
pub mod visitor;

#[doc(hidden)]
pub use pastey;
