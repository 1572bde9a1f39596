//! What staff do with users: find them, change their role, ban and unban them. And the audit trail of staff.

use axum::Json;
use axum::extract::{Path, State};
use domain::access::Role;
use domain::event::Event;
use domain::id::UserId;
use domain::text;
use domain::time::Time;
use domain::user::{Ban, StaffRefusal, User, decide_role};
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields, Query};
use kit::http::paging::{self, ListQuery};
use kit::http::problem::Problem;
use serde::Deserialize;
use store::Commit;
use store::audit::AuditChange;
use store::staff::StaffConflict;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::body::{AuditBody, StaffUserBody};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsersQuery {
    /// The beginning of the email address, at least two characters.
    email: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// A day such as 2026-11-20. The default is today.
    day: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleInput {
    /// `customer`, `support` or `admin`.
    role: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BanInput {
    /// The user gets the reason in a mail.
    reason: String,
    /// When the ban ends.
    #[schema(example = "2027-01-01T00:00:00Z")]
    until: String,
}

/// Lists all users, newest first.
///
/// With `email`, it lists only users whose address begins with it, in the order of their addresses.
#[utoipa::path(get, path = "/api/v1/users", params(UsersQuery), responses(
    (status = 200, description = "A page of users.", body = Listing<StaffUserBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(query): Query<UsersQuery>,
) -> Result<Json<Listing<StaffUserBody>>, Problem> {
    let (request, now) = (paging::page(query.limit, query.cursor.as_deref())?, app.context.clock.now());
    let page = match query.email.map(|email| email.trim().to_ascii_lowercase()) {
        None => app.context.store.users(&request).await?,
        Some(email) if (2..=254).contains(&email.len()) && email.is_ascii() => {
            app.context.store.users_by_email(&email, &request).await?
        }
        Some(_) => return Err(Problem::field("email", "must be 2 to 254 plain characters")),
    };
    Ok(listing("The users.", page, request.limit, |user| StaffUserBody::of(&user, now)))
}

/// Gets one user.
#[utoipa::path(get, path = "/api/v1/users/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The user.", body = Envelope<StaffUserBody>),
    (status = 404, description = "`user_not_found`."),
))]
pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Answer<StaffUserBody>, Problem> {
    let user = find(&app, &id).await?;
    Ok(answer("The user.", &user, app.context.clock.now()))
}

/// Changes the role of a user.
///
/// It takes effect on their next request.
#[utoipa::path(patch, path = "/api/v1/users/{id}/role", params(("id" = String, Path)), request_body = RoleInput, responses(
    (status = 200, description = "The user with the new role.", body = Envelope<StaffUserBody>),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`changed_meanwhile`."),
))]
pub(crate) async fn change_role(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
    Body(body): Body<RoleInput>,
) -> Result<Answer<StaffUserBody>, Problem> {
    let mut fields = Fields::default();
    let role = fields.check("role", Role::parse(&body.role));
    let (role,) = fields.finish((role,))?;
    let user = find(&app, &id).await?;
    let (role, now) = (decide_role(&staff.user, &user, role).map_err(refused)?, app.context.clock.now());
    if role != user.role {
        let change = AuditChange { before: Some(user.role.name().into()), after: Some(role.name().into()) };
        let entry = app.context.audit_entry(staff.user.id, "user.change-role", user.id, change, now);
        app.context.store.change_role(&user, role, &entry).await.map_err(conflict)?;
    }
    Ok(answer("The role was changed.", &User { role, version: user.version + 1, ..user }, now))
}

