//! Pictures from files that clients sent: each is checked, and its pixels are encoded again. It works in memory, without
//! input or output.

mod encode;
mod inspect;

pub use encode::{Pictures, Sized, encode_sizes, encode_square};
pub use inspect::{Refusal, content_type};
