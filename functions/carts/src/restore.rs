//! The link of the mail that reminds of a cart. Whoever follows it gets the lines that the cart had, into the own cart: on
//! another device, signed in or not. So the link is worth nothing to a stranger, and says nothing about its recipient.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::cart_reminder::SavedCart;
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
pub(crate) struct RestoreCartInput {
    /// What the link of the mail has as `restore`.
    token: String,
}

/// Brings a cart back from the link of a mail.
///
/// Items that the cart does not have any more are put back; the others stay as they are. So the link may be followed again.
/// A guest without a cart gets a new cart and its token.
#[utoipa::path(post, path = "/api/v1/cart/restore", request_body = RestoreCartInput,
    params(("Cart-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart.", body = Envelope<CartBody>, headers(("Cart-Token"))),
        (status = 400, description = "`link_invalid`: the link is older than 30 days, or was never valid."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn restore(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<RestoreCartInput>,
) -> Result<Answer<CartBody>, Problem> {
    let mut owner = app.owner(&headers).await?;
    let (cart, saved) = tokio::join!(app.cart_to_fill(&visitor, &mut owner, None), app.saved_cart(&body.token));
    let (cart, saved) = (cart?, saved?);
    let cart = app.change(&owner, cart, |cart| Ok(cart.with_restored(&saved.lines))).await?;
    let items = app.current_items(&cart, None, owner.customer().as_ref()).await?;
    app.answer("Your cart is back.", &cart, &items, &owner, None)
}

impl App {
    async fn saved_cart(&self, token: &str) -> Result<SavedCart, Problem> {
        let now = self.context.clock.now();
        let key = self.links.key(now).await?;
        let event = key.parse_restore_cart(token).ok_or_else(invalid)?;
        self.context.store.saved_cart(event, now).await?.ok_or_else(invalid)
    }
}

fn invalid() -> Problem {
    Problem::bad_request("link_invalid", "This link has expired, or was never valid.")
}
