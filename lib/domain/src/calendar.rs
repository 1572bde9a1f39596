//! Days of the shop, which begin at midnight in its time zone.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use crate::time::Time;

/// A time zone by its IANA name, such as `Europe/Berlin`. Its rules are a part of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopZone(TimeZone);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the IANA name of a time zone, such as UTC or Europe/Berlin")]
pub struct InvalidZone;

impl ShopZone {
    pub const UTC: Self = Self(TimeZone::UTC);

    pub fn parse(name: &str) -> Result<Self, InvalidZone> {
        TimeZoneDatabase::bundled().get(name).map(Self).map_err(|_| InvalidZone)
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day that it is then in the shop.
    pub fn day(&self, time: Time) -> Day {
        // Every time of the shop is within the times of this calendar.
        let time = Timestamp::from_millisecond(time.unix_millis()).unwrap_or(Timestamp::UNIX_EPOCH);
        Day(self.0.to_datetime(time).date())
    }
}

/// A day, such as `2026-11-20`. Its text sorts like the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a day such as 2026-11-20")]
pub struct InvalidDay;

impl Day {
    /// 1970-01-01, with which the times of the shop begin.
    pub const FIRST: Self = Self(Date::constant(1970, 1, 1));

    pub fn parse(text: &str) -> Result<Self, InvalidDay> {
        let day = Date::from_str(text).map(Self).map_err(|_| InvalidDay)?;
        // Only this one form, and years that every other time of the shop can have.
        if day.to_string() == text && day >= Self::FIRST { Ok(day) } else { Err(InvalidDay) }
    }

    /// The month, such as `2026-11`.
    pub fn month(self) -> String {
        format!("{:04}-{:02}", self.0.year(), self.0.month())
    }

    /// The number of the day in its month, from 1.
    pub fn of_month(self) -> u8 {
        u8::try_from(self.0.day()).unwrap_or(1)
    }

    /// The day with this number in the same month.
    pub fn in_its_month(self, of_month: u8) -> Option<Self> {
        Date::new(self.0.year(), self.0.month(), i8::try_from(of_month).ok()?).map(Self).ok()
    }

    /// The day after it. The last day there is has none, and stays.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    #[must_use]
    pub fn minus(self, days: u32) -> Self {
        let earlier = self.0.checked_sub(jiff::Span::new().days(i64::from(days.min(100_000))));
        Self(earlier.unwrap_or(self.0))
    }

    /// How many days there are from this day to a later one, both counted.
    pub fn days_to(self, last: Self) -> u32 {
        let between = self.0.until(last.0).map_or(0, |span| span.get_days());
        u32::try_from(between).map_or(0, |days| days + 1)
    }

