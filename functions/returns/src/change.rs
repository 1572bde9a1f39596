//! Who may see a return, how a change of it is committed, and how a refusal is told.

use axum::http::HeaderMap;
use checkout::return_body::ReturnBody;
use checkout::{OrderAccess, change_problem, refund_problem};
use domain::access::Permission::ReturnsWrite;
use domain::id::{OrderId, ReturnId};
use domain::order::{Actor, Transition};
use domain::returns::ReturnRefusal;
use domain::time::Time;
use kit::http::answer::Answer;
use kit::http::problem::Problem;
use store::audit::{AuditChange, AuditEntry};
use store::orders::{OrderAndPurchase, SideEffects};
use store::returns::OrderAndReturn;

use crate::App;
use crate::input::ids;

pub(crate) fn missing() -> Problem {
    Problem::not_found("return_not_found", "There is no such return.")
}

impl App {
    /// The order, and who asks for it: its buyer or staff.
    pub(crate) async fn order(&self, headers: &HeaderMap, id: &str) -> Result<(OrderAndPurchase, Actor), Problem> {
        let id = OrderId::parse(id).map_err(|_| OrderAccess::missing())?;
        let found = self.context.store.order_and_purchase(id).await?.ok_or_else(OrderAccess::missing)?;
        let actor = self.checkout.access.actor(headers, &found.order, ReturnsWrite, self.context.clock.now()).await?;
        Ok((found, actor.ok_or_else(OrderAccess::missing)?))
    }

    /// The return, and who asks for it.
    pub(crate) async fn of_buyer(
        &self,
        headers: &HeaderMap,
        order: &str,
        id: &str,
    ) -> Result<(OrderAndReturn, Actor), Problem> {
        let read = match self.find(order, id).await {
            Ok(read) => read,
            Err(missing) => {
                // A bad token is refused first, whatever is asked for with it.
                self.context.auth.identify(headers).await?;
                return Err(missing);
            }
        };
        let now = self.context.clock.now();
        let actor = self.checkout.access.actor(headers, &read.found.order, ReturnsWrite, now).await?;
        Ok((read, actor.ok_or_else(missing)?))
    }

    pub(crate) async fn find(&self, order: &str, id: &str) -> Result<OrderAndReturn, Problem> {
        let (order, id) = ids(order, id)?;
        self.context.store.order_and_return(order, id).await?.ok_or_else(missing)
    }

    /// The audit trail has what staff do. What buyers do is in the order's history only.
    pub(crate) fn audited(&self, by: Actor, action: &str, read: &OrderAndReturn, after: String) -> SideEffects {
        let change = AuditChange { before: Some(read.asked.status.name().to_owned()), after: Some(after) };
        SideEffects { audit: self.audit(by, action, read.asked.id, change), ..SideEffects::NONE }
    }

    pub(crate) fn audit(&self, by: Actor, action: &str, id: ReturnId, change: AuditChange) -> Option<AuditEntry> {
        let Actor::Staff(staff) = by else {
            return None;
        };
        Some(self.context.audit_entry(staff, action, id, change, self.context.clock.now()))
    }

    pub(crate) async fn change(
        &self,
        read: OrderAndReturn,
        side_effects: &SideEffects,
        decide: impl Fn(&OrderAndReturn, Time) -> Result<Option<Transition>, Problem>,
    ) -> Result<OrderAndReturn, Problem> {
        let changed = Box::pin(self.checkout.orders.change_return(read, side_effects, decide));
        changed.await.map_err(|error| change_problem(error, missing, |problem| problem))
    }
}

pub(crate) fn answer(message: &str, read: &OrderAndReturn) -> Answer<ReturnBody> {
    Answer::ok(message, ReturnBody::of(&read.asked))
}

pub(crate) fn refused(refusal: ReturnRefusal) -> Problem {
    let message = refusal.to_string();
    let sorry = format!("Sorry, {message}.");
    match refusal {
        ReturnRefusal::NotSent => Problem::conflict("order_not_returnable", sorry),
        ReturnRefusal::NotOffered => Problem::conflict("return_not_offered", sorry),
        ReturnRefusal::Ended(_) => Problem::conflict("return_period_over", sorry),
        ReturnRefusal::TooMany => Problem::conflict("too_many_returns", sorry),
        ReturnRefusal::TooManyExchanges => Problem::conflict("too_many_exchanges", sorry),
        ReturnRefusal::Status(_) => Problem::conflict("return_status_conflict", sorry),
        ReturnRefusal::UnknownLine(variant)
        | ReturnRefusal::SeveralVariants(variant)
        | ReturnRefusal::Units { variant, .. }
        | ReturnRefusal::Restocked { variant, .. } => Problem::field(&format!("items.{variant}"), message),
        ReturnRefusal::SameVariant(variant) => Problem::field(&format!("items.{variant}.exchangeFor"), message),
        ReturnRefusal::NothingCameBack => {
            Problem::field("items", "must have a unit that came back, or decline the return")
        }
        ReturnRefusal::Amount { .. } => Problem::field("amount", message),
        ReturnRefusal::NoReason => Problem::field("reason", message),
        ReturnRefusal::Refund(refusal) => refund_problem(&refusal),
    }
}
