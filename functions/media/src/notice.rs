//! What lies in the queue: S3's notices of files, and work on the pictures that a product lost or took along.

use domain::media::TidyJob;
use kit::runtime::queue::Notice;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Message {
    Tidy(TidyJob),
    Files(Notice),
}
