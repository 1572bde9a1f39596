//! The cart's lines. A line is named by its variant, which stands in a cart once.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::wire::ItemInput;
use checkout::{CurrentItems, ItemRefusal, RequestedItem};
use domain::cart::{Cart, CartLine};
use domain::id::VariantId;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Body, Fingerprinted};
use kit::http::idempotency::{IdempotencyKey, REPLAYED};
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::body::CartBody;
use crate::owner::{missing, refused};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuantityInput {
    #[schema(minimum = 1, maximum = 999)]
    quantity: u32,
}

/// Puts something into the cart; what is there already gets more. A guest without a cart is given one, with its token.
/// With an Idempotency-Key, once: the cart knows the last four.
#[utoipa::path(post, path = "/api/v1/cart/items", request_body = ItemInput,
    params(("Cart-Token" = Option<String>, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart.", body = Envelope<CartBody>),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`not_enough_stock`, `variant_required` or `cart_full`."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    headers: HeaderMap,
    key: Option<IdempotencyKey>,
    Fingerprinted(body, fingerprint): Fingerprinted<ItemInput>,
) -> Result<Answer<CartBody>, Problem> {
    let (resolve_item, quantity) = body.parse("")?;
    let cart_request = key.map(|key| key.cart_request(&fingerprint));
    let mut owner = app.owner(&headers).await?;
    let (name, customer) = (app.given(&mut owner), owner.customer());
    let (cart, picked) = tokio::join!(app.read(&name), app.orders.resolve_item(&resolve_item, quantity));
    let cart = cart?;
    if let Some(cart_request) = &cart_request
        && cart.did(cart_request).map_err(refused)?
    {
        let goods = app.goods(&cart, None, &customer).await?;
        let [(name, value)] = REPLAYED;
        let answer = app.answer("Added.", (&cart, &goods), &owner, None)?;
        return Ok(answer.with_header(name, value));
    }
    let picked = picked?;
    let goods = app.goods(&cart, Some(&picked), &customer).await?;
    let line = line(&goods, &picked)?;
    // What it will be with what is there already, as far as we know.
    let all = cart.add(line.clone()).map_err(refused)?;
    check_stock(&goods, &all, picked.variant_id)?;
    let changed = app.change(cart, |cart| match &cart_request {
        Some(cart_request) => cart.add_once(line.clone(), cart_request.clone()),
        None => cart.add(line.clone()),
    });
    let cart = changed.await?;
    let goods = app.goods_if_foreseen(&cart, (&all, goods), &customer).await?;
    app.answer("Added.", (&cart, &goods), &owner, None)
}

/// Sets a line's quantity.
#[utoipa::path(patch, path = "/api/v1/cart/items/{id}", request_body = QuantityInput,
    params(("id" = String, Path), ("Cart-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart.", body = Envelope<CartBody>),
        (status = 404, description = "`cart_item_not_found` or `product_not_found`."),
        (status = 409, description = "`not_enough_stock`."),
    )
)]
pub(crate) async fn edit(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body<QuantityInput>,
) -> Result<Answer<CartBody>, Problem> {
    let variant = VariantId::parse(&id).map_err(|_| missing())?;
    let owner = app.owner(&headers).await?;
    let name = owner.cart.clone().ok_or_else(missing)?;
    let cart = app.read(&name).await?;
    let held = cart.line(variant).ok_or_else(missing)?;
    let wanted = RequestedItem { quantity: body.quantity, ..RequestedItem::from(held) };
    let customer = owner.customer();
    let goods = app.goods(&cart, Some(&wanted), &customer).await?;
    let told = line(&goods, &wanted)?.quoted_price;
    let all = cart.set(variant, body.quantity, told).map_err(refused)?;
    check_stock(&goods, &all, variant)?;
    let cart = app.change(cart, |cart| cart.set(variant, body.quantity, told)).await?;
    let goods = app.goods_if_foreseen(&cart, (&all, goods), &customer).await?;
    app.answer("Changed.", (&cart, &goods), &owner, None)
}

/// The same as PATCH.
#[utoipa::path(put, path = "/api/v1/cart/items/{id}", request_body = QuantityInput,
    params(("id" = String, Path), ("Cart-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart.", body = Envelope<CartBody>),
        (status = 404, description = "`cart_item_not_found` or `product_not_found`."),
        (status = 409, description = "`not_enough_stock`."),
    )
)]
pub(crate) async fn set(
    app: State<App>,
    headers: HeaderMap,
    id: Path<String>,
    body: Body<QuantityInput>,
) -> Result<Answer<CartBody>, Problem> {
    edit(app, headers, id, body).await
}

#[utoipa::path(delete, path = "/api/v1/cart/items/{id}",
    params(("id" = String, Path), ("Cart-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart without it.", body = Envelope<CartBody>),
        (status = 404, description = "`cart_item_not_found`."),
    )
)]
pub(crate) async fn remove(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<CartBody>, Problem> {
    let variant = VariantId::parse(&id).map_err(|_| missing())?;
    let owner = app.owner(&headers).await?;
    let name = owner.cart.clone().ok_or_else(missing)?;
    let cart = app.change(app.read(&name).await?, |cart| cart.without(variant)).await?;
    let goods = app.goods(&cart, None, &owner.customer()).await?;
    app.answer("Removed.", (&cart, &goods), &owner, None)
}

/// The line that a want becomes, at today's price.
pub(crate) fn line(goods: &CurrentItems, want: &RequestedItem) -> Result<CartLine, Problem> {
    let good = goods.find(want.product_id, want.variant_id);
    let good = good.ok_or(ItemRefusal::Missing)?;
    Ok(CartLine {
        product_id: want.product_id,
        variant_id: want.variant_id,
        sku: good.variant.sku.clone(),
        quantity: want.quantity,
        quoted_price: good.variant.price,
    })
}

pub(crate) fn check_stock(goods: &CurrentItems, cart: &Cart, variant: VariantId) -> Result<(), Problem> {
    let line = cart.line(variant);
    let good = line.and_then(|line| goods.find(line.product_id, line.variant_id));
    let (Some(line), Some(good)) = (line, good) else {
        return Ok(());
    };
    match good.short_of(line.quantity) {
        Some(left) => {
            let message = format!("Sorry, only {left} are left.");
            Err(Problem::conflict("not_enough_stock", message))
        }
        None => Ok(()),
    }
}
