//! Categories and brands as answers need them: kept in memory for a while, because every product names some.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use domain::id::{BrandId, CategoryId};
use domain::taxonomy::{Taxonomy, TermId};
use domain::time::Time;
use kit::runtime::cache::Cache;
use store::{Store, StoreError};

/// How long an instance keeps categories and brands.
pub const TERM_AGE: Duration = Duration::from_secs(30);

type Known<I> = Cache<(), Arc<Taxonomy<I>>>;

/// The taxonomies, read at most once in [`TERM_AGE`].
#[derive(Debug, Clone)]
pub struct Taxonomies {
    store: Store,
    categories: Known<CategoryId>,
    brands: Known<BrandId>,
}

impl Taxonomies {
    pub fn new(store: Store) -> Self {
        let one = NonZeroUsize::MIN;
        Self { store, categories: Cache::new(one, TERM_AGE), brands: Cache::new(one, TERM_AGE) }
    }

    pub async fn categories(&self, now: Time) -> Result<Arc<Taxonomy<CategoryId>>, StoreError> {
        self.read(&self.categories, &[], now).await
    }

    pub async fn brands(&self, now: Time) -> Result<Arc<Taxonomy<BrandId>>, StoreError> {
        self.read(&self.brands, &[], now).await
    }

    /// Categories with at least these, as far as they exist: nothing is read if there are none, and a category that was
    /// made since the last read is found.
    pub async fn categories_with(
        &self,
        ids: &[CategoryId],
        now: Time,
    ) -> Result<Arc<Taxonomy<CategoryId>>, StoreError> {
        self.read_with(&self.categories, ids, now).await
    }

    /// The same for brands.
    pub async fn brands_with(&self, ids: &[BrandId], now: Time) -> Result<Arc<Taxonomy<BrandId>>, StoreError> {
        self.read_with(&self.brands, ids, now).await
    }

    async fn read_with<I: TermId>(
        &self,
        known: &Known<I>,
        ids: &[I],
        now: Time,
    ) -> Result<Arc<Taxonomy<I>>, StoreError> {
        if ids.is_empty() {
            return Ok(Arc::new(Taxonomy::new(0, [])));
        }
        self.read(known, ids, now).await
    }

    async fn read<I: TermId>(&self, known: &Known<I>, ids: &[I], now: Time) -> Result<Arc<Taxonomy<I>>, StoreError> {
        if let Some(known) = known.get(&(), now)
            && ids.iter().all(|&id| known.find(id).is_some())
        {
            return Ok(known);
        }
        let read = Arc::new(self.store.taxonomy().await?);
        known.put((), Arc::clone(&read), now);
        Ok(read)
    }
}
