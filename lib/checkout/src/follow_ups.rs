//! What is left to do when a step was committed: the end of holds and of patience, attempts to close, refunds to make.
//! Each errand is asked of the provider under a name of its own, so that asking again is no second time.

use std::convert::Infallible;

use domain::id::{OrderId, RefundId};
use domain::order::Order;
use domain::time::Time;
use kit::runtime::telemetry;
use payment_provider::{Payments, ProviderError, Refunded};
use store::StoreError;
use store::due::Task;

use crate::{Beside, OrderProcessor, Undone};

/// How an order stands after its errands were run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUps {
    Done,
    /// The provider could not be told; it is tried again later.
    PutOff,
}

impl OrderProcessor {
    /// Does what is due for an order: the janitor's part.
    pub async fn run_due(&self, payments: &Payments, id: OrderId) -> Result<FollowUps, StoreError> {
        let ended = self.change(id, &Beside::NOTHING, |order, _, now| Ok(order.hold_ended(now))).await;
        if matches!(ended, Err(Undone::Missing)) {
            let task = Task::Order { order_id: id };
            return self.store.forget_due(&task).await.map(|()| FollowUps::Done);
        }
        let expired = self.change_from(done(ended)?, &Beside::NOTHING, |order, _, now| Ok(order.expired(now)));
        let (order, _) = done(expired.await)?;
        let now = self.clock.now();
        if order.retry_at.is_some_and(|at| now < at) {
            return Ok(FollowUps::PutOff);
        }
        self.settle(payments, &order).await
    }

    /// Runs the order's errands at the provider, now.
    pub async fn settle(&self, payments: &Payments, order: &Order) -> Result<FollowUps, StoreError> {
        let now = self.clock.now();
        let mut failed = false;
        if let Some(reference) = &order.payment.closing {
            match payments.close(order.payment.method, reference, now).await {
                Err(error @ ProviderError::Unavailable(_)) => {
                    tracing::warn!(order = %order.id, %error, "an attempt could not be closed");
                    failed = true;
                }
                // Closed; or taken, and then its event brings the money, which goes back.
                Ok(_) | Err(ProviderError::Refused { .. }) => {
                    let closed = self
                        .change(order.id, &Beside::NOTHING, |order, _, now| Ok(order.attempt_closed(reference, now)));
                    done(closed.await)?;
                }
            }
        }
        for &id in &order.open_refunds {
            failed |= !self.settle_refund(payments, order, id, now).await?;
        }
        if failed {
            let later = self.change(order.id, &Beside::NOTHING, |order, _, now| {
                Ok(order.due_at().is_some().then(|| order.put_off(now)))
            });
            done(later.await)?;
            return Ok(FollowUps::PutOff);
        }
        Ok(FollowUps::Done)
    }

    /// Says whether the provider gave an answer.
    async fn settle_refund(
        &self,
        payments: &Payments,
        order: &Order,
        id: RefundId,
        now: Time,
    ) -> Result<bool, StoreError> {
        let refund = self.store.refund(order.id, id).await?;
        let refund = refund.ok_or_else(|| StoreError::Corrupt(format!("no refund {id}")))?;
        let outcome = match payments.refund(order, &refund, now).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(order = %order.id, refund = %id, %error, "a refund could not be made");
                return Ok(false);
            }
        };
        if let Refunded::Refused { why, .. } = &outcome {
            tracing::error!(order = %order.id, refund = %id, why, "a refund was refused");
            telemetry::count("MoneyNeedsPeople", 1, now);
        }
        let more = [self.ids.refund(now), self.ids.refund(now)];
        let settled = self.change(order.id, &Beside::NOTHING, |order, _, now| {
            Ok(match &outcome {
                Refunded::Done { reference } => order.refund_made(&refund, reference, now),
                Refunded::Refused { why, refunded_externally } => {
                    order.refund_refused(&refund, (why, *refunded_externally), more, now)
                }
            })
        });
        done(settled.await)?;
        Ok(true)
    }
}

/// Steps that nothing refuses.
fn done<T>(outcome: Result<T, Undone<Infallible>>) -> Result<T, StoreError> {
    match outcome {
        Ok(done) => Ok(done),
        Err(Undone::Store(error)) => Err(error),
        Err(other) => Err(StoreError::Corrupt(other.to_string())),
    }
}
