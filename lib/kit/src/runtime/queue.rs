//! Batches from a queue and to a queue. A failed message is reported alone, so that the rest of its batch is not
//! delivered again.

use std::fmt::Display;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Calls `work` with each message, in order. A message that cannot be parsed fails too: it ends in the dead-letter
/// queue, where people see it.
pub async fn run_batch<T, E, F>(event: SqsEvent, mut work: F) -> SqsBatchResponse
where
    T: DeserializeOwned,
    E: Display,
    F: AsyncFnMut(T) -> Result<(), E>,
{
    let mut response = SqsBatchResponse::default();
    for message in event.records {
        let id = message.message_id.unwrap_or_default();
        let outcome = match serde_json::from_str(message.body.as_deref().unwrap_or_default()) {
            Ok(job) => work(job).await.map_err(|error| error.to_string()),
            Err(error) => Err(format!("the message cannot be parsed: {error}")),
        };
        if let Err(cause) = outcome {
            fail(&mut response, id, &cause);
        }
    }
    response
}

/// Has the queue deliver this message of a batch again.
pub fn fail(response: &mut SqsBatchResponse, message_id: String, cause: &impl Display) {
    tracing::error!(message_id, %cause, "a message failed");
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    response.batch_item_failures.push(failure);
}

/// How many messages one call to a queue may contain.
const BATCH: usize = 10;

/// The index of the first message that a queue did not accept, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct NotTaken {
    pub at: usize,
    pub cause: String,
}

/// A message to a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub body: String,
    /// A queue serves its groups evenly.
    pub group: Option<String>,
    /// How long the queue keeps it back: whole seconds, at most 15 minutes.
    pub delay: Duration,
}

/// Sends all bodies in order, as [`send_messages`] does.
pub async fn send(queues: &Client, url: &str, bodies: &[String]) -> Result<(), NotTaken> {
    let message = |body: &String| Message { body: body.clone(), group: None, delay: Duration::ZERO };
    send_messages(queues, url, &bodies.iter().map(message).collect::<Vec<_>>()).await
}

/// Sends all messages in order, and stops at the first call in which a message was not accepted.
pub async fn send_messages(queues: &Client, url: &str, messages: &[Message]) -> Result<(), NotTaken> {
    for (first, some) in (0..).step_by(BATCH).zip(messages.chunks(BATCH)) {
        let not_taken = |at: usize, cause: String| NotTaken { at: first + at, cause };
        let entries = some.iter().enumerate().map(|(at, message)| {
            let entry = SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(&message.body);
            let delay = i32::try_from(message.delay.as_secs()).ok().filter(|delay| *delay > 0);
            entry.set_message_group_id(message.group.clone()).set_delay_seconds(delay).build()
        });
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|error| not_taken(0, error.to_string()))?;
        let sent = queues.send_message_batch().queue_url(url).set_entries(Some(entries)).send().await;
        let answer = sent.map_err(|error| not_taken(0, crate::runtime::aws::cause(&error)))?;
        let refused = answer.failed.iter().filter_map(|failure| {
            let why = failure.message.as_deref().unwrap_or_default();
            let at = failure.id.parse().ok().filter(|at| *at < some.len())?;
            Some(not_taken(at, format!("{}: {why}", failure.code)))
        });
        if let Some(first) = refused.min_by_key(|refused| refused.at) {
            return Err(first);
        }
    }
    Ok(())
}

/// S3's notification of new files.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Notice {
    #[serde(rename_all = "PascalCase")]
    Files { records: Vec<FileRecord> },
    /// S3 sends this when the notification is configured.
    #[serde(rename_all = "PascalCase")]
    Test { event: String },
}

#[derive(Debug, Deserialize)]
pub struct FileRecord {
    s3: FilePlace,
}

#[derive(Debug, Deserialize)]
struct FilePlace {
    object: FileObject,
}

#[derive(Debug, Deserialize)]
struct FileObject {
    key: String,
}

impl Notice {
    /// Keys as S3 writes them. It would encode special characters, but our keys have none.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let records = match self {
            Self::Files { records } => records.as_slice(),
            Self::Test { .. } => &[],
        };
        records.iter().map(|record| record.s3.object.key.as_str())
    }
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::sqs::{SqsEvent, SqsMessage};

    use super::run_batch;

    fn message(id: &str, body: &str) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.to_owned());
        message.body = Some(body.to_owned());
        message
    }

    #[tokio::test]
    async fn only_the_failed_messages_are_reported() {
        let mut event = SqsEvent::default();
        event.records = vec![message("a", "1"), message("b", "2"), message("c", "no"), message("d", "4")];
        let mut done = Vec::new();
        let response = run_batch(event, async |n: u32| {
            if n == 2 {
                return Err("two is refused");
            }
            done.push(n);
            Ok(())
        })
        .await;
        let failed: Vec<_> =
            response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
        assert_eq!(failed, ["b", "c"]);
        assert_eq!(done, [1, 4]);
    }
}
