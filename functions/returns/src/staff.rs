//! Staff approve, decline, receive and complete returns. Everything is in the audit trail.

use axum::extract::{Path, State};
use checkout::check_currency;
use checkout::return_body::ReturnBody;
use domain::order::Actor;
use domain::returns::ReturnStatus;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::Body;
use kit::http::problem::Problem;

use crate::App;
use crate::change::{answer, refused};
use crate::input::{CompleteReturnInput, DeclineReturnInput, Inspected};

/// Approves a return.
///
/// The buyer gets a mail that says where to send the goods. What the buyer gets in exchange is reserved. Repeating the
/// request changes nothing.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return}/approve",
    params(("id" = String, Path), ("return" = String, Path)),
    responses(
        (status = 200, description = "The return.", body = Envelope<ReturnBody>),
        (status = 404, description = "`return_not_found`."),
        (status = 409, description = "`return_status_conflict`: it is not requested any more. `not_enough_stock`: of what the buyer wants in exchange. `order_not_returnable`: nothing is exchanged of an order whose money went back."),
    )
)]
pub(crate) async fn approve(
    State(app): State<App>,
    staff: Identity,
    Path((order, id)): Path<(String, String)>,
) -> Result<Answer<ReturnBody>, Problem> {
    Box::pin(app.advance(&staff, [&order, &id], "return.approve", ReturnStatus::Approved)).await
}

/// Says that the goods arrived.
///
/// The buyer gets a mail. Somebody inspects the goods, and completes or declines the return. Repeating the request changes
/// nothing.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return}/receive",
    params(("id" = String, Path), ("return" = String, Path)),
    responses(
        (status = 200, description = "The return.", body = Envelope<ReturnBody>),
        (status = 404, description = "`return_not_found`."),
        (status = 409, description = "`return_status_conflict`: it is not approved."),
    )
)]
pub(crate) async fn receive(
    State(app): State<App>,
    staff: Identity,
    Path((order, id)): Path<(String, String)>,
) -> Result<Answer<ReturnBody>, Problem> {
    Box::pin(app.advance(&staff, [&order, &id], "return.receive", ReturnStatus::Received)).await
}

/// Declines a return.
///
/// Also one that was approved, if the goods did not come, or not as they should. The buyer reads the reason. Repeating the
/// request changes nothing.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return}/decline", request_body = DeclineReturnInput,
    params(("id" = String, Path), ("return" = String, Path)),
    responses(
        (status = 200, description = "The return.", body = Envelope<ReturnBody>),
        (status = 404, description = "`return_not_found`."),
        (status = 409, description = "`return_status_conflict`: it is completed or cancelled."),
    )
)]
pub(crate) async fn decline(
    State(app): State<App>,
    staff: Identity,
    Path((order, id)): Path<(String, String)>,
    Body(body): Body<DeclineReturnInput>,
) -> Result<Answer<ReturnBody>, Problem> {
    let reason = body.parse()?;
    let read = app.find(&order, &id).await?;
    let by = Actor::Staff(staff.id());
    let side_effects = app.audited(by, "return.decline", &read, format!("declined: {reason}"));
    let declined = app.change(read, &side_effects, |read, now| {
        read.found.order.return_declined(&read.asked, &reason, by, now).map_err(refused)
    });
    Ok(answer("Return declined.", &declined.await?))
}

/// Completes a return.
///
/// The goods were inspected, and the money goes back. What can be sold again is in stock, and the refund is made, all at once. The rules about the money are in docs/returns.md.
/// Units that came back of an item with `exchangeFor` are exchanged, and give no money back: the return is `exchanging` until
/// the other units are sent. Repeating the request changes nothing and gives nothing back a second time.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return}/complete",
    request_body = Option<CompleteReturnInput>,
    params(("id" = String, Path), ("return" = String, Path)),
    responses(
        (status = 200, description = "The return.", body = Envelope<ReturnBody>),
        (status = 403, description = "`fresh_proof_required`: so much money of this order is refunded that it needs `POST /auth/confirm` first. `user_required`: so much money is not refunded with an API key."),
        (status = 404, description = "`return_not_found`."),
        (status = 409, description = "`return_status_conflict`: it is not approved or received. `payment_disputed`: the bank decides about the money; wait, or complete it with the amount 0. `refunds_under_way`. `order_not_returnable`: nothing is exchanged of an order whose money went back."),
    )
)]
pub(crate) async fn complete(
    State(app): State<App>,
    staff: Identity,
    Path((order, id)): Path<(String, String)>,
    body: Option<Body<CompleteReturnInput>>,
) -> Result<Answer<ReturnBody>, Problem> {
    let Body(body) = body.unwrap_or(Body(CompleteReturnInput::default()));
    let Inspected { inspection, money } = body.parse(app.context.ids.refund(app.context.clock.now()))?;
    let read = app.find(&order, &id).await?;
    check_currency(money.as_ref(), read.asked.currency)?;
    let by = staff.id();
    let side_effects = app.audited(Actor::Staff(by), "return.complete", &read, "completed".to_owned());
    let completed = app.change(read, &side_effects, |read, now| {
        let (order, purchase) = (&read.found.order, &read.found.purchase);
        let completed = order.return_completed(purchase, &read.asked, &inspection, by, now).map_err(refused)?;
        if let Some(transition) = &completed {
            app.refund_limit.check(&staff, &transition.order, now)?;
        }
        Ok(completed)
    });
    let completed = completed.await?;
    app.checkout.run_follow_ups(&completed.found.order).await;
    Ok(answer("Return completed.", &completed))
}

impl App {
    async fn advance(
        &self,
        staff: &Identity,
        [order, id]: [&str; 2],
        action: &str,
        to: ReturnStatus,
    ) -> Result<Answer<ReturnBody>, Problem> {
        let read = self.find(order, id).await?;
        let by = Actor::Staff(staff.id());
        let side_effects = self.audited(by, action, &read, to.name().to_owned());
        let changed = self.change(read, &side_effects, |read, now| {
            read.found.order.return_advanced(&read.asked, to, &self.rules, by, now).map_err(refused)
        });
        Ok(answer("Return changed.", &changed.await?))
    }
}
