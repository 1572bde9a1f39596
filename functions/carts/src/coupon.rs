//! The coupon of a cart. It is checked each time the cart is priced, but only an order counts a use.

use axum::extract::State;
use axum::http::HeaderMap;
use checkout::COUPON_TRIES;
use domain::cart::Cart;
use domain::coupon::{CouponCode, CouponRefusal};
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
pub(crate) struct CartCouponInput {
    #[schema(example = "SUMMER-20")]
    code: String,
}

/// Sets the coupon of the cart. It replaces another one.
///
/// If the coupon gives this cart no discount, the answer says why.
#[utoipa::path(post, path = "/api/v1/cart/coupon", request_body = CartCouponInput, params(("Cart-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The cart.", body = Envelope<CartBody>, headers(("Cart-Token"))),
    (status = 404, description = "`coupon_not_found`."),
    (status = 409, description = "`coupon_needs_verified_address`: the coupon is limited for each customer. Sign in, with a confirmed address."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn apply(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<CartCouponInput>,
) -> Result<Answer<CartBody>, Problem> {
    let code = CouponCode::parse(&body.code).map_err(|error| Problem::field("code", error.to_string()))?;
    let mut owner = app.owner(&headers).await?;
    let now = app.context.clock.now();
    let rate_limit = visitor.rate_limit(&app.context.store, now, COUPON_TRIES, None);
    let (rate_limit, coupon) = tokio::join!(rate_limit, app.context.store.coupon(&code));
    rate_limit?;
    let coupon = coupon?.ok_or_else(|| Problem::not_found("coupon_not_found", "There is no such coupon."))?;
    if coupon.terms.needs_verified_address() && owner.customer().is_none() {
        let refusal = CouponRefusal::NeedsVerifiedAddress;
        return Err(Problem::conflict(refusal.code(), format!("Sorry, {refusal}.")));
    }
    let read = app.cart_to_fill(&visitor, &mut owner, None).await?;
    let cart = app.change(&owner, read, |cart| Ok(Cart { coupon: Some(code.clone()), ..cart.clone() })).await?;
    let items = app.current_items(&cart, None, owner.customer().as_ref()).await?;
    app.answer("Coupon applied to the cart.", &cart, &items, &owner, None)
}

/// Removes the coupon from the cart.
///
/// It is no error if the cart has no coupon.
#[utoipa::path(delete, path = "/api/v1/cart/coupon", params(("Cart-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The cart without a coupon.", body = Envelope<CartBody>),
    (status = 404, description = "`cart_item_not_found`: the guest has no cart."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Answer<CartBody>, Problem> {
    let owner = app.owner(&headers).await?;
    let cart_owner = owner.cart.clone().ok_or_else(crate::owner::missing)?;
    let read = app.read_to_change(&visitor, &owner, &cart_owner).await?;
    let cart = app.change(&owner, read, |cart| Ok(Cart { coupon: None, ..cart.clone() })).await?;
    let items = app.current_items(&cart, None, owner.customer().as_ref()).await?;
    app.answer("Coupon removed from the cart.", &cart, &items, &owner, None)
}
