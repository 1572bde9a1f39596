//! The owner of a cart, and how a cart is changed.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use checkout::{CART_TOKEN, guest_cart, new_guest_token};
use domain::cart::{Cart, CartOwner, CartRefusal, RequestFingerprint};
use domain::cart_reminder::{ReminderDelay, may_be_reminded};
use domain::coupon::CustomerKey;
use domain::rate::Limit;
use domain::time::Time;
use domain::user::User;
use kit::http::auth::SignedIn;
use kit::http::idempotency::IdempotentRequest;
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};
use store::Commit;
use store::retry::{Attempt, retry, retry_from};

use crate::App;

/// One write for each request is enough: accounts are limited wherever they are, and guests have no other name.
const BY_ACCOUNT: Limit = Limit::new("cart-account", 120, Duration::from_mins(1));
const BY_NETWORK: Limit = Limit::new("cart", 120, Duration::from_mins(1));

/// The user or guest of a request.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    pub(crate) user: Option<SignedIn>,
    /// `None`: a guest without a cart.
    pub(crate) cart: Option<CartOwner>,
    /// The token of a guest cart that this request makes.
    pub(crate) new_token: Option<String>,
}

impl Owner {
    /// The key that coupon uses are counted by, if the customer's address is proven.
    pub(crate) fn customer(&self) -> Option<CustomerKey> {
        self.user.as_ref().and_then(|me| CustomerKey::proven(&me.user))
    }
}

impl App {
    /// The owner that the headers name. If a signed-in user sends a guest's cart too, it is merged into the user's.
    pub(crate) async fn owner(&self, headers: &HeaderMap) -> Result<Owner, Problem> {
        let guest = guest_cart(headers)?;
        let user = self.context.auth.authenticate_optional(headers).await?;
        let cart = match (&user, guest) {
            (Some(me), guest) => {
                let mine = CartOwner::User(me.user.id);
                if let Some(guest) = guest {
                    self.merge(&me.user, &mine, &guest).await?;
                }
                Some(mine)
            }
            (None, guest) => guest,
        };
        Ok(Owner { user, cart, new_token: None })
    }

