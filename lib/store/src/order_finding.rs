//! What orders are found by. The name of the recipient is written when an order is placed, a tracking code when a parcel
//! gets it, and the rest when the order is counted.

use std::collections::BTreeSet;

use domain::id::OrderId;
use domain::order::{Order, Purchase, code_key, phone_key};
use domain::text::folded;
use serde::{Deserialize, Serialize};

use crate::engine::error::StoreError;
use crate::engine::item::Item;
use crate::keys::Key;
use crate::{Store, keys};

/// A name that an order is found by.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrderName {
    pub(crate) order_id: OrderId,
    /// The whole name of the recipient, if this is the last word of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<String>,
    /// What the order is found by before this name, if it is not the recipient's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<String>,
}

impl OrderName {
    fn item(&self, key: Key, name: &str) -> Result<Item, StoreError> {
        Ok(Item::new(key, self)?.index(keys::order_named(name, self.order_id)))
    }

    /// Whether no earlier name of the order begins so too: else the order would be found twice.
    pub(crate) fn is_first(&self, beginning: &str) -> bool {
        !self.whole.iter().chain(&self.earlier).any(|name| name.starts_with(beginning))
    }
}

/// An order in the list of something that it is found by.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ListedOrder {
    pub(crate) order_id: OrderId,
}

/// The folded name, and the last word of it.
fn name_and_last_word(name: &str) -> Vec<String> {
    let whole = folded(name);
    let last = whole.rsplit(' ').next().filter(|last| *last != whole).map(str::to_owned);
    [Some(whole), last].into_iter().flatten().filter(|name| !name.is_empty()).collect()
}

/// The name of the recipient, and the last word of it.
pub(crate) fn names(id: OrderId, purchase: &Purchase) -> Result<Vec<Item>, StoreError> {
    let names = name_and_last_word(&purchase.shipping.name);
    let item = |(n, name): (usize, &String)| {
        let whole = names[..n].first().cloned();
        OrderName { order_id: id, whole, earlier: Vec::new() }.item(keys::order_recipient(id, name), name)
    };
    names.iter().enumerate().map(item).collect()
}

/// The names of its addresses besides that of the recipient: companies, and whose the bill is.
fn other_names(id: OrderId, purchase: &Purchase) -> Result<Vec<Item>, StoreError> {
    let mut earlier = name_and_last_word(&purchase.shipping.name);
    let companies = purchase.addresses().filter_map(|address| address.company.as_deref().map(folded));
    let buyer = purchase.billing.iter().flat_map(|billing| name_and_last_word(&billing.name));
    let mut items = Vec::new();
    for name in companies.chain(buyer) {
        if name.is_empty() || earlier.contains(&name) {
            continue;
        }
        let found_by = OrderName { order_id: id, whole: None, earlier: earlier.clone() };
        items.push(found_by.item(keys::other_order_name(id, &name), &name)?);
        earlier.push(name);
    }
    Ok(items)
}

/// What an order is found by as soon as its parcels have it. A code that a parcel had before finds nothing, because the
/// order is asked.
pub(crate) fn trackings(before: Option<&Order>, after: &Order) -> Result<Vec<Item>, StoreError> {
    let known = before.map(Order::tracking_keys).unwrap_or_default();
    let new = after.tracking_keys().into_iter().filter(|tracking| !known.contains(tracking));
    let item = |tracking: String| {
        let item = Item::new(keys::order_tracking(after.id, &tracking), &ListedOrder { order_id: after.id })?;
        Ok(item.index(keys::order_tracked(&tracking, after.id)))
    };
    new.map(item).collect()
}

/// The places of an order in the lists of its SKUs, postal codes, telephone numbers, mail address and words.
fn places(order: &Order, purchase: &Purchase) -> Vec<Key> {
    let id = order.id;
    let skus = order.skus(purchase).into_iter().map(|sku| keys::order_with_sku(sku, id));
    let codes: BTreeSet<String> = purchase.addresses().map(|address| code_key(&address.postal_code)).collect();
    let codes = codes.iter().filter(|code| !code.is_empty()).map(|code| keys::order_with_postal_code(code, id));
    let phones = purchase.addresses().filter_map(|address| address.phone.as_deref());
    let phones: BTreeSet<String> = phones.map(phone_key).filter(|digits| !digits.is_empty()).collect();
    let phones = phones.iter().map(|digits| keys::order_with_phone(digits, id));
    let words = order.words(purchase);
    let words = words.iter().map(|word| keys::order_with_word(word, id));
    skus.chain(codes).chain(phones).chain([keys::order_with_email(&order.email, id)]).chain(words).collect()
}

impl Store {
    /// Lists orders under what they are found by now. Where they were listed before, they stay.
    pub async fn list_for_finding(
        &self,
        orders: impl IntoIterator<Item = (&Order, &Purchase)>,
    ) -> Result<(), StoreError> {
        let mut items = Vec::new();
        for (order, purchase) in orders {
            let listed = ListedOrder { order_id: order.id };
            for place in places(order, purchase) {
                items.push(Item::new(place, &listed)?);
            }
            items.extend(other_names(order.id, purchase)?);
        }
        self.put_all(items).await
    }
}
