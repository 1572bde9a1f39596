//! The columns of stock files. A line is a SKU.

use domain::calendar::Day;
use domain::stock::{Backorder, BackorderChange, BackorderMode, MAX, StockChange, StockLevel};

use crate::columns::Column;

/// The values that a line gives its SKU.
pub(crate) struct StockRow {
    pub(crate) on_hand: Option<i64>,
    pub(crate) threshold: Option<i64>,
    pub(crate) reason: String,
    /// `Some(None)`: it is not sold below zero.
    mode: Option<Option<BackorderMode>>,
    limit: Option<i64>,
    available_from: Option<Day>,
}

/// What the column `backorder` says of a SKU that is not sold below zero.
const NONE: &str = "none";

impl StockRow {
    pub(crate) fn new() -> Self {
        let reason = "CSV import".to_owned();
        Self { on_hand: None, threshold: None, reason, mode: None, limit: None, available_from: None }
    }

    /// What it says of selling below zero; or the column that is wrong, and why.
    pub(crate) fn backorder(&self) -> Result<BackorderChange, (&'static str, String)> {
        let has_terms = self.limit.is_some() || self.available_from.is_some();
        match self.mode {
            None | Some(None) if has_terms => {
                Err(("backorder", "must be backorder or preorder if there is a limit or a day".to_owned()))
            }
            None => Ok(BackorderChange::Keep),
            Some(None) => Ok(BackorderChange::Off),
            Some(Some(mode)) => {
                let terms = Backorder::new(mode, self.limit.unwrap_or_default(), self.available_from);
                let column = if self.limit.is_none() { "backorder_limit" } else { "available_from" };
                terms.map(BackorderChange::To).map_err(|error| (column, error.to_string()))
            }
        }
    }
}

/// Reads a cell; the SKU is the key, which is read before all other cells.
type Read = Option<fn(&mut StockRow, &str) -> Result<(), String>>;

/// Writes a cell; `None` for the reason, which is not exported.
type Write = Option<fn(&StockLevel) -> String>;

pub(crate) const STOCK_COLUMNS: [Column<(), Read, Write>; 7] = [
    Column { name: "sku", field: (), required: true, read: None, write: Some(|level| level.sku.to_string()) },
    Column {
        name: "on_hand",
        field: (),
        required: true,
        read: Some(|new, cell| {
            new.on_hand = Some(count(cell, -MAX, MAX)?.ok_or("is required")?);
            Ok(())
        }),
        write: Some(|level| level.on_hand().to_string()),
    },
    Column {
        name: "threshold",
        field: (),
        required: false,
        read: Some(|new, cell| {
            new.threshold = count(cell, 0, MAX)?;
            Ok(())
        }),
        write: Some(|level| level.threshold.to_string()),
    },
    Column {
        name: "reason",
        field: (),
        required: false,
        read: Some(|new, cell| {
            if !cell.is_empty() {
                new.reason = StockChange::parse_reason(cell).map_err(|error| error.to_string())?;
            }
            Ok(())
        }),
        write: None,
    },
    Column {
        name: "backorder",
        field: (),
        required: false,
        read: Some(|new, cell| {
            new.mode = match cell {
                "" => None,
                NONE => Some(None),
                cell => Some(Some(BackorderMode::parse(cell).map_err(|_| "must be none, backorder or preorder")?)),
            };
            Ok(())
        }),
        write: Some(|level| level.backorder.map_or(NONE, |terms| terms.mode.name()).to_owned()),
    },
    Column {
        name: "backorder_limit",
        field: (),
        required: false,
        read: Some(|new, cell| {
            new.limit = count(cell, 1, Backorder::MAX_LIMIT)?;
            Ok(())
        }),
        write: Some(|level| level.backorder.map(|terms| terms.limit.to_string()).unwrap_or_default()),
    },
    Column {
        name: "available_from",
        field: (),
        required: false,
        read: Some(|new, cell| {
            let day = (!cell.is_empty()).then(|| Day::parse(cell));
            new.available_from = day.transpose().map_err(|error| error.to_string())?;
            Ok(())
        }),
        write: Some(|level| {
            let day = level.backorder.and_then(|terms| terms.available_from);
            day.map(|day| day.to_string()).unwrap_or_default()
        }),
    },
];

fn count(cell: &str, least: i64, most: i64) -> Result<Option<i64>, String> {
    match cell {
        "" => Ok(None),
        cell => match cell.parse() {
            Ok(count) if (least..=most).contains(&count) => Ok(Some(count)),
            _ => Err(format!("must be between {least} and {most}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use domain::calendar::Day;
    use domain::stock::{Backorder, BackorderChange, BackorderMode};

    use super::{STOCK_COLUMNS, StockRow};

    /// What cells say of selling below zero: the choice, the limit and the day.
    fn change(cells: [&str; 3]) -> Result<BackorderChange, (&'static str, String)> {
        let mut row = StockRow::new();
        for (name, cell) in ["backorder", "backorder_limit", "available_from"].into_iter().zip(cells) {
            let column = STOCK_COLUMNS.iter().find(|column| column.name == name).unwrap();
            column.read.unwrap()(&mut row, cell).map_err(|message| (column.name, message))?;
        }
        row.backorder()
    }

    #[test]
    fn a_line_says_how_a_sku_is_sold_below_zero_or_leaves_it() {
        let day = Day::parse("2026-12-24").unwrap();
        let to = |mode, limit, day| Ok(BackorderChange::To(Backorder::new(mode, limit, day).unwrap()));
        assert_eq!(change(["", "", ""]), Ok(BackorderChange::Keep));
        assert_eq!(change(["none", "", ""]), Ok(BackorderChange::Off));
        assert_eq!(change(["backorder", "5", ""]), to(BackorderMode::Backorder, 5, None));
        assert_eq!(change(["preorder", "100000", "2026-12-24"]), to(BackorderMode::Preorder, 100_000, Some(day)));
        for (cells, column) in [
            (["yes", "5", ""], "backorder"),
            (["", "5", ""], "backorder"),
            (["none", "", "2026-12-24"], "backorder"),
            (["backorder", "", ""], "backorder_limit"),
            (["backorder", "0", ""], "backorder_limit"),
            (["backorder", "100001", ""], "backorder_limit"),
            (["preorder", "5", ""], "available_from"),
            (["preorder", "5", "Christmas"], "available_from"),
        ] {
            assert_eq!(change(cells).unwrap_err().0, column, "{cells:?}");
        }
    }
}
