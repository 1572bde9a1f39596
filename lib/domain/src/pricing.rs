//! The price of an order: `total = Σ lines − discount + shipping + tax`, in whole minor units and never negative. If
//! prices are with tax, the tax is told, but not added. Discount and tax are divided over the lines exactly.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::address::Country;
use crate::coupon::{CouponLine, CouponRefusal, CustomerCoupon};
use crate::id::{CategoryId, ProductId, ShippingMethodId};
use crate::money::{Currency, allocate};
use crate::product::{MAX_PRICE, Offer, Variant};
use crate::shipping::{Consignment, CountryShipping, OfferedMethod, ShippingMethods};
use crate::tax::{ShippingRate, TaxAmount, TaxClass, TaxRate, TaxRates, TaxRules};
use crate::time::Time;

/// The price of shipping, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShippingRates {
    /// For all other countries. Without it the shop does not ship there.
    #[serde(default)]
    pub default: Option<i64>,
    #[serde(default)]
    pub countries: BTreeMap<String, i64>,
    /// Shipping is free from this amount on, after the discount.
    #[serde(default)]
    pub free_from: Option<i64>,
}

/// How the shop is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    pub currency: Currency,
    pub shipping: ShippingRates,
    pub tax: TaxRates,
}

/// What comes on top of prices in a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountryRates {
    /// The lowest price of shipping, where it is not free.
    pub shipping: i64,
    /// Hundredths of a percent.
    pub tax: u32,
}

impl Rates {
    /// The countries with rates of their own that the shop ships to, in the order of their codes.
    pub fn countries(&self, methods: &ShippingMethods) -> BTreeMap<String, CountryRates> {
        let taxed = self.tax.countries.keys().filter_map(|code| Country::parse(code).ok());
        let rates = methods.countries().chain(taxed).filter_map(|country| {
            let CountryShipping { lowest, .. } = methods.to(Some(country))?;
            let rates = CountryRates { shipping: lowest, tax: self.tax.at(country, None).standard };
            Some((country.as_str().to_owned(), rates))
        });
        rates.collect()
    }

    /// All other countries. `None`: the shop does not ship to them.
    pub fn of_other_countries(&self, methods: &ShippingMethods) -> Option<CountryRates> {
        Some(CountryRates { shipping: methods.to(None)?.lowest, tax: self.tax.default.standard })
    }

    /// From this value of the goods on, shipping is free to every country that the shop ships to.
    pub fn free_shipping_from(&self, methods: &ShippingMethods) -> Option<i64> {
        let named = methods.countries().filter_map(|country| methods.to(Some(country)));
        let all: Option<Vec<i64>> = named.chain(methods.to(None)).map(|shipping| shipping.free_from).collect();
        all?.into_iter().max()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not valid: {0}")]
pub struct InvalidRates(String);

impl ShippingRates {
    pub const NOWHERE: Self = Self { default: None, countries: BTreeMap::new(), free_from: None };

    pub fn parse(json: &str) -> Result<Self, InvalidRates> {
        let rates: Self = serde_json::from_str(json).map_err(|error| InvalidRates(error.to_string()))?;
        check_countries(rates.countries.keys())?;
        let amounts = rates.countries.values().chain(&rates.default).chain(&rates.free_from);
        if amounts.copied().all(|amount| (0..=MAX_PRICE).contains(&amount)) {
            Ok(rates)
        } else {
            Err(InvalidRates("an amount is out of range".to_owned()))
        }
    }
}

fn check_countries<'a>(mut codes: impl Iterator<Item = &'a String>) -> Result<(), InvalidRates> {
    let unknown = codes.find(|code| !Country::parse(code).is_ok_and(|c| c.as_str() == *code));
    match unknown {
        None => Ok(()),
        Some(code) => Err(InvalidRates(format!("{code} is not a country code in upper case"))),
    }
}

/// An order line to price.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    pub product_id: ProductId,
    /// The product's categories and all their parents.
    pub categories: &'a [CategoryId],
    pub unit_price: i64,
    pub quantity: u32,
    pub tax_class: TaxClass,
    pub weight_grams: i64,
}

impl<'a> Item<'a> {
    pub fn new(product: &Offer, variant: &Variant, categories: &'a [CategoryId], quantity: u32) -> Self {
        Self {
            product_id: product.id,
            categories,
            unit_price: variant.price,
            quantity,
            tax_class: product.tax_class,
            weight_grams: variant.weight_grams.unwrap_or(0),
        }
    }
}

/// Where an order goes, as far as its price depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination<'a> {
    pub country: Country,
    pub region: Option<&'a str>,
    /// The buyer is a business in another country of the European Union and pays the tax there.
    pub is_reverse_charged: bool,
}

impl Destination<'_> {
    pub fn consumer_in(country: Country) -> Self {
        Self { country, region: None, is_reverse_charged: false }
    }
}

/// How an order gets to its destination.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    pub destination: Destination<'a>,
    pub methods: &'a ShippingMethods,
    /// `None`: the first method that takes the order.
    pub method: Option<ShippingMethodId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub currency: Currency,
    pub subtotal: i64,
    pub discount: i64,
    pub shipping: i64,
    pub tax: i64,
    pub total: i64,
    /// Whether the other amounts are with the tax. Then the total is without `tax` on top.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tax_included: bool,
}

