//! Shipping methods: what a buyer can choose from, and what it costs where.

mod change;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::address::Country;
use crate::id::ShippingMethodId;
use crate::pricing::ShippingRates;
use crate::time::Time;

pub use change::ListRefusal;

/// What one shipping method asks for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum ShippingPrice {
    Flat {
        amount: i64,
    },
    /// By the weight of the order, in grams.
    Weight {
        tiers: Vec<Tier>,
    },
    /// By what the goods cost after the discount, in minor units.
    Value {
        tiers: Vec<Tier>,
    },
}

/// The price up to a weight or a value. Above the last tier, the method does not take the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub up_to: i64,
    pub amount: i64,
}

/// Countries where a method costs the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingZone {
    /// Empty: all countries that no other zone of the method names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<Country>,
    pub price: ShippingPrice,
    /// Free from this value of the goods on, after the discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_from: Option<i64>,
}

/// In working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryEstimate {
    pub min_days: u32,
    pub max_days: u32,
}

/// What staff say about a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingTerms {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    pub zones: Vec<ShippingZone>,
    /// The buyer collects the order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pickup: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<DeliveryEstimate>,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingMethod {
    pub id: ShippingMethodId,
    #[serde(flatten)]
    pub terms: ShippingTerms,
    pub version: u64,
    pub created_at: Time,
    pub updated_at: Time,
}

/// A method with its price for an order: what a buyer chooses from, and what the order keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedMethod {
    pub id: ShippingMethodId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pickup: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<DeliveryEstimate>,
    pub price: i64,
}

/// What the price of shipping depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consignment {
    pub country: Country,
    /// What the goods cost, after the discount.
    pub value: i64,
    pub weight_grams: i64,
}

/// The shop's methods, in the order in which buyers see them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingMethods {
    /// 0: staff have changed nothing yet.
    pub version: u64,
    pub methods: Vec<ShippingMethod>,
}

/// What shipping to a country costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountryShipping {
    /// The lowest price, where shipping is not free.
    pub lowest: i64,
    /// Every order of goods of this value is shipped free.
    pub free_from: Option<i64>,
}

impl ShippingMethods {
    /// The method that the shop has before staff change anything: the rates of its configuration.
    pub fn configured(rates: &ShippingRates) -> Self {
        let zone = |countries: Vec<Country>, amount| ShippingZone {
            countries,
            price: ShippingPrice::Flat { amount },
            free_from: rates.free_from,
        };
        let mut by_price: BTreeMap<i64, Vec<Country>> = BTreeMap::new();
        for (code, &amount) in &rates.countries {
            by_price.entry(amount).or_default().extend(Country::parse(code).ok());
        }
        let named = by_price.into_iter().map(|(amount, countries)| zone(countries, amount));
        let zones: Vec<ShippingZone> = named.chain(rates.default.map(|amount| zone(Vec::new(), amount))).collect();
        if zones.is_empty() {
            return Self::default();
        }
        let start = Time::from_unix_millis(0);
        let terms = ShippingTerms {
            name: "Standard".to_owned(),
            carrier: None,
            zones,
            pickup: false,
            estimate: None,
            active: true,
        };
        let id = ShippingMethodId::new(start, 0);
        let method = ShippingMethod { id, terms, version: 1, created_at: start, updated_at: start };
        Self { version: 0, methods: vec![method] }
    }

    /// The methods that take the consignment, each with its price.
    pub fn offered(&self, consignment: &Consignment) -> Vec<OfferedMethod> {
        self.methods.iter().filter_map(|method| method.offered(consignment)).collect()
    }

    pub fn ship_to(&self, country: Country) -> bool {
        self.zones_to(Some(country)).next().is_some()
    }

    /// The countries that a zone names.
    pub fn countries(&self) -> impl Iterator<Item = Country> {
        self.methods.iter().flat_map(|method| &method.terms.zones).flat_map(|zone| zone.countries.iter().copied())
    }

    /// What it costs to ship there; `None` as the country: to all that no zone names. Collecting an order is not
    /// shipping, unless the shop does nothing else.
    pub fn to(&self, country: Option<Country>) -> Option<CountryShipping> {
        let is_shipped = self.zones_to(country).any(|(method, _)| !method.terms.pickup);
        let zones = || self.zones_to(country).filter(|(method, _)| !(is_shipped && method.terms.pickup));
        let lowest = zones().filter_map(|(_, zone)| zone.lowest()).min()?;
        Some(CountryShipping { lowest, free_from: zones().filter_map(|(_, zone)| zone.always_free_from()).min() })
    }

    fn zones_to(&self, country: Option<Country>) -> impl Iterator<Item = (&ShippingMethod, &ShippingZone)> {
        let active = self.methods.iter().filter(|method| method.terms.active);
        active.filter_map(move |method| Some((method, method.zone(country)?)))
    }
}

impl ShippingMethod {
    /// The zone that names the country, or the one for all others.
    fn zone(&self, country: Option<Country>) -> Option<&ShippingZone> {
        let zones = &self.terms.zones;
        let named = zones.iter().find(|zone| country.is_some_and(|country| zone.countries.contains(&country)));
        named.or_else(|| zones.iter().find(|zone| zone.countries.is_empty()))
    }

    fn offered(&self, consignment: &Consignment) -> Option<OfferedMethod> {
        let zone = self.zone(Some(consignment.country)).filter(|_| self.terms.active)?;
        Some(OfferedMethod {
            id: self.id,
            name: self.terms.name.clone(),
            carrier: self.terms.carrier.clone(),
            pickup: self.terms.pickup,
            estimate: self.terms.estimate,
            price: zone.price_of(consignment)?,
        })
    }
}

impl ShippingZone {
    fn price_of(&self, consignment: &Consignment) -> Option<i64> {
        let tier =
            |tiers: &[Tier], measure: i64| tiers.iter().find(|tier| measure <= tier.up_to).map(|tier| tier.amount);
        let price = match &self.price {
            ShippingPrice::Flat { amount } => Some(*amount),
            ShippingPrice::Weight { tiers } => tier(tiers, consignment.weight_grams),
            ShippingPrice::Value { tiers } => tier(tiers, consignment.value),
        }?;
        let is_free = self.free_from.is_some_and(|from| consignment.value >= from);
        Some(if is_free { 0 } else { price })
    }

    fn lowest(&self) -> Option<i64> {
        match &self.price {
            ShippingPrice::Flat { amount } => Some(*amount),
            ShippingPrice::Weight { tiers } | ShippingPrice::Value { tiers } => {
                tiers.iter().map(|tier| tier.amount).min()
            }
        }
    }

    /// Only a flat price takes every order.
    fn always_free_from(&self) -> Option<i64> {
        match self.price {
            ShippingPrice::Flat { amount: 0 } => Some(0),
            ShippingPrice::Flat { .. } => self.free_from,
            ShippingPrice::Weight { .. } | ShippingPrice::Value { .. } => None,
        }
    }
}
