//! Media: S3 tells of an uploaded picture; it is looked at with suspicion, made anew in three sizes without anything
//! but its pixels, and put on its product. Pictures that a product loses are removed here too.
//!
//! Invariant: nothing that a client sent ever lies under the public prefix; only what was encoded here does.

mod inspect;
mod notice;
mod picture;
mod work;

pub use notice::Message;
pub use picture::{Pictures, Refusal, Sized, develop};
pub use work::{Config, Media, MediaError};
