//! Handles the messages: a new file, a part to import, or an export to continue.

use std::sync::Arc;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_s3::Client as S3;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::Client as Queues;
use domain::id::UploadId;
use domain::money::Currency;
use domain::picture::{CSV_INBOX, upload_at};
use domain::upload::{CsvJob, CsvKind, ImportPart, LineCounts, Purpose, UploadState};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::queue::{self, NotTaken, Notice};
use products::ProductWriter;
use serde::Deserialize;
use store::audit::{AuditChange, AuditEntry};
use store::imports::PartRecord;
use store::retry::{Attempt, retry};
use store::uploads::{UploadConflict, UploadRecord};
use store::{Commit, Store, StoreError};
use tokio_util::io::SyncIoBridge;

use crate::header::Refusal;
use crate::part::{Import, Outcome, Part};
use crate::product_columns::References;
use crate::split::{SplitError, split};

/// How many products, or SKUs, of a part are imported at once.
const AT_ONCE: usize = 8;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub bucket: String,
    /// The function's own queue: parts to import, and exports to continue.
    pub queue: String,
    pub currency: Currency,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            bucket: env.text("BUCKET"),
            queue: env.url("CSV_QUEUE"),
            currency: env.parsed("CURRENCY", Currency::USD, Currency::parse_of_shop),
        };
        env.finish(config)
    }
}

/// A message of the queue.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Message {
    Job(CsvJob),
    Files(Notice),
}

#[derive(Debug, Clone)]
pub struct ImportExport {
    pub(crate) writer: ProductWriter,
    pub(crate) s3: S3,
    queues: Queues,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
}

/// After each of these errors the queue delivers the message again.
#[derive(Debug, thiserror::Error)]
pub enum ImportExportError {
    #[error("S3 refused: {0}")]
    Files(String),
    #[error("the queue refused: {0}")]
    Queue(#[from] NotTaken),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the file was not written: {0}")]
    Written(String),
    #[error("a task panicked: {0}")]
    Died(String),
}

impl From<csv::Error> for ImportExportError {
    fn from(error: csv::Error) -> Self {
        Self::Written(error.to_string())
    }
}

impl ImportExportError {
    pub(crate) fn files<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Self {
        Self::Files(kit::runtime::aws::cause(error))
    }
}

impl ImportExport {
    pub async fn connect(config: Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let writer = ProductWriter { store: Store::new(Table::new(&aws), &config.table), ids: Ids::random() };
        Self::new(config, writer, S3::new(&aws), Queues::new(&aws), Clock::system())
    }

    pub fn new(config: Config, writer: ProductWriter, s3: S3, queues: Queues, clock: Clock) -> Self {
        Self { writer, s3, queues, clock, config }
    }

    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        queue::run_batch(event, async |message: Message| match message {
            Message::Job(CsvJob::Export { export_id }) => Box::pin(self.export(export_id)).await,
            Message::Job(CsvJob::Part(part)) => Box::pin(self.import_part(&part)).await,
            Message::Files(notice) => {
                for key in notice.keys() {
                    self.receive(key).await?;
                }
                Ok(())
            }
        })
        .await
    }

    /// Divides a new file and sends its parts. After a crash all of this is done again. A part that arrives twice
    /// counts once.
    pub async fn receive(&self, key: &str) -> Result<(), ImportExportError> {
        let Some((record, kind)) = self.record(upload_at(CSV_INBOX, key)).await? else {
            tracing::warn!(key, "a file without an upload");
            return Ok(());
        };
        let id = record.upload.id;
        if matches!(record.upload.state, UploadState::Finished { .. } | UploadState::Refused { .. }) {
            return Ok(());
        }
        let got = self.s3.get_object().bucket(&self.config.bucket).key(key);
        let object = got.send().await.map_err(|error| ImportExportError::files(&error))?;
        let body = SyncIoBridge::new(object.body.into_async_read());
        let divided = tokio::task::spawn_blocking(move || split(kind, body)).await;
        let (header, parts) = match divided.map_err(|error| ImportExportError::Died(error.to_string()))? {
            Ok(divided) => divided,
            Err(SplitError::Refused(refusal)) => return self.refuse(&record, &refusal).await,
            Err(SplitError::Unread(error)) => return Err(ImportExportError::Files(error.to_string())),
        };
        if record.upload.state == UploadState::Waiting {
            let counts = LineCounts { parts: u32::try_from(parts.len()).unwrap_or(u32::MAX), ..LineCounts::default() };
            let running = record.with(UploadState::Running { counts });
            self.progress(&record, &running).await?;
        }
        let jobs = parts.iter().zip(0..).map(|(range, part)| {
            CsvJob::Part(ImportPart {
                upload_id: id,
                part,
                from: range.from,
                to: range.to,
                first_line: range.first_line,
                header: header.clone(),
            })
        });
        self.send(&jobs.collect::<Vec<_>>()).await
    }

    async fn record(&self, id: Option<UploadId>) -> Result<Option<(UploadRecord, CsvKind)>, ImportExportError> {
        let Some(id) = id else {
            return Ok(None);
        };
        let record = self.writer.store.upload(id, self.clock.now()).await?;
        Ok(record.and_then(|record| match record.upload.purpose {
            Purpose::Csv { kind } => Some((record, kind)),
            Purpose::Picture { .. }
            | Purpose::CategoryPicture { .. }
            | Purpose::BrandPicture { .. }
            | Purpose::UserPicture { .. }
            | Purpose::ReviewPicture { .. }
            | Purpose::ReturnPicture { .. } => None,
        }))
    }

