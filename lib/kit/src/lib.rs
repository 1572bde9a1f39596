//! What all functions share: `runtime` for every function, `http` for those behind API Gateway.

pub mod http;
pub mod runtime;

#[doc(hidden)]
pub use pastey;
