//! Media: S3 notifies it of an uploaded picture. The file is checked, its pixels are encoded again in three sizes, and
//! the image is added to its product, or is that of its category or brand. The picture of a user is one small square.
//! Images that are no longer shown are deleted here too, and those of an order are copied for it.
//!
//! Invariant: only files that were encoded here are under the public prefix, never a file that a client sent. Pictures of
//! returns are private.

mod notice;
mod order_pictures;
mod return_pictures;
mod review_pictures;
mod terms;
mod user_pictures;
mod work;

pub use notice::Message;
pub use work::{Config, Media, MediaError};