    /// Whether a new period begins on it.
    fn begins(self, interval: Interval) -> bool {
        match interval {
            Interval::Day => true,
            Interval::Week => self.0.weekday() == Weekday::Monday,
            Interval::Month => self.0.day() == 1,
        }
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = InvalidDay;
    fn try_from(text: String) -> Result<Self, InvalidDay> {
        Self::parse(&text)
    }
}

/// The days from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub from: Day,
    pub to: Day,
}

/// The length of the periods that figures are added up for. Weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interval {
    Day,
    Week,
    Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be day, week or month")]
pub struct InvalidInterval;

impl Interval {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub fn parse(text: &str) -> Result<Self, InvalidInterval> {
        Self::ALL.into_iter().find(|interval| interval.name() == text).ok_or(InvalidInterval)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl Days {
    pub fn has(self, day: Day) -> bool {
        (self.from..=self.to).contains(&day)
    }

    pub fn each(self) -> impl Iterator<Item = Day> {
        let mut next = Some(self.from).filter(|from| *from <= self.to);
        std::iter::from_fn(move || {
            let day = next?;
            next = Some(day.next()).filter(|after| *after > day && *after <= self.to);
            Some(day)
        })
    }

    /// The months that have some of these days.
    pub fn months(self) -> Vec<String> {
        let mut months: Vec<String> = self.each().map(Day::month).collect();
        months.dedup();
        months
    }

    /// These days as weeks or months. The first and the last of them may be a part of one.
    pub fn periods(self, interval: Interval) -> Vec<Self> {
        let mut periods: Vec<Self> = Vec::new();
        for day in self.each() {
            match periods.last_mut() {
                Some(period) if !day.begins(interval) => period.to = day,
                _ => periods.push(Self { from: day, to: day }),
            }
        }
        periods
    }

    /// As many days before these.
    #[must_use]
    pub fn before(self) -> Self {
        let days = self.from.days_to(self.to);
        Self { from: self.from.minus(days), to: self.from.minus(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, Days, Interval, InvalidDay, ShopZone};
    use crate::time::Time;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn days(from: &str, to: &str) -> Days {
        Days { from: day(from), to: day(to) }
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_shop_also_when_clocks_change() {
        let berlin = ShopZone::parse("Europe/Berlin").unwrap();
        let is = |zone: &ShopZone, time: &str| zone.day(Time::parse(time).unwrap()).to_string();
        assert_eq!(is(&berlin, "2026-11-20T22:59:59.999Z"), "2026-11-20");
        assert_eq!(is(&berlin, "2026-11-20T23:00:00Z"), "2026-11-21");
        // In summer it is two hours, and the two days of the change have 23 and 25 hours.
        assert_eq!(is(&berlin, "2026-07-20T21:59:59Z"), "2026-07-20");
        assert_eq!(is(&berlin, "2026-07-20T22:00:00Z"), "2026-07-21");
        for (begins, ends, date) in [
            ("2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29"),
            ("2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25"),
        ] {
            assert_eq!([is(&berlin, begins), is(&berlin, ends)], [date, date]);
        }
        let chatham = ShopZone::parse("Pacific/Chatham").unwrap();
        assert_eq!(is(&chatham, "2026-11-20T10:14:59Z"), "2026-11-20");
        assert_eq!(is(&chatham, "2026-11-20T10:15:00Z"), "2026-11-21");
        assert_eq!(is(&ShopZone::UTC, "2026-11-20T23:59:59Z"), "2026-11-20");
    }

    #[test]
    fn a_zone_without_such_a_name_is_refused() {
        for name in ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"] {
            assert_eq!(ShopZone::parse(name).unwrap().name(), name);
        }
        for name in ["", "Berlin", "Europe/Atlantis", "+01:00", "../etc/passwd"] {
            assert!(ShopZone::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_day_has_one_text_and_is_at_most_as_old_as_times_are() {
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        for bad in ["2026-02-29", "2026-1-2", "20260102", "2026-01-02T00:00:00Z", "1969-12-31", "-000001-01-01", ""] {
            assert_eq!(Day::parse(bad), Err(InvalidDay), "{bad}");
        }
        assert_eq!(day("2026-11-09").in_its_month(30), Some(day("2026-11-30")));
        assert_eq!(day("2026-11-09").in_its_month(31), None);
    }

    #[test]
    fn periods_are_weeks_from_monday_and_months_cut_at_the_ends() {
        let texts = |days: Days, interval| {
            let periods = days.periods(interval).into_iter();
            periods.map(|period| format!("{} {}", period.from, period.to)).collect::<Vec<_>>()
        };
        let november = days("2026-11-12", "2026-12-01");
        assert_eq!(
            texts(november, Interval::Week),
            ["2026-11-12 2026-11-15", "2026-11-16 2026-11-22", "2026-11-23 2026-11-29", "2026-11-30 2026-12-01"]
        );
        assert_eq!(texts(november, Interval::Month), ["2026-11-12 2026-11-30", "2026-12-01 2026-12-01"]);
        assert_eq!((november.each().count(), november.from.days_to(november.to)), (20, 20));
        assert_eq!(november.months(), ["2026-11", "2026-12"]);
        assert_eq!(november.before(), days("2026-10-23", "2026-11-11"));
        assert_eq!(days("2026-11-12", "2026-11-11").each().count(), 0);
    }
}
