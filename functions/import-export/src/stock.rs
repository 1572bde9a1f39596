//! A line of a stock sheet: how many there are of a SKU.

use domain::id::UserId;
use domain::sku::Sku;
use domain::stock::{MAX, StockChange};
use kit::runtime::clock::Clock;
use products::{NewLevel, ProductWriter, StockRefused};
use store::StoreError;

use crate::columns::Header;
use crate::part::{Outcome, Row, bad_line};

const TRIES: usize = 8;

/// The lines of one SKU, one after the other.
pub(crate) async fn carry_out(
    writer: &ProductWriter,
    clock: &Clock,
    header: &Header,
    rows: &[Row],
    by: UserId,
) -> Result<Outcome, StoreError> {
    let mut outcome = Outcome::default();
    for row in rows {
        outcome.add(set(writer, clock, header, row, by).await?);
    }
    Ok(outcome)
}

async fn set(
    writer: &ProductWriter,
    clock: &Clock,
    header: &Header,
    row: &Row,
    by: UserId,
) -> Result<Outcome, StoreError> {
    let refuse =
        |column: &str, message: &str| Outcome { bad: vec![bad_line(row, column, message)], ..Outcome::default() };
    let cell = |column| header.cell(&row.cells, column);
    let sku = match Sku::parse(cell("sku").unwrap_or_default()) {
        Ok(sku) => sku,
        Err(error) => return Ok(refuse("sku", &error.to_string())),
    };
    let number = |column| match cell(column) {
        None | Some("") => Ok(None),
        Some(text) => match text.parse::<i64>() {
            Ok(number) if (0..=MAX).contains(&number) => Ok(Some(number)),
            _ => Err(refuse(column, &format!("must be between 0 and {MAX}"))),
        },
    };
    let (on_hand, threshold) = match (number("on_hand"), number("threshold")) {
        (Ok(Some(on_hand)), Ok(threshold)) => (on_hand, threshold),
        (Ok(None), Ok(_)) => return Ok(refuse("on_hand", "is required")),
        (Err(bad), _) | (_, Err(bad)) => return Ok(bad),
    };
    let reason = cell("reason").filter(|reason| !reason.is_empty());
    let reason = match StockChange::parse_reason(reason.unwrap_or("sheet")) {
        Ok(reason) => reason,
        Err(error) => return Ok(refuse("reason", &error.to_string())),
    };
    let new = NewLevel { on_hand: Some(on_hand), threshold, reason, by };
    for _ in 0..TRIES {
        let Some(level) = writer.store.stock_level(&sku).await? else {
            return Ok(refuse("sku", "is not known"));
        };
        if level.on_hand() == on_hand && threshold.is_none_or(|one| one == level.threshold) {
            return Ok(Outcome::unchanged(1));
        }
        match writer.set_stock(&level, &new, clock.now()).await {
            Ok(_) => return Ok(Outcome::changed(1)),
            Err(StockRefused::Changed) => {}
            Err(StockRefused::Refused(refusal)) => {
                return Ok(refuse("on_hand", &refusal.to_string()));
            }
            Err(StockRefused::Store(error)) => return Err(error),
        }
    }
    Err(StoreError::Busy("the stock changed at every try".to_owned()))
}
