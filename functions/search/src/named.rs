//! Lists of the products that a request names: by their ids, as a page of a storefront remembers them, or by a SKU.
//! They are read from the table.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::ProductId;
use domain::product::{MAX_IDS, Product};
use domain::rating::Rating;
use domain::sku::Sku;
use domain::time::Time;
use kit::http::problem::Problem;

use crate::App;
use crate::body::ProductListBody;
use crate::query::Named;

impl Named {
    pub(crate) async fn list(self, app: &App, staff: bool, now: Time) -> Result<ProductListBody, Problem> {
        let (products, limit) = match self {
            Self::Ids(ids) if staff => {
                let mut products = app.context.store.products(&ids).await?;
                products.retain(|product| product.deleted_at.is_none());
                (products, MAX_IDS)
            }
            Self::Ids(ids) => (app.all_on_sale(&ids, now).await?, MAX_IDS),
            Self::Sku(sku) => (app.with_sku(&sku).await?.into_iter().collect(), 1),
        };
        let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
        let ratings = app.ratings_of(&ids, now).await?;
        let rating = |at: usize| ratings.get(&ids[at]).copied().unwrap_or_default().into();
        let cards = app.cards.of(&products, rating, now).await?;
        Ok(ProductListBody::of_all(cards, u32::try_from(limit).unwrap_or(u32::MAX)))
    }
}

impl App {
    /// The products with these ids that are on sale, in their order: from memory, the others in one read.
    async fn all_on_sale(&self, ids: &[ProductId], now: Time) -> Result<Vec<Product>, Problem> {
        let known: Vec<_> = ids.iter().map(|id| self.products.get(id, now)).collect();
        let unknown = ids.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(&id, _)| id);
        let read = self.context.store.products(&unknown.collect::<Vec<_>>()).await?;
        for product in read.iter().filter(|product| product.is_on_sale()) {
            self.products.put(product.id, Arc::new(product.clone()), now);
        }
        let found = |(id, known): (&ProductId, Option<Arc<Product>>)| {
            known.map(Arc::unwrap_or_clone).or_else(|| read.iter().find(|product| product.id == *id).cloned())
        };
        Ok(ids.iter().zip(known).filter_map(found).filter(Product::is_on_sale).collect())
    }

    /// The ratings of these products: from memory, the others in one read.
    async fn ratings_of(&self, ids: &[ProductId], now: Time) -> Result<BTreeMap<ProductId, Rating>, Problem> {
        let known = ids.iter().filter_map(|&id| Some((id, self.ratings.get(&id, now)?)));
        let mut ratings: BTreeMap<ProductId, Rating> = known.collect();
        let unknown: Vec<ProductId> = ids.iter().copied().filter(|id| !ratings.contains_key(id)).collect();
        let read = self.context.store.ratings(&unknown).await?;
        for id in unknown {
            let rating = read.get(&id).copied().unwrap_or_default();
            self.ratings.put(id, rating, now);
            ratings.insert(id, rating);
        }
        Ok(ratings)
    }

    /// The product that lists a SKU, in any state. Its stock item names it.
    async fn with_sku(&self, sku: &Sku) -> Result<Option<Product>, Problem> {
        let store = &self.context.store;
        let Some(level) = store.stock_level(sku).await? else {
            return Ok(None);
        };
        let product = store.product(level.product_id).await?;
        Ok(product.filter(|product| product.variants.iter().any(|variant| variant.sku == *sku)))
    }
}
