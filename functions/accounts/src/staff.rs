//! What staff do with users: find them, change their role, ban and unban them. And the audit trail of staff.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use domain::access::Role;
use domain::actor::ActorId;
use domain::email::Email;
use domain::event::Event;
use domain::id::UserId;
use domain::metadata::Metadata;
use domain::text;
use domain::time::Time;
use domain::user::{Ban, StaffRefusal, User, decide_role};
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::auth::{Identity, SignedIn};
use kit::http::body::{Body, Fields, Query};
use kit::http::etag::IfMatch;
use kit::http::paging;
use kit::http::problem::Problem;
use kit::http::user::StaffUserBody;
use serde::Deserialize;
use store::Commit;
use store::audit::{AuditActor, AuditChange, AuditEntry, AuditFilter};
use store::retry::{Attempt, retry};
use store::staff::{StaffAct, StaffConflict};
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::body::AuditBody;

/// How far back the audit trail is read if no time is given.
const AUDIT_SPAN: Duration = Duration::from_hours(30 * 24);
/// Longer than the name of any action.
const MAX_ACTION: usize = 50;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsersQuery {
    /// The beginning of the email address, at least two characters.
    email: Option<String>,
    /// The beginning of the name, at least two letters or numbers. Case, accents and signs do not matter.
    name: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Who did it: the id of a user or of an API key, or `shop` for the shop itself and its operators.
    actor: Option<String>,
    /// What was done, such as `user.ban`.
    action: Option<String>,
    /// The earliest time. The default is thirty days before `to`.
    #[param(example = "2026-11-01T00:00:00Z")]
    from: Option<String>,
    /// The end: entries of this time and later ones are not in the list. The default is now.
    #[param(example = "2026-12-01T00:00:00Z")]
    to: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatchInput {
    /// A key with null or an empty text is removed; other keys stay.
    metadata: Option<BTreeMap<String, Option<String>>>,
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
/// With `email`, it lists only users whose address begins with it, in the order of their addresses; with `name`, those
/// whose name does, in the order of their names.
#[utoipa::path(get, path = "/api/v1/users", params(UsersQuery), responses(
    (status = 200, description = "A page of users.", body = Listing<StaffUserBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    staff: Identity,
    Query(query): Query<UsersQuery>,
) -> Result<Json<Listing<StaffUserBody>>, Problem> {
    let (request, now) = (paging::page(query.limit, query.cursor.as_deref())?, app.context.clock.now());
    let store = &app.context.store;
    let (page, detail) = match (query.email, query.name) {
        (None, None) => (store.users(&request).await?, None),
        (Some(email), None) => {
            let email = Email::parse_beginning(&email).map_err(|error| Problem::field("email", error.to_string()))?;
            (store.users_by_email(&email, &request).await?, Some(format!("addresses that begin with {email}")))
        }
        (None, Some(name)) => {
            let name = text::beginning_of_name(&name).map_err(|error| Problem::field("name", error.to_string()))?;
            (store.users_by_name(&name, &request).await?, Some(format!("names that begin with {name}")))
        }
        (Some(_), Some(_)) => return Err(Problem::field("name", "cannot be given with email")),
    };
    app.context.trail.read(staff.id(), "user.list", "users", detail).await;
    Ok(listing("The users.", page, request.limit, |user| StaffUserBody::of(&user, &app.images_url, now)))
}

/// Gets one user.
///
/// Reading a user leaves an entry in the audit trail.
#[utoipa::path(get, path = "/api/v1/users/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The user.", body = Envelope<StaffUserBody>, headers(("ETag"))),
    (status = 404, description = "`user_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
) -> Result<Answer<StaffUserBody>, Problem> {
    let user = find(&app, &id).await?;
    app.context.trail.read(staff.id(), "user.read", user.id, None).await;
    Ok(answer(&app, "The user.", &user, app.context.clock.now()))
}

/// Changes the notes on a user.
///
/// They are for other programs, such as the shop's accounting.
#[utoipa::path(patch, path = "/api/v1/users/{id}", params(("id" = String, Path)), request_body = UserPatchInput, responses(
    (status = 200, description = "The changed user.", body = Envelope<StaffUserBody>, headers(("ETag"))),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`changed_meanwhile`: your own role was changed."),
    (status = 412, description = "`precondition_failed`: the user has changed."),
))]
pub(crate) async fn change(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
    if_match: IfMatch,
    Body(body): Body<UserPatchInput>,
) -> Result<Answer<StaffUserBody>, Problem> {
    let metadata = body.metadata.unwrap_or_default();
    retry("the user", || async {
        let (user, now) = (find(&app, &id).await?, app.context.clock.now());
        if_match.check(user.version)?;
        let changed = user.metadata.changed(metadata.clone());
        let changed = changed.map_err(|error| Problem::field("metadata", error.to_string()))?;
        if changed == user.metadata {
            return Ok(Attempt::Done(answer(&app, "The user.", &user, now)));
        }
        let change = AuditChange { before: Some(names(&user.metadata)), after: Some(names(&changed)) };
        let entry = app.context.audit_entry(staff.user.id, "user.change", user.id, change, now);
        let committed_change = app.context.store.change_metadata(act(&staff, &user, &entry), &changed).await;
        committed(committed_change, || {
            let version = user.version + 1;
            answer(&app, "The user was changed.", &User { metadata: changed.clone(), version, ..user.clone() }, now)
        })
    })
    .await
}

