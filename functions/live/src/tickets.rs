//! Gives tickets.

use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use checkout::{ORDER_TOKEN, OrderAccess};
use data_encoding::BASE64URL_NOPAD;
use domain::id::OrderId;
use domain::live::{SessionOf, TICKET_LASTS, Watcher};
use domain::rate::Limit;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::{Visitor, fingerprint};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;

const BY_NETWORK: Limit = Limit::new("live-ticket", 300, Duration::from_mins(1));
const BY_ACCOUNT: Limit = Limit::new("live-ticket-account", 60, Duration::from_mins(1));

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LiveTicketInput {
    /// An order that the connection may watch. Its token is sent as `Order-Token`.
    order_id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LiveTicketBody {
    /// Opens one connection.
    ticket: String,
    /// Where to connect to. Append `?ticket=` and the ticket.
    url: String,
    /// When the ticket ends: in 30 seconds.
    expires_at: String,
}

/// Gives a ticket for live updates.
///
/// A ticket opens one WebSocket connection, within 30 seconds. The connection may watch what its client may see: products;
/// with a sign-in the own orders, and as staff what the permissions show; with an `Order-Token` its order.
#[utoipa::path(post, path = "/api/v1/live/tickets", request_body = Option<LiveTicketInput>, params(("Order-Token" = Option<String>, Header)), responses(
    (status = 201, description = "The ticket.", body = Envelope<LiveTicketBody>),
    (status = 404, description = "`order_not_found`: there is no such order, or the `Order-Token` is not its token."),
    (status = 409, description = "`too_many_connections`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Option<Body<LiveTicketInput>>,
) -> Result<Answer<LiveTicketBody>, Problem> {
    let (store, now) = (&app.context.store, app.context.clock.now());
    let me = app.context.auth.authenticate_optional(&headers).await?;
    let session = me.map(|me| SessionOf { user_id: me.user.id, session_id: me.session.id });
    let account = session.map(|session| session.user_id.to_string());
    let by_account = account.as_deref().map(|account| (BY_ACCOUNT, account));
    visitor.rate_limit(store, now, BY_NETWORK, by_account).await?;
    let order_id = match body.and_then(|Body(body)| body.order_id) {
        Some(id) => Some(app.opened_order(&headers, &id).await?),
        None => None,
    };
    let watcher = Watcher { session, order_id, network: visitor.network() };
    let most = watcher.max_connections();
    if store.connections_of(&watcher.holder(), most, now).await?.len() >= most {
        let message = "There are too many open connections. Close one first.";
        return Err(Problem::conflict("too_many_connections", message));
    }
    let ticket = BASE64URL_NOPAD.encode(&app.context.ids.bytes::<32>());
    let until = now + TICKET_LASTS;
    store.give_ticket(&fingerprint(&ticket), &watcher, until).await?;
    let body = LiveTicketBody { ticket, url: app.live_url.to_string(), expires_at: until.to_string() };
    Ok(Answer::created("A ticket for live updates.", body))
}

impl App {
    /// The order, if the request has its token.
    async fn opened_order(&self, headers: &HeaderMap, id: &str) -> Result<OrderId, Problem> {
        let (id, now) = (OrderId::parse(id).map_err(|_| OrderAccess::missing())?, self.context.clock.now());
        let token = headers.get(ORDER_TOKEN).and_then(|value| value.to_str().ok()).ok_or_else(OrderAccess::missing)?;
        let key = self.links.key(now).await?;
        if key.opens_order(id, token, now) { Ok(id) } else { Err(OrderAccess::missing()) }
    }
}
