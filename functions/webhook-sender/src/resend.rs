//! What goes into the queue again: deliveries whose pause is over, and the events of a period that staff ask for.

use std::time::Duration;

use domain::public_event::EventType;
use domain::webhook::delivery::{DeliverJob, ResendJob, WebhookJob};
use domain::webhook::{Condition, WebhookEndpoint};
use store::webhook_deliveries::NextPart;
use tokio::task::JoinSet;

use crate::{SendError, Sender};

/// How many events of a period one message looks at.
const PART: usize = 100;

/// How many waiting deliveries of an endpoint go into the queue each minute, at most.
const DUE_AT_ONCE: usize = 500;

/// When a delivery goes into the queue once more, if nothing became of its message.
const LOST_AFTER: Duration = Duration::from_mins(15);

impl Sender {
    /// An endpoint that cannot be read or served does not stop the others. It is due again in a minute.
    pub(crate) async fn send_due(&self) -> Result<(), SendError> {
        let (mut under_way, mut outcome) = (JoinSet::new(), Ok(()));
        for endpoint in self.store.webhook_endpoints().await? {
            let sender = self.clone();
            under_way.spawn(async move { sender.send_due_to(&endpoint).await });
        }
        while let Some(ended) = under_way.join_next().await {
            let ended = ended.unwrap_or_else(|cause| Err(SendError::Aborted(cause.to_string())));
            outcome = outcome.and(ended);
        }
        outcome
    }

    async fn send_due_to(&self, endpoint: &WebhookEndpoint) -> Result<(), SendError> {
        let now = self.clock.now();
        let limit = match endpoint.condition(now) {
            Condition::Open => usize::try_from(endpoint.max_per_minute).unwrap_or(DUE_AT_ONCE).min(DUE_AT_ONCE),
            // One is enough to find out whether it works again.
            Condition::OnProbation(_) => 1,
            Condition::Paused(_) | Condition::Disabled => return Ok(()),
        };
        let due = self.store.due_webhook_deliveries(endpoint.id, now, limit).await?;
        let job = |endpoint_id, event_id, asked_at| {
            WebhookJob::Deliver(DeliverJob { endpoint_id, event_id, asked_at, is_test: false })
        };
        let jobs = due.iter().map(|delivery| job(delivery.endpoint_id, delivery.event_id, delivery.asked_at));
        self.queue.send(&jobs.collect::<Vec<_>>(), Duration::ZERO).await?;
        for delivery in &due {
            self.store.put_off_webhook_delivery(delivery, now + LOST_AFTER).await?;
        }
        Ok(())
    }

    /// Puts a part of the period into the queue, and then the job for the next part, not faster than the endpoint takes
    /// them.
    pub(crate) async fn resend(&self, job: &ResendJob) -> Result<(), SendError> {
        let Some(endpoint) = self.store.webhook_endpoint(job.endpoint_id).await? else {
            return Ok(());
        };
        let from = NextPart { from: job.from, after: job.after };
        let part = self.store.webhook_events(from, job.until, PART).await?;
        let mut events = part.events;
        // Tests are no public events, so they are not sent again.
        events.retain(|event| EventType::parse(&event.event_type).is_some_and(|known| endpoint.wants(known)));
        if !job.delivered_too {
            let delivered = self.store.delivered_webhook_events(job.endpoint_id, &events).await?;
            events.retain(|event| !delivered.contains(&event.id));
        }
        let deliver =
            |event_id| DeliverJob { endpoint_id: job.endpoint_id, event_id, asked_at: job.asked_at, is_test: false };
        let jobs: Vec<WebhookJob> = events.iter().map(|event| WebhookJob::Deliver(deliver(event.id))).collect();
        self.queue.send(&jobs, Duration::ZERO).await?;
        if let Some(NextPart { from, after }) = part.next {
            let pause =
                Duration::from_mins(1) * u32::try_from(jobs.len()).unwrap_or(0) / endpoint.max_per_minute.max(1);
            self.queue.send(&[WebhookJob::Resend(ResendJob { from, after, ..*job })], pause.min(LOST_AFTER)).await?;
        }
        Ok(())
    }
}
