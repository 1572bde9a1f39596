//! What a public event tells those outside: its payload with the body that the API answers to staff, an example of it,
//! and its JSON schema. The event bus, endpoints of merchants and test events all use these payloads.

mod current;
mod example;
mod payload;
mod schema;

pub use current::Payloads;
pub use example::example;
pub use payload::{MAX_PAYLOAD, PayloadError};
pub use schema::{about, schema};
