//! Reading orders. To whoever may not see it, an order is not there.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::OrderAccess;
use domain::access::Permission;
use domain::id::OrderId;
use domain::order::{Actor, Order};
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::auth::SignedIn;
use kit::http::body::Query;
use kit::http::paging::ListQuery;
use kit::http::problem::Problem;
use store::orders::WholeOrder;

use crate::App;
use crate::body::{OrderBody, OrderSummary, TrackBody};

impl App {
    /// The order, to whom it is shown.
    async fn seen(&self, headers: &HeaderMap, id: &str) -> Result<(WholeOrder, Actor), Problem> {
        let id = OrderId::parse(id).map_err(|_| OrderAccess::missing())?;
        let whole = self.context.store.whole_order(id).await?;
        let whole = whole.ok_or_else(OrderAccess::missing)?;
        let now = self.context.clock.now();
        let staff = Permission::OrdersReadAll;
        let actor = self.checkout.visible.to(headers, &whole.order, staff, now).await?;
        Ok((whole, actor))
    }
}

/// My orders, newest first.
#[utoipa::path(get, path = "/api/v1/orders", params(ListQuery), responses(
    (status = 200, description = "A page of orders.", body = Listing<OrderSummary>),
))]
pub(crate) async fn mine(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<OrderSummary>>, Problem> {
    let request = query.page()?;
    let page = app.context.store.orders_of(me.user.id, &request).await?;
    let wire = |order: Order| OrderSummary::of(&order);
    Ok(listing("Your orders.", page, request.limit, wire))
}

/// One order, to its buyer (signed in, or with its `Order-Token`) and to staff.
#[utoipa::path(get, path = "/api/v1/orders/{id}", params(("id" = String, Path), ("Order-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The order.", body = Envelope<OrderBody>),
    (status = 404, description = "`order_not_found`: not there, or not yours."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<OrderBody>, Problem> {
    let (whole, _) = app.seen(&headers, &id).await?;
    Ok(Answer::ok("The order.", OrderBody::whole(&whole, &app.images_url)))
}

/// What became of an order so far, and where its parcel is.
#[utoipa::path(get, path = "/api/v1/orders/{id}/track", params(("id" = String, Path), ("Order-Token" = Option<String>, Header)), responses(
    (status = 200, description = "Its history.", body = Envelope<TrackBody>),
    (status = 404, description = "`order_not_found`."),
))]
pub(crate) async fn track(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<TrackBody>, Problem> {
    let (whole, actor) = app.seen(&headers, &id).await?;
    let for_staff = matches!(actor, Actor::Staff(_));
    Ok(Answer::ok("Its way so far.", TrackBody::of(&whole, for_staff)))
}
