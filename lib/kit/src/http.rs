//! What functions behind API Gateway need: guarded routes, strict input, answers and errors, limits, idempotency.

pub mod answer;
pub mod auth;
pub mod body;
pub mod caching;
pub mod context;
pub mod etag;
pub mod idempotency;
pub mod middleware;
pub mod money;
pub mod paging;
pub mod postal;
pub mod problem;
pub mod routes;
pub mod tokens;
pub mod visitor;
