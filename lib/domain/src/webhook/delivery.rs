//! The delivery of one event to one endpoint: when it is tried, and what became of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{EventId, WebhookEndpointId};
use crate::time::Time;
use crate::webhook::pause;

/// The type of the events that only show whether an endpoint works.
pub const TEST_EVENT: &str = "webhook.test";

/// How long an attempt may take in all.
pub const TIME_OUT: Duration = Duration::from_secs(10);

/// How long no other attempt begins: longer than one takes, shorter than a message of the queue stays hidden.
pub const LEASE: Duration = Duration::from_secs(30);

/// How long events and what became of them are kept.
pub const KEPT: Duration = Duration::from_hours(30 * 24);

/// How much of an answer is kept.
pub const MAX_EXCERPT: usize = 500;

/// The largest payload that is sent whole.
pub const MAX_PAYLOAD: usize = 256 * 1024;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub endpoint_id: WebhookEndpointId,
    pub event_id: EventId,
    pub event_type: String,
    /// When the event happened, or when somebody asked for it again.
    pub asked_at: Time,
    /// Failed attempts since then.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub failures: u32,
    #[serde(flatten)]
    pub state: DeliveryState,
    /// The newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<DeliveryAttempt>,
    pub version: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeliveryState {
    /// The attempt of this holder is under way, or was killed if this time is over.
    Sending {
        holder: String,
        until: Time,
    },
    Waiting {
        next_at: Time,
    },
    Delivered {
        at: Time,
    },
    /// It is not tried again by itself.
    Failed {
        at: Time,
    },
}

impl DeliveryState {
    pub const NAMES: [&str; 4] = ["sending", "waiting", "delivered", "failed"];

    pub fn name(&self) -> &'static str {
        match self {
            Self::Sending { .. } => "sending",
            Self::Waiting { .. } => "waiting",
            Self::Delivered { .. } => "delivered",
            Self::Failed { .. } => "failed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryAttempt {
    pub at: Time,
    pub millis: u64,
    /// The status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<AttemptProblem>,
    /// The beginning of the answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptProblem {
    /// The host has an address that is not in the public internet.
    AddressRefused,
    HostNotFound,
    NotConnected,
    TimedOut,
    /// What came back is not HTTP, or the connection broke.
    Broken,
}

impl AttemptProblem {
    pub const ALL: [Self; 5] =
        [Self::AddressRefused, Self::HostNotFound, Self::NotConnected, Self::TimedOut, Self::Broken];

    pub fn name(self) -> &'static str {
        match self {
            Self::AddressRefused => "address_refused",
            Self::HostNotFound => "host_not_found",
            Self::NotConnected => "not_connected",
            Self::TimedOut => "timed_out",
            Self::Broken => "broken",
        }
    }
}

impl DeliveryAttempt {
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// The server wants no more events.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

/// A message of the queue of webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookJob {
    Deliver(DeliverJob),
    Resend(ResendJob),
}

impl WebhookJob {
    pub fn endpoint_id(&self) -> WebhookEndpointId {
        match self {
            Self::Deliver(job) => job.endpoint_id,
            Self::Resend(job) => job.endpoint_id,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliverJob {
    pub endpoint_id: WebhookEndpointId,
    pub event_id: EventId,
    /// When the event happened, or when somebody asked for it again. Each such time is carried out once.
    pub asked_at: Time,
    /// A test is tried once, whatever state the endpoint is in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_test: bool,
}

/// Sends all events of a period again, a part at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResendJob {
    pub endpoint_id: WebhookEndpointId,
    pub from: Time,
    /// The last event of the part before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<EventId>,
    pub until: Time,
    pub asked_at: Time,
    /// Events that were delivered too.
    pub delivered_too: bool,
}

/// What a job means for what is known of its delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// The delivery, not begun yet.
    Try(Delivery),
    /// It is done, or it waits for its time.
    Nothing,
    /// An attempt for an earlier request is under way.
    Busy,
}

impl Delivery {
    /// How many attempts are kept.
    pub const MAX_ATTEMPTS: usize = 20;