    /// Merges a guest's cart into a user's and deletes it in the same transaction, so that it is merged only once.
    async fn merge(&self, me: &User, user: &CartOwner, guest: &CartOwner) -> Result<(), Problem> {
        let store = &self.context.store;
        retry("the cart", || async {
            let now = self.context.clock.now();
            let [users, guests] = store.two_carts([user, guest]).await?;
            let Some(guests) = guests else { return Ok(Attempt::Done(())) };
            let current = guests.clone().cleared_if_expired(now);
            if current.lines.is_empty() && current.coupon.is_none() {
                return Ok(Attempt::Done(()));
            }
            let change = self.context.ids.event(now);
            let before = users.unwrap_or_else(|| Cart::empty(user.clone(), change, now));
            let merged = before.clone().cleared_if_expired(now).merged(&current).next_version(change, now);
            let merged = merged.with_reminder_after(self.reminder_delay(Some(me), now));
            match store.merge_carts(&before, &merged, &guests).await {
                Ok(()) => Ok(Attempt::Done(())),
                Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }

    /// After how long this person is reminded of a cart. `None`: never.
    pub(crate) fn reminder_delay(&self, user: Option<&User>, now: Time) -> Option<ReminderDelay> {
        self.cart_reminders.filter(|_| user.is_some_and(|user| may_be_reminded(user, now)))
    }

    /// Counts a change of a cart or wishlist.
    pub(crate) async fn rate_limit(&self, visitor: &Visitor, user: Option<&SignedIn>) -> Result<(), Problem> {
        let (store, now) = (&self.context.store, self.context.clock.now());
        visitor.count(store, now, &[counter(visitor, user)]).await.map(drop)
    }

    /// Reads the cart that a request changes, and counts the request.
    pub(crate) async fn read_to_change(
        &self,
        visitor: &Visitor,
        owner: &Owner,
        cart: &CartOwner,
    ) -> Result<Cart, Problem> {
        let (rate_limit, cart) = tokio::join!(self.rate_limit(visitor, owner.user.as_ref()), self.read(cart));
        rate_limit?;
        cart
    }

    pub(crate) async fn read(&self, owner: &CartOwner) -> Result<Cart, Problem> {
        let now = self.context.clock.now();
        let read = self.context.store.cart(owner).await?;
        Ok(read.map_or_else(
            || Cart::empty(owner.clone(), self.context.ids.event(now), now),
            |cart| cart.cleared_if_expired(now),
        ))
    }

    /// Changes the cart that was read. If another request changed it in the meantime, reads it again and changes that.
    pub(crate) async fn change(
        &self,
        owner: &Owner,
        read: Cart,
        change: impl Fn(&Cart) -> Result<Cart, CartRefusal>,
    ) -> Result<Cart, Problem> {
        let (cart_owner, change) = (read.owner.clone(), &change);
        let attempt = |cart| async move { self.try_change(owner, &cart, change).await };
        retry_from("the cart", read, || self.read(&cart_owner), attempt).await
    }

    async fn try_change(
        &self,
        owner: &Owner,
        before: &Cart,
        change: impl Fn(&Cart) -> Result<Cart, CartRefusal>,
    ) -> Result<Attempt<Cart>, Problem> {
        let now = self.context.clock.now();
        let after = change(before).map_err(refused)?;
        if after == *before {
            return Ok(Attempt::Done(after));
        }
        let delay = self.reminder_delay(owner.user.as_ref().map(|me| &me.user), now);
        let after = after.next_version(self.context.ids.event(now), now).with_reminder_after(delay);
        match self.context.store.save_cart(before, &after).await {
            Ok(()) => Ok(Attempt::Done(after)),
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// The cart to put something into. A guest without a cart gets a new token. So does one whose token has no cart: a
    /// token that somebody invented is never used, so nobody can know the token of another person's cart. A request that
    /// this cart has handled is not counted.
    pub(crate) async fn cart_to_fill(
        &self,
        visitor: &Visitor,
        owner: &mut Owner,
        request: Option<&RequestFingerprint>,
    ) -> Result<Cart, Problem> {
        let (store, now) = (&self.context.store, self.context.clock.now());
        let counters = [counter(visitor, owner.user.as_ref())];
        let read = async {
            match &owner.cart {
                Some(cart_owner) => self.read(cart_owner).await.map(Some),
                None => Ok(None),
            }
        };
        let (counted, read) = tokio::join!(visitor.count(store, now, &counters), read);
        if let (Ok(Some(cart)), Some(request)) = (&read, request)
            && cart.has_handled(request) == Ok(true)
        {
            visitor.uncount_repeat(store, now, &counters).await;
        } else {
            counted?;
        }
        if let Some(cart) = read?
            && (matches!(cart.owner, CartOwner::User(_)) || cart.is_kept_at(now))
        {
            return Ok(cart);
        }
        let (token, cart_owner) = new_guest_token(&self.context.ids);
        (owner.new_token, owner.cart) = (Some(token), Some(cart_owner.clone()));
        Ok(Cart::empty(cart_owner, self.context.ids.event(now), now))
    }
}

/// Whom the limits of carts and wishlists count: the account, or for guests the network.
pub(crate) fn counter(visitor: &Visitor, user: Option<&SignedIn>) -> Counter {
    match user {
        Some(me) => Counter::of(BY_ACCOUNT, &me.user.id.to_string()),
        None => visitor.by_network(BY_NETWORK),
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
    Problem::not_found("cart_item_not_found", "This item is not in the cart.")
}

/// The response header with the token of a new guest cart.
pub(crate) fn token_header(token: &str) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(token).unwrap_or(HeaderValue::from_static(""));
    (CART_TOKEN, value)
}
