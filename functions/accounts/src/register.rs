//! `POST /api/v1/auth/register`.

use axum::extract::State;
use domain::email::Email;
use domain::event::Event;
use domain::password::Password;
use domain::session::{REFRESH_TTL, Session};
use domain::text::PersonName;
use domain::time::Time;
use domain::user::{Credentials, User};
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Body, Fields};
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use store::Commit;
use store::links::{Link, LinkKind};
use store::sessions::Device;
use store::users::{RegisterRefusal, Registration};
use utoipa::ToSchema;

use crate::App;
use crate::body::SignedInBody;
use crate::limits;
use crate::signer::RefreshToken;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterInput {
    #[schema(example = "ada@example.com")]
    email: String,
    /// 8 to 128 characters, and not a common one.
    password: String,
    #[schema(example = "Ada Lovelace")]
    name: String,
}

/// Creates an account and signs its owner in.
///
/// A mail with a link is sent to confirm the address.
#[utoipa::path(post, path = "/api/v1/auth/register", request_body = RegisterInput, responses(
    (status = 201, description = "The account was created and its owner is signed in.", body = Envelope<SignedInBody>),
    (status = 409, description = "`email_taken`: an account with this address exists."),
))]
pub(crate) async fn register(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<RegisterInput>,
) -> Result<Answer<SignedInBody>, Problem> {
    let now = app.context.clock.now();
    // All addresses of one mailbox are one: each of them gets mail.
    let mailbox = Email::parse(&body.email).map_or_else(|_| body.email.clone(), |email| email.mailbox());
    let account = Some((limits::REGISTER_BY_ACCOUNT, mailbox.as_str()));
    visitor.rate_limit(&app.context.store, now, limits::REGISTER_BY_IP, account).await?;
    let mut fields = Fields::default();
    let checked = (
        fields.check("email", Email::parse(&body.email)),
        fields.check("name", PersonName::parse(&body.name)),
        fields.check("password", Password::choose(&body.password, &[&body.email, &body.name])),
    );
    let (email, name, password) = fields.finish(checked)?;

    let keys = app.signer.keys(now).await?;
    let password_hash = app.hasher.hash(password.reveal()).await?;
    let user = User::register(app.context.ids.user(now), email, name, now);
    let (session, refresh_token) = open_session(&app, &user, &visitor, now);
    let registration = Registration {
        credentials: Credentials { password_hash, totp_secret: None, totp_pending: None, totp_step: 0 },
        device: device_of(&visitor, now),
        verification: Link::new(LinkKind::Verify, Some(user.id), user.epoch, now),
        outbox_event: app.context.ids.outbox_event(Event::UserRegistered { user_id: user.id }, now),
        session,
        user,
    };
    app.context.store.register(&registration).await.map_err(|error| match error {
        Commit::Refused(RegisterRefusal::EmailTaken) => {
            Problem::conflict("email_taken", "An account with this email address already exists.")
        }
        Commit::Store(error) => error.into(),
    })?;

    let access_token = keys.access_token(&registration.user, registration.session.id, now)?;
    Ok(Answer::created("Welcome.", SignedInBody::new(access_token, refresh_token.encode(), &registration.user)))
}

/// A new session on the visitor's device, and its first refresh token.
pub(crate) fn open_session(app: &App, user: &User, visitor: &Visitor, now: Time) -> (Session, RefreshToken) {
    let id = app.context.ids.session(now);
    let token = RefreshToken::first(user.id, id, app.context.ids.bytes());
    let session = Session {
        id,
        user_id: user.id,
        epoch: user.epoch,
        generation: 0,
        refresh_hash: token.hash(),
        rotated_at: now,
        device: visitor.device.clone(),
        ip: visitor.ip.to_string(),
        created_at: now,
        refresh_until: now + REFRESH_TTL,
    };
    (session, token)
}

pub(crate) fn device_of(visitor: &Visitor, now: Time) -> Device {
    Device { fingerprint: visitor.fingerprint(), name: visitor.device.clone(), first_seen: now }
}
