//! The relay: the table's stream brings outbox items, pure routing says which queues want to hear of them, and each
//! gets its messages.
//!
//! Invariant: an event leaves the stream only after every queue took its messages. The stream is read in order and
//! again from the first failure, so messages come at least once; consumers count an event once by its id.

use aws_lambda_events::dynamodb::{Event as StreamEvent, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_sqs::Client;
use domain::event::Event;
use domain::mail::mails_for;
use domain::media::tidying_for;
use domain::upload::CsvJob;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::queue;
use store::keys::OUTBOX_PREFIX;
use store::outbox::OutboxEvent;

#[derive(Debug, Clone)]
pub struct Config {
    pub mail_queue: String,
    pub media_queue: String,
    pub csv_queue: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            mail_queue: env.url("MAIL_QUEUE"),
            media_queue: env.url("MEDIA_QUEUE"),
            csv_queue: env.url("CSV_QUEUE"),
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
        match outbox_event(change) {
            Ok(None) => {}
            Ok(Some(outbox_event)) => {
                let event = &outbox_event.event;
                let jobs = mails_for(outbox_event.id, event, outbox_event.at);
                routes.mail.extend(jobs.iter().map(|job| routed(record, job)));
                routes.media.extend(tidying_for(event).map(|job| routed(record, &job)));
                if let Event::ExportRequested { export_id } = *event {
                    let job = CsvJob::Export { export_id };
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
    Routed { record, body: serde_json::to_string(job).unwrap_or_default() }
}

/// The event that a stream record announces; `None` for any other change, should the filter let one through.
fn outbox_event(record: &EventRecord) -> Result<Option<OutboxEvent>, String> {
    let image = &record.change.new_image;
    let partition = image.get("PK").map(|pk| serde_dynamo::from_attribute_value::<_, String>(pk.clone()));
    match partition {
        Some(Ok(pk)) if record.event_name == "INSERT" && pk.starts_with(OUTBOX_PREFIX) => {
            serde_dynamo::from_item(image.clone()).map(Some).map_err(|error| format!("{pk}: {error}"))
        }
        _ => Ok(None),
    }
}

impl Relay {
    pub async fn connect(config: &Config) -> Self {
        Self::new(Client::new(&kit::runtime::aws::config().await), config)
    }

    pub fn new(queues: Client, config: &Config) -> Self {
        Self { queues, config: config.clone() }
    }

    /// Answers the first record that was not carried, from which the stream delivers again.
    pub async fn carry(&self, event: StreamEvent) -> DynamoDbEventResponse {
        let routes = route(&event.records);
        let mut failed = routes.broken.as_ref().map(|(record, _)| *record);
        if let Some((_, cause)) = &routes.broken {
            tracing::error!(cause, "an outbox item cannot be read");
        }
        for (url, messages) in [
            (&self.config.mail_queue, &routes.mail),
            (&self.config.media_queue, &routes.media),
            (&self.config.csv_queue, &routes.sheets),
        ] {
            let bodies: Vec<String> = messages.iter().map(|m| m.body.clone()).collect();
            if let Err(refused) = queue::send(&self.queues, url, &bodies).await {
                let cause = refused.cause;
                tracing::error!(url, cause, "a queue did not take a message");
                let record = messages.get(refused.at).map_or(0, |m| m.record);
                failed = Some(failed.map_or(record, |earlier| earlier.min(record)));
            }
        }
        let mut response = DynamoDbEventResponse::default();
        let number = failed.and_then(|record| event.records.get(record)?.change.sequence_number.clone());
        if let Some(number) = number {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = Some(number);
            response.batch_item_failures.push(failure);
        }
        response
    }
}
