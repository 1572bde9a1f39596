//! One delivery: whether it is due, the attempt, and what follows from its outcome.

use std::time::Duration;

use domain::event::Event;
use domain::rate::Limit;
use domain::time::Time;
use domain::webhook::delivery::{DeliverJob, Delivery, DeliveryAttempt, LEASE, NextStep, WebhookJob};
use domain::webhook::{AfterFailure, Condition, Disabled, Failing, WebhookEndpoint};
use kit::runtime::telemetry;
use store::Commit;
use store::audit::AuditChange;
use store::retry::{Attempt, retry};
use store::webhook_deliveries::WebhookEvent;

use crate::{SendError, Sender};

/// A delivery that this message has claimed.
struct Claimed {
    endpoint: WebhookEndpoint,
    event: WebhookEvent,
    delivery: Delivery,
}

impl Sender {
    pub(crate) async fn deliver(&self, job: &DeliverJob) -> Result<(), SendError> {
        let key = self.keys.key(self.clock.now()).await?;
        let claimed = retry("the delivery", || self.claim(job)).await?;
        let Some(Claimed { endpoint, event, delivery }) = claimed else {
            return Ok(());
        };
        let now = self.clock.now();
        let id = event.id.to_string();
        let secrets = endpoint.signing_secrets(now);
        let signatures: Vec<String> =
            secrets.map(|number| key.secret(endpoint.id, number).sign(&id, now, &event.payload)).collect();
        let attempt = self.poster.post(&endpoint.url, &id, now, &signatures.join(" "), event.payload).await;
        let metric = if attempt.is_success() { "WebhooksDelivered" } else { "WebhooksFailed" };
        telemetry::count(metric, 1, now);
        let now = self.clock.now();
        // The endpoint first: if this stops in between, the message comes again, and nothing is left out.
        if !job.is_test {
            self.note_outcome(&endpoint, &attempt, now).await?;
        }
        let [chance] = self.ids.bytes();
        let delivery = delivery.after(attempt, job.is_test, now, chance);
        if !self.store.put_webhook_delivery(&delivery, now).await? {
            tracing::warn!(event = %delivery.event_id, "an attempt took longer than its claim");
        }
        Ok(())
    }

    /// `None`: there is nothing to do now.
    async fn claim(&self, job: &DeliverJob) -> Result<Attempt<Option<Claimed>>, SendError> {
        let (store, now) = (&self.store, self.clock.now());
        let facts = store.webhook_delivery_facts(job.endpoint_id, job.event_id).await?;
        // The endpoint was deleted, or the event is older than what is kept.
        let (Some(mut endpoint), Some(event)) = (facts.endpoint, facts.event) else {
            return Ok(Attempt::Done(None));
        };
        let delivery = match Delivery::next_step(facts.delivery, job, &event.event_type, now) {
            NextStep::Try(delivery) => delivery,
            NextStep::Nothing => return Ok(Attempt::Done(None)),
            NextStep::Busy => return Err(SendError::Busy),
        };
        let condition = if job.is_test { Condition::Open } else { endpoint.condition(now) };
        match condition {
            Condition::Open => {}
            Condition::Paused(until) => return self.park(delivery, until, now).await,
            // It goes out when the endpoint is enabled again.
            Condition::Disabled => return self.park(delivery, now, now).await,
            Condition::OnProbation(failing) => {
                let probed = Failing { until: now + LEASE, probe: Some(self.ids.transaction(now)), ..failing };
                if !store.note_webhook_failing(&endpoint, Some(probed)).await? {
                    return self.park(delivery, probed.until, now).await;
                }
                endpoint.failing = Some(probed);
            }
        }
        if !job.is_test && self.is_put_off(&endpoint, job, now).await? {
            return Ok(Attempt::Done(None));
        }
        let delivery = delivery.sending(self.ids.transaction(now).to_string(), now);
        let is_claimed = store.put_webhook_delivery(&delivery, now).await?;
        Ok(if is_claimed { Attempt::Done(Some(Claimed { endpoint, event, delivery })) } else { Attempt::Overtaken })
    }

    /// The delivery waits in the table, and costs nothing meanwhile.
    async fn park(&self, delivery: Delivery, until: Time, now: Time) -> Result<Attempt<Option<Claimed>>, SendError> {
        let is_parked = self.store.put_webhook_delivery(&delivery.waiting(until), now).await?;
        Ok(if is_parked { Attempt::Done(None) } else { Attempt::Overtaken })
    }

    /// Over the limit of its endpoint a message goes back into the queue, until the next minute.
    async fn is_put_off(&self, endpoint: &WebhookEndpoint, job: &DeliverJob, now: Time) -> Result<bool, SendError> {
        let limit = Limit::new("webhook", endpoint.max_per_minute, Duration::from_mins(1));
        let allowance = self.store.count_request(limit, &endpoint.id.to_string(), now).await?;
        if allowance.exceeded {
            let [chance] = self.ids.bytes();
            let delay = Duration::from_secs(allowance.retry_after() + u64::from(chance) / 8);
            self.queue.send(&[WebhookJob::Deliver(*job)], delay).await?;
        }
        Ok(allowance.exceeded)
    }

    async fn note_outcome(
        &self,
        endpoint: &WebhookEndpoint,
        attempt: &DeliveryAttempt,
        now: Time,
    ) -> Result<(), SendError> {
        if attempt.is_success() {
            if endpoint.failing.is_some() {
                self.store.note_webhook_failing(endpoint, None).await?;
            }
            return Ok(());
        }
        let [chance] = self.ids.bytes();
        match endpoint.after_failure(attempt.is_gone(), now, chance) {
            // If other attempts failed at the same time, one of them is noted.
            AfterFailure::Failing(failing) => {
                self.store.note_webhook_failing(endpoint, Some(failing)).await?;
                Ok(())
            }
            AfterFailure::Disabled(disabled) => self.disable(endpoint, disabled, now).await,
        }
    }

    async fn disable(&self, endpoint: &WebhookEndpoint, disabled: Disabled, now: Time) -> Result<(), SendError> {
        let after = WebhookEndpoint {
            disabled: Some(disabled),
            version: endpoint.version + 1,
            updated_at: now,
            ..endpoint.clone()
        };
        let change = AuditChange { before: None, after: Some(disabled.why.name().to_owned()) };
        let entry = self.ids.audit_entry(None, "webhook.disable", endpoint.id, change, now);
        let event = self.ids.outbox_event(Event::WebhookDisabled { endpoint_id: endpoint.id }, now);
        match self.store.change_webhook_endpoint(endpoint, &after, &entry, Some(&event)).await {
            // Staff changed it just now, or another attempt disabled it.
            Ok(()) | Err(Commit::Refused(_)) => Ok(()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }
}
