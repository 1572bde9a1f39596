//! Passwords: changing one with the old password, resetting one with a mailed link.

use axum::extract::State;
use axum::http::StatusCode;
use domain::email::Email;
use domain::event::Event;
use domain::password::Password;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields};
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use store::Commit;
use store::credentials::CredentialsRefusal;
use store::links::{Link, LinkKind};
use utoipa::ToSchema;

use crate::body::EmailInput;
use crate::me::{changed_meanwhile, confirm_password};
use crate::{App, limits, link};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangePasswordInput {
    current_password: String,
    new_password: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetPasswordInput {
    /// The token of the mailed link.
    token: String,
    password: String,
}

/// Changes my password and ends my other sessions.
#[utoipa::path(post, path = "/api/v1/auth/password/change", request_body = ChangePasswordInput, responses(
    (status = 200, description = "The password was changed.", body = Envelope<Nothing>),
    (status = 401, description = "`wrong_password`."),
    (status = 409, description = "`changed_meanwhile`."),
))]
pub(crate) async fn change(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<ChangePasswordInput>,
) -> Result<Answer<Nothing>, Problem> {
    let now = app.context.clock.now();
    let new = choose("newPassword", &body.new_password, &[me.user.email.as_str(), me.user.name.as_str()])?;
    let credentials = confirm_password(&app, &me.user, &visitor, &body.current_password).await?;
    let hash = app.hasher.hash(new.reveal()).await?;
    let outbox_event = app.context.ids.outbox_event(Event::PasswordChanged { user_id: me.user.id }, now);
    let old_hash = &credentials.password_hash;
    let changed = app.context.store.change_password(&me.user, me.session.id, old_hash, hash, &outbox_event).await;
    changed.map_err(|error| match error {
        Commit::Refused(CredentialsRefusal::Changed | CredentialsRefusal::SessionEnded) => changed_meanwhile(),
        Commit::Store(error) => error.into(),
    })?;
    Ok(Answer::ok("Your password was changed. Other devices were signed out.", Nothing))
}

/// Mails a link for a new password, if there is an account with this address.
///
/// The answer does not say whether there is an account.
#[utoipa::path(post, path = "/api/v1/auth/password/forgot", request_body = EmailInput, responses(
    (status = 202, description = "If there is an account with this address, a mail will be sent.", body = Envelope<Nothing>),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn forgot(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<EmailInput>,
) -> Result<Answer<Nothing>, Problem> {
    let now = app.context.clock.now();
    let email = Email::parse(&body.email).map_err(|error| Problem::field("email", error.to_string()))?;
    let mailbox = email.mailbox();
    let account = Some((limits::MAILED_LINK_BY_ACCOUNT, mailbox.as_str()));
    let rate_limit = visitor.rate_limit(&app.context.store, now, limits::MAILED_LINK_BY_IP, account);
    let (rate_limit, user_id) = tokio::join!(rate_limit, app.context.store.user_id_of(&email));
    rate_limit?;
    // An address without an account takes the same steps: a read that finds no user, a link without a user.
    let user = app.context.store.user(user_id?.unwrap_or_else(|| app.context.ids.user(now))).await?;
    let user_id = user.as_ref().map(|user| user.id);
    let link = Link::new(LinkKind::Reset, user_id, user.map_or(0, |user| user.epoch), now);
    app.context
        .store
        .issue_link(&link, &app.context.ids.outbox_event(Event::PasswordResetRequested { user_id }, now))
        .await?;
    Ok(Answer::new(
        StatusCode::ACCEPTED,
        "If there is an account with this address, we are sending a mail to it.",
        Nothing,
    ))
}

/// Sets a new password with the token of the mailed link.
///
/// The token works once. All sessions end.
#[utoipa::path(post, path = "/api/v1/auth/password/reset", request_body = ResetPasswordInput, responses(
    (status = 200, description = "The new password is set.", body = Envelope<Nothing>),
    (status = 400, description = "`link_invalid`: the link was used, has expired or was never valid. `validation_failed`: the password was not accepted."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn reset(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<ResetPasswordInput>,
) -> Result<Answer<Nothing>, Problem> {
    let now = app.context.clock.now();
    let link::Followed { id, link, user_id } = link::follow(&app, &visitor, LinkKind::Reset, &body.token, now).await?;
    let user = app.context.store.user(user_id).await?.ok_or_else(link::invalid)?;
    let new = choose("password", &body.password, &[user.email.as_str(), user.name.as_str()])?;
    let hash = app.hasher.hash(new.reveal()).await?;
    let outbox_event = app.context.ids.outbox_event(Event::PasswordChanged { user_id }, now);
    let proof = link::first_proof(&app, &user, now);
    let reset = app.context.store.reset_password(id, &link, user_id, hash, &outbox_event, proof.as_ref());
    reset.await.map_err(link::used)?;
    Ok(Answer::ok("Your new password is set. Please sign in.", Nothing))
}

fn choose(field: &str, text: &str, personal: &[&str]) -> Result<Password, Problem> {
    let mut fields = Fields::default();
    let password = fields.check(field, Password::choose(text, personal));
    fields.finish((password,)).map(|(password,)| password)
}
