//! The relay reads outbox events, changed products and ended sessions from the table's stream and sends messages to the
//! queues. A pure function decides which messages.
//!
//! Invariant: an event or a change leaves the stream only after every queue accepted its messages. The stream is read in order, and
//! again from the first failure, so a message can arrive more than once. Consumers recognise repeated events by
//! their ids.

mod sessions;

use aws_lambda_events::dynamodb::{Event as StreamEvent, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_sqs::Client;
use domain::cart::Cart;
use domain::document::document_job_for;
use domain::event::Event;
use domain::id::{ProductId, SessionId};
use domain::index_job::{IndexJob, index_job_for};
use domain::live::{LiveJob, live_job_for};
use domain::mail::mails_for;
use domain::media::{
    image_sync_for, picture_copies_for, return_picture_removal_for, review_image_sync_for, term_picture_removal_for,
    user_picture_removal_for,
};
use domain::public_event::public_event_for;
use domain::stats_job::{StatsJob, stats_job_for};
use domain::upload::CsvJob;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::queue;
use store::keys::{CART, OUTBOX_PREFIX, SESSION_PREFIX, TABLE, product_of};
use store::outbox::OutboxEvent;
use tokio::task::JoinSet;

#[derive(Debug, Clone)]
pub struct Config {
    pub mail_queue: String,
    pub media_queue: String,
    pub csv_queue: String,
    pub search_queue: String,
    pub sales_queue: String,
    pub stats_queue: String,
    pub events_queue: String,
    pub live_queue: String,
    pub documents_queue: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            mail_queue: env.url("MAIL_QUEUE"),
            media_queue: env.url("MEDIA_QUEUE"),
            csv_queue: env.url("CSV_QUEUE"),
            search_queue: env.url("SEARCH_QUEUE"),
            sales_queue: env.url("SALES_QUEUE"),
            stats_queue: env.url("STATS_QUEUE"),
            events_queue: env.url("EVENTS_QUEUE"),
            live_queue: env.url("LIVE_QUEUE"),
            documents_queue: env.url("DOCUMENTS_QUEUE"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Relay {
    queues: Client,
    config: Config,
}

/// A message for a queue, and the index of the stream record that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    pub record: usize,
    pub body: String,
}

/// The messages of a batch of stream records, up to the first record that cannot be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Messages {
    pub mail: Vec<QueueMessage>,
    pub media: Vec<QueueMessage>,
    pub csv: Vec<QueueMessage>,
    /// What changed in the search index.
    pub search: Vec<QueueMessage>,
    /// Orders whose sales are counted.
    pub sales: Vec<QueueMessage>,
    /// What changed in the statistics.
    pub stats: Vec<QueueMessage>,
    /// Public events for merchants' endpoints and the event bus.
    pub events: Vec<QueueMessage>,
    /// What open connections may watch, and which of them have to end.
    pub live: Vec<QueueMessage>,
    /// Orders that may lack an invoice or a credit note.
    pub documents: Vec<QueueMessage>,
    /// The index of the record that cannot be read, and why. The records after it are not routed.
    pub unreadable: Option<(usize, String)>,
}

pub fn route(records: &[EventRecord]) -> Messages {
    let mut messages = Messages::default();
    let (mut product_ids, mut first_product, mut place, mut live_place) = (Vec::new(), 0, 0, 0);
    for (record, change) in records.iter().enumerate() {
        match read(change) {
            Ok(Read::Nothing) => {}
            Ok(Read::SessionsEnded(job)) => messages.live.push(message(record, &job)),
            Ok(Read::Product(product_id)) => {
                if product_ids.is_empty() {
                    (first_product, place, live_place) = (record, messages.search.len(), messages.live.len());
                }
                if !product_ids.contains(&product_id) {
                    product_ids.push(product_id);
                }
            }
            Ok(Read::Stats(job)) => messages.stats.push(message(record, &job)),
            Ok(Read::Event(outbox_event)) => {
                let event = &outbox_event.event;
                let mails = mails_for(outbox_event.id, event, outbox_event.at);
                messages.mail.extend(mails.iter().map(|job| message(record, job)));
                messages.media.extend(image_sync_for(event).map(|job| message(record, &job)));
                messages.media.extend(review_image_sync_for(event).map(|job| message(record, &job)));
                messages.media.extend(picture_copies_for(event).map(|job| message(record, &job)));
                messages.media.extend(term_picture_removal_for(event).map(|job| message(record, &job)));
                messages.media.extend(user_picture_removal_for(event).map(|job| message(record, &job)));
                messages.media.extend(return_picture_removal_for(event).map(|job| message(record, &job)));
                match index_job_for(event) {
                    Some(job @ IndexJob::Order { .. }) => messages.sales.push(message(record, &job)),
                    Some(job) => messages.search.push(message(record, &job)),
                    None => {}
                }
                messages.stats.extend(stats_job_for(event).map(|job| message(record, &job)));
                messages.documents.extend(document_job_for(event).map(|job| message(record, &job)));
                if let Some(public) = public_event_for(outbox_event.id, event, outbox_event.at) {
                    messages.events.push(message(record, &public));
                    messages.live.extend(live_job_for(&public).map(|job| message(record, &job)));
                }
                if let Event::ExportRequested { export_id } = *event {
                    messages.csv.push(message(record, &CsvJob::Export { export_id }));
                }
            }
            Err(cause) => {
                messages.unreadable = Some((record, cause));
                break;
            }
        }
    }
    if !product_ids.is_empty() {
        // One message for all, so that a large import is few publications. It stands where the first of them does: what
        // follows a message that the queue does not take is not sent.
        let live = LiveJob::Products { product_ids: product_ids.clone() };
        messages.live.insert(live_place, message(first_product, &live));
        messages.search.insert(place, message(first_product, &IndexJob::Products { product_ids }));
    }
    messages
}

fn message(record: usize, job: &impl serde::Serialize) -> QueueMessage {
    QueueMessage { record, body: serde_json::to_string(job).unwrap_or_default() }
}

/// What a stream record says.
enum Read {
    Event(OutboxEvent),
    /// The product was written.
    Product(ProductId),
    /// A session is over, or what a user may do has changed.
    SessionsEnded(LiveJob),
    /// What is counted from the table's items, so that those who write them need not count.
    Stats(StatsJob),
    /// Another change, if the stream's filter lets one through.
    Nothing,
}

fn read(record: &EventRecord) -> Result<Read, String> {
    if let Some(job) = sessions::ended_by(record) {
        return Ok(Read::SessionsEnded(job));
    }
    let image = &record.change.new_image;
    let pk = image.get(TABLE.pk).map(|pk| serde_dynamo::from_attribute_value::<_, String>(pk.clone()));
    let pk = pk.and_then(Result::ok).unwrap_or_default();
    if let Some(product) = product_of(&pk) {
        return Ok(Read::Product(product));
    }
    if record.event_name == "INSERT" && pk.starts_with(OUTBOX_PREFIX) {
        return serde_dynamo::from_item(image.clone()).map(Read::Event).map_err(|error| format!("{pk}: {error}"));
    }
    Ok(stats_job_of(record).map_or(Read::Nothing, Read::Stats))
}

/// A session that began; or a cart that was made, or that the table itself removed at the end of its time.
fn stats_job_of(record: &EventRecord) -> Option<StatsJob> {
    let sk = record.change.keys.get(TABLE.sk)?;
    let sk: String = serde_dynamo::from_attribute_value(sk.clone()).ok()?;
    let cart = |is_abandoned, image: &serde_dynamo::Item| {
        let cart: Cart = serde_dynamo::from_item(image.clone()).ok()?;
        let at = if is_abandoned { cart.kept_until } else { cart.updated_at };
        let change = record.event_id.clone();
        (!is_abandoned || !cart.lines.is_empty()).then_some(StatsJob::Cart { change, at, is_abandoned })
    };
    let is_by_table = || record.user_identity.as_ref().is_some_and(|who| who.principal_id == "dynamodb.amazonaws.com");
    match record.event_name.as_str() {
        "INSERT" if sk == CART => cart(false, &record.change.new_image),
        "REMOVE" if sk == CART && is_by_table() => cart(true, &record.change.old_image),
        "INSERT" => {
            let session_id = SessionId::parse(sk.strip_prefix(SESSION_PREFIX)?).ok()?;
            Some(StatsJob::SignIn { session_id })
        }
        _ => None,
    }
}

impl Relay {
    pub async fn connect(config: &Config) -> Self {
        Self::new(Client::new(&kit::runtime::aws::config().await), config)
    }

    pub fn new(queues: Client, config: &Config) -> Self {
        Self { queues, config: config.clone() }
    }

    /// Sends the messages of a batch. The answer names the first record that failed. The stream delivers again from it.
    pub async fn forward(&self, event: StreamEvent) -> DynamoDbEventResponse {
        let routed = route(&event.records);
        let mut failed = routed.unreadable.as_ref().map(|(record, _)| *record);
        if let Some((_, cause)) = &routed.unreadable {
            tracing::error!(cause, "an outbox item cannot be read");
        }
        // All queues at the same time, and the messages of each in their order.
        let mut sending = JoinSet::new();
        for (url, messages) in [
            (&self.config.mail_queue, routed.mail),
            (&self.config.media_queue, routed.media),
            (&self.config.csv_queue, routed.csv),
            (&self.config.search_queue, routed.search),
            (&self.config.sales_queue, routed.sales),
            (&self.config.stats_queue, routed.stats),
            (&self.config.events_queue, routed.events),
            (&self.config.live_queue, routed.live),
            (&self.config.documents_queue, routed.documents),
        ] {
            let (queues, url) = (self.queues.clone(), url.clone());
            sending.spawn(async move { first_failed(&queues, &url, &messages).await });
        }
        for refused in sending.join_all().await.into_iter().flatten() {
            failed = Some(failed.map_or(refused, |earlier| earlier.min(refused)));
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

/// The stream record of the first message that a queue did not accept.
async fn first_failed(queues: &Client, url: &str, messages: &[QueueMessage]) -> Option<usize> {
    let bodies: Vec<String> = messages.iter().map(|m| m.body.clone()).collect();
    let refused = queue::send(queues, url, &bodies).await.err()?;
    let cause = refused.cause;
    tracing::error!(url, cause, "a queue did not accept a message");
    Some(messages.get(refused.at).map_or(0, |m| m.record))
}
