//! Products, with their slugs, their entries in lists and their stock items, which make SKUs unique. One transaction
//! changes all of it.
//!
//! A product of many variants needs more writes than a transaction takes. Then its new SKUs are claimed first, in
//! parts, and the product is written after them. If the process dies in between, the claims are abandoned. The next
//! product that wants such a SKU releases it with [`Store::release_abandoned_sku`]. A SKU belongs to the product that
//! lists it; its stock item is the lock.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::id::{BrandId, CategoryId, ProductId, TransactionId};
use domain::product::Product;
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::{StockChange, StockLevel};
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, text};
use crate::engine::page::KeyRange;
use crate::engine::transaction::MAX_WRITES;
use crate::idempotency::IdempotencyRecord;
use crate::keys::{GSI1, Key};
use crate::lists::{Listed, ProductState, lines};
use crate::outbox::OutboxEvent;
use crate::stock::stock_item;
use crate::{Store, Transaction, keys};

/// How long a product keeps its claim on a SKU that it does not list yet.
const CLAIM: Duration = Duration::from_mins(1);

/// The most SKUs that one change may rename. Old and new stock items change in the product's own transaction.
pub const MAX_RENAMES: usize = 20;

/// Everything that a change of a product writes.
#[derive(Debug, Clone)]
pub struct ProductSave {
    pub token: TransactionId,
    /// The product as it was read; `None` if it is new.
    pub before: Option<Product>,
    pub after: Product,
    pub added: Vec<(StockLevel, Option<StockChange>)>,
    pub removed: Vec<Sku>,
    /// The stock as it was read, and its new SKU; at most [`MAX_RENAMES`].
    pub renamed: Vec<(StockLevel, Sku)>,
    pub entry: AuditEntry,
    pub outbox_event: OutboxEvent,
    pub idempotency_record: Option<IdempotencyRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveConflict {
    /// The product changed since it was read, or the stock of a SKU that is renamed.
    Changed,
    SlugTaken,
    SkuTaken(Sku),
    /// Orders have reserved units of a SKU that should be removed.
    SkuReserved(Sku),
    CategoryGone(CategoryId),
    BrandGone,
    /// The same request was carried out before.
    Repeated,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SlugOwner {
    pub(crate) product_id: ProductId,
}

pub(crate) fn product_item(product: &Product) -> Result<Item, StoreError> {
    Ok(Item::new(keys::product(product.id), product)?.index(keys::by_slug(&product.slug)))
}

/// The product is still as it was read, its bands too. A write must not undo a change of a band.
pub(crate) fn unchanged(product: &Product) -> Vec<Require> {
    vec![Require::Equals("version", number(product.version)), Require::Equals("shelf", number(product.stock_version))]
}

/// What a save means for one category or brand.
#[derive(Debug, Clone, Copy)]
struct Stay {
    /// Whether the product belongs to it now and did not before.
    joins: bool,
    /// By how much its number of active products changes.
    counts: i64,
}

/// The items of the categories and of the brand that a product belongs to: none if it is deleted.
pub(crate) fn terms(product: &Product) -> BTreeMap<Key, SaveConflict> {
    if product.deleted_at.is_some() {
        return BTreeMap::new();
    }
    let categories = product.categories.iter().map(|&id| (keys::term(id), SaveConflict::CategoryGone(id)));
    let brand = product.brand.map(|id| (keys::term::<BrandId>(id), SaveConflict::BrandGone));
    categories.chain(brand).collect()
}

impl ProductSave {
    fn product_writes(&self) -> Result<Transaction<SaveConflict>, StoreError> {
        let (before, after) = (self.before.as_ref(), &self.after);
        let mut writes = Transaction::new(self.token);
        if let Some(idempotency_record) = &self.idempotency_record {
            writes = writes.put_new(idempotency_record.item()?, SaveConflict::Repeated);
        }
        writes = match before {
            Some(before) => writes.put_if(product_item(after)?, unchanged(before), SaveConflict::Changed),
            None => writes.put_new(product_item(after)?, SaveConflict::Changed),
        };
        if before.map(|before| &before.slug) != Some(&after.slug) {
            let owner = SlugOwner { product_id: after.id };
            let slug = Item::new(keys::slug(&after.slug), &owner)?;
            writes = writes.put_new(slug, SaveConflict::SlugTaken);
            if let Some(before) = before {
                writes = writes.delete(keys::slug(&before.slug));
            }
        }
        let (old, new) = (before.map(lines).unwrap_or_default(), lines(after));
        for gone in old.difference(&new) {
            writes = writes.delete(gone.clone());
        }
        for added in new.difference(&old) {
            writes = writes.put(Item::new(added.clone(), &Listed {})?);
        }
        for (term, (stay, refusal)) in self.changed_terms() {
            let mut requires = vec![Require::Exists];
            if stay.joins {
                requires.push(Require::Lacks("closing"));
            }
            writes = if stay.counts == 0 {
                writes.check(term, requires, refusal)
            } else {
                let change = Change::at(term).add("product_count", stay.counts);
                writes.change(requires.into_iter().fold(change, Change::require), refusal)
            };
        }
        Ok(writes.put(self.entry.item()?).put(self.outbox_event.item()?))
    }

    /// The categories and the brand whose items this save checks or changes. Those that the product joins must exist and
    /// not be closing. Those it belonged to before cannot be deleted, because it is in their lists.
    fn changed_terms(&self) -> BTreeMap<Key, (Stay, SaveConflict)> {
        let is_active = |product: &Product| ProductState::of(product) == ProductState::Active;
        let (was_active, is_active) = (self.before.as_ref().is_some_and(is_active), is_active(&self.after));
        let (before, after) = (self.before.as_ref().map(terms).unwrap_or_default(), terms(&self.after));
        let all = before.iter().chain(&after).map(|(term, refusal)| {
            let (was_in, is_in) = (before.contains_key(term), after.contains_key(term));
            let counts = i64::from(is_in && is_active) - i64::from(was_in && was_active);
            (term.clone(), (Stay { joins: is_in && !was_in, counts }, refusal.clone()))
        });
        all.filter(|(_, (stay, _))| stay.joins || stay.counts != 0).collect()
    }

    fn claims(&self) -> Result<Transaction<SaveConflict>, StoreError> {
        let mut claims = Transaction::new(format!("{}c", self.token));
        for (level, change) in &self.added {
            let taken = SaveConflict::SkuTaken(level.sku.clone());
            claims = claims.put_new(stock_item(level)?, taken);
            if let Some(change) = change {
                claims = claims.put(Item::new(keys::stock_change(&level.sku, change.id), change)?);
            }
        }
        Ok(claims)
    }

    fn renames(&self) -> Result<Transaction<SaveConflict>, StoreError> {
        let mut renames = Transaction::new(self.token);
        for (old, new) in &self.renamed {
            let moved = StockLevel {
                sku: new.clone(),
                version: old.version + 1,
                updated_at: self.after.updated_at,
                ..old.clone()
            };
            let unchanged =
                vec![Require::Equals("version", number(old.version)), Require::Equals("reserved", number(0))];
            renames = renames.put_new(stock_item(&moved)?, SaveConflict::SkuTaken(new.clone())).delete_if(
                keys::stock(&old.sku),
                unchanged,
                SaveConflict::Changed,
            );
        }
        Ok(renames)
    }

    fn releases(&self) -> Transaction<SaveConflict> {
        let none_reserved = || vec![Require::Equals("reserved", number(0))];
        self.removed.iter().fold(Transaction::new(format!("{}r", self.token)), |releases, sku| {
            let reserved = SaveConflict::SkuReserved(sku.clone());
            releases.delete_if(keys::stock(sku), none_reserved(), reserved)
        })
    }
}

impl Store {
    /// Creates or changes a product, with everything that belongs to it.
    pub async fn save_product(&self, save: &ProductSave) -> Result<(), Commit<SaveConflict>> {
        let (claims, releases) = (save.claims()?, save.releases());
        let product = save.product_writes()?.and(save.renames()?);
        if product.len() + claims.len() + releases.len() <= MAX_WRITES {
            return self.commit(product.and(claims).and(releases)).await;
        }
        for part in claims.in_parts() {
            if let Err(refused) = self.commit(part).await {
                self.give_up_claims(save).await;
                return Err(refused);
            }
        }
        if let Err(refused) = self.commit(product).await {
            // After any other error the write may have taken effect, and the product may own the claims.
            if matches!(refused, Commit::Refused(_)) {
                self.give_up_claims(save).await;
            }
            return Err(refused);
        }
        // A SKU that is not released here, after a crash or because an order reserved it, is abandoned.
        for part in releases.in_parts() {
            let _ = self.commit(part).await;
        }
        Ok(())
    }

    /// Deletes the stock items that this save made. If this fails, the rest of them is abandoned.
    async fn give_up_claims(&self, save: &ProductSave) {
        for (level, change) in &save.added {
            let ours = vec![
                Require::Equals("variant_id", text(level.variant_id.to_string())),
                Require::Equals("version", number(1)),
            ];
            let mut release =
                Transaction::new(level.variant_id).delete_if(keys::stock(&level.sku), ours, SaveConflict::Changed);
            if let Some(change) = change {
                release = release.delete(keys::stock_change(&level.sku, change.id));
            }
            let _ = self.commit(release).await;
        }
    }

    /// Deletes the stock item of a SKU that no product lists, if its claim is old enough. Says whether the SKU is free.
    pub async fn release_abandoned_sku(&self, sku: &Sku, now: Time) -> Result<bool, StoreError> {
        let Some(level) = self.stock_level(sku).await? else {
            return Ok(true);
        };
        let product = self.product(level.product_id).await?;
        let lists = |product: &Product| product.variants.iter().any(|v| v.sku == *sku);
        let held = product.as_ref().is_some_and(lists) || level.reserved > 0;
        if held || now.since(level.updated_at) < CLAIM {
            return Ok(false);
        }
        let unchanged = vec![Require::Equals("version", number(level.version))];
        let gone = Transaction::new(level.variant_id).delete_if(keys::stock(sku), unchanged, ());
        match self.commit(gone).await {
            Ok(()) => Ok(true),
            Err(Commit::Refused(())) => Ok(false),
            Err(Commit::Store(error)) => Err(error),
        }
    }

    /// Strongly consistent.
    pub async fn product(&self, id: ProductId) -> Result<Option<Product>, StoreError> {
        self.get(&keys::product(id)).await
    }

    /// By slug, in one round trip through the index. The index may be behind the last write by a moment.
    pub async fn product_by_slug(&self, slug: &Slug) -> Result<Option<Product>, StoreError> {
        let found = self
            .query(&KeyRange::of(keys::slug_partition(slug.as_str())).in_index(GSI1), None, 1)
            .await?
            .into_iter()
            .next();
        found.map(|(_, item)| read(item)).transpose()
    }

    /// Which product has this slug, strongly consistent.
    pub async fn product_id_of(&self, slug: &Slug) -> Result<Option<ProductId>, StoreError> {
        let owner: Option<SlugOwner> = self.get(&keys::slug(slug)).await?;
        Ok(owner.map(|owner| owner.product_id))
    }

    /// Products in the order of `ids`, without those that do not exist. At most a hundred.
    pub async fn products(&self, ids: &[ProductId]) -> Result<Vec<Product>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = ids.iter().map(|&id| keys::product(id)).collect();
        let mut found = self.get_all(&keys.iter().collect::<Vec<_>>()).await?;
        let products = keys.iter().filter_map(|key| found.take(key).transpose());
        products.collect()
    }
}
