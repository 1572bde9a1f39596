//! `POST /api/v1/auth/login`, and the second step for users with two-factor sign-in.

use axum::extract::State;
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
use store::sessions::{SignIn, SignInRefusal};
use store::users::SignInFacts;
use utoipa::ToSchema;

use crate::App;
use crate::body::SignedInBody;
use crate::hasher::Verdict;
use crate::limits;
use crate::register::{device_of, open_session};
use crate::signer::{CHALLENGE_AUDIENCE, CHALLENGE_TTL, Challenge};

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
#[utoipa::path(post, path = "/api/v1/auth/login", request_body = LoginInput, responses(
    (status = 200, description = "Signed in, or asked for a second step.", body = Envelope<LoginBody>),
    (status = 401, description = "`invalid_credentials`: the account does not exist, or the password is wrong."),
    (status = 403, description = "`account_banned`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn login(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<LoginInput>,
) -> Result<Answer<LoginBody>, Problem> {
    let now = app.context.clock.now();
    let email = Email::parse(&body.email).map_err(|error| Problem::field("email", error.to_string()))?;
    if Password::is_too_long(&body.password) {
        return Err(Problem::field("password", "must have at most 128 characters"));
    }
    let account = Some((limits::LOGIN_BY_ACCOUNT, email.as_str()));
    let rate_limit = visitor.rate_limit(&app.context.store, now, limits::LOGIN_BY_IP, account);
    let (rate_limit, user_id) = tokio::join!(rate_limit, app.context.store.user_id_of(&email));
    rate_limit?;

    // Reads, hashing and answer are the same whether the account exists or not.
    let id = user_id?.unwrap_or_else(|| app.context.ids.user(now));
    let SignInFacts { user, credentials, device } = app.context.store.sign_in_facts(id, &visitor.fingerprint()).await?;
    let known_hash = credentials.as_ref().map(|credentials| credentials.password_hash.as_str());
    let verdict = app.hasher.verify(&body.password, known_hash).await?;
    let staff = user.as_ref().filter(|user| user.role.is_staff()).map(|user| user.id);
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
        app.context.store.rehash(user.id, &credentials.password_hash, hash).await?;
    }
    if credentials.totp_secret.is_some() {
        let challenge_token = app.signer.keys(now).await?.challenge(&user, now)?;
        let step = SecondStepBody { two_factor_required: true, challenge_token, expires_in: CHALLENGE_TTL.as_secs() };
        return Ok(Answer::ok("Send a code from your authenticator app.", LoginBody::SecondStep(step)));
    }
    let signed_in = sign_in(&app, &user, &visitor, device.is_some(), None, now).await?;
    Ok(Answer::ok("Signed in.", LoginBody::SignedIn(Box::new(signed_in))))
}

/// Completes a sign-in with two-factor.
///
/// The request has the challenge token of the first step and a code. A code works once.
#[utoipa::path(post, path = "/api/v1/auth/login/2fa", request_body = SecondStepInput, responses(
    (status = 200, description = "Signed in.", body = Envelope<SignedInBody>),
    (status = 401, description = "`invalid_code`, `code_used` or `invalid_token`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn second_step(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<SecondStepInput>,
) -> Result<Answer<SignedInBody>, Problem> {
    let now = app.context.clock.now();
    let challenge: Challenge = app.context.auth.verifier.claims(&body.challenge_token, CHALLENGE_AUDIENCE, now).await?;
    let expired = || Problem::unauthorized("challenge_expired", "Sign in with your password again.");
    if challenge.kind != Challenge::KIND || now.unix_seconds() >= challenge.exp {
        return Err(expired());
    }
    let subject = challenge.sub.to_string();
    let account = Some((limits::SECOND_STEP_BY_ACCOUNT, subject.as_str()));
    visitor.rate_limit(&app.context.store, now, limits::SECOND_STEP_BY_IP, account).await?;

    let SignInFacts { user, credentials, device } =
        app.context.store.sign_in_facts(challenge.sub, &visitor.fingerprint()).await?;
    let (Some(user), Some(credentials)) = (user, credentials) else {
        return Err(expired());
    };
    if user.epoch != challenge.epoch {
        return Err(expired());
    }
    if let Some(ban) = user.ban_at(now) {
        return Err(AccessRefusal::Banned(ban.clone()).into());
    }
    let signed_in = match prove(&app, &user, &credentials, &body.code, now) {
        Ok(proof) => sign_in(&app, &user, &visitor, device.is_some(), Some(proof), now).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = &signed_in
        && problem.status.is_client_error()
    {
        let staff = user.role.is_staff().then_some(user.id);
        app.context.trail.sign_in_refused(user.email.as_str(), staff, problem.code).await;
    }
    Ok(Answer::ok("Signed in.", signed_in?))
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
    Authenticator::try_new(secret, &user.email, &app.shop_name)
        .ok_or_else(|| Problem::internal("the TOTP secret is not valid"))
}

pub(crate) fn recovery_hash(code: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(code.as_bytes()))
}

pub(crate) fn invalid_code(refusal: CodeRefusal) -> Problem {
    let code = if refusal == CodeRefusal::Used { "code_used" } else { "invalid_code" };
    Problem::unauthorized(code, format!("Sorry, {refusal}."))
}

async fn sign_in(
    app: &App,
    user: &User,
    visitor: &Visitor,
    device_known: bool,
    proof: Option<Proof>,
    now: Time,
) -> Result<SignedInBody, Problem> {
    let signed_in = match try_sign_in(app, user, visitor, device_known, proof.clone(), now).await? {
        // Another sign-in from this kind of device was committed first. Nothing of this one was written.
        Err(SignInRefusal::DeviceKnown) if !device_known => {
            try_sign_in(app, user, visitor, true, proof.clone(), now).await?
        }
        decided => decided,
    };
    match signed_in {
        Ok(signed_in) => {
            telemetry::count("Logins", 1, now);
            Ok(signed_in)
        }
        Err(SignInRefusal::CodeUsed) if matches!(proof, Some(Proof::Recovery { .. })) => {
            Err(invalid_code(CodeRefusal::Wrong))
        }
        Err(SignInRefusal::CodeUsed) => Err(invalid_code(CodeRefusal::Used)),
        Err(SignInRefusal::DeviceKnown) => Err(Problem::internal("a known device was refused")),
    }
}

async fn try_sign_in(
    app: &App,
    user: &User,
    visitor: &Visitor,
    device_known: bool,
    proof: Option<Proof>,
    now: Time,
) -> Result<Result<SignedInBody, SignInRefusal>, Problem> {
    let (session, refresh_token) = open_session(app, user, visitor, proof.is_some(), now);
    let access_token = app.signer.keys(now).await?.access_token(user, session.id, now)?;
    let new_device = (!device_known).then(|| {
        let event = Event::NewDevice { user_id: user.id, device: visitor.device.clone(), ip: visitor.ip.to_string() };
        (device_of(visitor, now), app.context.ids.outbox_event(event, now))
    });
    let entry = (user.role.is_staff())
        .then(|| app.context.audit_entry(user.id, "user.sign-in", user.id, AuditChange::default(), now));
    match app.context.store.sign_in(&SignIn { session, new_device, proof, entry }).await {
        Ok(()) => Ok(Ok(SignedInBody::new(access_token, refresh_token.encode(), user))),
        Err(Commit::Refused(refusal)) => Ok(Err(refusal)),
        Err(Commit::Store(error)) => Err(error.into()),
    }
}
