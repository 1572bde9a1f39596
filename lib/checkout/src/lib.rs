//! Commits what becomes of orders: a decided step with the stock it moves, the coupon it gives back and the events it
//! tells; and runs the errands at the provider that a step leaves behind. Rules are the domain's; that each happens
//! once is the table's, by the order's version.
//!
//! Every function here may be cut off anywhere and begun again.

mod checkout;
mod follow_ups;
mod guest;
mod items;
mod open_payment;
mod order_access;
mod provider_events;
mod transitions;
pub mod wire;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use domain::id::CategoryId;
use domain::money::Currency;
use domain::pricing::{Rates, ShippingRates, TaxRates};
use domain::rate::Limit;
use domain::taxonomy::Taxonomy;
use domain::time::Time;
use kit::runtime::cache::Cache;
use kit::runtime::clock::Clock;
use kit::runtime::config::Env;
use kit::runtime::ids::Ids;
use store::{Store, StoreError};

pub use checkout::{Checkout, CheckoutConfig};
pub use follow_ups::FollowUps;
pub use guest::{CART_TOKEN, guest_cart, new_guest_token};
pub use items::{CurrentItem, CurrentItems, ItemReference, ItemRefusal, RequestedItem};
pub use open_payment::OpenRefusal;
pub use order_access::OrderAccess;
pub use provider_events::{Applied, ApplyError};
pub use transitions::{Beside, Undone};

/// How old what is known of categories may be.
const CATEGORY_AGE: Duration = Duration::from_secs(30);

/// How often codes may be tried: carts, coupons and orders count together.
pub const COUPON_TRIES: Limit = Limit::new("coupon", 30, Duration::from_mins(1));

/// What the shop adds to prices, by its settings.
pub fn rates(env: &mut Env) -> Rates {
    Rates {
        currency: env.parsed("CURRENCY", Currency::USD, Currency::parse),
        shipping: env.parsed("SHIPPING_RATES", ShippingRates::NOWHERE, ShippingRates::parse),
        tax: env.parsed("TAX_RATES", TaxRates::default(), TaxRates::parse),
    }
}

#[derive(Debug, Clone)]
pub struct OrderProcessor {
    pub store: Store,
    pub ids: Ids,
    pub clock: Clock,
    categories: Cache<(), Arc<Taxonomy<CategoryId>>>,
    seen: items::Seen,
}

impl OrderProcessor {
    pub fn new(store: Store, clock: Clock, ids: Ids) -> Self {
        Self { store, ids, clock, categories: Cache::new(NonZeroUsize::MIN, CATEGORY_AGE), seen: items::Seen::new() }
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
