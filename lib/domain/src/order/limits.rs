//! How much orders may hold before they are paid: the settings of the shop, the unpaid orders of one buyer or network, and
//! the decision whether one more may be held. Without it, orders that nobody pays could hold all of the stock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Order, Purchase};
use crate::cart::MAX_QUANTITY;
use crate::id::{OrderId, ProductId, VariantId};
use crate::time::Time;

/// A part that is left out has its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderLimits {
    pub units: UnitLimits,
    /// Of one buyer: an account, or the mailbox of a guest.
    pub buyer: HoldLimits,
    /// Of one network: an IPv4 address, or a /64 of IPv6.
    pub network: HoldLimits,
}

/// The most units of one line, of one product with all its variants, and of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitLimits {
    pub line: u32,
    pub product: u32,
    pub order: u32,
}

/// What the unpaid orders of one buyer or network may hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldLimits {
    pub orders: usize,
    /// The sum of their totals, in minor units. A single order may be above it.
    pub value: i64,
    /// The part of a SKU's units on hand, and of those that may be sold below zero, in percent. One unit is always allowed.
    pub share: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidLimits(String);

impl Default for OrderLimits {
    fn default() -> Self {
        Self {
            units: UnitLimits { line: 100, product: 200, order: 500 },
            buyer: HoldLimits { orders: 5, value: 200_000, share: 50 },
            // Several people share a network.
            network: HoldLimits { orders: 20, value: 500_000, share: 50 },
        }
    }
}

impl HoldLimits {
    /// How many units of a SKU may be held.
    fn units(&self, for_sale: i64) -> i64 {
        let share = (i128::from(for_sale) * i128::from(self.share) + 99) / 100;
        i64::try_from(share).unwrap_or(i64::MAX).max(1)
    }
}

impl OrderLimits {
    /// The most orders that a list of unpaid orders has. Both lists of an order are read in one call.
    pub const MAX_ORDERS: usize = 50;

    pub fn parse(json: &str) -> Result<Self, InvalidLimits> {
        let limits: Self = serde_json::from_str(json).map_err(|error| InvalidLimits(error.to_string()))?;
        let UnitLimits { line, product, order } = limits.units;
        let good = |limits: &HoldLimits| {
            (1..=Self::MAX_ORDERS).contains(&limits.orders) && limits.value >= 0 && (1..=100).contains(&limits.share)
        };
        let wrong = if !(1..=MAX_QUANTITY).contains(&line) {
            format!("units.line must be between 1 and {MAX_QUANTITY}")
        } else if product < line || order < line {
            "units.product and units.order must not be less than units.line".to_owned()
        } else if !good(&limits.buyer) || !good(&limits.network) {
            format!("orders must be between 1 and {}, value 0 or more, and share between 1 and 100", Self::MAX_ORDERS)
        } else {
            return Ok(limits);
        };
        Err(InvalidLimits(wrong))
    }

    pub fn of(&self, kind: HolderKind) -> &HoldLimits {
        match kind {
            HolderKind::Buyer => &self.buyer,
            HolderKind::Network => &self.network,
        }
    }
}

/// Too many units of a line, of a product, or of all. `at` is the line that goes beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnitRefusal {
    #[error("an order can have at most {max} of one item")]
    Line { at: usize, max: u32 },
    #[error("an order can have at most {max} of one product, with all its variants")]
    Product { at: usize, max: u32 },
    #[error("an order can have at most {max} units")]
    Order { max: u32 },
}

impl UnitRefusal {
    /// The line that is refused; `None` for the order as a whole.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Line { at, .. } | Self::Product { at, .. } => Some(*at),
            Self::Order { .. } => None,
        }
    }
}

impl UnitLimits {
    /// The lines are given by product and quantity.
    pub fn check(&self, lines: impl Iterator<Item = (ProductId, u32)>) -> Result<(), UnitRefusal> {
        let (mut of_product, mut all) = (BTreeMap::<ProductId, u64>::new(), 0_u64);
        for (at, (product, quantity)) in lines.enumerate() {
            if quantity > self.line {
                return Err(UnitRefusal::Line { at, max: self.line });
            }
            let units = of_product.entry(product).or_default();
            *units += u64::from(quantity);
            if *units > u64::from(self.product) {
                return Err(UnitRefusal::Product { at, max: self.product });
            }
            all += u64::from(quantity);
        }
        if all > u64::from(self.order) { Err(UnitRefusal::Order { max: self.order }) } else { Ok(()) }
    }
}

/// By what unpaid orders are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderKind {
    Buyer,
    Network,
}

impl HolderKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Network => "network",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldRefusal {
    #[error("you have too many orders that are not paid yet. Pay or cancel one of them, or try again later")]
    Buyer,
    #[error("too many orders from your network are not paid yet. Pay or cancel one of them, or try again later")]
    Network,
    /// Without numbers, because customers do not see how many there are.
    #[error(
        "orders that are not paid yet can hold only a part of the stock of an item. Order fewer, or pay or cancel your other orders first"
    )]
    Share(VariantId),
}

/// What a list says of one unpaid order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpaidOrder {
    /// It holds nothing after this time. It may have been paid or cancelled long before.
    pub until: Time,
    pub value: i64,
    pub units: BTreeMap<VariantId, u32>,
}

impl UnpaidOrder {
    pub fn new(order: &Order, purchase: &Purchase, until: Time) -> Self {
        let units = purchase.lines.iter().map(|line| (line.variant_id, line.quantity));
        Self { until, value: order.totals.total, units: units.collect() }
    }
}

/// The orders of one buyer or network that were not paid when they were written down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnpaidOrders(pub BTreeMap<OrderId, UnpaidOrder>);

impl UnpaidOrders {
    /// The list with this order and without those whose time has passed, if the limits allow it. `for_sale` has the
    /// units of each variant of the order.
    pub fn with(
        &self,
        (id, order): (OrderId, &UnpaidOrder),
        for_sale: &BTreeMap<VariantId, i64>,
        (kind, limits): (HolderKind, &HoldLimits),
        now: Time,
    ) -> Result<Self, HoldRefusal> {
        let mut next = self.clone();
        next.0.retain(|&other, unpaid| other != id && now < unpaid.until);
        let value: i64 = next.0.values().map(|other| other.value).sum();
        let too_much = !next.0.is_empty() && value.saturating_add(order.value) > limits.value;
        if next.0.len() >= limits.orders || too_much {
            return Err(match kind {
                HolderKind::Buyer => HoldRefusal::Buyer,
                HolderKind::Network => HoldRefusal::Network,
            });
        }
        next.0.insert(id, order.clone());
        for variant in order.units.keys() {
            let held: i64 = next.0.values().filter_map(|held| held.units.get(variant)).copied().map(i64::from).sum();
            if held > limits.units(for_sale.get(variant).copied().unwrap_or(0)) {
                return Err(HoldRefusal::Share(*variant));
            }
        }
        Ok(next)
    }

    /// The latest time at which one of them holds something.
    pub fn until(&self) -> Option<Time> {
        self.0.values().map(|order| order.until).max()
    }
}
