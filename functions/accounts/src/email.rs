//! Confirming an email address with a mailed link.

use axum::extract::State;
use axum::http::StatusCode;
use domain::event::Event;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use store::links::{Link, LinkKind};
use utoipa::ToSchema;

use crate::{App, limits, link};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyEmailInput {
    /// The token of the mailed link.
    token: String,
}

/// Confirms my email address with the token of the mailed link.
///
/// The token works once.
#[utoipa::path(post, path = "/api/v1/auth/email/verify", request_body = VerifyEmailInput, responses(
    (status = 200, description = "The address is confirmed.", body = Envelope<Nothing>),
    (status = 400, description = "`link_invalid`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn verify(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<VerifyEmailInput>,
) -> Result<Answer<Nothing>, Problem> {
    let now = app.context.clock.now();
    let followed = link::follow(&app, &visitor, LinkKind::Verify, &body.token, now).await?;
    let user = app.context.store.user(followed.user_id).await?.ok_or_else(link::invalid)?;
    let proof = link::first_proof(&app, &user, now);
    let token = app.context.ids.transaction(now);
    app.context.store.verify_email(followed.id, user.id, token, proof.as_ref()).await.map_err(link::used)?;
    Ok(Answer::ok("Thank you. Your address is confirmed.", Nothing))
}

/// Sends the mail with the link again.
#[utoipa::path(post, path = "/api/v1/auth/email/resend", responses(
    (status = 202, description = "The mail will be sent.", body = Envelope<Nothing>),
    (status = 409, description = "`already_verified`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn resend(State(app): State<App>, me: SignedIn, visitor: Visitor) -> Result<Answer<Nothing>, Problem> {
    let (now, mailbox) = (app.context.clock.now(), me.user.email.mailbox());
    let account = Some((limits::MAILED_LINK_BY_ACCOUNT, mailbox.as_str()));
    visitor.rate_limit(&app.context.store, now, limits::MAILED_LINK_BY_IP, account).await?;
    if me.user.email_verified {
        return Err(Problem::conflict("already_verified", "Your address is already confirmed."));
    }
    let link = Link::new(LinkKind::Verify, Some(me.user.id), me.user.epoch, now);
    let outbox_event = app.context.ids.outbox_event(Event::VerificationRequested { user_id: me.user.id }, now);
    app.context.store.issue_link(&link, &outbox_event).await?;
    Ok(Answer::new(StatusCode::ACCEPTED, "We are sending you a mail.", Nothing))
}
