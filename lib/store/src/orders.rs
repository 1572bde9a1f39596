//! Orders: a small item that changes, the purchase that never changes, the history and the refunds. Placing an order is
//! one transaction, and so is every later change, with all its side effects: stock, coupon, cart, events and answers.

mod read;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::cart::Cart;
use domain::id::{ImageId, OrderId, ProductId, TransactionId};
use domain::order::{Order, PlacedOrder, Purchase, Transition};
use domain::sku::Sku;
use domain::stock::{Band, StockAdjustment, StockChange, StockLevel};
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::carts::unchanged;
use crate::coupons::{CouponReturn, CouponWithUse};
use crate::due::{DeferredWrites, Due, Task};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, value};
use crate::engine::read::WriteOutcome;
use crate::engine::transaction::MAX_WRITES;
use crate::idempotency::IdempotencyRecord;
use crate::order_finding::{names, trackings};
use crate::outbox::OutboxEvent;
use crate::returns::write_return;
use crate::stock::{change_item, set_bands, stock_update};
use crate::unpaid::UnpaidChange;
use crate::{Store, Transaction, keys};

pub use read::{OrderAndLines, OrderAndPurchase, WholeOrder};

/// How long a provider's event is remembered: longer than it is ever sent again.
const EVENT_KEPT: Duration = Duration::from_hours(60 * 24);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderConflict {
    /// The order changed after it was read.
    Changed,
    /// The stock changed after it was read.
    Stock(Sku),
    /// The coupon changed after it was read.
    Coupon,
    /// The cart changed after it was read.
    Cart,
    /// Another order of the same buyer or network came first.
    Unpaid,
    /// The same request, or the same event of the provider, was carried out before.
    AlreadyDone,
}

/// What the transaction of an order's change writes besides the order.
#[derive(Debug, Clone, Default)]
pub struct SideEffects {
    /// Decided moves of stock, each SKU once, on the levels that were read.
    pub moves: Vec<(StockLevel, StockAdjustment)>,
    /// Events of stock that crossed into another band, or of a parcel, and lines for the stock's history. They are
    /// written later if the transaction has no room.
    pub crossings: Vec<OutboxEvent>,
    pub changes: Vec<(Sku, StockChange)>,
    pub outbox_event: Option<OutboxEvent>,
    pub idempotency_record: Option<IdempotencyRecord>,
    /// The lists of unpaid orders that an order which takes a hold is written into.
    pub unpaid: Vec<UnpaidChange>,
    /// The id of the provider's event that is applied.
    pub provider_event: Option<String>,
    pub audit: Option<AuditEntry>,
    /// When the buyer is asked for reviews.
    pub reviews_due: Option<Time>,
    /// What others learn of a return.
    pub return_event: Option<OutboxEvent>,
}

/// An order about to be placed.
#[derive(Debug, Clone)]
pub struct Placement<'a> {
    pub token: TransactionId,
    pub placed: &'a PlacedOrder,
    pub coupon: Option<&'a CouponWithUse>,
    /// The carts that become this order: the buyer's cart, and the one from before they signed in.
    pub carts: &'a [Cart],
    pub side_effects: SideEffects,
}

#[derive(Debug, Serialize, Deserialize)]
struct ChargeOwner {
    order_id: OrderId,
}

#[derive(Debug, Serialize, Deserialize)]
struct UsedExchange {
    at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
struct TakenEvent {
    order_id: OrderId,
    at: Time,
}

pub(crate) fn order_item(order: &Order) -> Result<Item, StoreError> {
    let by_buyer = match order.user_id {
        Some(user) => keys::orders_of(user, order.id),
        None => keys::orders_of_guests(&order.email, order.id),
    };
    let item = Item::new(keys::order(order.id), order)?.index(keys::orders_by_status(order.status.name(), order.id));
    Ok(item.index(by_buyer))
}

/// It is never written again as a whole, so its index keys stay.
pub(crate) fn purchase_item(order: &Order, purchase: &Purchase) -> Result<Item, StoreError> {
    let item = Item::new(keys::purchase(order.id), purchase)?.index(keys::order_numbered(&order.number, order.id));
    Ok(item.index(keys::order_placed(order.id)))
}

type Writes = Transaction<OrderConflict>;

/// Updates the order's due work, if its time or what it holds changes.
fn due(writes: Writes, before: Option<&Order>, after: &Order) -> Result<Writes, StoreError> {
    let due = |order: &Order| order.due_at().map(|at| Due { at, task: Task::of_order(order) });
    Ok(match (before.and_then(due), due(after)) {
        (before, after) if before == after => writes,
        (_, Some(due)) => writes.put(due.item()?),
        (_, None) => writes.delete(Task::of_order(after).key()),
    })
}

impl SideEffects {
    pub const NONE: Self = Self {
        moves: Vec::new(),
        crossings: Vec::new(),
        changes: Vec::new(),
        outbox_event: None,
        idempotency_record: None,
        unpaid: Vec::new(),
        provider_event: None,
        audit: None,
        reviews_due: None,
        return_event: None,
    };

