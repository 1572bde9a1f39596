//! The VAT numbers of buyers, which are in the purchases of their orders.

use std::collections::BTreeMap;

use domain::id::{OrderId, UserId};
use domain::order::Order;
use domain::text::search_words;
use domain::vat::BuyerVat;
use serde::Deserialize;

use crate::engine::error::StoreError;
use crate::engine::expression::{Change, Require};
use crate::engine::page::PageRequest;
use crate::{Store, keys};

/// How many orders of a deleted user are looked at together.
const AT_ONCE: u32 = 100;

#[derive(Debug, Deserialize)]
struct PurchaseVat {
    #[serde(default)]
    vat: Option<BuyerVat>,
}

impl Store {
    /// The VAT numbers of these orders, of those that have one.
    pub async fn vat_of(&self, orders: &[Order]) -> Result<BTreeMap<OrderId, BuyerVat>, StoreError> {
        let keys: Vec<keys::Key> = orders.iter().map(|order| keys::purchase(order.id)).collect();
        let mut found = self.get_many(&["vat"], &keys.iter().collect::<Vec<_>>()).await?;
        let mut numbers = BTreeMap::new();
        for (order, key) in orders.iter().zip(&keys) {
            let purchase: Option<PurchaseVat> = found.take(key)?;
            numbers.extend(purchase.and_then(|purchase| purchase.vat).map(|vat| (order.id, vat)));
        }
        Ok(numbers)
    }

    /// Removes the VAT number from the orders of a deleted user that ended unpaid, and from what staff find them by. Tax law
    /// asks for it only with what was sold. Repeating it is safe.
    pub async fn forget_vat_numbers(&self, user: UserId) -> Result<(), StoreError> {
        let mut request = PageRequest { limit: AT_ONCE, after: None };
        loop {
            let mut page = self.orders_of(user, &request).await?;
            page.items.retain(Order::has_ended_unpaid);
            for (id, vat) in self.vat_of(&page.items).await? {
                let words = search_words(vat.number.as_str());
                self.forget_words(id, &words).await?;
                let change = Change::at(keys::purchase(id)).remove("vat").require(Require::Exists);
                self.change(change).await?;
                // Whoever listed the order meanwhile had read the number before.
                self.forget_words(id, &words).await?;
            }
            match page.next {
                Some(after) => request.after = Some(after),
                None => return Ok(()),
            }
        }
    }
}
