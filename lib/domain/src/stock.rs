//! How much of a SKU there is: what can be sold, what is promised to orders, and the band that customers see.
//!
//! A change is decided on a level that was read and is committed against bounds, not against the exact number: "it was
//! low and stays low, whatever it is by now". So many sales of one SKU at once do not get into each other's way, and
//! the one that crosses into another band knows it, once.

use serde::{Deserialize, Serialize};

use crate::id::{ProductId, StockChangeId, UserId, VariantId};
use crate::sku::Sku;
use crate::text::{self, InvalidText};
use crate::time::Time;

/// More than anybody stores, and small enough that sums never overflow.
pub const MAX: i64 = 1_000_000_000;

/// At how many units a SKU counts as low, until somebody sets it.
pub const DEFAULT_THRESHOLD: i64 = 5;

/// What customers see of a stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    In,
    Low,
    Out,
}

impl Band {
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

    /// The numbers, both inclusive, that this band stands for.
    fn bounds(self, threshold: i64) -> (i64, i64) {
        match self {
            Self::Out => (0, 0),
            Self::Low => (1, threshold),
            Self::In => (threshold + 1, MAX),
        }
    }

    /// The better of two: a product is there if one of its variants is.
    pub fn better(self, other: Self) -> Self {
        if (self as u8) < (other as u8) { self } else { other }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    pub sku: Sku,
    pub product_id: ProductId,
    pub variant_id: VariantId,
    /// What can be sold now: on hand, less what is reserved.
    pub available: i64,
    /// Promised to orders that are not paid or shipped yet.
    pub reserved: i64,
    pub threshold: i64,
    pub band: Band,
    pub version: u64,
    pub updated_at: Time,
}

/// By how much the two numbers change. A reservation is `{-n, n}`, its release `{n, -n}`, its sale `{0, -n}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    pub available: i64,
    pub reserved: i64,
}

/// A decided change: what it writes, and what must hold of the level when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub shift: Shift,
    pub threshold: i64,
    /// Between which numbers the available units must be before it.
    pub from_available: (i64, i64),
    pub from: Band,
    pub to: Band,
}

/// What others are told when a band is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// It fell to the threshold or below.
    Low,
    /// There was none, and there is some again.
    Back,
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
    pub fn new(sku: Sku, (product_id, variant_id): (ProductId, VariantId), available: i64, now: Time) -> Self {
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

    /// A relative change, such as a delivery, a loss or a reservation.
    pub fn shift(&self, shift: Shift) -> Result<Move, StockRefusal> {
        let available = self.available.checked_add(shift.available).ok_or(StockRefusal::OutOfRange)?;
        let reserved = self.reserved.checked_add(shift.reserved);
        if available < 0 {
            return Err(StockRefusal::NotEnough { available: self.available });
        }
        if reserved.is_none_or(|reserved| reserved < 0 || available + reserved > MAX) {
            return Err(StockRefusal::OutOfRange);
        }
        let to = Band::of(available, self.threshold);
        let (before, after) = (self.band.bounds(self.threshold), to.bounds(self.threshold));
        Ok(Move {
            shift,
            threshold: self.threshold,
            from_available: (before.0.max(after.0 - shift.available), before.1.min(after.1 - shift.available)),
            from: self.band,
            to,
        })
    }

    /// The level with numbers that somebody counted or chose; good only for the version that it was decided on.
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

/// What leaving one band for another means to others.
pub fn crossing(from: Band, to: Band) -> Option<Crossing> {
    match (from, to) {
        (Band::In, Band::Low | Band::Out) => Some(Crossing::Low),
        (Band::Out, Band::Low | Band::In) => Some(Crossing::Back),
        _ => None,
    }
}

/// One line of a stock's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChange {
    pub id: StockChangeId,
    pub at: Time,
    /// By how much the units on hand changed.
    pub delta: i64,
    /// What was set, where a number was set and not changed by some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hand: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<i64>,
    pub reason: String,
    /// `None`: the shop itself.
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

    use super::{Band, Crossing, MAX, Shift, StockLevel, StockRefusal, crossing};
    use crate::id::{ProductId, VariantId};
    use crate::sku::Sku;
    use crate::time::Time;

    fn level(available: i64, reserved: i64, threshold: i64) -> StockLevel {
        let now = Time::from_unix_millis(0);
        let ids = (ProductId::new(now, 1), VariantId::new(now, 2));
        StockLevel {
            reserved,
            threshold,
            band: Band::of(available, threshold),
            ..StockLevel::new(Sku::parse("A").unwrap(), ids, available, now)
        }
    }

    fn by(available: i64) -> Shift {
        Shift { available, reserved: 0 }
    }

    #[test]
    fn a_stock_never_goes_below_nothing() {
        assert_eq!(level(3, 0, 5).shift(by(-4)), Err(StockRefusal::NotEnough { available: 3 }));
        assert_eq!(
            level(3, 2, 5).set(Some(1), None, Time::from_unix_millis(1)),
            Err(StockRefusal::BelowReserved { reserved: 2 })
        );
        for amount in [i64::MAX, MAX] {
            assert_eq!(level(3, 0, 5).shift(by(amount)), Err(StockRefusal::OutOfRange));
        }
        let release = Shift { available: 1, reserved: -1 };
        assert_eq!(level(3, 0, 5).shift(release), Err(StockRefusal::OutOfRange));
    }

    #[test]
    fn each_way_across_the_threshold_is_told_once() {
        let to = |from: &StockLevel, n| {
            let change = from.shift(by(n)).unwrap();
            crossing(change.from, change.to)
        };
        assert_eq!(to(&level(7, 0, 5), -1), None);
        assert_eq!(to(&level(6, 0, 5), -1), Some(Crossing::Low));
        assert_eq!(to(&level(6, 0, 5), -6), Some(Crossing::Low));
        assert_eq!(to(&level(5, 0, 5), -5), None);
        assert_eq!(to(&level(0, 3, 5), 1), Some(Crossing::Back));
        assert_eq!(to(&level(1, 0, 5), 100), None);
    }

    proptest! {
        #[test]
        fn a_move_holds_for_exactly_the_levels_on_which_it_would_be_decided_alike(
            available in 0_i64..40, other in 0_i64..40, threshold in 0_i64..20, amount in -40_i64..40,
        ) {
            let (first, second) = (level(available, 0, threshold), level(other, 0, threshold));
            if let Ok(decided) = first.shift(by(amount)) {
                let (low, high) = decided.from_available;
                prop_assert!((low..=high).contains(&available));
                let holds = decided.from == second.band && (low..=high).contains(&other);
                prop_assert_eq!(holds, second.shift(by(amount)) == Ok(decided));
            }
        }
    }
}
