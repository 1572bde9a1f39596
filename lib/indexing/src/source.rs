//! Reads what documents are made of.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::ProductId;
use search_index::{Document, Popularity};
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
    pub(crate) async fn documents(&self, ids: &[ProductId]) -> Result<Vec<Document>, StoreError> {
        let terms = self.terms().await?;
        let ids: Vec<ProductId> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let mut documents = Vec::with_capacity(ids.len());
        for some in ids.chunks(READ) {
            let products = self.store.products(some).await?;
            documents.extend(products.iter().map(|product| document(product, &terms, Popularity::default())));
        }
        Ok(documents)
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
