//! Commits changes of products and stock, with everything that belongs to them: stock items, history, audit, event. The
//! API, CSV imports and the seed decide such changes; this crate commits them.

mod products;
mod stock;

use kit::runtime::ids::Ids;
pub use products::{ProductChange, SaveError, SaveRefusal};
pub use stock::{DecidedStock, StockEdit, StockNumbers};
use store::Store;

/// Commits changes to the table, with new ids for the items that they write.
#[derive(Debug, Clone)]
pub struct ProductWriter {
    pub store: Store,
    pub ids: Ids,
}
