//! What every function needs: configuration, clock and ids, secrets, logs and metrics, queue batches.
//!
//! Only these modules ask the machine for the time, for random bytes and for its environment.

pub mod aws;
pub mod branding;
pub mod cache;
pub mod clock;
pub mod config;
pub mod ids;
pub mod links;
pub(crate) mod origin;
pub mod queue;
pub mod secrets;
pub mod serve;
pub mod telemetry;
