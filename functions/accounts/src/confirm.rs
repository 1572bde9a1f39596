//! `POST /api/v1/auth/confirm`: a signed-in person proves once more that the account is theirs. Some routes of staff need
//! a fresh proof.

use axum::extract::State;
use domain::session::{AccessRefusal, IdentityProof};
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::{Deserialize, Serialize};
use store::Commit;
use store::credentials::CredentialsRefusal;
use utoipa::ToSchema;

use crate::{App, reauthenticate};

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
    let (password, code) = (body.password.as_deref(), body.code.as_deref());
    let (confirming, uses_up) = reauthenticate::password_or_code(&app, &me, &visitor, password, code).await?;
    let proof = IdentityProof { at: now, second_factor: uses_up.is_some() };
    let token = app.context.ids.transaction(now);
    app.context.store.renew_proof(&me.session, proof, uses_up.as_ref(), token).await.map_err(|error| match error {
        Commit::Refused(CredentialsRefusal::SessionEnded) => AccessRefusal::SessionEnded.into(),
        Commit::Refused(CredentialsRefusal::Changed) => {
            uses_up.as_ref().map_or_else(reauthenticate::changed_meanwhile, reauthenticate::used_code)
        }
        Commit::Store(error) => error.into(),
    })?;
    confirming.succeeded().await;
    let fresh_until = (now + app.context.auth.staff_rules.proof_lasts).to_string();
    Ok(Answer::ok("Thank you.", ConfirmedBody { fresh_until }))
}
