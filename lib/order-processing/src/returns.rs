//! Changes of returns. Each is a transition of the order, decided on the order and the return as they were read.

use std::convert::Infallible;

use domain::id::{OrderId, ReturnId};
use domain::order::Transition;
use domain::time::Time;
use store::StoreError;
use store::due::Task;
use store::orders::{OrderAndPurchase, SideEffects};
use store::retry::{Attempt, retry_from};
use store::returns::OrderAndReturn;

use crate::OrderProcessor;
use crate::transitions::{ChangeError, takes_no_stock};

impl OrderProcessor {
    /// Changes a return that was read. `None` from `decide` leaves it as it is. Returns order and return after the change.
    pub async fn change_return<R>(
        &self,
        read: OrderAndReturn,
        side_effects: &SideEffects,
        decide: impl Fn(&OrderAndReturn, Time) -> Result<Option<Transition>, R>,
    ) -> Result<OrderAndReturn, ChangeError<R>> {
        let (order, id, decide) = (read.asked.order_id, read.asked.id, &decide);
        let again = || async { self.store.order_and_return(order, id).await?.ok_or(ChangeError::Missing) };
        let attempt = |read: OrderAndReturn| Box::pin(self.try_change_return(read, side_effects, decide));
        retry_from("the return", read, again, attempt).await
    }

    async fn try_change_return<R>(
        &self,
        read: OrderAndReturn,
        side_effects: &SideEffects,
        decide: &impl Fn(&OrderAndReturn, Time) -> Result<Option<Transition>, R>,
    ) -> Result<Attempt<OrderAndReturn>, ChangeError<R>> {
        let Some(transition) = decide(&read, self.clock.now()).map_err(ChangeError::Refused)? else {
            return Ok(Attempt::Done(read));
        };
        let OrderAndReturn { found: OrderAndPurchase { order, purchase }, asked } = read;
        Ok(match self.commit(&order, &purchase, &transition, side_effects).await? {
            Attempt::Overtaken => Attempt::Overtaken,
            Attempt::Done(()) => Attempt::Done(OrderAndReturn {
                found: OrderAndPurchase { order: transition.order, purchase },
                asked: transition.changed_return.unwrap_or(asked),
            }),
        })
    }

    /// Ends a return whose goods did not arrive in time. Its due work goes with the change; what finds nothing to do is
    /// removed.
    pub async fn end_unsent_return(&self, order: OrderId, id: ReturnId) -> Result<(), StoreError> {
        let read = self.store.order_and_return(order, id).await?;
        let Some(read) = read.filter(|read| read.asked.ends_unsent_at().is_some()) else {
            return self.store.forget_due(&Task::EndReturn { order_id: order, return_id: id }).await;
        };
        let decide = |read: &OrderAndReturn, now| Ok::<_, Infallible>(read.found.order.return_unsent(&read.asked, now));
        match self.change_return(read, &SideEffects::NONE, decide).await {
            Ok(_) | Err(ChangeError::Missing | ChangeError::AlreadyDone) => Ok(()),
            Err(ChangeError::Refused(never)) => match never {},
            Err(ChangeError::NotEnough(sku)) => Err(takes_no_stock(&sku)),
            Err(ChangeError::Store(error)) => Err(error),
        }
    }
}
