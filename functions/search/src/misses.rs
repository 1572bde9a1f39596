//! Queries without results: counted when a search of a customer finds nothing, and listed for staff, so that they know
//! which synonyms or products are missing.

use std::time::Duration;

use axum::extract::State;
use domain::search::{MISSES_KEPT, counted_words};
use domain::time::Time;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Fields, Query};
use kit::http::paging;
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use store::Store;
use store::misses::Miss;
use utoipa::{IntoParams, ToSchema};

use crate::App;

/// A search waits no longer than this for its count.
const PATIENCE: Duration = Duration::from_millis(250);

const DAY: Duration = Duration::from_hours(24);
/// How many days are looked at together, and how many if none are named.
const MAX_DAYS: u32 = 31;
const USUAL_DAYS: u32 = 7;

/// Counts a query that found nothing. A search never fails because of it: what cannot be counted is only logged. It is
/// one write for a query that is known today, and three for a new one.
pub async fn count(store: &Store, query: &str, now: Time) {
    let Some(words) = counted_words(query) else { return };
    match tokio::time::timeout(PATIENCE, store.count_miss(&words, now)).await {
        Ok(Ok(())) => {}
        Ok(Err(cause)) => tracing::warn!(%cause, "a query without results was not counted"),
        Err(_) => tracing::warn!("a query without results was not counted in time"),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MissesQuery {
    /// The first day, such as 2026-11-20. The default is a week with the last day.
    from: Option<String>,
    /// The last day, at most 31 days in all. The default is today. Days begin and end in UTC.
    to: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueryWithoutResultsBody {
    /// Its words, in small letters without accents.
    words: String,
    /// How often it found nothing.
    count: u64,
    /// The last of these days on which it found nothing.
    last_day: String,
}

impl From<Miss> for QueryWithoutResultsBody {
    fn from(miss: Miss) -> Self {
        Self { words: miss.words, count: miss.count, last_day: miss.last_day }
    }
}

/// Queries of customers that found nothing.
///
/// The most frequent first, at most `limit`. They are counted by words and by day for 90 days, and nothing is kept of
/// who asked. Queries that may say something of a person are not counted: those with an @, with a number of five digits
/// or more, or with more than six words. Of a day, at most 1,000 different ones are counted.
#[utoipa::path(get, path = "/api/v1/admin/search/queries-without-results", params(MissesQuery), responses(
    (status = 200, description = "The queries.", body = Envelope<Vec<QueryWithoutResultsBody>>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(query): Query<MissesQuery>,
) -> Result<Answer<Vec<QueryWithoutResultsBody>>, Problem> {
    let limit = paging::page(query.limit, None)?.limit as usize;
    let now = app.context.clock.now();
    let mut fields = Fields::default();
    let checked = (
        fields.check_optional("from", query.from.as_deref(), parse_day),
        fields.check_optional("to", query.to.as_deref(), parse_day),
    );
    let (from, to) = fields.finish(checked)?;
    let to = to.unwrap_or(now);
    let from = from.unwrap_or_else(|| to - DAY * (USUAL_DAYS - 1));
    if from.day() > to.day() {
        return Err(Problem::field("from", "must not be after to"));
    }
    if to.since(from) >= DAY * MAX_DAYS {
        return Err(Problem::field("from", format!("must be less than {MAX_DAYS} days before to")));
    }
    // What is older may still be there for a while.
    let (from, to) = (from.max(now - DAY * MISSES_KEPT), to.min(now));
    let mut misses = app.context.store.misses(from, to).await?;
    misses.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| b.last_day.cmp(&a.last_day)));
    misses.truncate(limit);
    Ok(Answer::ok("The queries without results.", misses.into_iter().map(QueryWithoutResultsBody::from).collect()))
}

/// The beginning of a day.
fn parse_day(text: &str) -> Result<Time, &'static str> {
    Time::parse(&format!("{text}T00:00:00Z")).map_err(|_| "must be a day such as 2026-11-20")
}
