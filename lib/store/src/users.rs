//! Users: registration, profile, deletion. The mail address has an item of its own, which makes it unique.

use std::collections::BTreeMap;

use domain::access::Role;
use domain::cart::{Cart, CartOwner};
use domain::email::Email;
use domain::id::{SessionId, TransactionId, UserId};
use domain::mail_language::MailLanguage;
use domain::preferences::Preferences;
use domain::session::Session;
use domain::staff_notice::StaffNotices;
use domain::text::{PersonName, folded};
use domain::time::Time;
use domain::user::{Credentials, MailStop, User};
use serde::{Deserialize, Serialize};

use crate::carts::WishlistItem;
use crate::credentials::profile_change;
use crate::due::{Due, Task};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Attributes, Item, number, read, text, value};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::imported::HashForms;
use crate::keys::{GSI1, IndexKey, Key};
use crate::links::Link;
use crate::notices::notices_item;
use crate::outbox::OutboxEvent;
use crate::sessions::{Device, session_item};
use crate::staff::admin_item;
use crate::taxonomy::with_event;
use crate::{Store, Transaction, keys};

/// Everything that a registration writes.
#[derive(Debug, Clone)]
pub struct Registration {
    pub user: User,
    pub credentials: Credentials,
    pub session: Session,
    pub device: Device,
    pub outbox_event: OutboxEvent,
    pub verification: Link,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterRefusal {
    EmailTaken,
}

/// The profile has another version by now, or the account is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileChanged;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteRefusal {
    /// The password, the role, the mail address or the picture was changed, or the account was deleted, after they were
    /// read.
    Changed,
    /// The other admin is not an admin any more.
    OtherAdminGone,
}

/// A change of a profile. `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileEdit {
    pub name: Option<PersonName>,
    /// `Some(None)` removes it.
    pub given_name: Option<Option<PersonName>>,
    pub family_name: Option<Option<PersonName>>,
    pub preferences: Option<Preferences>,
    /// `Some(None)`: the shop's language.
    pub language: Option<Option<MailLanguage>>,
    /// For staff.
    pub notices: Option<StaffNotices>,
}

impl ProfileEdit {
    /// The user after the change.
    pub fn applied_to(self, user: &User) -> User {
        User {
            name: self.name.unwrap_or_else(|| user.name.clone()),
            given_name: self.given_name.unwrap_or_else(|| user.given_name.clone()),
            family_name: self.family_name.unwrap_or_else(|| user.family_name.clone()),
            preferences: self.preferences.unwrap_or(user.preferences),
            language: self.language.unwrap_or(user.language),
            notices: self.notices.unwrap_or(user.notices),
            version: user.version + 1,
            ..user.clone()
        }
    }
}

/// What a sign-in reads.
#[derive(Debug)]
pub struct SignInFacts {
    pub user: Option<User>,
    pub credentials: Option<Credentials>,
    /// `None`: this user never signed in from this kind of device.
    pub device: Option<Device>,
    pub hash_forms: Option<HashForms>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EmailOwner {
    pub(crate) user_id: UserId,
}

/// What the partition of a user has about them.
#[derive(Debug, Default)]
pub struct Export {
    pub profile: Option<User>,
    pub sessions: Vec<Session>,
    pub devices: Vec<Device>,
    pub cart: Option<Cart>,
    pub wishlist: Vec<WishlistItem>,
}

/// Makes the address unique. In the index it is the user's name, because the profile is there by its address.
pub(crate) fn email_item(user_id: UserId, email: &Email, name: &PersonName) -> Result<Item, StoreError> {
    let item = Item::new(keys::email(email), &EmailOwner { user_id })?;
    Ok(match indexed(name, user_id) {
        Some(index) => item.index(index),
        None => item,
    })
}

/// The change of the item of the user's address that belongs to a new name.
pub(crate) fn renamed(user: &User, name: &PersonName) -> Change {
    let change = Change::at(keys::email(&user.email)).require(Require::Equals("user_id", text(user.id.to_string())));
    match indexed(name, user.id) {
        Some(index) => change.index(index),
        None => change.unindex(GSI1),
    }
}

/// A name without any letter or number is not searched.
fn indexed(name: &PersonName, user: UserId) -> Option<IndexKey> {
    let folded = folded(name.as_str());
    (!folded.is_empty()).then(|| keys::by_name(&folded, user))
}

/// The picture is the one that was read, so the event of the same transaction names the file to delete.
pub(crate) fn same_picture(user: &User) -> Require {
    match user.picture {
        Some(picture) => Require::Equals("picture", text(picture.to_string())),
        None => Require::Lacks("picture"),
    }
}

pub(crate) fn profile_item(user: &User) -> Result<Item, StoreError> {
    Ok(Item::new(keys::profile(user.id), user)?.index(keys::by_email(&user.email)).index(keys::all_users(user.id)))
}

impl Store {
    pub async fn register(&self, r: &Registration) -> Result<(), Commit<RegisterRefusal>> {
        let transaction = Transaction::new(r.outbox_event.id)
            .put_new(email_item(r.user.id, &r.user.email, &r.user.name)?, RegisterRefusal::EmailTaken)
            .put(profile_item(&r.user)?)
            .put(Item::new(keys::credentials(r.user.id), &r.credentials)?)
            .put(session_item(&r.session)?)
            .put(r.device.item(r.user.id)?)
            .put(r.verification.item(r.outbox_event.id)?)
            .put(r.outbox_event.item()?);
        self.commit(match r.user.role {
            Role::Admin => transaction.put(admin_item(r.user.id)?),
            Role::Customer | Role::Support => transaction,
        })
        .await
    }

