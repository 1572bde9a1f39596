//! What the other modules build on: items and expressions, reads and pages, transactions and their errors. It knows
//! DynamoDB and nothing of the shop.

pub(crate) mod batch;
pub(crate) mod error;
pub(crate) mod expression;
pub(crate) mod item;
pub(crate) mod merged;
pub mod page;
pub(crate) mod read;
pub(crate) mod transaction;
