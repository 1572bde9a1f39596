//! `POST /api/v1/auth/login`, and its second step for those who use two-factor.

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
use store::credentials::Proof;
use store::sessions::{SignIn, SignInRefusal};
use utoipa::ToSchema;

use crate::App;
use crate::body::SignedInBody;
use crate::hasher::Verdict;
use crate::limits;
use crate::register::{device_of, open_session};
use crate::signer::{CHALLENGE_AUDIENCE, CHALLENGE_TTL, Challenge};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginBody {
    #[schema(example = "ada@example.com")]
    email: String,
    password: String,
}

/// Signed in, or one step before it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum LoginAnswer {
    SignedIn(Box<SignedInBody>),
    SecondStep(SecondStepBody),
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecondStepBody {
    /// Always true.
    two_factor_required: bool,
    /// Send it to `/auth/login/2fa` with a code.
    challenge_token: String,
    /// Seconds for which it is good.
    expires_in: u64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CodeStepBody {
    challenge_token: String,
    /// Six digits from the authenticator, or a recovery code.
    code: String,
}

/// Signs in with address and password. With two-factor on, the answer is a challenge for `/auth/login/2fa`.
#[utoipa::path(post, path = "/api/v1/auth/login", request_body = LoginBody, responses(
    (status = 200, description = "Signed in, or challenged.", body = Envelope<LoginAnswer>),
    (status = 401, description = "`invalid_credentials`: no such account, or another password."),
    (status = 403, description = "`account_banned`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn login(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<LoginBody>,
) -> Result<Answer<LoginAnswer>, Problem> {
    let now = app.clock.now();
    let email = Email::parse(&body.email).map_err(|error| Problem::field("email", error.to_string()))?;
    if Password::is_too_long(&body.password) {
        return Err(Problem::field("password", "must have at most 128 characters"));
    }
    let account = Some((limits::LOGIN_BY_ACCOUNT, email.as_str()));
    let rate_limit = visitor.rate_limit(&app.store, now, limits::LOGIN_BY_IP, account);
    let (rate_limit, user_id) = tokio::join!(rate_limit, app.store.user_id_of(&email));
    rate_limit?;

    // Whether there is such an account or not: the same reads, the same hashing, the same answer.
    let id = user_id?.unwrap_or_else(|| app.ids.user(now));
    let (user, credentials, device) = app.store.sign_in_facts(id, &visitor.fingerprint()).await?;
    let known_hash = credentials.as_ref().map(|credentials| credentials.password_hash.as_str());
    let verdict = app.hasher.verify(&body.password, known_hash).await?;
    let (Some(user), Some(credentials), false) = (user, credentials, verdict == Verdict::Wrong) else {
        telemetry::count("LoginsRefused", 1, now);
        return Err(Problem::unauthorized("invalid_credentials", "The email address or the password is wrong."));
    };
    if let Some(ban) = user.ban_at(now) {
        return Err(AccessRefusal::Banned(ban.clone()).into());
    }
    if verdict == Verdict::Outdated {
        let hash = app.hasher.hash(&body.password).await?;
        app.store.rehash(user.id, &credentials.password_hash, hash).await?;
    }
    if credentials.totp_secret.is_some() {
        let challenge_token = app.signer.keys(now).await?.challenge(&user, now)?;
        let step = SecondStepBody { two_factor_required: true, challenge_token, expires_in: CHALLENGE_TTL.as_secs() };
        return Ok(Answer::ok("Send a code of your authenticator.", LoginAnswer::SecondStep(step)));
    }
    let signed_in =
        sign_in(&app, &user, &visitor, SignInFacts { device_known: device.is_some(), proof: None }, now).await?;
    Ok(Answer::ok("Signed in.", LoginAnswer::SignedIn(Box::new(signed_in))))
}

/// The second step: the challenge of the first, and a code that works once.
#[utoipa::path(post, path = "/api/v1/auth/login/2fa", request_body = CodeStepBody, responses(
    (status = 200, description = "Signed in.", body = Envelope<SignedInBody>),
    (status = 401, description = "`invalid_code`, `code_used` or `invalid_token`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn second_step(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<CodeStepBody>,
) -> Result<Answer<SignedInBody>, Problem> {
    let now = app.clock.now();
    let challenge: Challenge = app.auth.verifier.claims(&body.challenge_token, CHALLENGE_AUDIENCE, now).await?;
    let expired = || Problem::unauthorized("challenge_expired", "Sign in with your password again.");
    if challenge.kind != Challenge::KIND || now.unix_seconds() >= challenge.exp {
        return Err(expired());
    }
    let subject = challenge.sub.to_string();
    let account = Some((limits::SECOND_STEP_BY_ACCOUNT, subject.as_str()));
    visitor.rate_limit(&app.store, now, limits::SECOND_STEP_BY_IP, account).await?;

    let (user, credentials, device) = app.store.sign_in_facts(challenge.sub, &visitor.fingerprint()).await?;
    let (Some(user), Some(credentials)) = (user, credentials) else {
        return Err(expired());
    };
    if user.epoch != challenge.epoch {
        return Err(expired());
    }
    if let Some(ban) = user.ban_at(now) {
        return Err(AccessRefusal::Banned(ban.clone()).into());
    }
    let proof = Some(prove(&app, &user, &credentials, &body.code, now)?);
    let signed_in = sign_in(&app, &user, &visitor, SignInFacts { device_known: device.is_some(), proof }, now).await?;
    Ok(Answer::ok("Signed in.", signed_in))
}

/// What a code uses up, if it is good: a step of the authenticator or a recovery code.
fn prove(app: &App, user: &User, credentials: &Credentials, code: &str, now: Time) -> Result<Proof, Problem> {
    if let Some(code) = totp::parse_recovery_code(code) {
        // Whether it is one of the user's is decided by the table, where it is used up.
        return Ok(Proof::Recovery { hash: recovery_hash(&code) });
    }
    let secret = credentials.totp_secret.clone().ok_or_else(|| invalid_code(CodeRefusal::Wrong))?;
    let authenticator = authenticator(app, user, &secret)?;
    let step = authenticator.check(code.trim(), credentials.totp_step, now).map_err(invalid_code)?;
    Ok(Proof::Totp { secret, step })
}

pub(crate) fn authenticator(app: &App, user: &User, secret: &str) -> Result<Authenticator, Problem> {
    Authenticator::try_new(secret, &user.email, &app.shop_name)
        .ok_or_else(|| Problem::internal("the TOTP secret is unusable"))
}

pub(crate) fn recovery_hash(code: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(code.as_bytes()))
}

