//! Media: S3 notifies it of an uploaded picture. The file is checked, its pixels are encoded again in three sizes, and
//! the image is added to its product. Images that a product no longer has are deleted here too.
//!
//! Invariant: only files that were encoded here are under the public prefix, never a file that a client sent.

mod inspect;
mod notice;
mod picture;
mod work;

pub use inspect::{Refusal, content_type};
pub use notice::Message;
pub use picture::{Pictures, Sized, encode_sizes};
pub use work::{Config, Media, MediaError};
