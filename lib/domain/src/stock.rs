//! How much of a SKU there is: what can be sold, what orders have reserved, and the band that customers see.
//!
//! A change is decided on a level that was read. It is committed if the level is still within bounds, not only if it is
//! exactly the same: "it was low and stays low, whatever the number is now". So many sales of one SKU at the same time
//! do not block each other, and exactly one of them moves the level into another band.

use serde::{Deserialize, Serialize};

use crate::id::{ProductId, StockChangeId, UserId, VariantId};
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
    Out,
}

impl Band {
    pub const ALL: [Self; 3] = [Self::In, Self::Low, Self::Out];

    pub fn of(available: i64, threshold: i64) -> Self {
        match available {
            i64::MIN..=0 => Self::Out,
            _ if available <= threshold => Self::Low,
            _ => Self::In,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Low => "low",
            Self::Out => "out",
        }
    }

    /// The lowest and the highest number of available units in this band.
    fn bounds(self, threshold: i64) -> (i64, i64) {
        match self {
            Self::Out => (0, 0),
            Self::Low => (1, threshold),
            Self::In => (threshold + 1, MAX),
        }
    }

    /// The better of two: a product is in stock if one of its variants is.
    pub fn better(self, other: Self) -> Self {
        if (self as u8) < (other as u8) { self } else { other }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    pub sku: Sku,
    pub product_id: ProductId,
    pub variant_id: VariantId,
    /// What can be sold now: on hand minus reserved.
    pub available: i64,
    /// Held for orders that are not paid or not shipped yet.
    pub reserved: i64,
    pub threshold: i64,
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
            band: Band::of(available, DEFAULT_THRESHOLD),
            version: 1,
            updated_at: now,
        }
    }

    pub fn on_hand(&self) -> i64 {
        self.available + self.reserved
    }

    /// Decides a relative change, such as a delivery, a loss or a reservation.
    pub fn adjust(&self, delta: StockDelta) -> Result<StockAdjustment, StockRefusal> {
        let available = self.available.checked_add(delta.available).ok_or(StockRefusal::OutOfRange)?;
        let reserved = self.reserved.checked_add(delta.reserved);
        if available < 0 {
            return Err(StockRefusal::NotEnough { available: self.available });
        }
        if reserved.is_none_or(|reserved| reserved < 0 || available + reserved > MAX) {
            return Err(StockRefusal::OutOfRange);
        }
        let to = Band::of(available, self.threshold);
        let (before, after) = (self.band.bounds(self.threshold), to.bounds(self.threshold));
        Ok(StockAdjustment {
            delta,
            threshold: self.threshold,
            min_available: before.0.max(after.0 - delta.available),
            max_available: before.1.min(after.1 - delta.available),
            from: self.band,
            to,
        })
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

    /// The level with numbers that somebody counted or chose. It replaces only the version that it was decided on.
    pub fn set(&self, on_hand: Option<i64>, threshold: Option<i64>, now: Time) -> Result<Self, StockRefusal> {
        let on_hand = on_hand.unwrap_or(self.on_hand());
        let threshold = threshold.unwrap_or(self.threshold);
        if !(0..=MAX).contains(&on_hand) || !(0..=MAX).contains(&threshold) {
            return Err(StockRefusal::OutOfRange);
        }
        let available = on_hand - self.reserved;
        if available < 0 {
            return Err(StockRefusal::BelowReserved { reserved: self.reserved });
        }
        Ok(Self {
            available,
            threshold,
            band: Band::of(available, threshold),
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
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
    pub by: Option<UserId>,
}

impl StockChange {
    pub const MAX_REASON: usize = 200;

    pub fn parse_reason(text: &str) -> Result<String, InvalidText> {
        text::line(text, Self::MAX_REASON)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{Band, MAX, StockDelta, StockLevel, StockRefusal};
    use crate::event::Event;
    use crate::id::{ProductId, VariantId};
    use crate::sku::Sku;
    use crate::time::Time;

    fn level(available: i64, reserved: i64, threshold: i64) -> StockLevel {
        let now = Time::from_unix_millis(0);
        StockLevel {
            reserved,
            threshold,
            band: Band::of(available, threshold),
            ..StockLevel::new(Sku::parse("A").unwrap(), ProductId::new(now, 1), VariantId::new(now, 2), available, now)
        }
    }

    fn by(available: i64) -> StockDelta {
        StockDelta { available, reserved: 0 }
    }

    #[test]
    fn stock_never_goes_below_zero() {
        assert_eq!(level(3, 0, 5).adjust(by(-4)), Err(StockRefusal::NotEnough { available: 3 }));
        assert_eq!(
            level(3, 2, 5).set(Some(1), None, Time::from_unix_millis(1)),
            Err(StockRefusal::BelowReserved { reserved: 2 })
        );
        for amount in [i64::MAX, MAX] {
            assert_eq!(level(3, 0, 5).adjust(by(amount)), Err(StockRefusal::OutOfRange));
        }
        let release = StockDelta { available: 1, reserved: -1 };
        assert_eq!(level(3, 0, 5).adjust(release), Err(StockRefusal::OutOfRange));
    }

    #[test]
    fn each_crossing_of_the_threshold_makes_one_event() {
        let to = |from: &StockLevel, n| {
            let change = from.adjust(by(n)).unwrap();
            Event::of_band_change(from, change.from, change.to)
        };
        let low = |event| matches!(event, Some(Event::StockLow { .. }));
        assert_eq!(to(&level(7, 0, 5), -1), None);
        assert!(low(to(&level(6, 0, 5), -1)));
        assert!(low(to(&level(6, 0, 5), -6)));
        assert_eq!(to(&level(5, 0, 5), -5), None);
        assert!(matches!(to(&level(0, 3, 5), 1), Some(Event::StockBack { .. })));
        assert_eq!(to(&level(1, 0, 5), 100), None);
    }

    proptest! {
        #[test]
        fn an_adjustment_is_valid_for_exactly_the_levels_on_which_it_would_be_decided_the_same(
            available in 0_i64..40, other in 0_i64..40, threshold in 0_i64..20, amount in -40_i64..40,
        ) {
            let (first, second) = (level(available, 0, threshold), level(other, 0, threshold));
            if let Ok(decided) = first.adjust(by(amount)) {
                let bounds = decided.min_available..=decided.max_available;
                prop_assert!(bounds.contains(&available));
                let valid = decided.from == second.band && bounds.contains(&other);
                prop_assert_eq!(valid, second.adjust(by(amount)) == Ok(decided));
            }
        }
    }
}