/// Bans a user until a given time.
///
/// All sessions of the user end at once. The user gets a mail with the reason.
#[utoipa::path(post, path = "/api/v1/users/{id}/ban", params(("id" = String, Path)), request_body = BanInput, responses(
    (status = 200, description = "The banned user.", body = Envelope<StaffUserBody>),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`changed_meanwhile`."),
))]
pub(crate) async fn ban(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
    Body(body): Body<BanInput>,
) -> Result<Answer<StaffUserBody>, Problem> {
    let mut fields = Fields::default();
    let checked = (
        fields.check("reason", text::line(&body.reason, Ban::MAX_REASON).and_then(text::linkless)),
        fields.check("until", Time::parse(&body.until)),
    );
    let (reason, until) = fields.finish(checked)?;
    let user = find(&app, &id).await?;
    let now = app.context.clock.now();
    let ban = Ban::decide(&staff.user, &user, reason, until, now).map_err(refused)?;
    let change = AuditChange { before: None, after: Some(describe(&ban)) };
    let entry = app.context.audit_entry(staff.user.id, "user.ban", user.id, change, now);
    let event = Event::UserBanned { user_id: user.id, reason: ban.reason.clone(), until: ban.until };
    app.context.store.ban(&user, &ban, &entry, &app.context.ids.outbox_event(event, now)).await.map_err(conflict)?;
    Ok(answer("The user is banned.", &User { ban: Some(ban), version: user.version + 1, ..user }, now))
}

/// Ends a ban early.
///
/// The user has to sign in again.
#[utoipa::path(delete, path = "/api/v1/users/{id}/ban", params(("id" = String, Path)), responses(
    (status = 200, description = "The user without the ban.", body = Envelope<StaffUserBody>),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`not_banned`, or `changed_meanwhile`."),
))]
pub(crate) async fn unban(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<StaffUserBody>, Problem> {
    let user = find(&app, &id).await?;
    let now = app.context.clock.now();
    let ban = user.ban.clone().ok_or_else(|| Problem::conflict("not_banned", "This user is not banned."))?;
    let change = AuditChange { before: Some(describe(&ban)), after: None };
    let entry = app.context.audit_entry(staff.user.id, "user.unban", user.id, change, now);
    let outbox_event = app.context.ids.outbox_event(Event::UserUnbanned { user_id: user.id }, now);
    app.context.store.unban(&user, &entry, &outbox_event).await.map_err(conflict)?;
    Ok(answer("The ban has ended.", &User { ban: None, version: user.version + 1, ..user }, now))
}

/// Lists what staff did on one day, newest first.
#[utoipa::path(get, path = "/api/v1/audit", params(AuditQuery), responses(
    (status = 200, description = "A page of audit entries.", body = Listing<AuditBody>),
))]
pub(crate) async fn audit(
    State(app): State<App>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Listing<AuditBody>>, Problem> {
    let request = ListQuery { limit: query.limit, cursor: query.cursor }.page()?;
    let day = query.day.unwrap_or_else(|| app.context.clock.now().day());
    if Time::parse(&format!("{day}T00:00:00Z")).is_err() {
        return Err(Problem::field("day", "must be a day such as 2026-11-20"));
    }
    let page = app.context.store.audit_trail(&day, &request).await?;
    Ok(listing("The audit trail.", page, request.limit, AuditBody::from))
}

fn describe(ban: &Ban) -> String {
    format!("until {}: {}", ban.until, ban.reason)
}

async fn find(app: &App, id: &str) -> Result<User, Problem> {
    let missing = || Problem::not_found("user_not_found", "This user does not exist.");
    let id = UserId::parse(id).map_err(|_| missing())?;
    app.context.store.user(id).await?.ok_or_else(missing)
}

fn answer(message: &str, user: &User, now: Time) -> Answer<StaffUserBody> {
    Answer::ok(message, StaffUserBody::of(user, now)).with_version(user.version)
}

fn refused(refusal: StaffRefusal) -> Problem {
    match refusal {
        StaffRefusal::Oneself => Problem::forbidden("not_oneself", format!("Sorry, {refusal}.")),
        StaffRefusal::Outranked => Problem::forbidden("outranked", format!("Sorry, {refusal}.")),
        StaffRefusal::EndsInThePast => Problem::field("until", refusal.to_string()),
    }
}

fn conflict(error: Commit<StaffConflict>) -> Problem {
    match error {
        Commit::Refused(StaffConflict::Changed) => Problem::conflict(
            "changed_meanwhile",
            "This user was changed at the same time. Read the user again and repeat your change.",
        ),
        Commit::Store(error) => error.into(),
    }
}
