//! What staff may say about a shipping method.

use std::collections::HashSet;

use super::{ShippingPrice, ShippingTerms, ShippingZone, Tier};
use crate::product::MAX_PRICE;
use crate::search::Violation;

impl ShippingTerms {
    pub const MAX_NAME: usize = 60;
    pub const MAX_ZONES: usize = 20;
    /// Of all zones together. There are no more countries than that.
    pub const MAX_COUNTRIES: usize = 250;
    pub const MAX_TIERS: usize = 10;
    /// A hundred tons, in grams.
    pub const MAX_WEIGHT: i64 = 100_000_000;
    pub const MAX_DAYS: u32 = 365;

    /// All that is wrong, by the fields of a request. Texts and amounts were checked when they were read.
    pub fn violations(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        let mut refuse = |field: String, message: String| wrong.push(Violation { field, message });
        if !(1..=Self::MAX_ZONES).contains(&self.zones.len()) {
            refuse("zones".to_owned(), format!("must have 1 to {} entries", Self::MAX_ZONES));
        }
        let mut named = HashSet::new();
        let mut is_rest_taken = false;
        for (at, zone) in self.zones.iter().enumerate() {
            if zone.countries.is_empty() && std::mem::replace(&mut is_rest_taken, true) {
                refuse(format!("zones[{at}].countries"), "can be left out in one zone only".to_owned());
            }
            for (n, country) in zone.countries.iter().enumerate() {
                if !named.insert(*country) {
                    let message = format!("{} is in another place already", country.as_str());
                    refuse(format!("zones[{at}].countries[{n}]"), message);
                }
            }
            zone.check(&format!("zones[{at}]"), &mut refuse);
        }
        if let Some(estimate) = self.estimate {
            if estimate.max_days > Self::MAX_DAYS {
                refuse("estimate.maxDays".to_owned(), format!("must be between 0 and {}", Self::MAX_DAYS));
            }
            if estimate.min_days > estimate.max_days {
                refuse("estimate.minDays".to_owned(), "must not be more than maxDays".to_owned());
            }
        }
        wrong
    }
}

impl ShippingZone {
    fn check(&self, path: &str, refuse: &mut impl FnMut(String, String)) {
        let (tiers, name, up_to, most) = match &self.price {
            ShippingPrice::Flat { .. } => return,
            ShippingPrice::Weight { tiers } => (tiers, "weightTiers", "upToGrams", ShippingTerms::MAX_WEIGHT),
            ShippingPrice::Value { tiers } => (tiers, "valueTiers", "upTo", MAX_PRICE),
        };
        if !(1..=ShippingTerms::MAX_TIERS).contains(&tiers.len()) {
            refuse(format!("{path}.{name}"), format!("must have 1 to {} entries", ShippingTerms::MAX_TIERS));
        }
        let mut before: Option<&Tier> = None;
        for (at, tier) in tiers.iter().enumerate() {
            if !(0..=most).contains(&tier.up_to) {
                refuse(format!("{path}.{name}[{at}].{up_to}"), format!("must be between 0 and {most}"));
            } else if before.is_some_and(|before| before.up_to >= tier.up_to) {
                refuse(format!("{path}.{name}[{at}].{up_to}"), "must be more than in the entry before".to_owned());
            }
            before = Some(tier);
        }
    }
}
