//! Placing an order: load, decide, commit, answer. The provider is asked once the order stands; whatever becomes of
//! that, the order is placed, and the same request brings the same order.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use checkout::wire::PaymentBody;
use checkout::{COUPON_TRIES, OrderAccess, RequestedItem, Undone, guest_cart};
use domain::address::AddressBook;
use domain::cart::{Cart, CartOwner};
use domain::coupon::{CouponCode, CustomerKey};
use domain::id::OrderId;
use domain::order::{Basket, Buyer, Order, PlaceRefusal, Placed, Placing, Purchase};
use domain::pricing::PricingRefusal;
use domain::rate::Limit;
use domain::stock::StockLevel;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::Fingerprinted;
use kit::http::idempotency::{IdempotencyKey, IdempotentRequest, REPLAYED};
use kit::http::problem::{Detail, Problem};
use kit::http::visitor::Visitor;
use store::idempotency::IdempotencyRecord;
use store::orders::OrderConflict;

use crate::App;
use crate::body::OrderBody;
use crate::input::{PlaceInput, Wish};

/// How often an order is decided anew when others buy the same things.
const TRIES: usize = 12;

const BY_IP: Limit = Limit::new("orders", 60, Duration::from_mins(1));

/// A guest's address is whatever they say it is: nobody's mailbox is to be filled, and no shelf emptied, by its name.
const BY_GUEST: Limit = Limit::new("orders-guest", 30, Duration::from_hours(1));

