//! The columns of stock files. A line is a SKU.

use domain::stock::{MAX, StockChange, StockLevel};

use crate::columns::Column;

/// The values that a line gives its SKU.
pub(crate) struct StockRow {
    pub(crate) on_hand: Option<i64>,
    pub(crate) threshold: Option<i64>,
    pub(crate) reason: String,
}

/// Reads a cell; the SKU is the key, which is read before all other cells.
type Read = Option<fn(&mut StockRow, &str) -> Result<(), String>>;

/// Writes a cell; `None` for the reason, which is not exported.
type Write = Option<fn(&StockLevel) -> String>;

pub(crate) const STOCK_COLUMNS: [Column<(), Read, Write>; 4] = [
    Column { name: "sku", field: (), required: true, read: None, write: Some(|level| level.sku.to_string()) },
    Column {
        name: "on_hand",
        field: (),
        required: true,
        read: Some(|new, cell| {
            new.on_hand = Some(count(cell)?.ok_or("is required")?);
            Ok(())
        }),
        write: Some(|level| level.on_hand().to_string()),
    },
    Column {
        name: "threshold",
        field: (),
        required: false,
        read: Some(|new, cell| {
            new.threshold = count(cell)?;
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
];

fn count(cell: &str) -> Result<Option<i64>, String> {
    match cell {
        "" => Ok(None),
        cell => match cell.parse() {
            Ok(count) if (0..=MAX).contains(&count) => Ok(Some(count)),
            _ => Err(format!("must be between 0 and {MAX}")),
        },
    }
}
