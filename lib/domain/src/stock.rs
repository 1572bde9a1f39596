//! How much of a SKU there is: what can be sold, what orders have reserved, and the band that customers see.
//!
//! A change is decided on a level that was read. It is committed if the level is still within bounds, not only if it is
//! exactly the same: "it was low and stays low, whatever the number is now". So many sales of one SKU at the same time
//! do not block each other, and exactly one of them moves the level into another band.

mod backorder;

pub use backorder::{Backorder, BackorderChange, BackorderMode, InvalidBackorder};
use serde::{Deserialize, Serialize};

use crate::actor::ActorId;
use crate::calendar::ShopZone;
use crate::id::{ProductId, StockChangeId, VariantId};
use crate::sku::Sku;
use crate::text::{self, InvalidText};
use crate::time::Time;

/// More units than any shop stores, and small enough that sums never overflow.
pub const MAX: i64 = 1_000_000_000;

/// At this number of available units a SKU counts as low, unless staff set another threshold.
pub const DEFAULT_THRESHOLD: i64 = 5;

/// Up to which number customers see how many units there are. Above it they see only the band, and with 0 (the default)
/// always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StockShown(u32);

impl StockShown {
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        text.parse().map(Self).map_err(|_| "must be a whole number, 0 or more")
    }

    /// The number, if customers may see it.
    pub fn of(self, available: i64) -> Option<i64> {
        (self.is_on() && available <= i64::from(self.0)).then_some(available.max(0))
    }

    pub fn is_on(self) -> bool {
        self.0 > 0
    }

    pub fn up_to(self) -> u32 {
        self.0
    }
}

/// What customers see of a stock level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    In,
    Low,
    /// None is there, and none can be ordered.
    Out,
    /// None is there, and it can be ordered all the same.
    Backorder,
    /// It is not out yet, and it can be ordered all the same.
    Preorder,
}

impl Band {
    /// The best first.
    pub const ALL: [Self; 5] = [Self::In, Self::Low, Self::Backorder, Self::Preorder, Self::Out];

    pub fn of(available: i64, threshold: i64, backorder: Option<&Backorder>) -> Self {
        match backorder {
            _ if available > threshold.max(0) => Self::In,
            _ if available > 0 => Self::Low,
            Some(backorder) if available > -backorder.limit => backorder.mode.band(),
            _ => Self::Out,
        }
    }

    /// Whether there are units that can be sold and sent.
    pub fn is_on_hand(self) -> bool {
        matches!(self, Self::In | Self::Low)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Low => "low",
            Self::Out => "out",
            Self::Backorder => "backorder",
            Self::Preorder => "preorder",
        }
    }

    /// The better of two: a product is in stock if one of its variants is.
    pub fn better(self, other: Self) -> Self {
        let is_one = |band: &Self| *band == self || *band == other;
        Self::ALL.into_iter().find(is_one).unwrap_or(self)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    pub sku: Sku,
    pub product_id: ProductId,
    pub variant_id: VariantId,
    /// What can be sold now: on hand minus reserved. Below zero, so many sold or reserved units are not there yet.
    pub available: i64,
    /// Held for orders that are not paid or not shipped yet.
    pub reserved: i64,
    pub threshold: i64,
    /// How it is sold below zero. `None`: it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backorder: Option<Backorder>,
    pub band: Band,
    pub version: u64,
    pub updated_at: Time,
}

/// By how much the two numbers change. A reservation is `{-n, n}`, its release `{n, -n}`, its sale `{0, -n}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockDelta {
    pub available: i64,
    pub reserved: i64,
}

/// A decided relative change: what it writes, and the condition on the level when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockAdjustment {
    pub delta: StockDelta,
    pub threshold: i64,
    /// It was decided on these terms, which the buyer was told.
    pub backorder: Option<Backorder>,
    /// How many of the taken units are not there.
    pub backordered: i64,
    /// The available units before it must be at least this many,
    pub min_available: i64,
    /// and at most this many.
    pub max_available: i64,
    pub from: Band,
    pub to: Band,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StockRefusal {
    #[error("only {available} are available")]
    NotEnough { available: i64 },
    #[error("{reserved} are reserved by orders, so there cannot be fewer")]
    BelowReserved { reserved: i64 },
    #[error("must be between 0 and {MAX}")]
    OutOfRange,
    #[error("must not be a day in the past")]
    PastDay,
}

/// What somebody counted or chose. What is `None` stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StockSetting {
    pub on_hand: Option<i64>,
    pub threshold: Option<i64>,
    pub backorder: BackorderChange,
}

impl StockLevel {
    pub fn new(sku: Sku, product_id: ProductId, variant_id: VariantId, available: i64, now: Time) -> Self {
        Self {
            sku,
            product_id,
            variant_id,
            available,
            reserved: 0,
            threshold: DEFAULT_THRESHOLD,
            backorder: None,
            band: Band::of(available, DEFAULT_THRESHOLD, None),
            version: 1,
            updated_at: now,
        }
    }

