//! Applies the events of the payment provider: each event once, by its id, in the transaction of its effect.

use domain::id::{OrderId, RefundId};
use domain::order::{Charge, ChargeMismatch, Dispute, Order, Transition};
use domain::time::Time;
use kit::runtime::telemetry;
use payment_provider::webhook::{PaymentEvent, ProviderEvent};
use store::StoreError;
use store::orders::{OrderAndPurchase, SideEffects};

use crate::OrderProcessor;
use crate::transitions::{CommitError, takes_no_stock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is about an order of this shop. It was applied now or before, or changed nothing.
    Taken,
    /// It is not about an order of this shop.
    NotOurs,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The order may not exist yet. The provider has to send the event again.
    #[error("the event is about an order that is not known")]
    UnknownOrder,
    #[error(transparent)]
    Mismatch(#[from] ChargeMismatch),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an event was not applied at one try.
enum EventError {
    Commit(CommitError),
    Mismatch(ChargeMismatch),
}

impl From<CommitError> for EventError {
    fn from(error: CommitError) -> Self {
        Self::Commit(error)
    }
}

impl From<StoreError> for EventError {
    fn from(error: StoreError) -> Self {
        Self::Commit(CommitError::Store(error))
    }
}

fn applied(outcome: Result<OrderAndPurchase, EventError>) -> Result<Applied, ApplyError> {
    match outcome {
        Ok(_) | Err(EventError::Commit(CommitError::AlreadyDone)) => Ok(Applied::Taken),
        Err(EventError::Commit(CommitError::Missing)) => Err(ApplyError::UnknownOrder),
        Err(EventError::Commit(CommitError::NotEnough(sku))) => Err(takes_no_stock(&sku).into()),
        Err(EventError::Commit(CommitError::Store(error))) => Err(error.into()),
        Err(EventError::Mismatch(mismatch)) => Err(mismatch.into()),
    }
}

impl OrderProcessor {
    /// Applies an event. Events may arrive twice, late and in any order.
    pub async fn apply_event(&self, event: &ProviderEvent) -> Result<Applied, ApplyError> {
        let Some(id) = self.order_of(event).await? else {
            return Ok(Applied::NotOurs);
        };
        let side_effects = SideEffects { provider_event: Some(event.id.clone()), ..SideEffects::NONE };
        if let PaymentEvent::RefundFailed { refund, why } = &event.payment_event {
            return self.refund_failed(id, refund, why, &side_effects).await;
        }
        let mut outcome = self.try_event(id, event, &side_effects, true).await;
        if matches!(outcome, Err(EventError::Commit(CommitError::NotEnough(_)))) {
            outcome = self.try_event(id, event, &side_effects, false).await;
        }
        applied(outcome)
    }

    /// `in_stock`: a payment after the end of the hold may take the stock again.
    async fn try_event(
        &self,
        id: OrderId,
        event: &ProviderEvent,
        side_effects: &SideEffects,
        in_stock: bool,
    ) -> Result<OrderAndPurchase, EventError> {
        let found = self.read(id).await?;
        let refund_id = self.ids.refund(self.clock.now());
        let decide = |found: &OrderAndPurchase, now| {
            decide(event, &found.order, in_stock, refund_id, now).map_err(EventError::Mismatch)
        };
        self.apply(found, side_effects, decide).await
    }

    /// The order by the metadata that we wrote on the provider's object. A dispute does not have this metadata,
    /// only the charge.
    async fn order_of(&self, event: &ProviderEvent) -> Result<Option<OrderId>, ApplyError> {
        if event.payment_event == PaymentEvent::Other {
            return Ok(None);
        }
        if let Some(id) = &event.order {
            return Ok(OrderId::parse(id).ok());
        }
        match &event.payment_event {
            PaymentEvent::DisputeOpened { charge }
            | PaymentEvent::DisputeClosed { charge, .. }
            | PaymentEvent::Refunded { charge, .. } => Ok(self.store.order_of_charge(charge).await?),
            _ => Ok(None),
        }
    }

    async fn refund_failed(
        &self,
        id: OrderId,
        refund: &str,
        why: &str,
        side_effects: &SideEffects,
    ) -> Result<Applied, ApplyError> {
        let Ok(refund_id) = RefundId::parse(refund) else {
            return Ok(Applied::NotOurs);
        };
        let Some(refund) = self.store.refund(id, refund_id).await? else {
            return Err(ApplyError::UnknownOrder);
        };
        let failed = async {
            let found = self.read(id).await?;
            self.apply(found, side_effects, |found, now| Ok(found.order.refund_bounced(&refund, why, now))).await
        };
        let outcome = failed.await;
        if outcome.is_ok() {
            tracing::error!(order = %id, refund = %refund_id, why, "a refund failed after it was accepted");
            telemetry::count("MoneyNeedsPeople", 1, self.clock.now());
        }
        applied(outcome)
    }
}

/// The transition that an event causes.
fn decide(
    event: &ProviderEvent,
    order: &Order,
    in_stock: bool,
    refund_id: RefundId,
    now: Time,
) -> Result<Option<Transition>, ChargeMismatch> {
    let attempt = event.attempt;
    Ok(match &event.payment_event {
        PaymentEvent::Paid { charge, money } => {
            let charge = Charge { id: charge.clone(), attempt, money: *money };
            order.check_charge(&charge)?;
            order.charged(&charge, in_stock, refund_id, now)
        }
        PaymentEvent::Declined { why } => attempt.and_then(|attempt| order.declined(attempt, why.as_deref(), now)),
        PaymentEvent::Ended => attempt.and_then(|attempt| order.attempt_ended(attempt, now)),
        PaymentEvent::Refunded { charge, total } => order.charge_refunded(charge, *total, refund_id, now),
        PaymentEvent::DisputeOpened { charge } => order.disputed(charge, Dispute::Open, now),
        PaymentEvent::DisputeClosed { charge, won } => {
            let outcome = if *won { Dispute::Won } else { Dispute::Lost };
            order.disputed(charge, outcome, now)
        }
        PaymentEvent::RefundFailed { .. } | PaymentEvent::Other => None,
    })
}