    /// Saves the state of an upload. Another delivery may have saved it already.
    async fn progress(&self, before: &UploadRecord, after: &UploadRecord) -> Result<(), ImportExportError> {
        let token = self.writer.ids.transaction(self.clock.now());
        match self.writer.store.save_upload(token, before, after).await {
            Ok(()) | Err(Commit::Refused(_)) => Ok(()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    async fn refuse(&self, record: &UploadRecord, refusal: &Refusal) -> Result<(), ImportExportError> {
        let refused =
            record.with(UploadState::Refused { code: refusal.code().to_owned(), message: refusal.to_string() });
        self.progress(record, &refused).await
    }

    async fn import_part(&self, part: &ImportPart) -> Result<(), ImportExportError> {
        let Some((record, kind)) = self.record(Some(part.upload_id)).await? else {
            return Ok(());
        };
        if self.writer.store.has_part(part.upload_id, part.part).await? {
            return Ok(());
        }
        let range = format!("bytes={}-{}", part.from, part.to.saturating_sub(1));
        let bytes = self.read(&format!("{CSV_INBOX}{}", part.upload_id), Some(range)).await?;
        let Part { header, groups, bad } = Part::read(kind, &part.header, &bytes, part.first_line)
            .map_err(|error| ImportExportError::Died(error.to_string()))?;
        let references = match kind {
            CsvKind::Products => Some(Arc::new(self.references().await?)),
            CsvKind::Stock => None,
        };
        let (writer, clock) = (self.writer.clone(), self.clock.clone());
        let Some(by) = record.upload.owner else {
            return Ok(());
        };
        let import = Arc::new(Import { writer, clock, header, by });
        let mut outcome = Outcome { bad, ..Outcome::default() };
        for some in groups.chunks(AT_ONCE) {
            let mut tasks = tokio::task::JoinSet::new();
            for rows in some {
                let (import, references, rows) = (Arc::clone(&import), references.clone(), rows.clone());
                tasks.spawn(async move {
                    match references {
                        Some(references) => import.product(&references, &rows).await,
                        None => import.stock(&rows).await,
                    }
                });
            }
            while let Some(done) = tasks.join_next().await {
                let done = done.map_err(|error| ImportExportError::Died(error.to_string()))?;
                outcome.add(done?);
            }
        }
        self.finish(part, outcome).await
    }

    pub(crate) async fn references(&self) -> Result<References, ImportExportError> {
        let store = &self.writer.store;
        let (categories, brands) = tokio::join!(store.taxonomy(), store.taxonomy());
        Ok(References { currency: self.config.currency, categories: categories?, brands: brands? })
    }

    /// Counts a part, once. The last part finishes the file.
    async fn finish(&self, part: &ImportPart, outcome: Outcome) -> Result<(), ImportExportError> {
        let report = PartRecord { part: part.part, counts: outcome.counts(), bad: outcome.bad };
        retry("the upload", || async {
            let Some((record, kind)) = self.record(Some(part.upload_id)).await? else {
                return Ok(Attempt::Done(()));
            };
            let UploadState::Running { counts } = record.upload.state else {
                return Ok(Attempt::Done(()));
            };
            let counts = counts.with(report.counts);
            let is_finished = counts.parts_done >= counts.parts;
            let state = if is_finished { UploadState::Finished { counts } } else { UploadState::Running { counts } };
            let after = record.with(state);
            let entry = is_finished.then(|| self.finished_entry(&record, kind, counts));
            let token = self.writer.ids.transaction(self.clock.now());
            match self.writer.store.finish_part(token, &record, &after, &report, entry.as_ref()).await {
                Ok(()) | Err(Commit::Refused(UploadConflict::Repeated)) => Ok(Attempt::Done(())),
                Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }

    /// One entry for a whole file. The history of each SKU and the entries of products have the changes one by one.
    fn finished_entry(&self, record: &UploadRecord, kind: CsvKind, counts: LineCounts) -> AuditEntry {
        let LineCounts { changed, unchanged, bad, .. } = counts;
        let lines = format!("{changed} lines changed, {unchanged} unchanged, {bad} bad");
        let change = AuditChange { before: None, after: Some(lines) };
        let (action, upload) = (format!("{}.import", kind.name()), &record.upload);
        self.writer.ids.audit_entry(upload.owner, action, upload.id, change, self.clock.now())
    }

    /// A file, or a range of its bytes.
    pub(crate) async fn read(&self, key: &str, range: Option<String>) -> Result<Vec<u8>, ImportExportError> {
        let got = self.s3.get_object().bucket(&self.config.bucket).key(key).set_range(range).send().await;
        let object = got.map_err(|error| ImportExportError::files(&error))?;
        let body = object.body.collect().await;
        Ok(body.map_err(|error| ImportExportError::Files(error.to_string()))?.to_vec())
    }

    pub(crate) async fn send(&self, jobs: &[CsvJob]) -> Result<(), ImportExportError> {
        let bodies: Vec<String> = jobs.iter().map(|job| serde_json::to_string(job).unwrap_or_default()).collect();
        Ok(queue::send(&self.queues, &self.config.queue, &bodies).await?)
    }
}
