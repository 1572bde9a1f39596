//! Two-factor sign-in: a secret for the authenticator app, its confirmation with a first code, and recovery codes.

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
use crate::body::{PasswordInput, TwoFactorCodeInput};
use crate::limits;
use crate::login::{authenticator, invalid_code, recovery_hash};
use crate::me::confirm_password;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TwoFactorSetupBody {
    /// For apps without a camera.
    secret: String,
    #[schema(example = "otpauth://totp/Kontor:ada%40example.com?secret=…&issuer=Kontor")]
    otpauth_url: String,
    /// An SVG as a data URL, for an `img`.
    qr_code: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecoveryCodesBody {
    /// Only this answer shows them. Each one can be used once in place of a code from the app.
    recovery_codes: Vec<String>,
}

/// Makes a new secret for the authenticator app.
///
/// It takes effect when a code confirms it.
#[utoipa::path(post, path = "/api/v1/auth/2fa/setup", responses(
    (status = 200, description = "The secret, also as a QR code.", body = Envelope<TwoFactorSetupBody>),
    (status = 409, description = "`two_factor_on`: two-factor is already on."),
))]
pub(crate) async fn setup(State(app): State<App>, me: SignedIn) -> Result<Answer<TwoFactorSetupBody>, Problem> {
    let secret = totp::encode_secret(app.context.ids.bytes());
    let otpauth_url = authenticator(&app, &me.user, &secret)?.uri();
    let qr_code = QrCode::new(&otpauth_url).map_err(Problem::internal)?;
    let svg = qr_code.render::<svg::Color>().min_dimensions(240, 240).build();
    app.context.store.begin_two_factor(me.user.id, &secret).await.map_err(on)?;
    let qr_code = format!("data:image/svg+xml;base64,{}", BASE64.encode(svg.as_bytes()));
    Ok(Answer::ok(
        "Scan the QR code. Then confirm with a code from the app.",
        TwoFactorSetupBody { secret, otpauth_url, qr_code },
    ))
}

/// Confirms the secret with a first code and turns two-factor on.
#[utoipa::path(post, path = "/api/v1/auth/2fa/enable", request_body = TwoFactorCodeInput, responses(
    (status = 200, description = "Two-factor is on. The recovery codes.", body = Envelope<RecoveryCodesBody>),
    (status = 401, description = "`invalid_code`."),
    (status = 409, description = "`two_factor_on`, or `two_factor_not_set_up`."),
))]
pub(crate) async fn enable(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<TwoFactorCodeInput>,
) -> Result<Answer<RecoveryCodesBody>, Problem> {
    let now = app.context.clock.now();
    let id = me.user.id.to_string();
    visitor.rate_limit(&app.context.store, now, limits::CONFIRM_BY_IP, Some((limits::CONFIRM_BY_ACCOUNT, &id))).await?;
    let credentials = app.context.store.credentials(me.user.id).await?;
    let (pending, step) = credentials.map(|c| (c.totp_pending, c.totp_step)).unwrap_or_default();
    let secret = pending
        .ok_or_else(|| Problem::conflict("two_factor_not_set_up", "Get a secret from /auth/2fa/setup first."))?;
    let step = authenticator(&app, &me.user, &secret)?.check(body.code.trim(), step, now).map_err(invalid_code)?;
    let (recovery_codes, recovery_hashes) = new_recovery_codes(&app);
    let outbox_event =
        app.context.ids.outbox_event(Event::TwoFactorChanged { user_id: me.user.id, enabled: true }, now);
    let two_factor = TwoFactorOn { secret: &secret, step, recovery_hashes, outbox_event: &outbox_event };
    app.context.store.enable_two_factor(me.user.id, two_factor).await.map_err(on)?;
    Ok(Answer::ok("Two-factor is on. Keep the recovery codes in a safe place.", RecoveryCodesBody { recovery_codes }))
}

/// Turns two-factor off.
///
/// The password is required.
#[utoipa::path(post, path = "/api/v1/auth/2fa/disable", request_body = PasswordInput, responses(
    (status = 200, description = "Two-factor is off.", body = Envelope<Nothing>),
    (status = 401, description = "`wrong_password`."),
    (status = 409, description = "`two_factor_off`: two-factor is already off."),
))]
pub(crate) async fn disable(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PasswordInput>,
) -> Result<Answer<Nothing>, Problem> {
    confirm_password(&app, &me.user, &visitor, &body.password).await?;
    let outbox_event = app
        .context
        .ids
        .outbox_event(Event::TwoFactorChanged { user_id: me.user.id, enabled: false }, app.context.clock.now());
    app.context.store.disable_two_factor(me.user.id, &outbox_event).await.map_err(off)?;
    Ok(Answer::ok("Two-factor is off.", Nothing))
}

/// Makes new recovery codes.
///
/// The password is required. The old codes do not work any more.
#[utoipa::path(post, path = "/api/v1/auth/2fa/recovery-codes", request_body = PasswordInput, responses(
    (status = 200, description = "The new recovery codes.", body = Envelope<RecoveryCodesBody>),
    (status = 401, description = "`wrong_password`."),
    (status = 409, description = "`two_factor_off`."),
))]
pub(crate) async fn recovery_codes(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PasswordInput>,
) -> Result<Answer<RecoveryCodesBody>, Problem> {
    confirm_password(&app, &me.user, &visitor, &body.password).await?;
    let (recovery_codes, hashes) = new_recovery_codes(&app);
    app.context.store.replace_recovery_codes(me.user.id, hashes).await.map_err(off)?;
    Ok(Answer::ok("These codes replace the old ones.", RecoveryCodesBody { recovery_codes }))
}

/// Ten codes and their hashes. Only the hashes are stored.
fn new_recovery_codes(app: &App) -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| totp::recovery_code(app.context.ids.bytes())).collect();
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    (codes, hashes)
}

fn on(error: Commit<CredentialsRefusal>) -> Problem {
    refused(error, "two_factor_on", "Two-factor is already on.")
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
