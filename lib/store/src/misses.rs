//! Queries that found nothing, counted by their words and by day: an item for each, and a head that says how many
//! different ones there are, so that nobody can fill the table. Nothing is in it of who asked, nor when on that day.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::search::{MAX_MISSES, MISSES_KEPT};
use domain::time::Time;
use serde::Deserialize;

use crate::engine::error::StoreError;
use crate::engine::expression::{Change, Require};
use crate::engine::item::{number, read, seconds};
use crate::engine::page::{ALL, KeyRange};
use crate::engine::read::WriteOutcome;
use crate::keys::MISS_PREFIX;
use crate::{Store, keys};

const DAY: Duration = Duration::from_hours(24);

/// A query that found nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Miss {
    pub words: String,
    pub count: u64,
    /// The last day on which it found nothing.
    pub last_day: String,
}

#[derive(Debug, Deserialize)]
struct Counted {
    count: u64,
}

impl Store {
    /// Counts a query that found nothing. One write if it is known today; two more for a new one; and nothing is
    /// written once there are as many as a day may have. A try that is repeated counts twice, which does no harm.
    pub async fn count_miss(&self, words: &str, now: Time) -> Result<(), StoreError> {
        let day = now.day();
        let miss = || Change::at(keys::miss(&day, words)).add("count", 1);
        if let WriteOutcome::Done(_) = self.change(miss().require(Require::Exists)).await? {
            return Ok(());
        }
        let until = seconds(now + DAY * MISSES_KEPT);
        let one_more = Change::at(keys::misses_head(&day))
            .add("count", 1)
            .set("expires_at", until.clone())
            .require(Require::BelowOrLacking("count", number(MAX_MISSES)));
        if let WriteOutcome::Done(_) = self.change(one_more).await? {
            // Two at the same moment may both have counted it as new. Then the day has room for one less.
            self.change(miss().set("expires_at", until)).await?;
        }
        Ok(())
    }

    /// How many different queries found nothing on each of these days, which are named in UTC.
    pub async fn different_misses(&self, days: &[String]) -> Result<BTreeMap<String, u64>, StoreError> {
        let heads: BTreeMap<String, Counted> = self.get_by(days, |day| keys::misses_head(day)).await?;
        Ok(heads.into_iter().map(|(day, head)| (day, head.count.min(MAX_MISSES.into()))).collect())
    }

    /// The queries that found nothing from one day to another, both included, each once.
    pub async fn misses(&self, from: Time, to: Time) -> Result<Vec<Miss>, StoreError> {
        let mut misses: BTreeMap<String, Miss> = BTreeMap::new();
        let (mut at, last_day) = (from, to.day());
        while at.day() <= last_day {
            let day = at.day();
            let range = KeyRange::of(keys::misses_partition(&day)).with_prefix(MISS_PREFIX);
            for (place, item) in self.query(&range, None, ALL).await? {
                let words = place.strip_prefix(MISS_PREFIX).unwrap_or(&place);
                let miss = misses.entry(words.to_owned()).or_default();
                miss.count += read::<Counted>(item)?.count;
                miss.last_day.clone_from(&day);
            }
            at = at + DAY;
        }
        Ok(misses.into_iter().map(|(words, miss)| Miss { words, ..miss }).collect())
    }
}
