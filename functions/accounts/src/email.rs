//! Confirming an email address with a mailed link.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use data_encoding::BASE64;
use domain::event::Event;
use domain::first_proof::{Follower, neutral_name};
use domain::password::Password;
use domain::time::Time;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::{Deserialize, Serialize};
use store::first_proof::StartOver;
use store::links::{Link, LinkKind};
use store::retry::{Attempt, retry};
use utoipa::ToSchema;

use crate::hasher::Verdict;
use crate::link::Followed;
use crate::{App, link};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyEmailInput {
    /// The token of the mailed link.
    token: String,
    /// The password of the account, from somebody who registered it and is not signed in here.
    password: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EmailVerifiedBody {
    /// If it is set, the account has started over. Send it to `/auth/password/reset` within an hour, together with the
    /// password that the person chooses.
    password_reset_token: Option<String>,
}

/// Confirms my address with the token of the mailed link.
///
/// The token works once. Send the access token of the account too, or its `password`: it shows that you are who
/// registered. With the password, all sessions of the account end. With neither, the account starts over, because
/// somebody else may have registered your address: its sessions, password, name, picture, addresses, cart and wishlist
/// are thrown out, and the answer has a token to choose a password with.
#[utoipa::path(post, path = "/api/v1/auth/email/verify", request_body = VerifyEmailInput, responses(
    (status = 200, description = "The address is confirmed.", body = Envelope<EmailVerifiedBody>),
    (status = 400, description = "`link_invalid`."),
    (status = 401, description = "`wrong_password`: nothing has changed, and the link is still good. Or the access token is not valid."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn verify(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<VerifyEmailInput>,
) -> Result<Answer<EmailVerifiedBody>, Problem> {
    let now = app.context.clock.now();
    let me = app.context.auth.authenticate_optional(&headers).await?;
    let followed = link::follow(&app, &visitor, LinkKind::Verify, &body.token, now).await?;
    let follower = match body.password {
        _ if me.is_some_and(|me| me.user.id == followed.user_id) => Follower::SignedIn,
        None => Follower::Unknown,
        Some(password) => {
            let credentials = app.context.store.credentials(followed.user_id).await?.ok_or_else(link::invalid)?;
            if Password::is_too_long(&password)
                || app.hasher.verify(&password, &credentials.password_hash).await? == Verdict::Wrong
            {
                return Err(Problem::unauthorized("wrong_password", "The password is wrong."));
            }
            Follower::KnowsPassword
        }
    };
    let password_reset_token = retry("the account", || commit(&app, &followed, follower, now)).await?;
    let message = match password_reset_token {
        None => "Thank you. Your address is confirmed.",
        Some(_) => "Thank you. Your address is confirmed. Please choose a new password.",
    };
    Ok(Answer::ok(message, EmailVerifiedBody { password_reset_token }))
}

/// Returns the token of a link for a new password, if the account starts over.
async fn commit(
    app: &App,
    followed: &Followed,
    follower: Follower,
    now: Time,
) -> Result<Attempt<Option<String>>, Problem> {
    let (store, ids) = (&app.context.store, &app.context.ids);
    let user = store.user(followed.user_id).await?.ok_or_else(link::invalid)?;
    // The account has another address or started over since the link was mailed.
    if followed.link.resets != user.resets {
        return Err(link::invalid());
    }
    if user.email_verified || follower != Follower::Unknown {
        let first_proof = (!user.email_verified).then(|| link::first_proof(app, user.id, now));
        let end_sessions = first_proof.is_some() && follower == Follower::KnowsPassword;
        let verified = store.verify_email(followed.id, &user, end_sessions, ids.transaction(now), first_proof.as_ref());
        return link::used(verified.await, None);
    }
    // Nobody knows this password.
    let password_hash = app.hasher.hash(&BASE64.encode(&ids.bytes::<32>())).await?;
    let next = ids.event(now);
    let start = StartOver {
        user: &user,
        name: &neutral_name(&user.email).map_err(Problem::internal)?,
        password_hash: &password_hash,
        followed: followed.id,
        next: Some((next, Link::new(LinkKind::Reset, Some(user.id), user.resets + 1, now))),
        first_proof: link::first_proof(app, user.id, now),
        password_changed: None,
        picture_removed: ids.picture_removed(&user, now),
        token: ids.transaction(now),
        now,
    };
    let token = app.links.key(now).await?.one_time(LinkKind::Reset, next);
    link::used(store.start_over(&start).await, Some(token))
}

/// Sends the mail with the link again.
///
/// For an address that is not confirmed yet.
#[utoipa::path(post, path = "/api/v1/auth/email/resend", responses(
    (status = 202, description = "The mail will be sent.", body = Envelope<Nothing>),
    (status = 409, description = "`already_verified`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn resend(State(app): State<App>, me: SignedIn, visitor: Visitor) -> Result<Answer<Nothing>, Problem> {
    let now = app.context.clock.now();
    if me.user.email_verified {
        return Err(Problem::conflict("already_verified", "Your address is already confirmed."));
    }
    link::count(&app, &visitor, &me.user.email, now).await?;
    if link::may_mail(&app, &me.user.email, false, now).await? {
        let link = Link::new(LinkKind::Verify, Some(me.user.id), me.user.resets, now);
        let outbox_event = app.context.ids.outbox_event(Event::VerificationRequested { user_id: me.user.id }, now);
        app.context.store.issue_link(&link, &outbox_event).await?;
    }
    Ok(Answer::new(StatusCode::ACCEPTED, "We are sending you a mail.", Nothing))
}
