//! `GET /metrics`: the figures since the beginning, for a monitoring system that asks from time to time.

use std::fmt::Write;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::order::Method;
use domain::stats::{Amounts, Counter};
use kit::http::problem::Problem;

use crate::App;
use crate::dashboard::MAX_LOW;

/// The text format of Prometheus.
#[derive(Default)]
struct Metrics(String);

/// What a metric may do: only grow, or go up and down.
#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
}

/// One value of a metric.
struct Sample<'a> {
    /// Name and value.
    label: Option<[&'a str; 2]>,
    value: i64,
}

impl Metrics {
    fn add<'a>(&mut self, name: &str, help: &str, kind: Kind, samples: impl IntoIterator<Item = Sample<'a>>) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        // Writing to a text does not fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for Sample { label, value } in samples {
            let label = label.map(|[name, value]| format!("{{{name}=\"{}\"}}", escaped(value))).unwrap_or_default();
            let _ = writeln!(self.0, "{name}{label} {value}");
        }
    }

    fn add_one(&mut self, name: &str, help: &str, kind: Kind, value: i64) {
        self.add(name, help, kind, [Sample { label: None, value }]);
    }
}

/// The value of a label.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Orders, by what they became. They stay that for ever, so these numbers only grow.
const BECAME: [(&str, Counter); 6] = [
    ("placed", Counter::OrdersPlaced),
    ("paid", Counter::OrdersPaid),
    ("shipped", Counter::OrdersShipped),
    ("delivered", Counter::OrdersDelivered),
    ("cancelled", Counter::OrdersCancelled),
    ("expired", Counter::OrdersExpired),
];

/// Money that came in. A paid order stays one.
const REVENUE: [(&str, Counter); 4] = [
    ("gross", Counter::Gross),
    ("tax", Counter::Tax),
    ("shipping", Counter::Shipping),
    ("discount", Counter::Discount),
];

const OTHERS: [(&str, &str, Counter); 7] = [
    ("kontor_units_sold_total", "Units of paid orders.", Counter::UnitsSold),
    ("kontor_units_returned_total", "Units that came back or were not sent.", Counter::UnitsReturned),
    ("kontor_new_customers_total", "Customers who bought something.", Counter::NewCustomers),
    ("kontor_sign_ups_total", "Accounts that were registered.", Counter::SignUps),
    ("kontor_sign_ins_total", "Sessions that began.", Counter::SignIns),
    ("kontor_carts_total", "Carts that were begun.", Counter::CartsMade),
    ("kontor_carts_abandoned_total", "Carts with items whose time ended.", Counter::CartsAbandoned),
];

fn write(sums: &Amounts, low: usize, currency: &str) -> String {
    let labelled = |label: &'static str, of: &'static [(&str, Counter)]| {
        of.iter().map(move |(name, counter)| Sample { label: Some([label, name]), value: sums.get(*counter) })
    };
    let mut metrics = Metrics::default();
    metrics.add("kontor_orders_total", "Orders, by what they became.", Kind::Counter, labelled("became", &BECAME));
    let methods = Method::ALL.map(|method| {
        let value = sums.get(Counter::of_method(method).orders);
        Sample { label: Some(["method", method.name()]), value }
    });
    metrics.add("kontor_paid_orders_total", "Paid orders, by payment method.", Kind::Counter, methods);
    let help = "What customers paid and the parts of it, in minor units of the currency.";
    metrics.add("kontor_revenue_minor_units_total", help, Kind::Counter, labelled("part", &REVENUE));
    for (name, help, counter) in OTHERS {
        metrics.add_one(name, help, Kind::Counter, sums.get(counter));
    }
    // A refund can fail later, so these may fall again.
    let help = "What was refunded, in minor units of the currency.";
    metrics.add_one("kontor_refunded_minor_units", help, Kind::Gauge, sums.get(Counter::Refunds));
    let help = "What banks took back in disputes, in minor units of the currency.";
    metrics.add_one("kontor_charged_back_minor_units", help, Kind::Gauge, sums.get(Counter::ChargedBack));
    let help = "Orders of which all money was refunded.";
    metrics.add_one("kontor_refunded_orders", help, Kind::Gauge, sums.get(Counter::OrdersRefunded));
    let help = "SKUs that are low or out of stock, at most 100.";
    metrics.add_one("kontor_low_stock_skus", help, Kind::Gauge, i64::try_from(low).unwrap_or_default());
    let currency = [Sample { label: Some(["currency", currency]), value: 1 }];
    metrics.add("kontor_currency_info", "The currency of the shop.", Kind::Gauge, currency);
    metrics.0
}

/// The figures for a monitoring system.
///
/// All of them since the beginning, in the text format of Prometheus. Counters only grow, but for a repair by an operator;
/// what may fall is a gauge.
#[utoipa::path(get, path = "/metrics", responses(
    (status = 200, description = "The metrics.", body = String, content_type = "text/plain"),
))]
pub(crate) async fn show(State(app): State<App>) -> Result<Response, Problem> {
    let store = &app.context.store;
    let (sums, low) = tokio::try_join!(store.figures_of_all_days(), store.count_low_stock(MAX_LOW))?;
    let text = write(&sums, low, app.currency.as_str());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

#[cfg(test)]
mod tests {
    use domain::stats::Amounts;

    use super::{escaped, write};

    #[test]
    fn a_value_of_a_label_is_escaped() {
        assert_eq!(escaped("a\\b\"c\nd"), "a\\\\b\\\"c\\nd");
    }

    #[test]
    fn every_metric_has_help_and_a_type_and_only_counters_end_in_total() {
        let text = write(&Amounts::default(), 3, "usd");
        let mut kinds = std::collections::BTreeMap::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(text.contains(&format!("# HELP {name} ")), "{name}");
                assert_eq!(name.ends_with("_total"), kind == "counter", "{name}");
                assert!(kinds.insert(name, kind).is_none(), "{name}");
            } else if !line.starts_with('#') {
                let name = line.split(['{', ' ']).next().unwrap();
                assert!(kinds.contains_key(name), "{line} stands after its type");
            }
        }
        assert!(text.contains("\nkontor_low_stock_skus 3\n"));
        assert!(text.lines().count() < 100, "few series");
    }
}
