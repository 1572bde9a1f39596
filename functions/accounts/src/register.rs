//! `POST /api/v1/auth/register`.

use axum::extract::State;
use domain::email::Email;
use domain::event::Event;
use domain::password::Password;
use domain::session::{IdentityProof, REFRESH_TTL, Session};
use domain::text::PersonName;
use domain::time::Time;
use domain::user::{Credentials, User};
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Body, Fields};
use kit::http::language::AcceptLanguage;
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};
use serde::Deserialize;
use store::Commit;
use store::links::{Link, LinkKind};
use store::sessions::Device;
use store::users::{RegisterRefusal, Registration};
use utoipa::ToSchema;

use crate::App;
use crate::body::SignedInBody;
use crate::limits;
use crate::session_cookie::SessionCookie;
use crate::signer::RefreshToken;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RegisterInput {
    #[schema(example = "ada@example.com")]
    email: String,
    /// 8 to 128 characters, and hard to guess. A sentence of some words is good.
    password: String,
    #[schema(example = "Ada Lovelace")]
    name: String,
    given_name: Option<String>,
    family_name: Option<String>,
}

/// Creates an account and signs its owner in.
///
/// A mail with a link is sent to confirm the address. If an account with this address exists and its address is proven,
/// its owner gets a mail, at most once a day. The language of mails is the best of `Accept-Language` that the shop knows.
#[utoipa::path(post, path = "/api/v1/auth/register", request_body = RegisterInput, params(("Accept-Language" = Option<String>, Header), ("Session-Cookie" = Option<String>, Header)), responses(
    (status = 201, description = "The account was created and its owner is signed in.", body = Envelope<SignedInBody>),
    (status = 403, description = "`cross_origin_request`."),
    (status = 409, description = "`email_taken`: an account with this address exists."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn register(
    State(app): State<App>,
    visitor: Visitor,
    cookie: SessionCookie,
    AcceptLanguage(language): AcceptLanguage,
    Body(body): Body<RegisterInput>,
) -> Result<Answer<SignedInBody>, Problem> {
    let (store, now) = (&app.context.store, app.context.clock.now());
    visitor.rate_limit(store, now, limits::REGISTER_BY_IP, None).await?;
    let mut fields = Fields::default();
    let personal = [body.email.as_str(), body.name.as_str(), app.branding.shop_name.as_str()];
    let checked = (
        fields.check("email", Email::parse(&body.email)),
        fields.check("name", PersonName::parse(&body.name)),
        fields.check_optional("givenName", body.given_name, |name| PersonName::parse(&name)),
        fields.check_optional("familyName", body.family_name, |name| PersonName::parse(&name)),
        fields.check("password", Password::choose(&body.password, &personal)),
    );
    let (email, name, given_name, family_name, password) = fields.finish(checked)?;

    let taken = visitor.by_network(limits::REGISTER_TAKEN_BY_IP);
    let counters = [taken.clone(), Counter::of(limits::REGISTER_BY_MAILBOX, &email.mailbox())];
    if let Err(problem) = visitor.count(store, now, &counters).await {
        take_back(&app, &taken, now).await;
        return Err(problem);
    }
    let keys = app.signer.keys(now).await?;
    let password_hash = app.hasher.hash(password.reveal()).await?;
    let user = User::register(app.context.ids.user(now), email, name, now);
    let user = User { given_name, family_name, language, ..user };
    let (session, refresh_token) = open_session(&app, &user, &visitor, false, now);
    let registration = Registration {
        credentials: Credentials { password_hash, totp_secret: None, totp_pending: None, totp_step: 0 },
        device: device_of(&visitor, now),
        verification: Link::new(LinkKind::Verify, Some(user.id), user.resets, now),
        outbox_event: app.context.ids.outbox_event(Event::UserRegistered { user_id: user.id }, now),
        session,
        user,
    };
    match store.register(&registration).await {
        Ok(()) => {}
        Err(Commit::Refused(RegisterRefusal::EmailTaken)) => {
            tell_owner(&app, &registration.user.email, now).await?;
            return Err(Problem::conflict("email_taken", "An account with this email address already exists."));
        }
        Err(Commit::Store(error)) => return Err(error.into()),
    }
    take_back(&app, &taken, now).await;
    let mut signed_in = SignedInBody::new(&app, &keys, &registration.user, &refresh_token, now)?;
    let kept = cookie.keep(&mut signed_in);
    Ok(Answer::created("Welcome.", signed_in).with_headers(kept))
}

/// A registration that told nothing about an address does not count. If this fails, it does.
async fn take_back(app: &App, counter: &Counter, now: Time) {
    if let Err(cause) = app.context.store.uncount_request(counter.limit, &counter.client, now).await {
        tracing::warn!(%cause, "a registration stays counted");
    }
}

/// Only if the address is proven: to another one goes no mail but the link that proves it.
async fn tell_owner(app: &App, email: &Email, now: Time) -> Result<(), Problem> {
    let store = &app.context.store;
    let Some(user_id) = store.user_id_of(email).await? else {
        return Ok(());
    };
    if store.user(user_id).await?.is_some_and(|user| user.email_verified) {
        let told = Counter::of(limits::ADDRESS_TAKEN_TOLD, email.as_str());
        let outbox_event = app.context.ids.outbox_event(Event::AddressTaken { user_id }, now);
        store.announce_once(told.limit, &told.client, &outbox_event).await?;
    }
    Ok(())
}

/// A new session on the visitor's device, and its first refresh token. The visitor has just given the password, and,
/// with `second_factor`, a code.
pub(crate) fn open_session(
    app: &App,
    user: &User,
    visitor: &Visitor,
    second_factor: bool,
    now: Time,
) -> (Session, RefreshToken) {
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
        proof: Some(IdentityProof { at: now, second_factor }),
    };
    (session, token)
}

pub(crate) fn device_of(visitor: &Visitor, now: Time) -> Device {
    Device { fingerprint: visitor.fingerprint(), name: visitor.device.clone(), first_seen: now }
}