    pub fn next_step(known: Option<Self>, job: &DeliverJob, event_type: &str, now: Time) -> NextStep {
        let Some(known) = known else {
            return NextStep::Try(Self {
                endpoint_id: job.endpoint_id,
                event_id: job.event_id,
                event_type: event_type.to_owned(),
                asked_at: job.asked_at,
                failures: 0,
                state: DeliveryState::Waiting { next_at: now },
                attempts: Vec::new(),
                version: 0,
            });
        };
        let is_asked_again = known.asked_at < job.asked_at;
        match known.state {
            DeliveryState::Sending { until, .. } if now < until => {
                if is_asked_again {
                    NextStep::Busy
                } else {
                    NextStep::Nothing
                }
            }
            _ if is_asked_again => NextStep::Try(Self { asked_at: job.asked_at, failures: 0, ..known }),
            DeliveryState::Delivered { .. } | DeliveryState::Failed { .. } => NextStep::Nothing,
            DeliveryState::Waiting { next_at } if now < next_at => NextStep::Nothing,
            DeliveryState::Sending { .. } | DeliveryState::Waiting { .. } => NextStep::Try(known),
        }
    }

    /// The attempt of `holder` begins.
    pub fn sending(self, holder: String, now: Time) -> Self {
        self.in_state(DeliveryState::Sending { holder, until: now + LEASE })
    }

    /// It waits, without an attempt.
    pub fn waiting(self, next_at: Time) -> Self {
        self.in_state(DeliveryState::Waiting { next_at })
    }

    /// An attempt ended.
    pub fn after(mut self, attempt: DeliveryAttempt, is_test: bool, now: Time, chance: u8) -> Self {
        let is_success = attempt.is_success();
        self.attempts.push(attempt);
        let surplus = self.attempts.len().saturating_sub(Self::MAX_ATTEMPTS);
        self.attempts.drain(..surplus);
        if is_success {
            return self.in_state(DeliveryState::Delivered { at: now });
        }
        self.failures += 1;
        match pause(self.failures, chance).filter(|_| !is_test) {
            Some(pause) => self.waiting(now + pause),
            None => self.in_state(DeliveryState::Failed { at: now }),
        }
    }

    fn in_state(self, state: DeliveryState) -> Self {
        Self { state, version: self.version + 1, ..self }
    }
}

/// The payload as it is sent: without its data if it would be too large. Then the receiver reads the object itself.
pub fn bounded(payload: &str) -> String {
    if payload.len() <= MAX_PAYLOAD {
        return payload.to_owned();
    }
    let mut payload: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
    payload["data"] = serde_json::Value::Null;
    payload["dataOmitted"] = true.into();
    payload.to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        DeliverJob, Delivery, DeliveryAttempt, DeliveryState, LEASE, MAX_PAYLOAD, NextStep, WebhookJob, bounded,
    };
    use crate::id::{EventId, WebhookEndpointId};
    use crate::time::Time;

    fn job(asked_at: Time) -> DeliverJob {
        let start = Time::from_unix_millis(0);
        let (endpoint_id, event_id) = (WebhookEndpointId::new(start, 1), EventId::new(start, 2));
        DeliverJob { endpoint_id, event_id, asked_at, is_test: false }
    }

    fn tried(known: Option<Delivery>, job: &DeliverJob, now: Time) -> Option<Delivery> {
        match Delivery::next_step(known, job, "order.paid", now) {
            NextStep::Try(delivery) => Some(delivery),
            NextStep::Nothing | NextStep::Busy => None,
        }
    }

    fn answer(status: u16, at: Time) -> DeliveryAttempt {
        DeliveryAttempt { at, millis: 5, status: Some(status), problem: None, excerpt: String::new() }
    }