    fn write(&self, mut writes: Writes, order: &Order) -> Result<Writes, StoreError> {
        let now = order.updated_at;
        if let Some(idempotency_record) = &self.idempotency_record {
            writes = writes.put_new(idempotency_record.item()?, OrderConflict::AlreadyDone);
        }
        if let Some(id) = &self.provider_event {
            let taken = TakenEvent { order_id: order.id, at: now };
            let item = Item::new(keys::provider_event(id), &taken)?.expires(now + EVENT_KEPT);
            writes = writes.put_new(item, OrderConflict::AlreadyDone);
        }
        for unpaid in &self.unpaid {
            let (item, unchanged) = unpaid.item(order)?;
            writes = writes.put_if(item, unchanged, OrderConflict::Unpaid);
        }
        for outbox_event in [&self.outbox_event, &self.return_event].into_iter().flatten() {
            writes = writes.put(outbox_event.item()?);
        }
        if let Some(audit) = &self.audit {
            writes = writes.put(audit.item()?);
        }
        if let Some(at) = self.reviews_due {
            writes = writes.put(Due { at, task: Task::AskForReviews { order_id: order.id } }.item()?);
        }
        let mut crossed: BTreeMap<ProductId, Vec<(Sku, Band)>> = BTreeMap::new();
        for (level, decided) in &self.moves {
            let refusal = OrderConflict::Stock(level.sku.clone());
            writes = writes.change(stock_update(level, decided, now)?, refusal);
            if decided.from != decided.to {
                let bands = crossed.entry(level.product_id).or_default();
                bands.push((level.sku.clone(), decided.to));
            }
        }
        let rest = crossed.len() + self.crossings.len() + self.changes.len();
        if writes.len() + rest > MAX_WRITES {
            // An order of very many lines: the janitor writes the rest.
            let shown =
                crossed.iter().flat_map(|(&product, bands)| bands.iter().map(move |(sku, _)| (product, sku.clone())));
            let task = Task::DeferredWrites(DeferredWrites {
                order_id: order.id,
                version: order.version,
                shown: shown.collect(),
                outbox_events: self.crossings.clone(),
                changes: self.changes.clone(),
            });
            return Ok(writes.put(Due { at: now, task }.item()?));
        }
        for (sku, change) in &self.changes {
            writes = writes.put(change_item(sku, change)?);
        }
        for (product, bands) in crossed {
            let sku = bands[0].0.clone();
            writes = writes.change(set_bands(product, &bands), OrderConflict::Stock(sku));
        }
        for outbox_event in &self.crossings {
            writes = writes.put(outbox_event.item()?);
        }
        Ok(writes)
    }
}

impl Store {
    /// One transaction: the order, the stock of each line, the coupon's use, the cart, the event and the answer.
    pub async fn place_order(&self, placement: &Placement<'_>) -> Result<(), Commit<OrderConflict>> {
        let PlacedOrder { order, purchase, .. } = placement.placed;
        let mut writes = Transaction::new(placement.token)
            .put_new(order_item(order)?, OrderConflict::Changed)
            .put(purchase_item(order, purchase)?);
        writes = due(writes, None, order)?;
        for name in names(order.id, purchase)? {
            writes = writes.put(name);
        }
        if let (Some(read), Some(applied)) = (placement.coupon, &order.coupon) {
            writes = writes.redeem_coupon(read, applied, OrderConflict::Coupon)?;
        }
        for cart in placement.carts {
            let gone = keys::cart(&cart.owner);
            writes = writes.delete_if(gone, unchanged(cart), OrderConflict::Cart);
        }
        self.commit(placement.side_effects.write(writes, order)?).await
    }

