//! An account starts over when its address is proven for the first time by somebody who may not have registered it.
//! Nothing that was there before is usable after the transaction.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::cart::CartOwner;
use domain::id::{EventId, TransactionId, UserId};
use domain::preferences::Preferences;
use domain::text::PersonName;
use domain::time::Time;
use domain::user::{Credentials, User};

use crate::carts::WishlistItem;
use crate::credentials::{ResetRefusal, profile_change};
use crate::due::{Due, IN_FLIGHT, Task};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number, read, text, value};
use crate::engine::transaction::MAX_WRITES;
use crate::keys::Key;
use crate::links::Link;
use crate::outbox::OutboxEvent;
use crate::sessions::Device;
use crate::users::{renamed, same_picture};
use crate::{Store, Transaction, keys};

/// What the account starts over with.
#[derive(Debug)]
pub struct StartOver<'a> {
    /// As it was read.
    pub user: &'a User,
    pub name: &'a PersonName,
    pub password_hash: &'a str,
    /// The link that was followed.
    pub followed: EventId,
    /// A link for a password of their own, and its id.
    pub next: Option<(EventId, Link)>,
    pub first_proof: OutboxEvent,
    pub password_changed: Option<OutboxEvent>,
    /// The event of the picture that the account had.
    pub picture_removed: Option<OutboxEvent>,
    pub token: TransactionId,
    pub now: Time,
}

impl Store {
    /// Uses the link up, confirms the address and throws out what the account had: sessions, password, second factor,
    /// name, picture, preferences, addresses, cart, stock alerts, known devices, wishlist. The new epoch ends sessions
    /// and challenges, and refuses changes of profile and addresses that are under way. What finds no room in the
    /// transaction, or comes at the same moment, is removed by the janitor.
    pub async fn start_over(&self, start: &StartOver<'_>) -> Result<(), Commit<ResetRefusal>> {
        let user = start.user;
        // Boxed, because many calls at the same time would make the future of every handler large.
        let left = Box::pin(self.left_behind(user.id, start.now));
        let (book, left) = tokio::try_join!(Box::pin(self.address_book(user.id)), left)?;
        let profile = profile_change(user.id)
            .add("epoch", 1)
            .add("resets", 1)
            .set("email_verified", AttributeValue::Bool(true))
            .set("two_factor", AttributeValue::Bool(false))
            .set("name", text(start.name.as_str()))
            .remove("given_name")
            .remove("family_name")
            .remove("picture")
            .remove("picture_at")
            .set("preferences", value(&Preferences::default())?)
            .require(Require::Equals("email_verified", AttributeValue::Bool(false)))
            .require(Require::Equals("epoch", number(user.epoch)))
            .require(same_picture(user));
        let credentials = Credentials {
            password_hash: start.password_hash.to_owned(),
            totp_secret: None,
            totp_pending: None,
            totp_step: 0,
        };
        let unchanged = match book.head.version {
            0 => Require::Absent,
            version => Require::Equals("version", number(version)),
        };
        // The janitor looks a second time.
        let again = Task::Clear { user_id: user.id, before: start.now };
        let mut transaction = Transaction::new(start.token)
            .delete_if(keys::link(start.followed), vec![Require::Exists], ResetRefusal::LinkUsed)
            .change(profile, ResetRefusal::Changed)
            .change(renamed(user, start.name), ResetRefusal::Changed)
            .put_if(Item::new(keys::credentials(user.id), &credentials)?, vec![Require::Exists], ResetRefusal::Changed)
            .delete_if(keys::address_book(user.id), vec![unchanged], ResetRefusal::Changed)
            .delete(keys::cart(&CartOwner::User(user.id)))
            .put(Due { at: start.now + IN_FLIGHT, task: again }.item()?)
            .put(Due::join(user.id, start.now).item()?)
            .put(start.first_proof.item()?);
        if let Some((id, link)) = &start.next {
            transaction = transaction.put(link.item(*id)?);
        }
        for event in [&start.password_changed, &start.picture_removed].into_iter().flatten() {
            transaction = transaction.put(event.item()?);
        }
        for address in &book.addresses {
            transaction = transaction.delete(keys::address(user.id, address.id));
        }
        let room = MAX_WRITES.saturating_sub(transaction.len());
        for key in left.into_iter().take(room) {
            transaction = transaction.delete(key);
        }
        self.commit(transaction).await
    }

    /// Removes the rest of what an account had before it started over, the due item last. Repeating it is safe.
    pub async fn clear_left_behind(&self, user: UserId, before: Time) -> Result<(), StoreError> {
        for key in Box::pin(self.left_behind(user, before)).await? {
            self.delete(&key).await?;
        }
        self.forget_due(&Task::Clear { user_id: user, before }).await
    }

    /// Stock alerts first, because they cause mails; then known devices and the wishlist; all from before this time.
    async fn left_behind(&self, user: UserId, before: Time) -> Result<Vec<Key>, StoreError> {
        let (alerts, devices, wishes) = tokio::try_join!(
            self.stock_alerts_of(user),
            self.query_all(keys::user_partition(user), keys::DEVICE_PREFIX),
            self.query_all(keys::wishlist_partition(user), ""),
        )?;
        let alerts = alerts.into_iter().filter(|alert| alert.since <= before);
        let mut left: Vec<Key> = alerts.map(|alert| keys::stock_alert(alert.variant_id, user)).collect();
        for (_, item) in devices {
            let device: Device = read(item)?;
            if device.first_seen <= before {
                left.push(keys::device(user, &device.fingerprint));
            }
        }
        for (_, item) in wishes {
            let wish: WishlistItem = read(item)?;
            if wish.since <= before {
                left.push(keys::wishlist_item(user, wish.variant_id));
            }
        }
        Ok(left)
    }
}
