//! A point in time, to the millisecond: the only time type of the shop. It is always written as RFC 3339 in UTC with
//! the same number of digits, so the texts sort like the times.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Time(i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an RFC 3339 time such as 2026-11-20T10:00:00Z")]
pub struct InvalidTime;

impl Time {
    /// The end of the year 9999. Arithmetic never goes beyond it.
    const LATEST: i64 = 253_402_300_799_999;

    /// The latest time there is: for what has no end.
    pub fn latest() -> Self {
        Self(Self::LATEST)
    }

    pub fn from_unix_millis(millis: i64) -> Self {
        Self(millis.clamp(0, Self::LATEST))
    }

    pub fn unix_millis(self) -> i64 {
        self.0
    }

    pub fn unix_seconds(self) -> i64 {
        self.0 / 1000
    }

    pub fn parse(text: &str) -> Result<Self, InvalidTime> {
        let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidTime)?;
        let millis = i64::try_from(time.unix_timestamp_nanos() / 1_000_000).map_err(|_| InvalidTime)?;
        if (0..=Self::LATEST).contains(&millis) { Ok(Self(millis)) } else { Err(InvalidTime) }
    }

    /// The time since `earlier`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).max(0).unsigned_abs())
    }

    /// The day, such as `2026-11-20`.
    pub fn day(self) -> String {
        self.to_string()[..10].to_owned()
    }

    /// The month, such as `2026-11`.
    pub fn month(self) -> String {
        self.to_string()[..7].to_owned()
    }
}

impl std::ops::Add<Duration> for Time {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis).min(Self::LATEST))
    }
}

impl std::ops::Sub<Duration> for Time {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis).max(0))
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let time =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).map_err(|_| std::fmt::Error)?;
        f.write_str(&time.format(&format).map_err(|_| std::fmt::Error)?)
    }
}

impl std::fmt::Debug for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for Time {
    type Error = InvalidTime;
    fn try_from(text: String) -> Result<Self, InvalidTime> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::Time;

    proptest! {
        #[test]
        fn a_time_survives_its_text_and_sorts_like_it(a in 0..=Time::LATEST, b in 0..=Time::LATEST) {
            let (a, b) = (Time::from_unix_millis(a), Time::from_unix_millis(b));
            prop_assert_eq!(Time::parse(&a.to_string()), Ok(a));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn arithmetic_never_leaves_what_can_be_written(a in any::<i64>(), span in any::<u64>()) {
            let time = Time::from_unix_millis(a);
            let later = time + Duration::from_millis(span);
            let earlier = time - Duration::from_millis(span);
            prop_assert_eq!(Time::parse(&later.to_string()), Ok(later));
            prop_assert_eq!(Time::parse(&earlier.to_string()), Ok(earlier));
        }
    }

    #[test]
    fn another_offset_is_the_same_moment() {
        assert_eq!(Time::parse("2026-11-20T11:00:00+01:00"), Time::parse("2026-11-20T10:00:00Z"));
        assert!(Time::parse("2026-11-20").is_err());
        assert!(Time::parse("1960-01-01T00:00:00Z").is_err());
    }
}
