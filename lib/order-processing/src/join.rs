//! Guests' orders join the account that has proven their mail address.

use std::time::Duration;

use domain::id::UserId;
use domain::time::Time;
use store::StoreError;
use store::due::Task;
use store::page::PageRequest;

use crate::OrderProcessor;

/// How many orders of an account join in one run.
const ORDERS_PER_RUN: u32 = 50;

/// After this time no order is under way any more that was decided on before the proof.
const IN_FLIGHT: Duration = Duration::from_mins(1);

impl OrderProcessor {
    /// The janitor calls this once a minute until no order is left. An order that has joined is not found any more, so
    /// every run begins with what the one before it left.
    pub async fn join_orders(&self, user_id: UserId, proven_at: Time) -> Result<(), StoreError> {
        let now = self.clock.now();
        if let Some(account) = self.store.user(user_id).await? {
            let first = PageRequest { limit: ORDERS_PER_RUN, after: None };
            let page = self.store.orders_of_guests(&account.email, &first).await?;
            for order in page.items {
                let found = self.read(order.id).await?;
                self.follow_up(found, |order, now| order.joined(&account, now)).await?;
            }
            if page.next.is_some() || now < proven_at + IN_FLIGHT {
                return Ok(());
            }
        }
        self.store.forget_due(&Task::Join { user_id, proven_at }).await
    }
}
