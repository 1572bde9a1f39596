//! From a message to a sheet that was cut, a part that was carried out, or a piece that was written.

use ::products::ProductWriter;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_s3::Client as S3;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::Client as Queues;
use domain::id::UploadId;
use domain::money::Currency;
use domain::picture::{CSV_INBOX, upload_at};
use domain::upload::{CsvJob, CsvKind, ImportPart, LineCounts, Progress, Purpose};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::queue::{self, NotTaken, Notice};
use serde::Deserialize;
use std::sync::Arc;
use store::imports::PartRecord;
use store::uploads::{UploadConflict, UploadRecord};
use store::{Commit, Store, StoreError};
use tokio_util::io::SyncIoBridge;

use crate::columns::Refusal;
use crate::part::{Outcome, sort};
use crate::products::Terms;
use crate::split::split;
use crate::{products, stock};

/// How many products, or SKUs, of a part are worked on at once.
const AT_ONCE: usize = 8;
const TRIES: usize = 20;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub bucket: String,
    /// Where parts and pieces wait: our own queue.
    pub queue: String,
    pub currency: Currency,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            bucket: env.text("BUCKET"),
            queue: env.url("CSV_QUEUE"),
            currency: env.parsed("CURRENCY", Currency::USD, Currency::parse),
        };
        env.finish(config)
    }
}

/// What lies in the queue.
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

/// Any of these has the queue deliver the message again.
#[derive(Debug, thiserror::Error)]
pub enum ImportExportError {
    #[error("S3 refused: {0}")]
    Files(String),
    #[error("the queue refused: {0}")]
    Queue(#[from] NotTaken),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the sheet was not written: {0}")]
    Written(String),
    #[error("the work died: {0}")]
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
        Self::new(config, writer, (S3::new(&aws), Queues::new(&aws)), Clock::system())
    }

