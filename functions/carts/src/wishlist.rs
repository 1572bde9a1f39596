//! Wishes: what somebody may buy one day.

use axum::Json;
use axum::extract::{Path, State};
use checkout::{ItemReference, RequestedItem};
use domain::cart::CartOwner;
use domain::coupon::CustomerKey;
use domain::id::VariantId;
use domain::sku::Sku;
use kit::http::answer::{Answer, Envelope, Listing, Nothing, listing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Query};
use kit::http::paging::ListQuery;
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use store::Commit;
use store::carts::Wish;
use utoipa::ToSchema;

use crate::App;
use crate::body::CartBody;
use crate::items::{check_stock, line};
use crate::owner::{Owner, TRIES, refused};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WishBody {
    /// The variant.
    id: String,
    product_id: String,
    sku: String,
    since: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishInput {
    #[schema(example = "SHIRT-BLUE-M")]
    sku: String,
}

impl From<Wish> for WishBody {
    fn from(wish: Wish) -> Self {
        Self {
            id: wish.variant_id.to_string(),
            product_id: wish.product_id.to_string(),
            sku: wish.sku.to_string(),
            since: wish.since.to_string(),
        }
    }
}

fn missing() -> Problem {
    Problem::not_found("wish_not_found", "This is not on your wishlist.")
}

#[utoipa::path(get, path = "/api/v1/wishlist", params(ListQuery), responses(
    (status = 200, description = "A page of wishes.", body = Listing<WishBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<WishBody>>, Problem> {
    let request = query.page()?;
    let page = app.context.store.wishes(me.user.id, &request).await?;
    Ok(listing("Your wishes.", page, request.limit, WishBody::from))
}

/// Wishes for a SKU. Doing it again changes nothing.
#[utoipa::path(post, path = "/api/v1/wishlist", request_body = WishInput, responses(
    (status = 200, description = "On the list.", body = Envelope<WishBody>),
    (status = 404, description = "`product_not_found`."),
))]
pub(crate) async fn add(
    State(app): State<App>,
    me: SignedIn,
    Body(body): Body<WishInput>,
) -> Result<Answer<WishBody>, Problem> {
    let sku = Sku::parse(&body.sku).map_err(|error| Problem::field("sku", error.to_string()))?;
    let want = app.orders.resolve_item(&ItemReference::Sku(sku), 1).await?;
    let now = app.context.clock.now();
    let goods = app.orders.goods(std::slice::from_ref(&want), None, now).await?;
    line(&goods, &want)?;
    let wish = Wish { product_id: want.product_id, variant_id: want.variant_id, sku: want.sku, since: now };
    app.context.store.wish(me.user.id, &wish).await?;
    Ok(Answer::ok("On your list.", wish.into()))
}

#[utoipa::path(delete, path = "/api/v1/wishlist/{id}", params(("id" = String, Path, description = "The variant.")), responses(
    (status = 200, description = "Off the list, or never on it.", body = Envelope<Nothing>),
))]
pub(crate) async fn remove(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let variant = VariantId::parse(&id).map_err(|_| missing())?;
    app.context.store.unwish(me.user.id, variant).await?;
    Ok(Answer::ok("Removed.", Nothing))
}

/// Puts one of it into my cart, and off the list.
#[utoipa::path(post, path = "/api/v1/wishlist/{id}/move-to-cart", params(("id" = String, Path)), responses(
    (status = 200, description = "The cart.", body = Envelope<CartBody>),
    (status = 404, description = "`wish_not_found` or `product_not_found`."),
    (status = 409, description = "`not_enough_stock` or `cart_full`."),
))]
pub(crate) async fn move_to_cart(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<CartBody>, Problem> {
    let variant = VariantId::parse(&id).map_err(|_| missing())?;
    let name = CartOwner::User(me.user.id);
    let customer = CustomerKey::of(&me.user.email);
    for _ in 0..TRIES {
        let wish = app.context.store.wish_of(me.user.id, variant);
        let (wish, cart) = tokio::join!(wish, app.read(&name));
        let (wish, cart) = (wish?.ok_or_else(missing)?, cart?);
        let want = RequestedItem {
            product_id: wish.product_id,
            variant_id: wish.variant_id,
            sku: wish.sku,
            quantity: 1,
            quoted_price: None,
        };
        let goods = app.goods(&cart, Some(&want), &customer).await?;
        let with = cart.add(line(&goods, &want)?).map_err(refused)?;
        check_stock(&goods, &with, variant)?;
        let now = app.context.clock.now();
        let with = with.next(app.context.ids.event(now), now);
        match app.context.store.move_wish(me.user.id, variant, (&cart, &with)).await {
            Ok(()) => {
                let owner = Owner { user: Some(me), cart: Some(name), new_token: None };
                return app.answer("In your cart.", (&with, &goods), &owner, None);
            }
            Err(Commit::Refused(_)) => {}
            Err(Commit::Store(error)) => return Err(error.into()),
        }
    }
    Err(Problem::busy("the cart changed at every try"))
}
