//! The messages of the queue: S3's notifications of new files, changes of products that affect their images, and new
//! orders.

use domain::media::{ImageSync, PictureCopies, TermPictureRemoval};
use kit::runtime::queue::Notice;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Message {
    ImageSync(ImageSync),
    PictureCopies(PictureCopies),
    TermPictureRemoval(TermPictureRemoval),
    Files(Notice),
}
