//! What becomes of the pictures of somebody's returns when the account is deleted.

use domain::event::Event;
use domain::id::UserId;
use domain::returns::Return;
use domain::time::Time;
use store::page::PageRequest;
use store::retry::{Attempt, retry};
use store::{Commit, StoreError};

use crate::Janitor;

/// How many orders are read at once.
const AT_ONCE: u32 = 100;

impl Janitor {
    /// The orders and their returns stay, without the pictures. Nobody can add one any more, because the account is gone.
    /// Repeating it is safe.
    pub(crate) async fn forget_return_pictures(&self, user_id: UserId, now: Time) -> Result<(), StoreError> {
        let store = &self.orders.store;
        let mut request = PageRequest { limit: AT_ONCE, after: None };
        loop {
            let page = store.orders_of(user_id, &request).await?;
            for order in page.items.iter().filter(|order| order.returns > 0) {
                for asked in store.returns_of(order.id).await? {
                    self.forget_pictures(&asked, now).await?;
                }
            }
            request.after = page.next;
            if request.after.is_none() {
                return Ok(());
            }
        }
    }

    async fn forget_pictures(&self, asked: &Return, now: Time) -> Result<(), StoreError> {
        let (store, ids) = (&self.orders.store, &self.orders.ids);
        retry("the return", || async move {
            let asked = store.order_return(asked.order_id, asked.id).await?;
            let Some((after, before)) = asked.and_then(|asked| Some((asked.without_pictures(now)?, asked))) else {
                return Ok(Attempt::Done(()));
            };
            let removed = Event::ReturnPicturesRemoved { return_id: before.id, images: before.pictures };
            match store.remove_return_pictures(&after, &ids.outbox_event(removed, now), None).await {
                Ok(()) => Ok(Attempt::Done(())),
                Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error),
            }
        })
        .await
    }
}
