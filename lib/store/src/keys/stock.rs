//! Stock, and who waits for it.

use domain::id::{StockChangeId, UserId, VariantId};
use domain::sku::Sku;

use super::{GSI1, GSI2, IndexKey, Key, SHARDS};

pub const STOCK_CHANGE_PREFIX: &str = "CHANGE#";

pub fn stock_partition(sku: &Sku) -> String {
    format!("STOCK#{sku}")
}

/// Makes the SKU unique.
pub fn stock(sku: &Sku) -> Key {
    Key::new(stock_partition(sku), "STOCK")
}

pub fn stock_change(sku: &Sku, id: StockChangeId) -> Key {
    Key::new(stock_partition(sku), format!("{STOCK_CHANGE_PREFIX}{id}"))
}

/// GSI2 over stock levels that are low or out.
pub fn low_stock(sku: &Sku) -> IndexKey {
    IndexKey { index: GSI2, pk: low_stock_partition(sku.shard(SHARDS)), sk: sku.to_string() }
}

pub fn low_stock_partition(shard: u8) -> String {
    format!("LOW#{shard}")
}

pub fn stock_alerts_partition(variant: VariantId) -> String {
    format!("WAIT#{variant}")
}

/// A user wants a mail when the variant is back in stock.
pub fn stock_alert(variant: VariantId, user: UserId) -> Key {
    Key::new(stock_alerts_partition(variant), user.to_string())
}

/// GSI1 over the stock alerts of one user.
pub fn stock_alert_of(user: UserId, variant: VariantId) -> IndexKey {
    IndexKey { index: GSI1, pk: stock_alerts_of_partition(user), sk: variant.to_string() }
}

pub fn stock_alerts_of_partition(user: UserId) -> String {
    format!("WAITING#{user}")
}
