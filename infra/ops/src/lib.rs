//! The parts of the operator's commands that tests run against a table of their own.

pub mod import;
pub mod mails;
pub mod rewrite;
pub mod sample_orders;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;
