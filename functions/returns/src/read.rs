//! Reading returns, and what of an order can be sent back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::return_body::ReturnBody;
use domain::order::{Actor, Order, Purchase};
use domain::returns::{Return, ReturnKind, ReturnRules, ReturnStatus};
use domain::time::Time;
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::body::{Fields, Query};
use kit::http::money::MoneyBody;
use kit::http::paging;
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::change::answer;

/// The returns of an order, and what else of it can be sent back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderReturnsBody {
    /// Oldest first.
    returns: Vec<ReturnBody>,
    /// What can still be sent back: without the units that came back, and those of open returns.
    returnable: Vec<ReturnableItemBody>,
    /// What the buyer can ask for now. Empty if nothing is left, or it is too late.
    offers: Vec<ReturnOfferBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReturnableItemBody {
    /// The variant of the order's line.
    id: String,
    /// That of the units. They are of another variant than the line, if they were exchanged.
    sku: String,
    quantity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReturnOfferBody {
    /// `return` or `withdrawal`.
    kind: &'static str,
    /// Until when. Null while the order is on its way: the time has not begun.
    until: Option<String>,
    /// What the shop keeps for it, unless the goods were not what was sold.
    fee: MoneyBody,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReturnsQuery {
    /// Default: `requested`, those that wait for a decision.
    status: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

impl OrderReturnsBody {
    fn of(order: &Order, purchase: &Purchase, returns: &[Return], rules: &ReturnRules, now: Time) -> Self {
        let returnable = order.returnable(purchase);
        let is_offered = |kind: &ReturnKind| !returnable.is_empty() && order.check_return(*kind, rules, now).is_ok();
        let offer = |kind: ReturnKind| ReturnOfferBody {
            kind: kind.name(),
            until: order.return_ends(kind, rules).map(|until| until.to_string()),
            fee: order.money(if kind == ReturnKind::Return { rules.fee } else { 0 }).into(),
        };
        Self {
            returns: returns.iter().map(ReturnBody::of).collect(),
            offers: ReturnKind::ALL.into_iter().filter(is_offered).map(offer).collect(),
            returnable: (returnable.iter())
                .map(|it| ReturnableItemBody {
                    id: it.line.variant_id.to_string(),
                    sku: it.sku().to_string(),
                    quantity: it.units,
                })
                .collect(),
        }
    }
}

/// Lists the returns of an order.
///
/// And what else of it can be sent back. For its buyer (signed in, or with its `Order-Token`) and staff.
#[utoipa::path(get, path = "/api/v1/orders/{id}/returns",
    params(("id" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The returns.", body = Envelope<OrderReturnsBody>),
        (status = 404, description = "`order_not_found`: it does not exist, or it is not yours."),
    )
)]
pub(crate) async fn of_order(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<OrderReturnsBody>, Problem> {
    let (found, actor) = app.order(&headers, &id).await?;
    let returns = app.context.store.returns_of(found.order.id).await?;
    if let Actor::Staff(staff) = actor {
        app.context.trail.read(staff, "return.read", found.order.id, None).await;
    }
    let now = app.context.clock.now();
    let body = OrderReturnsBody::of(&found.order, &found.purchase, &returns, &app.rules, now);
    Ok(Answer::ok("The returns of the order.", body))
}

/// One return.
///
/// For the buyer of the order (signed in, or with its `Order-Token`) and staff.
#[utoipa::path(get, path = "/api/v1/orders/{id}/returns/{return}",
    params(("id" = String, Path), ("return" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The return.", body = Envelope<ReturnBody>),
        (status = 404, description = "`return_not_found`: it does not exist, or it is not yours."),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path((order, id)): Path<(String, String)>,
) -> Result<Answer<ReturnBody>, Problem> {
    let (read, actor) = Box::pin(app.of_buyer(&headers, &order, &id)).await?;
    if let Actor::Staff(staff) = actor {
        app.context.trail.read(staff, "return.read", read.asked.id, None).await;
    }
    Ok(answer("The return.", &read))
}

/// Returns of all orders in a status.
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/admin/returns", params(ReturnsQuery), responses(
    (status = 200, description = "A page of returns.", body = Listing<ReturnBody>),
))]
pub(crate) async fn all(
    State(app): State<App>,
    Query(query): Query<ReturnsQuery>,
) -> Result<Json<Listing<ReturnBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let status = fields.check_optional("status", query.status, |status| ReturnStatus::parse(&status));
    let (status,) = fields.finish((status,))?;
    let page = app.context.store.returns_in(status.unwrap_or(ReturnStatus::Requested), &request).await?;
    Ok(listing("Returns.", page, request.limit, |it| ReturnBody::of(&it)))
}
