//! The archive copies the audit trail from the table's stream to a bucket whose files nobody can change, as lines of JSON.
//!
//! Invariant: a change of the audit trail leaves the stream only after the bucket has it. A batch that fails is
//! delivered again, so a line can be there twice; the sequence number tells. The trail is only added to. If an entry is
//! replaced or removed all the same, that is a line too, with the entry as it was before.

use aws_lambda_events::dynamodb::{Event as StreamEvent, EventRecord};
use aws_sdk_s3::Client;
use aws_sdk_s3::types::ChecksumAlgorithm;
use kit::runtime::aws;
use kit::runtime::config::{ConfigError, Env};
use serde::Serialize;
use serde_json::Value;
use store::keys::{AUDIT_PREFIX, TABLE};

#[derive(Debug, Clone)]
pub struct Config {
    pub bucket: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { bucket: env.text("ARCHIVE_BUCKET") };
        env.finish(config)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("a change of the audit trail cannot be read: {0}")]
    Unreadable(String),
    #[error("the bucket did not accept the file: {0}")]
    Bucket(String),
}

/// A change of the audit trail, as a line of a file.
#[derive(Debug, Serialize)]
struct Line<'a> {
    /// `INSERT` for a new entry, which is the only change that the shop makes.
    change: &'a str,
    sequence: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
}

#[derive(Debug, Clone)]
pub struct Archive {
    files: Client,
    bucket: String,
}

impl Archive {
    pub async fn connect(config: &Config) -> Self {
        Self::new(Client::new(&aws::config().await), config)
    }

    pub fn new(files: Client, config: &Config) -> Self {
        Self { files, bucket: config.bucket.clone() }
    }

    /// Writes the changes of a batch into one file.
    pub async fn keep(&self, event: StreamEvent) -> Result<(), ArchiveError> {
        let changes: Vec<(String, &EventRecord)> = event.records.iter().filter_map(of_audit_trail).collect();
        let Some((day, first)) = changes.first() else {
            return Ok(());
        };
        let name = format!("{day}/{}.jsonl", sequence(first));
        let mut file = String::new();
        for (_, record) in &changes {
            file +=
                &line(record).map_err(|error| ArchiveError::Unreadable(format!("{}: {error}", sequence(record))))?;
            file.push('\n');
        }
        // A bucket with object lock takes only files with a checksum.
        let put = self.files.put_object().bucket(&self.bucket).key(name).checksum_algorithm(ChecksumAlgorithm::Crc32);
        let sent = put.content_type("application/jsonl").body(file.into_bytes().into()).send().await;
        sent.map(drop).map_err(|error| ArchiveError::Bucket(aws::cause(&error)))
    }
}

/// The day of a change of the audit trail. `None` for other changes, if the stream's filter lets one through.
fn of_audit_trail(record: &EventRecord) -> Option<(String, &EventRecord)> {
    let partition = serde_dynamo::from_attribute_value::<_, String>(record.change.keys.get(TABLE.pk)?.clone()).ok()?;
    Some((partition.strip_prefix(AUDIT_PREFIX)?.to_owned(), record))
}

fn sequence(record: &EventRecord) -> &str {
    record.change.sequence_number.as_deref().unwrap_or_default()
}

fn line(record: &EventRecord) -> Result<String, Box<dyn std::error::Error>> {
    let plain = |image: &serde_dynamo::Item| -> Result<Option<Value>, serde_dynamo::Error> {
        (!image.is_empty()).then(|| serde_dynamo::from_item(image.clone())).transpose()
    };
    let (entry, before) = (plain(&record.change.new_image)?, plain(&record.change.old_image)?);
    Ok(serde_json::to_string(&Line { change: &record.event_name, sequence: sequence(record), entry, before })?)
}
