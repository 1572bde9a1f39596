//! What all changes of orders have in common: the lines that a request names, and why a change was not made.

use domain::id::VariantId;
use kit::http::body::Fields;
use kit::http::idempotency::IdempotentRequest;
use kit::http::problem::Problem;
use order_processing::ChangeError;

/// A line of an order as a request names it.
#[derive(Debug)]
pub struct NamedLine {
    pub id: String,
    pub quantity: u32,
}

/// The lines that a request names, each once. How many units are possible is decided on the order.
pub fn check_lines(fields: &mut Fields, lines: impl IntoIterator<Item = NamedLine>) -> Vec<(VariantId, u32)> {
    let mut known = Vec::new();
    let lines = lines.into_iter().enumerate().filter_map(|(at, line)| {
        let id = fields.check_once(&format!("items[{at}].id"), VariantId::parse(&line.id), &mut known)?;
        Some((id, line.quantity))
    });
    lines.collect()
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
        ChangeError::AlreadyDone => IdempotentRequest::in_flight(),
        ChangeError::Store(error) => error.into(),
    }
}
