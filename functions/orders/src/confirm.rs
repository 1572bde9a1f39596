//! A guest's order for cash on delivery counts when its buyer follows the mailed link. This proves the address.

use std::time::Duration;

use axum::extract::State;
use domain::order::Actor;
use domain::rate::Limit;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use store::orders::{OrderAndPurchase, SideEffects};
use utoipa::ToSchema;

use crate::App;
use crate::cancel::order_problem;
use checkout::order_body::OrderBody;

const BY_IP: Limit = Limit::new("order-confirm", 30, Duration::from_mins(15));

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmOrderInput {
    /// The token of the mailed link. The order's own token does not confirm it.
    token: String,
}

/// Confirms a guest's order for cash on delivery.
///
/// The mailed link has the token. Its stock is then reserved until staff confirm the order. Repeating the request changes
/// nothing.
#[utoipa::path(post, path = "/api/v1/orders/confirm", request_body = ConfirmOrderInput, responses(
    (status = 200, description = "The confirmed order.", body = Envelope<OrderBody>),
    (status = 400, description = "`link_invalid`."),
    (status = 404, description = "`order_not_found`."),
    (status = 409, description = "`order_status_conflict`: the order was cancelled, or was not confirmed in time."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<ConfirmOrderInput>,
) -> Result<Answer<OrderBody>, Problem> {
    let now = app.context.clock.now();
    visitor.rate_limit(&app.context.store, now, BY_IP, None).await?;
    let key = app.checkout.access.links.key(now).await?;
    let id = key.parse_confirm_order(&body.token).ok_or_else(|| {
        let message = "This link is not valid. Please open the newest link that we sent to you.";
        Problem::bad_request("link_invalid", message)
    })?;
    let within = app.checkout.config.cash.confirm_within;
    let nothing = SideEffects::NONE;
    let confirmed = app.checkout.orders.change(id, &nothing, |order, _, now| order.confirmed(now + within, now));
    let OrderAndPurchase { order, purchase } = confirmed.await.map_err(order_problem)?;
    // The link proves the address as the order's other mails do. It has no end of its own, so it opens nothing later.
    let mut body = OrderBody::of(&order, &purchase, &app.images_url, Actor::Guest);
    body.token = order.held_until().map(|_| key.order(id, now));
    Ok(Answer::ok("Thank you. Your order is confirmed.", body))
}
