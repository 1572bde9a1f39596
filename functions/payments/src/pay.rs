//! Opens the payment of an order, or opens it again after a failure.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::OrderAccess;
use checkout::wire::{PaymentBody, open_problem};
use domain::access::Permission::{OrdersReadAll, OrdersWrite};
use domain::id::{OrderId, PaymentId};
use domain::order::{Actor, Method};
use domain::rate::Limit;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;

const BY_IP: Limit = Limit::new("payments", 60, Duration::from_mins(1));

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OpenPaymentInput {
    #[schema(example = "ord_01M7W6C3804Q9PV3Y1B8S4HJET")]
    order_id: String,
}

/// Opens an order's payment on the shop's own page.
///
/// Give its `clientSecret` to Stripe Elements. As long as a payment intent can be paid, every answer has the same one.
/// After a failure that ended it, the answer has a new one, and released stock is reserved again.
#[utoipa::path(post, path = "/api/v1/payments/create-intent", request_body = OpenPaymentInput,
    params(("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The payment, with its `clientSecret`.", body = Envelope<PaymentBody>),
        (status = 404, description = "`order_not_found`."),
        (status = 409, description = "`order_not_payable`, `payment_in_progress`, `not_enough_stock`, `payment_method_not_accepted`, `too_many_unpaid_orders`, `stock_share_exceeded` or `payment_refused`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn create_intent(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<OpenPaymentInput>,
) -> Result<Answer<PaymentBody>, Problem> {
    app.open(&visitor, &headers, &body, Method::PaymentIntent).await
}

/// Opens an order's payment on Stripe's page.
///
/// It replaces an open payment on the shop's own page.
#[utoipa::path(post, path = "/api/v1/payments/checkout-session", request_body = OpenPaymentInput,
    params(("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The payment, with the `checkoutUrl` to send the buyer to.", body = Envelope<PaymentBody>),
        (status = 404, description = "`order_not_found`."),
        (status = 409, description = "`order_not_payable`, `payment_in_progress`, `not_enough_stock`, `payment_method_not_accepted`, `too_many_unpaid_orders`, `stock_share_exceeded` or `payment_refused`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn checkout_session(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<OpenPaymentInput>,
) -> Result<Answer<PaymentBody>, Problem> {
    app.open(&visitor, &headers, &body, Method::CheckoutSession).await
}

/// Gets a payment.
///
/// The buyer of the order and staff may see it.
#[utoipa::path(get, path = "/api/v1/payments/{id}", params(("id" = String, Path), ("Order-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The payment.", body = Envelope<PaymentBody>),
    (status = 404, description = "`payment_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<PaymentBody>, Problem> {
    let id = order_of(&id)?;
    let order = app.context.store.order(id).await?.ok_or_else(missing)?;
    let actor = app.checkout.access.actor(&headers, &order, OrdersReadAll, app.context.clock.now()).await?;
    let actor = actor.ok_or_else(missing)?;
    if let Actor::Staff(staff) = actor {
        app.context.trail.read(staff, "payment.read", id, None).await;
    }
    Ok(Answer::ok("The payment.", PaymentBody::of(&order).seen_by(actor, &order)))
}

/// The order that a payment belongs to.
pub(crate) fn order_of(id: &str) -> Result<OrderId, Problem> {
    let id = PaymentId::parse(id).map_err(|_| missing())?;
    Ok(OrderId::from_bytes(id.to_bytes()))
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("payment_not_found", "There is no such payment.")
}

impl App {
    async fn open(
        &self,
        visitor: &Visitor,
        headers: &HeaderMap,
        body: &OpenPaymentInput,
        method: Method,
    ) -> Result<Answer<PaymentBody>, Problem> {
        let id = OrderId::parse(&body.order_id).map_err(|error| Problem::field("orderId", error.to_string()))?;
        let (store, now) = (&self.context.store, self.context.clock.now());
        let (rate_limit, found) =
            tokio::join!(visitor.rate_limit(store, now, BY_IP, None), store.order_and_purchase(id));
        rate_limit?;
        let found = found?.ok_or_else(OrderAccess::missing)?;
        let actor = self.checkout.access.actor(headers, &found.order, OrdersWrite, now).await?;
        actor.ok_or_else(OrderAccess::missing)?;
        let payable = Box::pin(self.checkout.open_payment(found, method, visitor)).await.map_err(open_problem)?;
        let body = PaymentBody::of(&payable.order).with_attempt(&payable.attempt);
        Ok(Answer::ok("The payment is open.", body))
    }
}
