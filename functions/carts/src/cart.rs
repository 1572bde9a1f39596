//! The cart as a whole.

use axum::extract::State;
use axum::http::HeaderMap;
use checkout::shipping_body::chosen_method;
use domain::address::{Country, PostalAddress};
use domain::cart::{Cart, CartOwner};
use domain::id::ShippingMethodId;
use domain::pricing::{Delivery, Destination};
use domain::text;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Fields, Query};
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::body::CartBody;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CartQuery {
    /// The country to ship to. With it the answer has shipping and tax.
    country: Option<String>,
    /// With a country: the shipping method that the totals are with. Default: the first that takes the cart.
    shipping_method_id: Option<String>,
    /// The state or province, where tax depends on it. Goes with `country`.
    region: Option<String>,
}

/// Where the cart goes, and how.
#[derive(Debug, Clone, Copy)]
struct CartDestination<'a> {
    destination: Destination<'a>,
    method: Option<ShippingMethodId>,
}

impl CartQuery {
    fn destination(&self) -> Result<Option<CartDestination<'_>>, Problem> {
        let mut fields = Fields::default();
        if self.country.is_none() && self.shipping_method_id.is_some() {
            fields.refuse("country", &"is required with shippingMethodId");
        }
        if self.country.is_none() && self.region.is_some() {
            fields.refuse("region", &"goes with country");
        }
        let checked = (
            fields.check_optional("country", self.country.as_deref(), Country::parse),
            fields.check_optional("region", self.region.as_deref(), |region| {
                text::address_line(region, PostalAddress::MAX_CITY)
            }),
            chosen_method(&mut fields, self.shipping_method_id.as_deref()),
        );
        let (country, _, method) = fields.finish(checked)?;
        let region = self.region.as_deref();
        Ok(country.map(|country| CartDestination {
            destination: Destination { region, ..Destination::consumer_in(country) },
            method,
        }))
    }
}

/// The cart with current prices.
///
/// Prices and stock are as new as on product pages. Each line says if its price changed or if the product is no longer
/// on sale. A guest sends `Cart-Token`. If a signed-in user sends it too, that cart is merged into the user's.
#[utoipa::path(get, path = "/api/v1/cart", params(CartQuery, ("Cart-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The cart. It is empty if there is none.", body = Envelope<CartBody>),
    (status = 409, description = "`shipping_method_not_offered`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<CartQuery>,
) -> Result<Answer<CartBody>, Problem> {
    let destination = query.destination()?;
    let owner = app.owner(&headers).await?;
    let cart = match &owner.cart {
        Some(cart_owner) => app.read(cart_owner).await?,
        None => unsaved_cart(&app),
    };
    let customer = owner.customer();
    let read_methods = async {
        match destination {
            Some(_) => app.orders.displayed_shipping_methods(&app.rates, app.context.clock.now()).await.map(Some),
            None => Ok(None),
        }
    };
    let (items, methods) =
        tokio::join!(Box::pin(app.current_items(&cart, None, customer.as_ref())), Box::pin(read_methods));
    let (items, methods) = (items?, methods?);
    let delivery = destination
        .zip(methods.as_deref())
        .map(|(CartDestination { destination, method }, methods)| Delivery { destination, methods, method });
    app.answer("Your cart.", &cart, &items, &owner, delivery.as_ref())
}

/// Removes all items and the coupon from the cart.
///
/// The cart itself and its token stay.
#[utoipa::path(delete, path = "/api/v1/cart", params(("Cart-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The empty cart.", body = Envelope<CartBody>),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn clear(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Answer<CartBody>, Problem> {
    let owner = app.owner(&headers).await?;
    let cart = match &owner.cart {
        Some(cart_owner) => {
            let read = app.read_to_change(&visitor, &owner, cart_owner).await?;
            app.change(&owner, read, |cart| Ok(Cart { lines: Vec::new(), coupon: None, ..cart.clone() })).await?
        }
        None => unsaved_cart(&app),
    };
    let items = app.current_items(&cart, None, owner.customer().as_ref()).await?;
    app.answer("Cart emptied.", &cart, &items, &owner, None)
}

/// The empty cart that a guest without a cart gets. It is never saved.
fn unsaved_cart(app: &App) -> Cart {
    let now = app.context.clock.now();
    Cart::empty(CartOwner::Guest(String::new()), app.context.ids.event(now), now)
}
