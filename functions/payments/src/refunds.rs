//! Refunds: everything, an amount, or what was paid for some lines.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use checkout::wire::RefundBody;
use checkout::{NamedLine, change_problem, check_currency, check_lines, refund_problem};
use domain::id::{OrderId, RefundId, VariantId};
use domain::order::{MAX_REASON, RefundRequest};
use domain::text;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Fields, Fingerprinted, Object};
use kit::http::idempotency::{IdempotencyKey, Once, REPLAYED};
use kit::http::money::MoneyInput;
use kit::http::problem::Problem;
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
    let refund_id = app.context.ids.refund(now);
    let audited = AuditChange { before: None, after: Some(refund.reason.clone()) };
    let side_effects = SideEffects {
        idempotency_record: Some(request.record_created(refund_id, now)),
        audit: Some(app.context.audit_entry(staff.id(), "order.refund", order_id, audited, now)),
        ..SideEffects::NONE
    };
    let orders = &app.checkout.orders;
    let refunded = orders.change(order_id, &side_effects, |order, purchase, now| {
        check_currency(refund.money.as_ref(), order.totals.currency)?;
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
        let transition = order.refund(purchase, &request, now).map_err(|refusal| refund_problem(&refusal))?;
        app.refund_limit.check(&staff, &transition.order, now)?;
        Ok(Some(transition))
    });
    let refunded = async { refunded.await.map_err(|error| change_problem(error, missing, |problem| problem)) };
    match Box::pin(request.once(&app.context.store, now, refunded)).await? {
        Once::Now(changed) => {
            app.checkout.run_follow_ups(&changed.order).await;
            Ok(app.answer(order_id, refund_id).await?.into_response())
        }
        Once::Before(known) => app.replay(order_id, &known.answer).await,
    }
}

impl RefundInput {
    fn parse(self) -> Result<ParsedRefund, Problem> {
        let mut fields = Fields::default();
        let named = |Object(line): Object<ReturnedItemInput>| NamedLine { id: line.id, quantity: line.quantity };
        // Without items and amount it is all that is left. Who sends an empty list did not mean that.
        let lines = check_lines(&mut fields, self.items.map(|items| items.into_iter().map(named)));
        let reason = fields.check("reason", text::line(&self.reason, MAX_REASON));
        let (lines, reason) = fields.finish((lines, reason))?;
        let lines = lines.unwrap_or_default();
        let money = self.amount.map(|Object(money)| money);
        Ok(ParsedRefund { money, lines, restock: self.restock, paid_otherwise: self.paid_otherwise, reason })
    }
}

impl App {
    /// The refund as it is now.
    async fn answer(&self, order: OrderId, refund: RefundId) -> Result<Answer<RefundBody>, Problem> {
        let whole = self.context.store.whole_order(order).await?;
        let refund = whole.and_then(|whole| RefundBody::find(&whole, refund)).ok_or_else(missing)?;
        Ok(Answer::created("The refund.", refund))
    }

    async fn replay(&self, order: OrderId, refund: &str) -> Result<Response, Problem> {
        let refund = RefundId::parse(refund).map_err(Problem::internal)?;
        let answer = self.answer(order, refund).await?;
        Ok((REPLAYED, answer).into_response())
    }
}
