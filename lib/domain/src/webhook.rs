//! Webhooks of merchants: servers that get the shop's public events, how they fail, and when they are tried again.

pub mod address;
pub mod delivery;
pub mod target;

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::id::{TransactionId, WebhookEndpointId};
use crate::public_event::EventType;
use crate::text::{self, InvalidText};
use crate::time::Time;

/// A server of the merchant that gets events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    pub id: WebhookEndpointId,
    pub url: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// `None`: all of them, also types that come later.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_types")]
    pub event_types: Option<Vec<EventType>>,
    pub max_per_minute: u32,
    /// The number of its newest secret. The secret itself is computed from it.
    pub secret: u32,
    /// Earlier secrets that sign too, until the server knows the newest one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retiring: Vec<RetiringSecret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<Disabled>,
    /// It took no event since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<Failing>,
    /// Staff's changes raise it, failures do not.
    pub version: u64,
    pub created_at: Time,
    pub updated_at: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiringSecret {
    pub number: u32,
    pub until: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    pub at: Time,
    pub why: DisabledReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    Staff,
    /// It took no event for days.
    Failing,
    /// It answered 410: it wants no more events.
    Gone,
}

impl DisabledReason {
    pub const ALL: [Self; 3] = [Self::Staff, Self::Failing, Self::Gone];

    pub fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Failing => "failing",
            Self::Gone => "gone",
        }
    }
}

/// Failures in a row, without a success between them. Attempts that are made at the same time count once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    pub since: Time,
    pub failures: u32,
    pub until: Time,
    /// The attempt that finds out whether it works again. The others wait for it until that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<TransactionId>,
}

/// What becomes of an endpoint after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    Failing(Failing),
    Disabled(Disabled),
}

/// How an endpoint is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Events are sent at once.
    Open,
    /// It failed so often that events wait until this time.
    Paused(Time),
    /// The pause is over, and one attempt shows whether it works again. The others wait for it.
    OnProbation(Failing),
    Disabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("earlier secrets are still in use")]
pub struct TooManySecrets;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEventTypes {
    #[error("must name at least one type of event; leave it out for all types")]
    None,
    #[error("must be types of events, such as order.paid")]
    Unknown,
    #[error("must name each type only once")]
    Twice,
}

/// The pauses between attempts: three days and two hours in all.
const PAUSES: [Duration; 10] = [
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(18),
    Duration::from_hours(24),
];

/// The pause after so many failures: up to a quarter longer by chance, so that not all attempts come at once. `None`: it is
/// not tried again.
pub fn pause(failures: u32, chance: u8) -> Option<Duration> {
    let pause = *PAUSES.get(usize::try_from(failures).ok()?.checked_sub(1)?)?;
    Some(pause + pause * u32::from(chance) / 1024)
}

impl WebhookEndpoint {
    /// How many a shop may have.
    pub const MAX: u32 = 20;
    pub const MAX_DESCRIPTION: usize = 200;
    pub const MAX_PER_MINUTE: u32 = 6_000;
    pub const PER_MINUTE: u32 = 600;
    /// How long an earlier secret signs too.
    pub const RETIRES_IN: Duration = Duration::from_hours(24);
    pub const MAX_RETIRING: usize = 3;
    /// After so many failures in a row, other events wait too.
    const PAUSED_FROM: u32 = 3;

    pub fn parse_description(text: &str) -> Result<String, InvalidText> {
        if text.trim().is_empty() { Ok(String::new()) } else { text::line(text, Self::MAX_DESCRIPTION) }
    }

    pub fn parse_event_types(given: &[String]) -> Result<Vec<EventType>, InvalidEventTypes> {
        let types: Option<Vec<EventType>> = given.iter().map(|name| EventType::parse(name)).collect();
        let types = types.ok_or(InvalidEventTypes::Unknown)?;
        if types.is_empty() {
            return Err(InvalidEventTypes::None);
        }
        let is_repeated = (1..types.len()).any(|n| types[..n].contains(&types[n]));
        if is_repeated { Err(InvalidEventTypes::Twice) } else { Ok(types) }
    }

