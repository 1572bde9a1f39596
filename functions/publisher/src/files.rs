//! The files of the pages, and their bucket.

use std::path::PathBuf;
use std::sync::Arc;

use aws_sdk_s3::Client;
use kit::runtime::aws::{cause, timeouts_of_files};
use tokio::task::JoinSet;

use crate::PublishError;

/// How many files are uploaded at once.
const AT_ONCE: usize = 16;

#[derive(Debug, Clone)]
pub(crate) struct PageFile {
    pub(crate) key: String,
    pub(crate) path: PathBuf,
}

impl PageFile {
    /// Whether its name changes with its content. The licences beside such files keep their name.
    pub(crate) fn is_immutable(&self) -> bool {
        let is_asset = self.key.split('/').any(|folder| folder == "assets");
        is_asset && self.path.extension().is_none_or(|extension| extension != "md")
    }

    /// All others are asked for again each time.
    fn cache_control(&self) -> &'static str {
        if self.is_immutable() { "public, max-age=31536000, immutable" } else { "no-cache" }
    }

    fn content_type(&self) -> String {
        let kind = mime_guess::from_path(&self.path).first_or_octet_stream();
        if kind.type_() == mime_guess::mime::TEXT { format!("{kind}; charset=utf-8") } else { kind.to_string() }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct PageFiles {
    s3: Client,
    bucket: Arc<str>,
}

impl PageFiles {
    pub(crate) fn new(s3: Client, bucket: &str) -> Self {
        Self { s3, bucket: bucket.into() }
    }

    pub(crate) async fn upload(&self, files: Vec<PageFile>) -> Result<(), PublishError> {
        let (mut waiting, mut running) = (files.into_iter(), JoinSet::new());
        loop {
            while running.len() < AT_ONCE
                && let Some(file) = waiting.next()
            {
                let own = self.clone();
                running.spawn(async move { own.put(&file).await });
            }
            match running.join_next().await {
                Some(done) => done.map_err(|error| PublishError::Stopped(error.to_string()))??,
                None => return Ok(()),
            }
        }
    }

    async fn put(&self, file: &PageFile) -> Result<(), PublishError> {
        let unreadable = |error| PublishError::Unreadable(file.path.clone(), error);
        let content = std::fs::read(&file.path).map_err(unreadable)?;
        let patient = aws_sdk_s3::config::Builder::new().timeout_config(timeouts_of_files());
        let put = self.s3.put_object().bucket(&*self.bucket).key(&file.key).body(content.into());
        let put = put.content_type(file.content_type()).cache_control(file.cache_control());
        let sent = put.customize().config_override(patient).send().await;
        sent.map(drop).map_err(|error| PublishError::Refused(file.key.clone(), cause(&error)))
    }
}
