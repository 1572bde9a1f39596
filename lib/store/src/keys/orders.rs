//! Orders, and what belongs to them.

use domain::document::Series;
use domain::email::Email;
use domain::id::{OrderId, RefundId, ReturnId, UserId};
use domain::order::HolderKind;
use domain::returns::ReturnStatus;
use domain::time::Time;
use domain::vat::VatNumber;

use super::{GSI1, GSI2, IndexKey, Key, ORDER, PURCHASE, SHARDS, TIME_IN_ID};

pub const HISTORY_PREFIX: &str = "HISTORY#";
pub const REFUND_PREFIX: &str = "REFUND#";

pub fn order_partition(id: OrderId) -> String {
    format!("ORDER#{id}")
}

pub fn order(id: OrderId) -> Key {
    Key::new(order_partition(id), ORDER)
}

/// What was bought. It never changes.
pub fn purchase(id: OrderId) -> Key {
    Key::new(order_partition(id), PURCHASE)
}

/// One entry of an order's history, by the version that it made.
pub fn order_history(id: OrderId, version: u64) -> Key {
    Key::new(order_partition(id), format!("{HISTORY_PREFIX}{version:06}"))
}

/// When the order's exchange was used.
pub fn order_exchange(id: OrderId) -> Key {
    Key::new(order_partition(id), "EXCHANGE")
}

pub const DOCUMENT_PREFIX: &str = "DOCUMENT#";

/// A document of an order: its invoice, or that of a kind about a refund.
pub fn document(order: OrderId, kind: &str, refund: Option<RefundId>) -> Key {
    let refund = refund.map_or_else(String::new, |refund| format!("#{refund}"));
    Key::new(order_partition(order), format!("{DOCUMENT_PREFIX}{kind}{refund}"))
}

/// GSI1 over documents, by their number.
pub fn document_numbered(number: &str, order: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_with_document_partition(number), sk: order.to_string() }
}

pub fn orders_with_document_partition(number: &str) -> String {
    format!("DOCUMENTNUMBER#{number}")
}

/// The last number of documents of a kind in a year.
pub fn last_number(series: Series) -> Key {
    Key::new(format!("NUMBER#{}", series.kind.name()), series.year.to_string())
}

pub fn refund(order: OrderId, id: RefundId) -> Key {
    Key::new(order_partition(order), format!("{REFUND_PREFIX}{id}"))
}

pub const RETURN_PREFIX: &str = "RETURN#";

/// A return of the order.
pub fn order_return(order: OrderId, id: ReturnId) -> Key {
    Key::new(order_partition(order), format!("{RETURN_PREFIX}{id}"))
}

/// GSI2 over the returns of all orders in a status.
pub fn return_by_status(status: ReturnStatus, id: ReturnId) -> IndexKey {
    let pk = returns_by_status_partition(status, id.shard(SHARDS));
    IndexKey { index: GSI2, pk, sk: id.to_string() }
}

pub fn returns_by_status_partition(status: ReturnStatus, shard: u8) -> String {
    format!("RETURNS#{}#{shard}", status.name())
}

/// GSI1 over one user's orders.
pub fn orders_of(user: UserId, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_of_partition(user), sk: id.to_string() }
}

pub fn orders_of_partition(user: UserId) -> String {
    format!("ORDERS#{user}")
}

/// GSI1 over the orders that guests placed with one mail address, until they join an account.
pub fn orders_of_guests(email: &Email, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_of_guests_partition(email), sk: id.to_string() }
}

pub fn orders_of_guests_partition(email: &Email) -> String {
    format!("ORDERS#MAIL#{email}")
}

/// The beginning of the ids of the orders that were placed at this time. It sorts before each of them, and after all
/// earlier ones.
pub fn orders_from(time: Time) -> String {
    let mut id = OrderId::new(time, 0).to_string();
    id.truncate(OrderId::PREFIX.len() + TIME_IN_ID);
    id
}

/// GSI2 over what was bought in a month. It never changes, so a reader of a period misses no order that gets another
/// status meanwhile.
pub fn order_placed(id: OrderId) -> IndexKey {
    let pk = orders_placed_partition(&id.time().month(), id.shard(SHARDS));
    IndexKey { index: GSI2, pk, sk: id.to_string() }
}

pub fn orders_placed_partition(month: &str, shard: u8) -> String {
    format!("PLACED#{month}#{shard}")
}

/// GSI2 over all orders of a status.
pub fn orders_by_status(status: &str, id: OrderId) -> IndexKey {
    IndexKey { index: GSI2, pk: orders_by_status_partition(status, id.shard(SHARDS)), sk: id.to_string() }
}

pub fn orders_by_status_partition(status: &str, shard: u8) -> String {
    format!("ORDERS#{status}#{shard}")
}

/// Which order a charge belongs to.
pub fn charge(id: &str) -> Key {
    Key::new(format!("CHARGE#{id}"), "ORDER")
}

/// A provider's event that was processed.
pub fn provider_event(id: &str) -> Key {
    Key::new(format!("STRIPE#{id}"), "EVENT")
}

/// The unpaid orders of a buyer or of a network, which is named by a fingerprint.
pub fn unpaid_orders(kind: HolderKind, fingerprint: &str) -> Key {
    Key::new(format!("UNPAID#{}#{fingerprint}", kind.name()), "UNPAID")
}

/// What the authority said of a VAT number.
pub fn checked_vat(number: &VatNumber) -> Key {
    Key::new(format!("VAT#{}", number.as_str()), "CHECK")
}
