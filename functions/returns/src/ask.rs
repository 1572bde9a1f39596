//! Buyers ask for a return, or keep the goods after all.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use checkout::change_problem;
use checkout::return_body::ReturnBody;
use domain::id::{OrderId, ReturnId};
use domain::rate::Limit;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Fingerprinted;
use kit::http::idempotency::{IdempotencyKey, Once, REPLAYED};
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use store::audit::AuditChange;
use store::orders::SideEffects;

use crate::App;
use crate::change::{answer, missing, refused};
use crate::input::{AskedReturn, ReturnInput};

/// Returns that are asked for from one network.
const REQUESTS: Limit = Limit::new("return", 60, Duration::from_hours(1));

/// Asks to send goods back.
///
/// Guests send the `Order-Token`. `GET /orders/{id}/returns` says what can be sent back, and until when. A return waits for
/// staff; a withdrawal is approved at once. What staff ask for in the name of the buyer is approved at once, at any time.
/// With `exchangeFor` the buyer gets another variant of the same product for an item, if it costs the same. It is reserved
/// when the return is approved.
#[utoipa::path(post, path = "/api/v1/orders/{id}/returns", request_body = ReturnInput,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 201, description = "The return.", body = Envelope<ReturnBody>),
        (status = 404, description = "`order_not_found`."),
        (status = 409, description = "`order_not_returnable`: it was not paid and sent, or is refunded. `return_not_offered`: the shop does not offer it. `return_period_over`. `too_many_returns`. `exchange_price_differs`: the other variant has another price now than the item had. `too_many_exchanges`. `not_enough_stock`: of what staff want in exchange."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    key: IdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<ReturnInput>,
) -> Result<Response, Problem> {
    let (context, now) = (&app.context, app.context.clock.now());
    let AskedReturn { request: asked, exchanges } = body.parse(context.ids.goods_return(now))?;
    visitor.rate_limit(&context.store, now, REQUESTS, None).await?;
    let (found, actor) = app.order(&headers, &id).await?;
    let (order, id) = (found.order.id, asked.id);
    let request = key.for_request(&order.to_string(), "returns", fingerprint);
    let change = AuditChange { before: None, after: Some(asked.kind.name().to_owned()) };
    let side_effects = SideEffects {
        idempotency_record: Some(request.record_created(asked.id, now)),
        audit: app.audit(actor, "return.create", asked.id, change),
        ..SideEffects::NONE
    };
    let changed = async {
        let asked = app.choose(&found, asked, &exchanges).await?;
        let changed = app.checkout.orders.change_read(found, &side_effects, |order, purchase, now| {
            order.return_requested(purchase, &asked, &app.rules, actor, now).map(Some)
        });
        changed.await.map_err(|error| change_problem(error, missing, refused))
    };
    match Box::pin(request.once(&context.store, now, changed)).await? {
        Once::Now(_) => Ok(app.created(order, id).await?.into_response()),
        Once::Before(known) => app.replay(order, &known.answer).await,
    }
}

/// Keeps the goods after all.
///
/// Possible until they have arrived at the shop. Repeating the request changes nothing.
#[utoipa::path(post, path = "/api/v1/orders/{id}/returns/{return}/cancel",
    params(("id" = String, Path), ("return" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The return.", body = Envelope<ReturnBody>),
        (status = 404, description = "`return_not_found`."),
        (status = 409, description = "`return_status_conflict`: it is too late."),
    )
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    headers: HeaderMap,
    Path((order, id)): Path<(String, String)>,
) -> Result<Answer<ReturnBody>, Problem> {
    let (read, actor) = Box::pin(app.of_buyer(&headers, &order, &id)).await?;
    let side_effects = app.audited(actor, "return.cancel", &read, "cancelled".to_owned());
    let cancelled = app.change(read, &side_effects, |read, now| {
        read.found.order.return_cancelled(&read.asked, actor, now).map_err(refused)
    });
    Ok(answer("Return cancelled.", &cancelled.await?))
}

impl App {
    /// The return as it is now.
    async fn created(&self, order: OrderId, id: ReturnId) -> Result<Answer<ReturnBody>, Problem> {
        let asked = self.context.store.order_return(order, id).await?.ok_or_else(missing)?;
        Ok(Answer::created("The return.", ReturnBody::of(&asked)))
    }

    async fn replay(&self, order: OrderId, id: &str) -> Result<Response, Problem> {
        let id = ReturnId::parse(id).map_err(Problem::internal)?;
        Ok((REPLAYED, self.created(order, id).await?).into_response())
    }
}
