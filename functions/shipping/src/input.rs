//! Shipping methods in JSON, as staff write them.

use domain::address::Country;
use domain::money::{Currency, Money};
use domain::order::MAX_SHIPMENT;
use domain::product::parse_price;
use domain::search::Violation;
use domain::shipping::{DeliveryEstimate, ShippingMethods, ShippingPrice, ShippingTerms, ShippingZone, Tier};
use domain::text;
use kit::http::body::{Fields, Object, nullable};
use kit::http::money::MoneyInput;
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ShippingMethodInput {
    /// What buyers see.
    #[schema(example = "Express")]
    name: String,
    #[schema(example = "DHL")]
    carrier: Option<String>,
    /// Where it costs what. It does not go to a country without a zone.
    #[schema(value_type = Vec<ShippingZoneInput>)]
    zones: Vec<Object<ShippingZoneInput>>,
    /// Whether the buyer collects the order. The default is false.
    pickup: Option<bool>,
    /// How long it takes.
    #[schema(value_type = Option<DeliveryEstimateInput>)]
    estimate: Option<Object<DeliveryEstimateInput>>,
    /// Whether buyers can choose it. The default is true.
    active: Option<bool>,
    /// Its place in the list that buyers see; the first is 1. The default is the end.
    position: Option<u32>,
}

/// A field that is left out stays as it is. `null` clears it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ShippingMethodPatchInput {
    /// What buyers see.
    name: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    carrier: Option<Option<String>>,
    /// All zones: those that are not in it are removed.
    #[schema(value_type = Option<Vec<ShippingZoneInput>>)]
    zones: Option<Vec<Object<ShippingZoneInput>>>,
    /// Whether the buyer collects the order.
    pickup: Option<bool>,
    /// How long it takes.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<DeliveryEstimateInput>)]
    estimate: Option<Option<Object<DeliveryEstimateInput>>>,
    /// Whether buyers can choose it.
    active: Option<bool>,
    /// Its place in the list that buyers see; the first is 1. The others move.
    position: Option<u32>,
}

/// Give one of `price`, `weightTiers` and `valueTiers`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ShippingZoneInput {
    /// Codes of two letters. Without them: all countries that no other zone names.
    #[serde(default)]
    countries: Vec<String>,
    /// The same for every order.
    #[schema(value_type = Option<MoneyInput>)]
    price: Option<Object<MoneyInput>>,
    /// The price by the weight of the order, with rising weights. Heavier orders are not taken. Variants without a weight
    /// weigh nothing.
    #[schema(value_type = Option<Vec<WeightTierInput>>)]
    weight_tiers: Option<Vec<Object<WeightTierInput>>>,
    /// The price by what the goods cost after the discount, with rising values. Dearer orders are not taken.
    #[schema(value_type = Option<Vec<ValueTierInput>>)]
    value_tiers: Option<Vec<Object<ValueTierInput>>>,
    /// If the goods cost this or more, after the discount, it is free.
    #[schema(value_type = Option<MoneyInput>)]
    free_from: Option<Object<MoneyInput>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WeightTierInput {
    /// The heaviest order that has this price.
    #[schema(example = 5000)]
    up_to_grams: i64,
    /// What shipping costs.
    #[schema(value_type = MoneyInput)]
    price: Object<MoneyInput>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ValueTierInput {
    /// The largest value of the goods that has this price.
    #[schema(value_type = MoneyInput)]
    up_to: Object<MoneyInput>,
    /// What shipping costs.
    #[schema(value_type = MoneyInput)]
    price: Object<MoneyInput>,
}

/// In working days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DeliveryEstimateInput {
    /// The fewest working days that it takes.
    #[schema(example = 1)]
    min_days: u32,
    /// The most working days that it takes.
    #[schema(example = 3)]
    max_days: u32,
}

impl From<&DeliveryEstimateInput> for DeliveryEstimate {
    fn from(input: &DeliveryEstimateInput) -> Self {
        Self { min_days: input.min_days, max_days: input.max_days }
    }
}

/// What a request asks for.
pub(crate) struct ShippingMethodRequest {
    pub(crate) terms: ShippingTerms,
    pub(crate) position: Option<usize>,
}

/// Reads the fields of an input and collects all that are not valid.
struct MethodFields {
    checked: Fields,
    currency: Currency,
}

impl MethodFields {
    fn name(&mut self, name: &str) -> String {
        self.checked.check("name", text::line(name, ShippingTerms::MAX_NAME)).unwrap_or_default()
    }

    fn carrier(&mut self, carrier: Option<&String>) -> Option<String> {
        self.checked.check("carrier", text::line(carrier?, MAX_SHIPMENT))
    }

