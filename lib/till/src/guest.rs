//! A guest's cart belongs to whoever sends its `Cart-Token`, of which only a fingerprint is stored.

use axum::http::{HeaderMap, HeaderName};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::cart::{Cart, CartOwner};
use kit::ids::Ids;
use kit::problem::Problem;
use sha2::{Digest, Sha256};
use store::Commit;

use crate::Till;

/// How often carts are merged anew when somebody changes them at the same time.
const TRIES: usize = 8;

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

impl Till {
    /// Makes a guest's cart part of somebody's own, and answers what their own is then. The guest's goes in the same write, so
    /// a second request finds nothing to merge.
    pub async fn merge_cart(
        &self,
        mine: &CartOwner,
        guest: &CartOwner,
    ) -> Result<Option<Cart>, Problem> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let [own, theirs] = self.store.two_carts([mine, guest]).await?;
            let Some(read) = theirs else { return Ok(own) };
            let theirs = read.clone().as_of(now);
            if theirs.lines.is_empty() && theirs.coupon.is_none() {
                return Ok(own);
            }
            let token = self.ids.event(now);
            let own = own.unwrap_or_else(|| Cart::empty(mine.clone(), token, now));
            let merged = own.clone().as_of(now).merged(&theirs).next(token, now);
            let merging = self.store.merge_carts(token, (&own, &merged), &read);
            match merging.await {
                Ok(()) => return Ok(Some(merged)),
                Err(Commit::Refused(_)) => {}
                Err(Commit::Store(error)) => return Err(error.into()),
            }
        }
        Err(Problem::busy("the cart changed at every try"))
    }
}
