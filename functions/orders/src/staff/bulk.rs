//! One change of many orders.

use std::collections::BTreeMap;

use axum::extract::State;
use checkout::check_shipment;
use domain::id::OrderId;
use domain::order::{Actor, MAX_BULK, Order};
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Object};
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::staff::change::{OrderChange, check_note, check_status};

/// How many orders are changed at the same time.
const AT_ONCE: usize = 5;

/// Without `status`, each order needs a `carrier` or a `trackingCode`, which replace those that it has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BulkOrdersInput {
    /// `processing`, `shipped` or `delivered`, for all of the orders.
    status: Option<String>,
    /// Goes into the history of each order with the status. Without it, an order whose payment is disputed is not sent.
    note: Option<String>,
    /// At most fifty.
    #[schema(value_type = Vec<BulkOrderInput>)]
    orders: Vec<Object<BulkOrderInput>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BulkOrderInput {
    id: String,
    carrier: Option<String>,
    tracking_code: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BulkOrderBody {
    id: String,
    /// The order's status now. Null if the order was not changed.
    status: Option<&'static str>,
    /// Null if the order has the change now. Otherwise the error code that says why not: those of `PATCH
    /// /admin/orders/{id}`, or `busy`, with which a repeated request helps.
    problem: Option<&'static str>,
    /// The problem in words.
    message: Option<String>,
}

#[derive(Debug, Clone)]
struct BulkChange {
    id: OrderId,
    change: OrderChange,
}

/// Sets the status or the shipment of many orders.
///
/// Each order is changed on its own, so some can be refused while others are changed: the answer says it for each, in the
/// order of the request. Repeating the request is harmless: a value that an order already has changes nothing.
#[utoipa::path(post, path = "/api/v1/admin/orders/bulk", request_body = BulkOrdersInput, responses(
    (status = 200, description = "What became of each order.", body = Envelope<Vec<BulkOrderBody>>),
))]
pub(crate) async fn change(
    State(app): State<App>,
    staff: Identity,
    Body(body): Body<BulkOrdersInput>,
) -> Result<Answer<Vec<BulkOrderBody>>, Problem> {
    let changes = body.parse()?;
    let actor = Actor::Staff(staff.id());
    let mut results = Vec::with_capacity(changes.len());
    for some in changes.chunks(AT_ONCE) {
        let tasks = some.iter().cloned().map(|BulkChange { id, change }| {
            let app = app.clone();
            tokio::spawn(async move {
                let changed = app.change(id, actor, change.action(), |order, now| change.decide(order, actor, now));
                BulkOrderBody::of(id, changed.await.map(|found| found.order))
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            results.push(task.await.map_err(Problem::internal)?);
        }
    }
    Ok(Answer::ok("The orders.", results))
}

impl BulkOrdersInput {
    fn parse(self) -> Result<Vec<BulkChange>, Problem> {
        let mut fields = Fields::default();
        if !(1..=MAX_BULK).contains(&self.orders.len()) {
            return Err(Problem::field("orders", format!("must have 1 to {MAX_BULK} entries")));
        }
        let status = check_status(&mut fields, self.status);
        let note = check_note(&mut fields, self.note);
        let mut changes: Vec<BulkChange> = Vec::new();
        for (at, Object(order)) in self.orders.into_iter().enumerate() {
            let at = format!("orders[{at}].");
            let id = fields.check(&format!("{at}id"), OrderId::parse(&order.id));
            let shipment = check_shipment(&mut fields, &at, order.carrier, order.tracking_code);
            if id.is_some_and(|id| changes.iter().any(|known| known.id == id)) {
                fields.refuse(&format!("{at}id"), &"is listed twice");
            }
            if status == Some(None) && shipment == Some(None) {
                fields.refuse(&format!("{at}carrier"), &"is required without status, or trackingCode");
            }
            if let (Some(id), Some(status), Some(note), Some(shipment)) = (id, status, &note, shipment) {
                changes.push(BulkChange {
                    id,
                    change: OrderChange { status, shipment, note: note.clone(), metadata: BTreeMap::new() },
                });
            }
        }
        let (changes,) = fields.finish((Some(changes),))?;
        Ok(changes)
    }
}

impl BulkOrderBody {
    fn of(id: OrderId, changed: Result<Order, Problem>) -> Self {
        let id = id.to_string();
        match changed {
            Ok(order) => Self { id, status: Some(order.status.name()), problem: None, message: None },
            Err(problem) => {
                if problem.status.is_server_error() {
                    tracing::warn!(order = id, cause = problem.cause, "an order of many was not changed");
                }
                Self { id, status: None, problem: Some(problem.code), message: Some(problem.message) }
            }
        }
    }
}
