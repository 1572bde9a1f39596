//! How many units of each product are sold. The search index sorts by it.
//!
//! An order sells its units when it is paid, less those that were returned or never sent. It sells nothing any more if it
//! was cancelled, if all of its money was refunded, or if the bank took money back in a dispute that the shop lost. Units
//! count on the day on which the order was paid, in UTC, so what comes back later is taken from that day.
//!
//! What is counted of an order ([`OrderSales`]) is stored beside the counters of the products ([`ProductSales`]), in one
//! transaction. So counting an order again changes the counters only by the difference.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::ProductId;
use crate::order::{Hold, Order, PaymentStatus, Purchase};
use crate::time::Time;

/// How many days count as recent, with today.
pub const RECENT_DAYS: u64 = 30;

/// What an order sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSales {
    /// The version of the order that says so.
    pub version: u64,
    /// The day on which it was paid, such as `2026-11-20`.
    pub day: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<ProductId, u32>,
}

impl OrderSales {
    /// `None` if the order is not paid. Then it never was, so nothing of it can have been counted.
    pub fn of(order: &Order, purchase: &Purchase) -> Option<Self> {
        if !order.was_paid() {
            return None;
        }
        let is_sold = order.hold == Hold::Taken
            && matches!(order.payment_status, PaymentStatus::Paid | PaymentStatus::PartiallyRefunded);
        let left = if is_sold { order.not_returned(purchase) } else { Vec::new() };
        let mut units: BTreeMap<ProductId, u32> = BTreeMap::new();
        for (variant, sold) in left {
            if let Some(line) = purchase.lines.iter().find(|line| line.variant_id == variant) {
                *units.entry(line.product_id).or_default() += sold;
            }
        }
        // Orders from before the time of payment was stored, and those of another shop, lack it.
        Some(Self { version: order.version, day: order.paid_at.unwrap_or(order.created_at).day(), units })
    }
}

/// How many units of a product were sold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSales {
    pub ever: u64,
    /// By day, only recent ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<String, u64>,
    pub version: u64,
}

impl ProductSales {
    /// The units that were sold in the last [`RECENT_DAYS`].
    pub fn recent(&self, now: Time) -> u64 {
        self.days.iter().filter(|(day, _)| is_recent(day, now)).map(|(_, units)| units).sum()
    }

    fn with(&self, change: &BTreeMap<String, i64>, now: Time) -> Self {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        for (day, &units) in change {
            next.ever = next.ever.saturating_add_signed(units);
            let sold = next.days.entry(day.clone()).or_default();
            *sold = sold.saturating_add_signed(units);
        }
        next.days.retain(|day, units| *units > 0 && is_recent(day, now));
        next
    }
}

fn is_recent(day: &str, now: Time) -> bool {
    let day_before = now - Duration::from_hours(24 * RECENT_DAYS);
    *day > *day_before.day()
}

/// By how much the sales of products change, by day.
#[derive(Debug, Clone, Default)]
pub struct SalesChange(BTreeMap<ProductId, BTreeMap<String, i64>>);

impl SalesChange {
    /// An order sells something else than what was counted of it before.
    pub fn add(&mut self, before: Option<&OrderSales>, after: &OrderSales) {
        let before = before.into_iter().map(|sales| (sales, -1));
        for (OrderSales { day, units, .. }, sign) in before.chain([(after, 1)]) {
            for (&product, &units) in units {
                *self.0.entry(product).or_default().entry(day.clone()).or_default() += sign * i64::from(units);
            }
        }
        for days in self.0.values_mut() {
            days.retain(|_, units| *units != 0);
        }
        self.0.retain(|_, days| !days.is_empty());
    }

    /// The products whose sales change.
    pub fn products(&self) -> Vec<ProductId> {
        self.0.keys().copied().collect()
    }

    /// The sales of these products after the change.
    pub fn applied(&self, sales: &BTreeMap<ProductId, ProductSales>, now: Time) -> BTreeMap<ProductId, ProductSales> {
        let after = |(product, change): (&ProductId, _)| {
            (*product, sales.get(product).unwrap_or(&ProductSales::default()).with(change, now))
        };
        self.0.iter().map(after).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::{OrderSales, ProductSales, RECENT_DAYS, SalesChange};
    use crate::id::ProductId;
    use crate::time::Time;

    fn now() -> Time {
        Time::parse("2026-11-20T10:00:00Z").unwrap()
    }

    fn days(days: u64) -> Duration {
        Duration::from_hours(24 * days)
    }

    fn product() -> ProductId {
        ProductId::new(now(), 1)
    }

    fn sold(units: u32, paid_at: Time) -> OrderSales {
        OrderSales { version: 1, day: paid_at.day(), units: BTreeMap::from([(product(), units)]) }
    }

    fn counted(sales: ProductSales, before: Option<&OrderSales>, after: &OrderSales, now: Time) -> ProductSales {
        let mut change = SalesChange::default();
        change.add(before, after);
        let before = BTreeMap::from([(product(), sales)]);
        change.applied(&before, now).remove(&product()).unwrap()
    }

    #[test]
    fn what_comes_back_is_taken_from_the_day_on_which_it_was_paid() {
        let (first, today) = (sold(3, now() - days(2)), sold(2, now()));
        let both = counted(counted(ProductSales::default(), None, &first, now()), None, &today, now());
        assert_eq!((both.ever, both.recent(now()), both.days.len()), (5, 5, 2));
        let left = counted(both, Some(&first), &sold(1, now() - days(2)), now());
        assert_eq!((left.ever, left.days[&(now() - days(2)).day()], left.version), (3, 1, 3));
        let none = counted(left, Some(&sold(1, now() - days(2))), &sold(0, now() - days(2)), now());
        assert_eq!((none.ever, none.days.len()), (2, 1));
    }

    #[test]
    fn recent_are_the_last_thirty_days_and_older_ones_are_not_kept() {
        let mut sales = ProductSales::default();
        for age in 0..100 {
            sales = counted(sales, None, &sold(1, now() - days(99 - age)), now() - days(99 - age));
        }
        assert_eq!((sales.ever, sales.recent(now()), sales.days.len() as u64), (100, RECENT_DAYS, RECENT_DAYS));
        assert_eq!(sales.recent(now() + days(1)), RECENT_DAYS - 1);
        assert_eq!(sales.recent(now() + days(RECENT_DAYS)), 0);
        // The return of what was sold long ago changes no day.
        let old = sold(1, now() - days(50));
        let left = counted(sales, Some(&old), &sold(0, now() - days(50)), now());
        assert_eq!((left.ever, left.recent(now())), (99, RECENT_DAYS));
    }

    #[test]
    fn a_change_without_a_difference_changes_no_product() {
        let mut change = SalesChange::default();
        change.add(Some(&sold(2, now())), &sold(2, now()));
        assert!(change.products().is_empty() && change.applied(&BTreeMap::new(), now()).is_empty());
    }
}
