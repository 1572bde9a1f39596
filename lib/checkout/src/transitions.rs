//! Committing a step. Whoever is overtaken reads again and decides again.

use domain::cart::Cart;
use domain::event::Event;
use domain::id::OrderId;
use domain::order::{Order, Placed, Purchase, StockEffect, Transition};
use domain::sku::Sku;
use domain::stock::{StockAdjustment, StockChange, StockDelta, StockLevel, StockRefusal};
use domain::time::Time;
use store::audit::AuditEntry;
use store::coupons::CouponWithUse;
use store::idempotency::IdempotencyRecord;
use store::orders::{Along, OrderConflict, Placement};
use store::{Commit, StoreError};

use crate::OrderProcessor;

/// How often a step is decided anew when others change the same things.
const TRIES: usize = 12;

/// What is written beside a step that only its cause knows.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    pub idempotency_record: Option<IdempotencyRecord>,
    pub provider_event: Option<String>,
    /// Told, when it is committed, which status the order had and has.
    pub audit: Option<AuditEntry>,
}

impl Beside {
    pub const NOTHING: Self = Self { idempotency_record: None, provider_event: None, audit: None };
}

/// Why a step was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undone<E> {
    #[error("there is no such order")]
    Missing,
    #[error("{0}")]
    Refused(E),
    #[error("only {available} of {sku} are left")]
    NotEnough { sku: Sku, available: i64 },
    /// The same request was carried out meanwhile.
    #[error("the same request was carried out")]
    Repeated,
    /// The provider's event was taken before.
    #[error("the event was taken before")]
    Seen,
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Moves = Vec<(StockLevel, StockAdjustment)>;

/// A step meets the table.
pub(crate) enum Conflict {
    /// Read again and decide again.
    Changed,
    NotEnough {
        sku: Sku,
        available: i64,
    },
    Repeated,
    Seen,
    Store(StoreError),
}

impl From<StoreError> for Conflict {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Commit<OrderConflict>> for Conflict {
    fn from(error: Commit<OrderConflict>) -> Self {
        match error {
            Commit::Refused(OrderConflict::Repeated) => Self::Repeated,
            Commit::Refused(OrderConflict::Seen) => Self::Seen,
            Commit::Refused(_) => Self::Changed,
            Commit::Store(error) => Self::Store(error),
        }
    }
}

impl<E> From<Conflict> for Undone<E> {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Changed => Self::Store(StoreError::Busy("the order changed".to_owned())),
            Conflict::NotEnough { sku, available } => Self::NotEnough { sku, available },
            Conflict::Repeated => Self::Repeated,
            Conflict::Seen => Self::Seen,
            Conflict::Store(error) => Self::Store(error),
        }
    }
}

impl OrderProcessor {
    /// Commits an order that was decided on these levels, coupon and carts.
    pub async fn place(
        &self,
        placed: &Placed,
        levels: &[StockLevel],
        coupon: Option<&CouponWithUse>,
        (carts, idempotency_record): (&[Cart], Option<IdempotencyRecord>),
    ) -> Result<(), Undone<OrderConflict>> {
        let now = placed.order.created_at;
        let moves = moves(&placed.stock, &placed.purchase, levels)?;
        let placement = Placement {
            token: self.ids.event(now),
            placed,
            coupon,
            carts,
            side_effects: Along {
                crossings: self.crossings(&moves, now),
                changes: self.changes(&moves, &placed.order.number, now),
                moves,
                outbox_event: Some(self.ids.outbox_event(placed.event.clone(), now)),
                idempotency_record,
                ..Along::default()
            },
        };
        self.store.place_order(&placement).await.map_err(|error| match error {
            Commit::Refused(OrderConflict::Repeated) => Undone::Repeated,
            Commit::Refused(conflict) => Undone::Refused(conflict),
            Commit::Store(error) => Undone::Store(error),
        })
    }

    /// Reads, decides and commits, again if somebody was faster. `None` from `decide` leaves the order as it is.
    /// Answers the order as it is then.
    pub async fn change<E>(
        &self,
        id: OrderId,
        side_effects: &Beside,
        decide: impl Fn(&Order, &Purchase, Time) -> Result<Option<Transition>, E>,
    ) -> Result<(Order, Purchase), Undone<E>> {
        let found = self.store.order_and_purchase(id).await?;
        let found = found.ok_or(Undone::Missing)?;
        Box::pin(self.change_from(found, side_effects, decide)).await
    }

