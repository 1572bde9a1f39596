//! Reading orders. A client that may not see an order gets 404.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::OrderAccess;
use domain::access::Permission;
use domain::id::OrderId;
use domain::order::Actor;
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::auth::SignedIn;
use kit::http::body::Query;
use kit::http::paging::ListQuery;
use kit::http::problem::Problem;
use store::orders::{OrderAndLines, WholeOrder};

use crate::App;
use checkout::order_body::{ListedOrderBody, OrderBody, OrderTrackingBody};

impl App {
    /// The order, and who asks for it.
    async fn find(&self, headers: &HeaderMap, id: &str) -> Result<(WholeOrder, Actor), Problem> {
        let id = OrderId::parse(id).map_err(|_| OrderAccess::missing())?;
        let whole = self.context.store.whole_order(id).await?.ok_or_else(OrderAccess::missing)?;
        let now = self.context.clock.now();
        let actor = self.checkout.access.actor(headers, &whole.order, Permission::OrdersReadAll, now).await?;
        let actor = actor.ok_or_else(OrderAccess::missing)?;
        if let Actor::Staff(staff) = actor {
            self.context.trail.read(staff, "order.read", id, None).await;
        }
        Ok((whole, actor))
    }
}

/// Lists my orders, newest first.
///
/// Each has its first ten lines. Orders that were placed as a guest, with the address of this account, are in the list
/// once the address is confirmed.
#[utoipa::path(get, path = "/api/v1/orders", params(ListQuery), responses(
    (status = 200, description = "A page of orders.", body = Listing<ListedOrderBody>),
))]
pub(crate) async fn mine(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<ListedOrderBody>>, Problem> {
    let request = query.page()?;
    let page = app.context.store.orders_of(me.user.id, &request).await?;
    let page = app.context.store.with_lines(page).await?;
    let body = |found: OrderAndLines| ListedOrderBody::of(&found, &app.images_url);
    Ok(listing("Your orders.", page, request.limit, body))
}

/// Gets one order.
///
/// Its buyer (signed in, or with its `Order-Token`) and staff may see it.
#[utoipa::path(get, path = "/api/v1/orders/{id}", params(("id" = String, Path), ("Order-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The order.", body = Envelope<OrderBody>),
    (status = 404, description = "`order_not_found`: it does not exist, or it is not yours."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<OrderBody>, Problem> {
    let (whole, actor) = app.find(&headers, &id).await?;
    Ok(Answer::ok("The order.", OrderBody::whole(&whole, &app.images_url, actor)))
}

/// Gets an order's history and its shipment.
///
/// Staff also see who did what, and their notes.
#[utoipa::path(get, path = "/api/v1/orders/{id}/track", params(("id" = String, Path), ("Order-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The history.", body = Envelope<OrderTrackingBody>),
    (status = 404, description = "`order_not_found`."),
))]
pub(crate) async fn track(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<OrderTrackingBody>, Problem> {
    let (whole, actor) = app.find(&headers, &id).await?;
    let for_staff = matches!(actor, Actor::Staff(_));
    Ok(Answer::ok("The history of the order.", OrderTrackingBody::of(&whole, for_staff)))
}
