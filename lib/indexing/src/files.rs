//! The files of the index in S3, compressed. A file is written once and never changed.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use kit::runtime::aws::{cause, timeouts_of_files};

use crate::IndexError;

/// The largest segment, so that the length in a damaged file cannot use up the memory.
const MAX_BYTES: usize = 1 << 30;

#[derive(Debug, Clone)]
pub struct IndexFiles {
    s3: Client,
    bucket: String,
}

impl IndexFiles {
    pub fn new(s3: Client, bucket: &str) -> Self {
        Self { s3, bucket: bucket.to_owned() }
    }

    pub(crate) async fn write(&self, key: &str, segment: &[u8]) -> Result<(), IndexError> {
        let body = ByteStream::from(lz4_flex::compress_prepend_size(segment));
        // A base of a million products has over a hundred megabytes.
        let patient = aws_sdk_s3::config::Builder::new().timeout_config(timeouts_of_files());
        let put = self.s3.put_object().bucket(&self.bucket).key(key).body(body).customize().config_override(patient);
        put.send().await.map(drop).map_err(|error| IndexError::Files(cause(&error)))
    }

    /// The bytes of a segment. A file that is missing or damaged is [`IndexError::Unreadable`].
    pub(crate) async fn read(&self, key: &str) -> Result<Vec<u8>, IndexError> {
        let got = self.s3.get_object().bucket(&self.bucket).key(key).send().await;
        let object = got.map_err(|error| {
            if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) {
                IndexError::Unreadable(format!("{key} is missing"))
            } else {
                IndexError::Files(cause(&error))
            }
        })?;
        let body = object.body.collect().await.map_err(|error| IndexError::Files(error.to_string()))?.to_vec();
        let unreadable = |what: &str| IndexError::Unreadable(format!("{key} {what}"));
        let (length, _) = lz4_flex::block::uncompressed_size(&body).map_err(|_| unreadable("has no length"))?;
        if length > MAX_BYTES {
            return Err(unreadable("is too large"));
        }
        lz4_flex::decompress_size_prepended(&body).map_err(|_| unreadable("cannot be decompressed"))
    }

    /// Succeeds too if there is no such file.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), IndexError> {
        let gone = self.s3.delete_object().bucket(&self.bucket).key(key).send().await;
        gone.map(drop).map_err(|error| IndexError::Files(cause(&error)))
    }
}
