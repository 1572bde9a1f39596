//! Very many new products, for an operator who fills a shop. They get what every product has: a slug, entries in lists,
//! stock, and a place in the counts of their category and brand. There is no event and no audit entry of each, and
//! what belongs to a product is written before it, in batches, which cost half as much as transactions.
//!
//! After an interruption the same products with the same ids can be added again: those that are there stay as they are.

use std::collections::BTreeMap;

use domain::id::{ProductId, TransactionId};
use domain::product::Product;
use domain::stock::{StockChange, StockLevel};
use serde::Deserialize;

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::Item;
use crate::keys::Key;
use crate::lists::{Listed, lines};
use crate::products::{SaveConflict, SlugOwner, product_item, terms};
use crate::stock::stock_item;
use crate::{Store, Transaction, keys};

/// An active product, and its stock with the first entry of its history.
#[derive(Debug, Clone)]
pub struct NewProduct {
    pub product: Product,
    pub stock: Vec<(StockLevel, Option<StockChange>)>,
}

/// What names the product in its slug and in its stock.
#[derive(Debug, Deserialize)]
struct Owned {
    product_id: ProductId,
}

impl NewProduct {
    /// All of its items but itself.
    fn belongings(&self) -> Result<Vec<Item>, StoreError> {
        let product = &self.product;
        let mut items = vec![Item::new(keys::slug(&product.slug), &SlugOwner { product_id: product.id })?];
        for line in lines(product) {
            items.push(Item::new(line, &Listed {})?);
        }
        for (level, change) in &self.stock {
            items.push(stock_item(level)?);
            if let Some(change) = change {
                items.push(Item::new(keys::stock_change(&level.sku, change.id), change)?);
            }
        }
        Ok(items)
    }
}

impl Store {
    /// Writes what belongs to these products, and returns those that are not in the table yet.
    pub async fn prepare_products(&self, products: Vec<NewProduct>) -> Result<Vec<NewProduct>, Commit<SaveConflict>> {
        let known: Vec<Key> = products.iter().map(|new| keys::product(new.product.id)).collect();
        let mut known = self.get_many(&["version"], &known.iter().collect::<Vec<_>>()).await?;
        let mut missing = Vec::new();
        for new in products {
            if known.take::<serde_json::Value>(&keys::product(new.product.id))?.is_none() {
                missing.push(new);
            }
        }
        self.check_free(&missing).await?;
        let mut items = Vec::new();
        for new in &missing {
            items.extend(new.belongings()?);
        }
        self.put_all(items).await?;
        Ok(missing)
    }

    /// No other product has a slug or a SKU of these.
    async fn check_free(&self, products: &[NewProduct]) -> Result<(), Commit<SaveConflict>> {
        let mut owners = Vec::new();
        for NewProduct { product, stock } in products {
            owners.push((keys::slug(&product.slug), product.id, SaveConflict::SlugTaken));
            for (level, _) in stock {
                owners.push((keys::stock(&level.sku), product.id, SaveConflict::SkuTaken(level.sku.clone())));
            }
        }
        let read: Vec<&Key> = owners.iter().map(|(key, ..)| key).collect();
        let mut found = self.get_many(&["product_id"], &read).await?;
        for (key, product, conflict) in owners {
            if found.take::<Owned>(&key)?.is_some_and(|owned| owned.product_id != product) {
                return Err(Commit::Refused(conflict));
            }
        }
        Ok(())
    }

    /// Adds products that were prepared, and counts them, in one transaction. Together with the categories and brands that
    /// they name they can be at most a hundred.
    pub async fn add_products(
        &self,
        token: TransactionId,
        products: &[NewProduct],
    ) -> Result<(), Commit<SaveConflict>> {
        let (mut writes, mut counts) = (Transaction::new(token), BTreeMap::new());
        for NewProduct { product, .. } in products {
            writes = writes.put_new(product_item(product)?, SaveConflict::Changed);
            for (term, refusal) in terms(product) {
                counts.entry(term).or_insert((0, refusal)).0 += 1;
            }
        }
        for (term, (joined, refusal)) in counts {
            let change = Change::at(term).add("product_count", joined);
            writes = writes.change(change.require(Require::Exists).require(Require::Lacks("closing")), refusal);
        }
        self.commit(writes).await
    }
}
