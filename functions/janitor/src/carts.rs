//! Reminds customers of what they left in their carts, where the shop wants that.

use domain::event::Event;
use domain::id::UserId;
use domain::time::Time;
use store::{Commit, StoreError};

use crate::{Done, Janitor, TASKS_PER_SHARD};

impl Janitor {
    /// A cart whose reminder fails is tried again in a minute.
    pub(crate) async fn remind_of_carts(&self, now: Time, done: &mut Done) {
        let owners = match self.orders.store.due_reminders(now, TASKS_PER_SHARD).await {
            Ok(owners) => owners,
            Err(cause) => {
                tracing::error!(%cause, "the carts whose reminders are due cannot be read");
                done.failed += 1;
                return;
            }
        };
        for owner in owners {
            match self.remind(owner, now).await {
                Ok(()) => done.done += 1,
                Err(cause) => {
                    tracing::error!(%cause, %owner, "the reminder of a cart failed");
                    done.failed += 1;
                }
            }
        }
    }

    /// The mark on the cart and the event are one transaction, on the cart that was read. Whoever changed or ordered the cart
    /// meanwhile is not reminded.
    async fn remind(&self, owner: UserId, now: Time) -> Result<(), StoreError> {
        let (store, ids) = (&self.orders.store, &self.orders.ids);
        let (cart, user) = store.cart_with_owner(owner).await?;
        let Some(cart) = cart.filter(|cart| cart.is_reminder_due(now)) else {
            return Ok(());
        };
        let event = ids.outbox_event(Event::CartReminderDue { user_id: owner }, now);
        let committed = match cart.after_reminder(user.as_ref(), event.id, now) {
            (after, Some(saved)) => store.announce_cart_reminder(&cart, &after, &saved, &event).await,
            (after, None) => store.save_cart(&cart, &after).await,
        };
        match committed {
            Ok(()) | Err(Commit::Refused(_)) => Ok(()),
            Err(Commit::Store(error)) => Err(error),
        }
    }
}
