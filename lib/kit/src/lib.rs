//! What every function needs and no function should write again: `runtime` for all of them, `http` for those behind API
//! Gateway.

pub mod http;
pub mod runtime;

#[doc(hidden)]
pub use pastey;
