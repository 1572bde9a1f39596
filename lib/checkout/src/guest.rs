//! A guest's cart belongs to whoever sends its `Cart-Token`, of which only a fingerprint is stored.

use axum::http::{HeaderMap, HeaderName};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::cart::CartOwner;
use kit::http::problem::Problem;
use kit::runtime::ids::Ids;
use sha2::{Digest, Sha256};

pub const CART_TOKEN: HeaderName = HeaderName::from_static("cart-token");

/// Finds a guest's cart, and says nothing of the token.
fn owner(token: &str) -> CartOwner {
    CartOwner::Guest(HEXLOWER.encode(&Sha256::digest(token.as_bytes())))
}

/// The guest's cart that a request comes with.
pub fn guest_cart(headers: &HeaderMap) -> Result<Option<CartOwner>, Problem> {
    let Some(value) = headers.get(CART_TOKEN) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let good = text.len() == 43 && BASE64URL_NOPAD.decode(text.as_bytes()).is_ok();
    if !good {
        let message = "The Cart-Token is not one that was given out.";
        return Err(Problem::bad_request("invalid_cart_token", message));
    }
    Ok(Some(owner(text)))
}

/// A token that nobody guesses, and the cart that it opens.
pub fn new_guest_token(ids: &Ids) -> (String, CartOwner) {
    let token = BASE64URL_NOPAD.encode(&ids.bytes::<32>());
    let cart = owner(&token);
    (token, cart)
}