    pub fn new(config: Config, writer: ProductWriter, (s3, queues): (S3, Queues), clock: Clock) -> Self {
        Self { writer, s3, queues, clock, config }
    }

    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        queue::run_batch(event, async |message: Message| match message {
            Message::Job(CsvJob::Export { export_id }) => self.export(export_id).await,
            Message::Job(CsvJob::Part(part)) => self.carry_out(&part).await,
            Message::Files(notice) => {
                for key in notice.keys() {
                    self.receive(key).await?;
                }
                Ok(())
            }
        })
        .await
    }

    /// A sheet came: it is cut, and its parts are sent. If we die in between, all of it is done again, and parts that
    /// come twice count once.
    pub async fn receive(&self, key: &str) -> Result<(), ImportExportError> {
        let Some((record, kind)) = self.record(upload_at(CSV_INBOX, key)).await? else {
            tracing::warn!(key, "a file that no sheet of ours asked for");
            return Ok(());
        };
        let id = record.upload.id;
        if matches!(record.upload.progress, Progress::Finished { .. } | Progress::Refused { .. }) {
            return Ok(());
        }
        let got = self.s3.get_object().bucket(&self.config.bucket).key(key);
        let object = got.send().await.map_err(|error| ImportExportError::files(&error))?;
        let body = SyncIoBridge::new(object.body.into_async_read());
        let cut = tokio::task::spawn_blocking(move || split(kind, body)).await;
        let (header, cuts) = match cut.map_err(|error| ImportExportError::Died(error.to_string()))? {
            Ok(cut) => cut,
            Err(refusal) => return self.refuse(&record, &refusal).await,
        };
        if record.upload.progress == Progress::Waiting {
            let tally = LineCounts { parts: u32::try_from(cuts.len()).unwrap_or(u32::MAX), ..LineCounts::default() };
            let running = record.with(Progress::Running { tally });
            self.progress(&record, &running).await?;
        }
        let jobs: Vec<CsvJob> = cuts
            .iter()
            .zip(0..)
            .map(|(cut, part)| {
                CsvJob::Part(ImportPart {
                    upload_id: id,
                    part,
                    from: cut.from,
                    to: cut.to,
                    first_line: cut.first_line,
                    header: header.clone(),
                })
            })
            .collect();
        self.send(&jobs).await
    }

    async fn record(&self, id: Option<UploadId>) -> Result<Option<(UploadRecord, CsvKind)>, ImportExportError> {
        let Some(id) = id else {
            return Ok(None);
        };
        let record = self.writer.store.upload(id, self.clock.now()).await?;
        Ok(record.and_then(|record| match record.upload.purpose {
            Purpose::Sheet { kind } => Some((record, kind)),
            Purpose::Picture { .. } => None,
        }))
    }

    /// Another delivery may have said so already.
    async fn progress(&self, before: &UploadRecord, after: &UploadRecord) -> Result<(), ImportExportError> {
        let token = self.writer.ids.transaction(self.clock.now());
        match self.writer.store.progress_upload(token, before, after).await {
            Ok(()) | Err(Commit::Refused(_)) => Ok(()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    async fn refuse(&self, record: &UploadRecord, refusal: &Refusal) -> Result<(), ImportExportError> {
        let refused = record.with(Progress::Refused { code: refusal.code().to_owned(), message: refusal.to_string() });
        self.progress(record, &refused).await
    }

    async fn carry_out(&self, part: &ImportPart) -> Result<(), ImportExportError> {
        let Some((record, kind)) = self.record(Some(part.upload_id)).await? else {
            return Ok(());
        };
        if self.writer.store.has_part(part.upload_id, part.part).await? {
            return Ok(());
        }
        let range = format!("bytes={}-{}", part.from, part.to.saturating_sub(1));
        let key = format!("{CSV_INBOX}{}", part.upload_id);
        let bytes = self.read(&key, Some(range)).await?;
        let sorted = sort(kind, &part.header, &bytes, part.first_line);
        let (header, groups, bad) = match sorted {
            Ok(sorted) => sorted,
            Err(refusal) => return Err(ImportExportError::Died(refusal.to_string())),
        };
        let mut outcome = Outcome { bad, ..Outcome::default() };
        let by = record.upload.owner;
        let terms = match kind {
            CsvKind::Products => {
                let store = &self.writer.store;
                let (categories, brands) = tokio::join!(store.taxonomy(), store.taxonomy());
                Some(Arc::new(Terms { currency: self.config.currency, categories: categories?, brands: brands?, by }))
            }
            CsvKind::Stock => None,
        };
        let header = Arc::new(header);
        for some in groups.chunks(AT_ONCE) {
            let mut work = tokio::task::JoinSet::new();
            for (_, rows) in some {
                let (writer, clock) = (self.writer.clone(), self.clock.clone());
                let (header, terms, rows) = (header.clone(), terms.clone(), rows.clone());
                work.spawn(async move {
                    match terms {
                        Some(terms) => {
                            let known = (&*header, &*terms);
                            products::carry_out(&writer, &clock, known, &rows).await
                        }
                        None => stock::carry_out(&writer, &clock, &header, &rows, by).await,
                    }
                });
            }
            while let Some(done) = work.join_next().await {
                let done = done.map_err(|error| ImportExportError::Died(error.to_string()))?;
                outcome.add(done?);
            }
        }
        self.finish(part, outcome).await
    }

    /// Counts a part, once; the last one finishes the sheet.
    async fn finish(&self, part: &ImportPart, outcome: Outcome) -> Result<(), ImportExportError> {
        let report = PartRecord { part: part.part, tally: outcome.tally(), bad: outcome.bad };
        for _ in 0..TRIES {
            let Some((record, _)) = self.record(Some(part.upload_id)).await? else {
                return Ok(());
            };
            let Progress::Running { tally } = record.upload.progress else {
                return Ok(());
            };
            let tally = tally.with(report.tally);
            let after = if tally.parts_done >= tally.parts {
                record.with(Progress::Finished { tally })
            } else {
                record.with(Progress::Running { tally })
            };
            let token = self.writer.ids.transaction(self.clock.now());
            let finished = self.writer.store.finish_part(token, (&record, &after), &report);
            match finished.await {
                Ok(()) | Err(Commit::Refused(UploadConflict::Repeated)) => return Ok(()),
                Err(Commit::Refused(_)) => {}
                Err(Commit::Store(error)) => return Err(error.into()),
            }
        }
        Err(StoreError::Busy("the sheet's sum changed at every try".to_owned()).into())
    }

    /// A file, or the bytes of it that a range names.
    pub(crate) async fn read(&self, key: &str, range: Option<String>) -> Result<Vec<u8>, ImportExportError> {
        let got = self.s3.get_object().bucket(&self.config.bucket).key(key);
        let object = got.set_range(range).send().await;
        let object = object.map_err(|error| ImportExportError::files(&error))?;
        let body = object.body.collect().await;
        Ok(body.map_err(|error| ImportExportError::Files(error.to_string()))?.to_vec())
    }

    pub(crate) async fn send(&self, jobs: &[CsvJob]) -> Result<(), ImportExportError> {
        let bodies = jobs.iter();
        let bodies: Vec<String> = bodies.map(|job| serde_json::to_string(job).unwrap_or_default()).collect();
        Ok(queue::send(&self.queues, &self.config.queue, &bodies).await?)
    }
}
