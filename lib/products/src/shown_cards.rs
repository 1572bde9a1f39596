//! Cards for lists that name products by id: wish lists and stock alerts.

use std::collections::{BTreeSet, HashMap};

use domain::id::ProductId;
use domain::product::Product;
use domain::time::Time;
use store::{Store, StoreError};

use crate::cards::{ProductCardBody, ProductCards};

impl ProductCards {
    /// The cards of those products that are on sale, in one read. At most a hundred products.
    pub async fn on_sale(
        &self,
        store: &Store,
        ids: impl Iterator<Item = ProductId>,
        now: Time,
    ) -> Result<HashMap<ProductId, ProductCardBody>, StoreError> {
        let ids: Vec<ProductId> = ids.collect::<BTreeSet<_>>().into_iter().collect();
        let (mut products, ratings) = tokio::try_join!(store.products(&ids), store.ratings(&ids))?;
        products.retain(Product::is_on_sale);
        let rating = |at: usize| ratings.get(&products[at].id).copied().unwrap_or_default().into();
        let cards = self.of(&products, rating, now).await?;
        Ok(products.iter().map(|product| product.id).zip(cards).collect())
    }
}
