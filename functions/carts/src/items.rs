//! The lines of a cart. The id of a line is the id of its variant.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::wire::{ItemInput, item_problem, not_enough_stock, price_changed, units_problem};
use domain::cart::{Cart, CartLine};
use domain::id::VariantId;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Body, Fingerprinted};
use kit::http::idempotency::{IdempotencyKey, REPLAYED};
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use order_processing::{CurrentItems, ItemError, RequestedItem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::body::CartBody;
use crate::owner::{missing, refused};

const ADDED: &str = "Item added to the cart.";

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuantityInput {
    #[schema(minimum = 1, maximum = 999)]
    quantity: u32,
}

/// Adds an item to the cart, or adds to its quantity.
///
/// A guest without a cart gets a new cart and its token. A retry with the same Idempotency-Key adds the item once; a
/// cart remembers the last four keys.
#[utoipa::path(post, path = "/api/v1/cart/items", request_body = ItemInput,
    params(("Cart-Token" = Option<String>, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart.", body = Envelope<CartBody>, headers(("Cart-Token"))),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`not_enough_stock`, `price_changed`, `too_many_units`, `variant_required` or `cart_full`."),
        (status = 422, description = "`idempotency_key_reused`: the key was used with another body."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    key: Option<IdempotencyKey>,
    Fingerprinted(body, fingerprint): Fingerprinted<ItemInput>,
) -> Result<Answer<CartBody>, Problem> {
    let item = body.parse("", app.rates.currency)?;
    let request = key.map(|key| key.request_fingerprint(&fingerprint));
    let mut owner = app.owner(&headers).await?;
    let customer = owner.customer();
    let (cart, requested) = tokio::join!(
        app.cart_to_fill(&visitor, &mut owner, request.as_ref()),
        app.orders.resolve_item(&item.reference, item.quantity)
    );
    let cart = cart?;
    if let Some(request) = &request
        && cart.has_handled(request).map_err(refused)?
    {
        let items = app.current_items(&cart, None, customer.as_ref()).await?;
        let [(name, value)] = REPLAYED;
        let answer = app.answer(ADDED, &cart, &items, &owner, None)?;
        return Ok(answer.with_header(name, value));
    }
    let requested = requested.map_err(item_problem)?;
    let items = app.current_items(&cart, Some(&requested), customer.as_ref()).await?;
    let line = line(&items, &requested)?;
    if item.quoted_price.is_some_and(|quoted| quoted != line.quoted_price) {
        return Err(price_changed(&line.sku));
    }
    let expected = cart.add(line.clone()).map_err(refused)?;
    check_units(&app, &expected)?;
    check_stock(&app, &items, &expected, requested.variant_id)?;
    let changed = app.change(&owner, cart, |cart| match &request {
        Some(request) => cart.add_once(line.clone(), request.clone()),
        None => cart.add(line.clone()),
    });
    let cart = changed.await?;
    let items = app.items_after_change(&cart, &expected, items, customer.as_ref()).await?;
    app.answer(ADDED, &cart, &items, &owner, None)
}

/// Sets the quantity of an item.
///
/// It replaces the old quantity. To remove the item, use DELETE.
#[utoipa::path(patch, path = "/api/v1/cart/items/{id}", request_body = QuantityInput,
    params(("id" = String, Path), ("Cart-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart.", body = Envelope<CartBody>),
        (status = 404, description = "`cart_item_not_found` or `product_not_found`."),
        (status = 409, description = "`not_enough_stock` or `too_many_units`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn edit(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body<QuantityInput>,
) -> Result<Answer<CartBody>, Problem> {
    let variant = VariantId::parse(&id).map_err(|_| missing())?;
    let owner = app.owner(&headers).await?;
    let cart_owner = owner.cart.clone().ok_or_else(missing)?;
    let cart = app.read_to_change(&visitor, &owner, &cart_owner).await?;
    let existing = cart.line(variant).ok_or_else(missing)?;
    let fewer = body.quantity <= existing.quantity;
    let requested = RequestedItem { quantity: body.quantity, ..RequestedItem::from(existing) };
    let customer = owner.customer();
    let items = app.current_items(&cart, Some(&requested), customer.as_ref()).await?;
    let price = line(&items, &requested)?.quoted_price;
    let expected = cart.set(variant, body.quantity, price).map_err(refused)?;
    // Two merged carts can be above the limits. Their owner may take out units in several steps.
    if !fewer {
        check_units(&app, &expected)?;
    }
    check_stock(&app, &items, &expected, variant)?;
    let cart = app.change(&owner, cart, |cart| cart.set(variant, body.quantity, price)).await?;
    let items = app.items_after_change(&cart, &expected, items, customer.as_ref()).await?;
    app.answer("Cart item updated.", &cart, &items, &owner, None)
}

/// Sets the quantity of an item, as PATCH does.
///
/// For clients that prefer PUT.
#[utoipa::path(put, path = "/api/v1/cart/items/{id}", request_body = QuantityInput,
    params(("id" = String, Path), ("Cart-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart.", body = Envelope<CartBody>),
        (status = 404, description = "`cart_item_not_found` or `product_not_found`."),
        (status = 409, description = "`not_enough_stock` or `too_many_units`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn set(
    app: State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    id: Path<String>,
    body: Body<QuantityInput>,
) -> Result<Answer<CartBody>, Problem> {
    edit(app, visitor, headers, id, body).await
}

/// Removes an item from the cart.
///
/// The whole line goes, whatever its quantity.
#[utoipa::path(delete, path = "/api/v1/cart/items/{id}",
    params(("id" = String, Path), ("Cart-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The cart without the item.", body = Envelope<CartBody>),
        (status = 404, description = "`cart_item_not_found`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<CartBody>, Problem> {
    let variant = VariantId::parse(&id).map_err(|_| missing())?;
    let owner = app.owner(&headers).await?;
    let cart_owner = owner.cart.clone().ok_or_else(missing)?;
    let read = app.read_to_change(&visitor, &owner, &cart_owner).await?;
    let cart = app.change(&owner, read, |cart| cart.without(variant)).await?;
    let items = app.current_items(&cart, None, owner.customer().as_ref()).await?;
    app.answer("Item removed from the cart.", &cart, &items, &owner, None)
}

/// The cart line of a requested item, with its current price.
pub(crate) fn line(items: &CurrentItems, requested: &RequestedItem) -> Result<CartLine, Problem> {
    let item =
        items.find(requested.product_id, requested.variant_id).ok_or_else(|| item_problem(ItemError::Missing))?;
    Ok(CartLine {
        product_id: requested.product_id,
        variant_id: requested.variant_id,
        sku: item.variant.sku.clone(),
        quantity: requested.quantity,
        quoted_price: item.variant.price,
    })
}

/// The buyer hears at once that there would be too many units for an order.
pub(crate) fn check_units(app: &App, cart: &Cart) -> Result<(), Problem> {
    let lines = cart.lines.iter().map(|line| (line.product_id, line.quantity));
    app.units.check(lines).map_err(|refusal| units_problem(&refusal, "quantity".to_owned()))
}

pub(crate) fn check_stock(app: &App, items: &CurrentItems, cart: &Cart, variant: VariantId) -> Result<(), Problem> {
    let line = cart.line(variant);
    let item = line.and_then(|line| items.find(line.product_id, line.variant_id));
    let (Some(line), Some(item)) = (line, item) else {
        return Ok(());
    };
    if item.is_short_of(line.quantity) {
        let available = item.level.and_then(|level| app.stock_shown.of(level.orderable()));
        return Err(not_enough_stock(&item.variant.sku, "quantity".to_owned(), available));
    }
    Ok(())
}
