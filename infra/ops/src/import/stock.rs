//! Imports counts of stock. Nobody gets a mail that a product is low or back.

use domain::sku::Sku;
use domain::stock::{StockChange, StockSetting};
use store::Commit;
use store::retry::{Attempt, retry};
use store::stock::{StockConflict, StockWrites};

use super::rows::Row;
use super::{Importer, Outcome, Stop, Wrong, key};

impl Importer {
    pub(super) async fn stock(&self, row: &Row) -> Result<Outcome, Stop> {
        let sku = Sku::parse(row.required("sku")?).map_err(|error| Wrong::new("sku", error))?;
        let number =
            |column: &str| row.parsed(column, |cell| cell.parse::<i64>().map_err(|_| "must be a whole number"));
        row.required("on_hand")?;
        let (on_hand, threshold) = (number("on_hand")?, number("threshold")?);
        let reason = row.parsed("reason", StockChange::parse_reason)?.unwrap_or_else(|| "import".to_owned());
        // The reason names the count. After it was imported, sales have changed the stock.
        let external = format!("{sku}\n{reason}");
        if self.store.imported(&key("stock", &external)).await?.is_some() {
            return Ok(Outcome::Known);
        }
        let now = self.clock.now();
        let mark = self.mark("stock", &external, &sku);
        retry("the stock", || async {
            let level = self.store.stock_level(&sku).await?;
            let level = level.ok_or_else(|| Wrong::new("sku", "is not known; import the products first"))?;
            let setting = StockSetting { on_hand, threshold, ..StockSetting::default() };
            let after = level.set(&setting, now).map_err(|refusal| Wrong::new("on_hand", refusal))?;
            if self.is_dry_run {
                return Ok(Attempt::Done(Outcome::New));
            }
            let change = StockChange {
                id: self.ids.stock_change(now),
                at: now,
                delta: after.available - level.available,
                on_hand,
                threshold,
                reason: reason.clone(),
                by: None,
            };
            let token = change.id;
            let writes = StockWrites { change: Some(change), mark: Some(mark.clone()), ..StockWrites::default() };
            match self.store.set_stock(token, &level, &after, &writes).await {
                Ok(()) => Ok(Attempt::Done(Outcome::New)),
                Err(Commit::Refused(StockConflict::Repeated)) => Ok(Attempt::Done(Outcome::Known)),
                Err(Commit::Refused(StockConflict::Changed)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}
