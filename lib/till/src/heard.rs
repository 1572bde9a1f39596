//! What the provider told us, taken in: each event once, by its id, in the transaction of its effect.

use domain::id::{OrderId, RefundId};
use domain::order::{Charge, Dispute, Order, OrderRefusal, Purchase, charge_seen};
use domain::time::Time;
use kit::telemetry;
use provider::webhook::{Event, News};
use store::StoreError;

use crate::{Beside, Till, Undone};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It changed something, or had before.
    Taken,
    /// It is about nothing of ours.
    NotOurs,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// It names an order that is not there, or not yet: the provider is to tell us again.
    #[error("the event is about an order that is not known")]
    UnknownOrder,
    /// Money that the order did not ask for.
    #[error("the event's amount or currency is not the order's")]
    Mismatch,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Till {
    /// Takes an event in. Twice, late and in any order is all the same.
    pub async fn hear(&self, event: &Event) -> Result<Heard, Unheard> {
        let Some(id) = self.order_of(event).await? else {
            return Ok(Heard::NotOurs);
        };
        let beside = Beside { provider_event: Some(event.id.clone()), ..Beside::default() };
        if let News::RefundFailed { refund, why } = &event.news {
            return self.bounce(id, (refund, why), &beside).await;
        }
        let mut outcome = self.heard(id, event, &beside, true).await;
        if matches!(outcome, Err(Undone::NotEnough { .. })) {
            outcome = self.heard(id, event, &beside, false).await;
        }
        match outcome {
            Ok(_) | Err(Undone::Seen) => Ok(Heard::Taken),
            Err(Undone::Missing) => Err(Unheard::UnknownOrder),
            Err(Undone::Refused(_)) => Err(Unheard::Mismatch),
            Err(Undone::Store(error)) => Err(error.into()),
            Err(other) => Err(StoreError::Corrupt(other.to_string()).into()),
        }
    }

    async fn heard(
        &self,
        id: OrderId,
        event: &Event,
        beside: &Beside,
        in_stock: bool,
    ) -> Result<(Order, Purchase), Undone<OrderRefusal>> {
        let refund_id = self.ids.refund(self.clock.now());
        let decide = |order: &Order, _: &Purchase, now: Time| match &event.news {
            News::Paid { charge, money } => {
                let charge = Charge { id: charge.clone(), attempt: event.attempt, money: *money };
                charge_seen(order, &charge)?;
                Ok(order.charged(&charge, in_stock, refund_id, now))
            }
            News::Declined { why } => {
                let attempt = event.attempt;
                Ok(attempt.and_then(|attempt| order.declined(attempt, why.as_deref(), now)))
            }
            News::Ended => {
                let attempt = event.attempt;
                Ok(attempt.and_then(|attempt| order.attempt_ended(attempt, now)))
            }
            News::Refunded { charge, in_all } => Ok(order.refunded_elsewhere(charge, *in_all, refund_id, now)),
            News::DisputeOpened { charge } => Ok(order.disputed(charge, Dispute::Open, now)),
            News::DisputeClosed { charge, won } => {
                let outcome = if *won { Dispute::Won } else { Dispute::Lost };
                Ok(order.disputed(charge, outcome, now))
            }
            News::RefundFailed { .. } | News::Other => Ok(None),
        };
        self.change(id, beside, decide).await
    }

    /// By what we wrote on the object; a dispute carries nothing of ours but the charge.
    async fn order_of(&self, event: &Event) -> Result<Option<OrderId>, Unheard> {
        if event.news == News::Other {
            return Ok(None);
        }
        if let Some(id) = &event.order {
            return Ok(OrderId::parse(id).ok());
        }
        match &event.news {
            News::DisputeOpened { charge } | News::DisputeClosed { charge, .. } | News::Refunded { charge, .. } => {
                Ok(self.store.order_of_charge(charge).await?)
            }
            _ => Ok(None),
        }
    }

    async fn bounce(&self, id: OrderId, (refund, why): (&str, &str), beside: &Beside) -> Result<Heard, Unheard> {
        let Ok(refund_id) = RefundId::parse(refund) else {
            return Ok(Heard::NotOurs);
        };
        let Some(refund) = self.store.refund(id, refund_id).await? else {
            return Err(Unheard::UnknownOrder);
        };
        let bounced =
            self.change(id, beside, |order, _, now| Ok::<_, OrderRefusal>(order.refund_bounced(&refund, why, now)));
        let bounced = bounced.await;
        if bounced.is_ok() {
            tracing::error!(order = %id, refund = %refund_id, why, "a refund came back");
            telemetry::count("MoneyNeedsPeople", 1, self.clock.now());
        }
        match bounced {
            Ok(_) | Err(Undone::Seen) => Ok(Heard::Taken),
            Err(Undone::Store(error)) => Err(error.into()),
            Err(other) => Err(StoreError::Corrupt(other.to_string()).into()),
        }
    }
}
