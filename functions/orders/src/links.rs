//! A guest's access to an order: the exchange that the payment provider's page comes back with, and a new link by mail.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::coupon::CustomerKey;
use domain::email::Email;
use domain::event::Event;
use domain::id::OrderId;
use domain::rate::Limit;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use kit::runtime::links::ORDER_TOKEN_KEPT;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;

const EXCHANGES: Limit = Limit::new("order-token", 30, Duration::from_mins(15));
const LINKS_BY_NETWORK: Limit = Limit::new("order-link", 20, Duration::from_mins(15));
/// For one mailbox from one network, so that nobody uses up the requests of the mailbox's owner.
const LINKS_BY_MAILBOX: Limit = Limit::new("order-link-mailbox", 5, Duration::from_hours(1));
/// More mails than these are not sent. The links of the earlier ones are still valid. A request whose count was lost and
/// tried again counts three times, and its repetition must still bring a mail.
const MAILS_BY_ORDER: Limit = Limit::new("order-link-mails", 6, Duration::from_hours(1));

/// A buyer who pays at the last moment comes back after the payment window.
const WAY_BACK: Duration = Duration::from_hours(1);
/// A client that lost the answer may repeat its request for so long.
const REPEATABLE: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderExchangeInput {
    /// `exchange` in the address that the payment page leads back to.
    exchange: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderTokenBody {
    /// Send it as `Order-Token`.
    token: String,
    expires_at: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderLinkInput {
    /// The address that the order was placed with.
    email: String,
}

/// Exchanges a payment page's return for an order token.
///
/// It works once; a repetition within ten seconds gets a token too.
#[utoipa::path(post, path = "/api/v1/orders/{id}/token", request_body = OrderExchangeInput, params(("id" = String, Path)), responses(
    (status = 200, description = "The token, which opens the order for 30 days.", body = Envelope<OrderTokenBody>),
    (status = 400, description = "`link_invalid`: it was already used, has expired, or was never valid."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn exchange(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Body(body): Body<OrderExchangeInput>,
) -> Result<Answer<OrderTokenBody>, Problem> {
    let (store, now) = (&app.context.store, app.context.clock.now());
    visitor.rate_limit(store, now, EXCHANGES, None).await?;
    let key = app.checkout.access.links.key(now).await?;
    let id = OrderId::parse(&id).ok().filter(|&id| key.is_order_exchange(id, &body.exchange)).ok_or_else(invalid)?;
    let order = store.order(id).await?.ok_or_else(invalid)?;
    let ends = order.pay_by.map(|by| by + WAY_BACK).filter(|&ends| now < ends).ok_or_else(invalid)?;
    if now.since(store.use_exchange(id, ends, now).await?) > REPEATABLE {
        return Err(invalid());
    }
    let body = OrderTokenBody { token: key.order(id, now), expires_at: (now + ORDER_TOKEN_KEPT).to_string() };
    Ok(Answer::ok("The token of the order.", body))
}

fn invalid() -> Problem {
    Problem::bad_request("link_invalid", "This link was already used, has expired, or was never valid.")
}

/// Mails a guest a new link to their order.
///
/// The answer is always the same. A mail is sent if a guest placed the order with this address.
#[utoipa::path(post, path = "/api/v1/orders/{id}/link", request_body = OrderLinkInput, params(("id" = String, Path)), responses(
    (status = 202, description = "The mail will be sent, if this is the address of the order.", body = Envelope<Nothing>),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn mail_link(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Body(body): Body<OrderLinkInput>,
) -> Result<Answer<Nothing>, Problem> {
    let email = Email::parse(&body.email).map_err(|error| Problem::field("email", error.to_string()))?;
    let (store, now, mailbox) = (&app.context.store, app.context.clock.now(), CustomerKey::of(&email));
    let counters = [visitor.by_network(LINKS_BY_NETWORK), visitor.by_account_here(LINKS_BY_MAILBOX, mailbox.as_str())];
    visitor.count(store, now, &counters).await?;
    if let Ok(id) = OrderId::parse(&id) {
        let client = id.to_string();
        let (order, mails) = tokio::join!(store.order(id), store.count_request(MAILS_BY_ORDER, &client, now));
        let (order, mails) = (order?, mails?);
        let is_owner =
            order.is_some_and(|order| order.placed_by().is_none() && CustomerKey::of(&order.email) == mailbox);
        let order_id = (is_owner && !mails.exceeded).then_some(id);
        store.write_event(&app.context.ids.outbox_event(Event::OrderLinkRequested { order_id }, now)).await?;
    }
    let message = "If this is the address of the order, we are sending you a mail.";
    Ok(Answer::new(StatusCode::ACCEPTED, message, Nothing))
}
