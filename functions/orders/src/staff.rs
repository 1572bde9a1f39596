//! Staff list all orders and advance them.

use axum::Json;
use axum::extract::{Path, State};
use checkout::OrderAccess;
use domain::id::OrderId;
use domain::order::{Actor, MAX_NOTE, MAX_REASON, MAX_SHIPMENT, Order, OrderRefusal, Shipment, Status, Transition};
use domain::text;
use domain::time::Time;
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Query};
use kit::http::paging;
use kit::http::problem::Problem;
use serde::Deserialize;
use store::orders::{OrderAndPurchase, SideEffects};
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::body::{OrderBody, OrderSummaryBody};
use crate::cancel::change_problem;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrdersQuery {
    /// Only orders with this status.
    status: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Missing fields stay as they are. `carrier` and `trackingCode` belong to `shipped`; they can be corrected later
/// without a status.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AdvanceOrderInput {
    /// `processing`, `shipped` or `delivered`.
    status: Option<String>,
    carrier: Option<String>,
    tracking_code: Option<String>,
    /// Goes into the order's history with the status. Without it, an order whose payment is disputed is not sent.
    note: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderNoteInput {
    text: String,
}

/// Lists all orders, newest first.
///
/// Reading the list leaves an entry in the audit trail.
#[utoipa::path(get, path = "/api/v1/admin/orders", params(OrdersQuery), responses(
    (status = 200, description = "A page of orders.", body = Listing<OrderSummaryBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    staff: Identity,
    Query(query): Query<OrdersQuery>,
) -> Result<Json<Listing<OrderSummaryBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let status = query
        .status
        .as_deref()
        .map(Status::parse)
        .transpose()
        .map_err(|error| Problem::field("status", error.to_string()))?;
    let page = app.context.store.orders(status, &request).await?;
    app.context.trail.read(staff.id(), "order.list", "orders", query.status).await;
    let body = |order: Order| OrderSummaryBody::of(&order);
    Ok(listing("All orders.", page, request.limit, body))
}

/// Sets the status or the shipment of an order.
///
/// A value that the order already has changes nothing.
#[utoipa::path(patch, path = "/api/v1/admin/orders/{id}", params(("id" = String, Path)), request_body = AdvanceOrderInput, responses(
    (status = 200, description = "The order.", body = Envelope<OrderBody>),
    (status = 404, description = "`order_not_found`."),
    (status = 409, description = "`order_status_conflict`: the order cannot go from its status to this one. `payment_disputed`: send it with a note that says why, or not at all. `all_items_returned`."),
))]
pub(crate) async fn advance(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    Body(body): Body<AdvanceOrderInput>,
) -> Result<Answer<OrderBody>, Problem> {
    let mut fields = Fields::default();
    let line = |text: String| text::line(&text, MAX_SHIPMENT).and_then(text::linkless);
    let checked = (
        fields.check_optional("status", body.status, |status| match Status::parse(&status) {
            Ok(status @ (Status::Processing | Status::Shipped | Status::Delivered)) => Ok(status),
            _ => Err("must be processing, shipped or delivered"),
        }),
        fields.check_optional("carrier", body.carrier, line),
        fields.check_optional("trackingCode", body.tracking_code, line),
        fields.check_optional("note", body.note, |note| text::line(&note, MAX_REASON)),
    );
    let (status, carrier, tracking_code, note) = fields.finish(checked)?;
    let shipment = (carrier.is_some() || tracking_code.is_some()).then_some(Shipment { carrier, tracking_code });
    if status.is_none() && shipment.is_none() {
        return Err(Problem::field("status", "is required, or carrier or trackingCode"));
    }
    let actor = Actor::Staff(staff.id());
    app.transition(&id, actor, "order.advance", |order, now| {
        let new_status = status.filter(|status| *status != order.status);
        let new_shipment = shipment.as_ref().filter(|it| order.shipment.as_ref() != Some(it));
        match (new_status, new_shipment) {
            (Some(status), _) => order.advanced(status, shipment.clone(), note.as_deref(), actor, now).map(Some),
            (None, Some(shipment)) => order.shipment_changed(shipment.clone(), actor, now).map(Some),
            (None, None) => Ok(None),
        }
    })
    .await
}

/// Adds a note to the order's history.
///
/// Only staff see it.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/notes", params(("id" = String, Path)), request_body = OrderNoteInput, responses(
    (status = 200, description = "The order.", body = Envelope<OrderBody>),
    (status = 404, description = "`order_not_found`."),
))]
pub(crate) async fn note(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    Body(body): Body<OrderNoteInput>,
) -> Result<Answer<OrderBody>, Problem> {
    let text = text::prose(&body.text, MAX_NOTE).map_err(|error| Problem::field("text", error.to_string()))?;
    if text.is_empty() {
        return Err(Problem::field("text", "must not be empty"));
    }
    let actor = Actor::Staff(staff.id());
    app.transition(&id, actor, "order.note", |order, now| Ok(Some(order.noted(&text, actor, now)))).await
}

impl App {
    async fn transition(
        &self,
        id: &str,
        actor: Actor,
        action: &str,
        decide: impl Fn(&Order, Time) -> Result<Option<Transition>, OrderRefusal>,
    ) -> Result<Answer<OrderBody>, Problem> {
        let id = OrderId::parse(id).map_err(|_| OrderAccess::missing())?;
        let audit = self.audit(actor, action, id, self.context.clock.now());
        let side_effects = SideEffects { audit, ..SideEffects::NONE };
        let changed = self.checkout.orders.change(id, &side_effects, |order, _, now| decide(order, now));
        let OrderAndPurchase { order, purchase } = changed.await.map_err(change_problem)?;
        Ok(Answer::ok("Order changed.", OrderBody::of(&order, &purchase, &self.images_url)))
    }
}
