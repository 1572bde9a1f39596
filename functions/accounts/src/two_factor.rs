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
use store::credentials::{CredentialsRefusal, Proof, TwoFactorOn};
use utoipa::ToSchema;

use crate::body::{PasswordAndCodeInput, PasswordInput, TwoFactorCodeInput};
use crate::login::{authenticator, recovery_hash};
use crate::reauthenticate::{Confirming, FirstCode};
use crate::{App, reauthenticate};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TwoFactorSetupBody {
    /// For apps without a camera.
    secret: String,
    #[schema(example = "otpauth://totp/Kontor:ada%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Kontor")]
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
/// The password is required, and the address must be confirmed. The secret takes effect when a code confirms it.
#[utoipa::path(post, path = "/api/v1/auth/2fa/setup", request_body = PasswordInput, responses(
    (status = 200, description = "The secret, also as a QR code.", body = Envelope<TwoFactorSetupBody>),
    (status = 401, description = "`wrong_password`."),
    (status = 409, description = "`email_not_verified`: confirm the address first. `two_factor_on`: two-factor is already on."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn setup(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PasswordInput>,
) -> Result<Answer<TwoFactorSetupBody>, Problem> {
    if !me.user.email_verified {
        let message = "Please confirm your email address first. We sent you a mail with a link.";
        return Err(Problem::conflict("email_not_verified", message));
    }
    reauthenticate::password(&app, &me, &visitor, &body.password).await?;
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

/// Turns two-factor on with a first code.
///
/// The code confirms the secret of the setup. All other sessions end.
#[utoipa::path(post, path = "/api/v1/auth/2fa/enable", request_body = TwoFactorCodeInput, responses(
    (status = 200, description = "Two-factor is on. The recovery codes.", body = Envelope<RecoveryCodesBody>),
    (status = 401, description = "`invalid_code` or `code_used`."),
    (status = 409, description = "`two_factor_not_set_up`: it has no secret that waits for a code. Or `changed_meanwhile`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn enable(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<TwoFactorCodeInput>,
) -> Result<Answer<RecoveryCodesBody>, Problem> {
    let FirstCode { secret, step } = reauthenticate::first_code(&app, &me, &visitor, &body.code).await?;
    let (recovery_codes, recovery_hashes) = new_recovery_codes(&app);
    let event = Event::TwoFactorChanged { user_id: me.user.id, enabled: true };
    let outbox_event = app.context.ids.outbox_event(event, app.context.clock.now());
    let two_factor = TwoFactorOn { secret: &secret, step, recovery_hashes, outbox_event: &outbox_event };
    app.context.store.enable_two_factor(&me.user, me.session.id, two_factor).await.map_err(|error| match error {
        // Two-factor was turned on, another secret was asked for, or all sessions were ended.
        Commit::Refused(_) => reauthenticate::changed_meanwhile(),
        Commit::Store(error) => error.into(),
    })?;
    let message = "Two-factor is on, and other devices were signed out. Keep the recovery codes in a safe place.";
    Ok(Answer::ok(message, RecoveryCodesBody { recovery_codes }))
}

/// Turns two-factor off.
///
/// The password and a code are required. A recovery code is good too.
#[utoipa::path(post, path = "/api/v1/auth/2fa/disable", request_body = PasswordAndCodeInput, responses(
    (status = 200, description = "Two-factor is off.", body = Envelope<Nothing>),
    (status = 401, description = "`wrong_password`, `invalid_code` or `code_used`."),
    (status = 409, description = "`two_factor_off`: two-factor is already off."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn disable(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PasswordAndCodeInput>,
) -> Result<Answer<Nothing>, Problem> {
    let (confirming, proof) = confirm_both(&app, &me, &visitor, &body).await?;
    let event = Event::TwoFactorChanged { user_id: me.user.id, enabled: false };
    let outbox_event = app.context.ids.outbox_event(event, app.context.clock.now());
    let off = app.context.store.disable_two_factor(me.user.id, &proof, &outbox_event).await;
    off.map_err(|error| used(error, &proof))?;
    confirming.succeeded().await;
    Ok(Answer::ok("Two-factor is off.", Nothing))
}

/// Makes new recovery codes.
///
/// The password and a code are required. The old recovery codes do not work any more.
#[utoipa::path(post, path = "/api/v1/auth/2fa/recovery-codes", request_body = PasswordAndCodeInput, responses(
    (status = 200, description = "The new recovery codes.", body = Envelope<RecoveryCodesBody>),
    (status = 401, description = "`wrong_password`, `invalid_code` or `code_used`."),
    (status = 409, description = "`two_factor_off`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn recovery_codes(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PasswordAndCodeInput>,
) -> Result<Answer<RecoveryCodesBody>, Problem> {
    let (confirming, proof) = confirm_both(&app, &me, &visitor, &body).await?;
    let (recovery_codes, hashes) = new_recovery_codes(&app);
    let token = app.context.ids.transaction(app.context.clock.now());
    let replaced = app.context.store.replace_recovery_codes(me.user.id, &proof, hashes, token).await;
    replaced.map_err(|error| used(error, &proof))?;
    confirming.succeeded().await;
    Ok(Answer::ok("These codes replace the old ones.", RecoveryCodesBody { recovery_codes }))
}

async fn confirm_both<'a>(
    app: &'a App,
    me: &'a SignedIn,
    visitor: &Visitor,
    body: &PasswordAndCodeInput,
) -> Result<(Confirming<'a>, Proof), Problem> {
    if !me.user.two_factor {
        return Err(reauthenticate::two_factor_off());
    }
    reauthenticate::password_and_code(app, me, visitor, &body.password, &body.code).await
}

/// Ten codes and their hashes. Only the hashes are stored.
fn new_recovery_codes(app: &App) -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| totp::recovery_code(app.context.ids.bytes())).collect();
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    (codes, hashes)
}

fn on(error: Commit<CredentialsRefusal>) -> Problem {
    match error {
        Commit::Refused(_) => Problem::conflict("two_factor_on", "Two-factor is already on."),
        Commit::Store(error) => error.into(),
    }
}

fn used(error: Commit<CredentialsRefusal>, proof: &Proof) -> Problem {
    match error {
        Commit::Refused(_) => reauthenticate::used_code(proof),
        Commit::Store(error) => error.into(),
    }
}
