//! Statistics.

use domain::calendar::Day;
use domain::id::{OrderId, ProductId};

use super::{Key, SHARDS};

/// What was counted of an order's sales. It is not in the order's partition, so that the function that writes it needs no
/// right to write orders.
pub fn order_sales(id: OrderId) -> Key {
    Key::new(format!("SOLD#{id}"), "SOLD")
}

/// How many units of a product were sold.
pub fn product_sales(id: ProductId) -> Key {
    Key::new(format!("SALES#{id}"), "SALES")
}

/// What is counted of an order in the figures; or that something else was counted, by its name.
pub fn counted(name: &str) -> Key {
    Key::new(format!("COUNTED#{name}"), "COUNTED")
}

/// The first order that a customer paid. Their mail address is a fingerprint.
pub fn first_order(fingerprint: &str) -> Key {
    Key::new(format!("CUSTOMER#{fingerprint}"), "FIRST")
}

pub fn figures_partition(month: &str, shard: u8) -> String {
    format!("STATS#{month}#{shard}")
}

/// The figures of a day. They are spread over shards, because every order changes them.
pub fn figures_of_day(day: Day, shard: u8) -> Key {
    Key::new(figures_partition(&day.month(), shard), day.to_string())
}

/// The sums of the figures of all days.
pub fn figures_of_all_days(shard: u8) -> Key {
    Key::new(figures_partition("ALL", shard), "ALL")
}

pub fn ranked_partition(kind: &str, month: &str, shard: u8) -> String {
    format!("STATS#{kind}#{month}#{shard}")
}

/// The figures of a product or a coupon in a month, by day.
pub fn ranked(kind: &str, month: &str, name: &str) -> Key {
    let shard = name.bytes().last().unwrap_or(0) % SHARDS;
    Key::new(ranked_partition(kind, month, shard), name)
}
