//! The log of a topic: its last events, each with a sequence.
//!
//! Invariant: a sequence is never given twice, also if the log was forgotten in between, because it is at least the time
//! in milliseconds. And whoever knows a sequence that is not below `complete_from` finds everything after it in the
//! entries. So a topic that nobody watches needs no log: the next watcher begins a new one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{CONNECTION_LASTS, LiveEvent};
use crate::time::Time;

/// How far back a client can catch up.
pub const LOG_KEPT: Duration = Duration::from_hours(1);

/// The most events in a log. More than these within an hour are a reason to load everything again.
pub const MAX_LOGGED: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveLog {
    /// Raised by each write.
    pub version: u64,
    /// Somebody may be watching until then. After that, nothing is logged.
    pub watched_until: Time,
    /// Everything after this sequence is in the entries.
    pub complete_from: u64,
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<LogEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    pub sequence: u64,
    pub event: LiveEvent,
}

impl LiveLog {
    pub fn is_watched(&self, now: Time) -> bool {
        now < self.watched_until
    }

    /// The sequence of the newest event, or where the log begins.
    pub fn last(&self) -> u64 {
        self.entries.last().map_or(self.complete_from, |entry| entry.sequence)
    }

    /// The log for somebody who watches from now on. `None`: it is good as it is. It is written at most every two hours,
    /// however many begin to watch.
    pub fn watched(current: Option<&Self>, now: Time) -> Option<Self> {
        let watched_until = now + 2 * CONNECTION_LASTS;
        match current {
            Some(log) if now + CONNECTION_LASTS <= log.watched_until => None,
            Some(log) if log.is_watched(now) => Some(Self { version: log.version + 1, watched_until, ..log.clone() }),
            // Nothing was logged since then.
            lapsed => Some(Self {
                version: lapsed.map_or(0, |log| log.version) + 1,
                watched_until,
                complete_from: lapsed.map_or(0, Self::last).max(millis(now)),
                entries: Vec::new(),
            }),
        }
    }

    /// The log with these events. `None`: it has them already.
    pub fn with(&self, events: &[LiveEvent], now: Time) -> Option<Self> {
        let new: Vec<&LiveEvent> = events.iter().filter(|event| self.entry(&event.id).is_none()).collect();
        if new.is_empty() {
            return None;
        }
        let mut log = Self { version: self.version + 1, ..self.clone() };
        for event in new {
            let sequence = (log.last() + 1).max(millis(now));
            log.entries.push(LogEntry { sequence, event: event.clone() });
        }
        let oldest = millis(now - LOG_KEPT);
        let in_time = log.entries.iter().position(|entry| entry.sequence >= oldest).unwrap_or(log.entries.len());
        let dropped = in_time.max(log.entries.len().saturating_sub(MAX_LOGGED));
        if let Some(last) = log.entries.drain(..dropped).next_back() {
            log.complete_from = last.sequence;
        }
        Some(log)
    }

    pub fn entry(&self, id: &str) -> Option<&LogEntry> {
        self.entries.iter().find(|entry| entry.event.id == id)
    }

    /// The sequence before this one, with which a client sees that it missed none.
    pub fn previous(&self, sequence: u64) -> u64 {
        let before = self.entries.iter().rev().find(|entry| entry.sequence < sequence);
        before.map_or(self.complete_from, |entry| entry.sequence)
    }

    /// What came after this sequence. `None`: that is not known any more, or the sequence is not of this topic.
    pub fn after(&self, sequence: u64) -> Option<&[LogEntry]> {
        if !(self.complete_from..=self.last()).contains(&sequence) {
            return None;
        }
        let known = self.entries.partition_point(|entry| entry.sequence <= sequence);
        self.entries.get(known..)
    }
}

fn millis(time: Time) -> u64 {
    time.unix_millis().unsigned_abs()
}
