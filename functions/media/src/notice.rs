//! The messages of the queue: S3's notifications of new files, and changes of products that affect their images.

use domain::media::{ImageSync, TermPictureRemoval};
use kit::runtime::queue::Notice;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Message {
    ImageSync(ImageSync),
    TermPictureRemoval(TermPictureRemoval),
    Files(Notice),
}
