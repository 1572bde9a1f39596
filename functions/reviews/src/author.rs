//! Who may write about a product, and who wrote a review: an account, or a guest with the token of the order.

use axum::http::HeaderMap;
use domain::access::Permission::ReviewsModerate;
use domain::id::{OrderId, ProductId, ReviewId};
use domain::order::{Actor, Order};
use domain::review::{MAX_ORDERS, Review, Reviewer, has_bought};
use domain::time::Time;
use kit::http::auth::SignedIn;
use kit::http::problem::Problem;
use kit::http::visitor::fingerprint;
use store::orders::OrderAndPurchase;
use store::page::PageRequest;

use crate::App;

/// The order that shows that somebody bought a product.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) order_id: OrderId,
    pub(crate) author: Reviewer,
    /// The same person by another name: the guest's mailbox of an account's order, or the account that has the order of
    /// a guest by now.
    pub(crate) also: Option<Reviewer>,
}

impl Proof {
    fn of(order: &Order, actor: Actor) -> Option<Self> {
        let guest = Reviewer::Guest(fingerprint(&order.email.mailbox()));
        let (author, also) = match actor {
            Actor::User(id) => (Reviewer::User(id), Some(guest)),
            Actor::Guest => (guest, order.user_id.map(Reviewer::User)),
            Actor::Staff(_) | Actor::Provider | Actor::Shop => return None,
        };
        Some(Self { order_id: order.id, author, also })
    }
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("review_not_found", "There is no such review.")
}

fn sign_in_first() -> Problem {
    Problem::unauthorized("unauthenticated", "Sign in first.")
}

fn not_bought() -> Problem {
    Problem::conflict("not_bought", "Only customers who bought this product and kept it can review it.")
}

impl App {
    pub(crate) async fn find(&self, id: &str) -> Result<Review, Problem> {
        let id = ReviewId::parse(id).map_err(|_| missing())?;
        self.context.store.review(id).await?.ok_or_else(missing)
    }

    /// The order that shows that whoever sent these headers bought the product. Without a named one it is looked for
    /// among the newest orders of the account.
    pub(crate) async fn proof(
        &self,
        headers: &HeaderMap,
        product: ProductId,
        order: Option<OrderId>,
        now: Time,
    ) -> Result<Proof, Problem> {
        let me = self.context.auth.authenticate_optional(headers).await?;
        if me.as_ref().is_some_and(|me| !me.user.email_verified) {
            let message = "Please confirm your email address first. The link is in the mail that we sent you.";
            return Err(Problem::conflict("email_not_verified", message));
        }
        match (order, me) {
            (Some(order), me) => self.named(headers, product, order, me.is_some(), now).await,
            (None, Some(me)) => self.among_orders(product, &me).await,
            (None, None) => Err(self.without_sign_in(headers)),
        }
    }

    async fn named(
        &self,
        headers: &HeaderMap,
        product: ProductId,
        order: OrderId,
        is_signed_in: bool,
        now: Time,
    ) -> Result<Proof, Problem> {
        let (found, proof) = self.with_proof(headers, order, is_signed_in, now).await?;
        if has_bought(&found.order, &found.purchase.lines, product) { Ok(proof) } else { Err(not_bought()) }
    }

    /// Why nothing is done for whoever sent these headers without an order.
    pub(crate) fn without_sign_in(&self, headers: &HeaderMap) -> Problem {
        if self.access.has_token(headers) {
            Problem::field("orderId", "is required with an Order-Token")
        } else {
            sign_in_first()
        }
    }

    /// An order, if whoever sent these headers is its buyer. Anybody else gets 404.
    async fn with_proof(
        &self,
        headers: &HeaderMap,
        order: OrderId,
        is_signed_in: bool,
        now: Time,
    ) -> Result<(OrderAndPurchase, Proof), Problem> {
        if !is_signed_in && !self.access.has_token(headers) {
            return Err(sign_in_first());
        }
        let found = self.context.store.order_and_purchase(order).await?;
        let found = found.ok_or_else(checkout::OrderAccess::missing)?;
        let actor = self.access.actor(headers, &found.order, ReviewsModerate, now).await?;
        let proof = actor.and_then(|actor| Proof::of(&found.order, actor));
        Ok((found, proof.ok_or_else(checkout::OrderAccess::missing)?))
    }

    /// The reviews that were written for an order, by its buyer.
    pub(crate) async fn of_order(
        &self,
        headers: &HeaderMap,
        order: OrderId,
        now: Time,
    ) -> Result<Vec<Review>, Problem> {
        let me = self.context.auth.authenticate_optional(headers).await?;
        let (found, Proof { author, .. }) = self.with_proof(headers, order, me.is_some(), now).await?;
        let products = found.purchase.lines.iter().map(|line| line.product_id).collect();
        let mut reviews = self.context.store.reviews_about(&author, &products).await?;
        reviews.retain(|review| review.order_id == order);
        Ok(reviews)
    }

    async fn among_orders(&self, product: ProductId, me: &SignedIn) -> Result<Proof, Problem> {
        let newest = PageRequest { limit: MAX_ORDERS, after: None };
        let orders = self.context.store.orders_of(me.user.id, &newest).await?;
        let orders = self.context.store.with_lines(orders).await?.items;
        let found = orders.into_iter().find(|found| has_bought(&found.order, &found.lines, product));
        found.and_then(|found| Proof::of(&found.order, Actor::User(me.user.id))).ok_or_else(not_bought)
    }

    /// The review, if whoever sent these headers wrote it: they are signed in to the account, or have the order that it
    /// was written for. Anybody else gets 404.
    pub(crate) async fn own(&self, headers: &HeaderMap, id: &str, now: Time) -> Result<Review, Problem> {
        let me = self.context.auth.authenticate_optional(headers).await?;
        if me.is_none() && !self.access.has_token(headers) {
            return Err(sign_in_first());
        }
        let review = self.find(id).await?;
        // Boxed, because every handler's future would be large with it inside.
        if Box::pin(self.is_own(headers, me.as_ref(), &review, now)).await? { Ok(review) } else { Err(missing()) }
    }

    pub(crate) async fn is_own(
        &self,
        headers: &HeaderMap,
        me: Option<&SignedIn>,
        review: &Review,
        now: Time,
    ) -> Result<bool, Problem> {
        Ok(me.is_some_and(|me| review.is_by(me.user.id)) || self.has_order(headers, review, now).await?)
    }

    /// A review without an author belongs to nobody.
    async fn has_order(&self, headers: &HeaderMap, review: &Review, now: Time) -> Result<bool, Problem> {
        let Some(order) = self.context.store.order(review.order_id).await?.filter(|_| review.author.is_some()) else {
            return Ok(false);
        };
        let actor = self.access.actor(headers, &order, ReviewsModerate, now).await?;
        Ok(matches!(actor, Some(Actor::User(_) | Actor::Guest)))
    }
}
