//! Placing an order: load, decide, commit, answer. The provider is called after the order is stored. If that fails, the
//! order is still placed, and the same request gets the same order.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use checkout::shipping_body::{method_not_offered, no_shipping_method};
use checkout::wire::{
    PaymentBody, cart_empty, hold_problem, item_problem, method_not_accepted, not_enough_stock, price_changed,
    units_problem,
};
use checkout::{COUPON_TRIES, GoodsTo, OrderAccess, OrderSource, guest_cart, holders};
use domain::address::AddressBook;
use domain::coupon::CustomerKey;
use domain::id::{OrderId, VariantId};
use domain::mail_language::MailLanguage;
use domain::order::{Actor, Buyer, OrderDetails, PlaceRefusal, PlacedOrder};
use domain::pricing::PricingRefusal;
use domain::rate::Limit;
use domain::stock::{StockLevel, StockShown};
use domain::user::User;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::Fingerprinted;
use kit::http::idempotency::{IdempotencyKey, IdempotentRequest, REPLAYED};
use kit::http::language::AcceptLanguage;
use kit::http::problem::{Detail, Problem};
use kit::http::visitor::{Counter, Visitor};
use order_processing::{HoldRequest, ItemError, PlaceError};
use store::idempotency::IdempotencyRecord;
use store::orders::OrderAndPurchase;
use store::retry::{Attempt, retry};
use store::unpaid::Holder;

use crate::App;
use crate::input::{OrderRequest, PlaceOrderInput};
use checkout::order_body::OrderBody;

const BY_IP: Limit = Limit::new("orders", 60, Duration::from_mins(1));

/// A guest can give any email address. So this limit protects the mailboxes of other people, and the stock. It counts
/// placed orders only: whoever sends orders that are refused must not keep the owner of a mailbox from ordering.
const BY_GUEST: Limit = Limit::new("orders-guest", 30, Duration::from_hours(1));

