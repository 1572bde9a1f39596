//! Commits transitions. After a conflict with another change, the order is read again and the transition is decided
//! again.

use std::collections::BTreeSet;

use domain::cart::Cart;
use domain::event::Event;
use domain::id::{OrderId, ProductId, VariantId};
use domain::order::{Order, OrderLine, PlacedOrder, Purchase, StockEffect, Transition};
use domain::sku::Sku;
use domain::stock::{StockAdjustment, StockChange, StockDelta, StockLevel, StockRefusal};
use domain::time::Time;
use store::audit::AuditEntry;
use store::coupons::CouponWithUse;
use store::idempotency::IdempotencyRecord;
use store::orders::{OrderAndPurchase, OrderConflict, Placement, SideEffects};
use store::retry::{Attempt, retry_from};
use store::unpaid::UnpaidChange;
use store::{Commit, StoreError};

use crate::OrderProcessor;

/// Why an order was not placed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    #[error("the cart changed")]
    CartChanged,
    #[error("there are not enough units of {0}")]
    NotEnough(Sku),
    #[error("the same request was carried out before")]
    AlreadyDone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an order was not changed for a buyer or for staff. `R` says which rule refused it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError<R> {
    #[error("there is no such order")]
    Missing,
    #[error("{0}")]
    Refused(R),
    #[error("there are not enough units of {0}")]
    NotEnough(Sku),
    #[error("the same request was carried out before")]
    AlreadyDone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a transition could not be committed, other than by a conflict after which it is decided again. Each use turns
/// this into an error type of its own.
pub(crate) enum CommitError {
    Missing,
    /// Only transitions that take stock which was not reserved.
    NotEnough(Sku),
    /// Only with an idempotency record or a provider's event among the side effects.
    AlreadyDone,
    Store(StoreError),
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<R> From<CommitError> for ChangeError<R> {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Missing => Self::Missing,
            CommitError::AlreadyDone => Self::AlreadyDone,
            CommitError::NotEnough(sku) => Self::NotEnough(sku),
            CommitError::Store(error) => Self::Store(error),
        }
    }
}

/// For transitions that only give stock back or leave it.
pub(crate) fn takes_no_stock(sku: &Sku) -> StoreError {
    StoreError::Corrupt(format!("a transition that takes no stock was refused stock of {sku}"))
}

/// Why the moves of stock could not be decided.
enum MoveError {
    NotEnough(Sku),
    /// The order changed between the reading of it and of its stock.
    Overtaken,
}

type Moves = Vec<(StockLevel, StockAdjustment)>;

/// A variant with its SKU when it was sold.
struct SoldVariant<'a> {
    product_id: ProductId,
    variant_id: VariantId,
    sku: &'a Sku,
}

/// A move of a variant's stock that is not decided yet.
struct WantedMove<'a> {
    variant_id: VariantId,
    sku: &'a Sku,
    delta: StockDelta,
    /// How many of the taken units need not be there, because the buyer was told so.
    backordered: u32,
}

