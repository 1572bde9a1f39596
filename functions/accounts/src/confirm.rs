//! `POST /api/v1/auth/confirm`: a signed-in person proves once more that the account is theirs. Some routes of staff need
//! a fresh proof.

use axum::extract::State;
use domain::session::IdentityProof;
use domain::totp::CodeRefusal;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::{Deserialize, Serialize};
use store::Commit;
use store::credentials::{CredentialsRefusal, Proof};
use utoipa::ToSchema;

use crate::App;
use crate::login::{invalid_code, prove};
use crate::me::{check_password, credentials_to_confirm};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmInput {
    /// Required for an account without two-factor sign-in.
    password: Option<String>,
    /// Required for an account with two-factor sign-in: six digits from the authenticator app, or a recovery code.
    code: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfirmedBody {
    /// Until then this session has a fresh proof.
    fresh_until: String,
}

/// Proves again that my account is mine.
///
/// Sign-in is such a proof. Later, some routes of staff answer `fresh_proof_required` until this session has a new one.
#[utoipa::path(post, path = "/api/v1/auth/confirm", request_body = ConfirmInput, responses(
    (status = 200, description = "The session has a fresh proof.", body = Envelope<ConfirmedBody>),
    (status = 401, description = "`wrong_password`, `invalid_code`, `code_used` or `session_ended`."),
    (status = 409, description = "`two_factor_off`: a code was sent, but two-factor is off."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn confirm(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<ConfirmInput>,
) -> Result<Answer<ConfirmedBody>, Problem> {
    let now = app.context.clock.now();
    let credentials = credentials_to_confirm(&app, &me.user, &visitor).await?;
    let code = match (&credentials.totp_secret, &body.code, &body.password) {
        (Some(_), None, _) => return Err(Problem::field("code", "is required, because two-factor is on")),
        (None, Some(_), _) => return Err(Problem::conflict("two_factor_off", "Two-factor is off.")),
        (None, None, None) => return Err(Problem::field("password", "is required")),
        (_, code, _) => code.as_deref(),
    };
    if let Some(password) = &body.password {
        check_password(&app, &credentials, password).await?;
    }
    let uses_up = code.map(|code| prove(&app, &me.user, &credentials, code, now)).transpose()?;
    let proof = IdentityProof { at: now, second_factor: uses_up.is_some() };
    let token = app.context.ids.transaction(now);
    app.context.store.renew_proof(&me.session, proof, uses_up.as_ref(), token).await.map_err(|error| match error {
        Commit::Refused(CredentialsRefusal::SessionEnded) => domain::session::AccessRefusal::SessionEnded.into(),
        Commit::Refused(CredentialsRefusal::Changed) => invalid_code(match uses_up {
            Some(Proof::Totp { .. }) => CodeRefusal::Used,
            Some(Proof::Recovery { .. }) | None => CodeRefusal::Wrong,
        }),
        Commit::Store(error) => error.into(),
    })?;
    let fresh_until = (now + app.context.auth.staff_rules.proof_lasts).to_string();
    Ok(Answer::ok("Thank you.", ConfirmedBody { fresh_until }))
}
