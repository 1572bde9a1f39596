//! Changing my mail address: a link goes to the new address, and the old one is told. Only a session of the account can
//! follow the link, so a misspelt address gives the account to nobody.

use axum::extract::State;
use axum::http::StatusCode;
use domain::email::Email;
use domain::event::Event;
use domain::user::User;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields};
use kit::http::problem::Problem;
use kit::http::user::UserBody;
use kit::http::visitor::{Counter, Visitor};
use serde::Deserialize;
use store::Commit;
use store::audit::AuditChange;
use store::email_change::{EmailChange, EmailChangeRefusal, FollowedChange, Proven};
use store::links::{Link, LinkKind};
use utoipa::ToSchema;

use crate::{App, limits, link, reauthenticate};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeEmailInput {
    /// The new address.
    email: String,
    /// The password of the account.
    password: String,
    /// Required for an account with two-factor sign-in: six digits from the authenticator app, or a recovery code.
    code: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmEmailInput {
    /// The token of the mailed link.
    token: String,
}

/// Asks to change my mail address.
///
/// A link is mailed to the new address, and the old one is told if it is confirmed. Nothing changes until the link is
/// followed. The answer does not say whether another account has the address; then the mail says so, and has no link.
#[utoipa::path(post, path = "/api/v1/users/me/email", request_body = ChangeEmailInput, responses(
    (status = 202, description = "The mail will be sent.", body = Envelope<Nothing>),
    (status = 401, description = "`wrong_password`, `invalid_code` or `code_used`."),
    (status = 409, description = "`two_factor_off`: a code was sent, but two-factor is off. Or `changed_meanwhile`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn request(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<ChangeEmailInput>,
) -> Result<Answer<Nothing>, Problem> {
    let (store, now, user) = (&app.context.store, app.context.clock.now(), &me.user);
    let mut fields = Fields::default();
    let email = fields.check("email", Email::parse(&body.email));
    let (email,) = fields.finish((email,))?;
    if email == user.email {
        return Err(Problem::field("email", "is your address already"));
    }
    let confirming =
        reauthenticate::password_and_second_factor(&app, &me, &visitor, &body.password, body.code.as_deref());
    let (confirming, code) = confirming.await?;
    let counters = [
        visitor.by_network(limits::MAILED_LINK_BY_IP),
        Counter::of(limits::CHANGE_EMAIL_BY_USER, &user.id.to_string()),
        Counter::of(limits::CHANGE_EMAIL_BY_MAILBOX, &email.mailbox()),
    ];
    visitor.count(store, now, &counters).await?;
    let from = user.email_verified.then(|| user.email.clone());
    let change = Some(EmailChange { from, to: email, language: user.language, epoch: user.epoch });
    let link = Link { change, ..Link::new(LinkKind::ChangeEmail, Some(user.id), user.resets, now) };
    let outbox_event = app.context.ids.outbox_event(Event::EmailChangeRequested { user_id: user.id }, now);
    let proven = Proven { password_hash: confirming.password_hash(), code: code.as_ref() };
    store.request_email_change(user, proven, &link, &outbox_event).await.map_err(|error| match error {
        Commit::Refused(_) => code.as_ref().map_or_else(reauthenticate::changed_meanwhile, reauthenticate::used_code),
        Commit::Store(error) => error.into(),
    })?;
    confirming.succeeded().await;
    Ok(Answer::new(StatusCode::ACCEPTED, "We are sending a mail to the new address.", Nothing))
}

/// Confirms my new mail address with the mailed token.
///
/// The token works once, for the account that asked for it. Other sessions end, and links that were mailed to the old
/// address do not work any more. The old address gets a mail.
#[utoipa::path(post, path = "/api/v1/users/me/email/confirm", request_body = ConfirmEmailInput, responses(
    (status = 200, description = "The profile with the new address.", body = Envelope<UserBody>, headers(("ETag"))),
    (status = 400, description = "`link_invalid`: also if another account asked for it, or if the password was changed since then."),
    (status = 409, description = "`email_taken`: another account has this address by now. Or `changed_meanwhile`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn confirm(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<ConfirmEmailInput>,
) -> Result<Answer<UserBody>, Problem> {
    let (ids, now, user) = (&app.context.ids, app.context.clock.now(), &me.user);
    let followed = link::follow(&app, &visitor, LinkKind::ChangeEmail, &body.token, now).await?;
    let change = followed.link.change.as_ref().filter(|change| change.epoch == user.epoch);
    let change = change.filter(|_| followed.user_id == user.id).ok_or_else(link::invalid)?;
    let words = AuditChange { before: Some(user.email.masked()), after: Some(change.to.masked()) };
    let changed = FollowedChange {
        user,
        session: me.session.id,
        link_id: followed.id,
        link: &followed.link,
        change,
        outbox_event: ids.outbox_event(Event::EmailChanged { user_id: user.id, request: followed.id }, now),
        first_proof: (!user.email_verified).then(|| link::first_proof(&app, user.id, now)),
        entry: app.context.audit_entry(user.id, "user.change-email", user.id, words, now),
        now,
    };
    app.context.store.change_email(&changed).await.map_err(|error| match error {
        Commit::Refused(EmailChangeRefusal::LinkUsed) => link::invalid(),
        Commit::Refused(EmailChangeRefusal::Taken) => {
            Problem::conflict("email_taken", "Another account has this email address.")
        }
        Commit::Refused(EmailChangeRefusal::Changed | EmailChangeRefusal::SessionEnded) => {
            reauthenticate::changed_meanwhile()
        }
        Commit::Store(error) => error.into(),
    })?;
    let version = user.version + 1;
    let user = User { email: change.to.clone(), email_verified: true, mail_stop: None, version, ..user.clone() };
    let message = "Your email address was changed. Other devices were signed out.";
    Ok(Answer::ok(message, UserBody::of(&user, &app.images_url)).with_version(version))
}
