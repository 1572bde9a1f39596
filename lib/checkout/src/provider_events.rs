//! What the provider told us, taken in: each event once, by its id, in the transaction of its effect.

use domain::id::{OrderId, RefundId};
use domain::order::{Charge, Dispute, Order, OrderRefusal, Purchase, charge_seen};
use domain::time::Time;
use kit::runtime::telemetry;
use payment_provider::webhook::{Event, PaymentEvent};
use store::StoreError;

use crate::{Beside, OrderProcessor, Undone};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It changed something, or had before.
    Taken,
    /// It is about nothing of ours.
    NotOurs,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// It names an order that is not there, or not yet: the provider is to tell us again.
    #[error("the event is about an order that is not known")]
    UnknownOrder,
    /// Money that the order did not ask for.
    #[error("the event's amount or currency is not the order's")]
    Mismatch,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OrderProcessor {
    /// Takes an event in. Twice, late and in any order is all the same.
    pub async fn hear(&self, event: &Event) -> Result<Applied, ApplyError> {
        let Some(id) = self.order_of(event).await? else {
            return Ok(Applied::NotOurs);
        };
        let side_effects = Beside { provider_event: Some(event.id.clone()), ..Beside::default() };
        if let PaymentEvent::RefundFailed { refund, why } = &event.payment_event {
            return self.bounce(id, (refund, why), &side_effects).await;
        }
        let mut outcome = self.heard(id, event, &side_effects, true).await;
        if matches!(outcome, Err(Undone::NotEnough { .. })) {
            outcome = self.heard(id, event, &side_effects, false).await;
        }
        match outcome {
            Ok(_) | Err(Undone::Seen) => Ok(Applied::Taken),
            Err(Undone::Missing) => Err(ApplyError::UnknownOrder),
            Err(Undone::Refused(_)) => Err(ApplyError::Mismatch),
            Err(Undone::Store(error)) => Err(error.into()),
            Err(other) => Err(StoreError::Corrupt(other.to_string()).into()),
        }
    }

    async fn heard(
        &self,
        id: OrderId,
        event: &Event,
        side_effects: &Beside,
        in_stock: bool,
    ) -> Result<(Order, Purchase), Undone<OrderRefusal>> {
        let refund_id = self.ids.refund(self.clock.now());
        let decide = |order: &Order, _: &Purchase, now: Time| match &event.payment_event {
            PaymentEvent::Paid { charge, money } => {
                let charge = Charge { id: charge.clone(), attempt: event.attempt, money: *money };
                charge_seen(order, &charge)?;
                Ok(order.charged(&charge, in_stock, refund_id, now))
            }
            PaymentEvent::Declined { why } => {
                let attempt = event.attempt;
                Ok(attempt.and_then(|attempt| order.declined(attempt, why.as_deref(), now)))
            }
            PaymentEvent::Ended => {
                let attempt = event.attempt;
                Ok(attempt.and_then(|attempt| order.attempt_ended(attempt, now)))
            }
            PaymentEvent::Refunded { charge, in_all } => Ok(order.refunded_elsewhere(charge, *in_all, refund_id, now)),
            PaymentEvent::DisputeOpened { charge } => Ok(order.disputed(charge, Dispute::Open, now)),
            PaymentEvent::DisputeClosed { charge, won } => {
                let outcome = if *won { Dispute::Won } else { Dispute::Lost };
                Ok(order.disputed(charge, outcome, now))
            }
            PaymentEvent::RefundFailed { .. } | PaymentEvent::Other => Ok(None),
        };
        self.change(id, side_effects, decide).await
    }

    /// By what we wrote on the object; a dispute carries nothing of ours but the charge.
    async fn order_of(&self, event: &Event) -> Result<Option<OrderId>, ApplyError> {
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

    async fn bounce(
        &self,
        id: OrderId,
        (refund, why): (&str, &str),
        side_effects: &Beside,
    ) -> Result<Applied, ApplyError> {
        let Ok(refund_id) = RefundId::parse(refund) else {
            return Ok(Applied::NotOurs);
        };
        let Some(refund) = self.store.refund(id, refund_id).await? else {
            return Err(ApplyError::UnknownOrder);
        };
        let bounced = self
            .change(id, side_effects, |order, _, now| Ok::<_, OrderRefusal>(order.refund_bounced(&refund, why, now)));
        let bounced = bounced.await;
        if bounced.is_ok() {
            tracing::error!(order = %id, refund = %refund_id, why, "a refund came back");
            telemetry::count("MoneyNeedsPeople", 1, self.clock.now());
        }
        match bounced {
            Ok(_) | Err(Undone::Seen) => Ok(Applied::Taken),
            Err(Undone::Store(error)) => Err(error.into()),
            Err(other) => Err(StoreError::Corrupt(other.to_string()).into()),
        }
    }
}
