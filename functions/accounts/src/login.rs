//! `POST /api/v1/auth/login`, and the second step for users with two-factor sign-in.

use axum::extract::State;
use axum::http::HeaderMap;
use data_encoding::HEXLOWER;
use domain::email::Email;
use domain::event::Event;
use domain::password::Password;
use domain::session::AccessRefusal;
use domain::time::Time;
use domain::totp::{self, Authenticator, CodeRefusal};
use domain::user::{Credentials, User};
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use kit::runtime::telemetry;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::Commit;
use store::audit::AuditChange;
use store::credentials::Proof;
use store::sessions::{SecondStep, SignIn, SignInRefusal};
use store::users::SignInFacts;
use utoipa::ToSchema;

use crate::attempts::Attempt;
use crate::body::SignedInBody;
use crate::hasher::Verdict;
use crate::register::{device_of, open_session};
use crate::session_cookie::SessionCookie;
use crate::signer::{CHALLENGE_AUDIENCE, CHALLENGE_TTL, Challenge, DeviceToken, Keys};
use crate::{App, limits, reauthenticate};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginInput {
    #[schema(example = "ada@example.com")]
    email: String,
    password: String,
}

/// Signed in, or asked for a second step.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum LoginBody {
    SignedIn(Box<SignedInBody>),
    SecondStep(SecondStepBody),
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecondStepBody {
    /// Always true.
    two_factor_required: bool,
    /// Send it to `/auth/login/2fa` together with a code.
    challenge_token: String,
    /// Lifetime of the challenge token in seconds.
    expires_in: u64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SecondStepInput {
    challenge_token: String,
    /// Six digits from the authenticator app, or a recovery code.
    code: String,
}

/// Signs in with email and password.
///
/// If two-factor is on, the answer contains a challenge token for `/auth/login/2fa`.
#[utoipa::path(post, path = "/api/v1/auth/login", request_body = LoginInput, params(("Device-Token" = Option<String>, Header), ("Session-Cookie" = Option<String>, Header)), responses(
    (status = 200, description = "Signed in, or asked for a second step.", body = Envelope<LoginBody>),
    (status = 401, description = "`invalid_credentials`: the account does not exist, or the password is wrong."),
    (status = 403, description = "`account_banned`, or `cross_origin_request`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn login(
    State(app): State<App>,
    visitor: Visitor,
    cookie: SessionCookie,
    headers: HeaderMap,
    Body(body): Body<LoginInput>,
) -> Result<Answer<LoginBody>, Problem> {
    let (store, now) = (&app.context.store, app.context.clock.now());
    let email = Email::parse(&body.email).map_err(|error| Problem::field("email", error.to_string()))?;
    if Password::is_too_long(&body.password) {
        return Err(Problem::field("password", "must have at most 128 characters"));
    }
    let keys = app.signer.keys(now).await?;
    let device_token = known_device(&headers, &keys);
    let attempt = Attempt::begin(&app, &visitor, &limits::LOGIN, email.as_str(), device_token, now);
    let (attempt, user_id) = tokio::join!(attempt, store.user_id_of(&email));
    let mut attempt = attempt?;

    // Reads, hashing and answer are the same whether the account exists or not.
    let id = user_id?.unwrap_or_else(|| app.context.ids.user(now));
    let fingerprint = visitor.fingerprint();
    let (counted, facts) = tokio::join!(attempt.count_stranger(), store.sign_in_facts(id, &fingerprint));
    counted?;
    let SignInFacts { user, credentials, device, hash_forms } = facts?;
    attempt.check_device(user.as_ref()).await?;
    let known_hash = credentials.as_ref().map(|credentials| credentials.password_hash.as_str());
    let forms = hash_forms.as_ref().map_or(&[][..], |forms| forms.at(now));
    let verdict = app.hasher.verify_evenly(&body.password, known_hash, forms).await?;
    let staff = user.as_ref().filter(|user| user.role.is_staff()).map(|user| user.id);
    if verdict == Verdict::Wrong {
        attempt.failed(user.as_ref(), false).await?;
    }
    let (Some(user), Some(credentials), false) = (user, credentials, verdict == Verdict::Wrong) else {
        telemetry::count("LoginsRefused", 1, now);
        app.context.trail.sign_in_refused(email.as_str(), staff, "invalid_credentials").await;
        return Err(Problem::unauthorized("invalid_credentials", "The email address or the password is wrong."));
    };
    if let Some(ban) = user.ban_at(now) {
        app.context.trail.sign_in_refused(email.as_str(), staff, "account_banned").await;
        return Err(AccessRefusal::Banned(ban.clone()).into());
    }
    if verdict == Verdict::Outdated {
        let hash = app.hasher.hash(&body.password).await?;
        store.rehash(user.id, &credentials.password_hash, hash).await?;
    }
    if credentials.totp_secret.is_some() {
        attempt.succeeded().await;
        let challenge_token = keys.challenge(&user, app.context.ids.transaction(now), now)?;
        let step = SecondStepBody { two_factor_required: true, challenge_token, expires_in: CHALLENGE_TTL.as_secs() };
        return Ok(Answer::ok("Send a code from your authenticator app.", LoginBody::SecondStep(step)));
    }
    let signing_in = SigningIn { app: &app, user: &user, visitor: &visitor, second_step: None, now };
    let (signed_in, ()) = tokio::join!(signing_in.finish(device.is_some()), attempt.succeeded());
    let mut signed_in = Box::new(signed_in?);
    let kept = cookie.keep(&mut signed_in);
    Ok(Answer::ok("Signed in.", LoginBody::SignedIn(signed_in)).with_headers(kept))
}

/// Completes a sign-in with two-factor.
///
/// The request has the challenge token of the first step and a code. A code works once, and a challenge leads to one
/// session.
#[utoipa::path(post, path = "/api/v1/auth/login/2fa", request_body = SecondStepInput, params(("Device-Token" = Option<String>, Header), ("Session-Cookie" = Option<String>, Header)), responses(
    (status = 200, description = "Signed in.", body = Envelope<SignedInBody>),
    (status = 401, description = "`invalid_code`, `code_used`, `invalid_token`, or `challenge_expired`: sign in with the password again."),
    (status = 403, description = "`account_banned`, or `cross_origin_request`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn second_step(
    State(app): State<App>,
    visitor: Visitor,
    cookie: SessionCookie,
    headers: HeaderMap,
    Body(body): Body<SecondStepInput>,
) -> Result<Answer<SignedInBody>, Problem> {
    let now = app.context.clock.now();
    let challenge: Challenge = app.context.auth.verifier.claims(&body.challenge_token, CHALLENGE_AUDIENCE, now).await?;
    if challenge.kind != Challenge::KIND || now.unix_seconds() >= challenge.exp {
        return Err(challenge_expired());
    }
    let subject = challenge.sub.to_string();
    let device_token = known_device(&headers, &app.signer.keys(now).await?);
    let mut attempt = Attempt::begin(&app, &visitor, &limits::SECOND_STEP, &subject, device_token, now).await?;

    let fingerprint = visitor.fingerprint();
    let facts = app.context.store.sign_in_facts(challenge.sub, &fingerprint);
    let (counted, facts) = tokio::join!(attempt.count_stranger(), facts);
    counted?;
    let SignInFacts { user, credentials, device, .. } = facts?;
    let (Some(user), Some(credentials)) = (user, credentials) else {
        return Err(challenge_expired());
    };
    if user.epoch != challenge.epoch {
        return Err(challenge_expired());
    }
    if let Some(ban) = user.ban_at(now) {
        return Err(AccessRefusal::Banned(ban.clone()).into());
    }
    attempt.check_device(Some(&user)).await?;
    let signed_in = match prove(&app, &user, &credentials, &body.code, now) {
        Ok(proof) => {
            let second_step = Some(SecondStep { proof, challenge: challenge.jti, until: now + CHALLENGE_TTL });
            let signing_in = SigningIn { app: &app, user: &user, visitor: &visitor, second_step, now };
            signing_in.finish(device.is_some()).await
        }
        Err(problem) => Err(problem),
    };
    match &signed_in {
        Ok(_) => attempt.succeeded().await,
        Err(problem) => {
            if problem.status.is_client_error() {
                let staff = user.role.is_staff().then_some(user.id);
                app.context.trail.sign_in_refused(user.email.as_str(), staff, problem.code).await;
            }
            attempt.failed(Some(&user), true).await?;
        }
    }
    let mut signed_in = signed_in?;
    let kept = cookie.keep(&mut signed_in);
    Ok(Answer::ok("Signed in.", signed_in).with_headers(kept))
}

fn challenge_expired() -> Problem {
    Problem::unauthorized("challenge_expired", "Sign in with your password again.")
}

/// The device that the request names, if we made its token. A header that is not one of ours means nothing.
fn known_device(headers: &HeaderMap, keys: &Keys) -> Option<DeviceToken> {
    keys.parse_device_token(headers.get("device-token")?.to_str().ok()?)
}

/// What a valid code uses up: a time step of the authenticator or a recovery code.
pub(crate) fn prove(
    app: &App,
    user: &User,
    credentials: &Credentials,
    code: &str,
    now: Time,
) -> Result<Proof, Problem> {
    if let Some(code) = totp::parse_recovery_code(code) {
        // The transaction decides whether it is one of the user's codes.
        return Ok(Proof::Recovery { hash: recovery_hash(&code) });
    }
    let secret = credentials.totp_secret.clone().ok_or_else(|| invalid_code(CodeRefusal::Wrong))?;
    let authenticator = authenticator(app, user, &secret)?;
    let step = authenticator.check(code.trim(), credentials.totp_step, now).map_err(invalid_code)?;
    Ok(Proof::Totp { secret, step })
}

pub(crate) fn authenticator(app: &App, user: &User, secret: &str) -> Result<Authenticator, Problem> {
    Authenticator::try_new(secret, &user.email, &app.branding.shop_name)
        .ok_or_else(|| Problem::internal("the TOTP secret is not valid"))
}

pub(crate) fn recovery_hash(code: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(code.as_bytes()))
}