/// Orders the cart, or one thing. Stock is held for half an hour; `payment` has what the buyer goes on with. With the
/// same Idempotency-Key it is the same order, however often it is sent.
#[utoipa::path(post, path = "/api/v1/orders", request_body = PlaceInput,
    params(("Idempotency-Key" = String, Header), ("Cart-Token" = Option<String>, Header, description = "A guest's cart.")),
    responses(
        (status = 201, description = "Placed. If `payment.problem` is set, the order stands and the payment can be tried again.", body = Envelope<OrderBody>),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`cart_empty`, `not_enough_stock`, `product_unavailable`, `price_changed`, `total_changed`, `variant_required`, `order_too_small`, `order_too_large`, or why a coupon is not good, such as `coupon_used_up`."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn place(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    key: IdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<PlaceInput>,
) -> Result<Response, Problem> {
    let wish = body.parse(app.checkout.config.rates.currency)?;
    let now = app.context.clock.now();
    let limit = match wish.coupon {
        Some(_) => COUPON_TRIES,
        None => BY_IP,
    };
    let mailbox = wish.email.as_ref().map(CustomerKey::of);
    let by_guest = mailbox.as_ref().map(|mailbox| (BY_GUEST, mailbox.as_str()));
    let (who, rate_limit) = tokio::join!(
        app.context.auth.authenticate_optional(&headers),
        visitor.rate_limit(&app.context.store, now, limit, by_guest)
    );
    rate_limit?;
    let who = who?;
    let guest = guest_cart(&headers)?;
    let buyer = buyer(&wish, who.as_ref())?;
    let owner = match buyer.user_id {
        Some(id) => id.to_string(),
        None => format!("guest-{}", buyer.email),
    };
    let request = key.for_request(&owner, "orders", fingerprint);
    let (known, source, book) = tokio::join!(
        request.find_record(&app.context.store, now),
        app.source(&wish, who.as_ref(), guest.as_ref()),
        app.book(&wish, who.as_ref())
    );
    if let Some(known) = known? {
        return app.replay(&known).await;
    }
    let outcome = match (source, book) {
        (Ok(source), Ok(book)) => app.commit((wish, source, book), buyer, &request).await,
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    let problem = match outcome {
        Ok(Some(placed)) => {
            let answer = app.answer((placed.order, placed.purchase)).await?;
            return Ok(answer.into_response());
        }
        Ok(None) => IdempotentRequest::in_flight(),
        Err(problem) => problem,
    };
    // What stands in the way may be this very request, sent twice and carried out meanwhile: its cart is an order now.
    match request.find_record(&app.context.store, now).await? {
        Some(known) => app.replay(&known).await,
        None => Err(problem),
    }
}

fn buyer(wish: &Wish, who: Option<&SignedIn>) -> Result<Buyer, Problem> {
    match (who, &wish.email) {
        (Some(me), _) => Ok(Buyer { user_id: Some(me.user.id), email: me.user.email.clone() }),
        (None, Some(email)) => Ok(Buyer { user_id: None, email: email.clone() }),
        (None, None) => Err(Problem::field("email", "is required of guests")),
    }
}

/// Where the wanted things come from.
#[derive(Debug, Clone)]
enum Source {
    /// With the carts that it was made of, as they were read.
    Cart(Cart, Vec<Cart>),
    One(RequestedItem),
}

impl Source {
    fn wants(&self) -> Vec<RequestedItem> {
        match self {
            Self::One(want) => vec![want.clone()],
            Self::Cart(cart, _) => cart.lines.iter().map(RequestedItem::from).collect(),
        }
    }

    fn coupon(&self) -> Option<CouponCode> {
        match self {
            Self::Cart(cart, _) => cart.coupon.clone(),
            Self::One(_) => None,
        }
    }

    fn carts(&self) -> &[Cart] {
        match self {
            Self::Cart(_, read) => read,
            Self::One(_) => &[],
        }
    }
}

impl App {
    async fn source(&self, wish: &Wish, who: Option<&SignedIn>, guest: Option<&CartOwner>) -> Result<Source, Problem> {
        if let Some((resolve_item, quantity)) = &wish.item {
            let picked = self.checkout.orders.resolve_item(resolve_item, *quantity).await;
            return Ok(Source::One(picked?));
        }
        let (mine, store) = (who.map(|me| CartOwner::User(me.user.id)), &self.context.store);
        let read = match (&mine, guest) {
            (Some(mine), Some(guest)) => store.two_carts([mine, guest]).await?,
            (Some(owner), None) | (None, Some(owner)) => [store.cart(owner).await?, None],
            (None, None) => [None, None],
        };
        let read: Vec<Cart> = read.into_iter().flatten().collect();
        let now = self.context.clock.now();
        let counting = read.iter().map(|cart| cart.clone().cleared_if_expired(now));
        let cart = counting.reduce(|mine, guests| mine.merged(&guests));
        let cart = cart.filter(|cart| !cart.lines.is_empty());
        Ok(Source::Cart(cart.ok_or_else(empty)?, read))
    }

    async fn book(&self, wish: &Wish, who: Option<&SignedIn>) -> Result<AddressBook, Problem> {
        match who.filter(|_| wish.needs_book()) {
            Some(me) => Ok(self.context.store.address_book(me.user.id).await?),
            None => Ok(AddressBook::default()),
        }
    }

    /// Decides on what there is and commits; again if others bought of it meanwhile. `None`: the same request did it.
    async fn commit(
        &self,
        (wish, source, book): (Wish, Source, AddressBook),
        buyer: Buyer,
        request: &IdempotentRequest,
    ) -> Result<Option<Placed>, Problem> {
        let customer = CustomerKey::of(&buyer.email);
        let coupon = wish.coupon.or_else(|| source.coupon());
        let now = self.context.clock.now();
        let placing = Placing {
            id: self.context.ids.order(now),
            buyer,
            method: wish.method,
            shipping: wish.shipping.find(&book)?,
            billing: wish.billing.map(|place| place.find(&book)).transpose()?,
            note: wish.note,
            expected_total: wish.expected_total,
            hold: self.checkout.config.hold,
            payment_window: self.checkout.config.payment_window,
        };
        let wants = source.wants();
        for _ in 0..TRIES {
            let coupon = coupon.as_ref().map(|code| (code, &customer));
            let goods = self.checkout.orders.goods(&wants, coupon, now).await?;
            if coupon.is_some() && goods.coupon.is_none() {
                let message = "There is no such coupon.";
                return Err(Problem::conflict("coupon_not_found", message));
            }
            let basket = goods.basket(&wants, &self.checkout.config.rates);
            let basket = basket.map_err(|variant| unavailable(&variant.to_string()))?;
            let placed = basket.place(placing.clone(), now).map_err(refused)?;
            let idempotency_record = request.record_created(placed.order.id, now);
            let outcome = (self.checkout.orders)
                .place(&placed, &levels(&basket), goods.coupon.as_ref(), (source.carts(), Some(idempotency_record)))
                .await;
            match outcome {
                Ok(()) => return Ok(Some(placed)),
                Err(Undone::Repeated) => return Ok(None),
                Err(Undone::Refused(OrderConflict::Cart)) => {
                    let message = "The cart changed while it was being ordered. Look at it and order again.";
                    return Err(Problem::conflict("cart_changed", message));
                }
                Err(Undone::Refused(_)) => {}
                Err(Undone::Store(error)) => return Err(error.into()),
                Err(other) => return Err(Problem::internal(format!("{other:?}"))),
            }
        }
        Err(Problem::busy("the order was overtaken at every try"))
    }

    /// The order with what its buyer goes on with.
    pub(crate) async fn answer(&self, (order, purchase): (Order, Purchase)) -> Result<Answer<OrderBody>, Problem> {
        let token = match order.user_id {
            Some(_) => None,
            None => {
                let key = self.checkout.visible.links.key(self.context.clock.now());
                Some(key.await?.order(order.id))
            }
        };
        let method = order.payment.method;
        let (order, payment) = if order.is_waiting() {
            self.checkout.paying((order, purchase.clone()), method).await
        } else {
            let payment = PaymentBody::of(&order);
            (order, payment)
        };
        let mut body = OrderBody::of(&order, &purchase, &self.images_url);
        (body.token, body.payment) = (token, payment);
        Ok(Answer::created("Placed.", body))
    }

    /// The order that the request made, as it is now.
    async fn replay(&self, known: &IdempotencyRecord) -> Result<Response, Problem> {
        let id = OrderId::parse(&known.answer).map_err(Problem::internal)?;
        let found = self.context.store.order_and_purchase(id).await?;
        let answer = self.answer(found.ok_or_else(OrderAccess::missing)?).await?;
        let [(name, value)]: [(_, HeaderValue); 1] = REPLAYED;
        Ok(answer.with_header(name, value).into_response())
    }
}

fn levels(basket: &Basket<'_>) -> Vec<StockLevel> {
    basket.lines.iter().map(|line| line.level.clone()).collect()
}

fn empty() -> Problem {
    Problem::conflict("cart_empty", "There is nothing in the cart.")
}

fn unavailable(variant: &str) -> Problem {
    let mut problem = Problem::conflict("product_unavailable", "Something in the cart is not sold any more.");
    problem.details = vec![Detail { field: format!("items.{variant}"), message: "is not sold any more".to_owned() }];
    problem
}

fn refused(refusal: PlaceRefusal) -> Problem {
    let message = format!("Sorry, {refusal}.");
    match refusal {
        PlaceRefusal::Empty => empty(),
        PlaceRefusal::NotEnough { sku, .. } => {
            let mut problem = Problem::conflict("not_enough_stock", message.clone());
            problem.details = vec![Detail { field: format!("items.{sku}"), message }];
            problem
        }
        PlaceRefusal::PriceChanged(_) => Problem::conflict("price_changed", message),
        PlaceRefusal::TotalChanged { .. } => Problem::conflict("total_changed", message),
        PlaceRefusal::TooSmall => Problem::conflict("order_too_small", message),
        PlaceRefusal::Pricing(PricingRefusal::TooLarge) => Problem::conflict("order_too_large", message),
        PlaceRefusal::Pricing(PricingRefusal::NotShippedTo(_)) => {
            Problem::field("shippingAddress.country", "is not a country that we ship to")
        }
        PlaceRefusal::Pricing(PricingRefusal::Coupon(refusal)) => Problem::conflict(refusal.code(), message),
    }
}
