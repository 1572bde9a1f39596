//! Staff look for orders, advance them and write notes on them.

pub(crate) mod bulk;
mod change;
pub(crate) mod list;
pub(crate) mod parcels;
pub(crate) mod show;

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use domain::order::{Actor, MAX_NOTE, Order, Transition};
use domain::text;
use domain::time::Time;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields};
use kit::http::problem::Problem;
use serde::Deserialize;
use store::orders::OrderAndPurchase;
use utoipa::ToSchema;

use self::change::{OrderChange, check_note, check_status};
use crate::App;
use checkout::check_shipment;
use checkout::order_body::OrderBody;

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
    /// Pairs to set. `null` or an empty text removes a pair; those that are not named stay.
    metadata: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderNoteInput {
    text: String,
}

/// Sets the status, the shipment or the metadata of an order.
///
/// A value that the order already has changes nothing.
#[utoipa::path(patch, path = "/api/v1/admin/orders/{id}", params(("id" = String, Path)), request_body = AdvanceOrderInput, responses(
    (status = 200, description = "The order.", body = Envelope<OrderBody>),
    (status = 404, description = "`order_not_found`."),
    (status = 409, description = "`order_number_ambiguous`. `order_status_conflict`: the order cannot go from its status to this one. `payment_disputed`: send it with a note that says why, or not at all. `all_items_returned`."),
))]
pub(crate) async fn advance(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    Body(body): Body<AdvanceOrderInput>,
) -> Result<Answer<OrderBody>, Problem> {
    let mut fields = Fields::default();
    let checked = (
        check_status(&mut fields, body.status),
        check_shipment(&mut fields, "", body.carrier, body.tracking_code),
        check_note(&mut fields, body.note),
    );
    let (status, shipment, note) = fields.finish(checked)?;
    if status.is_none() && shipment.is_none() && body.metadata.is_none() {
        return Err(Problem::field("status", "is required, or carrier, trackingCode or metadata"));
    }
    let metadata = body.metadata.unwrap_or_default();
    let (actor, change) = (Actor::Staff(staff.id()), OrderChange { status, shipment, note, metadata });
    app.transition(&id, actor, change.action(), |order, now| change.decide(order, actor, now)).await
}

/// Adds a note to the order's history.
///
/// Only staff see it.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/notes", params(("id" = String, Path)), request_body = OrderNoteInput, responses(
    (status = 200, description = "The order.", body = Envelope<OrderBody>),
    (status = 404, description = "`order_not_found`."),
    (status = 409, description = "`order_number_ambiguous`."),
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
        decide: impl Fn(&Order, Time) -> Result<Option<Transition>, Problem>,
    ) -> Result<Answer<OrderBody>, Problem> {
        let id = self.order_named(id).await?;
        let OrderAndPurchase { order, purchase } = self.change(id, actor, action, decide).await?;
        Ok(Answer::ok("Order changed.", OrderBody::of(&order, &purchase, &self.images_url, actor)))
    }
}
