//! Uploads the built pages of storefront, console and docs into their bucket when a stack is deployed. The pages are in
//! the function's package, and CloudFormation calls it as the provider of the custom resource `PublishedPages`.
//!
//! Files whose names change with their content go first, so no page names a file that is not there yet. Files of earlier
//! versions stay, because open pages still load them. So a request may come twice, and a run that stops anywhere leaves
//! pages that work.
//!
//! Invariant: CloudFormation gets an answer to each request, also when the upload fails. Without one it would wait for
//! minutes, and nobody would learn the reason.

mod answer;
mod files;

use std::path::{Path, PathBuf};

use aws_sdk_s3::Client;
use kit::runtime::config::{ConfigError, Env};
use serde::Deserialize;

pub use crate::answer::AnswerError;
use crate::answer::{Answer, Answers};
use crate::files::{PageFile, PageFiles};

#[derive(Debug, Clone)]
pub struct Config {
    pub pages_bucket: String,
    /// Where the built pages are.
    pub folder: PathBuf,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        // Lambda tells where the package is; `cargo lambda watch` has none.
        let package = env.optional("LAMBDA_TASK_ROOT", |folder| Ok::<_, String>(PathBuf::from(folder)));
        let config = Self { pages_bucket: env.text("PAGES_BUCKET"), folder: package.unwrap_or_default().join("pages") };
        env.finish(config)
    }
}

/// What CloudFormation asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    pub request_type: RequestType,
    /// Takes one answer.
    #[serde(rename = "ResponseURL")]
    pub response_url: String,
    pub stack_id: String,
    pub request_id: String,
    pub logical_resource_id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum RequestType {
    Create,
    Update,
    Delete,
}

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("the package of this function has no pages: `make release` puts them into it")]
    NoPages,
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("S3 refused {0}: {1}")]
    Refused(String, String),
    #[error("an upload stopped: {0}")]
    Stopped(String),
}

#[derive(Debug, Clone)]
pub struct Publisher {
    config: Config,
    files: PageFiles,
    answers: Answers,
}

impl Publisher {
    pub async fn connect(config: &Config) -> Self {
        Self::new(config, Client::new(&kit::runtime::aws::config().await))
    }

    pub fn new(config: &Config, s3: Client) -> Self {
        Self { config: config.clone(), files: PageFiles::new(s3, &config.pages_bucket), answers: Answers::new() }
    }

    /// An error only if the answer did not arrive. Lambda repeats the request then.
    pub async fn handle(&self, request: &Request) -> Result<(), AnswerError> {
        let done = match request.request_type {
            RequestType::Create | RequestType::Update => self.publish().await,
            // The bucket stays when a stack is deleted, and its files too.
            RequestType::Delete => Ok(()),
        };
        if let Err(error) = &done {
            tracing::error!(%error, "the pages were not published");
        }
        self.answers.send(&request.response_url, &Answer::new(request, &self.config.pages_bucket, done.err())).await
    }

    async fn publish(&self) -> Result<(), PublishError> {
        let mut files = Vec::new();
        collect(&self.config.folder, "", &mut files)?;
        let (kept, asked_for): (Vec<_>, Vec<_>) = files.into_iter().partition(PageFile::is_immutable);
        if asked_for.is_empty() {
            return Err(PublishError::NoPages);
        }
        tracing::info!(files = kept.len() + asked_for.len(), "the pages are uploaded");
        self.files.upload(kept).await?;
        self.files.upload(asked_for).await
    }
}

/// All files of a folder and of the folders in it, with the keys that they get.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<PageFile>) -> Result<(), PublishError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(PublishError::NoPages),
        entries => entries,
    };
    let unreadable = |error| PublishError::Unreadable(folder.to_owned(), error);
    for entry in entries.map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (path, key) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        if path.is_dir() {
            collect(&path, &format!("{key}/"), files)?;
        } else {
            files.push(PageFile { key, path });
        }
    }
    Ok(())
}