    pub fn check_per_minute(given: u32) -> Result<u32, String> {
        let is_good = (1..=Self::MAX_PER_MINUTE).contains(&given);
        if is_good { Ok(given) } else { Err(format!("must be between 1 and {}", Self::MAX_PER_MINUTE)) }
    }

    pub fn wants(&self, event_type: EventType) -> bool {
        self.event_types.as_ref().is_none_or(|types| types.contains(&event_type))
    }

    pub fn condition(&self, now: Time) -> Condition {
        match (self.disabled, self.failing) {
            (Some(_), _) => Condition::Disabled,
            (None, Some(failing)) if failing.failures >= Self::PAUSED_FROM && now < failing.until => {
                Condition::Paused(failing.until)
            }
            (None, Some(failing)) if failing.failures >= Self::PAUSED_FROM => Condition::OnProbation(failing),
            (None, _) => Condition::Open,
        }
    }

    pub fn paused_until(&self, now: Time) -> Option<Time> {
        match self.condition(now) {
            Condition::Paused(until) => Some(until),
            Condition::Open | Condition::OnProbation(_) | Condition::Disabled => None,
        }
    }

    /// Enabled or disabled by staff. Who is enabled again starts over.
    pub fn switched(self, enabled: bool, now: Time) -> Self {
        match (enabled, self.disabled) {
            (true, Some(_)) => Self { disabled: None, failing: None, ..self },
            (false, None) => Self { disabled: Some(Disabled { at: now, why: DisabledReason::Staff }), ..self },
            (true, None) | (false, Some(_)) => self,
        }
    }

    /// What a failed attempt makes of it.
    pub fn after_failure(&self, is_gone: bool, now: Time, chance: u8) -> AfterFailure {
        if is_gone {
            return AfterFailure::Disabled(Disabled { at: now, why: DisabledReason::Gone });
        }
        let (since, failures) = self.failing.map_or((now, 1), |before| (before.since, before.failures + 1));
        match pause(failures, chance) {
            Some(pause) => AfterFailure::Failing(Failing { since, failures, until: now + pause, probe: None }),
            None => AfterFailure::Disabled(Disabled { at: now, why: DisabledReason::Failing }),
        }
    }

    /// The same with a new secret.
    pub fn with_new_secret(&self, now: Time) -> Result<Self, TooManySecrets> {
        let mut retiring: Vec<_> = self.retiring.iter().copied().filter(|secret| now < secret.until).collect();
        if retiring.len() == Self::MAX_RETIRING {
            return Err(TooManySecrets);
        }
        retiring.push(RetiringSecret { number: self.secret, until: now + Self::RETIRES_IN });
        Ok(Self { secret: self.secret + 1, retiring, version: self.version + 1, updated_at: now, ..self.clone() })
    }

    /// The numbers of the secrets that sign now, the newest first.
    pub fn signing_secrets(&self, now: Time) -> impl Iterator<Item = u32> {
        let retiring = self.retiring.iter().rev().filter(move |secret| now < secret.until);
        std::iter::once(self.secret).chain(retiring.map(|secret| secret.number))
    }
}

