//! ImportExport: CSV in and out, however long.
//!
//! In: S3 tells of a sheet; one pass over it, never holding more than a line, cuts it into parts, and the queue carries
//! them to as many of us as it likes. A part is carried out product by product (or SKU by SKU) and reports its bad
//! lines by number. Carrying out a line that says what is so already changes nothing, so a sheet can be sent twice, and
//! so can a part.
//!
//! Out: pieces of some megabytes, each its own message, put together by S3.

mod columns;
mod export;
mod part;
mod products;
mod split;
mod stock;
mod work;

pub use columns::{Header, Refusal};
pub use split::{Cut, split};
pub use work::{Config, ImportExport, ImportExportError, Message};
