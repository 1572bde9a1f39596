//! Passwords: changing one with the old password, resetting one with a mailed link.

use axum::extract::State;
use axum::http::StatusCode;
use domain::email::Email;
use domain::event::Event;
use domain::first_proof::neutral_name;
use domain::password::Password;
use domain::text::PersonName;
use domain::time::Time;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields};
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::{Deserialize, Serialize};
use store::Commit;
use store::credentials::{CredentialsRefusal, NewPassword};
use store::first_proof::StartOver;
use store::links::{Link, LinkKind};
use store::retry::{Attempt, retry};
use utoipa::ToSchema;

use crate::body::EmailInput;
use crate::link::Followed;
use crate::signer::DeviceToken;
use crate::{App, link, reauthenticate};

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
    /// For an account that starts over, because its address was not proven before. Left out, the name is the first part
    /// of the address.
    name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordResetBody {
    /// Send it as `Device-Token` when the user signs in with the new password.
    device_token: String,
}

/// Changes my password and ends my other sessions.
///
/// Only somebody who knows the old password can change it.
#[utoipa::path(post, path = "/api/v1/auth/password/change", request_body = ChangePasswordInput, responses(
    (status = 200, description = "The password was changed.", body = Envelope<Nothing>),
    (status = 401, description = "`wrong_password`."),
    (status = 409, description = "`changed_meanwhile`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn change(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<ChangePasswordInput>,
) -> Result<Answer<Nothing>, Problem> {
    let now = app.context.clock.now();
    let new = choose("newPassword", &body.new_password, &app.personal(&me.user))?;
    let credentials = reauthenticate::password(&app, &me, &visitor, &body.current_password).await?;
    let hash = app.hasher.hash(new.reveal()).await?;
    let outbox_event = app.context.ids.outbox_event(Event::PasswordChanged { user_id: me.user.id }, now);
    let old_hash = &credentials.password_hash;
    let changed = app.context.store.change_password(&me.user, me.session.id, old_hash, hash, &outbox_event).await;
    changed.map_err(|error| match error {
        Commit::Refused(CredentialsRefusal::Changed | CredentialsRefusal::SessionEnded) => {
            reauthenticate::changed_meanwhile()
        }
        Commit::Store(error) => error.into(),
    })?;
    Ok(Answer::ok("Your password was changed. Other devices were signed out.", Nothing))
}

/// Mails a link for a new password.
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
    let (store, now) = (&app.context.store, app.context.clock.now());
    let email = Email::parse(&body.email).map_err(|error| Problem::field("email", error.to_string()))?;
    let (counted, user_id) = tokio::join!(link::count(&app, &visitor, &email, now), store.user_id_of(&email));
    counted?;
    // An address without an account takes the same steps: a read that finds no user, a link without a user.
    let user = store.user(user_id?.unwrap_or_else(|| app.context.ids.user(now))).await?;
    let is_proven = user.as_ref().is_some_and(|user| user.email_verified);
    if link::may_mail(&app, &email, is_proven, now).await? {
        let user_id = user.as_ref().map(|user| user.id);
        let link = Link::new(LinkKind::Reset, user_id, user.map_or(0, |user| user.resets), now);
        let event = Event::PasswordResetRequested { user_id };
        store.issue_link(&link, &app.context.ids.outbox_event(event, now)).await?;
    }
    Ok(Answer::new(
        StatusCode::ACCEPTED,
        "If there is an account with this address, we are sending a mail to it.",
        Nothing,
    ))
}

/// Sets a new password with the token of the mailed link.
///
/// The token works once. All sessions end. If the address was not proven before, this proves it: whoever registered it
/// may have been somebody else, so the account starts over, without its second factor, name, picture, addresses, cart
/// and wishlist.
#[utoipa::path(post, path = "/api/v1/auth/password/reset", request_body = ResetPasswordInput, responses(
    (status = 200, description = "The new password is set.", body = Envelope<PasswordResetBody>),
    (status = 400, description = "`link_invalid`: the link was used, has expired or was never valid. `validation_failed`: the password was not accepted."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn reset(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<ResetPasswordInput>,
) -> Result<Answer<PasswordResetBody>, Problem> {
    let (store, now) = (&app.context.store, app.context.clock.now());
    let followed = link::follow(&app, &visitor, LinkKind::Reset, &body.token, now).await?;
    let user = store.user(followed.user_id).await?.ok_or_else(link::invalid)?;
    let mut fields = Fields::default();
    let checked = (
        fields.check("password", Password::choose(&body.password, &app.personal(&user))),
        fields.check_optional("name", body.name, |name| PersonName::parse(&name)),
    );
    let (new, name) = fields.finish(checked)?;
    let hash = app.hasher.hash(new.reveal()).await?;
    let reset = Reset { app: &app, followed: &followed, name, hash, now };
    let epoch = retry("the account", || reset.commit()).await?;
    let device = DeviceToken { user_id: user.id, session_id: app.context.ids.session(now), epoch };
    let device_token = app.signer.keys(now).await?.device_token(&device);
    Ok(Answer::ok("Your new password is set. Please sign in.", PasswordResetBody { device_token }))
}

/// A reset that was checked.
struct Reset<'a> {
    app: &'a App,
    followed: &'a Followed,
    name: Option<PersonName>,
    hash: String,
    now: Time,
}

impl Reset<'_> {
    /// Returns the user's new epoch.
    async fn commit(&self) -> Result<Attempt<u64>, Problem> {
        let Self { app, followed, name, hash, now } = self;
        let user = app.context.store.user(followed.user_id).await?.ok_or_else(link::invalid)?;
        let outbox_event = app.context.ids.outbox_event(Event::PasswordChanged { user_id: user.id }, *now);
        let committed = if user.email_verified {
            let new = NewPassword { hash: hash.clone(), name: name.as_ref(), outbox_event: &outbox_event };
            app.context.store.reset_password(followed.id, &followed.link, &user, new).await
        } else {
            let name = match name {
                Some(name) => name.clone(),
                None => neutral_name(&user.email).map_err(Problem::internal)?,
            };
            let start = StartOver {
                user: &user,
                name: &name,
                password_hash: hash,
                followed: followed.id,
                next: None,
                token: app.context.ids.transaction(*now),
                first_proof: link::first_proof(app, user.id, *now),
                password_changed: Some(outbox_event),
                picture_removed: app.context.ids.picture_removed(&user, *now),
                now: *now,
            };
            app.context.store.start_over(&start).await
        };
        link::used(committed, user.epoch + 1)
    }
}

fn choose(field: &str, text: &str, personal: &[&str]) -> Result<Password, Problem> {
    let mut fields = Fields::default();
    let password = fields.check(field, Password::choose(text, personal));
    fields.finish((password,)).map(|(password,)| password)
}
