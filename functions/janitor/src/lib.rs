//! The janitor runs every minute and does the work that is due. Each piece of work may run twice or stop at any point:
//! its due item is removed last, or in the transaction of its effect.
//!
//! Nothing depends on the janitor being on time: a ban ends at its time, a deleted account cannot be used from its
//! deletion on, and an order cannot be paid after its payment window.

mod carts;
mod returns;
mod reviews;

use aws_sdk_dynamodb::Client as Table;
use domain::cart_reminder::ReminderDelay;
use domain::event::Event;
use domain::id::UserId;
use domain::time::Time;
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::secrets::Secrets;
use kit::runtime::telemetry;
use order_processing::{FollowUps, OrderProcessor};
use payment_provider::{Payments, Stripe, StripeConfig};
use serde::Serialize;
use store::audit::AuditChange;
use store::due::Task;
use store::staff::StaffAct;
use store::{Commit, Store, StoreError};
use tokio::task::JoinSet;

/// How many tasks of each shard one run does. The rest waits a minute.
const TASKS_PER_SHARD: usize = 50;

/// How many tasks run at the same time, so that a provider that does not answer delays only a few.
const CONCURRENT_TASKS: usize = 10;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub stripe: StripeConfig,
    /// Whether the shop reminds customers of their carts. When is written into each cart.
    pub reminds_of_carts: bool,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            stripe: StripeConfig::read(&mut env),
            reminds_of_carts: env.parsed("CART_REMINDER_HOURS", None, ReminderDelay::parse).is_some(),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Janitor {
    orders: OrderProcessor,
    payments: Payments,
    reminds_of_carts: bool,
}

/// What one run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    pub done: usize,
    /// The provider did not answer. It is tried again later.
    pub put_off: usize,
    pub failed: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum JanitorError {
    #[error("the due work cannot be read: {0}")]
    Unreadable(#[from] StoreError),
    #[error("all of the due work failed")]
    NothingDone,
}

impl Janitor {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        let payments = Payments::new(Stripe::new(&config.stripe, secrets));
        let orders = OrderProcessor::new(store, Clock::system(), Ids::random());
        Self::new(orders, payments, config.reminds_of_carts)
    }

    pub fn new(orders: OrderProcessor, payments: Payments, reminds_of_carts: bool) -> Self {
        Self { orders, payments, reminds_of_carts }
    }

    /// A task that fails does not stop the others. It is due again in a minute.
    pub async fn run(&self) -> Result<Done, JanitorError> {
        let now = self.orders.clock.now();
        let mut done = Done::default();
        let mut under_way = JoinSet::new();
        let mut work = self.orders.store.due_work(now, TASKS_PER_SHARD).await?.into_iter();
        loop {
            while under_way.len() < CONCURRENT_TASKS
                && let Some(due) = work.next()
            {
                let janitor = self.clone();
                under_way.spawn(async move { (Box::pin(janitor.run_task(&due.task, now)).await, due.task) });
            }
            match under_way.join_next().await {
                None => break,
                Some(Ok((Ok(FollowUps::Done), _))) => done.done += 1,
                Some(Ok((Ok(FollowUps::PutOff), _))) => done.put_off += 1,
                Some(Ok((Err(cause), task))) => {
                    tracing::error!(%cause, ?task, "due work failed");
                    done.failed += 1;
                }
                Some(Err(cause)) => {
                    tracing::error!(%cause, "due work was aborted");
                    done.failed += 1;
                }
            }
        }
        if self.reminds_of_carts {
            Box::pin(self.remind_of_carts(now, &mut done)).await;
        }
        telemetry::count("DueWorkFailed", done.failed, now);
        match self.orders.store.held_units().await {
            Ok(held) => telemetry::count("HeldUnits", usize::try_from(held).unwrap_or(usize::MAX), now),
            Err(cause) => tracing::warn!(%cause, "the units that unpaid orders hold could not be counted"),
        }
        if done.failed > 0 && done.done + done.put_off == 0 { Err(JanitorError::NothingDone) } else { Ok(done) }
    }

    async fn run_task(&self, task: &Task, now: Time) -> Result<FollowUps, StoreError> {
        let store = &self.orders.store;
        match task {
            Task::Unban { user_id } => self.end_ban(*user_id, now).await?,
            Task::Erase { user_id } => {
                self.forget_reviewer(*user_id, now).await?;
                self.forget_return_pictures(*user_id, now).await?;
                store.forget_vat_numbers(*user_id).await?;
                store.erase(*user_id).await?;
            }
            Task::Clear { user_id, before } => store.clear_left_behind(*user_id, *before).await?,
            Task::Join { user_id } => self.orders.join_orders(*user_id).await?,
            Task::DeferredWrites(deferred_writes) => store.write_deferred(deferred_writes).await?,
            Task::AskForReviews { order_id } => {
                let event = self.orders.ids.outbox_event(Event::ReviewsDue { order_id: *order_id }, now);
                store.announce_reviews_due(*order_id, &event).await?;
            }
            Task::ForgetReview { review_id } => store.forget_review(*review_id).await?,
            Task::EndReturn { order_id, return_id } => self.orders.end_unsent_return(*order_id, *return_id).await?,
            Task::Order { order_id, .. } => {
                return self.orders.run_due(&self.payments, *order_id).await;
            }
        }
        Ok(FollowUps::Done)
    }

    async fn end_ban(&self, user_id: UserId, now: Time) -> Result<(), StoreError> {
        let OrderProcessor { store, ids, .. } = &self.orders;
        let user = store.user(user_id).await?;
        let Some((user, ban)) = user.and_then(|user| user.ban.clone().map(|ban| (user, ban))) else {
            return store.forget_due(&Task::Unban { user_id }).await;
        };
        if ban.until > now {
            // A new ban replaced this one, and its due item as well.
            return Ok(());
        }
        let change = AuditChange { before: Some(format!("until {}: {}", ban.until, ban.reason)), after: None };
        let entry = ids.audit_entry(None, "user.unban", user_id, change, now);
        let outbox_event = ids.outbox_event(Event::UserUnbanned { user_id }, now);
        match store.unban(StaffAct { actor: None, target: &user, entry: &entry }, &outbox_event).await {
            Ok(()) => Ok(()),
            // It is due again in a minute.
            Err(Commit::Refused(_)) => Err(StoreError::Busy("the user changed after it was read".to_owned())),
            Err(Commit::Store(error)) => Err(error),
        }
    }
}
