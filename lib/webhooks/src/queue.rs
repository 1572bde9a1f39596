//! The queue of webhooks. Each endpoint is a group of it, so that the many messages of one do not hold up the others.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use domain::webhook::delivery::WebhookJob;
use kit::runtime::queue::{self, Message, NotTaken};

#[derive(Debug, Clone)]
pub struct WebhookQueue {
    queues: Client,
    url: Arc<str>,
}

impl WebhookQueue {
    pub fn new(queues: Client, url: &str) -> Self {
        Self { queues, url: url.into() }
    }

    /// `delay` is at most 15 minutes.
    pub async fn send(&self, jobs: &[WebhookJob], delay: Duration) -> Result<(), NotTaken> {
        let message = |job: &WebhookJob| Message {
            body: serde_json::to_string(job).unwrap_or_default(),
            group: Some(job.endpoint_id().to_string()),
            delay,
        };
        let messages: Vec<Message> = jobs.iter().map(message).collect();
        queue::send_messages(&self.queues, &self.url, &messages).await
    }
}
