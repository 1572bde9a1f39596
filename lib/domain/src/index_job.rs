//! What keeps the search index current. The jobs say what changed and not how: whoever does one reads the current data. So
//! a job may arrive late, twice or out of order.

use serde::{Deserialize, Serialize};

use crate::id::{BrandId, CategoryId, OrderId, ProductId};

/// A job of the indexer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "changed", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum IndexJob {
    /// Anything of a product, the band of its stock too.
    Product {
        product_id: ProductId,
    },
    /// The name, the place or the visibility of a category, so all products of its branch are published again.
    Category {
        category_id: CategoryId,
    },
    Brand {
        brand_id: BrandId,
    },
    /// What an order sold: it was paid, or items of it came back.
    Order {
        order_id: OrderId,
    },
}

/// A job of the rebuilder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebuildJob {
    /// A first base, if there is none.
    Create,
    /// A new base of the one that there is and of what was published since.
    Merge,
    /// A new base of the products in the table.
    Products,
}