/// What the audit trail keeps of notes: their keys. The values may be about a person, and go with the account.
fn names(metadata: &Metadata) -> String {
    let keys: Vec<String> = metadata.shown(true).into_keys().collect();
    format!("metadata: {}", keys.join(", "))
}

/// Changes the role of a user.
///
/// It takes effect on their next request.
#[utoipa::path(patch, path = "/api/v1/users/{id}/role", params(("id" = String, Path)), request_body = RoleInput, responses(
    (status = 200, description = "The user with the new role.", body = Envelope<StaffUserBody>, headers(("ETag"))),
    (status = 403, description = "`not_oneself`: it is your own role."),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`user_banned`: a banned user gets no staff role. `changed_meanwhile`: your own role was changed."),
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
    retry("the user", || async {
        let (user, now) = (find(&app, &id).await?, app.context.clock.now());
        let role = decide_role(&staff.user, &user, role, now).map_err(refused)?;
        let message = "The role was changed.";
        if role == user.role {
            return Ok(Attempt::Done(answer(&app, message, &user, now)));
        }
        let change = AuditChange { before: Some(user.role.name().into()), after: Some(role.name().into()) };
        let entry = app.context.audit_entry(staff.user.id, "user.change-role", user.id, change, now);
        let changed = app.context.store.change_role(act(&staff, &user, &entry), role).await;
        committed(changed, || answer(&app, message, &User { role, version: user.version + 1, ..user.clone() }, now))
    })
    .await
}

/// Bans a user until a given time.
///
/// All sessions of the user end at once. The user gets a mail with the reason. A new ban replaces the old one.
#[utoipa::path(post, path = "/api/v1/users/{id}/ban", params(("id" = String, Path)), request_body = BanInput, responses(
    (status = 200, description = "The banned user.", body = Envelope<StaffUserBody>, headers(("ETag"))),
    (status = 403, description = "`not_oneself`; `outranked`: the role of the user is not lower than yours, or somebody of a higher role banned them."),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`changed_meanwhile`: your own role was changed."),
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
    retry("the user", || async {
        let (user, now) = (find(&app, &id).await?, app.context.clock.now());
        let ban = Ban::decide(&staff.user, &user, reason.clone(), until, now).map_err(refused)?;
        let change = AuditChange { before: user.ban.as_ref().map(describe), after: Some(describe(&ban)) };
        let entry = app.context.audit_entry(staff.user.id, "user.ban", user.id, change, now);
        let event = Event::UserBanned { user_id: user.id, reason: ban.reason.clone(), until: ban.until };
        let outbox_event = app.context.ids.outbox_event(event, now);
        let banned = app.context.store.ban(act(&staff, &user, &entry), &ban, &outbox_event).await;
        committed(banned, || {
            let version = user.version + 1;
            answer(&app, "The user is banned.", &User { ban: Some(ban.clone()), version, ..user.clone() }, now)
        })
    })
    .await
}

