//! Commits changes of products and stock, with everything that belongs to them: stock items, history, audit, event. The
//! API, CSV imports and moves from another shop decide such changes; this crate commits them. And how products, categories,
//! brands and stock levels look in answers and in events.

pub mod backorder_body;
pub mod cards;
pub mod product_body;
mod products;
pub mod review_body;
mod shown_cards;
mod stock;
pub mod stock_body;
mod taxonomies;
pub mod term_body;

use kit::runtime::ids::Ids;
pub use products::{ProductChange, SaveError, SaveRefusal, first_stock};
pub use stock::{DecidedStock, StockEdit, StockNumbers};
use store::Store;
pub use taxonomies::{TERM_AGE, Taxonomies};

/// Commits changes to the table, with new ids for the items that they write.
#[derive(Debug, Clone)]
pub struct ProductWriter {
    pub store: Store,
    pub ids: Ids,
}
