//! Reads what documents are made of.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::ProductId;
use domain::product::Product;
use domain::rating::Rating;
use domain::time::Time;
use search_index::{Document, Id, Popularity};
use store::sales::SalesAndRating;
use store::{Store, StoreError};

use crate::document::{Terms, document};

/// How many products one read takes.
const READ: usize = 100;

#[derive(Debug, Clone)]
pub(crate) struct Source {
    store: Store,
    terms: Arc<Mutex<Option<Arc<Terms>>>>,
}

impl Source {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, terms: Arc::default() }
    }

    /// The documents of these products as they are now, each once. Products that do not exist are left out.
    pub(crate) async fn documents(&self, ids: &[ProductId], now: Time) -> Result<Vec<Document>, StoreError> {
        let terms = self.terms().await?;
        let ids: Vec<ProductId> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let mut documents = Vec::with_capacity(ids.len());
        for some in ids.chunks(READ) {
            // Boxed, because every caller's future would be large with it inside.
            let reads = async { tokio::try_join!(self.store.products(some), self.store.sales_and_ratings(some)) };
            let (products, known) = Box::pin(reads).await?;
            let document = |product: &Product| document(product, &terms, popularity(known.get(&product.id), now));
            documents.extend(products.iter().map(document));
        }
        Ok(documents)
    }

    /// How popular these products are now.
    pub(crate) async fn popularity(&self, ids: &[ProductId], now: Time) -> Result<Vec<(Id, Popularity)>, StoreError> {
        let known = Box::pin(self.store.sales_and_ratings(ids)).await?;
        Ok(ids.iter().map(|id| (id.to_bytes(), popularity(known.get(id), now))).collect())
    }

    /// Categories and brands as they are now. They are read again only after a change of them.
    async fn terms(&self) -> Result<Arc<Terms>, StoreError> {
        let versions = self.store.taxonomy_versions().await?;
        let known = self.terms.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| versions == (known.categories.version, known.brands.version)) {
            return Ok(known);
        }
        let (categories, brands) = tokio::try_join!(self.store.taxonomy(), self.store.taxonomy())?;
        let read = Arc::new(Terms { categories, brands });
        *self.terms.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&read));
        Ok(read)
    }
}

fn popularity(known: Option<&SalesAndRating>, now: Time) -> Popularity {
    let sales = known.and_then(|known| known.sales.as_ref());
    let rating = known.and_then(|known| known.rating.as_ref());
    let units = |units: u64| u32::try_from(units).unwrap_or(u32::MAX);
    Popularity {
        sales: sales.map_or(0, |sales| units(sales.recent(now))),
        sales_ever: sales.map_or(0, |sales| units(sales.ever)),
        rating: rating.and_then(Rating::average).unwrap_or(0),
        ratings: rating.map_or(0, Rating::count),
    }
}
