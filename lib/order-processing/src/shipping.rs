//! The shipping methods that buyers choose from.

use std::sync::Arc;

use domain::pricing::Rates;
use domain::shipping::ShippingMethods;
use domain::time::Time;
use store::{Store, StoreError};

use crate::OrderProcessor;

/// The methods as the table has them. Before staff change anything, the shop has the one of its configuration.
pub async fn shipping_methods(store: &Store, rates: &Rates) -> Result<ShippingMethods, StoreError> {
    let changed = store.shipping_methods().await?;
    Ok(changed.unwrap_or_else(|| ShippingMethods::configured(&rates.shipping)))
}

impl OrderProcessor {
    /// Orders and quotes are priced with the methods as they are now.
    pub async fn shipping_methods(&self, rates: &Rates) -> Result<ShippingMethods, StoreError> {
        shipping_methods(&self.store, rates).await
    }

    /// For display: recent reads are good enough.
    pub async fn displayed_shipping_methods(
        &self,
        rates: &Rates,
        now: Time,
    ) -> Result<Arc<ShippingMethods>, StoreError> {
        if let Some(known) = self.recent_reads.methods.get(&(), now) {
            return Ok(known);
        }
        let read = Arc::new(self.shipping_methods(rates).await?);
        self.recent_reads.methods.put((), Arc::clone(&read), now);
        Ok(read)
    }
}