    pub async fn user_id_of(&self, email: &Email) -> Result<Option<UserId>, StoreError> {
        Ok(self.get::<EmailOwner>(&keys::email(email)).await?.map(|owner| owner.user_id))
    }

    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.get(&keys::profile(id)).await
    }

    /// What a sign-in needs to know, in one round trip.
    pub async fn sign_in_facts(&self, id: UserId, fingerprint: &str) -> Result<SignInFacts, StoreError> {
        let keys = [keys::profile(id), keys::credentials(id), keys::device(id, fingerprint), keys::hash_forms()];
        let mut found = self.get_all(&keys.each_ref()).await?;
        Ok(SignInFacts {
            user: found.take(&keys[0])?,
            credentials: found.take(&keys[1])?,
            device: found.take(&keys[2])?,
            hash_forms: found.take(&keys[3])?,
        })
    }

    /// What a signed-in request needs to know, in one round trip.
    pub async fn user_and_session(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<(Option<User>, Option<Session>), StoreError> {
        let keys = [keys::profile(user), keys::session(user, session)];
        let mut found = self.get_all(&keys.each_ref()).await?;
        Ok((found.take(&keys[0])?, found.take(&keys[1])?))
    }

    /// Changes the profile if it still has the version that was read; a version also means the same sessions.
    pub async fn edit_profile(
        &self,
        user: &User,
        edit: &ProfileEdit,
        token: TransactionId,
    ) -> Result<(), Commit<ProfileChanged>> {
        let mut profile = profile_change(user.id).require(Require::Equals("version", number(user.version)));
        for (field, name) in [("given_name", &edit.given_name), ("family_name", &edit.family_name)] {
            profile = match name {
                Some(Some(name)) => profile.set(field, text(name.as_str())),
                Some(None) => profile.remove(field),
                None => profile,
            };
        }
        if let Some(preferences) = &edit.preferences {
            profile = profile.set("preferences", value(preferences)?);
        }
        profile = match &edit.language {
            Some(Some(language)) => profile.set("language", value(language)?),
            Some(None) => profile.remove("language"),
            None => profile,
        };
        let mut transaction = Transaction::new(token);
        if let Some(notices) = edit.notices {
            profile = profile.set("notices", value(&notices)?);
            transaction = if notices.is_none() {
                transaction.delete(keys::notices(user.id))
            } else {
                transaction.put(notices_item(user.id, notices)?)
            };
        }
        if let Some(name) = &edit.name {
            profile = profile.set("name", text(name.as_str()));
            transaction = transaction.change(renamed(user, name), ProfileChanged);
        }
        self.commit(transaction.change(profile, ProfileChanged)).await
    }

    /// Removes the picture, and refuses those that are on their way. `removed`: the event of the picture.
    pub async fn remove_picture(
        &self,
        user: &User,
        removed: Option<&OutboxEvent>,
        now: Time,
        token: TransactionId,
    ) -> Result<(), Commit<ProfileChanged>> {
        let profile = profile_change(user.id)
            .remove("picture")
            .set("picture_at", value(&now)?)
            .require(Require::Equals("version", number(user.version)));
        self.commit(with_event(Transaction::new(token).change(profile, ProfileChanged), removed)?).await
    }

    /// Users whose name begins like this folded text, in the order of their names. At least two characters.
    pub async fn users_by_name(&self, beginning: &str, request: &PageRequest) -> Result<Page<User>, StoreError> {
        let range = KeyRange::of(keys::by_name_partition(beginning)).in_index(GSI1).with_prefix(beginning);
        let page: Page<EmailOwner> = self.page(&range, request).await?;
        if page.items.is_empty() {
            return Ok(Page { items: Vec::new(), next: page.next });
        }
        let profiles: Vec<Key> = page.items.iter().map(|owner| keys::profile(owner.user_id)).collect();
        let mut found = self.get_all(&profiles.iter().collect::<Vec<_>>()).await?;
        let users = profiles.iter().map(|key| found.take::<User>(key)).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items: users.into_iter().flatten().collect(), next: page.next })
    }

    /// Stops all mail to this user at this address. It is no error if it was stopped before, if the user is deleted, or if
    /// they have another address by now.
    pub async fn stop_mail(&self, id: UserId, email: &Email, stop: MailStop) -> Result<(), StoreError> {
        let change = Change::at(keys::profile(id))
            .set("mail_stop", value(&stop)?)
            .add("version", 1)
            .require(Require::Equals("email", text(email.as_str())))
            .require(Require::Lacks("mail_stop"));
        self.change(change).await.map(drop)
    }

    /// Deletes the account: nobody can sign in, the address is free, and all sessions end with their user. The janitor
    /// erases the rest of the partition; the due item written here tells it to. An admin names another admin, who must
    /// still be one.
    pub async fn delete_user(
        &self,
        user: &User,
        password_hash: &str,
        other_admin: Option<UserId>,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<DeleteRefusal>> {
        let erase = Due { at: outbox_event.at, task: Task::Erase { user_id: user.id } };
        let same_role = |role: Role| vec![Require::Equals("role", text(role.name()))];
        let same_email = vec![Require::Equals("email", text(user.email.as_str()))];
        let unchanged = [same_role(user.role), same_email, vec![same_picture(user)]].concat();
        let mut transaction = Transaction::new(outbox_event.id)
            .delete_if(
                keys::credentials(user.id),
                vec![Require::Equals("password_hash", text(password_hash))],
                DeleteRefusal::Changed,
            )
            .delete_if(keys::profile(user.id), unchanged, DeleteRefusal::Changed)
            .delete(keys::email(&user.email))
            .put(erase.item()?)
            .put(outbox_event.item()?);
        if !user.notices.is_none() {
            transaction = transaction.delete(keys::notices(user.id));
        }
        if let Some(other) = other_admin {
            transaction = transaction
                .check(keys::profile(other), same_role(Role::Admin), DeleteRefusal::OtherAdminGone)
                .delete(keys::admin(user.id));
        }
        self.commit(transaction).await
    }

    /// Erases everything of a deleted user, the due item last. Repeating it is safe.
    pub async fn erase(&self, id: UserId) -> Result<(), StoreError> {
        let due = Task::Erase { user_id: id }.key();
        for alert in self.stock_alerts_of(id).await? {
            self.delete_stock_alert(id, alert.variant_id).await?;
        }
        self.delete(&keys::cart(&CartOwner::User(id))).await?;
        for (sk, _) in self.query_all(keys::wishlist_partition(id), "").await? {
            self.delete(&keys::Key { pk: keys::wishlist_partition(id), sk }).await?;
        }
        for (sk, _) in self.query_all(keys::user_partition(id), "").await? {
            if sk != due.sk {
                self.delete(&keys::Key { pk: due.pk.clone(), sk }).await?;
            }
        }
        self.delete(&due).await
    }

    /// Everything about a user except secrets, and addresses, which have their own method.
    pub async fn export(&self, id: UserId) -> Result<Export, StoreError> {
        let cart = keys::cart(&CartOwner::User(id));
        let (partition, wishlist, cart) = tokio::try_join!(
            self.query_all(keys::user_partition(id), ""),
            self.query_all(keys::wishlist_partition(id), ""),
            self.get(&cart),
        )?;
        let wishlist = wishlist.into_iter().map(|(_, item)| read(item)).collect::<Result<_, _>>()?;
        let mut export = Export { cart, wishlist, ..Export::default() };
        let partition: BTreeMap<String, Attributes> = partition.into_iter().collect();
        for (sk, item) in partition {
            match sk.as_str() {
                keys::PROFILE => export.profile = Some(read(item)?),
                sk if sk.starts_with(keys::SESSION_PREFIX) => export.sessions.push(read(item)?),
                sk if sk.starts_with(keys::DEVICE_PREFIX) => export.devices.push(read(item)?),
                _ => {}
            }
        }
        Ok(export)
    }
}
