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
mod tests;