    /// The same with an order that was read already.
    pub async fn change_from<E>(
        &self,
        found: (Order, Purchase),
        side_effects: &Beside,
        decide: impl Fn(&Order, &Purchase, Time) -> Result<Option<Transition>, E>,
    ) -> Result<(Order, Purchase), Undone<E>> {
        let (mut order, mut purchase) = found;
        for _ in 0..TRIES {
            let now = self.clock.now();
            let Some(transition) = decide(&order, &purchase, now).map_err(Undone::Refused)? else {
                return Ok((order, purchase));
            };
            match self.commit(&order, &purchase, &transition, side_effects).await {
                Ok(()) => return Ok((transition.order, purchase)),
                Err(Conflict::Changed) => {}
                Err(other) => return Err(other.into()),
            }
            let found = self.store.order_and_purchase(order.id).await?;
            (order, purchase) = found.ok_or(Undone::Missing)?;
        }
        Err(Conflict::Changed.into())
    }

    pub(crate) async fn commit(
        &self,
        order: &Order,
        purchase: &Purchase,
        transition: &Transition,
        side_effects: &Beside,
    ) -> Result<(), Conflict> {
        let now = transition.order.updated_at;
        let (levels, coupon) = tokio::join!(self.levels(transition, purchase), async {
            match &transition.coupon_back {
                Some(applied) => self.store.coupon_return(applied).await.map(Some),
                None => Ok::<_, StoreError>(None),
            }
        });
        let moves = moves(&transition.stock, purchase, &levels?)?;
        let side_effects = Along {
            crossings: self.crossings(&moves, now),
            changes: self.changes(&moves, &order.number, now),
            moves,
            outbox_event: (transition.event.clone()).map(|event| self.ids.outbox_event(event, now)),
            idempotency_record: side_effects.idempotency_record.clone(),
            provider_event: side_effects.provider_event.clone(),
            audit: (side_effects.audit.clone()).map(|entry| AuditEntry {
                before: Some(order.status.name().to_owned()),
                after: (entry.after).or_else(|| Some(transition.order.status.name().to_owned())),
                ..entry
            }),
        };
        let (token, coupon) = (self.ids.event(now), coupon?);
        let committed = self.store.commit_transition(token, (order, transition), coupon.as_ref(), &side_effects);
        Ok(committed.await?)
    }

    /// The stock that a step moves. What went back to the shelf may have been renamed since it was sold.
    async fn levels(&self, transition: &Transition, purchase: &Purchase) -> Result<Vec<StockLevel>, StoreError> {
        if transition.stock == StockEffect::Keep {
            return Ok(Vec::new());
        }
        let skus: Vec<Sku> = purchase.lines.iter().map(|line| line.sku.clone()).collect();
        let mut levels = self.store.stock_levels(&skus).await?;
        for line in &purchase.lines {
            let there = levels.iter().find(|level| level.sku == line.sku);
            if there.is_some_and(|level| level.variant_id == line.variant_id) {
                continue;
            }
            let product = self.store.product(line.product_id).await?;
            let mut variants = product.iter().flat_map(|product| &product.variants);
            if let Some(variant) = variants.find(|variant| variant.id == line.variant_id) {
                levels.extend(self.store.stock_level(&variant.sku).await?);
            }
        }
        Ok(levels)
    }

    /// What histories say of moves that change what is on hand; a hold does not.
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

/// The moves that an effect makes. A line whose variant is gone for good is left out of what returns.
fn moves(effect: &StockEffect, purchase: &Purchase, levels: &[StockLevel]) -> Result<Moves, Conflict> {
    let shift = |units: i64| match effect {
        StockEffect::Keep => (0, 0),
        StockEffect::Reserve => (-units, units),
        StockEffect::Release => (units, -units),
        StockEffect::Consume => (0, -units),
        StockEffect::Sell => (-units, 0),
        StockEffect::Return(_) => (units, 0),
    };
    let mut moves = Vec::new();
    for line in &purchase.lines {
        let units = match effect {
            StockEffect::Keep => 0,
            StockEffect::Return(lines) => {
                (lines.iter()).filter(|(variant, _)| *variant == line.variant_id).map(|(_, units)| *units).sum()
            }
            _ => line.quantity,
        };
        if units == 0 {
            continue;
        }
        let level = (levels.iter()).find(|level| level.variant_id == line.variant_id);
        let Some(level) = level else {
            if matches!(effect, StockEffect::Reserve | StockEffect::Sell) {
                let sku = line.sku.clone();
                return Err(Conflict::NotEnough { sku, available: 0 });
            }
            tracing::warn!(sku = %line.sku, "sold stock has no shelf to return to");
            continue;
        };
        let (available, reserved) = shift(i64::from(units));
        let shift = StockDelta { available, reserved };
        let decided = level.adjust(shift).map_err(|refusal| match refusal {
            StockRefusal::NotEnough { available } => Conflict::NotEnough { sku: line.sku.clone(), available },
            // The levels were read after the order: it has let go of them, or taken them, meanwhile.
            other => {
                tracing::warn!(sku = %line.sku, %other, "the order changed before its stock was read");
                Conflict::Changed
            }
        })?;
        moves.push((level.clone(), decided));
    }
    Ok(moves)
}
