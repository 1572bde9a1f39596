//! Imports stock: a line sets the units on hand of a SKU.

use domain::sku::Sku;
use domain::stock::{StockRefusal, StockSetting};
use products::{StockEdit, StockNumbers};
use store::retry::{Attempt, retry};
use store::{Commit, StoreError};

use crate::part::{Import, Outcome, Row, bad_line};
use crate::stock_columns::{STOCK_COLUMNS, StockRow};

impl Import {
    /// The rows of one SKU, one after the other.
    pub(crate) async fn stock(&self, rows: &[Row]) -> Result<Outcome, StoreError> {
        let mut outcome = Outcome::default();
        for row in rows {
            outcome.add(self.set_stock(row).await?);
        }
        Ok(outcome)
    }

    async fn set_stock(&self, row: &Row) -> Result<Outcome, StoreError> {
        let refuse =
            |column: &str, message: &str| Outcome { bad: vec![bad_line(row, column, message)], ..Outcome::default() };
        let sku = match Sku::parse(self.header.cell(&row.cells, "sku").unwrap_or_default()) {
            Ok(sku) => sku,
            Err(error) => return Ok(refuse("sku", &error.to_string())),
        };
        let mut new = StockRow::new();
        for column in &STOCK_COLUMNS {
            if let (Some(read), Some(cell)) = (column.read, self.header.cell(&row.cells, column.name))
                && let Err(message) = read(&mut new, cell)
            {
                return Ok(refuse(column.name, &message));
            }
        }
        let backorder = match new.backorder() {
            Ok(change) => change,
            Err((column, message)) => return Ok(refuse(column, &message)),
        };
        let setting = StockSetting { on_hand: new.on_hand, threshold: new.threshold, backorder };
        let edit = StockEdit { numbers: StockNumbers::Set(setting), reason: new.reason, by: self.by };
        retry("the stock", || async {
            let Some(level) = self.writer.store.stock_level(&sku).await? else {
                return Ok(Attempt::Done(refuse("sku", "is not known")));
            };
            let decided = match self.writer.decide_stock(level, &edit, self.clock.now()) {
                Ok(decided) => decided,
                Err(refusal) => {
                    let column = if refusal == StockRefusal::PastDay { "available_from" } else { "on_hand" };
                    return Ok(Attempt::Done(refuse(column, &refusal.to_string())));
                }
            };
            if decided.changes_nothing() {
                return Ok(Attempt::Done(Outcome::unchanged(1)));
            }
            match self.writer.commit_stock(&decided, None, None).await {
                Ok(()) => Ok(Attempt::Done(Outcome::changed(1))),
                Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error),
            }
        })
        .await
    }
}
