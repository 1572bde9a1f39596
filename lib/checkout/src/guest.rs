//! Guests' carts. The `Cart-Token` is the only key to a guest's cart; the table has only its hash.

use axum::http::{HeaderMap, HeaderName};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::cart::CartOwner;
use kit::http::problem::Problem;
use kit::runtime::ids::Ids;
use sha2::{Digest, Sha256};

pub const CART_TOKEN: HeaderName = HeaderName::from_static("cart-token");

/// The owner's key in the table, from which the token cannot be computed.
fn owner(token: &str) -> CartOwner {
    CartOwner::Guest(HEXLOWER.encode(&Sha256::digest(token.as_bytes())))
}

/// The guest's cart that a request names.
pub fn guest_cart(headers: &HeaderMap) -> Result<Option<CartOwner>, Problem> {
    let Some(value) = headers.get(CART_TOKEN) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let well_formed = text.len() == 43 && BASE64URL_NOPAD.decode(text.as_bytes()).is_ok();
    if !well_formed {
        let message = "The Cart-Token is malformed.";
        return Err(Problem::bad_request("invalid_cart_token", message));
    }
    Ok(Some(owner(text)))
}

/// A new random token, and the owner of its cart.
pub fn new_guest_token(ids: &Ids) -> (String, CartOwner) {
    let token = BASE64URL_NOPAD.encode(&ids.bytes::<32>());
    let cart = owner(&token);
    (token, cart)
}
