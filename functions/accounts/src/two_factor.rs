//! Two-factor sign-in: show a secret, confirm it with its first code, and codes to keep for the day the phone is lost.

use axum::extract::State;
use data_encoding::BASE64;
use domain::event::Event;
use domain::totp::{self, RECOVERY_CODES};
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Serialize;
use store::Commit;
use store::credentials::{CredentialsRefusal, TwoFactorOn};
use utoipa::ToSchema;

use crate::App;
use crate::body::{CodeBody, PasswordBody};
use crate::limits;
use crate::login::{authenticator, invalid_code, recovery_hash};
use crate::me::confirm_password;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetupBody {
    /// For apps without a camera.
    secret: String,
    #[schema(example = "otpauth://totp/Kontor:ada%40example.com?secret=…&issuer=Kontor")]
    otpauth_url: String,
    /// An SVG as a data URL, for an `img`.
    qr_code: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecoveryBody {
    /// Shown this once. Each signs in once in place of a code.
    recovery_codes: Vec<String>,
}

/// A new secret to scan. Nothing changes until a code confirms it.
#[utoipa::path(post, path = "/api/v1/auth/2fa/setup", responses(
    (status = 200, description = "Scan it.", body = Envelope<SetupBody>),
    (status = 409, description = "`two_factor_on`: it is on already."),
))]
pub(crate) async fn setup(State(app): State<App>, me: SignedIn) -> Result<Answer<SetupBody>, Problem> {
    let secret = totp::encode_secret(app.ids.bytes());
    let otpauth_url = authenticator(&app, &me.user, &secret)?.uri();
    let qr_code = QrCode::new(&otpauth_url).map_err(Problem::internal)?;
    let svg = qr_code.render::<svg::Color>().min_dimensions(240, 240).build();
    app.store.begin_two_factor(me.user.id, &secret).await.map_err(on)?;
    let qr_code = format!("data:image/svg+xml;base64,{}", BASE64.encode(svg.as_bytes()));
    Ok(Answer::ok("Scan the code and confirm with six digits.", SetupBody { secret, otpauth_url, qr_code }))
}

/// Confirms the secret with its first code and turns two-factor on.
#[utoipa::path(post, path = "/api/v1/auth/2fa/enable", request_body = CodeBody, responses(
    (status = 200, description = "On; keep the recovery codes.", body = Envelope<RecoveryBody>),
    (status = 401, description = "`invalid_code`."),
    (status = 409, description = "`two_factor_on`, or `two_factor_not_set_up`."),
))]
pub(crate) async fn enable(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<CodeBody>,
) -> Result<Answer<RecoveryBody>, Problem> {
    let now = app.clock.now();
    let id = me.user.id.to_string();
    visitor.rate_limit(&app.store, now, limits::CONFIRM_BY_IP, Some((limits::CONFIRM_BY_ACCOUNT, &id))).await?;
    let credentials = app.store.credentials(me.user.id).await?;
    let (pending, step) = credentials.map(|c| (c.totp_pending, c.totp_step)).unwrap_or_default();
    let secret = pending
        .ok_or_else(|| Problem::conflict("two_factor_not_set_up", "Ask for a secret first, at /auth/2fa/setup."))?;
    let step = authenticator(&app, &me.user, &secret)?.check(body.code.trim(), step, now).map_err(invalid_code)?;
    let (recovery_codes, recovery_hashes) = new_recovery_codes(&app);
    let outbox_event = app.outbox_event(Event::TwoFactorChanged { user_id: me.user.id, enabled: true }, now);
    let two_factor = TwoFactorOn { secret: &secret, step, recovery_hashes, outbox_event: &outbox_event };
    app.store.enable_two_factor(me.user.id, two_factor).await.map_err(on)?;
    Ok(Answer::ok("Two-factor is on. Keep these codes where you will find them.", RecoveryBody { recovery_codes }))
}

/// Turns two-factor off, with the password.
#[utoipa::path(post, path = "/api/v1/auth/2fa/disable", request_body = PasswordBody, responses(
    (status = 200, description = "Off.", body = Envelope<Nothing>),
    (status = 401, description = "`wrong_password`."),
    (status = 409, description = "`two_factor_off`: it is off already."),
))]
pub(crate) async fn disable(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PasswordBody>,
) -> Result<Answer<Nothing>, Problem> {
    confirm_password(&app, &me.user, &visitor, &body.password).await?;
    let outbox_event =
        app.outbox_event(Event::TwoFactorChanged { user_id: me.user.id, enabled: false }, app.clock.now());
    app.store.disable_two_factor(me.user.id, &outbox_event).await.map_err(off)?;
    Ok(Answer::ok("Two-factor is off.", Nothing))
}

/// New recovery codes, with the password. The old ones are void.
#[utoipa::path(post, path = "/api/v1/auth/2fa/recovery-codes", request_body = PasswordBody, responses(
    (status = 200, description = "Keep them.", body = Envelope<RecoveryBody>),
    (status = 401, description = "`wrong_password`."),
    (status = 409, description = "`two_factor_off`."),
))]
pub(crate) async fn recovery_codes(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PasswordBody>,
) -> Result<Answer<RecoveryBody>, Problem> {
    confirm_password(&app, &me.user, &visitor, &body.password).await?;
    let (recovery_codes, hashes) = new_recovery_codes(&app);
    app.store.replace_recovery_codes(me.user.id, hashes).await.map_err(off)?;
    Ok(Answer::ok("These replace the old ones.", RecoveryBody { recovery_codes }))
}

/// Ten codes, and the hashes that are kept of them.
fn new_recovery_codes(app: &App) -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| totp::recovery_code(app.ids.bytes())).collect();
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    (codes, hashes)
}

fn on(error: Commit<CredentialsRefusal>) -> Problem {
    refused(error, "two_factor_on", "Two-factor is on already.")
}

fn off(error: Commit<CredentialsRefusal>) -> Problem {
    refused(error, "two_factor_off", "Two-factor is off.")
}

fn refused(error: Commit<CredentialsRefusal>, code: &'static str, message: &str) -> Problem {
    match error {
        Commit::Refused(_) => Problem::conflict(code, message),
        Commit::Store(error) => error.into(),
    }
}
