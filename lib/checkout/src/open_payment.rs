//! Opening an order's payment: at most one attempt is open at a time, and only one that stands in the table is handed
//! out.
//!
//! So an answer of the provider's that we lost is worth nothing to anybody: nobody holds its secret, and asking again
//! under the same key brings the same attempt.

use domain::id::OrderId;
use domain::order::{Method, Order, OrderRefusal, Purchase};
use domain::sku::Sku;
use payment_provider::{Attempt, Opened, ProviderError, Standing};
use store::StoreError;

use crate::transitions::Conflict;
use crate::{Beside, Checkout, Undone};

const TRIES: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefusal {
    #[error("there is no such order")]
    Missing,
    #[error(transparent)]
    Order(#[from] OrderRefusal),
    /// Money is on its way already.
    #[error("the payment is being processed")]
    InProgress,
    /// What was held was let go, and others bought it.
    #[error("only {available} of {sku} are left")]
    NotEnough { sku: Sku, available: i64 },
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Checkout {
    /// The order's open attempt by this method, opened if need be.
    pub async fn open(
        &self,
        (mut order, purchase): (Order, Purchase),
        method: Method,
    ) -> Result<(Order, Opened), OpenRefusal> {
        let Self { orders, payments, .. } = self;
        let return_url = self.way_back(&order).await.map_err(|_| {
            let what = "the key of links cannot be read".to_owned();
            OpenRefusal::Provider(ProviderError::Unavailable(what))
        })?;
        for _ in 0..TRIES {
            let now = orders.clock.now();
            order.payable(method, now)?;
            let mut over = false;
            if let Some(reference) = order.payment.reference.clone() {
                let present = order.payment.method;
                let standing = if present == method {
                    let seen = payments.look(method, &reference, now).await?;
                    if seen.standing == Standing::Open
                        && let Some(order) = self.kept_payable(&order, &purchase, method).await?
                    {
                        return Ok((order, seen));
                    }
                    seen.standing
                } else {
                    payments.close(present, &reference, now).await?
                };
                match standing {
                    Standing::Taken => return Err(OpenRefusal::InProgress),
                    Standing::Over => over = true,
                    // The order changed under our hands.
                    Standing::Open => {
                        order = self.again(order.id).await?;
                        continue;
                    }
                }
            }
            let until = now + self.config.hold;
            if let Some(transition) = order.made_payable(method, over, until, now)? {
                let committed = orders.commit(&order, &purchase, &transition, &Beside::NOTHING);
                match committed.await {
                    Ok(()) => order = transition.order,
                    Err(conflict) => {
                        refused(conflict)?;
                        order = self.again(order.id).await?;
                        continue;
                    }
                }
            }
            let attempt = Attempt { order: &order, purchase: &purchase, return_url: return_url.clone() };
            let opened = match Box::pin(payments.open(&attempt, now)).await {
                Ok(opened) => opened,
                Err(error) => {
                    if matches!(error, ProviderError::Refused { .. }) {
                        self.give_up(&order, &purchase, method).await;
                    }
                    return Err(error.into());
                }
            };
            return Box::pin(self.record((order, purchase), opened)).await;
        }
        Err(StoreError::Busy("the order changed at every try".to_owned()).into())
    }

    /// Holds the stock on for an open attempt. `None` if the order changed meanwhile.
    async fn kept_payable(
        &self,
        order: &Order,
        purchase: &Purchase,
        method: Method,
    ) -> Result<Option<Order>, OpenRefusal> {
        let now = self.orders.clock.now();
        let transition = order.made_payable(method, false, now + self.config.hold, now)?;
        let Some(transition) = transition else {
            return Ok(Some(order.clone()));
        };
        let committed = self.orders.commit(order, purchase, &transition, &Beside::NOTHING);
        match committed.await {
            Ok(()) => Ok(Some(transition.order)),
            Err(conflict) => refused(conflict).map(|()| None),
        }
    }

    /// Writes down what was opened, before anybody hears of it: on the order in hand, or as it is by then.
    async fn record(
        &self,
        (order, purchase): (Order, Purchase),
        opened: Opened,
    ) -> Result<(Order, Opened), OpenRefusal> {
        let Self { orders, .. } = self;
        let (id, attempt, method) = (order.id, order.payment.attempt, order.payment.method);
        let decide = |order: &Order, now| order.attempt_opened(attempt, &opened.reference, now);
        let recorded = match decide(&order, orders.clock.now()) {
            Ok(None) => return Ok((order, opened)),
            Ok(Some(transition)) => {
                let committed = orders.commit(&order, &purchase, &transition, &Beside::NOTHING);
                match committed.await {
                    Ok(()) => return Ok((transition.order, opened)),
                    Err(Conflict::Changed) => {
                        let again = |order: &Order, _: &Purchase, now| decide(order, now);
                        orders.change(id, &Beside::NOTHING, again).await
                    }
                    Err(other) => Err(other.into()),
                }
            }
            Err(refusal) => Err(Undone::Refused(refusal)),
        };
        match recorded {
            Ok((order, _)) => Ok((order, opened)),
            Err(Undone::Refused(refusal)) => {
                // Cancelled, paid or tried otherwise meanwhile. Nobody knows of it, so this is tidiness, not safety.
                let now = orders.clock.now();
                let _ = self.payments.close(method, &opened.reference, now).await;
                Err(refusal.into())
            }
            Err(Undone::Store(error)) => Err(error.into()),
            Err(other) => Err(StoreError::Corrupt(other.to_string()).into()),
        }
    }

    /// The provider repeats its refusal under the same key, so the next try needs another one.
    async fn give_up(&self, order: &Order, purchase: &Purchase, method: Method) {
        let now = self.orders.clock.now();
        if let Ok(Some(transition)) = order.made_payable(method, true, now + self.config.hold, now) {
            let committed = self.orders.commit(order, purchase, &transition, &Beside::NOTHING);
            let _ = committed.await;
        }
    }

    async fn again(&self, id: OrderId) -> Result<Order, OpenRefusal> {
        self.orders.store.order(id).await?.ok_or(OpenRefusal::Missing)
    }
}

/// Only what can be decided again goes on.
fn refused(conflict: Conflict) -> Result<(), OpenRefusal> {
    match conflict {
        Conflict::Changed => Ok(()),
        Conflict::NotEnough { sku, available } => Err(OpenRefusal::NotEnough { sku, available }),
        Conflict::Store(error) => Err(error.into()),
        Conflict::Repeated | Conflict::Seen => {
            Err(StoreError::Corrupt("a plain transition was repeated".to_owned()).into())
        }
    }
}
