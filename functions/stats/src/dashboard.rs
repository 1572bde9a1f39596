//! `GET /admin/dashboard`: the figures of some days, by day, week or month.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use domain::calendar::{Day, Days, Interval};
use domain::search::MISSES_KEPT;
use domain::stats::Amounts;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Fields, Query};
use kit::http::caching::{IfNoneMatch, private, tag_of};
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use store::StoreError;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::body::FiguresBody;

/// The most days that are looked at together, and how many if none are named.
const MAX_DAYS: u32 = 366;
const USUAL_DAYS: u32 = 30;

/// How many SKUs that are low are counted.
pub(crate) const MAX_LOW: usize = 100;

/// The figures themselves are some seconds old.
const AGE: Duration = Duration::from_secs(30);

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FiguresQuery {
    /// The first day, such as 2026-11-20, in the time zone of the shop. The default is 30 days with the last day.
    pub(crate) from: Option<String>,
    /// The last day, at most 366 days in all. The default is today.
    pub(crate) to: Option<String>,
    /// The length of each period: `day` (the default), `week` or `month`. Weeks begin on Monday. The first and the last
    /// period may be a part of one.
    pub(crate) interval: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DashboardQuery {
    /// The first day, such as 2026-11-20, in the time zone of the shop. The default is 30 days with the last day.
    from: Option<String>,
    /// The last day, at most 366 days in all. The default is today.
    to: Option<String>,
    /// The length of each period: `day` (the default), `week` or `month`. Weeks begin on Monday. The first and the last
    /// period may be a part of one.
    interval: Option<String>,
    /// Whether to add up as many days before these too.
    compare: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DashboardBody {
    /// The time zone in which days begin.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The first day.
    #[schema(example = "2026-11-01")]
    from: String,
    /// The last day.
    #[schema(example = "2026-11-30")]
    to: String,
    /// The length of each period.
    interval: &'static str,
    /// The figures of all days together.
    total: FiguresBody,
    /// The same of as many days before these. Null: it was not asked for.
    previous: Option<FiguresBody>,
    /// The figures of each period, the first one first.
    periods: Vec<PeriodFiguresBody>,
    /// How many SKUs are low or out of stock now. At 100 they are not counted further.
    low_stock: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PeriodFiguresBody {
    /// The first day of the period.
    #[schema(example = "2026-11-02")]
    from: String,
    /// The last day of the period.
    #[schema(example = "2026-11-08")]
    to: String,
    #[serde(flatten)]
    figures: FiguresBody,
}

/// What a request asks for.
pub(crate) struct FiguresRequest {
    pub(crate) days: Days,
    pub(crate) interval: Interval,
}

impl FiguresRequest {
    pub(crate) fn of(app: &App, query: &FiguresQuery) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        let checked = (
            fields.check_optional("from", query.from.as_deref(), Day::parse),
            fields.check_optional("to", query.to.as_deref(), Day::parse),
            fields.check_optional("interval", query.interval.as_deref(), Interval::parse),
        );
        let (from, to, interval) = fields.finish(checked)?;
        let to = to.unwrap_or_else(|| app.zone.day(app.context.clock.now()));
        let from = from.unwrap_or_else(|| to.minus(USUAL_DAYS - 1));
        if from > to {
            return Err(Problem::field("from", "must not be after to"));
        }
        if from.days_to(to) > MAX_DAYS {
            return Err(Problem::field("from", format!("must be less than {MAX_DAYS} days before to")));
        }
        Ok(Self { days: Days { from, to }, interval: interval.unwrap_or(Interval::Day) })
    }
}

/// All figures of some days.
pub(crate) struct Figures {
    by_day: BTreeMap<Day, Amounts>,
    misses: BTreeMap<String, u64>,
}

impl Figures {
    /// All reads at once.
    pub(crate) async fn read(app: &App, days: Days) -> Result<Self, StoreError> {
        let store = &app.context.store;
        let today = app.zone.day(app.context.clock.now());
        let known = Days { from: days.from.max(today.minus(MISSES_KEPT)), to: days.to.min(today) };
        let known: Vec<String> = known.each().map(String::from).collect();
        let misses =
            async { if known.is_empty() { Ok(BTreeMap::new()) } else { store.different_misses(&known).await } };
        let (by_day, misses) = tokio::try_join!(store.figures(days), misses)?;
        Ok(Self { by_day, misses })
    }

    pub(crate) fn sum(&self, days: Days) -> Sum {
        let mut sum = Sum::default();
        for (_, amounts) in self.by_day.range(days.from..=days.to) {
            sum.amounts.add_all(amounts);
        }
        let (from, to) = (days.from.to_string(), days.to.to_string());
        sum.misses = self.misses.range(from..=to).map(|(_, misses)| misses).sum();
        sum
    }
}

/// The figures of some days, added up.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    pub(crate) amounts: Amounts,
    pub(crate) misses: u64,
}

/// The figures of the shop.
///
/// Revenue, orders, customers and carts, by day, week or month in the time zone of the shop. A change of an order is in
/// them some seconds later. They are exact: the same as if they were added up from all orders. An order may still change
/// the figures of an earlier day, for example if a refund fails.
#[utoipa::path(get, path = "/api/v1/admin/dashboard", params(DashboardQuery), responses(
    (status = 200, description = "The figures.", body = Envelope<DashboardBody>, headers(("ETag"))),
    (status = 304, description = "Not modified."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    Query(query): Query<DashboardQuery>,
    if_none_match: IfNoneMatch,
) -> Result<Response, Problem> {
    let DashboardQuery { from, to, interval, compare } = query;
    let FiguresRequest { days, interval } = FiguresRequest::of(&app, &FiguresQuery { from, to, interval })?;
    let before = Some(days.before()).filter(|_| compare == Some(true));
    let all = Days { from: before.map_or(days.from, |before| before.from), to: days.to };
    let (figures, low_stock) = tokio::try_join!(Figures::read(&app, all), app.context.store.count_low_stock(MAX_LOW))?;
    let body = |days: Days| {
        let sum = figures.sum(days);
        FiguresBody::of(&sum.amounts, sum.misses, app.currency)
    };
    let periods = days.periods(interval).into_iter().map(|period| PeriodFiguresBody {
        from: period.from.to_string(),
        to: period.to.to_string(),
        figures: body(period),
    });
    let dashboard = DashboardBody {
        time_zone: app.zone.name().to_owned(),
        from: days.from.to_string(),
        to: days.to.to_string(),
        interval: interval.name(),
        total: body(days),
        previous: before.map(body),
        periods: periods.collect(),
        low_stock,
    };
    let answer = Answer::ok("The figures.", dashboard).envelope;
    Ok(private(&answer, &tag_of(&answer.data)?, &if_none_match, AGE))
}
