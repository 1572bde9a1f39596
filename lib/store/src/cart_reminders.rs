//! The carts of which their owners are to be reminded by mail. Such a cart stands in an index, until the reminder was dealt
//! with or the cart changes.

use domain::cart::{Cart, CartOwner};
use domain::cart_reminder::SavedCart;
use domain::id::{EventId, UserId};
use domain::time::Time;
use domain::user::User;

use crate::carts::{CartChanged, cart_item, unchanged};
use crate::engine::error::{Commit, StoreError};
use crate::engine::item::{Item, read};
use crate::engine::page::KeyRange;
use crate::keys::{self, GSI2, SHARDS};
use crate::outbox::OutboxEvent;
use crate::{Store, Transaction};

impl Store {
    /// The owners of at most `limit` carts of each shard whose reminder is due. The index may be a moment late.
    pub async fn due_reminders(&self, now: Time, limit: usize) -> Result<Vec<UserId>, StoreError> {
        let mut owners = Vec::new();
        for shard in 0..SHARDS {
            let due = KeyRange::of(keys::cart_reminders_partition(shard)).in_index(GSI2);
            for (_, item) in self.query(&due.ending_at(format!("{now}#\u{10ffff}")), None, limit).await? {
                let cart: Cart = read(item)?;
                if let CartOwner::User(id) = cart.owner {
                    owners.push(id);
                }
            }
        }
        Ok(owners)
    }

    /// A user's cart and the user, in one round trip.
    pub async fn cart_with_owner(&self, id: UserId) -> Result<(Option<Cart>, Option<User>), StoreError> {
        let (cart, profile) = (keys::cart(&CartOwner::User(id)), keys::profile(id));
        let mut found = self.get_all(&[&cart, &profile]).await?;
        Ok((found.take(&cart)?, found.take(&profile)?))
    }

    /// Announces the mail about the cart that was read, and keeps what its link brings back, in one transaction.
    pub async fn announce_cart_reminder(
        &self,
        before: &Cart,
        after: &Cart,
        saved: &SavedCart,
        event: &OutboxEvent,
    ) -> Result<(), Commit<CartChanged>> {
        let kept = Item::new(keys::saved_cart(event.id), saved)?.expires(saved.until);
        let writes = Transaction::new(event.id)
            .put_if(cart_item(after)?, unchanged(before), CartChanged)
            .put(kept)
            .put(event.item()?);
        self.commit(writes).await
    }

    /// What the link of this event brings back.
    pub async fn saved_cart(&self, event: EventId, now: Time) -> Result<Option<SavedCart>, StoreError> {
        let saved: Option<SavedCart> = self.get(&keys::saved_cart(event)).await?;
        Ok(saved.filter(|saved| now < saved.until))
    }
}