impl OrderProcessor {
    /// Commits an order that was decided on these levels, this coupon and these carts.
    pub async fn place(
        &self,
        placed: &PlacedOrder,
        levels: &[StockLevel],
        coupon: Option<&CouponWithUse>,
        carts: &[Cart],
        idempotency_record: IdempotencyRecord,
        unpaid: Vec<UnpaidChange>,
    ) -> Result<Attempt<()>, PlaceError> {
        let now = placed.order.created_at;
        let moves = match moves(&placed.stock, &placed.purchase, levels) {
            Ok(moves) => moves,
            Err(MoveError::Overtaken) => return Ok(Attempt::Overtaken),
            Err(MoveError::NotEnough(sku)) => return Err(PlaceError::NotEnough(sku)),
        };
        let placement = Placement {
            token: self.ids.transaction(now),
            placed,
            coupon,
            carts,
            side_effects: SideEffects {
                crossings: self.crossings(&moves, now),
                changes: self.changes(&moves, &placed.order.number, now),
                moves,
                outbox_event: Some(self.ids.outbox_event(placed.event.clone(), now)),
                idempotency_record: Some(idempotency_record),
                unpaid,
                ..SideEffects::NONE
            },
        };
        match self.store.place_order(&placement).await {
            Ok(()) => Ok(Attempt::Done(())),
            Err(Commit::Refused(
                OrderConflict::Changed | OrderConflict::Stock(_) | OrderConflict::Coupon | OrderConflict::Unpaid,
            )) => Ok(Attempt::Overtaken),
            Err(Commit::Refused(OrderConflict::Cart)) => Err(PlaceError::CartChanged),
            Err(Commit::Refused(OrderConflict::AlreadyDone)) => Err(PlaceError::AlreadyDone),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// Changes an order for a buyer or for staff. `None` from `decide` leaves it as it is. Returns the order after
    /// the change.
    pub async fn change<R>(
        &self,
        id: OrderId,
        side_effects: &SideEffects,
        decide: impl Fn(&Order, &Purchase, Time) -> Result<Option<Transition>, R>,
    ) -> Result<OrderAndPurchase, ChangeError<R>> {
        let found = self.read(id).await?;
        Box::pin(self.change_read(found, side_effects, decide)).await
    }

    /// Like [`Self::change`], for an order that was read already.
    pub async fn change_read<R>(
        &self,
        found: OrderAndPurchase,
        side_effects: &SideEffects,
        decide: impl Fn(&Order, &Purchase, Time) -> Result<Option<Transition>, R>,
    ) -> Result<OrderAndPurchase, ChangeError<R>> {
        let decide =
            |found: &OrderAndPurchase, now| decide(&found.order, &found.purchase, now).map_err(ChangeError::Refused);
        self.apply(found, side_effects, decide).await
    }

    /// Decides and commits on the order that was read. After a conflict it reads, decides and commits again.
    pub(crate) async fn apply<E: From<CommitError> + From<StoreError>>(
        &self,
        found: OrderAndPurchase,
        side_effects: &SideEffects,
        decide: impl Fn(&OrderAndPurchase, Time) -> Result<Option<Transition>, E>,
    ) -> Result<OrderAndPurchase, E> {
        let id = found.order.id;
        let read = || async { Ok(self.read(id).await?) };
        // Boxed, because every handler's future would be large with it inside.
        let attempt = |found| Box::pin(self.try_apply(found, side_effects, &decide));
        retry_from("the order", found, read, attempt).await
    }

    async fn try_apply<E: From<CommitError>>(
        &self,
        found: OrderAndPurchase,
        side_effects: &SideEffects,
        decide: &impl Fn(&OrderAndPurchase, Time) -> Result<Option<Transition>, E>,
    ) -> Result<Attempt<OrderAndPurchase>, E> {
        let Some(transition) = decide(&found, self.clock.now())? else {
            return Ok(Attempt::Done(found));
        };
        let OrderAndPurchase { order, purchase } = found;
        Ok(match self.commit(&order, &purchase, &transition, side_effects).await? {
            Attempt::Done(()) => Attempt::Done(OrderAndPurchase { order: transition.order, purchase }),
            Attempt::Overtaken => Attempt::Overtaken,
        })
    }

    pub(crate) async fn read(&self, id: OrderId) -> Result<OrderAndPurchase, CommitError> {
        self.store.order_and_purchase(id).await?.ok_or(CommitError::Missing)
    }

    pub(crate) async fn commit(
        &self,
        order: &Order,
        purchase: &Purchase,
        transition: &Transition,
        side_effects: &SideEffects,
    ) -> Result<Attempt<()>, CommitError> {
        let now = transition.order.updated_at;
        let (levels, coupon) = tokio::join!(self.levels(transition, purchase), async {
            match &transition.coupon_back {
                Some(applied) => self.store.coupon_return(applied).await.map(Some),
                None => Ok::<_, StoreError>(None),
            }
        });
        let moves = match moves(&transition.stock, purchase, &levels?) {
            Ok(moves) => moves,
            Err(MoveError::Overtaken) => return Ok(Attempt::Overtaken),
            Err(MoveError::NotEnough(sku)) => return Err(CommitError::NotEnough(sku)),
        };
        let has_arrived = order.delivered_at.is_none() && transition.order.delivered_at.is_some();
        let mut crossings = self.crossings(&moves, now);
        crossings.extend(transition.second_event.clone().map(|event| self.ids.outbox_event(event, now)));
        let side_effects = SideEffects {
            crossings,
            changes: self.changes(&moves, &order.number, now),
            moves,
            outbox_event: (transition.event.clone()).map(|event| self.ids.outbox_event(event, now)),
            idempotency_record: side_effects.idempotency_record.clone(),
            unpaid: side_effects.unpaid.clone(),
            provider_event: side_effects.provider_event.clone(),
            audit: (side_effects.audit.clone()).map(|entry| AuditEntry {
                before: (entry.before).or_else(|| Some(order.status.name().to_owned())),
                after: (entry.after).or_else(|| Some(transition.order.status.name().to_owned())),
                ..entry
            }),
            reviews_due: self.ask_for_reviews_after.filter(|_| has_arrived).map(|wait| now + wait),
            return_event: (transition.changed_return.as_ref())
                .map(|changed| self.ids.outbox_event(changed.event(), now)),
        };
        let (token, coupon) = (self.ids.transaction(now), coupon?);
        match self.store.commit_transition(token, order, transition, coupon.as_ref(), &side_effects).await {
            Ok(()) => Ok(Attempt::Done(())),
            Err(Commit::Refused(
                OrderConflict::Changed
                | OrderConflict::Stock(_)
                | OrderConflict::Coupon
                | OrderConflict::Cart
                | OrderConflict::Unpaid,
            )) => Ok(Attempt::Overtaken),
            Err(Commit::Refused(OrderConflict::AlreadyDone)) => Err(CommitError::AlreadyDone),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// The stock that a transition moves.
    async fn levels(&self, transition: &Transition, purchase: &Purchase) -> Result<Vec<StockLevel>, StoreError> {
        let StockEffect::Moves(moves) = &transition.stock else {
            return if transition.stock == StockEffect::Keep { Ok(Vec::new()) } else { self.levels_of(purchase).await };
        };
        let sold = moves.iter().filter_map(|one| {
            let line = purchase.lines.iter().find(|line| line.variant_id == one.line)?;
            Some(SoldVariant { product_id: line.product_id, variant_id: one.variant_id, sku: &one.sku })
        });
        self.levels_of_variants(&sold.collect::<Vec<_>>()).await
    }

    /// The stock of what was bought.
    pub(crate) async fn levels_of(&self, purchase: &Purchase) -> Result<Vec<StockLevel>, StoreError> {
        let sold = purchase.lines.iter().map(|line| SoldVariant {
            product_id: line.product_id,
            variant_id: line.variant_id,
            sku: &line.sku,
        });
        self.levels_of_variants(&sold.collect::<Vec<_>>()).await
    }

    /// A SKU may have been renamed between the sale and the return.
    async fn levels_of_variants(&self, sold: &[SoldVariant<'_>]) -> Result<Vec<StockLevel>, StoreError> {
        // After renaming, two variants may have had the same SKU at different times.
        let skus: BTreeSet<Sku> = sold.iter().map(|variant| variant.sku.clone()).collect();
        let mut levels = self.store.stock_levels(&skus.into_iter().collect::<Vec<_>>()).await?;
        for sold in sold {
            let there = levels.iter().find(|level| level.sku == *sold.sku);
            if there.is_some_and(|level| level.variant_id == sold.variant_id) {
                continue;
            }
            let product = self.store.product(sold.product_id).await?;
            let mut variants = product.iter().flat_map(|product| &product.variants);
            if let Some(variant) = variants.find(|variant| variant.id == sold.variant_id) {
                levels.extend(self.store.stock_level(&variant.sku).await?);
            }
        }
        Ok(levels)
    }

    /// Lines for the stock's history, for moves that change what is on hand. Reserving does not.
    fn changes(&self, moves: &Moves, number: &str, now: Time) -> Vec<(Sku, StockChange)> {
        let changes = moves.iter().filter_map(|(level, decided)| {
            let delta = decided.delta.available + decided.delta.reserved;
            let what = match delta {
                0 => return None,
                ..0 => "sold",
                1.. => "returned",
            };
            let change = StockChange {
                id: self.ids.stock_change(now),
                at: now,
                delta,
                on_hand: None,
                threshold: None,
                reason: format!("{what}, order {number}"),
                by: None,
            };
            Some((level.sku.clone(), change))
        });
        changes.collect()
    }

    fn crossings(&self, moves: &Moves, now: Time) -> Vec<store::outbox::OutboxEvent> {
        let events = moves.iter().filter_map(|(level, decided)| Event::of_band_change(level, decided.from, decided.to));
        events.map(|event| self.ids.outbox_event(event, now)).collect()
    }
}

/// The moves of stock that an effect wants.
fn wanted<'a>(effect: &'a StockEffect, purchase: &'a Purchase) -> Vec<WantedMove<'a>> {
    let all_units = |line: &OrderLine| i64::from(line.quantity);
    let delta = |line: &OrderLine| match effect {
        StockEffect::Keep | StockEffect::Moves(_) => (0, 0),
        StockEffect::Reserve => (-all_units(line), all_units(line)),
        StockEffect::Release => (all_units(line), -all_units(line)),
        StockEffect::Consume => (0, -all_units(line)),
        StockEffect::Sell => (-all_units(line), 0),
        StockEffect::Return(lines) => {
            let back = lines.iter().filter(|(variant, _)| *variant == line.variant_id);
            (back.map(|(_, units)| i64::from(*units)).sum(), 0)
        }
    };
    let of_line = |line: &'a OrderLine| {
        let (available, reserved) = delta(line);
        let (variant_id, delta) = (line.variant_id, StockDelta { available, reserved });
        WantedMove { variant_id, sku: &line.sku, delta, backordered: line.backordered }
    };
    let mut wanted: Vec<WantedMove<'a>> = match effect {
        // Nobody was told that something is not there, so all of it has to be.
        StockEffect::Moves(moves) => (moves.iter())
            .map(|one| WantedMove { variant_id: one.variant_id, sku: &one.sku, delta: one.delta, backordered: 0 })
            .collect(),
        _ => purchase.lines.iter().map(of_line).collect(),
    };
    wanted.retain(|wanted| (wanted.delta.available, wanted.delta.reserved) != (0, 0));
    wanted
}

/// The moves of stock that an effect makes. A return leaves out a line whose variant was deleted.
fn moves(effect: &StockEffect, purchase: &Purchase, levels: &[StockLevel]) -> Result<Moves, MoveError> {
    let mut moves = Vec::new();
    for wanted in wanted(effect, purchase) {
        let sku = wanted.sku;
        let Some(level) = levels.iter().find(|level| level.variant_id == wanted.variant_id) else {
            if wanted.delta.available < 0 {
                return Err(MoveError::NotEnough(sku.clone()));
            }
            tracing::warn!(%sku, "there is no stock item to return units to");
            continue;
        };
        let decided = level.adjust(wanted.delta).map_err(|refusal| match refusal {
            StockRefusal::NotEnough { .. } => MoveError::NotEnough(sku.clone()),
            other => {
                tracing::warn!(%sku, %other, "the order changed before its stock was read");
                MoveError::Overtaken
            }
        })?;
        // The buyer was told how many units are not there. Later, an order never takes more such units than that.
        if decided.backordered > i64::from(wanted.backordered) {
            return Err(MoveError::NotEnough(sku.clone()));
        }
        moves.push((level.clone(), decided));
    }
    Ok(moves)
}
