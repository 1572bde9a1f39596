//! Cancelling an order: stock, coupon and money are given back, and nobody can pay it any more.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::{OrderAccess, change_problem};
use domain::access::Permission;
use domain::id::OrderId;
use domain::order::{Actor, MAX_REASON, OrderRefusal, Status};
use domain::text;
use domain::time::Time;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use order_processing::ChangeError;
use serde::Deserialize;
use store::audit::{AuditChange, AuditEntry};
use store::orders::SideEffects;
use utoipa::ToSchema;

use crate::App;
use checkout::order_body::OrderBody;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelOrderInput {
    reason: Option<String>,
}

/// Cancels an order that was not shipped.
///
/// Staff can also cancel a shipped order for cash on delivery whose buyer did not take the parcel. Repeating the request changes nothing.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancel", request_body = Option<CancelOrderInput>,
    params(("id" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cancelled order. A payment is refunded.", body = Envelope<OrderBody>),
        (status = 404, description = "`order_not_found`."),
        (status = 409, description = "`order_status_conflict`: the order was shipped and is not a parcel for cash on delivery that staff take back, has expired or was refunded."),
    )
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Option<Body<CancelOrderInput>>,
) -> Result<Answer<OrderBody>, Problem> {
    let Body(body) = body.unwrap_or(Body(CancelOrderInput::default()));
    let reason = body
        .reason
        .map(|reason| text::line(&reason, MAX_REASON))
        .transpose()
        .map_err(|error| Problem::field("reason", error.to_string()))?;
    let id = OrderId::parse(&id).map_err(|_| OrderAccess::missing())?;
    let found = app.context.store.order_and_purchase(id).await?.ok_or_else(OrderAccess::missing)?;
    let now = app.context.clock.now();
    let actor = app
        .checkout
        .access
        .actor(&headers, &found.order, Permission::OrdersWrite, now)
        .await?
        .ok_or_else(OrderAccess::missing)?;
    let side_effects = SideEffects { audit: app.audit(actor, "order.cancel", id, now), ..SideEffects::NONE };
    let refund_id = app.context.ids.refund(now);
    let cancelled = app.checkout.orders.change_read(found, &side_effects, |order, purchase, now| {
        if order.status == Status::Cancelled {
            return Ok(None);
        }
        order.cancelled(purchase, actor, reason.as_deref(), refund_id, now).map(Some)
    });
    let cancelled = cancelled.await.map_err(order_problem)?;
    app.checkout.run_follow_ups(&cancelled.order).await;
    let whole = app.context.store.whole_order(id).await?.ok_or_else(OrderAccess::missing)?;
    Ok(Answer::ok("Order cancelled.", OrderBody::whole(&whole, &app.images_url, actor)))
}

pub(crate) fn order_problem(error: ChangeError<OrderRefusal>) -> Problem {
    problem_of(error, |refusal| refused(&refusal))
}

pub(crate) fn problem_of<R>(error: ChangeError<R>, refused: impl FnOnce(R) -> Problem) -> Problem {
    change_problem(error, OrderAccess::missing, refused)
}

pub(crate) fn refused(refusal: &OrderRefusal) -> Problem {
    let code = match refusal {
        OrderRefusal::Disputed => "payment_disputed",
        OrderRefusal::AllReturned => "all_items_returned",
        _ => "order_status_conflict",
    };
    Problem::conflict(code, format!("This cannot be done: {refusal}."))
}

impl App {
    /// The audit trail has what staff do. What buyers do is in the order's history only.
    pub(crate) fn audit(&self, actor: Actor, action: &str, id: OrderId, now: Time) -> Option<AuditEntry> {
        let Actor::Staff(staff) = actor else {
            return None;
        };
        Some(self.context.audit_entry(staff, action, id, AuditChange::default(), now))
    }
}