    fn position(&mut self, position: Option<u32>) -> Option<usize> {
        let position = usize::try_from(position?).unwrap_or(usize::MAX);
        if !(1..=ShippingMethods::MAX).contains(&position) {
            self.checked.refuse("position", &format!("must be between 1 and {}", ShippingMethods::MAX));
        }
        Some(position)
    }

    fn money(&mut self, field: &str, Object(money): &Object<MoneyInput>) -> i64 {
        let price = parse_price(Money::new(money.amount, money.currency), self.currency);
        self.checked.check(field, price).unwrap_or_default()
    }

    fn zones(&mut self, zones: &[Object<ShippingZoneInput>]) -> Vec<ShippingZone> {
        zones.iter().enumerate().map(|(at, Object(zone))| self.zone(&format!("zones[{at}]"), zone)).collect()
    }

    fn zone(&mut self, path: &str, zone: &ShippingZoneInput) -> ShippingZone {
        let countries = zone
            .countries
            .iter()
            .enumerate()
            .filter_map(|(n, code)| self.checked.check(&format!("{path}.countries[{n}]"), Country::parse(code)));
        let countries = countries.collect();
        let price = match (&zone.price, &zone.weight_tiers, &zone.value_tiers) {
            (Some(price), None, None) => ShippingPrice::Flat { amount: self.money(&format!("{path}.price"), price) },
            (None, Some(tiers), None) => {
                let tier = |(n, Object(tier)): (usize, &Object<WeightTierInput>)| {
                    let amount = self.money(&format!("{path}.weightTiers[{n}].price"), &tier.price);
                    Tier { up_to: tier.up_to_grams, amount }
                };
                ShippingPrice::Weight { tiers: tiers.iter().enumerate().map(tier).collect() }
            }
            (None, None, Some(tiers)) => {
                let tier = |(n, Object(tier)): (usize, &Object<ValueTierInput>)| {
                    let at = |name: &str| format!("{path}.valueTiers[{n}].{name}");
                    Tier { up_to: self.money(&at("upTo"), &tier.up_to), amount: self.money(&at("price"), &tier.price) }
                };
                ShippingPrice::Value { tiers: tiers.iter().enumerate().map(tier).collect() }
            }
            _ => {
                let message = "must be given, or weightTiers, or valueTiers, and only one of them";
                self.checked.refuse(&format!("{path}.price"), &message);
                ShippingPrice::Flat { amount: 0 }
            }
        };
        let free_from = zone.free_from.as_ref().map(|from| self.money(&format!("{path}.freeFrom"), from));
        ShippingZone { countries, price, free_from }
    }

    /// What is wrong with the fields themselves is told first: a field that was refused has no value to check further.
    fn finish(self, terms: ShippingTerms, position: Option<usize>) -> Result<ShippingMethodRequest, Problem> {
        let (terms,) = self.checked.finish((Some(terms),))?;
        let mut fields = Fields::default();
        for Violation { field, message } in terms.violations() {
            fields.refuse(&field, &message);
        }
        let (terms,) = fields.finish((Some(terms),))?;
        Ok(ShippingMethodRequest { terms, position })
    }
}

impl ShippingMethodInput {
    pub(crate) fn parse(&self, currency: Currency) -> Result<ShippingMethodRequest, Problem> {
        let mut fields = MethodFields { checked: Fields::default(), currency };
        let terms = ShippingTerms {
            name: fields.name(&self.name),
            carrier: fields.carrier(self.carrier.as_ref()),
            zones: fields.zones(&self.zones),
            pickup: self.pickup.unwrap_or(false),
            estimate: self.estimate.as_ref().map(|Object(estimate)| estimate.into()),
            active: self.active.unwrap_or(true),
        };
        let position = fields.position(self.position);
        fields.finish(terms, position)
    }
}

impl ShippingMethodPatchInput {
    pub(crate) fn apply(&self, before: &ShippingTerms, currency: Currency) -> Result<ShippingMethodRequest, Problem> {
        let mut fields = MethodFields { checked: Fields::default(), currency };
        let mut terms = before.clone();
        if let Some(name) = &self.name {
            terms.name = fields.name(name);
        }
        if let Some(carrier) = &self.carrier {
            terms.carrier = fields.carrier(carrier.as_ref());
        }
        if let Some(zones) = &self.zones {
            terms.zones = fields.zones(zones);
        }
        if let Some(estimate) = &self.estimate {
            terms.estimate = estimate.as_ref().map(|Object(estimate)| estimate.into());
        }
        terms.pickup = self.pickup.unwrap_or(terms.pickup);
        terms.active = self.active.unwrap_or(terms.active);
        let position = fields.position(self.position);
        fields.finish(terms, position)
    }
}
