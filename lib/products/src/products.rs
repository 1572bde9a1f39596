//! Changes of products: what they write besides the product, and which field a refusal is about.

use domain::actor::ActorId;
use domain::event::Event;
use domain::id::{CategoryId, ImageId, ProductId};
use domain::product::{Field, NewStock, Product, Revision, Variant, VariantField};
use domain::sku::Sku;
use domain::stock::{StockChange, StockLevel};
use domain::time::Time;
use kit::runtime::ids::Ids;
use store::audit::AuditChange;
use store::idempotency::IdempotencyRecord;
use store::products::{MAX_RENAMES, ProductSave, SaveConflict};
use store::retry::{Attempt, retry};
use store::{Commit, StoreError};

use crate::ProductWriter;

/// A decided change of a product.
#[derive(Debug, Clone)]
pub struct ProductChange {
    /// The name of the action in the audit trail.
    pub action: &'static str,
    pub by: Option<ActorId>,
    /// The product as it was read; `None` if it is new.
    pub before: Option<Product>,
    pub revision: Revision,
    pub idempotency_record: Option<IdempotencyRecord>,
}

/// Why a change was not committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveError {
    /// Another change was committed first: read again and decide again.
    Changed,
    /// The same request was committed already.
    Repeated,
    Refused(SaveRefusal),
    Store(StoreError),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveRefusal {
    #[error("belongs to another product")]
    SlugTaken,
    #[error("{0} belongs to another product")]
    SkuTaken(Sku),
    #[error("orders have reserved units of {0}; it can be removed after they are shipped")]
    SkuReserved(Sku),
    #[error("is not a category")]
    NoCategory(CategoryId),
    #[error("is not a brand")]
    NoBrand,
    #[error("must rename at most {MAX_RENAMES} SKUs at once")]
    TooManyRenames,
}

impl From<StoreError> for SaveError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl SaveRefusal {
    /// The field of `product` that the refusal is about.
    pub fn field(&self, product: &Product) -> Field {
        match self {
            Self::SlugTaken => Field::Slug,
            Self::SkuTaken(sku) | Self::SkuReserved(sku) => {
                let index = product.variants.iter().position(|variant| variant.sku == *sku);
                index.map_or(Field::Variants, |index| Field::Variant { index, field: VariantField::Sku })
            }
            Self::NoCategory(id) => {
                let index = product.categories.iter().position(|category| category == id);
                index.map_or(Field::Categories, Field::Category)
            }
            Self::NoBrand => Field::Brand,
            Self::TooManyRenames => Field::Variants,
        }
    }
}

/// The first stock of a new SKU, and the first entry of its history.
pub fn first_stock(
    ids: &Ids,
    product: ProductId,
    new: &NewStock,
    by: Option<ActorId>,
    now: Time,
) -> (StockLevel, Option<StockChange>) {
    let level = StockLevel::new(new.sku.clone(), product, new.variant_id, new.on_hand, now);
    let first = StockChange {
        id: ids.stock_change(now),
        at: now,
        delta: new.on_hand,
        on_hand: Some(new.on_hand),
        threshold: None,
        reason: "new".to_owned(),
        by,
    };
    (level, (new.on_hand > 0).then_some(first))
}

impl ProductWriter {
    pub async fn commit(&self, change: &ProductChange, now: Time) -> Result<(), SaveError> {
        let attempt = || async {
            let save = self.prepare(change, now).await?;
            match self.store.save_product(&save).await {
                // A product that was never saved may hold it. Then it is released here, and the next try succeeds.
                Err(Commit::Refused(SaveConflict::SkuTaken(sku))) => {
                    if self.store.release_abandoned_sku(&sku, now).await? {
                        return Ok(Attempt::Overtaken);
                    }
                    Err(SaveError::Refused(SaveRefusal::SkuTaken(sku)))
                }
                saved => saved.map(Attempt::Done).map_err(save_error),
            }
        };
        retry("the product's SKUs", attempt).await
    }

    async fn prepare(&self, change: &ProductChange, now: Time) -> Result<ProductSave, SaveError> {
        let revision = &change.revision;
        let (before, after) = (change.before.as_ref(), &revision.product);
        let moved = before.is_some_and(|was| was.deleted_at.is_some() != after.deleted_at.is_some());
        let event = Event::ProductChanged {
            product_id: after.id,
            removed_images: before.map(|was| removed_images(was, after)).unwrap_or_default(),
            moved,
        };
        let audited = AuditChange { before: before.map(describe), after: Some(describe(after)) };
        Ok(ProductSave {
            token: self.ids.transaction(now),
            before: change.before.clone(),
            after: after.clone(),
            added: revision.added.iter().map(|new| first_stock(&self.ids, after.id, new, change.by, now)).collect(),
            removed: revision.removed.clone(),
            renamed: self.renamed_stock(revision).await?,
            entry: self.ids.audit_entry(change.by, change.action, after.id, audited, now),
            outbox_event: self.ids.outbox_event(event, now),
            idempotency_record: change.idempotency_record.clone(),
        })
    }

    async fn renamed_stock(&self, revision: &Revision) -> Result<Vec<(StockLevel, Sku)>, SaveError> {
        let renamed = &revision.renamed;
        if renamed.len() > MAX_RENAMES {
            return Err(SaveError::Refused(SaveRefusal::TooManyRenames));
        }
        let skus: Vec<Sku> = renamed.iter().map(|(old, _)| old.clone()).collect();
        let levels = self.store.stock_levels(&skus).await?;
        if let Some(held) = levels.iter().find(|level| level.reserved > 0) {
            return Err(SaveError::Refused(SaveRefusal::SkuReserved(held.sku.clone())));
        }
        let pairs = renamed.iter().map(|(old, new)| {
            let level = levels.iter().find(|level| level.sku == *old);
            level.map(|level| (level.clone(), new.clone()))
        });
        pairs.collect::<Option<_>>().ok_or(SaveError::Changed)
    }
}

fn removed_images(before: &Product, after: &Product) -> Vec<ImageId> {
    let images = before.images.iter().map(|image| image.id);
    images.filter(|&id| !after.holds_image(id)).collect()
}

/// A product in one line, for the audit trail.
fn describe(product: &Product) -> String {
    let price = |variant: &Variant| format!("{} {}", variant.sku, product.price(variant.price));
    let prices: Vec<String> = product.variants.iter().take(10).map(price).collect();
    let more = match product.variants.len().saturating_sub(10) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let deleted = product.deleted_at.map_or("", |_| ", deleted");
    format!(
        "v{}: {} ({}), {}{deleted}, {}{more}",
        product.version,
        product.name,
        product.slug,
        product.status.name(),
        prices.join(", ")
    )
}

fn save_error(refused: Commit<SaveConflict>) -> SaveError {
    SaveError::Refused(match refused {
        Commit::Refused(SaveConflict::Changed) => return SaveError::Changed,
        Commit::Refused(SaveConflict::Repeated) => return SaveError::Repeated,
        Commit::Refused(SaveConflict::SlugTaken) => SaveRefusal::SlugTaken,
        Commit::Refused(SaveConflict::SkuTaken(sku)) => SaveRefusal::SkuTaken(sku),
        Commit::Refused(SaveConflict::SkuReserved(sku)) => SaveRefusal::SkuReserved(sku),
        Commit::Refused(SaveConflict::CategoryGone(id)) => SaveRefusal::NoCategory(id),
        Commit::Refused(SaveConflict::BrandGone) => SaveRefusal::NoBrand,
        Commit::Store(error) => return SaveError::Store(error),
    })
}