impl Totals {
    /// What comes on top of the other amounts.
    pub fn added_tax(&self) -> i64 {
        if self.tax_included { 0 } else { self.tax }
    }
}

/// A line's part of the discount and of the tax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PricedLine {
    pub unit_price: i64,
    pub discount: i64,
    pub rate: TaxRate,
    pub tax: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// In the order of the items.
    pub lines: Vec<PricedLine>,
    pub totals: Totals,
    /// The tax by rate. It adds up to that of the totals.
    pub taxes: Vec<TaxAmount>,
    /// The shipping methods that take the order.
    pub offered: Vec<OfferedMethod>,
    /// The one that it is priced with.
    pub method: Option<OfferedMethod>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricingRefusal {
    #[error("the order is larger than {MAX_PRICE} minor units")]
    TooLarge,
    #[error("is not a country that we ship to")]
    NotShippedTo(Country),
    #[error("this shipping method does not take the order")]
    MethodNotOffered,
    #[error("no shipping method takes the order")]
    NoMethod,
    #[error(transparent)]
    Coupon(#[from] CouponRefusal),
}

/// Without a delivery, shipping and tax are 0, because they are not known yet.
pub fn price(
    items: &[Item<'_>],
    coupon: Option<CustomerCoupon<'_>>,
    delivery: Option<&Delivery<'_>>,
    rates: &Rates,
    now: Time,
) -> Result<Priced, PricingRefusal> {
    price_by(&rates.tax, items, coupon, delivery, rates.currency, now)
}

/// The price by these rules of tax, which need not be those of the shop.
pub fn price_by(
    rules: &dyn TaxRules,
    items: &[Item<'_>],
    coupon: Option<CustomerCoupon<'_>>,
    delivery: Option<&Delivery<'_>>,
    currency: Currency,
    now: Time,
) -> Result<Priced, PricingRefusal> {
    // An empty cart has no shipping.
    let delivery = delivery.filter(|_| !items.is_empty());
    let taxation = delivery.map(|delivery| Taxation::of(rules, items, &delivery.destination));
    let unit_prices: Vec<i64> = match &taxation {
        None => items.iter().map(|item| item.unit_price).collect(),
        Some(taxation) => taxation.unit_prices(items),
    };
    let totals = items.iter().zip(&unit_prices).map(|(item, price)| price.checked_mul(i64::from(item.quantity)));
    let line_totals: Vec<i64> = totals.collect::<Option<_>>().ok_or(PricingRefusal::TooLarge)?;
    let sum = line_totals.iter().try_fold(0_i64, |sum, &total| sum.checked_add(total));
    let subtotal = sum.filter(|&sum| sum <= MAX_PRICE).ok_or(PricingRefusal::TooLarge)?;
    let discounts = match coupon {
        None => vec![0; items.len()],
        Some(coupon) => {
            let lines: Vec<CouponLine<'_>> = (items.iter().zip(&line_totals))
                .map(|(item, &total)| CouponLine { product_id: item.product_id, categories: item.categories, total })
                .collect();
            coupon.discounts(&lines, now)?
        }
    };
    let discount: i64 = discounts.iter().sum();
    let parts: Vec<i64> = line_totals.iter().zip(&discounts).map(|(total, discount)| total - discount).collect();
    let mut offered = match delivery {
        None => Vec::new(),
        Some(delivery) => offered(items, subtotal - discount, delivery)?,
    };
    // What this buyer pays for them.
    let shipping_parts: Vec<BTreeMap<TaxRate, i64>> = match &taxation {
        None => Vec::new(),
        Some(taxation) => offered.iter().map(|method| taxation.shipping(&parts, method.price)).collect(),
    };
    for (method, parts) in offered.iter_mut().zip(&shipping_parts) {
        method.price = parts.values().sum();
    }
    let chosen = match delivery.and_then(|delivery| delivery.method) {
        None => 0,
        Some(id) => offered.iter().position(|method| method.id == id).ok_or(PricingRefusal::MethodNotOffered)?,
    };
    let method = offered.get(chosen).cloned();
    let shipping = method.as_ref().map_or(0, |method| method.price);
    let Taxed { line_rates, line_taxes, taxes } = match (&taxation, shipping_parts.get(chosen)) {
        (Some(taxation), Some(shipping)) => taxation.tax(&parts, shipping),
        _ => Taxed::unknown(items.len()),
    };
    let tax = taxes.iter().map(|amount| amount.tax).sum();
    let tax_included = taxation.as_ref().map_or(rules.prices_have_tax(), Taxation::is_included);
    let mut totals = Totals { currency, subtotal, discount, shipping, tax, total: 0, tax_included };
    totals.total = subtotal - discount + shipping + totals.added_tax();
    if totals.total > MAX_PRICE {
        return Err(PricingRefusal::TooLarge);
    }
    let lines = unit_prices.into_iter().zip(discounts).zip(line_rates).zip(line_taxes);
    let lines = lines.map(|(((unit_price, discount), rate), tax)| PricedLine { unit_price, discount, rate, tax });
    Ok(Priced { lines: lines.collect(), totals, taxes, offered, method })
}

/// The shipping methods that take these items. At least one.
fn offered(items: &[Item<'_>], value: i64, delivery: &Delivery<'_>) -> Result<Vec<OfferedMethod>, PricingRefusal> {
    let country = delivery.destination.country;
    if !delivery.methods.ship_to(country) {
        return Err(PricingRefusal::NotShippedTo(country));
    }
    let weight = items.iter().map(|item| item.weight_grams.saturating_mul(i64::from(item.quantity)));
    let weight_grams = weight.fold(0, i64::saturating_add);
    let offered = delivery.methods.offered(&Consignment { country, value, weight_grams });
    if offered.is_empty() { Err(PricingRefusal::NoMethod) } else { Ok(offered) }
}

/// How the items of an order and its shipping are taxed at a destination.
struct Taxation {
    /// In the order of the items, for a buyer who pays the tax to the shop.
    rates: Vec<TaxRate>,
    shipping: ShippingRate,
    prices_have_tax: bool,
    is_reverse_charged: bool,
}

struct Taxed {
    line_rates: Vec<TaxRate>,
    line_taxes: Vec<i64>,
    taxes: Vec<TaxAmount>,
}

impl Taxed {
    fn unknown(lines: usize) -> Self {
        Self { line_rates: vec![TaxRate::default(); lines], line_taxes: vec![0; lines], taxes: Vec::new() }
    }
}

impl Taxation {
    fn of(rules: &dyn TaxRules, items: &[Item<'_>], destination: &Destination<'_>) -> Self {
        Self {
            rates: items.iter().map(|item| rules.of_item(item, destination)).collect(),
            shipping: rules.of_shipping(destination),
            prices_have_tax: rules.prices_have_tax(),
            is_reverse_charged: destination.is_reverse_charged,
        }
    }

    /// Whether the amounts that this buyer pays are with tax.
    fn is_included(&self) -> bool {
        self.prices_have_tax && !self.is_reverse_charged
    }

    fn unit_prices(&self, items: &[Item<'_>]) -> Vec<i64> {
        items.iter().zip(&self.rates).map(|(item, rate)| self.paid(*rate, item.unit_price)).collect()
    }

    /// A business that pays the tax itself does not pay the one that is in a price.
    fn paid(&self, rate: TaxRate, price: i64) -> i64 {
        if self.prices_have_tax && self.is_reverse_charged { price - rate.within(price) } else { price }
    }

    fn charged(&self, rate: TaxRate) -> TaxRate {
        if self.is_reverse_charged { TaxRate::REVERSE_CHARGE } else { rate }
    }

    /// The tax of lines that cost these amounts after the discount, and of shipping by its rates.
    fn tax(&self, amounts: &[i64], shipping: &BTreeMap<TaxRate, i64>) -> Taxed {
        let line_rates: Vec<TaxRate> = self.rates.iter().map(|rate| self.charged(*rate)).collect();
        let mut line_taxes = vec![0; amounts.len()];
        let mut taxes = Vec::new();
        let rates: BTreeSet<TaxRate> = line_rates.iter().chain(shipping.keys()).copied().collect();
        for rate in rates {
            let lines: Vec<usize> = (0..amounts.len()).filter(|&at| line_rates[at] == rate).collect();
            let mut parts: Vec<i64> = lines.iter().map(|&at| amounts[at]).collect();
            // The last part is shipping, whose tax belongs to no line.
            parts.push(shipping.get(&rate).copied().unwrap_or(0));
            let amount: i64 = parts.iter().sum();
            let tax = if self.is_included() { rate.within(amount) } else { rate.on(amount) };
            for (&at, part) in lines.iter().zip(allocate(tax, &parts)) {
                line_taxes[at] = part;
            }
            if amount > 0 {
                taxes.push(TaxAmount { rate, net: if self.is_included() { amount - tax } else { amount }, tax });
            }
        }
        Taxed { line_rates, line_taxes, taxes }
    }

    /// What this buyer pays for shipping at a price, by the rates that it is taxed at.
    fn shipping(&self, amounts: &[i64], price: i64) -> BTreeMap<TaxRate, i64> {
        let parts: Vec<(TaxRate, i64)> = match self.shipping {
            ShippingRate::At(rate) => vec![(rate, price)],
            ShippingRate::Proportional => {
                let mut goods: BTreeMap<TaxRate, i64> = BTreeMap::new();
                for (rate, amount) in self.rates.iter().zip(amounts) {
                    *goods.entry(*rate).or_default() += amount;
                }
                let weights: Vec<i64> = goods.values().copied().collect();
                goods.into_keys().zip(allocate(price, &weights)).collect()
            }
        };
        let mut paid = BTreeMap::new();
        for (rate, part) in parts {
            *paid.entry(self.charged(rate)).or_default() += self.paid(rate, part);
        }
        paid
    }
}

#[cfg(test)]
mod tests {
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
}