    pub fn on_hand(&self) -> i64 {
        self.available + self.reserved
    }

    /// What can be ordered: the available units, and those that may be sold below zero.
    pub fn orderable(&self) -> i64 {
        self.available - self.lowest()
    }

    /// What unpaid orders share: all that can be ordered or is reserved.
    pub fn for_sale(&self) -> i64 {
        self.orderable().max(0) + self.reserved
    }

    /// How many of so many units are not there yet.
    pub fn backordered(&self, quantity: u32) -> u32 {
        let there = u32::try_from(self.available.max(0)).unwrap_or(u32::MAX);
        quantity.saturating_sub(there)
    }

    /// Sales and losses do not go below this number of available units.
    fn lowest(&self) -> i64 {
        self.backorder.map_or(0, |backorder| -backorder.limit)
    }

    /// Decides a relative change, such as a delivery, a loss or a reservation.
    pub fn adjust(&self, delta: StockDelta) -> Result<StockAdjustment, StockRefusal> {
        let available = self.available.checked_add(delta.available).ok_or(StockRefusal::OutOfRange)?;
        let reserved = self.reserved.checked_add(delta.reserved);
        let takes = delta.available < 0;
        if takes && available < self.lowest() {
            return Err(StockRefusal::NotEnough { available: self.orderable().max(0) });
        }
        if reserved.is_none_or(|reserved| reserved < 0 || available + reserved > MAX) {
            return Err(StockRefusal::OutOfRange);
        }
        let to = Band::of(available, self.threshold, self.backorder.as_ref());
        let (before, after) = (self.bounds(self.band), self.bounds(to));
        let (mut min, mut max) = (before.0.max(after.0 - delta.available), before.1.min(after.1 - delta.available));
        let missing = |available: i64| (-available).max(0);
        let backordered = if takes { missing(available) - missing(self.available) } else { 0 };
        if takes {
            // Of other levels it would take another number of units that are not there.
            (min, max) = match backordered {
                0 => (min.max(-delta.available), max),
                all if all == -delta.available => (min.max(self.lowest() - delta.available), max.min(0)),
                _ => (self.available, self.available),
            };
        }
        Ok(StockAdjustment {
            delta,
            threshold: self.threshold,
            backorder: self.backorder,
            backordered,
            min_available: min,
            max_available: max,
            from: self.band,
            to,
        })
    }

    /// The lowest and the highest number of available units in a band.
    fn bounds(&self, band: Band) -> (i64, i64) {
        match band {
            Band::In => (self.threshold + 1, MAX),
            Band::Low => (1, self.threshold),
            Band::Backorder | Band::Preorder => (self.lowest() + 1, 0),
            Band::Out => (-MAX, self.lowest()),
        }
    }

    /// This level after an adjustment that was decided on it.
    #[must_use]
    pub fn adjusted(&self, adjustment: &StockAdjustment, now: Time) -> Self {
        Self {
            available: self.available + adjustment.delta.available,
            reserved: self.reserved + adjustment.delta.reserved,
            band: adjustment.to,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        }
    }

    /// The level with what somebody counted or chose. It replaces only the version that it was decided on.
    pub fn set(&self, setting: &StockSetting, now: Time) -> Result<Self, StockRefusal> {
        let on_hand = setting.on_hand.unwrap_or(self.on_hand());
        let threshold = setting.threshold.unwrap_or(self.threshold);
        let backorder = setting.backorder.of(self.backorder);
        // It can stay below zero: units that are sold and not there. Nobody counts fewer than none.
        let is_counted = on_hand == self.on_hand() || (0..=MAX).contains(&on_hand);
        if !is_counted || !(0..=MAX).contains(&threshold) {
            return Err(StockRefusal::OutOfRange);
        }
        let from = backorder.filter(|_| backorder != self.backorder).and_then(|new| new.available_from);
        if from.is_some_and(|day| day < ShopZone::UTC.day(now)) {
            return Err(StockRefusal::PastDay);
        }
        let next = Self { available: on_hand - self.reserved, threshold, backorder, ..self.clone() };
        if next.available < next.lowest() && next.available < self.available {
            return Err(StockRefusal::BelowReserved { reserved: self.reserved });
        }
        Ok(Self {
            band: Band::of(next.available, threshold, backorder.as_ref()),
            version: self.version + 1,
            updated_at: now,
            ..next
        })
    }
}

/// One entry of a stock level's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChange {
    pub id: StockChangeId,
    pub at: Time,
    /// By how much the units on hand changed.
    pub delta: i64,
    /// The new number of units on hand, if it was set and not adjusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hand: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<i64>,
    pub reason: String,
    /// `None` for automatic changes, such as sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorId>,
}

impl StockChange {
    pub const MAX_REASON: usize = 200;

    pub fn parse_reason(text: &str) -> Result<String, InvalidText> {
        text::line(text, Self::MAX_REASON)
    }
}

#[cfg(test)]
mod tests;