/// A version of before a type does not know it. It still reads the endpoint.
fn known_types<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<EventType>>, D::Error> {
    let names: Option<Vec<String>> = Option::deserialize(deserializer)?;
    Ok(names.map(|names| names.iter().filter_map(|name| EventType::parse(name)).collect()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        AfterFailure, Condition, Disabled, DisabledReason, InvalidEventTypes, TooManySecrets, WebhookEndpoint, pause,
    };
    use crate::id::WebhookEndpointId;
    use crate::public_event::EventType;
    use crate::time::Time;

    fn endpoint() -> WebhookEndpoint {
        let now = Time::from_unix_millis(0);
        WebhookEndpoint {
            id: WebhookEndpointId::new(now, 1),
            url: "https://erp.example.com/".to_owned(),
            description: String::new(),
            event_types: None,
            max_per_minute: 600,
            secret: 1,
            retiring: Vec::new(),
            disabled: None,
            failing: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn the_pauses_grow_and_end_after_three_days() {
        let all: Vec<Duration> = (1..).map_while(|failures| pause(failures, 0)).collect();
        assert!(all.is_sorted() && all.len() == 10);
        let sum: Duration = all.iter().sum();
        assert!(sum >= Duration::from_hours(72) && sum <= Duration::from_hours(96), "{sum:?}");
        assert_eq!((pause(0, 0), pause(11, 0)), (None, None));
        assert!(pause(10, 255).unwrap() > pause(10, 0).unwrap());
        assert!(pause(10, 255).unwrap() <= Duration::from_hours(30));
    }

    #[test]
    fn an_endpoint_that_only_fails_is_paused_then_probed_and_after_three_days_disabled() {
        let mut endpoint = endpoint();
        let mut now = Time::from_unix_millis(1_000);
        let start = now;
        for failures in 1..=10 {
            let AfterFailure::Failing(failing) = endpoint.after_failure(false, now, 0) else {
                panic!("it is tried again after {failures}")
            };
            assert_eq!((failing.failures, failing.since), (failures, start));
            endpoint.failing = Some(failing);
            let is_paused = endpoint.condition(now) == Condition::Paused(failing.until);
            assert_eq!(is_paused, failures >= 3);
            now = failing.until;
            let expected = if failures >= 3 { Condition::OnProbation(failing) } else { Condition::Open };
            assert_eq!(endpoint.condition(now), expected);
        }
        assert!(now.since(start) > Duration::from_hours(72));
        let end = Disabled { at: now, why: DisabledReason::Failing };
        assert_eq!(endpoint.after_failure(false, now, 0), AfterFailure::Disabled(end));
        endpoint.disabled = Some(end);
        assert_eq!(endpoint.condition(now), Condition::Disabled);
    }

    #[test]
    fn an_endpoint_that_is_gone_is_disabled_at_once() {
        let now = Time::from_unix_millis(5);
        let gone = Disabled { at: now, why: DisabledReason::Gone };
        assert_eq!(endpoint().after_failure(true, now, 9), AfterFailure::Disabled(gone));
    }

    #[test]
    fn earlier_secrets_sign_for_a_day_and_there_are_never_more_than_three() {
        let now = Time::from_unix_millis(0);
        let second = endpoint().with_new_secret(now).unwrap();
        assert_eq!(second.signing_secrets(now).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(second.signing_secrets(now + WebhookEndpoint::RETIRES_IN).collect::<Vec<_>>(), [2]);
        let fourth = second.with_new_secret(now).unwrap().with_new_secret(now).unwrap();
        assert_eq!(fourth.signing_secrets(now).collect::<Vec<_>>(), [4, 3, 2, 1]);
        assert_eq!(fourth.with_new_secret(now), Err(TooManySecrets));
        let later = now + WebhookEndpoint::RETIRES_IN;
        assert_eq!(fourth.with_new_secret(later).unwrap().signing_secrets(later).collect::<Vec<_>>(), [5, 4]);
    }

    #[test]
    fn an_endpoint_gets_the_types_that_it_names_or_all() {
        let parse = |names: &[&str]| {
            WebhookEndpoint::parse_event_types(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        let some = WebhookEndpoint { event_types: Some(parse(&["order.paid"]).unwrap()), ..endpoint() };
        assert!(some.wants(EventType::OrderPaid) && !some.wants(EventType::OrderPlaced));
        assert!(endpoint().wants(EventType::OrderPlaced));
        assert_eq!(parse(&[]), Err(InvalidEventTypes::None));
        assert_eq!(parse(&["order.payed"]), Err(InvalidEventTypes::Unknown));
        assert_eq!(parse(&["order.paid", "stock.low", "order.paid"]), Err(InvalidEventTypes::Twice));
    }

    #[test]
    fn an_endpoint_with_a_type_of_a_later_version_can_be_read() {
        let mut stored = serde_json::to_value(endpoint()).unwrap();
        stored["event_types"] = serde_json::json!(["order.paid", "order.teleported"]);
        let read: WebhookEndpoint = serde_json::from_value(stored).unwrap();
        assert_eq!(read.event_types, Some(vec![EventType::OrderPaid]));
    }
}
