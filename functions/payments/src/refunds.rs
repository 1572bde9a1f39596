//! Refunds: everything, an amount, or what was paid for some lines.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use checkout::wire::RefundBody;
use domain::id::{OrderId, RefundId, VariantId};
use domain::money::Currency;
use domain::order::{MAX_REASON, RefundRefusal, RefundRequest};
use domain::text;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Fields, Fingerprinted, Object};
use kit::http::idempotency::{IdempotencyKey, IdempotentRequest, REPLAYED};
use kit::http::money::MoneyInput;
use kit::http::problem::Problem;
use order_processing::ChangeError;
use serde::Deserialize;
use store::audit::AuditChange;
use store::orders::SideEffects;
use utoipa::ToSchema;

use crate::App;
use crate::pay::{missing, order_of};

/// Without `amount` and `items`, everything that is not refunded yet is refunded. If all of the money of an order that
/// was not sent is refunded, all of its items can be sold again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefundInput {
    /// Default: what was paid for the items. 0: only the items come back, without money.
    #[schema(value_type = Option<MoneyInput>)]
    amount: Option<Object<MoneyInput>>,
    /// The returned items.
    #[schema(value_type = Option<Vec<ReturnedItemInput>>)]
    items: Option<Vec<Object<ReturnedItemInput>>>,
    /// Whether the returned items can be sold again.
    #[serde(default)]
    restock: bool,
    /// The shop gave the money back in another way, such as a bank transfer. Stripe is not asked.
    #[serde(default)]
    paid_otherwise: bool,
    #[schema(example = "Arrived broken")]
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnedItemInput {
    /// The variant of the order's line.
    id: String,
    quantity: u32,
}

#[derive(Debug, Clone)]
struct ParsedRefund {
    money: Option<MoneyInput>,
    lines: Vec<(VariantId, u32)>,
    restock: bool,
    paid_otherwise: bool,
    reason: String,
}

/// Refunds money, at most what was paid.
///
/// The refund is stored before the provider is asked, so it is neither lost nor made twice. `pending` means that the
/// provider has not answered yet. The same Idempotency-Key gets the same refund.
#[utoipa::path(post, path = "/api/v1/payments/{id}/refunds", request_body = RefundInput,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "The refund.", body = Envelope<RefundBody>),
        (status = 403, description = "`fresh_proof_required`: so much money of this order is refunded that it needs `POST /auth/confirm` first. `user_required`: so much money is not refunded with an API key."),
        (status = 404, description = "`payment_not_found`."),
        (status = 409, description = "`not_paid`, `payment_disputed`, `refunds_under_way`."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
    )
)]
pub(crate) async fn refund(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    key: IdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<RefundInput>,
) -> Result<Response, Problem> {
    let order_id = order_of(&id)?;
    let refund = body.parse()?;
    let now = app.context.clock.now();
    let request = key.for_request(&staff.id().to_string(), &format!("refunds-{order_id}"), fingerprint);
    if let Some(known) = request.find_record(&app.context.store, now).await? {
        return app.replay(order_id, &known.answer).await;
    }
    let refund_id = app.context.ids.refund(now);
    let audited = AuditChange { before: None, after: Some(refund.reason.clone()) };
    let side_effects = SideEffects {
        idempotency_record: Some(request.record_created(refund_id, now)),
        audit: Some(app.context.audit_entry(staff.id(), "order.refund", order_id, audited, now)),
        ..SideEffects::NONE
    };
    let orders = &app.checkout.orders;
    let refunded = orders.change(order_id, &side_effects, |order, purchase, now| {
        let currency = order.totals.currency;
        if refund.money.as_ref().is_some_and(|money| money.currency != currency) {
            return Err(Refused::Currency(currency));
        }
        let request = RefundRequest {
            id: refund_id,
            amount: refund.money.as_ref().map(|money| money.amount),
            shipping: 0,
            lines: refund.lines.clone(),
            restock: refund.restock,
            paid_otherwise: refund.paid_otherwise,
            reason: refund.reason.clone(),
            by: staff.id(),
        };
        let transition = order.refund(purchase, &request, now).map_err(Refused::Rule)?;
        // All refunds of the order count, so that many small ones are not a way around it.
        if transition.order.refunded + transition.order.refunding > app.fresh_proof_refund_amount {
            staff.require_fresh_proof(now).map_err(Refused::Proof)?;
        }
        Ok(Some(transition))
    });
    let problem = match refunded.await {
        Ok(changed) => {
            app.checkout.run_follow_ups(&changed.order).await;
            return Ok(app.answer(order_id, refund_id).await?.into_response());
        }
        Err(ChangeError::AlreadyDone) => IdempotentRequest::in_flight(),
        Err(ChangeError::Missing) => missing(),
        Err(ChangeError::Refused(refusal)) => refusal.into(),
        Err(ChangeError::Store(error)) => error.into(),
    };
    // The same request may have been carried out at the same time.
    match request.find_record(&app.context.store, now).await? {
        Some(known) => app.replay(order_id, &known.answer).await,
        None => Err(problem),
    }
}

#[derive(Debug)]
enum Refused {
    /// With the order's currency.
    Currency(Currency),
    Rule(RefundRefusal),
    Proof(Problem),
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let refusal = match refused {
            Refused::Currency(currency) => {
                return Self::field("amount", format!("must be in {}, the currency of the order", currency.as_str()));
            }
            Refused::Proof(problem) => return problem,
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
    fn parse(self) -> Result<ParsedRefund, Problem> {
        let mut fields = Fields::default();
        let mut lines: Vec<(VariantId, u32)> = Vec::new();
        for (at, Object(line)) in self.items.unwrap_or_default().into_iter().enumerate() {
            let path = format!("items[{at}].id");
            let id = fields.check(&path, VariantId::parse(&line.id));
            if let Some(id) = id {
                if lines.iter().any(|(known, _)| *known == id) {
                    fields.refuse(&path, &"is listed twice");
                }
                lines.push((id, line.quantity));
            }
        }
        let reason = fields.check("reason", text::line(&self.reason, MAX_REASON));
        let (lines, reason) = fields.finish((Some(lines), reason))?;
        let money = self.amount.map(|Object(money)| money);
        Ok(ParsedRefund { money, lines, restock: self.restock, paid_otherwise: self.paid_otherwise, reason })
    }
}

impl App {
    /// The refund as it is now.
    async fn answer(&self, order: OrderId, refund: RefundId) -> Result<Answer<RefundBody>, Problem> {
        let store = &self.context.store;
        let (order, refund) = tokio::join!(store.order(order), store.refund(order, refund));
        match (order?, refund?) {
            (Some(order), Some(refund)) => Ok(Answer::created("The refund.", RefundBody::of(&order, &refund))),
            _ => Err(missing()),
        }
    }

    async fn replay(&self, order: OrderId, refund: &str) -> Result<Response, Problem> {
        let refund = RefundId::parse(refund).map_err(Problem::internal)?;
        let answer = self.answer(order, refund).await?;
        Ok((REPLAYED, answer).into_response())
    }
}
