//! Commits what becomes of orders: a decided step with the stock it moves, the coupon it gives back and the events it tells;
//! and runs the errands at the provider that a step leaves behind. Rules are the domain's; that each happens once is the
//! table's, by the order's version.
//!
//! Every function here may be cut off anywhere and begun again.

mod errands;
mod goods;
mod heard;
mod opening;
mod steps;
mod visible;
pub mod wire;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use domain::id::CategoryId;
use domain::money::Currency;
use domain::pricing::{Rates, ShippingRates, TaxRates};
use domain::taxonomy::Taxonomy;
use domain::time::Time;
use kit::cache::Cache;
use kit::clock::Clock;
use kit::config::Env;
use kit::ids::Ids;
use store::{Store, StoreError};

pub use errands::Errands;
pub use goods::{Good, Goods, Pick, PickRefusal, Want};
pub use heard::{Heard, Unheard};
pub use opening::OpenRefusal;
pub use steps::{Beside, Undone};
pub use visible::Visible;

/// How old what is known of categories may be.
const CATEGORY_AGE: Duration = Duration::from_secs(30);

/// How the shop sells.
#[derive(Debug, Clone)]
pub struct Terms {
    pub rates: Rates,
    /// How long stock is held for an unpaid order, and how long such an order waits.
    pub hold: Duration,
    pub patience: Duration,
}

impl Terms {
    pub fn read(env: &mut Env) -> Self {
        let minutes = |env: &mut Env, name: &str| {
            let parse = |text: &str| text.parse::<u64>().map_err(|_| "must be whole minutes");
            Duration::from_mins(env.parsed(name, 30, parse))
        };
        Self {
            rates: Rates {
                currency: env.parsed("CURRENCY", Currency::USD, Currency::parse),
                shipping: env.parsed(
                    "SHIPPING_RATES",
                    ShippingRates::NOWHERE,
                    ShippingRates::parse,
                ),
                tax: env.parsed("TAX_RATES", TaxRates::default(), TaxRates::parse),
            },
            hold: minutes(env, "HOLD_MINUTES"),
            patience: minutes(env, "PATIENCE_MINUTES"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Till {
    pub store: Store,
    pub ids: Ids,
    pub clock: Clock,
    pub terms: Arc<Terms>,
    categories: Cache<(), Arc<Taxonomy<CategoryId>>>,
}

impl Till {
    pub fn new(store: Store, (clock, ids): (Clock, Ids), terms: Terms) -> Self {
        Self {
            store,
            ids,
            clock,
            terms: Arc::new(terms),
            categories: Cache::new(NonZeroUsize::MIN, CATEGORY_AGE),
        }
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
