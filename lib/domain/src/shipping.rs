//! Shipping methods: what a buyer can choose from, and what it costs where.

use serde::{Deserialize, Serialize};

use crate::address::Country;
use crate::id::ShippingMethodId;
use crate::pricing::ShippingRates;
use crate::time::Time;

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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingMethod {
    pub id: ShippingMethodId,
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShippingMethods(pub Vec<ShippingMethod>);

impl ShippingMethods {
    /// The method that the shop has before staff change anything: the rates of its configuration.
    pub fn configured(rates: &ShippingRates) -> Self {
        let zone = |countries: Vec<Country>, amount| ShippingZone {
            countries,
            price: ShippingPrice::Flat { amount },
            free_from: rates.free_from,
        };
        let named =
            rates.countries.iter().filter_map(|(code, &amount)| Some(zone(vec![Country::parse(code).ok()?], amount)));
        let zones: Vec<ShippingZone> = named.chain(rates.default.map(|amount| zone(Vec::new(), amount))).collect();
        if zones.is_empty() {
            return Self::default();
        }
        let start = Time::from_unix_millis(0);
        Self(vec![ShippingMethod {
            id: ShippingMethodId::new(start, 0),
            name: "Standard".to_owned(),
            carrier: None,
            zones,
            pickup: false,
            estimate: None,
            active: true,
            created_at: start,
            updated_at: start,
        }])
    }

    /// The methods that take the consignment, each with its price.
    pub fn offered(&self, consignment: &Consignment) -> Vec<OfferedMethod> {
        self.0.iter().filter_map(|method| method.offered(consignment)).collect()
    }

    pub fn ship_to(&self, country: Country) -> bool {
        self.0.iter().any(|method| method.active && method.zone(country).is_some())
    }
}

impl ShippingMethod {
    /// The zone that names the country, or the one for all others.
    fn zone(&self, country: Country) -> Option<&ShippingZone> {
        let named = self.zones.iter().find(|zone| zone.countries.contains(&country));
        named.or_else(|| self.zones.iter().find(|zone| zone.countries.is_empty()))
    }

    fn offered(&self, consignment: &Consignment) -> Option<OfferedMethod> {
        let zone = self.zone(consignment.country).filter(|_| self.active)?;
        Some(OfferedMethod {
            id: self.id,
            name: self.name.clone(),
            carrier: self.carrier.clone(),
            pickup: self.pickup,
            estimate: self.estimate,
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
}
