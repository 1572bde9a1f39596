//! Changes of categories and brands: products are published again, because the index has the names of their terms.

use domain::id::{BrandId, CategoryId, ProductId};
use domain::index_job::RebuildJob;
use domain::taxonomy::Taxonomy;
use store::lists::List;

use crate::{Indexer, IndexerError};

/// The most products that a batch publishes because of their terms. If there are more, a new base is made of all products.
const MAX_OF_TERMS: usize = 2_000;

impl Indexer {
    /// The products of a category and of those below it. `known`: how many products the batch has already.
    pub(crate) async fn products_of_category(
        &self,
        id: CategoryId,
        known: usize,
    ) -> Result<Vec<ProductId>, IndexerError> {
        let categories: Taxonomy<CategoryId> = self.publisher.store.taxonomy().await?;
        let lists: Vec<List> = categories.branch(id).into_iter().map(List::of).collect();
        self.products_in(&lists, known).await
    }

    pub(crate) async fn products_of_brand(&self, id: BrandId, known: usize) -> Result<Vec<ProductId>, IndexerError> {
        self.products_in(&[List::of(id)], known).await
    }

    /// None if there are too many: then the new base has them.
    async fn products_in(&self, lists: &[List], known: usize) -> Result<Vec<ProductId>, IndexerError> {
        let mut products = Vec::new();
        for list in lists {
            let room = MAX_OF_TERMS.saturating_sub(known + products.len());
            let found = self.publisher.store.listed_in(list, room + 1).await?;
            if found.len() > room {
                self.ask_for(RebuildJob::Products).await?;
                return Ok(Vec::new());
            }
            products.extend(found);
        }
        Ok(products)
    }
}
