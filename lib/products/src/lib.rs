//! Commits decided changes of products and stock with all that goes along: stock items, history, audit, event. People
//! make such changes by hand, sheets by the thousand, and the seed; each of them decides, and this commits.

mod products;
mod stock;

use kit::runtime::ids::Ids;
pub use products::{ProductChange, SaveRefusal, Unsaved, untouched};
pub use stock::{NewLevel, StockRefused};
use store::Store;

/// Where changes go, and where the ids of what they write come from.
#[derive(Debug, Clone)]
pub struct ProductWriter {
    pub store: Store,
    pub ids: Ids,
}
