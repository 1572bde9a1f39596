//! What all changes of orders have in common: the lines that a request names, and why a change was not made.

use domain::cart::MAX_LINES;
use domain::id::VariantId;
use domain::order::{MAX_SHIPMENT, Shipment};
use domain::text;
use kit::http::body::Fields;
use kit::http::idempotency::IdempotentRequest;
use kit::http::problem::Problem;
use order_processing::ChangeError;

use crate::wire::not_enough_stock;

/// A line of an order as a request names it.
#[derive(Debug)]
pub struct NamedLine {
    pub id: String,
    pub quantity: u32,
}

/// The lines that a request names, each once and at least one, unless it names none at all. How many units are possible is
/// decided on the order.
pub fn check_lines(
    fields: &mut Fields,
    lines: Option<impl ExactSizeIterator<Item = NamedLine>>,
) -> Option<Option<Vec<(VariantId, u32)>>> {
    let Some(lines) = lines else { return Some(None) };
    if !(1..=MAX_LINES).contains(&lines.len()) {
        fields.refuse("items", &format!("must have 1 to {MAX_LINES} entries"));
        return None;
    }
    let mut known = Vec::new();
    let lines = lines.enumerate().filter_map(|(at, line)| {
        let id = fields.check_once(&format!("items[{at}].id"), VariantId::parse(&line.id), &mut known)?;
        Some((id, line.quantity))
    });
    Some(Some(lines.collect()))
}

/// The shipment of the field or entry `at`, such as `orders[1].`.
pub fn check_shipment(
    fields: &mut Fields,
    at: &str,
    carrier: Option<String>,
    tracking_code: Option<String>,
) -> Option<Option<Shipment>> {
    let line = |text: String| text::line(&text, MAX_SHIPMENT).and_then(text::linkless);
    let carrier = fields.check_optional(&format!("{at}carrier"), carrier, line);
    let tracking_code = fields.check_optional(&format!("{at}trackingCode"), tracking_code, line);
    let (carrier, tracking_code) = (carrier?, tracking_code?);
    Some((carrier.is_some() || tracking_code.is_some()).then_some(Shipment { carrier, tracking_code }))
}

/// `missing`: nobody learns by a change whether what it is about exists.
pub fn change_problem<R>(
    error: ChangeError<R>,
    missing: impl FnOnce() -> Problem,
    refused: impl FnOnce(R) -> Problem,
) -> Problem {
    match error {
        ChangeError::Missing => missing(),
        ChangeError::Refused(refusal) => refused(refusal),
        ChangeError::NotEnough(sku) => not_enough_stock(&sku, format!("items.{sku}"), None),
        ChangeError::AlreadyDone => IdempotentRequest::in_flight(),
        ChangeError::Store(error) => error.into(),
    }
}
