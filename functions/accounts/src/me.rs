//! My profile: read, edit, delete.

use axum::extract::State;
use domain::access::Role;
use domain::event::Event;
use domain::id::UserId;
use domain::mail_language::MailLanguage;
use domain::preferences::Preferences;
use domain::session::AccessRefusal;
use domain::staff_notice::StaffNotices;
use domain::text::PersonName;
use domain::user::User;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields, Object, nullable};
use kit::http::etag::IfMatch;
use kit::http::problem::Problem;
use kit::http::user::UserBody;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use store::Commit;
use store::retry::{Attempt, retry, retry_from};
use store::users::{DeleteRefusal, ProfileChanged, ProfileEdit};
use utoipa::ToSchema;

use crate::body::PasswordInput;
use crate::{App, reauthenticate};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProfileInput {
    name: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    given_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    family_name: Option<Option<String>>,
    #[schema(value_type = Option<PreferencesInput>)]
    preferences: Option<Object<PreferencesInput>>,
    /// The language of mails to me. Null: the shop's own.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// Only for staff.
    #[schema(value_type = Option<NoticesInput>)]
    notices: Option<Object<NoticesInput>>,
}

/// Fields that are left out stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreferencesInput {
    account: Option<bool>,
    orders: Option<bool>,
    stock: Option<bool>,
    /// Questions for reviews of what was bought.
    reviews: Option<bool>,
    /// A reminder of what was left in the cart. Ask the person first.
    carts: Option<bool>,
    news: Option<bool>,
}

/// Which mails about the shop a member of staff gets. Fields that are left out stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NoticesInput {
    /// A variant is low in stock.
    low_stock: Option<bool>,
    /// A payment did not go through.
    failed_payments: Option<bool>,
    /// Slow payments, failed refunds, returned goods and disputes.
    orders: Option<bool>,
}

impl NoticesInput {
    fn apply(&self, to: StaffNotices) -> StaffNotices {
        StaffNotices {
            low_stock: self.low_stock.unwrap_or(to.low_stock),
            failed_payments: self.failed_payments.unwrap_or(to.failed_payments),
            orders: self.orders.unwrap_or(to.orders),
        }
    }
}

impl PreferencesInput {
    fn apply(&self, to: Preferences) -> Preferences {
        Preferences {
            account: self.account.unwrap_or(to.account),
            orders: self.orders.unwrap_or(to.orders),
            stock: self.stock.unwrap_or(to.stock),
            reviews: self.reviews.unwrap_or(to.reviews),
            carts: self.carts.unwrap_or(to.carts),
            news: self.news.unwrap_or(to.news),
        }
    }
}

/// Gets my profile.
///
/// The same as `GET /users/me`.
#[utoipa::path(get, path = "/api/v1/auth/profile", responses((status = 200, description = "My profile.", body = Envelope<UserBody>, headers(("ETag")))))]
pub(crate) async fn profile(State(app): State<App>, me: SignedIn) -> Answer<UserBody> {
    answer(&app, "Your profile.", &me.user)
}

/// Gets my profile.
///
/// Its ETag is for `If-Match` with a change.
#[utoipa::path(get, path = "/api/v1/users/me", responses((status = 200, description = "My profile.", body = Envelope<UserBody>, headers(("ETag")))))]
pub(crate) async fn show(State(app): State<App>, me: SignedIn) -> Answer<UserBody> {
    answer(&app, "Your profile.", &me.user)
}

/// Changes my profile.
///
/// My names, my preferences and my language; and, for staff, the notices that I get. What is left out stays. With If-Match,
/// they are changed only if my profile has not changed.
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
    let part = |name: Option<String>| name.map(|name| PersonName::parse(&name)).transpose();
    let checked = (
        fields.check_optional("name", body.name, |name| PersonName::parse(&name)),
        fields.check_optional("givenName", body.given_name, part),
        fields.check_optional("familyName", body.family_name, part),
        fields.check_optional("language", body.language, |language: Option<String>| {
            language.map(|language| MailLanguage::parse(&language)).transpose()
        }),
    );
    let (name, given_name, family_name, language) = fields.finish(checked)?;
    if body.notices.is_some() && !me.user.role.is_staff() {
        return Err(Problem::field("notices", "are only for staff"));
    }
    if_match.check(me.user.version)?;
    let (store, clock, ids) = (&app.context.store, &app.context.clock, &app.context.ids);
    let (id, epoch) = (me.user.id, me.user.epoch);
    let read = || current(&app, id, epoch);
    let edited = retry_from("the profile", me.user, read, async |user: User| {
        let edit = ProfileEdit {
            name: name.clone(),
            given_name: given_name.clone(),
            family_name: family_name.clone(),
            preferences: body.preferences.as_ref().map(|Object(edit)| edit.apply(user.preferences)),
            language,
            notices: body.notices.as_ref().map(|Object(edit)| edit.apply(user.notices)),
        };
        match store.edit_profile(&user, &edit, ids.transaction(clock.now())).await {
            Ok(()) => Ok(Attempt::Done(edit.applied_to(&user))),
            Err(Commit::Refused(ProfileChanged)) if if_match == IfMatch::Any => Ok(Attempt::Overtaken),
            Err(Commit::Refused(ProfileChanged)) => Err(Problem::precondition_failed()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    });
    Ok(answer(&app, "Profile changed.", &edited.await?))
}

/// Removes my picture.
///
/// A file that I sent before and that is not shown yet will not be shown. It is no error if I have no picture.
#[utoipa::path(delete, path = "/api/v1/users/me/picture", responses(
    (status = 200, description = "The profile without a picture.", body = Envelope<UserBody>, headers(("ETag"))),
))]
pub(crate) async fn remove_picture(State(app): State<App>, me: SignedIn) -> Result<Answer<UserBody>, Problem> {
    let (store, ids) = (&app.context.store, &app.context.ids);
    let (id, epoch) = (me.user.id, me.user.epoch);
    let read = || current(&app, id, epoch);
    let removed = retry_from("the profile", me.user, read, async |user: User| {
        let now = app.context.clock.now();
        match store.remove_picture(&user, ids.picture_removed(&user, now).as_ref(), now, ids.transaction(now)).await {
            Ok(()) => Ok(Attempt::Done(User { picture: None, version: user.version + 1, ..user })),
            Err(Commit::Refused(ProfileChanged)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    });
    Ok(answer(&app, "Your picture was removed.", &removed.await?))
}

/// The user as they are now, but not for a request whose session has ended since.
async fn current(app: &App, id: UserId, epoch: u64) -> Result<User, Problem> {
    let user = app.context.store.user(id).await?.filter(|user| user.epoch == epoch);
    user.ok_or_else(|| AccessRefusal::SessionEnded.into())
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
        let event = Event::UserDeleted { user_id: id, picture: me.user.picture };
        let event = app.context.ids.outbox_event(event, app.context.clock.now());
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

fn answer(app: &App, message: &str, user: &User) -> Answer<UserBody> {
    Answer::ok(message, UserBody::of(user, &app.images_url)).with_version(user.version)
}
