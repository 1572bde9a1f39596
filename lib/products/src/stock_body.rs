//! Stock levels in answers.

use domain::stock::StockLevel;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockLevelBody {
    #[schema(example = "SHIRT-BLUE-M")]
    sku: String,
    product_id: String,
    variant_id: String,
    on_hand: i64,
    /// Held for orders.
    reserved: i64,
    /// What can be sold: on hand minus reserved.
    available: i64,
    /// At this number of available units or fewer the SKU counts as low.
    threshold: i64,
    /// What customers see: `in`, `low` or `out`.
    stock: &'static str,
    updated_at: String,
}

impl StockLevelBody {
    pub fn of(level: &StockLevel) -> Self {
        Self {
            sku: level.sku.to_string(),
            product_id: level.product_id.to_string(),
            variant_id: level.variant_id.to_string(),
            on_hand: level.on_hand(),
            reserved: level.reserved,
            available: level.available,
            threshold: level.threshold,
            stock: level.band.name(),
            updated_at: level.updated_at.to_string(),
        }
    }
}
