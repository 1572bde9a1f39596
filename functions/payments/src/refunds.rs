//! Money back: all of it, some of it, or what some lines were paid with.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use checkout::wire::RefundBody;
use checkout::{Beside, Undone};
use domain::id::{OrderId, RefundId, VariantId};
use domain::order::{RefundAsk, RefundRefusal};
use domain::text;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::{Fields, Fingerprinted, Object};
use kit::http::idempotency::{IdempotencyKey, IdempotentRequest, REPLAYED};
use kit::http::money::MoneyInput;
use kit::http::problem::Problem;
use serde::Deserialize;
use store::audit::AuditChange;
use utoipa::ToSchema;

use crate::App;
use crate::pay::{missing, order_of};

/// With neither `amount` nor `items`, all that is left goes back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundInput {
    /// What the items were paid with, if it is not given.
    #[schema(value_type = Option<MoneyInput>)]
    amount: Option<Object<MoneyInput>>,
    /// What came back.
    #[schema(value_type = Option<Vec<ReturnInput>>)]
    items: Option<Vec<Object<ReturnInput>>>,
    /// Whether what came back can be sold again.
    #[serde(default)]
    restock: bool,
    #[schema(example = "Arrived broken")]
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnInput {
    /// The order's line: its variant.
    id: String,
    quantity: u32,
}

#[derive(Debug, Clone)]
struct Ask {
    money: Option<MoneyInput>,
    lines: Vec<(VariantId, u32)>,
    restock: bool,
    reason: String,
}

/// Gives money back, never more than was paid. It is written down before the provider is asked, so it is neither lost
/// nor made twice: `pending` means that the provider is yet to answer. With the same Idempotency-Key it is the same
/// refund.
#[utoipa::path(post, path = "/api/v1/payments/{id}/refunds", request_body = RefundInput,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "The refund.", body = Envelope<RefundBody>),
        (status = 404, description = "`payment_not_found`."),
        (status = 409, description = "`not_paid`, `payment_disputed`, `refunds_under_way`."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
    )
)]
pub(crate) async fn refund(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
    key: IdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<RefundInput>,
) -> Result<Response, Problem> {
    let order_id = order_of(&id)?;
    let ask = body.parse()?;
    let now = app.context.clock.now();
    let request = key.for_request(&staff.user.id.to_string(), &format!("refunds-{order_id}"), fingerprint);
    if let Some(known) = request.find_record(&app.context.store, now).await? {
        return app.replay(order_id, &known.answer).await;
    }
    let refund_id = app.context.ids.refund(now);
    let audited = AuditChange { before: None, after: Some(ask.reason.clone()) };
    let side_effects = Beside {
        idempotency_record: Some(request.record_created(refund_id, now)),
        audit: Some(app.context.audit_entry(staff.user.id, "order.refund", order_id, audited, now)),
        ..Beside::NOTHING
    };
    let orders = &app.checkout.orders;
    let refunded = orders.change(order_id, &side_effects, |order, purchase, now| {
        let currency = order.totals.currency;
        if ask.money.as_ref().is_some_and(|money| money.currency != currency) {
            return Err(Refused::Currency(currency.as_str().to_owned()));
        }
        let ask = RefundAsk {
            id: refund_id,
            amount: ask.money.as_ref().map(|money| money.amount),
            lines: ask.lines.clone(),
            restock: ask.restock,
            reason: ask.reason.clone(),
            by: staff.user.id,
        };
        let transition = order.refund(purchase, ask, now);
        transition.map(Some).map_err(Refused::Rule)
    });
    let problem = match refunded.await {
        Ok((order, _)) => {
            app.checkout.settle(&order).await;
            return Ok(app.answer(order_id, refund_id).await?.into_response());
        }
        Err(Undone::Repeated) => IdempotentRequest::in_flight(),
        Err(Undone::Missing) => missing(),
        Err(Undone::Refused(refusal)) => refusal.into(),
        Err(Undone::Store(error)) => error.into(),
        Err(other @ (Undone::NotEnough { .. } | Undone::Seen)) => Problem::internal(format!("{other:?}")),
    };
    // What stands in the way may be this very refund, asked for twice and made meanwhile.
    match request.find_record(&app.context.store, now).await? {
        Some(known) => app.replay(order_id, &known.answer).await,
        None => Err(problem),
    }
}

#[derive(Debug)]
enum Refused {
    Currency(String),
    Rule(RefundRefusal),
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let refusal = match refused {
            Refused::Currency(currency) => {
                return Self::field("amount", format!("must be in {currency}, as the order is"));
            }
            Refused::Rule(refusal) => refusal,
        };
        let message = refusal.to_string();
        let sorry = format!("Sorry, {message}.");
        match refusal {
            RefundRefusal::NotPaid => Self::conflict("not_paid", sorry),
            RefundRefusal::Disputed => Self::conflict("payment_disputed", sorry),
            RefundRefusal::Busy => Self::conflict("refunds_under_way", sorry),
            RefundRefusal::TooMuch { .. } | RefundRefusal::Nothing => Self::field("amount", message),
            RefundRefusal::UnknownLine(variant) | RefundRefusal::TooMany { variant, .. } => {
                Self::field(&format!("items.{variant}"), message)
            }
        }
    }
}

impl RefundInput {
    fn parse(self) -> Result<Ask, Problem> {
        let mut fields = Fields::default();
        let mut lines: Vec<(VariantId, u32)> = Vec::new();
        for (at, Object(line)) in self.items.unwrap_or_default().into_iter().enumerate() {
            let path = format!("items[{at}].id");
            let id = fields.check(&path, VariantId::parse(&line.id));
            if let Some(id) = id {
                if lines.iter().any(|(known, _)| *known == id) {
                    fields.refuse(&path, &"stands here twice");
                }
                lines.push((id, line.quantity));
            }
        }
        let reason = fields.check("reason", text::line(&self.reason, 200));
        let (lines, reason) = fields.finish((Some(lines), reason))?;
        Ok(Ask { money: self.amount.map(|Object(money)| money), lines, restock: self.restock, reason })
    }
}

impl App {
    /// The refund as it is now.
    async fn answer(&self, order: OrderId, refund: RefundId) -> Result<Answer<RefundBody>, Problem> {
        let store = &self.context.store;
        let (order, refund) = tokio::join!(store.order(order), store.refund(order, refund));
        match (order?, refund?) {
            (Some(order), Some(refund)) => Ok(Answer::created("Refunded.", RefundBody::of(&order, &refund))),
            _ => Err(missing()),
        }
    }

    async fn replay(&self, order: OrderId, refund: &str) -> Result<Response, Problem> {
        let refund = RefundId::parse(refund).map_err(Problem::internal)?;
        let answer = self.answer(order, refund).await?;
        Ok((REPLAYED, answer).into_response())
    }
}