/// Ends a ban early.
///
/// The user has to sign in again.
#[utoipa::path(delete, path = "/api/v1/users/{id}/ban", params(("id" = String, Path)), responses(
    (status = 200, description = "The user without the ban.", body = Envelope<StaffUserBody>, headers(("ETag"))),
    (status = 403, description = "`outranked`: the role of the user is not lower than yours, or somebody of a higher role banned them."),
    (status = 404, description = "`user_not_found`."),
    (status = 409, description = "`not_banned`. `changed_meanwhile`: your own role was changed."),
))]
pub(crate) async fn unban(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<StaffUserBody>, Problem> {
    retry("the user", || async {
        let (user, now) = (find(&app, &id).await?, app.context.clock.now());
        let ban = Ban::decide_lift(&staff.user, &user).map_err(refused)?;
        let change = AuditChange { before: Some(describe(ban)), after: None };
        let entry = app.context.audit_entry(staff.user.id, "user.unban", user.id, change, now);
        let outbox_event = app.context.ids.outbox_event(Event::UserUnbanned { user_id: user.id }, now);
        let lifted = app.context.store.unban(act(&staff, &user, &entry), &outbox_event).await;
        committed(lifted, || {
            answer(&app, "The ban has ended.", &User { ban: None, version: user.version + 1, ..user.clone() }, now)
        })
    })
    .await
}

/// Lists what was done by whom, newest first.
///
/// All filters can be combined. A page can be short or empty although more pages follow: go on until `nextCursor` is
/// null.
#[utoipa::path(get, path = "/api/v1/audit", params(AuditQuery), responses(
    (status = 200, description = "A page of audit entries.", body = Listing<AuditBody>),
))]
pub(crate) async fn audit(
    State(app): State<App>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Listing<AuditBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let checked = (
        fields.check_optional("actor", query.actor.as_deref(), |actor| match actor {
            "shop" => Ok(AuditActor::Shop),
            id => ActorId::parse(id).map(AuditActor::Id),
        }),
        fields.check_optional("action", query.action.as_deref(), |action| text::line(action, MAX_ACTION)),
        fields.check_optional("from", query.from.as_deref(), Time::parse),
        fields.check_optional("to", query.to.as_deref(), Time::parse),
    );
    let (actor, action, from, to) = fields.finish(checked)?;
    // One millisecond later, so that what happens now is in the list.
    let to = to.unwrap_or_else(|| app.context.clock.now() + Duration::from_millis(1));
    let from = from.unwrap_or_else(|| to - AUDIT_SPAN);
    if from > to {
        return Err(Problem::field("from", "must not be after to"));
    }
    let page = app.context.store.audit_trail(&AuditFilter { actor, action, from, to }, &request).await?;
    Ok(listing("The audit trail.", page, request.limit, AuditBody::from))
}

fn describe(ban: &Ban) -> String {
    format!("until {}: {}", ban.until, ban.reason)
}

pub(crate) async fn find(app: &App, id: &str) -> Result<User, Problem> {
    let missing = || Problem::not_found("user_not_found", "This user does not exist.");
    let id = UserId::parse(id).map_err(|_| missing())?;
    app.context.store.user(id).await?.ok_or_else(missing)
}

fn answer(app: &App, message: &str, user: &User, now: Time) -> Answer<StaffUserBody> {
    Answer::ok(message, StaffUserBody::of(user, &app.images_url, now)).with_version(user.version)
}

pub(crate) fn refused(refusal: StaffRefusal) -> Problem {
    match refusal {
        StaffRefusal::Oneself => Problem::forbidden("not_oneself", format!("Sorry, {refusal}.")),
        StaffRefusal::Outranked => Problem::forbidden("outranked", format!("Sorry, {refusal}.")),
        StaffRefusal::EndsInThePast => Problem::field("until", refusal.to_string()),
        StaffRefusal::Banned => Problem::conflict("user_banned", format!("Sorry, {refusal}.")),
        StaffRefusal::NotBanned => Problem::conflict("not_banned", format!("Sorry, {refusal}.")),
    }
}

pub(crate) fn act<'a>(staff: &'a SignedIn, target: &'a User, entry: &'a AuditEntry) -> StaffAct<'a> {
    StaffAct { actor: Some(&staff.user), target, entry }
}

pub(crate) fn committed<T>(
    committed: Result<(), Commit<StaffConflict>>,
    answer: impl FnOnce() -> T,
) -> Result<Attempt<T>, Problem> {
    match committed {
        Ok(()) => Ok(Attempt::Done(answer())),
        Err(Commit::Refused(StaffConflict::Changed)) => Ok(Attempt::Overtaken),
        Err(Commit::Refused(StaffConflict::ActorChanged)) => {
            let message = "Your role or your sessions were changed at the same time. Please try again.";
            Err(Problem::conflict("changed_meanwhile", message))
        }
        Err(Commit::Store(error)) => Err(error.into()),
    }
}
