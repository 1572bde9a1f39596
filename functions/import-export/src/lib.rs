//! CSV import and export, of any length.
//!
//! Import: S3 notifies this function of a file. One pass divides the file into parts; it holds only one line in memory.
//! Each part is a message, so that many instances import parts at the same time. A part is imported product by product
//! (or SKU by SKU) and reports its bad lines by number. A line that changes nothing counts as unchanged, so it does no
//! harm if a file or a part is processed twice.
//!
//! Export: each message writes some megabytes, and S3 joins them into one file.

mod cells;
mod columns;
mod export;
mod formulas;
mod header;
mod order_columns;
mod part;
mod product_columns;
mod products;
mod split;
mod stock;
mod stock_columns;
mod work;

pub use cells::{parse_list, write_list, write_pairs};
pub use header::{Header, Refusal};
pub use part::Row;
pub use product_columns::{References, column_of};
pub use products::define;
pub use split::{PartRange, split};
pub use work::{Config, ImportExport, ImportExportError, Message};
