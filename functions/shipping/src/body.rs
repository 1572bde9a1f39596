//! Shipping methods in JSON, as staff read them.

use checkout::shipping_body::DeliveryEstimateBody;
use domain::money::{Currency, Money};
use domain::shipping::{ShippingMethod, ShippingMethods, ShippingPrice, ShippingZone, Tier};
use kit::http::money::MoneyBody;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShippingMethodBody {
    id: String,
    /// Its place in the list that buyers see; the first is 1.
    position: usize,
    /// What buyers see.
    #[schema(example = "Express")]
    name: String,
    #[schema(example = "DHL")]
    carrier: Option<String>,
    /// Where it costs what. It does not go to a country without a zone.
    zones: Vec<ShippingZoneBody>,
    /// Whether the buyer collects the order.
    pickup: bool,
    /// How long it takes. Null: the shop does not say it.
    estimate: Option<DeliveryEstimateBody>,
    /// Whether buyers can choose it.
    active: bool,
    created_at: String,
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShippingZoneBody {
    /// Codes of two letters. Empty: all countries that no other zone names.
    countries: Vec<String>,
    /// The same for every order. Null if it depends on the weight or on the value.
    price: Option<MoneyBody>,
    /// The price by the weight of the order. Heavier orders are not taken.
    weight_tiers: Option<Vec<WeightTierBody>>,
    /// The price by what the goods cost after the discount. Dearer orders are not taken.
    value_tiers: Option<Vec<ValueTierBody>>,
    /// If the goods cost this or more, after the discount, it is free. Null: it never is.
    free_from: Option<MoneyBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WeightTierBody {
    /// The heaviest order that has this price.
    #[schema(example = 5000)]
    up_to_grams: i64,
    /// What shipping costs.
    price: MoneyBody,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ValueTierBody {
    /// The largest value of the goods that has this price.
    up_to: MoneyBody,
    /// What shipping costs.
    price: MoneyBody,
}

impl ShippingMethodBody {
    pub(crate) fn of(method: &ShippingMethod, list: &ShippingMethods, currency: Currency) -> Self {
        let terms = &method.terms;
        Self {
            id: method.id.to_string(),
            position: list.position(method.id).unwrap_or_default(),
            name: terms.name.clone(),
            carrier: terms.carrier.clone(),
            zones: terms.zones.iter().map(|zone| ShippingZoneBody::of(zone, currency)).collect(),
            pickup: terms.pickup,
            estimate: terms.estimate.map(Into::into),
            active: terms.active,
            created_at: method.created_at.to_string(),
            updated_at: method.updated_at.to_string(),
        }
    }
}

impl ShippingZoneBody {
    fn of(zone: &ShippingZone, currency: Currency) -> Self {
        let money = |amount| MoneyBody::from(Money::new(amount, currency));
        let by_weight = |tier: &Tier| WeightTierBody { up_to_grams: tier.up_to, price: money(tier.amount) };
        let by_value = |tier: &Tier| ValueTierBody { up_to: money(tier.up_to), price: money(tier.amount) };
        let mut body = Self {
            countries: zone.countries.iter().map(|country| country.as_str().to_owned()).collect(),
            price: None,
            weight_tiers: None,
            value_tiers: None,
            free_from: zone.free_from.map(money),
        };
        match &zone.price {
            ShippingPrice::Flat { amount } => body.price = Some(money(*amount)),
            ShippingPrice::Weight { tiers } => body.weight_tiers = Some(tiers.iter().map(by_weight).collect()),
            ShippingPrice::Value { tiers } => body.value_tiers = Some(tiers.iter().map(by_value).collect()),
        }
        body
    }
}
