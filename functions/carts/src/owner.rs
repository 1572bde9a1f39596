//! Whose cart it is, and changing it.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use checkout::{CART_TOKEN, guest_cart, new_guest_token};
use domain::cart::{Cart, CartOwner, CartRefusal};
use domain::coupon::CustomerKey;
use kit::http::auth::SignedIn;
use kit::http::idempotency::IdempotentRequest;
use kit::http::problem::Problem;
use store::Commit;

use crate::App;

/// How often a change is decided anew when others change the cart at the same time.
pub(crate) const TRIES: usize = 8;

/// Who came with a cart, or came to make one.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    pub(crate) user: Option<SignedIn>,
    /// `None`: a guest who has none yet.
    pub(crate) cart: Option<CartOwner>,
    /// The token of a guest's cart that was made just now.
    pub(crate) new_token: Option<String>,
}

impl Owner {
    /// By whom coupons count. A guest is nobody until an order names their address.
    pub(crate) fn customer(&self) -> CustomerKey {
        match &self.user {
            Some(me) => CustomerKey::of(&me.user.email),
            None => CustomerKey::nobody(),
        }
    }
}

impl App {
    /// Who came. A guest's cart that comes along with somebody signed in becomes theirs.
    pub(crate) async fn owner(&self, headers: &HeaderMap) -> Result<Owner, Problem> {
        let guest = guest_cart(headers)?;
        let user = self.context.auth.authenticate_optional(headers).await?;
        let cart = match (&user, guest) {
            (Some(me), guest) => {
                let mine = CartOwner::User(me.user.id);
                if let Some(guest) = guest {
                    self.merge(&mine, &guest).await?;
                }
                Some(mine)
            }
            (None, guest) => guest,
        };
        Ok(Owner { user, cart, new_token: None })
    }

    /// Makes a guest's cart part of somebody's own. The guest's goes in the same write, so a second request finds
    /// nothing to merge.
    async fn merge(&self, mine: &CartOwner, guest: &CartOwner) -> Result<(), Problem> {
        let store = &self.context.store;
        for _ in 0..TRIES {
            let now = self.context.clock.now();
            let [own, theirs] = store.two_carts([mine, guest]).await?;
            let Some(read) = theirs else { return Ok(()) };
            let theirs = read.clone().as_of(now);
            if theirs.lines.is_empty() && theirs.coupon.is_none() {
                return Ok(());
            }
            let token = self.context.ids.event(now);
            let own = own.unwrap_or_else(|| Cart::empty(mine.clone(), token, now));
            let merged = own.clone().as_of(now).merged(&theirs).next(token, now);
            match store.merge_carts((&own, &merged), &read).await {
                Ok(()) => return Ok(()),
                Err(Commit::Refused(_)) => {}
                Err(Commit::Store(error)) => return Err(error.into()),
            }
        }
        Err(Problem::busy("the cart changed at every try"))
    }

    pub(crate) async fn read(&self, owner: &CartOwner) -> Result<Cart, Problem> {
        let now = self.context.clock.now();
        let read = self.context.store.cart(owner).await?;
        Ok(read.map_or_else(|| Cart::empty(owner.clone(), self.context.ids.event(now), now), |cart| cart.as_of(now)))
    }

    /// Changes the cart that was read; if somebody was faster, the one that is there then.
    pub(crate) async fn change(
        &self,
        read: Cart,
        change: impl Fn(&Cart) -> Result<Cart, CartRefusal>,
    ) -> Result<Cart, Problem> {
        let mut before = read;
        for _ in 0..TRIES {
            let now = self.context.clock.now();
            let after = change(&before).map_err(refused)?;
            if after == before {
                return Ok(before);
            }
            let after = after.next(self.context.ids.event(now), now);
            match self.context.store.save_cart(&before, &after).await {
                Ok(()) => return Ok(after),
                Err(Commit::Refused(_)) => before = self.read(&before.owner).await?,
                Err(Commit::Store(error)) => return Err(error.into()),
            }
        }
        Err(Problem::busy("the cart changed at every try"))
    }

    /// The owner's cart, for those who are about to put something into it: a guest without one is given a token.
    pub(crate) fn given(&self, owner: &mut Owner) -> CartOwner {
        owner
            .cart
            .get_or_insert_with(|| {
                let (token, cart) = new_guest_token(&self.context.ids);
                owner.new_token = Some(token);
                cart
            })
            .clone()
    }
}

pub(crate) fn refused(refusal: CartRefusal) -> Problem {
    match refusal {
        CartRefusal::Full => Problem::conflict("cart_full", format!("Sorry, {refusal}.")),
        CartRefusal::Quantity => Problem::field("quantity", refusal.to_string()),
        CartRefusal::Missing => missing(),
        CartRefusal::KeyReused => IdempotentRequest::reused(),
    }
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("cart_item_not_found", "There is no such line in the cart.")
}

/// Tells a guest the token of a cart that was made for them.
pub(crate) fn token_header(token: &str) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(token).unwrap_or(HeaderValue::from_static(""));
    (CART_TOKEN, value)
}
