//! My profile: read, edit, delete.

use axum::extract::State;
use domain::access::Role;
use domain::event::Event;
use domain::preferences::Preferences;
use domain::text::PersonName;
use domain::user::User;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields, Object};
use kit::http::etag::IfMatch;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use store::Commit;
use store::retry::{Attempt, retry};
use store::users::{DeleteRefusal, ProfileEdit, ProfileRefusal};
use utoipa::ToSchema;

use crate::body::{PasswordInput, UserBody};
use crate::{App, reauthenticate};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileInput {
    name: Option<String>,
    #[schema(value_type = Option<PreferencesInput>)]
    preferences: Option<Object<PreferencesInput>>,
}

/// Fields that are left out stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreferencesInput {
    account: Option<bool>,
    orders: Option<bool>,
    stock: Option<bool>,
    news: Option<bool>,
}

impl PreferencesInput {
    fn apply(&self, to: Preferences) -> Preferences {
        Preferences {
            account: self.account.unwrap_or(to.account),
            orders: self.orders.unwrap_or(to.orders),
            stock: self.stock.unwrap_or(to.stock),
            news: self.news.unwrap_or(to.news),
        }
    }
}

/// Gets my profile.
///
/// The same as `GET /users/me`.
#[utoipa::path(get, path = "/api/v1/auth/profile", responses((status = 200, description = "My profile.", body = Envelope<UserBody>, headers(("ETag")))))]
pub(crate) async fn profile(me: SignedIn) -> Answer<UserBody> {
    answer("Your profile.", &me.user)
}

/// Gets my profile.
///
/// Its ETag is for `If-Match` with a change.
#[utoipa::path(get, path = "/api/v1/users/me", responses((status = 200, description = "My profile.", body = Envelope<UserBody>, headers(("ETag")))))]
pub(crate) async fn show(me: SignedIn) -> Answer<UserBody> {
    answer("Your profile.", &me.user)
}

/// Changes my name or my preferences.
///
/// With If-Match, they are changed only if my profile has not changed.
#[utoipa::path(patch, path = "/api/v1/users/me", request_body = ProfileInput, responses(
    (status = 200, description = "The changed profile.", body = Envelope<UserBody>, headers(("ETag"))),
    (status = 412, description = "`precondition_failed`: the profile has changed."),
))]
pub(crate) async fn edit(
    State(app): State<App>,
    me: SignedIn,
    if_match: IfMatch,
    Body(body): Body<ProfileInput>,
) -> Result<Answer<UserBody>, Problem> {
    let mut fields = Fields::default();
    let name = fields.check_optional("name", body.name, |name| PersonName::parse(&name));
    let (name,) = fields.finish((name,))?;
    let preferences = body.preferences.map(|Object(edit)| edit.apply(me.user.preferences));
    if_match.check(me.user.version)?;
    let edit = ProfileEdit { name, preferences, epoch: Some(me.user.epoch) };
    // Preferences are merged with those that were read, so the profile must still have the version that was read.
    let conditional = if_match != IfMatch::Any || edit.preferences.is_some();
    let version =
        app.context.store.edit_profile(me.user.id, &edit, conditional.then_some(me.user.version)).await.map_err(
            |error| match error {
                Commit::Refused(ProfileRefusal::Changed) => Problem::precondition_failed(),
                Commit::Refused(ProfileRefusal::Missing) => {
                    Problem::unauthorized("session_ended", "This account was deleted.")
                }
                Commit::Store(error) => error.into(),
            },
        )?;
    let user = User {
        name: edit.name.unwrap_or(me.user.name.clone()),
        preferences: edit.preferences.unwrap_or(me.user.preferences),
        version,
        ..me.user
    };
    Ok(answer("Profile changed.", &user))
}

/// Deletes my account.
///
/// Personal data is erased. Orders are kept, because the law requires it.
#[utoipa::path(delete, path = "/api/v1/users/me", request_body = PasswordInput, responses(
    (status = 200, description = "The account was deleted.", body = Envelope<Nothing>),
    (status = 401, description = "`wrong_password`."),
    (status = 409, description = "`last_admin`: make somebody else an admin first. `changed_meanwhile`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn delete(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PasswordInput>,
) -> Result<Answer<Nothing>, Problem> {
    let credentials = reauthenticate::password(&app, &me, &visitor, &body.password).await?;
    let (store, id) = (&app.context.store, me.user.id);
    retry("the list of admins", || async {
        let other_admin = match me.user.role {
            Role::Admin => Some(store.another_admin(id).await?.ok_or_else(last_admin)?),
            Role::Customer | Role::Support => None,
        };
        let event = app.context.ids.outbox_event(Event::UserDeleted { user_id: id }, app.context.clock.now());
        match store.delete_user(&me.user, &credentials.password_hash, other_admin, &event).await {
            Ok(()) => Ok(Attempt::Done(())),
            Err(Commit::Refused(DeleteRefusal::OtherAdminGone)) => Ok(Attempt::Overtaken),
            Err(Commit::Refused(DeleteRefusal::Changed)) => Err(reauthenticate::changed_meanwhile()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await?;
    Ok(Answer::ok("Your account was deleted.", Nothing))
}

fn last_admin() -> Problem {
    Problem::conflict("last_admin", "You are the only admin. Make somebody else an admin first.")
}

fn answer(message: &str, user: &User) -> Answer<UserBody> {
    Answer::ok(message, UserBody::of(user)).with_version(user.version)
}
