//! The wishlist of a user.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use checkout::wire::{item_problem, item_reference};
use domain::cart::CartOwner;
use domain::id::{ProductId, VariantId};
use kit::http::answer::{Answer, Envelope, Listing, Nothing, listing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields, Query};
use kit::http::paging::ListQuery;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use order_processing::RequestedItem;
use products::cards::ProductCardBody;
use serde::{Deserialize, Serialize};
use store::Commit;
use store::carts::WishlistItem;
use store::retry::{Attempt, retry};
use utoipa::ToSchema;

use crate::App;
use crate::body::CartBody;
use crate::items::{check_stock, check_units, line};
use crate::owner::{Owner, refused};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WishlistItemBody {
    /// The id of the item: that of its variant.
    id: String,
    product_id: String,
    variant_id: String,
    sku: String,
    since: String,
    /// The product as lists show it. Null if it is not on sale any more.
    product: Option<ProductCardBody>,
}

/// Names an item as the cart does: a `sku`, or a `productId`, with `variantId` if the product has several variants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WishlistItemInput {
    #[schema(example = "SHIRT-BLUE-M")]
    sku: Option<String>,
    product_id: Option<String>,
    variant_id: Option<String>,
}

impl WishlistItemBody {
    fn of(item: &WishlistItem, cards: &HashMap<ProductId, ProductCardBody>) -> Self {
        Self {
            id: item.variant_id.to_string(),
            product_id: item.product_id.to_string(),
            variant_id: item.variant_id.to_string(),
            sku: item.sku.to_string(),
            since: item.since.to_string(),
            product: cards.get(&item.product_id).cloned(),
        }
    }
}

fn missing() -> Problem {
    Problem::not_found("wish_not_found", "This item is not on your wishlist.")
}

/// The wishlist of the signed-in user.
///
/// What was added last comes first.
#[utoipa::path(get, path = "/api/v1/wishlist", params(ListQuery), responses(
    (status = 200, description = "A page of wishlist items.", body = Listing<WishlistItemBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<WishlistItemBody>>, Problem> {
    let request = query.page()?;
    let store = &app.context.store;
    let page = store.wishlist(me.user.id, &request).await?;
    let products = page.items.iter().map(|item| item.product_id);
    let cards = app.cards.on_sale(store, products, app.context.clock.now()).await?;
    Ok(listing("Your wishlist.", page, request.limit, |item| WishlistItemBody::of(&item, &cards)))
}

/// Adds an item to the wishlist.
///
/// Adding it again changes only its time.
#[utoipa::path(post, path = "/api/v1/wishlist", request_body = WishlistItemInput, responses(
    (status = 200, description = "The wishlist item.", body = Envelope<WishlistItemBody>),
    (status = 404, description = "`product_not_found`."),
    (status = 409, description = "`variant_required`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    me: SignedIn,
    Body(body): Body<WishlistItemInput>,
) -> Result<Answer<WishlistItemBody>, Problem> {
    let mut fields = Fields::default();
    let reference = item_reference(&mut fields, "", body.sku, body.product_id, body.variant_id);
    let (reference,) = fields.finish((reference,))?;
    let (rate_limit, requested) =
        tokio::join!(app.rate_limit(&visitor, Some(&me)), app.orders.resolve_item(&reference, 1));
    rate_limit?;
    let requested = requested.map_err(item_problem)?;
    let now = app.context.clock.now();
    let items = app.orders.current_items(std::slice::from_ref(&requested), None, now).await?;
    line(&items, &requested)?;
    let RequestedItem { product_id, variant_id, sku, .. } = requested;
    let item = WishlistItem { product_id, variant_id, sku, since: now };
    app.context.store.add_to_wishlist(me.user.id, &item).await?;
    let cards = app.cards.on_sale(&app.context.store, [product_id].into_iter(), now).await?;
    Ok(Answer::ok("Item added to your wishlist.", WishlistItemBody::of(&item, &cards)))
}

/// Removes an item from the wishlist.
///
/// It is no error if it is not there.
#[utoipa::path(delete, path = "/api/v1/wishlist/{id}", params(("id" = String, Path, description = "The id of the variant.")), responses(
    (status = 200, description = "Removed, or it was not on the wishlist.", body = Envelope<Nothing>),
    (status = 404, description = "`wish_not_found`: this is not the id of a variant."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let variant = VariantId::parse(&id).map_err(|_| missing())?;
    app.rate_limit(&visitor, Some(&me)).await?;
    app.context.store.remove_from_wishlist(me.user.id, variant).await?;
    Ok(Answer::ok("Item removed from your wishlist.", Nothing))
}

/// Moves an item from the wishlist to the cart.
///
/// One unit is added to the user's cart.
#[utoipa::path(post, path = "/api/v1/wishlist/{id}/move-to-cart", params(("id" = String, Path)), responses(
    (status = 200, description = "The cart.", body = Envelope<CartBody>),
    (status = 404, description = "`wish_not_found` or `product_not_found`."),
    (status = 409, description = "`not_enough_stock`, `too_many_units` or `cart_full`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn move_to_cart(
    State(app): State<App>,
    visitor: Visitor,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<CartBody>, Problem> {
    let variant = VariantId::parse(&id).map_err(|_| missing())?;
    app.rate_limit(&visitor, Some(&me)).await?;
    let (store, user_id) = (&app.context.store, me.user.id);
    let owner = Owner { user: Some(me), cart: Some(CartOwner::User(user_id)), new_token: None };
    let (cart_owner, customer) = (CartOwner::User(user_id), owner.customer());
    retry("the cart", || async {
        let (item, cart) = tokio::join!(store.wishlist_item(user_id, variant), app.read(&cart_owner));
        let (item, cart) = (item?.ok_or_else(missing)?, cart?);
        let WishlistItem { product_id, variant_id, sku, .. } = item;
        let requested = RequestedItem { product_id, variant_id, sku, quantity: 1, quoted_price: None };
        let items = app.current_items(&cart, Some(&requested), customer.as_ref()).await?;
        let after = cart.add(line(&items, &requested)?).map_err(refused)?;
        check_units(&app, &after)?;
        check_stock(&app, &items, &after, variant)?;
        let now = app.context.clock.now();
        let delay = app.reminder_delay(owner.user.as_ref().map(|me| &me.user), now);
        let after = after.next_version(app.context.ids.event(now), now).with_reminder_after(delay);
        match store.move_wishlist_item(user_id, variant, &cart, &after).await {
            Ok(()) => Ok(Attempt::Done(app.answer("Item moved to your cart.", &after, &items, &owner, None)?)),
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}
