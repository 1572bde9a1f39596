//! Rate limits: a number of requests in a fixed window.

use std::time::Duration;

use crate::time::Time;

/// At most `max` requests in each `window`, for one route and one kind of client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub name: &'static str,
    pub max: u32,
    pub window: Duration,
}

/// The state of a limit for one client after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub limit: Limit,
    pub remaining: u32,
    pub resets_in: Duration,
    pub exceeded: bool,
}

impl Limit {
    pub const fn new(name: &'static str, max: u32, window: Duration) -> Self {
        Self { name, max, window }
    }

    /// The start of the window that contains `now`. It is the same for all clients.
    pub fn window_start(&self, now: Time) -> Time {
        let window = i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX).max(1);
        Time::from_unix_millis(now.unix_millis() - now.unix_millis().rem_euclid(window))
    }

    /// `count` includes the request itself.
    pub fn evaluate(&self, count: u32, now: Time) -> Allowance {
        Allowance {
            limit: *self,
            remaining: self.max.saturating_sub(count),
            resets_in: (self.window_start(now) + self.window).since(now),
            exceeded: count > self.max,
        }
    }
}

impl Allowance {
    #[must_use]
    pub fn more_restrictive(self, other: Self) -> Self {
        let rank = |a: &Self| (!a.exceeded, a.remaining, std::cmp::Reverse(a.resets_in));
        if rank(&other) < rank(&self) { other } else { self }
    }

    /// Whole seconds until the window ends, rounded up. After that time a request is allowed again.
    pub fn retry_after(&self) -> u64 {
        u64::try_from(self.resets_in.as_millis().div_ceil(1000)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::Limit;
    use crate::time::Time;

    const LIMIT: Limit = Limit::new("login", 5, Duration::from_mins(1));

    #[test]
    fn a_sixth_request_is_refused_by_a_limit_of_five() {
        let now = Time::from_unix_millis(30_000);
        assert!(!LIMIT.evaluate(5, now).exceeded);
        let sixth = LIMIT.evaluate(6, now);
        assert!(sixth.exceeded);
        assert_eq!((sixth.remaining, sixth.retry_after()), (0, 30));
        assert_eq!(LIMIT.evaluate(1, now).more_restrictive(sixth), sixth);
        assert_eq!(sixth.more_restrictive(LIMIT.evaluate(1, now)), sixth);
    }

    proptest! {
        #[test]
        fn waiting_as_told_opens_a_new_window(millis in 0_i64..1 << 40) {
            let now = Time::from_unix_millis(millis);
            let wait = Duration::from_secs(LIMIT.evaluate(9, now).retry_after());
            prop_assert!(LIMIT.window_start(now + wait) > LIMIT.window_start(now));
            prop_assert_eq!(LIMIT.window_start(LIMIT.window_start(now)), LIMIT.window_start(now));
        }
    }
}
