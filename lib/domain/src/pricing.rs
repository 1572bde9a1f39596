//! The price of an order: `total = Σ lines − discount + shipping + tax`, in whole minor units and never negative.
//! Discount and tax are divided over the lines exactly.
//!
//! Prices are without tax. The shop's configuration sets shipping and tax by country.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::address::Country;
use crate::coupon::{CouponLine, CouponRefusal, CustomerCoupon};
use crate::id::{CategoryId, ProductId};
use crate::money::{Currency, allocate};
use crate::product::MAX_PRICE;
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

/// Tax in hundredths of a percent: 1900 is 19 %.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaxRates {
    #[serde(default)]
    pub default: u32,
    #[serde(default)]
    pub countries: BTreeMap<String, u32>,
    /// Whether shipping is taxed as well.
    #[serde(default)]
    pub on_shipping: bool,
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
    /// The price of shipping, where it is not free.
    pub shipping: i64,
    /// Hundredths of a percent.
    pub tax: u32,
}

impl Rates {
    /// The countries with rates of their own that the shop ships to, in the order of their codes.
    pub fn countries(&self) -> BTreeMap<String, CountryRates> {
        let named = self.shipping.countries.keys().chain(self.tax.countries.keys());
        let rates = named.filter_map(|code| {
            let country = Country::parse(code).ok()?;
            let shipping = self.shipping.price_to(country)?;
            Some((code.clone(), CountryRates { shipping, tax: self.tax.rate_in(country) }))
        });
        rates.collect()
    }

