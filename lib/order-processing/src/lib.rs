//! Commits the changes of orders: a decided transition with the stock that it moves, the coupon use that it returns and
//! the events that it causes. Runs follow-ups at the payment provider. The rules are in the domain crate. Each commit
//! checks the order's version, so no change happens twice.
//!
//! Every function here may stop at any point and be called again. Nothing here knows HTTP.

mod follow_ups;
mod items;
mod join;
mod open_payment;
mod provider_events;
mod returns;
mod shipping;
mod transitions;
mod unpaid;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use domain::id::CategoryId;
use domain::money::Currency;
use domain::order::PaymentTerms;
use domain::pricing::{Rates, ShippingRates};
use domain::tax::TaxRates;
use domain::taxonomy::Taxonomy;
use domain::time::Time;
use kit::runtime::cache::Cache;
use kit::runtime::clock::Clock;
use kit::runtime::config::Env;
use kit::runtime::ids::Ids;
use store::{Store, StoreError};

pub use follow_ups::FollowUps;
pub use items::{CurrentItem, CurrentItems, ItemError, ItemReference, RequestedItem};
pub use open_payment::{OpenError, OpenPayment, PayableOrder};
pub use provider_events::{Applied, ApplyError, ProviderEvents};
pub use shipping::shipping_methods;
pub use transitions::{ChangeError, PlaceError};
pub use unpaid::{HoldError, HoldRequest};

/// How old the known categories may be.
const CATEGORY_AGE: Duration = Duration::from_secs(30);

/// How long payments may take, from the settings of the shop.
pub fn payment_terms(env: &mut Env) -> PaymentTerms {
    let whole = |env: &mut Env, name: &str| {
        env.parsed(name, 0, |text| text.parse::<u64>().map_err(|_| "must be a whole number"))
    };
    PaymentTerms {
        hold: Duration::from_mins(whole(env, "HOLD_MINUTES")),
        window: Duration::from_mins(whole(env, "PAYMENT_WINDOW_MINUTES")),
        processing: Duration::from_hours(24 * whole(env, "PROCESSING_DAYS")),
    }
}

/// The shipping and tax rates from the settings of the shop.
pub fn rates(env: &mut Env) -> Rates {
    Rates {
        currency: env.parsed("CURRENCY", Currency::USD, Currency::parse_of_shop),
        shipping: env.parsed("SHIPPING_RATES", ShippingRates::NOWHERE, ShippingRates::parse),
        tax: env.parsed("TAX_RATES", TaxRates::default(), TaxRates::parse),
    }
}

#[derive(Debug, Clone)]
pub struct OrderProcessor {
    pub store: Store,
    pub ids: Ids,
    pub clock: Clock,
    /// How long after the delivery buyers are asked for reviews. `None`: never.
    pub ask_for_reviews_after: Option<Duration>,
    categories: Cache<(), Arc<Taxonomy<CategoryId>>>,
    recent_reads: Arc<items::RecentReads>,
}

impl OrderProcessor {
    pub fn new(store: Store, clock: Clock, ids: Ids) -> Self {
        let categories = Cache::new(NonZeroUsize::MIN, CATEGORY_AGE);
        let recent_reads = Arc::new(items::RecentReads::new());
        Self { store, ids, clock, ask_for_reviews_after: None, categories, recent_reads }
    }

    async fn categories(&self, now: Time) -> Result<Arc<Taxonomy<CategoryId>>, StoreError> {
        if let Some(known) = self.categories.get(&(), now) {
            return Ok(known);
        }
        let read = Arc::new(self.store.taxonomy().await?);
        self.categories.put((), Arc::clone(&read), now);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use kit::runtime::config::Env;

    use super::rates;

    #[test]
    fn a_currency_that_a_shop_cannot_sell_in_is_refused_at_the_start() {
        let problem = |currency: &str| {
            let rates_of_shop = [("SHIPPING_RATES", r#"{"default":500}"#), ("TAX_RATES", r#"{"default":0}"#)];
            let variables = rates_of_shop.into_iter().chain([("CURRENCY", currency)]);
            let mut env = Env::of(variables.map(|(name, value)| (name, value.to_owned())));
            let rates = rates(&mut env);
            env.finish(rates).err().map(|error| error.to_string())
        };
        assert_eq!(problem("jpy"), None);
        for currency in ["kwd", "isk", "xyz", "euro"] {
            let problem = problem(currency).unwrap();
            assert!(problem.contains("CURRENCY must be one of aed, ars, "), "{currency}: {problem}");
        }
    }
}
