//! What clients say and what they hear: JSON, as strict as the bodies of requests.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::live::{LiveMessage, MAX_MESSAGE, MAX_TOPICS, TopicName};
use domain::rate::Limit;
use kit::http::body::{Fields, from_json};
use kit::http::problem::{Detail, Problem};
use kit::runtime::telemetry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Socket, SocketAnswer, SocketEvent};

/// How many messages one connection may send. A client needs some when it comes, and one every few minutes.
const MESSAGES: Limit = Limit::new("live-message", 60, Duration::from_mins(1));

/// The longest `id` of a message.
const MAX_ID: usize = 64;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClientMessage {
    action: String,
    /// Comes back with the answer.
    id: Option<String>,
    topics: Option<Vec<String>>,
    /// The last known sequence of topics.
    since: Option<BTreeMap<String, u64>>,
}

/// A message that was accepted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Subscribe { names: Vec<TopicName>, since: BTreeMap<String, u64> },
    Unsubscribe(Vec<TopicName>),
    Ping,
}

/// What a client hears in answer to a message.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Reply {
    Subscribed { topics: Vec<SubscribedBody> },
    Unsubscribed { topics: Vec<String> },
    Pong {},
    Error { code: &'static str, message: String, details: Vec<Detail> },
}

#[derive(Debug, Serialize)]
pub(crate) struct SubscribedBody {
    pub(crate) topic: String,
    /// The newest sequence. What comes after it will be sent.
    pub(crate) sequence: u64,
    /// What came after the sequence that the client named.
    pub(crate) missed: Vec<serde_json::Value>,
    /// What came in between is not known any more: load everything again.
    pub(crate) reload: bool,
}

pub(crate) fn missed(message: &LiveMessage<'_>) -> serde_json::Value {
    serde_json::to_value(message).unwrap_or_default()
}

#[derive(Debug, Serialize)]
struct Answered<'a> {
    #[serde(flatten)]
    reply: &'a Reply,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

impl Socket {
    pub(crate) async fn answer(&self, connection: &str, event: &SocketEvent) -> SocketAnswer {
        let text = event.body.as_deref().filter(|_| !event.is_base64_encoded).unwrap_or_default();
        let (id, wish) = match read(text) {
            Ok(message) => (message.id.clone(), check(message)),
            Err(problem) => (None, Err(problem)),
        };
        let reply = match wish {
            Ok(wish) => self.grant(connection, wish).await,
            // A refused message counts too.
            Err(problem) => self.count(connection).await.and(Err(problem)),
        };
        let reply = reply.unwrap_or_else(|problem| {
            if let Some(cause) = &problem.cause {
                tracing::error!(cause, connection, "a message failed");
            }
            Reply::Error { code: problem.code, message: problem.message, details: problem.details }
        });
        let body = serde_json::to_string(&Answered { reply: &reply, id: id.as_deref() }).ok();
        SocketAnswer { status_code: 200, body }
    }

    pub(crate) async fn count(&self, connection: &str) -> Result<(), Problem> {
        let now = self.clock.now();
        let allowance = self.store.count_request(MESSAGES, connection, now).await?;
        if allowance.exceeded {
            telemetry::count("LiveMessagesLimited", 1, now);
            return Err(Problem::bad_request("rate_limited", "Too many messages. Please wait."));
        }
        Ok(())
    }
}

fn read(text: &str) -> Result<ClientMessage, Problem> {
    if text.len() > MAX_MESSAGE {
        let message = format!("A message may have at most {MAX_MESSAGE} bytes.");
        return Err(Problem::bad_request("body_too_large", message));
    }
    let message: ClientMessage = from_json(text)?;
    if message.id.as_ref().is_some_and(|id| id.len() > MAX_ID) {
        return Err(Problem::field("id", format!("must have at most {MAX_ID} bytes")));
    }
    Ok(message)
}

fn check(message: ClientMessage) -> Result<Wish, Problem> {
    let ClientMessage { action, topics, since, .. } = message;
    let mut fields = Fields::default();
    let has_topics = action != "ping";
    let topics = topics.unwrap_or_default();
    if has_topics != (1..=MAX_TOPICS).contains(&topics.len()) {
        let message =
            if has_topics { format!("must have 1 to {MAX_TOPICS} entries") } else { "is not for a ping".to_owned() };
        fields.refuse("topics", &message);
    }
    let since = since.unwrap_or_default();
    if action != "subscribe" && !since.is_empty() {
        fields.refuse("since", &"is for subscribe alone");
    }
    for topic in since.keys().take(2 * MAX_TOPICS) {
        // Who watches all feeds of staff knows the sequences of each.
        let is_feed = topic.starts_with("staff:") && topics.iter().any(|topic| topic == "staff");
        if action == "subscribe" && !is_feed && !topics.contains(topic) {
            fields.refuse(&format!("since.{topic}"), &"must be one of the topics");
        }
    }
    let names = topics.iter().enumerate().take(MAX_TOPICS);
    let names = names.filter_map(|(at, text)| fields.check(&format!("topics[{at}]"), TopicName::parse(text)));
    let names: Vec<TopicName> = names.collect();
    let wish = match action.as_str() {
        "subscribe" => Some(Wish::Subscribe { names, since }),
        "unsubscribe" => Some(Wish::Unsubscribe(names)),
        "ping" => Some(Wish::Ping),
        _ => {
            fields.refuse("action", &"must be subscribe, unsubscribe or ping");
            None
        }
    };
    fields.finish((wish,)).map(|(wish,)| wish)
}
