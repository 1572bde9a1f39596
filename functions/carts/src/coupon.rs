//! A coupon on a cart. It is looked at again whenever the cart is priced, and counted only by an order.

use axum::extract::State;
use axum::http::HeaderMap;
use checkout::COUPON_TRIES;
use domain::coupon::CouponCode;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::body::CartBody;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CouponInput {
    #[schema(example = "SUMMER-20")]
    code: String,
}

/// Puts a coupon on the cart, in place of another one. One that takes nothing off this cart yet is taken, and says why.
#[utoipa::path(post, path = "/api/v1/cart/coupon", request_body = CouponInput, params(("Cart-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The cart.", body = Envelope<CartBody>),
    (status = 404, description = "`coupon_not_found`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn apply(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<CouponInput>,
) -> Result<Answer<CartBody>, Problem> {
    let code = CouponCode::parse(&body.code);
    let code = code.map_err(|error| Problem::field("code", error.to_string()))?;
    let mut owner = app.owner(&headers).await?;
    let now = app.context.clock.now();
    let rate_limit = visitor.rate_limit(&app.context.store, now, COUPON_TRIES, None);
    let (rate_limit, coupon) = tokio::join!(rate_limit, app.context.store.coupon(&code));
    rate_limit?;
    coupon?.ok_or_else(|| Problem::not_found("coupon_not_found", "There is no such coupon."))?;
    let name = app.given(&mut owner);
    let cart = app.change(app.read(&name).await?, |cart| {
        let mut next = cart.clone();
        next.coupon = Some(code.clone());
        Ok(next)
    });
    let cart = cart.await?;
    let goods = app.goods(&cart, None, &owner.customer()).await?;
    app.answer("The coupon is on the cart.", (&cart, &goods), &owner, None)
}

#[utoipa::path(delete, path = "/api/v1/cart/coupon", params(("Cart-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The cart without a coupon.", body = Envelope<CartBody>),
    (status = 404, description = "`cart_item_not_found`: a guest without a cart."),
))]
pub(crate) async fn remove(State(app): State<App>, headers: HeaderMap) -> Result<Answer<CartBody>, Problem> {
    let owner = app.owner(&headers).await?;
    let name = owner.cart.clone().ok_or_else(crate::owner::missing)?;
    let cart = app.change(app.read(&name).await?, |cart| {
        let mut next = cart.clone();
        next.coupon = None;
        Ok(next)
    });
    let cart = cart.await?;
    let goods = app.goods(&cart, None, &owner.customer()).await?;
    app.answer("Removed.", (&cart, &goods), &owner, None)
}
