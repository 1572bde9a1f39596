//! The figures as a CSV file.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::money::{Currency, Money};
use domain::order::Method;
use domain::stats::Counter;
use kit::http::body::Query;
use kit::http::problem::Problem;

use crate::App;
use crate::dashboard::{Figures, FiguresQuery, FiguresRequest, Sum};

/// Amounts of money, by column.
const MONEY: [(&str, Counter); 6] = [
    ("gross", Counter::Gross),
    ("tax", Counter::Tax),
    ("shipping", Counter::Shipping),
    ("discount", Counter::Discount),
    ("refunds", Counter::Refunds),
    ("charged_back", Counter::ChargedBack),
];

/// Numbers, by column.
const NUMBERS: [(&str, Counter); 14] = [
    ("orders_placed", Counter::OrdersPlaced),
    ("orders_paid", Counter::OrdersPaid),
    ("orders_shipped", Counter::OrdersShipped),
    ("orders_delivered", Counter::OrdersDelivered),
    ("orders_cancelled", Counter::OrdersCancelled),
    ("orders_expired", Counter::OrdersExpired),
    ("orders_refunded", Counter::OrdersRefunded),
    ("units_sold", Counter::UnitsSold),
    ("units_returned", Counter::UnitsReturned),
    ("new_customers", Counter::NewCustomers),
    ("sign_ups", Counter::SignUps),
    ("sign_ins", Counter::SignIns),
    ("carts_made", Counter::CartsMade),
    ("carts_abandoned", Counter::CartsAbandoned),
];

fn header_line() -> String {
    let mut columns = vec!["from".to_owned(), "to".to_owned(), "currency".to_owned()];
    columns.extend(MONEY.iter().chain(&NUMBERS).map(|(name, _)| (*name).to_owned()));
    columns.push("searches_without_results".to_owned());
    for method in Method::ALL {
        columns.push(format!("{}_orders", method.name()));
        columns.push(format!("{}_gross", method.name()));
    }
    columns.join(",")
}

/// Only days, codes and numbers are in it, so no cell needs quotes.
fn line(from: &str, to: &str, sum: &Sum, currency: Currency) -> String {
    let money = |amount| Money::new(amount, currency).decimal();
    let get = |counter| sum.amounts.get(counter);
    let mut cells = vec![from.to_owned(), to.to_owned(), currency.as_str().to_owned()];
    cells.extend(MONEY.iter().map(|(_, counter)| money(get(*counter))));
    cells.extend(NUMBERS.iter().map(|(_, counter)| get(*counter).to_string()));
    cells.push(sum.misses.to_string());
    for method in Method::ALL {
        let paid_by = Counter::of_method(method);
        cells.push(get(paid_by.orders).to_string());
        cells.push(money(paid_by.gross.map_or(0, get)));
    }
    cells.join(",")
}

/// The figures of the shop as a CSV file.
///
/// A line for each period. Amounts are decimal numbers such as 19.99; the currency has a column.
#[utoipa::path(get, path = "/api/v1/admin/dashboard/export", params(FiguresQuery), responses(
    (status = 200, description = "The file.", body = String, content_type = "text/csv"),
))]
pub(crate) async fn export(State(app): State<App>, Query(query): Query<FiguresQuery>) -> Result<Response, Problem> {
    let FiguresRequest { days, interval } = FiguresRequest::of(&app, &query)?;
    let figures = Figures::read(&app, days).await?;
    let mut file = header_line();
    for period in days.periods(interval) {
        file.push('\n');
        file.push_str(&line(&period.from.to_string(), &period.to.to_string(), &figures.sum(period), app.currency));
    }
    file.push('\n');
    let name = format!("attachment; filename=\"figures-{}-{}.csv\"", days.from, days.to);
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, file).into_response())
}
