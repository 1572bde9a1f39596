//! `POST /api/v1/auth/refresh`: exchanges a refresh token for a new pair of tokens. `signer` describes the chain of
//! refresh tokens; `domain::session` has the rule.

use axum::extract::State;
use domain::session::{Refresh, Session, check_access};
use domain::user::User;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use kit::runtime::telemetry;
use serde::Deserialize;
use store::Commit;
use store::retry::{Attempt, retry_from};
use store::sessions::{Rotation, SessionChanged};
use utoipa::ToSchema;

use crate::App;
use crate::body::SignedInBody;
use crate::limits;
use crate::session_cookie::SessionCookie;
use crate::signer::RefreshToken;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshInput {
    /// Left out if it is in the cookie.
    #[serde(default)]
    refresh_token: Option<String>,
}

/// Exchanges a refresh token for a new pair of tokens.
///
/// A refresh token works once. Within ten seconds, a second use gets the same answer again, for a client that lost the
/// first answer. After that, a second use ends the session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", request_body = RefreshInput, params(("Session-Cookie" = Option<String>, Header)), responses(
    (status = 200, description = "A new pair of tokens.", body = Envelope<SignedInBody>),
    (status = 401, description = "`invalid_refresh_token`, `refresh_token_reused` or `session_ended`."),
    (status = 403, description = "`account_banned`, or `cross_origin_request`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn refresh(
    State(app): State<App>,
    visitor: Visitor,
    cookie: SessionCookie,
    Body(body): Body<RefreshInput>,
) -> Result<Answer<SignedInBody>, Problem> {
    let now = app.context.clock.now();
    let Some(token) = RefreshToken::parse(&cookie.refresh_token(body.refresh_token)?) else {
        let by_ip = limits::REFRESH_BY_IP;
        visitor.rate_limit(&app.context.store, now, by_ip, None).await?;
        return Err(invalid());
    };
    let session_id = token.session_id.to_string();
    let account = Some((limits::REFRESH_BY_ACCOUNT, session_id.as_str()));
    let rate_limit = visitor.rate_limit(&app.context.store, now, limits::REFRESH_BY_IP, account);
    let read = || async {
        match app.context.store.user_and_session(token.user_id, token.session_id).await? {
            (Some(user), Some(session)) => Ok((user, session)),
            _ => Err(invalid()),
        }
    };
    let (rate_limit, found) = tokio::join!(rate_limit, read());
    rate_limit?;
    let found = found?;

    let keys = app.signer.keys(now).await?;
    let next = keys.next(&token).ok_or_else(invalid)?;
    let signed_in = |user: &User| -> Result<Attempt<Answer<SignedInBody>>, Problem> {
        let mut signed_in = SignedInBody::new(&app, &keys, user, &next, now)?;
        let kept = cookie.keep(&mut signed_in);
        Ok(Attempt::Done(Answer::ok("Refreshed.", signed_in).with_headers(kept)))
    };
    let attempt = async |(user, session): (User, Session)| {
        let decision = session.refresh(keys.position(&token, &session), now);
        if decision != Refresh::Refuse {
            check_access(Some(&user), Some(&session), now)?;
        }
        match decision {
            Refresh::Refuse => Err(invalid()),
            Refresh::Repeat => signed_in(&user),
            Refresh::End => {
                app.context.store.end_session(user.id, session.id).await?;
                telemetry::count("RefreshTokensReused", 1, now);
                let message = "This refresh token was used before. For safety, its session has ended.";
                Err(Problem::unauthorized("refresh_token_reused", message))
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
                match app.context.store.rotate(&rotation).await {
                    Ok(()) => signed_in(&user),
                    // Another refresh was committed first, or this one was and its answer was lost.
                    Err(Commit::Refused(SessionChanged)) => Ok(Attempt::Overtaken),
                    Err(Commit::Store(error)) => Err(error.into()),
                }
            }
        }
    };
    retry_from("the session", found, read, attempt).await
}

fn invalid() -> Problem {
    Problem::unauthorized("invalid_refresh_token", "The refresh token is not valid.")
}
