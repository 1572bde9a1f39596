//! Staff on users: find them, change their role, ban and unban them, and read who did what.

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
use store::audit::AuditEntry;
use store::staff::StaffConflict;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::body::{AuditBody, StaffUserBody};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsersQuery {
    /// The beginning of the mail address, two characters or more.
    email: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// A day such as 2026-11-20; today if it is not given.
    day: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleBody {
    /// `customer`, `support` or `admin`.
    role: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBanBody {
    /// The user is told.
    reason: String,
    /// When the ban lifts itself.
    #[schema(example = "2027-01-01T00:00:00Z")]
    until: String,
}

/// All users, newest first; or those whose mail address begins so, in its order.
#[utoipa::path(get, path = "/api/v1/users", params(UsersQuery), responses(
    (status = 200, description = "A page of users.", body = Listing<StaffUserBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(query): Query<UsersQuery>,
) -> Result<Json<Listing<StaffUserBody>>, Problem> {
    let (request, now) = (paging::page(query.limit, query.cursor.as_deref())?, app.clock.now());
    let page = match query.email.map(|email| email.trim().to_ascii_lowercase()) {
        None => app.store.users(&request).await?,
        Some(email) if (2..=254).contains(&email.len()) && email.is_ascii() => {
            app.store.users_by_email(&email, &request).await?
        }
        Some(_) => return Err(Problem::field("email", "must be 2 to 254 plain characters")),
    };
    Ok(listing("Users.", page, request.limit, |user| StaffUserBody::of(&user, now)))
}

#[utoipa::path(get, path = "/api/v1/users/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The user.", body = Envelope<StaffUserBody>),
    (status = 404, description = "`user_not_found`."),
))]
pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Answer<StaffUserBody>, Problem> {
    let user = find(&app, &id).await?;
    Ok(answer("The user.", &user, app.clock.now()))
}

/// Changes somebody's role; it counts from their next request.
#[utoipa::path(patch, path = "/api/v1/users/{id}/role", params(("id" = String, Path)), request_body = RoleBody, responses(
    (status = 200, description = "Changed.", body = Envelope<StaffUserBody>),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`changed_meanwhile`."),
))]
pub(crate) async fn change_role(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
    Body(body): Body<RoleBody>,
) -> Result<Answer<StaffUserBody>, Problem> {
    let mut fields = Fields::default();
    let role = fields.check("role", Role::parse(&body.role));
    let (role,) = fields.finish((role,))?;
    let user = find(&app, &id).await?;
    let (role, now) = (decide_role(&staff.user, &user, role).map_err(refused)?, app.clock.now());
    if role != user.role {
        let trail = Trail {
            action: "user.change-role",
            before: Some(user.role.name().into()),
            after: Some(role.name().into()),
        };
        let entry = trail.entry(&app, &staff, &user, now);
        app.store.change_role(&user, role, &entry).await.map_err(conflict)?;
    }
    Ok(answer("The role is changed.", &User { role, version: user.version + 1, ..user }, now))
}

/// Bans somebody until a day. All their sessions end at once, and a mail tells them why.
#[utoipa::path(post, path = "/api/v1/users/{id}/ban", params(("id" = String, Path)), request_body = NewBanBody, responses(
    (status = 200, description = "Banned.", body = Envelope<StaffUserBody>),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`changed_meanwhile`."),
))]
pub(crate) async fn ban(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
    Body(body): Body<NewBanBody>,
) -> Result<Answer<StaffUserBody>, Problem> {
    let mut fields = Fields::default();
    let checked = (
        fields.check("reason", text::line(&body.reason, Ban::MAX_REASON)),
        fields.check("until", Time::parse(&body.until)),
    );
    let (reason, until) = fields.finish(checked)?;
    let user = find(&app, &id).await?;
    let now = app.clock.now();
    let ban = Ban::decide(&staff.user, &user, reason, until, now).map_err(refused)?;
    let trail = Trail { action: "user.ban", before: None, after: Some(format!("until {}: {}", ban.until, ban.reason)) };
    let event = Event::UserBanned { user_id: user.id, reason: ban.reason.clone(), until: ban.until };
    let entry = trail.entry(&app, &staff, &user, now);
    app.store.ban(&user, &ban, &entry, &app.outbox_event(event, now)).await.map_err(conflict)?;
    Ok(answer("Banned.", &User { ban: Some(ban), version: user.version + 1, ..user }, now))
}

/// Lifts a ban before its time. The sessions that it ended stay ended.
#[utoipa::path(delete, path = "/api/v1/users/{id}/ban", params(("id" = String, Path)), responses(
    (status = 200, description = "Lifted.", body = Envelope<StaffUserBody>),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`not_banned`, or `changed_meanwhile`."),
))]
pub(crate) async fn unban(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<StaffUserBody>, Problem> {
    let user = find(&app, &id).await?;
    let now = app.clock.now();
    let ban = user.ban.clone().ok_or_else(|| Problem::conflict("not_banned", "This user is not banned."))?;
    let trail =
        Trail { action: "user.unban", before: Some(format!("until {}: {}", ban.until, ban.reason)), after: None };
    let entry = trail.entry(&app, &staff, &user, now);
    app.store
        .unban(&user, &entry, &app.outbox_event(Event::UserUnbanned { user_id: user.id }, now))
        .await
        .map_err(conflict)?;
    Ok(answer("The ban is lifted.", &User { ban: None, version: user.version + 1, ..user }, now))
}

/// What staff did on one day, newest first.
#[utoipa::path(get, path = "/api/v1/audit", params(AuditQuery), responses(
    (status = 200, description = "A page of entries.", body = Listing<AuditBody>),
))]
pub(crate) async fn audit(
    State(app): State<App>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Listing<AuditBody>>, Problem> {
    let request = ListQuery { limit: query.limit, cursor: query.cursor }.page()?;
    let day = query.day.unwrap_or_else(|| app.clock.now().day());
    if Time::parse(&format!("{day}T00:00:00Z")).is_err() {
        return Err(Problem::field("day", "must be a day such as 2026-11-20"));
    }
    let page = app.store.audit_trail(&day, &request).await?;
    Ok(listing("The audit trail.", page, request.limit, AuditBody::from))
}

/// What an audit entry says beyond who, when and to whom.
struct Trail {
    action: &'static str,
    before: Option<String>,
    after: Option<String>,
}

impl Trail {
    fn entry(self, app: &App, staff: &SignedIn, subject: &User, now: Time) -> AuditEntry {
        AuditEntry {
            id: app.ids.audit(now),
            at: now,
            actor: Some(staff.user.id),
            action: self.action.to_owned(),
            subject: subject.id.to_string(),
            before: self.before,
            after: self.after,
        }
    }
}

async fn find(app: &App, id: &str) -> Result<User, Problem> {
    let missing = || Problem::not_found("user_not_found", "There is no such user.");
    let id = UserId::parse(id).map_err(|_| missing())?;
    app.store.user(id).await?.ok_or_else(missing)
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
        Commit::Refused(StaffConflict::Changed) => {
            Problem::conflict("changed_meanwhile", "This user changed while you asked. Look again and repeat.")
        }
        Commit::Store(error) => error.into(),
    }
}
