//! Stock levels in answers.

use domain::stock::StockLevel;
use serde::Serialize;
use utoipa::ToSchema;

use crate::backorder_body::BackorderTermsBody;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockLevelBody {
    #[schema(example = "SHIRT-BLUE-M")]
    sku: String,
    product_id: String,
    variant_id: String,
    /// Units in the store room, reserved ones included. Below zero: so many sold units are not there yet.
    on_hand: i64,
    /// Held for orders.
    reserved: i64,
    /// What can be sold: on hand minus reserved. Below zero: so many sold or reserved units are not there yet.
    available: i64,
    /// At this number of available units or fewer the SKU counts as low.
    threshold: i64,
    /// What customers see: `in`, `low`, `backorder`, `preorder` or `out`.
    stock: &'static str,
    updated_at: String,
    /// How it can be ordered though it is not there. Null: it cannot.
    backorder: Option<BackorderTermsBody>,
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
            backorder: level.backorder.as_ref().map(Into::into),
        }
    }
}
