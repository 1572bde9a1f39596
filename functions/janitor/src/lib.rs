//! The janitor comes every minute and does what is due. Each piece of work may be done twice, or be cut off anywhere,
//! and is right all the same: its due item goes last, or in its own transaction.
//!
//! Nothing depends on it being in time: a ban is over when its time is up, a deleted account is dead with its deletion,
//! and an order says itself until when it can be paid.

use aws_sdk_dynamodb::Client as Table;
use checkout::{FollowUps, OrderProcessor};
use domain::event::Event;
use domain::id::UserId;
use domain::time::Time;
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::secrets::Secrets;
use kit::runtime::telemetry;
use payment_provider::{Payments, Stripe, StripeConfig};
use serde::Serialize;
use store::audit::AuditEntry;
use store::due::Task;
use store::{Commit, Store, StoreError};
use tokio::task::JoinSet;

/// How much of each shard's work one run takes; the rest waits a minute.
const AT_ONCE: usize = 50;

/// How many pieces of work are under way at a time: a provider that hangs holds up a few, not all.
const SIDE_BY_SIDE: usize = 10;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub stripe: StripeConfig,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { table: env.text("TABLE"), stripe: StripeConfig::read(&mut env) };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Janitor {
    orders: OrderProcessor,
    payments: Payments,
}

/// What one run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    pub done: usize,
    /// The provider could not be told; it is tried again later.
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
        Self::new(OrderProcessor::new(store, Clock::system(), Ids::random()), payments)
    }

    pub fn new(orders: OrderProcessor, payments: Payments) -> Self {
        Self { orders, payments }
    }

    /// One piece of work that fails does not keep the others from being done; it is due again in a minute.
    pub async fn run(&self) -> Result<Done, JanitorError> {
        let now = self.orders.clock.now();
        let mut done = Done::default();
        let mut under_way = JoinSet::new();
        let mut work = self.orders.store.due_work(now, AT_ONCE).await?.into_iter();
        loop {
            while under_way.len() < SIDE_BY_SIDE
                && let Some(due) = work.next()
            {
                let janitor = self.clone();
                under_way.spawn(async move { (janitor.see_to(&due.task, now).await, due.task) });
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
                    tracing::error!(%cause, "due work broke off");
                    done.failed += 1;
                }
            }
        }
        telemetry::count("DueWorkFailed", done.failed, now);
        if done.failed > 0 && done.done + done.put_off == 0 { Err(JanitorError::NothingDone) } else { Ok(done) }
    }

    async fn see_to(&self, task: &Task, now: Time) -> Result<FollowUps, StoreError> {
        let store = &self.orders.store;
        match task {
            Task::Unban { user_id } => self.lift(*user_id, now).await?,
            Task::Erase { user_id } => store.erase(*user_id).await?,
            Task::DeferredWrites(deferred_writes) => store.catch_up(deferred_writes).await?,
            Task::Order { order_id } => {
                return self.orders.run_due(&self.payments, *order_id).await;
            }
        }
        Ok(FollowUps::Done)
    }

    async fn lift(&self, user_id: UserId, now: Time) -> Result<(), StoreError> {
        let OrderProcessor { store, ids, .. } = &self.orders;
        let user = store.user(user_id).await?;
        let Some((user, ban)) = user.and_then(|user| user.ban.clone().map(|ban| (user, ban))) else {
            return store.forget_due(&Task::Unban { user_id }).await;
        };
        if ban.until > now {
            // Banned anew meanwhile; that ban's own due item has taken this one's place.
            return Ok(());
        }
        let entry = AuditEntry {
            id: ids.audit(now),
            at: now,
            actor: None,
            action: "user.unban".to_owned(),
            subject: user_id.to_string(),
            before: Some(format!("until {}: {}", ban.until, ban.reason)),
            after: None,
        };
        let outbox_event = ids.outbox_event(Event::UserUnbanned { user_id }, now);
        match store.unban(&user, &entry, &outbox_event).await {
            Ok(()) => Ok(()),
            // The user changed under our hands; it is due again in a minute.
            Err(Commit::Refused(_)) => Err(StoreError::Busy("the user changed meanwhile".to_owned())),
            Err(Commit::Store(error)) => Err(error),
        }
    }
}
