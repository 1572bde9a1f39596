//! Opens the payment of an order. At most one attempt is open at a time, and only an attempt that is stored is given to
//! the buyer.
//!
//! So a lost answer of the provider does no harm: nobody has its secret, and the same key gives the same attempt again.

use domain::order::{
    HoldRefusal, Method, Order, OrderLimits, OrderRefusal, PaymentStatus, PaymentTerms, Purchase, UnpaidOrder,
};
use domain::sku::Sku;
use domain::time::Time;
use payment_provider::{AttemptState, OpenedAttempt, PaymentAttempt, Payments, ProviderError};
use store::StoreError;
use store::orders::{OrderAndPurchase, SideEffects};
use store::retry::{Attempt, retry_from};
use store::unpaid::{Holder, UnpaidChange};

use crate::OrderProcessor;
use crate::transitions::CommitError;
use crate::unpaid::{HoldError, HoldRequest};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("there is no such order")]
    Missing,
    #[error(transparent)]
    Order(#[from] OrderRefusal),
    #[error("the payment is being processed")]
    InProgress,
    /// The hold had ended, and others bought the stock.
    #[error("there are not enough units of {0} any more")]
    NotEnough(Sku),
    #[error("this shop does not take this payment method")]
    NotAccepted,
    /// The hold had ended, and the buyer's other unpaid orders hold as much as they may.
    #[error(transparent)]
    Limit(#[from] HoldRefusal),
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<HoldError> for OpenError {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::Refused(refusal) => Self::Limit(refusal),
            HoldError::Store(error) => Self::Store(error),
        }
    }
}

impl From<CommitError> for OpenError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Missing => Self::Missing,
            CommitError::NotEnough(sku) => Self::NotEnough(sku),
            CommitError::AlreadyDone => {
                Self::Store(StoreError::Corrupt("an attempt was taken for a repeated request".to_owned()))
            }
            CommitError::Store(error) => Self::Store(error),
        }
    }
}

/// An order with the attempt that pays it.
#[derive(Debug, Clone)]
pub struct PayableOrder {
    pub order: Order,
    pub attempt: OpenedAttempt,
}

/// What opening a payment needs besides the order.
#[derive(Debug, Clone)]
pub struct OpenPayment<'a> {
    pub orders: &'a OrderProcessor,
    pub payments: &'a Payments,
    pub method: Method,
    pub terms: PaymentTerms,
    /// Where a page of the provider sends the buyer after paying, and without paying.
    pub success_url: String,
    pub cancel_url: String,
    /// Whose unpaid orders it counts among, if the stock is reserved again.
    pub holders: [Holder; 2],
    pub limits: &'a OrderLimits,
}

