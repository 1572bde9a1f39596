//! Shipping methods to choose from: a usual one, a faster one, and one to collect the order. The first costs what the
//! template has by default.

use domain::shipping::{DeliveryEstimate, ShippingMethod, ShippingMethods, ShippingPrice, ShippingTerms, ShippingZone};
use domain::time::Time;
use kit::runtime::ids::Ids;
use store::Commit;
use store::audit::AuditChange;

use crate::Failure;
use crate::stack::Stack;

pub(super) async fn seed(stack: &Stack, ids: &Ids, now: Time) -> Result<String, Failure> {
    let list = ShippingMethods {
        version: 1,
        methods: [by_dhl("Standard", 500, 2, 4), by_dhl("Express", 1_500, 1, 2), pickup()]
            .map(|terms| ShippingMethod {
                id: ids.shipping_method(now),
                terms,
                version: 1,
                created_at: now,
                updated_at: now,
            })
            .to_vec(),
    };
    let change = AuditChange { before: None, after: Some("seed".to_owned()) };
    let entry = ids.audit_entry(None, "shipping-method.create", "all", change, now);
    match stack.store.save_shipping_methods(&list, None, &entry).await {
        Ok(()) | Err(Commit::Refused(_)) => Ok(format!("{} shipping methods", list.methods.len())),
        Err(Commit::Store(error)) => Err(error.into()),
    }
}

/// The same price for every country.
fn everywhere(name: &str, amount: i64) -> ShippingTerms {
    let zone = ShippingZone { countries: Vec::new(), price: ShippingPrice::Flat { amount }, free_from: None };
    ShippingTerms {
        name: name.to_owned(),
        carrier: None,
        zones: vec![zone],
        pickup: false,
        estimate: None,
        active: true,
    }
}

fn by_dhl(name: &str, amount: i64, min_days: u32, max_days: u32) -> ShippingTerms {
    let estimate = Some(DeliveryEstimate { min_days, max_days });
    ShippingTerms { carrier: Some("DHL".to_owned()), estimate, ..everywhere(name, amount) }
}

fn pickup() -> ShippingTerms {
    ShippingTerms { pickup: true, ..everywhere("Collect it from the shop", 0) }
}
