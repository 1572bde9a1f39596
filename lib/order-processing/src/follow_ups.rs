//! What is left to do after a transition: holds and payment windows that end, attempts to close, refunds to make. The
//! provider gets the same idempotency key for the same task, so a repeated request has no second effect.

use domain::id::{OrderId, RefundId};
use domain::order::{Dispute, Order, Transition};
use domain::time::Time;
use kit::runtime::telemetry;
use payment_provider::{Payments, ProviderError, RefundOutcome};
use store::StoreError;
use store::due::Task;
use store::orders::{OrderAndPurchase, SideEffects};

use crate::OrderProcessor;
use crate::transitions::{CommitError, takes_no_stock};

/// A refund is tried for some months, once a day in the end. Disputes are decided before that.
const MAX_RETRIES: u32 = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUps {
    Done,
    /// The provider did not answer. They are tried again later.
    PutOff,
}

/// A follow-up takes no stock and records no request or event, so only the store can fail.
impl From<CommitError> for StoreError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Missing => Self::Corrupt("the order of a follow-up is gone".to_owned()),
            CommitError::NotEnough(sku) => takes_no_stock(&sku),
            CommitError::AlreadyDone => Self::Corrupt("a follow-up was taken for a repeated request".to_owned()),
            CommitError::Store(error) => error,
        }
    }
}

impl OrderProcessor {
    /// Does what is due for an order. The janitor calls this.
    pub async fn run_due(&self, payments: &Payments, id: OrderId) -> Result<FollowUps, StoreError> {
        let Some(found) = self.store.order_and_purchase(id).await? else {
            self.store.forget_due(&Task::Order { order_id: id, held_units: 0 }).await?;
            return Ok(FollowUps::Done);
        };
        let found = self.follow_up(found, Order::hold_ended).await?;
        let OrderAndPurchase { order, .. } = self.follow_up(found, Order::expired).await?;
        if order.retry_at.is_some_and(|at| self.clock.now() < at) {
            return Ok(FollowUps::PutOff);
        }
        self.run_follow_ups(payments, &order).await
    }

    /// Runs the order's follow-ups at the provider.
    pub async fn run_follow_ups(&self, payments: &Payments, order: &Order) -> Result<FollowUps, StoreError> {
        let now = self.clock.now();
        let mut failed = false;
        for name in &order.payment.closing {
            match payments.close(name, now).await {
                Err(error @ (ProviderError::Unavailable(_) | ProviderError::Stuck(_))) => {
                    tracing::warn!(order = %order.id, name, %error, "an attempt could not be closed");
                    failed = true;
                }
                // Closed, paid, or being paid. If it is paid, the provider sends an event.
                Ok(_) | Err(ProviderError::Refused { .. }) => {
                    let found = self.read(order.id).await?;
                    self.follow_up(found, |order, now| order.closed(name, now)).await?;
                }
            }
        }
        for &id in &order.open_refunds {
            failed |= !self.make_refund(payments, order, id, now).await?;
        }
        if failed {
            let found = self.read(order.id).await?;
            self.follow_up(found, |order, now| order.due_at().is_some().then(|| order.put_off(now))).await?;
            return Ok(FollowUps::PutOff);
        }
        Ok(FollowUps::Done)
    }

    pub(crate) async fn follow_up(
        &self,
        found: OrderAndPurchase,
        decide: impl Fn(&Order, Time) -> Option<Transition>,
    ) -> Result<OrderAndPurchase, StoreError> {
        self.apply(found, &SideEffects::NONE, |found, now| Ok(decide(&found.order, now))).await
    }

    /// Says whether the provider gave its last word.
    async fn make_refund(
        &self,
        payments: &Payments,
        order: &Order,
        id: RefundId,
        now: Time,
    ) -> Result<bool, StoreError> {
        let refund =
            self.store.refund(order.id, id).await?.ok_or_else(|| StoreError::Corrupt(format!("no refund {id}")))?;
        let outcome = match payments.refund(order, &refund, now).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(order = %order.id, refund = %id, %error, "a refund could not be made");
                return Ok(false);
            }
        };
        let outcome = match outcome {
            RefundOutcome::NotYet { why, is_disputed }
                if (is_disputed && order.dispute == Some(Dispute::Lost)) || refund.retries >= MAX_RETRIES =>
            {
                RefundOutcome::Refused { why, refunded_externally: order.refunded_externally }
            }
            other => other,
        };
        if let RefundOutcome::Refused { why, .. } | RefundOutcome::NotYet { why, .. } = &outcome {
            tracing::error!(order = %order.id, refund = %id, why, "a refund was refused");
            telemetry::count("MoneyNeedsPeople", 1, now);
        }
        let new_ids = [self.ids.refund(now), self.ids.refund(now)];
        let found = self.read(order.id).await?;
        let decide = |order: &Order, now| match &outcome {
            RefundOutcome::NotYet { .. } => order.refund_retried(&refund, now),
            RefundOutcome::Made { reference } => order.refund_made(&refund, reference, now),
            RefundOutcome::Refused { why, refunded_externally } => {
                order.refund_refused(&refund, why, *refunded_externally, new_ids, now)
            }
        };
        self.follow_up(found, decide).await?;
        Ok(!matches!(outcome, RefundOutcome::NotYet { .. }))
    }
}