    /// Commits a transition on the version that it was decided on. `coupon` is the coupon use that it returns.
    pub async fn commit_transition(
        &self,
        token: TransactionId,
        before: &Order,
        transition: &Transition,
        coupon: Option<&CouponReturn>,
        side_effects: &SideEffects,
    ) -> Result<(), Commit<OrderConflict>> {
        let after = &transition.order;
        let unchanged = vec![Require::Equals("version", number(before.version))];
        let mut writes = Transaction::new(token).put_if(order_item(after)?, unchanged, OrderConflict::Changed);
        writes = due(writes, Some(before), after)?;
        if let Some(entry) = &transition.entry {
            let key = keys::order_history(after.id, after.version);
            writes = writes.put(Item::new(key, entry)?);
        }
        if let Some(charge) = &after.payment.charge
            && before.payment.charge.is_none()
        {
            let order_id = after.id;
            let item = Item::new(keys::charge(charge), &ChargeOwner { order_id })?;
            writes = writes.put(item);
        }
        for refund in &transition.refunds {
            writes = writes.put(Item::new(keys::refund(after.id, refund.id), refund)?);
        }
        for tracking in trackings(Some(before), after)? {
            writes = writes.put(tracking);
        }
        if let Some(changed) = &transition.changed_return {
            writes = write_return(writes, changed)?;
        }
        if let Some(coupon) = coupon {
            writes = writes.return_coupon_use(coupon, OrderConflict::Coupon);
        }
        self.commit(side_effects.write(writes, after)?).await
    }

    /// Says once which pictures the order has copies of.
    pub async fn set_pictures(&self, id: OrderId, pictures: &[ImageId]) -> Result<(), StoreError> {
        let change = Change::at(keys::purchase(id)).set("pictures", value(&pictures)?);
        self.change(change.require(Require::Exists).require(Require::Lacks("pictures"))).await.map(drop)
    }

    /// Uses the order's exchange up. Returns when it was used first, which is now if it is the first time. The item is
    /// kept until the exchange has ended.
    pub async fn use_exchange(&self, order: OrderId, ends: Time, now: Time) -> Result<Time, StoreError> {
        let used = UsedExchange { at: now };
        match self.put_new(Item::new(keys::order_exchange(order), &used)?.expires(ends)).await? {
            WriteOutcome::Refused(Some(first)) => Ok(read::<UsedExchange>(first)?.at),
            // Without the item it was deleted in the meantime, because the exchange has ended.
            WriteOutcome::Refused(None) => Ok(ends),
            WriteOutcome::Done(_) => Ok(now),
        }
    }

    /// Writes the bands, events and stock histories that an order's transaction had no room for. What was written
    /// before stays as it is.
    pub async fn write_deferred(&self, deferred_writes: &DeferredWrites) -> Result<(), StoreError> {
        for (product, sku) in &deferred_writes.shown {
            let Some(level) = self.stock_level(sku).await? else {
                continue;
            };
            let unmoved = vec![Require::Equals("version", number(level.version))];
            let writes = Transaction::new(format!("{}-{}", level.variant_id, level.version))
                .check(keys::stock(sku), unmoved, ())
                .change(set_bands(*product, &[(sku.clone(), level.band)]), ());
            match self.commit(writes).await {
                // If the product exists, its stock has changed. The janitor tries again in a minute.
                Err(Commit::Refused(())) if self.product(*product).await?.is_some() => {
                    return Err(StoreError::Busy("the stock changed".to_owned()));
                }
                Ok(()) | Err(Commit::Refused(())) => {}
                Err(Commit::Store(error)) => return Err(error),
            }
        }
        for event in &deferred_writes.outbox_events {
            self.put_new(event.item()?).await?;
        }
        for (sku, change) in &deferred_writes.changes {
            self.put_new(change_item(sku, change)?).await?;
        }
        self.forget_due(&Task::DeferredWrites(deferred_writes.clone())).await
    }
}
