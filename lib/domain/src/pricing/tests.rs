use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

use super::{Delivery, Destination, Item, Priced, PricingRefusal, Rates, ShippingRates, price, price_by};
use crate::address::Country;
use crate::coupon::{Coupon, CustomerCoupon, Discount};
use crate::id::ProductId;
use crate::money::Currency;
use crate::product::MAX_PRICE;
use crate::shipping::ShippingMethods;
use crate::tax::{ShippingRate, TaxClass, TaxKind, TaxRate, TaxRates, TaxRules};
use crate::time::Time;

fn now() -> Time {
    Time::from_unix_millis(5)
}

fn rates(shipping: &str, tax: &str) -> Rates {
    Rates {
        currency: Currency::USD,
        shipping: ShippingRates::parse(shipping).unwrap(),
        tax: TaxRates::parse(tax).unwrap(),
    }
}

fn item(unit_price: i64, quantity: u32) -> Item<'static> {
    let product_id = ProductId::new(now(), 1);
    Item { product_id, categories: &[], unit_price, quantity, tax_class: TaxClass::Standard, weight_grams: 0 }
}

fn off(discount: Discount) -> Coupon {
    Coupon::without_limits(discount, now())
}

fn priced(
    items: &[Item<'_>],
    coupon: Option<CustomerCoupon<'_>>,
    code: &str,
    rates: &Rates,
) -> Result<Priced, PricingRefusal> {
    priced_for(items, coupon, Destination::consumer_in(country(code)), rates)
}

fn priced_for(
    items: &[Item<'_>],
    coupon: Option<CustomerCoupon<'_>>,
    destination: Destination<'_>,
    rates: &Rates,
) -> Result<Priced, PricingRefusal> {
    let methods = ShippingMethods::configured(&rates.shipping);
    price(items, coupon, Some(&Delivery { destination, methods: &methods, method: None }), rates, now())
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

#[test]
fn shipping_and_tax_depend_on_the_country_and_free_shipping_on_the_discounted_amount() {
    let rates = rates(
        r#"{"default":900,"countries":{"DE":500},"freeFrom":5000}"#,
        r#"{"default":0,"countries":{"DE":1900},"shipping":"standard"}"#,
    );
    let of = |items: &[Item<'_>], coupon: Option<&Coupon>, code| {
        let coupon = coupon.map(CustomerCoupon::unused);
        let totals = priced(items, coupon, code, &rates).unwrap().totals;
        (totals.shipping, totals.tax, totals.total)
    };
    assert_eq!(of(&[item(1000, 2)], None, "DE"), (500, 475, 2975));
    assert_eq!(of(&[item(1000, 2)], None, "US"), (900, 0, 2900));
    assert_eq!(of(&[item(5000, 1)], None, "US"), (0, 0, 5000));
    let coupon = off(Discount::Fixed { amount: 1 });
    assert_eq!(of(&[item(5000, 1)], Some(&coupon), "US"), (900, 0, 5899));
    let unknown = price(&[item(1000, 1)], None, None, &rates, now()).unwrap();
    assert_eq!(unknown.totals.total, 1000);
    let nothing = priced(&[], None, "DE", &rates).unwrap();
    assert_eq!(nothing.totals.total, 0);
}

#[test]
fn the_rates_of_countries_are_those_that_orders_are_priced_with() {
    let with = |shipping: &str, tax: &str| {
        let rates = rates(shipping, tax);
        let methods = ShippingMethods::configured(&rates.shipping);
        let named: Vec<(String, i64, u32)> =
            rates.countries(&methods).into_iter().map(|(code, own)| (code, own.shipping, own.tax)).collect();
        for (code, shipping, tax) in &named {
            let totals = priced(&[item(10_000, 1)], None, code, &rates).unwrap().totals;
            assert_eq!((totals.shipping, totals.tax), (*shipping, i64::from(*tax)), "{code}");
        }
        (named, rates.of_other_countries(&methods).map(|others| (others.shipping, others.tax)))
    };
    let named = |code: &str, shipping, tax| (code.to_owned(), shipping, tax);
    let everywhere = with(r#"{"default":900,"countries":{"DE":500}}"#, r#"{"default":5,"countries":{"FR":2000}}"#);
    assert_eq!(everywhere, (vec![named("DE", 500, 5), named("FR", 900, 2000)], Some((900, 5))));
    // Tax alone does not make it a country that we ship to.
    let one = with(r#"{"countries":{"DE":0}}"#, r#"{"countries":{"DE":1900,"FR":2000}}"#);
    assert_eq!(one, (vec![named("DE", 0, 1900)], None));
}

#[test]
fn unserved_countries_and_too_large_orders_are_refused() {
    let rates = rates(r#"{"countries":{"DE":500}}"#, "{}");
    let refused = |items: &[Item<'_>], code| priced(items, None, code, &rates).unwrap_err();
    let us = Country::parse("US").unwrap();
    assert_eq!(refused(&[item(1, 1)], "US"), PricingRefusal::NotShippedTo(us));
    assert_eq!(refused(&[item(MAX_PRICE, 1)], "DE"), PricingRefusal::TooLarge);
    assert_eq!(refused(&[item(i64::MAX, 2)], "DE"), PricingRefusal::TooLarge);
    for bad in ["", "7", r#"{"countries":{"de":1}}"#, r#"{"default":-1}"#, r#"{"free":1}"#] {
        assert!(ShippingRates::parse(bad).is_err(), "{bad}");
    }
    assert!(TaxRates::parse(r#"{"default":10001}"#).is_err());
}

#[test]
fn a_cent_that_cannot_be_divided_goes_to_one_line() {
    let coupon = off(Discount::Fixed { amount: 100 });
    let rates = rates(r#"{"default":0}"#, r#"{"default":700}"#);
    let items = [item(1000, 1), item(1000, 1), item(1000, 1)];
    let priced = priced(&items, Some(CustomerCoupon::unused(&coupon)), "DE", &rates).unwrap();
    assert_eq!(priced.lines.iter().map(|l| l.discount).collect::<Vec<_>>(), [34, 33, 33]);
    assert_eq!((priced.totals.tax, priced.totals.total), (203, 3103));
    assert_eq!(priced.lines.iter().map(|l| l.tax).sum::<i64>(), 203);
}

const DE_AND_US: &str =
    r#"{"included":true,"shipping":"proportional","countries":{"DE":{"standard":1900,"reduced":700},"US-CA":725}}"#;

#[test]
fn a_price_with_tax_stays_the_same_and_tells_the_tax_by_rate() {
    let rates = rates(r#"{"default":500}"#, DE_AND_US);
    let book = Item { tax_class: TaxClass::Reduced, ..item(1070, 1) };
    let order = priced(&[item(1190, 2), book], None, "DE", &rates).unwrap();
    assert_eq!((order.totals.subtotal, order.totals.shipping, order.totals.total), (3450, 500, 3950));
    // Of the shipping, 345 go with the goods at 19 % and 155 with those at 7 %.
    let taxes: Vec<_> = order.taxes.iter().map(|amount| (amount.rate.rate, amount.net, amount.tax)).collect();
    assert_eq!(taxes, [(700, 1145, 80), (1900, 2290, 435)]);
    assert_eq!(order.totals.tax, 515);
    let elsewhere = priced(&[item(1190, 2), book], None, "US", &rates).unwrap();
    assert_eq!((elsewhere.totals.tax, elsewhere.totals.total), (0, 3950));
    let california = Destination { region: Some(" ca"), ..Destination::consumer_in(country("US")) };
    assert_eq!(priced_for(&[item(1190, 2)], None, california, &rates).unwrap().taxes[0].rate.rate, 725);
}

#[test]
fn a_business_that_pays_the_tax_itself_pays_prices_without_it() {
    let business = Destination { is_reverse_charged: true, ..Destination::consumer_in(country("DE")) };
    let with = rates(r#"{"default":500}"#, DE_AND_US);
    let order = priced_for(&[item(1190, 2)], None, business, &with).unwrap();
    assert_eq!((order.lines[0].unit_price, order.totals.subtotal), (1000, 2000));
    assert_eq!((order.totals.shipping, order.totals.tax, order.totals.total), (420, 0, 2420));
    assert!(!order.totals.tax_included);
    assert_eq!((order.offered[0].price, order.method.map(|method| method.price)), (420, Some(420)));
    assert_eq!(
        order.taxes.iter().map(|amount| (amount.rate.kind, amount.net)).collect::<Vec<_>>(),
        [(TaxKind::ReverseCharge, 2420)]
    );
    let without = rates(r#"{"default":500}"#, r#"{"default":1900,"shipping":"standard"}"#);
    let order = priced_for(&[item(1000, 2)], None, business, &without).unwrap();
    assert_eq!((order.totals.tax, order.totals.total), (0, 2500));
}

/// An engine that knows products, and not their classes.
struct Engine {
    book: ProductId,
}

impl TaxRules for Engine {
    fn prices_have_tax(&self) -> bool {
        false
    }

    fn of_item(&self, item: &Item<'_>, destination: &Destination<'_>) -> TaxRate {
        let is_exempt = item.product_id == self.book && destination.region == Some("NY");
        if is_exempt { TaxRate { kind: TaxKind::Exempt, rate: 0 } } else { TaxRate::taxed(888) }
    }

    fn of_shipping(&self, _: &Destination<'_>) -> ShippingRate {
        ShippingRate::Proportional
    }
}

#[test]
fn an_engine_from_outside_can_say_the_rates() {
    let rates = rates(r#"{"default":500}"#, r#"{"default":1900}"#);
    let methods = ShippingMethods::configured(&rates.shipping);
    let destination = Destination { region: Some("NY"), ..Destination::consumer_in(country("US")) };
    let delivery = Delivery { destination, methods: &methods, method: None };
    let book = ProductId::new(now(), 7);
    let items = [item(1000, 1), Item { product_id: book, ..item(3000, 1) }];
    let order = price_by(&Engine { book }, &items, None, Some(&delivery), Currency::USD, now()).unwrap();
    let taxes: Vec<_> = order.taxes.iter().map(|amount| (amount.rate.kind, amount.net, amount.tax)).collect();
    assert_eq!(taxes, [(TaxKind::Taxed, 1125, 100), (TaxKind::Exempt, 3375, 0)]);
    assert_eq!(order.totals.total, 4600);
    assert_eq!(order.lines[1].rate.kind, TaxKind::Exempt);
}

proptest! {
    #[test]
    fn the_total_is_the_sum_of_its_parts_and_never_negative(
        items in prop::collection::vec((0_i64..200_000, 1_u32..20), 1..90),
        percent in 1_u32..=100, fixed in any::<bool>(), amount in 1_i64..10_000_000, tax in 0_u32..=10_000, shipping in 0_i64..10_000, on_shipping in any::<bool>(),
    ) {
        let rates = rates(&format!(r#"{{"default":{shipping}}}"#), &format!(r#"{{"default":{tax},"shipping":"{}"}}"#, if on_shipping { "standard" } else { "none" }));
        let discount = if fixed { Discount::Fixed { amount } } else { Discount::Percentage { percent, maximum: None } };
        let coupon = off(discount);
        let items: Vec<_> = items.into_iter().map(|(price, quantity)| item(price, quantity)).collect();
        if let Ok(priced) = priced(&items, Some(CustomerCoupon::unused(&coupon)), "DE", &rates) {
            let totals = priced.totals;
            prop_assert_eq!(totals.subtotal, items.iter().map(|i| i.unit_price * i64::from(i.quantity)).sum::<i64>());
            prop_assert_eq!(totals.discount, priced.lines.iter().map(|l| l.discount).sum::<i64>());
            prop_assert_eq!(totals.total, totals.subtotal - totals.discount + totals.shipping + totals.tax);
            prop_assert!(totals.total >= 0 && totals.total <= MAX_PRICE && totals.discount <= totals.subtotal);
            let line_tax = priced.lines.iter().map(|l| l.tax).sum::<i64>();
            prop_assert!(line_tax <= totals.tax && (on_shipping || line_tax == totals.tax));
            prop_assert!(priced.lines.iter().all(|l| l.tax >= 0 && l.discount >= 0));
        }
    }
}
