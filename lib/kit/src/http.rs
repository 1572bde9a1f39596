//! What functions behind API Gateway need: routes with access rules, strict input, answers and errors,
//! rate limits, idempotency.

pub mod answer;
pub mod api_keys;
pub mod auth;
pub mod body;
pub mod caching;
pub mod context;
pub mod description;
pub mod distribution;
pub mod etag;
mod faults;
mod forms;
pub mod idempotency;
pub mod language;
pub mod middleware;
pub mod money;
pub mod paging;
pub mod postal;
pub mod problem;
pub mod routes;
pub mod tokens;
pub mod trail;
pub mod user;
pub mod visitor;
