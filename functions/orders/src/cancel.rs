//! Cancelling: stock, coupon and money go back, and nobody can pay the order any more.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::{Beside, OrderAccess, Undone};
use domain::access::Permission;
use domain::id::OrderId;
use domain::order::{OrderRefusal, Status};
use domain::text;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use serde::Deserialize;
use store::audit::{AuditChange, AuditEntry};
use utoipa::ToSchema;

use crate::App;
use crate::body::OrderBody;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelInput {
    reason: Option<String>,
}

/// Cancels an order that is not shipped yet. Doing it again changes nothing.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancel", request_body = CancelInput,
    params(("id" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "Cancelled. Money that was taken is on its way back.", body = Envelope<OrderBody>),
        (status = 404, description = "`order_not_found`."),
        (status = 409, description = "`order_status_conflict`: it is on its way, or over."),
    )
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body<CancelInput>,
) -> Result<Answer<OrderBody>, Problem> {
    let reason = body.reason.map(|reason| text::line(&reason, 200)).transpose();
    let reason = reason.map_err(|error| Problem::field("reason", error.to_string()))?;
    let id = OrderId::parse(&id).map_err(|_| OrderAccess::missing())?;
    let found = app.context.store.order_and_purchase(id).await?;
    let found = found.ok_or_else(OrderAccess::missing)?;
    let now = app.context.clock.now();
    let actor = app.checkout.visible.to(&headers, &found.0, Permission::OrdersWrite, now).await?;
    let side_effects = Beside { audit: app.audit(actor, "order.cancel", id, now), ..Beside::NOTHING };
    let refund = app.context.ids.refund(now);
    let cancelled = app.checkout.orders.change_from(found, &side_effects, |order, purchase, now| {
        if order.status == Status::Cancelled {
            return Ok(None);
        }
        let why = (actor, reason.as_deref());
        order.cancelled(purchase, why, refund, now).map(Some)
    });
    let (order, _) = cancelled.await.map_err(refused)?;
    // What the provider is to do is done now if it answers, and by the janitor if it does not.
    app.checkout.settle(&order).await;
    let whole = app.context.store.whole_order(id).await?;
    let whole = whole.ok_or_else(OrderAccess::missing)?;
    Ok(Answer::ok("Cancelled.", OrderBody::whole(&whole, &app.images_url)))
}

pub(crate) fn refused(error: Undone<OrderRefusal>) -> Problem {
    match error {
        Undone::Missing => OrderAccess::missing(),
        Undone::Refused(refusal) => {
            Problem::conflict("order_status_conflict", format!("This cannot be done: {refusal}."))
        }
        Undone::Store(error) => error.into(),
        other => Problem::internal(other),
    }
}

impl App {
    /// What staff do is written down; what buyers do stands in the order's history.
    pub(crate) fn audit(
        &self,
        actor: domain::order::Actor,
        action: &str,
        id: OrderId,
        now: domain::time::Time,
    ) -> Option<AuditEntry> {
        let domain::order::Actor::Staff(staff) = actor else {
            return None;
        };
        Some(self.context.audit_entry(staff, action, id, AuditChange::default(), now))
    }
}
