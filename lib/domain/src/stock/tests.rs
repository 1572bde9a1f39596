use proptest::prelude::{Just, Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{
    Backorder, BackorderChange, BackorderMode, Band, InvalidBackorder, MAX, StockDelta, StockLevel, StockRefusal,
    StockSetting,
};
use crate::calendar::Day;
use crate::event::Event;
use crate::id::{ProductId, VariantId};
use crate::sku::Sku;
use crate::time::Time;

fn level(available: i64, reserved: i64, threshold: i64) -> StockLevel {
    let now = Time::from_unix_millis(0);
    StockLevel {
        reserved,
        threshold,
        band: Band::of(available, threshold, None),
        ..StockLevel::new(Sku::parse("A").unwrap(), ProductId::new(now, 1), VariantId::new(now, 2), available, now)
    }
}

fn terms(mode: BackorderMode, limit: i64) -> Backorder {
    Backorder::new(mode, limit, Some(day("2026-12-24"))).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A level with a threshold of 5 that is sold below zero down to `limit`; 0: it is not.
fn backordered(available: i64, limit: i64) -> StockLevel {
    let backorder = (limit > 0).then(|| terms(BackorderMode::Backorder, limit));
    StockLevel { backorder, band: Band::of(available, 5, backorder.as_ref()), ..level(available, 0, 5) }
}

fn by(available: i64) -> StockDelta {
    StockDelta { available, reserved: 0 }
}

fn on_hand(units: i64) -> StockSetting {
    StockSetting { on_hand: Some(units), ..StockSetting::default() }
}

fn to(backorder: Backorder) -> StockSetting {
    StockSetting { backorder: BackorderChange::To(backorder), ..StockSetting::default() }
}

#[test]
fn stock_never_goes_below_zero() {
    assert_eq!(level(3, 0, 5).adjust(by(-4)), Err(StockRefusal::NotEnough { available: 3 }));
    assert_eq!(
        level(3, 2, 5).set(&on_hand(1), Time::from_unix_millis(1)),
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
    // Nobody hears that it is back while every unit that comes is sold already.
    assert!(low(to(&backordered(6, 9), -8)));
    assert_eq!(to(&backordered(2, 9), -3), None);
    assert_eq!(to(&backordered(-9, 9), 9), None);
    assert!(matches!(to(&backordered(-9, 9), 10), Some(Event::StockBack { .. })));
    assert!(matches!(to(&backordered(-1, 9), 90), Some(Event::StockBack { .. })));
}

#[test]
fn a_sku_is_sold_below_zero_down_to_its_limit_and_no_further() {
    let three = backordered(3, 10);
    assert_eq!((three.orderable(), three.backordered(3), three.backordered(5)), (13, 0, 2));
    let last = three.adjust(by(-13)).unwrap();
    assert_eq!((last.to, last.backordered), (Band::Out, 10));
    assert_eq!(three.adjust(by(-14)), Err(StockRefusal::NotEnough { available: 13 }));
    let part = three.adjust(by(-5)).unwrap();
    assert_eq!((part.to, part.backordered), (Band::Backorder, 2));
    // Two units would be three or one if another sale or a delivery came between.
    assert_eq!((part.min_available, part.max_available), (3, 3));
    let none_there = backordered(-4, 10).adjust(by(-5)).unwrap();
    assert_eq!((none_there.backordered, none_there.min_available, none_there.max_available), (5, -4, 0));
    assert_eq!(backordered(-10, 10).adjust(by(-1)), Err(StockRefusal::NotEnough { available: 0 }));
    assert_eq!(backordered(-3, 10).adjust(by(10)).map(|change| change.to), Ok(Band::In), "7 are left of a delivery");
}

#[test]
fn what_was_sold_below_zero_stays_when_the_shop_ends_it_or_lowers_its_limit() {
    let now = Time::from_unix_millis(0);
    let off = StockSetting { backorder: BackorderChange::Off, ..StockSetting::default() };
    let off = StockLevel { reserved: 2, ..backordered(-4, 10) }.set(&off, now).unwrap();
    assert_eq!((off.available, off.band, off.on_hand()), (-4, Band::Out, -2));
    assert_eq!((off.orderable(), off.for_sale()), (-4, 2));
    assert_eq!(off.adjust(by(-1)), Err(StockRefusal::NotEnough { available: 0 }));
    // A delivery or a cancellation that does not fill it, and a sale of what is reserved.
    for (available, reserved) in [(3, 0), (2, -2), (0, -2)] {
        assert_eq!(off.adjust(StockDelta { available, reserved }).map(|change| change.to), Ok(Band::Out));
    }
    let same = StockSetting { threshold: Some(9), ..on_hand(-2) };
    assert_eq!(off.set(&same, now).map(|level| (level.available, level.threshold)), Ok((-4, 9)));
    assert_eq!(off.set(&on_hand(-1), now), Err(StockRefusal::OutOfRange));
    assert_eq!(off.set(&on_hand(0), now).map(|level| level.available), Ok(-2));
    let lower = backordered(-4, 10).set(&to(terms(BackorderMode::Preorder, 5)), now).unwrap();
    assert_eq!((lower.band, lower.orderable()), (Band::Preorder, 1));
    let counted = StockLevel { reserved: 9, available: -4, ..lower };
    assert_eq!(counted.set(&on_hand(3), now), Err(StockRefusal::BelowReserved { reserved: 9 }));
    assert_eq!(counted.set(&on_hand(4), now).map(|level| (level.available, level.band)), Ok((-5, Band::Out)));
}

#[test]
fn terms_have_a_limit_and_a_preorder_has_a_day_that_is_not_past_when_it_is_chosen() {
    let make = |mode, limit, day: Option<&str>| Backorder::new(mode, limit, day.map(|day| Day::parse(day).unwrap()));
    for limit in [0, -1, Backorder::MAX_LIMIT + 1] {
        assert_eq!(make(BackorderMode::Backorder, limit, None), Err(InvalidBackorder::Limit));
    }
    assert_eq!(make(BackorderMode::Preorder, 1, None), Err(InvalidBackorder::NoDay));
    assert!(make(BackorderMode::Backorder, Backorder::MAX_LIMIT, None).is_ok());
    let now = Time::parse("2026-12-24T23:59:59Z").unwrap();
    let chosen = level(0, 0, 5).set(&to(terms(BackorderMode::Preorder, 5)), now).unwrap();
    assert_eq!(chosen.band, Band::Preorder);
    let later = Time::parse("2026-12-25T00:00:00Z").unwrap();
    assert_eq!(chosen.set(&to(terms(BackorderMode::Preorder, 6)), later), Err(StockRefusal::PastDay));
    let same = StockSetting { threshold: Some(1), ..to(terms(BackorderMode::Preorder, 5)) };
    assert!(chosen.set(&same, later).is_ok(), "the goods are late, and other settings can still be changed");
}

#[test]
fn what_is_there_is_better_than_what_can_only_be_ordered() {
    let best = |bands: &[Band]| bands.iter().copied().fold(Band::Out, Band::better);
    assert_eq!(best(&[Band::Out, Band::Preorder, Band::Backorder]), Band::Backorder);
    assert_eq!(best(&[Band::Preorder, Band::Low]), Band::Low);
    assert_eq!(best(&[]), Band::Out);
}

/// What happens to the stock of a SKU.
#[derive(Debug, Clone)]
enum Happening {
    /// An order of so many units reserves them.
    Order(i64),
    /// The oldest order is paid, or gives back what it reserved.
    Paid,
    Released,
    Delivery(i64),
    /// Staff choose another limit; 0: none.
    Limit(i64),
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let one = prop_oneof![
        (1_i64..8).prop_map(Happening::Order),
        Just(Happening::Paid),
        Just(Happening::Released),
        (1_i64..12).prop_map(Happening::Delivery),
        (0_i64..12).prop_map(Happening::Limit),
    ];
    prop::collection::vec(one, 1..60)
}

proptest! {
    #[test]
    fn whatever_happens_units_add_up_and_the_buyers_of_those_that_are_not_there_were_told(
        happenings in happenings(), first in 0_i64..10,
    ) {
        let now = Time::from_unix_millis(0);
        let mut stock = level(first, 0, 5);
        // The units of each order that reserves some, and how many of them were not there.
        let mut holding = Vec::<(i64, i64)>::new();
        let (mut arrived, mut sold, mut told_to_payers) = (first, 0, 0);
        for happening in happenings {
            let delta = |available, reserved| StockDelta { available, reserved };
            let decided = match happening {
                Happening::Order(units) => stock.adjust(delta(-units, units)),
                Happening::Delivery(units) => stock.adjust(by(units)),
                Happening::Paid | Happening::Released => {
                    let Some(&(units, _)) = holding.first() else { continue };
                    let is_paid = matches!(happening, Happening::Paid);
                    stock.adjust(if is_paid { delta(0, -units) } else { delta(units, -units) })
                }
                Happening::Limit(limit) => {
                    let change = if limit == 0 { BackorderChange::Off } else { BackorderChange::To(terms(BackorderMode::Backorder, limit)) };
                    stock = stock.set(&StockSetting { backorder: change, ..StockSetting::default() }, now).unwrap();
                    continue;
                }
            };
            let Ok(decided) = decided else {
                prop_assert!(matches!(happening, Happening::Order(units) if units > stock.orderable()), "{:?}", happening);
                continue;
            };
            stock = stock.adjusted(&decided, now);
            match happening {
                Happening::Order(units) => {
                    prop_assert!(stock.orderable() >= 0, "not below the limit");
                    holding.push((units, decided.backordered));
                }
                Happening::Paid => {
                    let (units, told) = holding.remove(0);
                    (sold, told_to_payers) = (sold + units, told_to_payers + told);
                }
                Happening::Released => drop(holding.remove(0)),
                Happening::Delivery(units) => arrived += units,
                Happening::Limit(_) => {}
            }
            prop_assert_eq!(stock.on_hand() + sold, arrived);
            prop_assert_eq!(stock.reserved, holding.iter().map(|(units, _)| units).sum::<i64>());
            let told = told_to_payers + holding.iter().map(|(_, told)| told).sum::<i64>();
            prop_assert!(-stock.available <= told);
            prop_assert_eq!(stock.band, Band::of(stock.available, stock.threshold, stock.backorder.as_ref()));
        }
    }

    #[test]
    fn an_adjustment_is_valid_for_exactly_the_levels_on_which_it_would_be_decided_the_same(
        available in -20_i64..40, other in -20_i64..40, threshold in 0_i64..20, limit in 0_i64..15, amount in -40_i64..40,
    ) {
        let at = |available: i64| {
            let backorder = (limit > 0).then(|| terms(BackorderMode::Backorder, limit));
            let band = Band::of(available, threshold, backorder.as_ref());
            StockLevel { backorder, band, ..level(available, 0, threshold) }
        };
        let (first, second) = (at(available), at(other));
        if let Ok(decided) = first.adjust(by(amount)) {
            let bounds = decided.min_available..=decided.max_available;
            prop_assert!(bounds.contains(&available));
            prop_assert!(amount >= 0 || available + amount >= -limit);
            let valid = decided.from == second.band && bounds.contains(&other);
            prop_assert_eq!(valid, second.adjust(by(amount)) == Ok(decided));
        }
    }
}