pub(crate) fn invalid_code(refusal: CodeRefusal) -> Problem {
    let code = if refusal == CodeRefusal::Used { "code_used" } else { "invalid_code" };
    Problem::unauthorized(code, format!("Sorry, {refusal}."))
}

/// Somebody who has proven who they are.
struct SigningIn<'a> {
    app: &'a App,
    user: &'a User,
    visitor: &'a Visitor,
    second_step: Option<SecondStep>,
    now: Time,
}

impl SigningIn<'_> {
    async fn finish(&self, device_known: bool) -> Result<SignedInBody, Problem> {
        let signed_in = match self.attempt(device_known).await? {
            // Another sign-in from this kind of device was committed first. Nothing of this one was written.
            Err(SignInRefusal::DeviceKnown) if !device_known => self.attempt(true).await?,
            decided => decided,
        };
        match (signed_in, &self.second_step) {
            (Ok(signed_in), _) => {
                telemetry::count("Logins", 1, self.now);
                Ok(signed_in)
            }
            (Err(SignInRefusal::ChallengeUsed), _) => Err(challenge_expired()),
            (Err(SignInRefusal::CodeUsed), Some(step)) => Err(reauthenticate::used_code(&step.proof)),
            (Err(refusal), _) => Err(Problem::internal(format!("a sign-in was refused: {refusal:?}"))),
        }
    }

    async fn attempt(&self, device_known: bool) -> Result<Result<SignedInBody, SignInRefusal>, Problem> {
        let Self { app, user, visitor, second_step, now } = self;
        let (session, refresh_token) = open_session(app, user, visitor, second_step.is_some(), *now);
        let signed_in = SignedInBody::new(app, &app.signer.keys(*now).await?, user, &refresh_token, *now)?;
        let new_device = (!device_known).then(|| {
            let event =
                Event::NewDevice { user_id: user.id, device: visitor.device.clone(), ip: visitor.ip.to_string() };
            (device_of(visitor, *now), app.context.ids.outbox_event(event, *now))
        });
        let entry = (user.role.is_staff())
            .then(|| app.context.audit_entry(user.id, "user.sign-in", user.id, AuditChange::default(), *now));
        let sign_in = SignIn { session, new_device, second_step: second_step.clone(), entry };
        match app.context.store.sign_in(&sign_in).await {
            Ok(()) => Ok(Ok(signed_in)),
            Err(Commit::Refused(refusal)) => Ok(Err(refusal)),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }
}