    /// All other countries. `None`: the shop does not ship to them.
    pub fn of_other_countries(&self) -> Option<CountryRates> {
        Some(CountryRates { shipping: self.shipping.default?, tax: self.tax.default })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not valid: {0}")]
pub struct InvalidRates(String);

impl ShippingRates {
    pub const NOWHERE: Self = Self { default: None, countries: BTreeMap::new(), free_from: None };

    pub fn parse(json: &str) -> Result<Self, InvalidRates> {
        let rates: Self = read(json)?;
        check_countries(rates.countries.keys())?;
        let amounts = rates.countries.values().chain(&rates.default).chain(&rates.free_from);
        if amounts.copied().all(|amount| (0..=MAX_PRICE).contains(&amount)) {
            Ok(rates)
        } else {
            Err(InvalidRates("an amount is out of range".to_owned()))
        }
    }

    /// Where it is not free. `None`: the shop does not ship to this country.
    fn price_to(&self, country: Country) -> Option<i64> {
        self.countries.get(country.as_str()).copied().or(self.default)
    }

    /// `None`: the shop does not ship to this country.
    fn cost(&self, country: Country, discounted_subtotal: i64) -> Option<i64> {
        let cost = self.price_to(country)?;
        let free = self.free_from.is_some_and(|from| discounted_subtotal >= from);
        Some(if free { 0 } else { cost })
    }
}

impl TaxRates {
    pub fn parse(json: &str) -> Result<Self, InvalidRates> {
        let rates: Self = read(json)?;
        check_countries(rates.countries.keys())?;
        if rates.countries.values().chain([&rates.default]).all(|&rate| rate <= 10_000) {
            Ok(rates)
        } else {
            Err(InvalidRates("a rate is above 10000, which is 100 %".to_owned()))
        }
    }

    fn rate_in(&self, country: Country) -> u32 {
        self.countries.get(country.as_str()).copied().unwrap_or(self.default)
    }

    fn of(&self, country: Country, taxable: i64) -> i64 {
        let tax = i128::from(taxable) * i128::from(self.rate_in(country));
        i64::try_from((tax + 5_000) / 10_000).unwrap_or(MAX_PRICE)
    }
}

fn read<T: for<'de> Deserialize<'de>>(json: &str) -> Result<T, InvalidRates> {
    serde_json::from_str(json).map_err(|error| InvalidRates(error.to_string()))
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub currency: Currency,
    pub subtotal: i64,
    pub discount: i64,
    pub shipping: i64,
    pub tax: i64,
    pub total: i64,
}

/// A line's part of the discount and of the tax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PricedLine {
    pub discount: i64,
    pub tax: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// In the order of the items.
    pub lines: Vec<PricedLine>,
    pub totals: Totals,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricingRefusal {
    #[error("the order is larger than {MAX_PRICE} minor units")]
    TooLarge,
    #[error("is not a country that we ship to")]
    NotShippedTo(Country),
    #[error(transparent)]
    Coupon(#[from] CouponRefusal),
}

/// Without a country, shipping and tax are 0, because they are not known yet.
pub fn price(
    items: &[Item<'_>],
    coupon: Option<CustomerCoupon<'_>>,
    country: Option<Country>,
    rates: &Rates,
    now: Time,
) -> Result<Priced, PricingRefusal> {
    let line_total = |item: &Item<'_>| item.unit_price.checked_mul(i64::from(item.quantity));
    let line_totals: Vec<i64> = items.iter().map(line_total).collect::<Option<_>>().ok_or(PricingRefusal::TooLarge)?;
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
    let discounted_subtotal = subtotal - discount;
    // An empty cart has no shipping.
    let destination = country.filter(|_| !items.is_empty());
    let shipping = match destination {
        None => 0,
        Some(country) => {
            (rates.shipping.cost(country, discounted_subtotal)).ok_or(PricingRefusal::NotShippedTo(country))?
        }
    };
    let taxed_shipping = if rates.tax.on_shipping { shipping } else { 0 };
    let tax = destination.map_or(0, |country| rates.tax.of(country, discounted_subtotal + taxed_shipping));
    let taxed_lines = line_totals.iter().zip(&discounts).map(|(total, discount)| total - discount);
    // The last part is the tax on shipping, which belongs to no line.
    let taxes = allocate(tax, &taxed_lines.chain([taxed_shipping]).collect::<Vec<_>>());
    let total = discounted_subtotal + shipping + tax;
    if total > MAX_PRICE {
        return Err(PricingRefusal::TooLarge);
    }
    Ok(Priced {
        lines: discounts.into_iter().zip(taxes).map(|(discount, tax)| PricedLine { discount, tax }).collect(),
        totals: Totals { currency: rates.currency, subtotal, discount, shipping, tax, total },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    use super::{Item, PricingRefusal, Rates, ShippingRates, TaxRates, price};
    use crate::address::Country;
    use crate::coupon::{Coupon, CustomerCoupon, Discount};
    use crate::id::ProductId;
    use crate::money::Currency;
    use crate::product::MAX_PRICE;
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
        Item { product_id, categories: &[], unit_price, quantity }
    }

    fn off(discount: Discount) -> Coupon {
        Coupon::without_limits(discount, now())
    }

    fn country(code: &str) -> Country {
        Country::parse(code).unwrap()
    }

    #[test]
    fn shipping_and_tax_depend_on_the_country_and_free_shipping_on_the_discounted_amount() {
        let rates = rates(
            r#"{"default":900,"countries":{"DE":500},"freeFrom":5000}"#,
            r#"{"default":0,"countries":{"DE":1900},"onShipping":true}"#,
        );
        let of = |items: &[Item<'_>], coupon: Option<&Coupon>, code| {
            let coupon = coupon.map(CustomerCoupon::unused);
            let totals = price(items, coupon, Some(country(code)), &rates, now()).unwrap().totals;
            (totals.shipping, totals.tax, totals.total)
        };
        assert_eq!(of(&[item(1000, 2)], None, "DE"), (500, 475, 2975));
        assert_eq!(of(&[item(1000, 2)], None, "US"), (900, 0, 2900));
        assert_eq!(of(&[item(5000, 1)], None, "US"), (0, 0, 5000));
        let coupon = off(Discount::Fixed { amount: 1 });
        assert_eq!(of(&[item(5000, 1)], Some(&coupon), "US"), (900, 0, 5899));
        let unknown = price(&[item(1000, 1)], None, None, &rates, now()).unwrap();
        assert_eq!(unknown.totals.total, 1000);
        let nothing = price(&[], None, Some(country("DE")), &rates, now()).unwrap();
        assert_eq!(nothing.totals.total, 0);
    }

    #[test]
    fn the_rates_of_countries_are_those_that_orders_are_priced_with() {
        let with = |shipping: &str, tax: &str| {
            let rates = rates(shipping, tax);
            let named: Vec<(String, i64, u32)> =
                rates.countries().into_iter().map(|(code, own)| (code, own.shipping, own.tax)).collect();
            for (code, shipping, tax) in &named {
                let totals = price(&[item(10_000, 1)], None, Some(country(code)), &rates, now()).unwrap().totals;
                assert_eq!((totals.shipping, totals.tax), (*shipping, i64::from(*tax)), "{code}");
            }
            (named, rates.of_other_countries().map(|others| (others.shipping, others.tax)))
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
        let refused = |items: &[Item<'_>], code| price(items, None, Some(country(code)), &rates, now()).unwrap_err();
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
        let priced = price(&items, Some(CustomerCoupon::unused(&coupon)), Some(country("DE")), &rates, now()).unwrap();
        assert_eq!(priced.lines.iter().map(|l| l.discount).collect::<Vec<_>>(), [34, 33, 33]);
        assert_eq!((priced.totals.tax, priced.totals.total), (203, 3103));
        assert_eq!(priced.lines.iter().map(|l| l.tax).sum::<i64>(), 203);
    }

    proptest! {
        #[test]
        fn the_total_is_the_sum_of_its_parts_and_never_negative(
            items in prop::collection::vec((0_i64..200_000, 1_u32..20), 1..90),
            percent in 1_u32..=100, fixed in any::<bool>(), amount in 1_i64..10_000_000, tax in 0_u32..=10_000, shipping in 0_i64..10_000, on_shipping in any::<bool>(),
        ) {
            let rates = rates(&format!(r#"{{"default":{shipping}}}"#), &format!(r#"{{"default":{tax},"onShipping":{on_shipping}}}"#));
            let discount = if fixed { Discount::Fixed { amount } } else { Discount::Percentage { percent, maximum: None } };
            let coupon = off(discount);
            let items: Vec<_> = items.into_iter().map(|(price, quantity)| item(price, quantity)).collect();
            if let Ok(priced) = price(&items, Some(CustomerCoupon::unused(&coupon)), Some(country("DE")), &rates, now()) {
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
