//! Guests' orders join the account that has proven their mail address.

use domain::id::UserId;
use store::StoreError;
use store::due::Task;
use store::page::PageRequest;

use crate::OrderProcessor;

/// How many orders of an account join in one run.
const ORDERS_PER_RUN: u32 = 50;

impl OrderProcessor {
    /// The janitor calls this until no order is left. An order that has joined is not found any more, so each run goes on
    /// where the one before it stopped.
    pub async fn join_orders(&self, user_id: UserId) -> Result<(), StoreError> {
        if let Some(account) = self.store.user(user_id).await? {
            let first = PageRequest { limit: ORDERS_PER_RUN, after: None };
            let page = self.store.orders_of_guests(&account.email, &first).await?;
            for order in page.items {
                let found = self.read(order.id).await?;
                self.follow_up(found, |order, now| order.joined(&account, now)).await?;
            }
            if page.next.is_some() {
                return Ok(());
            }
        }
        self.store.forget_due(&Task::Join { user_id }).await
    }
}
