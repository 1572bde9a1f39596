//! The files in the bucket of the storefront. One is replaced in one step: who reads meanwhile gets the old or the new one.

use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::primitives::ByteStream;
use kit::runtime::aws::{cause, timeouts_of_files};

#[derive(Debug, thiserror::Error)]
#[error("S3 refused: {0}")]
pub struct FilesError(String);

#[derive(Debug, Clone)]
pub(crate) struct PageFiles {
    s3: Client,
    bucket: Arc<str>,
}

impl PageFiles {
    pub(crate) fn new(s3: Client, bucket: &str) -> Self {
        Self { s3, bucket: bucket.into() }
    }

    pub(crate) async fn write(&self, name: &str, content_type: &str, text: String) -> Result<(), FilesError> {
        let patient = aws_sdk_s3::config::Builder::new().timeout_config(timeouts_of_files());
        let put = self.s3.put_object().bucket(&*self.bucket).key(name).content_type(content_type);
        let put = put.cache_control("public, max-age=3600").body(ByteStream::from(text.into_bytes()));
        let put = put.customize().config_override(patient);
        put.send().await.map(drop).map_err(|error| FilesError(cause(&error)))
    }

    pub(crate) async fn exists(&self, name: &str) -> Result<bool, FilesError> {
        match self.s3.head_object().bucket(&*self.bucket).key(name).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(false),
            Err(error) => Err(FilesError(cause(&error))),
        }
    }

    pub(crate) async fn remove(&self, name: &str) -> Result<(), FilesError> {
        let gone = self.s3.delete_object().bucket(&*self.bucket).key(name).send().await;
        gone.map(drop).map_err(|error| FilesError(cause(&error)))
    }
}
