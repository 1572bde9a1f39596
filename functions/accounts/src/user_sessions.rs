//! The sessions of a user, as staff see and end them.

use axum::Json;
use axum::extract::{Path, State};
use domain::user::decide_end_of_sessions;
use kit::http::answer::{Answer, Envelope, Listing, Nothing};
use kit::http::auth::{Identity, SignedIn};
use kit::http::body::Query;
use kit::http::paging::ListQuery;
use kit::http::problem::Problem;
use store::audit::AuditChange;
use store::retry::retry;

use crate::body::SessionBody;
use crate::staff::{act, committed, find, refused};
use crate::{App, sessions};

/// Lists the sessions of one user, newest first.
///
/// Reading the list leaves an entry in the audit trail.
#[utoipa::path(get, path = "/api/v1/users/{id}/sessions", params(("id" = String, Path), ListQuery), responses(
    (status = 200, description = "A page of sessions.", body = Listing<SessionBody>),
    (status = 404, description = "`user_not_found`."),
))]
pub(crate) async fn list(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<SessionBody>>, Problem> {
    let request = query.page()?;
    let user = find(&app, &id).await?;
    let current = match &staff {
        Identity::User(signed_in) => Some(signed_in.session.id),
        Identity::Key(_) => None,
    };
    let listed = sessions::listed(&app, "The sessions of the user.", &user, current, &request).await?;
    app.context.trail.read(staff.id(), "user.read-sessions", user.id, None).await;
    Ok(listed)
}

/// Ends all sessions of one user.
///
/// Every device of the user has to sign in again. For an account that somebody else may have entered: the password
/// stays as it is, so let the user change it.
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions", params(("id" = String, Path)), responses(
    (status = 200, description = "All sessions have ended.", body = Envelope<Nothing>),
    (status = 403, description = "`not_oneself`; `outranked`: the role of the user is not lower than yours."),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`changed_meanwhile`: your own role was changed."),
))]
pub(crate) async fn end(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    retry("the user", || async {
        let (user, now) = (find(&app, &id).await?, app.context.clock.now());
        decide_end_of_sessions(&staff.user, &user).map_err(refused)?;
        let entry = app.context.audit_entry(staff.user.id, "user.end-sessions", user.id, AuditChange::default(), now);
        let ended = app.context.store.end_sessions_of(act(&staff, &user, &entry)).await;
        committed(ended, || Answer::ok("All devices of the user are signed out.", Nothing))
    })
    .await
}
