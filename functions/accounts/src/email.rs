//! Proving a mail address with a mailed link.

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
pub(crate) struct TokenBody {
    /// From the mailed link.
    token: String,
}

/// Proves the address with the token of the mailed link, once.
#[utoipa::path(post, path = "/api/v1/auth/email/verify", request_body = TokenBody, responses(
    (status = 200, description = "Proved.", body = Envelope<Nothing>),
    (status = 400, description = "`link_invalid`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn verify(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<TokenBody>,
) -> Result<Answer<Nothing>, Problem> {
    let now = app.clock.now();
    let followed = link::follow(&app, &visitor, LinkKind::Verify, &body.token, now).await?;
    let token = app.ids.transaction(now);
    app.store.verify_email(followed.id, followed.user_id, token).await.map_err(link::used)?;
    Ok(Answer::ok("Thank you. Your address is confirmed.", Nothing))
}

/// Mails the link once more.
#[utoipa::path(post, path = "/api/v1/auth/email/resend", responses(
    (status = 202, description = "A mail is under way.", body = Envelope<Nothing>),
    (status = 409, description = "`already_verified`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn resend(State(app): State<App>, me: SignedIn, visitor: Visitor) -> Result<Answer<Nothing>, Problem> {
    let now = app.clock.now();
    let account = Some((limits::MAILED_LINK_BY_ACCOUNT, me.user.email.as_str()));
    visitor.rate_limit(&app.store, now, limits::MAILED_LINK_BY_IP, account).await?;
    if me.user.email_verified {
        return Err(Problem::conflict("already_verified", "Your address is confirmed already."));
    }
    let link = Link::new(LinkKind::Verify, Some(me.user.id), me.user.epoch, now);
    let outbox_event = app.outbox_event(Event::VerificationRequested { user_id: me.user.id }, now);
    app.store.issue_link(&link, &outbox_event).await?;
    Ok(Answer::new(StatusCode::ACCEPTED, "A mail is under way.", Nothing))
}