/// Places an order for the cart or for one item.
///
/// Stock is reserved until `heldUntil`. `payment` has what the buyer needs to pay. If `awaitsConfirmation` is true, the
/// buyer gets a mail and has to follow its link until then. The same Idempotency-Key always gets the same order. Mails
/// about it are in the language of the account, or the best of `Accept-Language` that the shop knows.
#[utoipa::path(post, path = "/api/v1/orders", request_body = PlaceOrderInput,
    params(("Idempotency-Key" = String, Header), ("Cart-Token" = Option<String>, Header, description = "A guest's cart."), ("Accept-Language" = Option<String>, Header)),
    responses(
        (status = 201, description = "The order. If `payment.problem` is set, its payment could not be opened yet.", body = Envelope<OrderBody>),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`cart_empty`, `cart_changed`, `not_enough_stock`, `product_unavailable`, `price_changed`, `total_changed`, `variant_required`, `cart_full`, `too_many_units`, `order_too_small`, `order_too_large`, `shipping_method_not_offered`, `no_shipping_method`, `payment_method_not_accepted`, `cash_limit_exceeded`, `email_not_verified`, `too_many_unpaid_orders`, `stock_share_exceeded`, `vat_number_invalid`, `vat_check_unavailable`, or a problem of the coupon: `coupon_not_found`, `coupon_inactive`, `coupon_not_yet_valid`, `coupon_expired`, `coupon_used_up`, `coupon_needs_verified_address`, `coupon_used_by_you`, `coupon_minimum_not_met` or `coupon_not_applicable`."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn place(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    AcceptLanguage(language): AcceptLanguage,
    key: IdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<PlaceOrderInput>,
) -> Result<Response, Problem> {
    let order_request = body.parse(app.checkout.config.rates.currency)?;
    let now = app.context.clock.now();
    let signed_in = app.context.auth.authenticate_optional(&headers).await?;
    let guest = guest_cart(&headers)?;
    let buyer = buyer(&order_request, signed_in.as_ref(), language)?;
    let owner = match buyer.user_id {
        Some(id) => id.to_string(),
        None => format!("guest-{}", buyer.email),
    };
    let request = key.for_request(&owner, "orders", fingerprint);
    let by_network = [visitor.by_network(if order_request.coupon.is_some() { COUPON_TRIES } else { BY_IP })];
    let by_guest = signed_in.is_none().then(|| Counter::of(BY_GUEST, CustomerKey::of(&buyer.email).as_str()));
    let store = &app.context.store;
    let (known, counted, source, address_book, account) = tokio::join!(
        request.find_record(store, now),
        visitor.count(store, now, &by_network),
        OrderSource::read(&app.checkout.orders, order_request.item.as_ref(), signed_in.as_ref(), guest.as_ref()),
        app.address_book(&order_request, signed_in.as_ref()),
        app.account_of(&buyer)
    );
    if let Some(known) = known? {
        visitor.uncount_repeat(store, now, &by_network).await;
        return app.replay(&known, &visitor).await;
    }
    counted?;
    let place = async {
        visitor.count(store, now, by_guest.as_slice()).await?;
        let holders = holders(buyer.user_id, &buyer.email, &visitor);
        let customer = Customer { buyer, holders, account: account? };
        app.commit(order_request, source?, &address_book?, customer, &visitor, &request).await
    };
    let placed = place.await;
    if let (Some(counter), true) = (&by_guest, is_without_order(&placed)) {
        let uncounted = store.uncount_request(counter.limit, &counter.client, now);
        if let Err(error) = uncounted.await {
            tracing::warn!(%error, "an order that was not placed stays counted");
        }
    }
    match placed {
        Ok(PlacedOrder { order, purchase, .. }) => {
            Ok(app.answer(OrderAndPurchase { order, purchase }, &visitor).await?.into_response())
        }
        // The same request may have been carried out at the same time: then its cart is an order now.
        Err(problem) => match request.find_record(store, now).await? {
            Some(known) => {
                visitor.uncount_repeat(store, now, &by_network).await;
                app.replay(&known, &visitor).await
            }
            None => Err(problem),
        },
    }
}

/// Whether it is certain that this request placed no order. After an error on our side it is not.
fn is_without_order(placed: &Result<PlacedOrder, Problem>) -> bool {
    placed.as_ref().is_err_and(|problem| !problem.status.is_server_error())
}

/// Who orders.
struct Customer {
    buyer: Buyer,
    /// Among whose unpaid orders this one counts.
    holders: [Holder; 2],
    /// The account that has the address of a guest.
    account: Option<User>,
}

/// `asked`: the language of the request. What an account has chosen comes first.
fn buyer(request: &OrderRequest, signed_in: Option<&SignedIn>, asked: Option<MailLanguage>) -> Result<Buyer, Problem> {
    match (signed_in, &request.email) {
        (Some(me), _) => Ok(Buyer {
            user_id: Some(me.user.id),
            email: me.user.email.clone(),
            language: me.user.language.or(asked),
            is_verified: me.user.email_verified,
        }),
        (None, Some(email)) => Ok(Buyer { user_id: None, email: email.clone(), language: asked, is_verified: false }),
        (None, None) => Err(Problem::field("email", "is required for guests")),
    }
}

impl App {
    async fn address_book(&self, request: &OrderRequest, signed_in: Option<&SignedIn>) -> Result<AddressBook, Problem> {
        match signed_in.filter(|_| request.needs_address_book()) {
            Some(me) => Ok(self.context.store.address_book(me.user.id).await?),
            None => Ok(AddressBook::default()),
        }
    }

    /// The account that has the address of a guest. If it has proven it, the guest's order is in the account at once.
    async fn account_of(&self, buyer: &Buyer) -> Result<Option<User>, Problem> {
        let store = &self.context.store;
        match buyer.user_id {
            Some(_) => Ok(None),
            None => match store.user_id_of(&buyer.email).await? {
                Some(id) => Ok(store.user(id).await?),
                None => Ok(None),
            },
        }
    }

