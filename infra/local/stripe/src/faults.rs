//! Calls that fail on demand: the next ones, or a share of all calls from now on.

use std::collections::VecDeque;

use serde::Deserialize;

use crate::CallPhase;

/// How a call of the API fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Refused with status 429, before the key is looked at.
    RateLimited,
    /// Answered with status 500, and nothing was done.
    InternalErrorBeforeEffect,
    /// Answered with status 500, although it was done.
    InternalErrorAfterEffect,
}

/// Which share of calls fails at random, in percent. The same seed gives the same failures.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct FaultShares {
    internal_errors: u8,
    rate_limits: u8,
    lost_requests: u8,
    lost_answers: u8,
    seed: u64,
}

impl FaultShares {
    pub(crate) fn are_valid(&self) -> bool {
        let shares = [self.internal_errors, self.rate_limits, self.lost_requests, self.lost_answers];
        shares.iter().all(|share| *share <= 100)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    next: VecDeque<Failure>,
    shares: FaultShares,
    random: u64,
}

impl Faults {
    pub(crate) fn fail_next(&mut self, failure: Failure, count: usize) {
        self.next.extend(std::iter::repeat_n(failure, count));
    }

    pub(crate) fn set_shares(&mut self, shares: FaultShares) {
        self.random = shares.seed;
        self.shares = shares;
    }

    /// Whether this call is lost, and where.
    pub(crate) fn lost_in(&mut self) -> Option<CallPhase> {
        if self.happens(self.shares.lost_requests) {
            Some(CallPhase::BeforeEffect)
        } else {
            self.happens(self.shares.lost_answers).then_some(CallPhase::AfterEffect)
        }
    }

    /// How this call fails, if it does.
    pub(crate) fn failure(&mut self) -> Option<Failure> {
        if let Some(failure) = self.next.pop_front() {
            return Some(failure);
        }
        if self.happens(self.shares.rate_limits) {
            return Some(Failure::RateLimited);
        }
        if !self.happens(self.shares.internal_errors) {
            return None;
        }
        let done = self.happens(50);
        Some(if done { Failure::InternalErrorAfterEffect } else { Failure::InternalErrorBeforeEffect })
    }

    /// A random decision, with the generator SplitMix64. Nothing is drawn for what never happens.
    fn happens(&mut self, percent: u8) -> bool {
        if percent == 0 {
            return false;
        }
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % 100 < u64::from(percent)
    }
}
