//! Orders of what is not there yet.

use std::collections::BTreeMap;

use super::{details, level, now, product, rates};
use crate::address::Country;
use crate::calendar::Day;
use crate::order::{
    DraftLine, HoldLimits, HoldRefusal, HolderKind, LineProblem, Method, OrderDraft, OrderLine, PlaceRefusal,
    StockEffect, UnitLimits, UnpaidOrders,
};
use crate::pricing::Destination;
use crate::shipping::ShippingMethods;
use crate::stock::{Backorder, BackorderMode, Band, StockLevel};

const LIMITS: UnitLimits = UnitLimits { line: 100, product: 100, order: 100 };

fn christmas() -> Day {
    Day::parse("2026-12-24").unwrap()
}

/// What becomes of the draft of so many units, of which so many are there.
fn with_draft<T>(available: i64, limit: i64, quantity: u32, use_draft: impl FnOnce(&OrderDraft<'_>) -> T) -> T {
    let (product, rates) = (product(1, 1_000), rates());
    let backorder = Some(Backorder::new(BackorderMode::Backorder, limit, Some(christmas())).unwrap());
    let band = Band::of(available, 5, backorder.as_ref());
    let level = StockLevel { backorder, band, ..level(&product, available) };
    let methods = ShippingMethods::configured(&rates.shipping);
    let line = DraftLine {
        product: &product,
        variant: &product.variants[0],
        level: &level,
        categories: &[],
        quantity,
        quoted_price: None,
    };
    use_draft(&OrderDraft { lines: vec![line], coupon: None, methods: &methods, rates: &rates })
}

fn placed(available: i64, limit: i64, quantity: u32) -> Result<OrderLine, PlaceRefusal> {
    let placed = with_draft(available, limit, quantity, |draft| draft.place(details(Method::PaymentIntent), now()))?;
    assert_eq!(placed.stock, StockEffect::Reserve);
    Ok(placed.purchase.lines[0].clone())
}

#[test]
fn an_order_keeps_how_many_units_were_not_there_and_when_they_were_expected() {
    let kept =
        |available, quantity| placed(available, 10, quantity).map(|line| (line.backordered, line.available_from));
    assert_eq!(kept(3, 3), Ok((0, None)));
    assert_eq!(kept(3, 5), Ok((2, Some(christmas()))));
    assert_eq!(kept(0, 5), Ok((5, Some(christmas()))));
    assert_eq!(kept(-9, 1), Ok((1, Some(christmas()))));
}

#[test]
fn an_order_goes_down_to_the_limit_and_no_further() {
    assert!(placed(3, 10, 13).is_ok());
    let refused = |available, quantity| match placed(available, 10, quantity) {
        Err(PlaceRefusal::NotEnough { available, .. }) => available,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(3, 14), 13);
    assert_eq!(refused(-10, 1), 0);
}

#[test]
fn a_quote_takes_the_same_lines_as_an_order() {
    let country = Destination::consumer_in(Country::parse("DE").unwrap());
    for (available, quantity) in [(3, 13), (3, 14), (-9, 1), (-10, 1), (-20, 1)] {
        let quote = with_draft(available, 10, quantity, |draft| draft.quote(&country, None, &LIMITS, now())).unwrap();
        assert_eq!(quote.is_orderable(), placed(available, 10, quantity).is_ok(), "{available} {quantity}");
        let short = quote.lines[0].problem == Some(LineProblem::NotEnough);
        assert_eq!(short, !quote.is_orderable());
    }
}

#[test]
fn unpaid_orders_hold_a_share_of_what_is_there_and_of_what_may_be_sold_below_zero() {
    let placed =
        |quantity| with_draft(0, 10, quantity, |draft| draft.place(details(Method::PaymentIntent), now())).unwrap();
    let limits = HoldLimits { orders: 5, value: 1_000_000, share: 50 };
    let hold = |quantity| {
        let order = placed(quantity);
        let units = order.unpaid.unwrap();
        let for_sale: BTreeMap<_, _> = units.units.keys().map(|variant| (*variant, 10)).collect();
        UnpaidOrders::default().with((order.order.id, &units), &for_sale, (HolderKind::Buyer, &limits), now())
    };
    assert!(hold(5).is_ok());
    assert!(matches!(hold(6), Err(HoldRefusal::Share(_))));
}
