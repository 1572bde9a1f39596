//! Which orders are placed and which are refused.

use super::*;
use crate::index_job::index_job_for;
use crate::pricing::PricingRefusal;
use crate::sales::OrderSales;
use crate::shipping::ShippingMethods;

#[test]
fn an_order_has_the_requested_items_and_totals_and_waits_for_payment() {
    let made = place(&[(1999, 3), (1000, 1)], None, details(Method::PaymentIntent)).unwrap();
    let order = made.order;
    assert_eq!((order.totals.subtotal, order.totals.shipping, order.totals.tax), (6997, 500, 490));
    assert_eq!((order.totals.total, order.units), (7987, 4));
    assert_eq!((order.status, order.payment_status), (Status::Pending, PaymentStatus::Unpaid));
    assert_eq!(made.stock, StockEffect::Reserve);
    assert_eq!(order.due_at(), Some(now() + HOLD));
    assert_eq!(order.hold_ended(now() + HOLD).unwrap().order.due_at(), Some(now() + PAYMENT_WINDOW));
    assert!(order.number.starts_with("261121-"), "{}", order.number);
    assert_eq!(order.payment_id().to_string()[4..], order.id.to_string()[4..]);
}

#[test]
fn changed_prices_and_missing_stock_are_refused() {
    let wants = |things: &[(i64, u32)], change: &dyn Fn(&mut OrderDetails)| {
        let mut details = details(Method::PaymentIntent);
        change(&mut details);
        place(things, None, details).unwrap_err()
    };
    assert_eq!(wants(&[], &|_| {}), PlaceRefusal::Empty);
    let sku = Sku::parse("SKU-1").unwrap();
    assert_eq!(wants(&[(100, 11)], &|_| {}), PlaceRefusal::NotEnough { sku, available: 10 });
    assert_eq!(wants(&[(1000, 1)], &|p| p.expected_total = Some(1569)), PlaceRefusal::TotalChanged { total: 1570 });
    let (thing, rates) = (product(1, 1000), rates());
    let methods = ShippingMethods::configured(&rates.shipping);
    let level = level(&thing, 1);
    let line = DraftLine { quoted_price: Some(999), ..one_of(&thing, &level) };
    let draft = OrderDraft { lines: vec![line], coupon: None, methods: &methods, rates: &rates };
    let changed = draft.place(details(Method::PaymentIntent), now());
    assert!(matches!(changed, Err(PlaceRefusal::PriceChanged(_))));
    let agreed = OrderDetails { expected_total: Some(1570), ..details(Method::PaymentIntent) };
    assert!(draft.place(agreed, now()).is_ok(), "a buyer who saw the total agrees to the price");
}

#[test]
fn a_free_order_is_sold_at_once_and_a_total_below_the_minimum_is_refused() {
    let coupon = |amount| {
        let mut coupon = Coupon::without_limits(Discount::Fixed { amount }, now());
        coupon.terms.uses_per_customer = Some(1);
        coupon
    };
    let (all, thing, free) = (coupon(1000), product(1, 1000), r#"{"default":0}"#);
    let level = level(&thing, 1);
    let rates = Rates { shipping: ShippingRates::parse(free).unwrap(), ..rates() };
    let methods = ShippingMethods::configured(&rates.shipping);
    let of = |coupon: &Coupon| {
        let draft = OrderDraft {
            lines: vec![one_of(&thing, &level)],
            coupon: Some(CustomerCoupon::unused(coupon)),
            methods: &methods,
            rates: &rates,
        };
        draft.place(details(Method::CheckoutSession), now())
    };
    let made = of(&all).unwrap();
    assert_eq!((made.order.status, made.stock), (Status::Paid, StockEffect::Sell));
    assert_eq!(OrderSales::of(&made.order, &made.purchase).unwrap().units[&thing.id], 1);
    assert!(index_job_for(&made.event).is_some(), "it is counted");
    assert_eq!((made.order.payment.method, made.order.due_at()), (Method::Free, None));
    assert_eq!(made.order.paid_at, Some(now()));
    let carried = made.order.coupon.unwrap();
    assert_eq!(carried.counted_for.unwrap().as_str(), "ada@example.com");
    assert_eq!(of(&coupon(999)), Err(PlaceRefusal::TooSmall { smallest: Money::new(50, Currency::USD) }));
}

#[test]
fn an_online_payment_is_from_the_smallest_to_the_largest_charge_of_its_currency() {
    for (code, smallest) in [("usd", 50), ("gbp", 30), ("jpy", 50), ("czk", 1500), ("huf", 17_500)] {
        let currency = Currency::parse_of_shop(code).unwrap();
        let shipping = ShippingRates::parse(r#"{"default":0}"#).unwrap();
        let rates = Rates { currency, shipping, tax: TaxRates::default() };
        let methods = ShippingMethods::configured(&rates.shipping);
        let of = |price, quantity, details| {
            let thing = product(1, price);
            let level = level(&thing, 10);
            let line = DraftLine { quantity, ..one_of(&thing, &level) };
            OrderDraft { lines: vec![line], coupon: None, methods: &methods, rates: &rates }.place(details, now())
        };
        let online = |price, quantity| of(price, quantity, details(Method::PaymentIntent));
        let too_small = PlaceRefusal::TooSmall { smallest: Money::new(smallest, currency) };
        assert_eq!(online(smallest - 1, 1).unwrap_err(), too_small, "{code}");
        assert_eq!(online(smallest, 1).unwrap().order.totals.total, smallest, "{code}");
        assert!(of(smallest - 1, 1, by_account(Method::CashOnDelivery)).is_ok(), "{code}");
        assert!(online(99_999_999, 1).is_ok(), "{code}");
        let too_large = PlaceRefusal::Pricing(PricingRefusal::TooLarge);
        assert_eq!(online(50_000_000, 2).unwrap_err(), too_large, "{code}");
    }
}