    /// Decides on the current items and commits. If other orders took stock in between, it decides again.
    async fn commit(
        &self,
        order_request: OrderRequest,
        source: OrderSource,
        address_book: &AddressBook,
        customer: Customer,
        visitor: &Visitor,
        request: &IdempotentRequest,
    ) -> Result<PlacedOrder, Problem> {
        let (orders, config) = (&self.checkout.orders, &self.checkout.config);
        let Customer { buyer, holders, account } = customer;
        if !config.methods.accept(order_request.method) {
            return Err(method_not_accepted());
        }
        let customer = buyer.is_verified.then(|| CustomerKey::of(&buyer.email));
        let code = order_request.coupon.or_else(|| source.coupon());
        let coupon = code.as_ref().map(|code| (code, customer.as_ref()));
        let now = self.context.clock.now();
        let shipping = order_request.shipping.resolve(address_book)?;
        let to = GoodsTo { country: shipping.country, postal_code: Some(&shipping.postal_code) };
        let vat = self.checkout.vat.of_buyer(&self.context.store, visitor, order_request.vat_number, to, now).await?;
        let details = OrderDetails {
            id: self.context.ids.order(now),
            buyer,
            method: order_request.method,
            shipping,
            shipping_method: order_request.shipping_method,
            billing: order_request.billing.map(|choice| choice.resolve(address_book)).transpose()?,
            note: order_request.note,
            vat,
            expected_total: order_request.expected_total,
            terms: config.terms,
            cash: config.cash,
            units: config.limits.units,
        };
        let requested = source.requested();
        let attempt = || async {
            let lists = orders.store.unpaid_orders(holders.clone());
            let (current, lists, methods) = tokio::join!(
                Box::pin(orders.current_items(&requested, coupon, now)),
                lists,
                Box::pin(orders.shipping_methods(&config.rates))
            );
            let (current, methods) = (current?, methods?);
            if coupon.is_some() && current.coupon.is_none() {
                return Err(Problem::conflict("coupon_not_found", "There is no such coupon."));
            }
            let draft =
                current.draft(&requested, &methods, &config.rates).map_err(|variant| not_sold(&source, variant))?;
            let placed = draft.place(details.clone(), now);
            let placed = placed.map_err(|refusal| refused(refusal, config.stock_shown))?.in_account(account.as_ref());
            let levels: Vec<StockLevel> = draft.lines.iter().map(|line| line.level.clone()).collect();
            let unpaid = match &placed.unpaid {
                Some(order) => {
                    let (id, limits) = (placed.order.id, &config.limits);
                    let hold = HoldRequest { id, order, levels: &levels, limits, now };
                    Box::pin(orders.hold(lists?, hold)).await.map_err(hold_problem)?
                }
                None => Vec::new(),
            };
            let record = request.record_created(placed.order.id, now);
            match orders.place(&placed, &levels, current.coupon.as_ref(), source.carts(), record, unpaid).await {
                Ok(Attempt::Done(())) => Ok(Attempt::Done(placed)),
                Ok(Attempt::Overtaken) => Ok(Attempt::Overtaken),
                Err(error) => Err(place_problem(error)),
            }
        };
        retry("the stock", attempt).await
    }

    /// The order with the payment that its buyer continues with.
    async fn answer(&self, found: OrderAndPurchase, visitor: &Visitor) -> Result<Answer<OrderBody>, Problem> {
        let token = match found.order.placed_by() {
            Some(_) => None,
            None => {
                let now = self.context.clock.now();
                Some(self.checkout.access.links.key(now).await?.order(found.order.id, now))
            }
        };
        let purchase = found.purchase.clone();
        let (order, payment) = if found.order.is_waiting() {
            Box::pin(self.checkout.with_payment(found, visitor)).await
        } else {
            let payment = PaymentBody::of(&found.order);
            (found.order, payment)
        };
        let reader = order.placed_by().map_or(Actor::Guest, Actor::User);
        let mut body = OrderBody::of(&order, &purchase, &self.images_url, reader);
        (body.token, body.payment) = (token, payment);
        Ok(Answer::created("Order placed.", body))
    }

