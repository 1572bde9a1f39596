//! Shipping methods in JSON, as buyers choose from them and as orders keep them.

use domain::id::{InvalidId, ShippingMethodId};
use domain::money::{Currency, Money};
use domain::shipping::{DeliveryEstimate, OfferedMethod};
use kit::http::body::Fields;
use kit::http::money::MoneyBody;
use kit::http::problem::{Detail, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// A shipping method with its price for an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferedShippingMethodBody {
    id: String,
    /// Such as `Express`.
    #[schema(example = "Express")]
    name: String,
    #[schema(example = "DHL")]
    carrier: Option<String>,
    /// What it costs for this order. 0: it is free.
    price: MoneyBody,
    /// Whether the buyer collects the order. The shipping address is then where the buyer lives.
    pickup: bool,
    /// Null: the shop does not say how long it takes.
    estimate: Option<DeliveryEstimateBody>,
}

/// In working days.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryEstimateBody {
    /// The fewest working days that it takes.
    #[schema(example = 1)]
    min_days: u32,
    /// The most working days that it takes.
    #[schema(example = 3)]
    max_days: u32,
}

impl From<DeliveryEstimate> for DeliveryEstimateBody {
    fn from(estimate: DeliveryEstimate) -> Self {
        Self { min_days: estimate.min_days, max_days: estimate.max_days }
    }
}

impl OfferedShippingMethodBody {
    pub fn of(method: &OfferedMethod, currency: Currency) -> Self {
        Self {
            id: method.id.to_string(),
            name: method.name.clone(),
            carrier: method.carrier.clone(),
            price: Money::new(method.price, currency).into(),
            pickup: method.pickup,
            estimate: method.estimate.map(Into::into),
        }
    }

    pub fn all(methods: &[OfferedMethod], currency: Currency) -> Vec<Self> {
        methods.iter().map(|method| Self::of(method, currency)).collect()
    }
}

const CHOSEN: &str = "shippingMethodId";

/// The method that a request names, if it names one.
pub fn chosen_method(fields: &mut Fields, id: Option<&str>) -> Option<Option<ShippingMethodId>> {
    fields.check_optional(CHOSEN, id, |id| -> Result<_, InvalidId> { ShippingMethodId::parse(id) })
}

/// The chosen method is not one of those that take the order.
pub fn method_not_offered() -> Problem {
    let message = "Sorry, this shipping method does not take the order.";
    let mut problem = Problem::conflict("shipping_method_not_offered", message);
    problem.details =
        vec![Detail { field: CHOSEN.to_owned(), message: "is not a method that takes this order".to_owned() }];
    problem
}

/// The shop ships to the country, but not this order: it is too heavy, or worth too much.
pub fn no_shipping_method() -> Problem {
    Problem::conflict("no_shipping_method", "Sorry, no shipping method takes this order.")
}
