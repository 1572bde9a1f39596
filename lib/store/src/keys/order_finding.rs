//! What orders are found by.

use domain::email::Email;
use domain::id::OrderId;
use domain::sku::Sku;

use super::{GSI1, IndexKey, Key, order_partition};

/// GSI1 over what was bought, by the number of its order.
pub fn order_numbered(number: &str, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_numbered_partition(number), sk: id.to_string() }
}

/// The name of an order's recipient, or the last word of it, by which staff find the order.
pub fn order_recipient(id: OrderId, name: &str) -> Key {
    Key::new(order_partition(id), format!("RECIPIENT#{name}"))
}

/// A tracking code of an order's parcels, by which staff find the order.
pub fn order_tracking(id: OrderId, tracking: &str) -> Key {
    Key::new(order_partition(id), format!("TRACKING#{tracking}"))
}

/// Another name of an order's addresses. It is not in the order's partition, as what was counted of it is not.
pub fn other_order_name(id: OrderId, name: &str) -> Key {
    Key::new(format!("ORDERNAMES#{id}"), name)
}

/// GSI1 over what orders are found by, by the beginning of a folded name.
pub fn order_named(name: &str, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_named_partition(name), sk: format!("{name}#{id}") }
}

pub fn orders_named_partition(beginning: &str) -> String {
    format!("ORDERNAMES#{}", beginning.chars().take(2).collect::<String>())
}

/// GSI1 over what orders are found by, by a tracking code.
pub fn order_tracked(tracking: &str, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_tracked_partition(tracking), sk: id.to_string() }
}

pub fn orders_tracked_partition(tracking: &str) -> String {
    format!("TRACKING#{tracking}")
}

/// The order has an item of this SKU, or had one.
pub fn order_with_sku(sku: &Sku, id: OrderId) -> Key {
    Key::new(orders_with_sku_partition(sku), id.to_string())
}

pub fn orders_with_sku_partition(sku: &Sku) -> String {
    format!("SKUORDERS#{sku}")
}

/// An address of the order has this postal code.
pub fn order_with_postal_code(code: &str, id: OrderId) -> Key {
    Key::new(orders_with_postal_code_partition(code), id.to_string())
}

pub fn orders_with_postal_code_partition(code: &str) -> String {
    format!("POSTALCODEORDERS#{code}")
}

/// An address of the order has a telephone number with these last digits.
pub fn order_with_phone(digits: &str, id: OrderId) -> Key {
    Key::new(orders_with_phone_partition(digits), id.to_string())
}

pub fn orders_with_phone_partition(digits: &str) -> String {
    format!("PHONEORDERS#{digits}")
}

/// The order has this word: [`domain::order::Order::words`] says of what.
pub fn order_with_word(word: &str, id: OrderId) -> Key {
    Key::new(orders_with_word_partition(word), id.to_string())
}

pub fn orders_with_word_partition(word: &str) -> String {
    format!("WORDORDERS#{word}")
}

/// The order was placed with this mail address, by the beginning of which it is found.
pub fn order_with_email(email: &Email, id: OrderId) -> Key {
    Key::new(orders_with_email_partition(email.as_str()), format!("{email}#{id}"))
}

pub fn orders_with_email_partition(beginning: &str) -> String {
    format!("EMAILORDERS#{}", beginning.chars().take(2).collect::<String>())
}

pub fn orders_numbered_partition(number: &str) -> String {
    format!("ORDERNUMBER#{number}")
}
