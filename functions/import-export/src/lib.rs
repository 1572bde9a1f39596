//! CSV import and export, of any length.
//!
//! Import: S3 notifies us of a file. One pass over it, which never holds more than a line, divides it into parts, and
//! each part is a message, so that many instances import them at once. A part is imported product by product (or SKU by
//! SKU) and reports its bad lines by number. A line that changes nothing counts as unchanged, so a file may come
//! twice, and so may a part.
//!
//! Export: each message writes some megabytes, and S3 joins them into one file.

mod cells;
mod columns;
mod export;
mod header;
mod part;
mod product_columns;
mod products;
mod split;
mod stock;
mod stock_columns;
mod work;

pub use header::{Header, Refusal};
pub use split::{PartRange, split};
pub use work::{Config, ImportExport, ImportExportError, Message};
