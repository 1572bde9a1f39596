//! The event bus: EventBridge.

use std::ops::Range;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use kit::runtime::aws;

use crate::RenderedEvent;

/// The source of all events, for the patterns of rules.
pub const SOURCE: &str = "kontor";

/// How many entries one call may contain.
const MAX_ENTRIES: usize = 10;

/// How large the entries of one call may be together.
const MAX_BYTES: usize = 256 * 1024;

/// What EventBridge counts for the time of an entry.
const TIME_BYTES: usize = 14;

/// The shop's event bus.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    pub fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned() }
    }

    /// Puts all events on the bus, and says of each whether it is there. A refused one does not hold up the others.
    pub(crate) async fn put(&self, events: &[RenderedEvent]) -> Vec<Result<(), String>> {
        let mut outcomes = Vec::with_capacity(events.len());
        for call in calls(events.iter().map(bytes)) {
            outcomes.extend(self.put_some(&events[call]).await);
        }
        outcomes
    }

    async fn put_some(&self, events: &[RenderedEvent]) -> Vec<Result<(), String>> {
        let entry = |RenderedEvent { event, payload, .. }: &RenderedEvent| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(SOURCE)
                .detail_type(event.event_type.name())
                .time(DateTime::from_millis(event.at.unix_millis()))
                .detail(payload)
                .build()
        };
        let entries = events.iter().map(entry).collect();
        let answer = match self.client.put_events().set_entries(Some(entries)).send().await {
            Ok(answer) => answer,
            Err(error) => return vec![Err(aws::cause(&error)); events.len()],
        };
        // The answer has an entry for each of the request, in its order.
        let outcome = |at: usize| {
            let entry = answer.entries().get(at).ok_or("the bus did not say what became of the event")?;
            match entry.error_code() {
                None => Ok(()),
                Some(code) => Err(format!("{code}: {}", entry.error_message().unwrap_or_default())),
            }
        };
        (0..events.len()).map(outcome).collect()
    }
}

/// The size of an entry, as EventBridge counts it.
fn bytes(RenderedEvent { event, payload, .. }: &RenderedEvent) -> usize {
    TIME_BYTES + SOURCE.len() + event.event_type.name().len() + payload.len()
}

/// Divides entries of these sizes into calls.
fn calls(sizes: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let (mut calls, mut bytes) = (Vec::<Range<usize>>::new(), 0);
    for (at, size) in sizes.enumerate() {
        match calls.last_mut() {
            Some(call) if call.len() < MAX_ENTRIES && bytes + size <= MAX_BYTES => {
                call.end = at + 1;
                bytes += size;
            }
            _ => {
                calls.push(at..at + 1);
                bytes = size;
            }
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, calls};

    #[test]
    fn a_call_has_at_most_ten_entries_and_256_kilobytes() {
        assert_eq!(calls(std::iter::repeat_n(100, 23)), [0..10, 10..20, 20..23]);
        let half = MAX_BYTES / 2;
        assert_eq!(calls([half, half, 1, half, MAX_BYTES].into_iter()), [0..2, 2..4, 4..5]);
        assert!(calls(std::iter::empty()).is_empty());
    }
}
