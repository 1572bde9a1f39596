//! The cart as a whole.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::address::Country;
use domain::cart::Cart;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Query;
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::body::CartBody;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CartQuery {
    /// Where it would be sent: then shipping and tax are worked out.
    country: Option<String>,
}

impl CartQuery {
    fn country(&self) -> Result<Option<Country>, Problem> {
        let parsed = self.country.as_deref().map(Country::parse).transpose();
        parsed.map_err(|error| Problem::field("country", error.to_string()))
    }
}

/// My cart at today's prices, as new as product pages are: changed prices and vanished products are told, line by line.
/// A guest sends `Cart-Token`; somebody signed in who sends it too has that cart merged into theirs.
#[utoipa::path(get, path = "/api/v1/cart", params(CartQuery, ("Cart-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The cart; an empty one if there is none.", body = Envelope<CartBody>),
))]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<CartQuery>,
) -> Result<Answer<CartBody>, Problem> {
    let country = query.country()?;
    let owner = app.owner(&headers).await?;
    let cart = match &owner.cart {
        Some(cart) => app.read(cart).await?,
        None => nobodys(&app),
    };
    let goods = app.goods(&cart, None, &owner.customer()).await?;
    app.answer("Your cart.", (&cart, &goods), &owner, country)
}

/// Empties the cart, its coupon as well.
#[utoipa::path(delete, path = "/api/v1/cart", params(("Cart-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The empty cart.", body = Envelope<CartBody>),
))]
pub(crate) async fn clear(State(app): State<App>, headers: HeaderMap) -> Result<Answer<CartBody>, Problem> {
    let owner = app.owner(&headers).await?;
    let cart = match &owner.cart {
        Some(cart) => {
            let cleared =
                app.change(app.read(cart).await?, |cart| Ok(Cart { lines: Vec::new(), coupon: None, ..cart.clone() }));
            cleared.await?
        }
        None => nobodys(&app),
    };
    let goods = app.goods(&cart, None, &owner.customer()).await?;
    app.answer("Emptied.", (&cart, &goods), &owner, None)
}

/// What a guest without a cart is shown; it is never written.
fn nobodys(app: &App) -> Cart {
    let now = app.context.clock.now();
    let owner = domain::cart::CartOwner::Guest(String::new());
    Cart::empty(owner, app.context.ids.event(now), now)
}