    /// The order that the same request placed before, as it is now.
    async fn replay(&self, known: &IdempotencyRecord, visitor: &Visitor) -> Result<Response, Problem> {
        let id = OrderId::parse(&known.answer).map_err(Problem::internal)?;
        let found = self.context.store.order_and_purchase(id).await?;
        let answer = Box::pin(self.answer(found.ok_or_else(OrderAccess::missing)?, visitor)).await?;
        let [(name, value)]: [(_, HeaderValue); 1] = REPLAYED;
        Ok(answer.with_header(name, value).into_response())
    }
}

/// Nobody learns by ordering an item whether it exists without being on sale.
fn not_sold(source: &OrderSource, variant: VariantId) -> Problem {
    match source {
        OrderSource::Cart { .. } => unavailable(&variant.to_string()),
        OrderSource::Item(_) => item_problem(ItemError::Missing),
    }
}

fn unavailable(variant: &str) -> Problem {
    let mut problem = Problem::conflict("product_unavailable", "An item in the cart is not sold any more.");
    problem.details = vec![Detail { field: format!("items.{variant}"), message: "is not sold any more".to_owned() }];
    problem
}

fn place_problem(error: PlaceError) -> Problem {
    match error {
        PlaceError::CartChanged => {
            let message = "The cart changed while it was being ordered. Check it and order again.";
            Problem::conflict("cart_changed", message)
        }
        PlaceError::NotEnough(sku) => not_enough_stock(&sku, format!("items.{sku}"), None),
        PlaceError::AlreadyDone => IdempotentRequest::in_flight(),
        PlaceError::Store(error) => error.into(),
    }
}

fn refused(refusal: PlaceRefusal, stock_shown: StockShown) -> Problem {
    let message = format!("Sorry, {refusal}.");
    match refusal {
        PlaceRefusal::Empty => cart_empty(),
        PlaceRefusal::TooManyLines => Problem::conflict("cart_full", message),
        PlaceRefusal::TooManyUnits { sku, refusal } => {
            units_problem(&refusal, sku.map_or_else(|| "items".to_owned(), |sku| format!("items.{sku}")))
        }
        PlaceRefusal::NotEnough { sku, available } => {
            not_enough_stock(&sku, format!("items.{sku}"), stock_shown.of(available))
        }
        PlaceRefusal::PriceChanged(sku) => price_changed(&sku),
        PlaceRefusal::TotalChanged { .. } => Problem::conflict("total_changed", message),
        PlaceRefusal::TooSmall { .. } => Problem::conflict("order_too_small", message),
        PlaceRefusal::CashLimit { .. } => Problem::conflict("cash_limit_exceeded", message),
        PlaceRefusal::NotVerified => {
            let message = "Please confirm your mail address before you order cash on delivery.";
            Problem::conflict("email_not_verified", message)
        }
        PlaceRefusal::Pricing(PricingRefusal::TooLarge) => Problem::conflict("order_too_large", message),
        PlaceRefusal::Pricing(PricingRefusal::MethodNotOffered) => method_not_offered(),
        PlaceRefusal::Pricing(PricingRefusal::NoMethod) => no_shipping_method(),
        PlaceRefusal::Pricing(refusal @ PricingRefusal::NotShippedTo(_)) => {
            Problem::field("shippingAddress.country", refusal.to_string())
        }
        PlaceRefusal::Pricing(PricingRefusal::Coupon(refusal)) => Problem::conflict(refusal.code(), message),
    }
}
