//! The messages of the queue: S3's notifications of new files, changes of products that affect their images, new
//! orders, and pictures that were removed.

use domain::media::{
    ImageSync, PictureCopies, ReturnPictureRemoval, ReviewImageSync, TermPictureRemoval, UserPictureRemoval,
};
use kit::runtime::queue::Notice;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Message {
    ImageSync(ImageSync),
    ReviewImageSync(ReviewImageSync),
    PictureCopies(PictureCopies),
    TermPictureRemoval(TermPictureRemoval),
    UserPictureRemoval(UserPictureRemoval),
    ReturnPictureRemoval(ReturnPictureRemoval),
    Files(Notice),
}
