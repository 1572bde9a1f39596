//! My sessions: logout, list, end one, end all.

use axum::Json;
use axum::extract::{Path, State};
use domain::id::SessionId;
use kit::http::answer::{Answer, Envelope, Listing, Nothing, listing};
use kit::http::auth::SignedIn;
use kit::http::body::Query;
use kit::http::paging::ListQuery;
use kit::http::problem::Problem;

use crate::App;
use crate::body::SessionBody;

/// Ends the session that asks.
#[utoipa::path(post, path = "/api/v1/auth/logout", responses((status = 200, description = "Ended.", body = Envelope<Nothing>)))]
pub(crate) async fn logout(State(app): State<App>, me: SignedIn) -> Result<Answer<Nothing>, Problem> {
    app.store.end_session(me.user.id, me.session.id).await?;
    Ok(Answer::ok("Signed out.", Nothing))
}

/// My sessions, newest first.
#[utoipa::path(get, path = "/api/v1/auth/sessions", params(ListQuery), responses(
    (status = 200, description = "One entry a device.", body = Listing<SessionBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<SessionBody>>, Problem> {
    let (request, now) = (query.page()?, app.clock.now());
    let mut page = app.store.sessions(me.user.id, &request).await?;
    // Sessions of an epoch that has passed, or past their time, are dead and wait only for their TTL.
    page.items.retain(|session| session.is_live(&me.user, now));
    Ok(listing("Your sessions.", page, request.limit, |session| SessionBody::of(&session, &me.session)))
}

/// Ends all my sessions, this one too.
#[utoipa::path(delete, path = "/api/v1/auth/sessions", responses((status = 200, description = "Ended.", body = Envelope<Nothing>)))]
pub(crate) async fn end_all(State(app): State<App>, me: SignedIn) -> Result<Answer<Nothing>, Problem> {
    app.store.end_all_sessions(me.user.id).await?;
    Ok(Answer::ok("Signed out everywhere.", Nothing))
}

/// Ends one of my sessions. Ending one that has ended is no error.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "Ended.", body = Envelope<Nothing>),
    (status = 404, description = "`session_not_found`: no session has such an id."),
))]
pub(crate) async fn end(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let id = SessionId::parse(&id).map_err(|_| Problem::not_found("session_not_found", "There is no such session."))?;
    app.store.end_session(me.user.id, id).await?;
    Ok(Answer::ok("Signed out there.", Nothing))
}
