//! Products: what a change of one writes beside it, and what a refusal means.

use domain::event::Event;
use domain::id::{CategoryId, ImageId, UserId};
use domain::product::{NewStock, Product, Redefined};
use domain::sku::Sku;
use domain::stock::{StockChange, StockLevel};
use domain::time::Time;
use store::audit::AuditEntry;
use store::idempotency::IdempotencyRecord;
use store::products::{MAX_RENAMES, ProductSave, SaveConflict};
use store::{Commit, StoreError};

use crate::ProductWriter;

/// What is to be committed.
#[derive(Debug, Clone)]
pub struct ProductChange {
    /// As the audit trail calls it.
    pub action: &'static str,
    pub by: Option<UserId>,
    /// The product that it was decided on; `None` if it is new.
    pub before: Option<Product>,
    pub decided: Redefined,
    pub idempotency_record: Option<IdempotencyRecord>,
}

/// Why a change was not committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsaved {
    /// Another change came first: decide again on what is there now.
    Changed,
    /// The same request was carried out meanwhile.
    Repeated,
    Refused(SaveRefusal),
    Store(StoreError),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveRefusal {
    #[error("is another product's")]
    SlugTaken,
    #[error("{0} is another product's")]
    SkuTaken(Sku),
    #[error("orders hold units of {0}; it cannot go before they are shipped")]
    SkuReserved(Sku),
    #[error("{0} is no category")]
    NoCategory(CategoryId),
    #[error("is no brand")]
    NoBrand,
    #[error("must rename at most {MAX_RENAMES} SKUs at once")]
    TooManyRenames,
}

impl From<StoreError> for Unsaved {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A decided change that touches no SKU.
pub fn untouched(product: Product) -> Redefined {
    Redefined { product, added: Vec::new(), removed: Vec::new(), renamed: Vec::new() }
}

impl ProductWriter {
    pub async fn commit(&self, change: &ProductChange, now: Time) -> Result<(), Unsaved> {
        let save = self.gather(change, now).await?;
        match self.store.save_product(&save).await {
            Err(Commit::Refused(SaveConflict::SkuTaken(sku))) => {
                // Perhaps by a product that never came: then it is free now, and once more will do.
                if !self.store.free_orphan(&sku, now).await? {
                    return Err(Unsaved::Refused(SaveRefusal::SkuTaken(sku)));
                }
                let again = self.gather(change, now).await?;
                self.store.save_product(&again).await.map_err(unsaved)
            }
            saved => saved.map_err(unsaved),
        }
    }

    async fn gather(&self, change: &ProductChange, now: Time) -> Result<ProductSave, Unsaved> {
        let decided = &change.decided;
        let (before, after) = (change.before.as_ref(), &decided.product);
        let moved = before.is_some_and(|was| was.deleted_at.is_some() != after.deleted_at.is_some());
        let event = Event::ProductChanged {
            product_id: after.id,
            removed_images: before.map(|was| gone(was, after)).unwrap_or_default(),
            moved,
        };
        let added = decided.added.iter();
        Ok(ProductSave {
            token: self.ids.transaction(now),
            before: change.before.clone(),
            after: after.clone(),
            added: added.map(|new| self.first(change, new, now)).collect(),
            removed: decided.removed.clone(),
            renamed: self.renamed(decided).await?,
            entry: AuditEntry {
                id: self.ids.audit(now),
                at: now,
                actor: change.by,
                action: change.action.to_owned(),
                subject: after.id.to_string(),
                before: before.map(describe),
                after: Some(describe(after)),
            },
            outbox_event: self.ids.outbox_event(event, now),
            idempotency_record: change.idempotency_record.clone(),
        })
    }

    /// The first stock of a new SKU, and the first line of its history.
    fn first(&self, change: &ProductChange, new: &NewStock, now: Time) -> (StockLevel, Option<StockChange>) {
        let of = (change.decided.product.id, new.variant_id);
        let level = StockLevel::new(new.sku.clone(), of, new.on_hand, now);
        let first = StockChange {
            id: self.ids.stock_change(now),
            at: now,
            delta: new.on_hand,
            on_hand: Some(new.on_hand),
            threshold: None,
            reason: "new".to_owned(),
            by: change.by,
        };
        (level, (new.on_hand > 0).then_some(first))
    }

    async fn renamed(&self, decided: &Redefined) -> Result<Vec<(StockLevel, Sku)>, Unsaved> {
        let renamed = &decided.renamed;
        if renamed.len() > MAX_RENAMES {
            return Err(Unsaved::Refused(SaveRefusal::TooManyRenames));
        }
        let old: Vec<Sku> = renamed.iter().map(|(old, _)| old.clone()).collect();
        let levels = self.store.stock_levels(&old).await?;
        if let Some(held) = levels.iter().find(|level| level.reserved > 0) {
            let sku = held.sku.clone();
            return Err(Unsaved::Refused(SaveRefusal::SkuReserved(sku)));
        }
        let pairs = renamed.iter().map(|(old, new)| {
            let level = levels.iter().find(|level| level.sku == *old);
            level.map(|level| (level.clone(), new.clone()))
        });
        pairs.collect::<Option<_>>().ok_or(Unsaved::Changed)
    }
}

fn gone(before: &Product, after: &Product) -> Vec<ImageId> {
    let images = before.images.iter().map(|image| image.id);
    images.filter(|&id| !after.holds_image(id)).collect()
}

/// A product in a line, for the audit trail: what people ask for afterwards.
fn describe(product: &Product) -> String {
    let prices = product.variants.iter().take(10);
    let prices: Vec<String> =
        prices.map(|variant| format!("{} {}", variant.sku, product.price(variant.price))).collect();
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

fn unsaved(refused: Commit<SaveConflict>) -> Unsaved {
    Unsaved::Refused(match refused {
        Commit::Refused(SaveConflict::Changed) => return Unsaved::Changed,
        Commit::Refused(SaveConflict::Repeated) => return Unsaved::Repeated,
        Commit::Refused(SaveConflict::SlugTaken) => SaveRefusal::SlugTaken,
        Commit::Refused(SaveConflict::SkuTaken(sku)) => SaveRefusal::SkuTaken(sku),
        Commit::Refused(SaveConflict::SkuReserved(sku)) => SaveRefusal::SkuReserved(sku),
        Commit::Refused(SaveConflict::CategoryGone(id)) => SaveRefusal::NoCategory(id),
        Commit::Refused(SaveConflict::BrandGone) => SaveRefusal::NoBrand,
        Commit::Store(error) => return Unsaved::Store(error),
    })
}