    #[test]
    fn a_delivery_is_tried_until_it_succeeds_and_then_only_if_somebody_asks_again() {
        let now = Time::from_unix_millis(1_000);
        let first = job(now);
        let sending = tried(None, &first, now).unwrap().sending("a".to_owned(), now);
        assert_eq!(tried(Some(sending.clone()), &first, now), None, "an attempt is under way");
        assert!(tried(Some(sending.clone()), &first, now + LEASE).is_some(), "it was killed");
        let waiting = sending.after(answer(500, now), false, now, 0);
        let next_at = now + Duration::from_secs(30);
        assert_eq!((waiting.state.clone(), waiting.failures), (DeliveryState::Waiting { next_at }, 1));
        assert_eq!(tried(Some(waiting.clone()), &first, now), None);
        let again = tried(Some(waiting.clone()), &first, next_at).unwrap();
        let delivered = again.sending("b".to_owned(), next_at).after(answer(204, next_at), false, next_at, 0);
        assert_eq!(delivered.state, DeliveryState::Delivered { at: next_at });
        assert_eq!(delivered.attempts.len(), 2);
        let later = next_at + Duration::from_hours(99);
        assert_eq!(tried(Some(delivered.clone()), &first, later), None);
        let asked = job(later);
        let resent = tried(Some(delivered), &asked, later).unwrap();
        assert_eq!((resent.failures, resent.asked_at), (0, later));
        let sending = resent.sending("c".to_owned(), later);
        assert_eq!(tried(Some(sending.clone()), &asked, later), None, "each request is carried out once");
        let asked_again = job(later + Duration::from_millis(1));
        assert_eq!(Delivery::next_step(Some(sending), &asked_again, "", later), NextStep::Busy);
        assert!(tried(Some(waiting), &asked, now).is_some(), "a request does not wait for the pause");
    }

    #[test]
    fn a_delivery_fails_after_its_last_attempt_and_a_test_after_its_first() {
        let mut now = Time::from_unix_millis(1_000);
        let first = job(now);
        let mut delivery = tried(None, &first, now).unwrap();
        for attempts in 1..=11 {
            delivery = delivery.sending("a".to_owned(), now).after(answer(503, now), false, now, 7);
            match delivery.state.clone() {
                DeliveryState::Waiting { next_at } => now = next_at,
                state => assert_eq!((attempts, state), (11, DeliveryState::Failed { at: now })),
            }
        }
        assert_eq!(delivery.failures, 11);
        assert_eq!(tried(Some(delivery.clone()), &first, now + Duration::from_hours(99)), None);
        let test = tried(None, &first, now).unwrap().after(answer(503, now), true, now, 0);
        assert_eq!(test.state, DeliveryState::Failed { at: now });
        for _ in 0..30 {
            delivery = delivery.after(answer(503, now), false, now, 7);
        }
        assert_eq!(delivery.attempts.len(), Delivery::MAX_ATTEMPTS);
    }

    #[test]
    fn only_answers_from_200_to_299_are_successes() {
        let now = Time::from_unix_millis(0);
        let is_success = |status| answer(status, now).is_success();
        assert!(is_success(200) && is_success(202) && is_success(299));
        assert!(!is_success(199) && !is_success(301) && !is_success(304) && !is_success(410));
        assert!(answer(410, now).is_gone() && !answer(404, now).is_gone());
    }

    #[test]
    fn a_payload_that_is_too_large_is_sent_without_its_data() {
        assert_eq!(bounded("{}"), "{}");
        let large = serde_json::json!({ "id": "evt_1", "data": { "text": "x".repeat(MAX_PAYLOAD) } }).to_string();
        assert_eq!(bounded(&large), r#"{"data":null,"dataOmitted":true,"id":"evt_1"}"#);
    }

    #[test]
    fn a_job_survives_the_queue() {
        let job = WebhookJob::Deliver(job(Time::from_unix_millis(5)));
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(serde_json::from_str::<WebhookJob>(&text).unwrap(), job);
        assert!(text.starts_with(r#"{"deliver":{"endpointId":"whe_"#), "{text}");
    }
}