impl OpenPayment<'_> {
    /// The order's open attempt by this method. It is opened if there is none.
    pub async fn run(&self, found: OrderAndPurchase) -> Result<PayableOrder, OpenError> {
        let OrderAndPurchase { order, purchase } = found;
        let id = order.id;
        let read = || async { self.orders.store.order(id).await?.ok_or(OpenError::Missing) };
        retry_from("the order", order, read, |order| Box::pin(self.attempt(order, &purchase))).await
    }

    async fn attempt(&self, order: Order, purchase: &Purchase) -> Result<Attempt<PayableOrder>, OpenError> {
        let now = self.orders.clock.now();
        order.payable(self.method, now)?;
        // There is at most one attempt that can be paid.
        if let Some(left) = order.attempt_to_close() {
            return match self.payments.close(left, now).await? {
                AttemptState::Paid | AttemptState::Processing => Err(OpenError::InProgress),
                AttemptState::Open => Ok(Attempt::Overtaken),
                AttemptState::Closed => {
                    let transition = order.closed(left, now).ok_or(OpenError::Missing)?;
                    match self.orders.commit(&order, purchase, &transition, &SideEffects::NONE).await? {
                        Attempt::Done(()) => Box::pin(self.attempt(transition.order, purchase)).await,
                        Attempt::Overtaken => Ok(Attempt::Overtaken),
                    }
                }
            };
        }
        if order.payment_status == PaymentStatus::Processing && order.payment.reference.is_none() {
            return Err(OpenError::InProgress);
        }
        let mut attempt_over = false;
        if let Some(reference) = &order.payment.reference {
            let state = if order.payment.method == self.method {
                let attempt = self.payments.retrieve(self.method, reference, now).await?;
                if attempt.state == AttemptState::Open {
                    return Ok(match self.make_payable(order, purchase, false).await? {
                        Attempt::Done(order) => Attempt::Done(PayableOrder { order, attempt }),
                        Attempt::Overtaken => Attempt::Overtaken,
                    });
                }
                attempt.state
            } else {
                self.payments.close(reference, now).await?
            };
            match state {
                AttemptState::Paid | AttemptState::Processing => return Err(OpenError::InProgress),
                AttemptState::Closed => attempt_over = true,
                AttemptState::Open => return Ok(Attempt::Overtaken),
            }
        }
        let Attempt::Done(order) = self.make_payable(order, purchase, attempt_over).await? else {
            return Ok(Attempt::Overtaken);
        };
        let (success_url, cancel_url) = (self.success_url.clone(), self.cancel_url.clone());
        let attempt = PaymentAttempt { order: &order, purchase, success_url, cancel_url };
        match Box::pin(self.payments.open(&attempt, now)).await {
            Ok(opened) => {
                let found = OrderAndPurchase { order, purchase: purchase.clone() };
                Box::pin(self.record(found, opened)).await.map(Attempt::Done)
            }
            Err(error) => {
                // The provider repeats its answer for the same key, so the next try needs a new attempt.
                if matches!(error, ProviderError::Refused { .. } | ProviderError::Stuck(_)) {
                    let _ = self.make_payable(order, purchase, true).await;
                }
                Err(error.into())
            }
        }
    }

    /// Reserves the stock for longer, and starts a new attempt if the present one is over.
    async fn make_payable(
        &self,
        order: Order,
        purchase: &Purchase,
        attempt_over: bool,
    ) -> Result<Attempt<Order>, OpenError> {
        let now = self.orders.clock.now();
        let Some(transition) = order.made_payable(self.method, attempt_over, &self.terms, now)? else {
            return Ok(Attempt::Done(order));
        };
        let mut side_effects = SideEffects::NONE;
        if transition.order.hold != order.hold {
            side_effects.unpaid = Box::pin(self.hold_again(&transition.order, purchase, now)).await?;
        }
        Ok(match self.orders.commit(&order, purchase, &transition, &side_effects).await? {
            Attempt::Done(()) => Attempt::Done(transition.order),
            Attempt::Overtaken => Attempt::Overtaken,
        })
    }

    /// A hold after the first one ended is limited as the first one was.
    async fn hold_again(&self, order: &Order, purchase: &Purchase, now: Time) -> Result<Vec<UnpaidChange>, OpenError> {
        let lists = self.orders.store.unpaid_orders(self.holders.clone());
        let (levels, lists) = tokio::join!(self.orders.levels_of(purchase), lists);
        let unpaid = UnpaidOrder::new(order, purchase, order.held_until().unwrap_or(now));
        let request = HoldRequest { id: order.id, order: &unpaid, levels: &levels?, limits: self.limits, now };
        Ok(self.orders.hold(lists?, request).await?)
    }

    /// Stores what was opened before anybody gets it.
    async fn record(&self, found: OrderAndPurchase, attempt: OpenedAttempt) -> Result<PayableOrder, OpenError> {
        let number = found.order.payment.attempt;
        let decide = |found: &OrderAndPurchase, now| {
            Ok::<_, OpenError>(found.order.attempt_opened(number, &attempt.reference, now)?)
        };
        match self.orders.apply(found, &SideEffects::NONE, decide).await {
            Ok(OrderAndPurchase { order, .. }) => Ok(PayableOrder { order, attempt }),
            Err(error @ OpenError::Order(_)) => {
                // The order was cancelled or paid, or has another attempt by now. Nobody has this attempt, so it does
                // no harm if it cannot be closed.
                let now = self.orders.clock.now();
                let _ = self.payments.close(&attempt.reference, now).await;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }
}
