//! `POST /api/v1/auth/refresh`: exchanges a refresh token for a new pair of tokens. `signer` describes the chain of
//! refresh tokens; `domain::session` has the rule.

use axum::extract::State;
use domain::session::{AccessRefusal, Refresh, check_access};
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use kit::runtime::telemetry;
use serde::Deserialize;
use store::sessions::{Rotated, Rotation};
use utoipa::ToSchema;

use crate::App;
use crate::body::SignedInBody;
use crate::limits;
use crate::signer::RefreshToken;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshInput {
    refresh_token: String,
}

/// Exchanges a refresh token for a new pair of tokens.
///
/// A refresh token works once. Within ten seconds, a second use gets the same answer again, for a client that lost the
/// first answer. After that, a second use ends the session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", request_body = RefreshInput, responses(
    (status = 200, description = "A new pair of tokens.", body = Envelope<SignedInBody>),
    (status = 401, description = "`invalid_refresh_token`, `refresh_token_reused` or `session_ended`."),
    (status = 403, description = "`account_banned`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn refresh(
    State(app): State<App>,
    visitor: Visitor,
    Body(body): Body<RefreshInput>,
) -> Result<Answer<SignedInBody>, Problem> {
    let now = app.context.clock.now();
    let Some(token) = RefreshToken::parse(&body.refresh_token) else {
        let by_ip = limits::REFRESH_BY_IP;
        visitor.rate_limit(&app.context.store, now, by_ip, None).await?;
        return Err(invalid());
    };
    let session_id = token.session_id.to_string();
    let account = Some((limits::REFRESH_BY_ACCOUNT, session_id.as_str()));
    let rate_limit = visitor.rate_limit(&app.context.store, now, limits::REFRESH_BY_IP, account);
    let (rate_limit, facts) =
        tokio::join!(rate_limit, app.context.store.user_and_session(token.user_id, token.session_id));
    rate_limit?;
    let (user, session) = facts?;
    let (Some(user), Some(mut session)) = (user, session) else {
        return Err(invalid());
    };

    let keys = app.signer.keys(now).await?;
    let next = keys.next(&token).ok_or_else(invalid)?;
    let signed_in = || -> Result<Answer<SignedInBody>, Problem> {
        Ok(Answer::ok("Refreshed.", SignedInBody::new(&keys, &user, &next, now)?))
    };
    // Two tries: if another refresh was committed first, the second try decides on the session as that refresh left it.
    for _ in 0..2 {
        let decision = session.refresh(keys.position(&token, &session), now);
        if decision != Refresh::Refuse {
            check_access(Some(&user), Some(&session), now)?;
        }
        match decision {
            Refresh::Refuse => return Err(invalid()),
            Refresh::Repeat => return signed_in(),
            Refresh::End => {
                app.context.store.end_session(user.id, session.id).await?;
                telemetry::count("RefreshTokensReused", 1, now);
                let message = "This refresh token was used before. For safety, its session has ended.";
                return Err(Problem::unauthorized("refresh_token_reused", message));
            }
            Refresh::Rotate => {
                let rotation = Rotation {
                    user_id: user.id,
                    session_id: session.id,
                    from_hash: session.refresh_hash.clone(),
                    to_hash: next.hash(),
                    generation: next.generation,
                    now,
                    until: session.next_deadline(now),
                    ip: visitor.ip.to_string(),
                };
                match app.context.store.rotate(&rotation).await? {
                    Rotated::Done => return signed_in(),
                    Rotated::Overtaken(None) => return Err(AccessRefusal::SessionEnded.into()),
                    Rotated::Overtaken(Some(overtaken)) => session = overtaken,
                }
            }
        }
    }
    Err(Problem::busy("two other refreshes were committed first"))
}

fn invalid() -> Problem {
    Problem::unauthorized("invalid_refresh_token", "The refresh token is not valid.")
}