pub(crate) fn invalid_code(refusal: CodeRefusal) -> Problem {
    let code = if refusal == CodeRefusal::Used { "code_used" } else { "invalid_code" };
    Problem::unauthorized(code, format!("Sorry, {refusal}."))
}

struct SignInFacts {
    device_known: bool,
    proof: Option<Proof>,
}

async fn sign_in(
    app: &App,
    user: &User,
    visitor: &Visitor,
    facts: SignInFacts,
    now: Time,
) -> Result<SignedInBody, Problem> {
    let keys = app.signer.keys(now).await?;
    let recovery = matches!(facts.proof, Some(Proof::Recovery { .. }));
    let mut device_known = facts.device_known;
    loop {
        let (session, refresh_token) = open_session(app, user, visitor, now);
        let access_token = keys.access_token(user, session.id, now)?;
        let new_device = (!device_known).then(|| {
            let (device, ip) = (visitor.device.clone(), visitor.ip.to_string());
            (device_of(visitor, now), app.outbox_event(Event::NewDevice { user_id: user.id, device, ip }, now))
        });
        let sign_in = SignIn { session, new_device, proof: facts.proof.clone() };
        match app.store.sign_in(&sign_in).await {
            Ok(()) => {
                telemetry::count("Logins", 1, now);
                return Ok(SignedInBody::new(access_token, refresh_token.encode(), user));
            }
            // Another sign-in from such a device came first; nothing of this one was written, and nothing is new any
            // more.
            Err(Commit::Refused(SignInRefusal::DeviceKnown)) if !device_known => {
                device_known = true;
            }
            Err(Commit::Refused(SignInRefusal::DeviceKnown)) => {
                return Err(Problem::internal("a known device was refused"));
            }
            Err(Commit::Refused(SignInRefusal::CodeUsed)) => {
                return Err(invalid_code(if recovery { CodeRefusal::Wrong } else { CodeRefusal::Used }));
            }
            Err(Commit::Store(error)) => return Err(error.into()),
        }
    }
}
