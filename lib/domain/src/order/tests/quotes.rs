//! What a quote says, and that an order costs the same.

use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::order::{LineProblem, Quote};
use crate::pricing::{Destination, PricedLine};
use crate::shipping::ShippingMethods;

/// Something that a buyer wants: its price, the price that the buyer saw, how many, and how many there are.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    price: i64,
    quoted: i64,
    quantity: u32,
    available: i64,
}

impl Wanted {
    fn of(price: i64, quantity: u32) -> Self {
        Self { price, quoted: price, quantity, available: 10 }
    }
}

/// The quote of these things, and the order of them at the total of the quote.
fn both(wanted: &[Wanted], coupon: Option<&Coupon>, units: UnitLimits) -> (Quote, Result<PlacedOrder, PlaceRefusal>) {
    let products: Vec<Offer> = (1..).zip(wanted).map(|(n, wanted)| product(n, wanted.price)).collect();
    let levels: Vec<StockLevel> =
        products.iter().zip(wanted).map(|(product, wanted)| level(product, wanted.available)).collect();
    let lines = products.iter().zip(&levels).zip(wanted).map(|((product, level), wanted)| DraftLine {
        quantity: wanted.quantity,
        quoted_price: Some(wanted.quoted),
        ..one_of(product, level)
    });
    let rates = rates();
    let methods = ShippingMethods::configured(&rates.shipping);
    let draft = OrderDraft {
        lines: lines.collect(),
        coupon: coupon.map(CustomerCoupon::unused),
        methods: &methods,
        rates: &rates,
    };
    let cash = CashTerms { limit: i64::MAX, confirm_within: CONFIRM_WITHIN };
    let details = OrderDetails { cash, units, ..by_account(Method::CashOnDelivery) };
    let quote = draft.quote(&Destination::consumer_in(details.shipping.country), None, &units, now()).unwrap();
    let details = OrderDetails { expected_total: Some(quote.totals.total), ..details };
    let placed = draft.place(details, now());
    (quote, placed)
}

fn units() -> UnitLimits {
    OrderLimits::default().units
}

fn problems(quote: &Quote) -> Vec<Option<LineProblem>> {
    quote.lines.iter().map(|line| line.problem).collect()
}

#[test]
fn lines_that_there_are_not_enough_of_do_not_count_and_a_new_price_does() {
    let short = Wanted { available: 1, ..Wanted::of(5_000, 2) };
    let dearer = Wanted { quoted: 900, ..Wanted::of(1_000, 2) };
    let (quote, placed) = both(&[short, dearer], None, units());
    assert_eq!(problems(&quote), [Some(LineProblem::NotEnough), Some(LineProblem::PriceChanged)]);
    assert_eq!(quote.lines[0].shares, PricedLine::default());
    assert_eq!((quote.totals.subtotal, quote.totals.total), (2_000, 2_640));
    assert!(!quote.is_orderable() && matches!(placed, Err(PlaceRefusal::NotEnough { .. })));
    let (quote, placed) = both(&[dearer], None, units());
    assert!(quote.is_orderable() && placed.is_ok(), "who saw the total agrees to the price");
}

#[test]
fn a_coupon_that_cannot_be_used_gives_nothing_and_is_named() {
    let mut coupon = Coupon::without_limits(Discount::Percentage { percent: 10, maximum: None }, now());
    coupon.terms.minimum_order = 2_000;
    let (with, _) = both(&[Wanted::of(1_000, 2)], Some(&coupon), units());
    assert_eq!((with.totals.discount, with.coupon_problem), (200, None));
    // The line that is missing does not count for its minimum either.
    let short = Wanted { available: 0, ..Wanted::of(1_000, 1) };
    let (without, placed) = both(&[Wanted::of(1_000, 1), short], Some(&coupon), units());
    assert_eq!(without.totals.discount, 0);
    assert!(without.coupon_problem.is_some() && placed.is_err());
}

#[test]
fn too_many_units_are_named_at_their_line_or_for_the_order() {
    let limits = UnitLimits { line: 3, product: 3, order: 5 };
    let (quote, placed) = both(&[Wanted::of(1_000, 2), Wanted::of(1_000, 4)], None, limits);
    assert_eq!(problems(&quote), [None, Some(LineProblem::TooManyUnits)]);
    assert!(!quote.is_orderable() && matches!(placed, Err(PlaceRefusal::TooManyUnits { .. })));
    let (quote, placed) = both(&[Wanted::of(1_000, 3), Wanted::of(1_000, 3)], None, limits);
    assert_eq!((problems(&quote), quote.units_problem), (vec![None, None], Some(UnitRefusal::Order { max: 5 })));
    assert!(!quote.is_orderable() && placed.is_err());
}

proptest! {
    #[test]
    fn an_order_costs_exactly_what_its_quote_said_and_is_refused_where_the_quote_said_so(
        wanted in prop::collection::vec((1_i64..20_000, 0_i64..3, 1_u32..12, 0_i64..200), 0..12),
        percent in 0_u32..=100, minimum in 0_i64..100_000, maximum in 1_i64..10_000,
    ) {
        let wanted: Vec<Wanted> = wanted.into_iter().map(|(price, changed, quantity, available)| {
            Wanted { price, quoted: price + changed, quantity, available }
        }).collect();
        let mut coupon = Coupon::without_limits(Discount::Percentage { percent: percent.max(1), maximum: Some(maximum) }, now());
        coupon.terms.minimum_order = minimum;
        let limits = UnitLimits { line: 10, product: 10, order: 60 };
        let (quote, placed) = both(&wanted, (percent > 0).then_some(&coupon), limits);
        prop_assert_eq!(quote.is_orderable(), placed.is_ok());
        prop_assert_eq!(quote.lines.len(), wanted.len());
        prop_assert_eq!(quote.lines.iter().map(|line| line.shares.discount).sum::<i64>(), quote.totals.discount);
        prop_assert_eq!(quote.lines.iter().map(|line| line.shares.tax).sum::<i64>(), quote.totals.tax);
        if let Ok(placed) = placed {
            prop_assert_eq!(placed.order.totals, quote.totals);
            let charged = placed.purchase.lines.iter().map(|line| (line.discount, line.tax));
            let quoted = quote.lines.iter().map(|line| (line.shares.discount, line.shares.tax));
            prop_assert!(charged.eq(quoted));
        }
    }
}
