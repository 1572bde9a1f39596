//! My sessions: logout, list, end one, end all.

use axum::Json;
use axum::extract::{Path, State};
use domain::id::SessionId;
use domain::user::User;
use kit::http::answer::{Answer, Envelope, Listing, Nothing, listing};
use kit::http::auth::SignedIn;
use kit::http::body::Query;
use kit::http::paging::ListQuery;
use kit::http::problem::Problem;
use store::page::PageRequest;

use crate::App;
use crate::body::SessionBody;
use crate::session_cookie::SessionCookie;

/// Ends the session of this request.
///
/// Its access token and its refresh token are refused from now on.
#[utoipa::path(post, path = "/api/v1/auth/logout", params(("Session-Cookie" = Option<String>, Header)), responses(
    (status = 200, description = "The session has ended.", body = Envelope<Nothing>),
    (status = 403, description = "`cross_origin_request`."),
))]
pub(crate) async fn logout(
    State(app): State<App>,
    me: SignedIn,
    cookie: SessionCookie,
) -> Result<Answer<Nothing>, Problem> {
    app.context.store.end_session(me.user.id, me.session.id).await?;
    Ok(Answer::ok("Signed out.", Nothing).with_headers(cookie.forget()))
}

/// Lists my sessions, newest first.
///
/// A session is a device that is signed in.
#[utoipa::path(get, path = "/api/v1/auth/sessions", params(ListQuery), responses(
    (status = 200, description = "A page of sessions.", body = Listing<SessionBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<SessionBody>>, Problem> {
    listed(&app, "Your sessions.", &me.user, Some(me.session.id), &query.page()?).await
}

/// A page of the live sessions of a user. `current` is the session of the request.
pub(crate) async fn listed(
    app: &App,
    message: &str,
    user: &User,
    current: Option<SessionId>,
    request: &PageRequest,
) -> Result<Json<Listing<SessionBody>>, Problem> {
    let now = app.context.clock.now();
    let mut page = app.context.store.sessions(user.id, request).await?;
    // Sessions of an old epoch and expired sessions have ended. Their items wait for the TTL.
    page.items.retain(|session| session.is_live(user, now));
    Ok(listing(message, page, request.limit, |session| SessionBody::of(&session, current)))
}

/// Ends all my sessions, including this one.
///
/// Every device has to sign in again.
#[utoipa::path(delete, path = "/api/v1/auth/sessions", responses((status = 200, description = "All sessions have ended.", body = Envelope<Nothing>)))]
pub(crate) async fn end_all(State(app): State<App>, me: SignedIn) -> Result<Answer<Nothing>, Problem> {
    app.context.store.end_all_sessions(me.user.id).await?;
    Ok(Answer::ok("All devices are signed out.", Nothing))
}

/// Ends one of my sessions.
///
/// It is no error if the session has already ended.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The session has ended.", body = Envelope<Nothing>),
    (status = 404, description = "`session_not_found`: this is not the id of a session."),
))]
pub(crate) async fn end(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let id = SessionId::parse(&id).map_err(|_| Problem::not_found("session_not_found", "There is no such session."))?;
    app.context.store.end_session(me.user.id, id).await?;
    Ok(Answer::ok("That device is signed out.", Nothing))
}
