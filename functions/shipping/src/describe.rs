//! A shipping method in one line, for the audit trail.

use domain::money::{Currency, Money};
use domain::shipping::{ShippingPrice, ShippingTerms, ShippingZone, Tier};

pub(crate) fn describe(terms: &ShippingTerms, position: Option<usize>, currency: Currency) -> String {
    let zones = terms.zones.iter().map(|zone| in_words(zone, currency));
    let others = [
        terms.estimate.map(|estimate| format!("{} to {} working days", estimate.min_days, estimate.max_days)),
        terms.pickup.then(|| "pickup".to_owned()),
        (!terms.active).then(|| "inactive".to_owned()),
        position.map(|position| format!("position {position}")),
    ];
    let carrier = terms.carrier.as_ref().map(|carrier| format!(" with {carrier}")).unwrap_or_default();
    let parts: Vec<String> = zones.chain(others.into_iter().flatten()).collect();
    format!("{}{carrier}: {}", terms.name, parts.join("; "))
}

fn in_words(zone: &ShippingZone, currency: Currency) -> String {
    let money = |amount| Money::new(amount, currency).to_string();
    let countries: Vec<&str> = zone.countries.iter().map(domain::address::Country::as_str).collect();
    let place = if countries.is_empty() { "other countries".to_owned() } else { countries.join(" ") };
    let list = |tiers: &[Tier], up_to: &dyn Fn(i64) -> String| {
        let tier = |tier: &Tier| format!("{} up to {}", money(tier.amount), up_to(tier.up_to));
        tiers.iter().map(tier).collect::<Vec<_>>().join(", ")
    };
    let price = match &zone.price {
        ShippingPrice::Flat { amount } => money(*amount),
        ShippingPrice::Weight { tiers } => list(tiers, &|grams| format!("{grams} g")),
        ShippingPrice::Value { tiers } => list(tiers, &money),
    };
    let free = zone.free_from.map(|from| format!(", free from {}", money(from))).unwrap_or_default();
    format!("{place} {price}{free}")
}

#[cfg(test)]
mod tests {
    use domain::address::Country;
    use domain::money::Currency;
    use domain::shipping::{DeliveryEstimate, ShippingPrice, ShippingTerms, ShippingZone, Tier};

    use super::describe;

    #[test]
    fn a_method_is_described_in_words_with_all_its_prices() {
        let tiers = vec![Tier { up_to: 1_000, amount: 500 }, Tier { up_to: 5_000, amount: 900 }];
        let countries = ["DE", "AT"].map(|code| Country::parse(code).unwrap()).to_vec();
        let terms = ShippingTerms {
            name: "Express".to_owned(),
            carrier: Some("DHL".to_owned()),
            zones: vec![
                ShippingZone { countries, price: ShippingPrice::Weight { tiers }, free_from: Some(10_000) },
                ShippingZone { countries: vec![], price: ShippingPrice::Flat { amount: 1_500 }, free_from: None },
            ],
            pickup: false,
            estimate: Some(DeliveryEstimate { min_days: 1, max_days: 2 }),
            active: false,
        };
        let words = "Express with DHL: DE AT 5.00 USD up to 1000 g, 9.00 USD up to 5000 g, free from 100.00 USD; \
                     other countries 15.00 USD; 1 to 2 working days; inactive; position 2";
        assert_eq!(describe(&terms, Some(2), Currency::USD), words);
    }
}
