//! The relay: the table's stream brings outbox items, pure routing says which queues want to hear of them, and each gets
//! its messages.
//!
//! Invariant: an event leaves the stream only after every queue took its messages. The stream is read in order and again
//! from the first failure, so messages come at least once; consumers count an event once by its id.

use aws_lambda_events::dynamodb::{Event as StreamEvent, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use domain::event::Event;
use domain::mail::mails_for;
use domain::media::tidying_for;
use domain::upload::SheetJob;
use kit::config::{ConfigError, Env};
use store::keys::OUTBOX_PREFIX;
use store::outbox::Announced;

/// How many messages one call to a queue may carry.
const SQS_BATCH: usize = 10;

#[derive(Debug, Clone)]
pub struct Config {
    pub mail_queue: String,
    pub media_queue: String,
    pub sheet_queue: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            mail_queue: env.url("MAIL_QUEUE"),
            media_queue: env.url("MEDIA_QUEUE"),
            sheet_queue: env.url("SHEET_QUEUE"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Relay {
    queues: Client,
    config: Config,
}

/// A message for a queue, and the stream record that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    pub record: usize,
    pub body: String,
}

/// What the records of one batch ask for, up to the first that cannot be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Routes {
    pub mail: Vec<Routed>,
    pub media: Vec<Routed>,
    pub sheets: Vec<Routed>,
    /// The record that cannot be read, and why. What comes after it waits.
    pub broken: Option<(usize, String)>,
}

/// Pure routing: which messages a batch of stream records becomes.
pub fn route(records: &[EventRecord]) -> Routes {
    let mut routes = Routes::default();
    for (record, change) in records.iter().enumerate() {
        match announced(change) {
            Ok(None) => {}
            Ok(Some(announced)) => {
                let event = &announced.event;
                let jobs = mails_for(announced.id, event, announced.at);
                routes
                    .mail
                    .extend(jobs.iter().map(|job| routed(record, job)));
                routes
                    .media
                    .extend(tidying_for(event).map(|job| routed(record, &job)));
                if let Event::ExportRequested { export_id } = *event {
                    let job = SheetJob::Export { export_id };
                    routes.sheets.push(routed(record, &job));
                }
            }
            Err(cause) => {
                routes.broken = Some((record, cause));
                break;
            }
        }
    }
    routes
}

fn routed(record: usize, job: &impl serde::Serialize) -> Routed {
    Routed {
        record,
        body: serde_json::to_string(job).unwrap_or_default(),
    }
}

/// The event that a stream record announces; `None` for any other change, should the filter let one through.
fn announced(record: &EventRecord) -> Result<Option<Announced>, String> {
    let image = &record.change.new_image;
    let partition = image
        .get("PK")
        .map(|pk| serde_dynamo::from_attribute_value::<_, String>(pk.clone()));
    match partition {
        Some(Ok(pk)) if record.event_name == "INSERT" && pk.starts_with(OUTBOX_PREFIX) => {
            serde_dynamo::from_item(image.clone())
                .map(Some)
                .map_err(|error| format!("{pk}: {error}"))
        }
        _ => Ok(None),
    }
}

impl Relay {
    pub async fn connect(config: &Config) -> Self {
        Self::new(Client::new(&kit::aws::config().await), config)
    }

    pub fn new(queues: Client, config: &Config) -> Self {
        Self {
            queues,
            config: config.clone(),
        }
    }

    /// Answers the first record that was not carried, from which the stream delivers again.
    pub async fn carry(&self, event: StreamEvent) -> DynamoDbEventResponse {
        let routes = route(&event.records);
        let mut failed = routes.broken.as_ref().map(|(record, _)| *record);
        if let Some((_, cause)) = &routes.broken {
            tracing::error!(cause, "an outbox item cannot be read");
        }
        for (queue, messages) in [
            (&self.config.mail_queue, &routes.mail),
            (&self.config.media_queue, &routes.media),
            (&self.config.sheet_queue, &routes.sheets),
        ] {
            for some in messages.chunks(SQS_BATCH) {
                if let Err((record, cause)) = self.send(queue, some).await {
                    tracing::error!(queue, cause, "a queue did not take a message");
                    failed = Some(failed.map_or(record, |earlier| earlier.min(record)));
                    break;
                }
            }
        }
        let mut response = DynamoDbEventResponse::default();
        let number =
            failed.and_then(|record| event.records.get(record)?.change.sequence_number.clone());
        if let Some(number) = number {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = Some(number);
            response.batch_item_failures.push(failure);
        }
        response
    }

    /// On failure, the first record whose message was not taken.
    async fn send(&self, queue: &str, messages: &[Routed]) -> Result<(), (usize, String)> {
        let first = messages.first().map_or(0, |message| message.record);
        let entries: Result<Vec<_>, _> = messages
            .iter()
            .enumerate()
            .map(|(at, message)| {
                SendMessageBatchRequestEntry::builder()
                    .id(at.to_string())
                    .message_body(&message.body)
                    .build()
            })
            .collect();
        let entries = entries.map_err(|error| (first, error.to_string()))?;
        let sent = self
            .queues
            .send_message_batch()
            .queue_url(queue)
            .set_entries(Some(entries))
            .send()
            .await;
        let answer = sent.map_err(|error| (first, kit::aws::cause(&error)))?;
        let refused = answer.failed.iter().filter_map(|failure| {
            let message = messages.get(failure.id.parse::<usize>().ok()?)?;
            Some((
                message.record,
                format!(
                    "{}: {}",
                    failure.code,
                    failure.message.as_deref().unwrap_or_default()
                ),
            ))
        });
        refused
            .min_by_key(|(record, _)| *record)
            .map_or(Ok(()), Err)
    }
}
