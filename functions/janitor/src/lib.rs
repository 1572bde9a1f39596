//! The janitor comes every minute and does what is due. Each piece of work may be done twice, or be cut off anywhere, and
//! is right all the same: its due item goes last, or in its own transaction.
//!
//! Nothing depends on it being in time: a ban is over when its time is up, and a deleted account is dead with its deletion.

use aws_sdk_dynamodb::Client as Table;
use domain::event::Event;
use domain::id::UserId;
use domain::time::Time;
use kit::clock::Clock;
use kit::config::{ConfigError, Env};
use kit::ids::Ids;
use kit::telemetry;
use serde::Serialize;
use store::audit::AuditEntry;
use store::due::Task;
use store::{Commit, Store, StoreError};

/// How much of each shard's work one run takes; the rest waits a minute.
const AT_ONCE: usize = 50;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Janitor {
    store: Store,
    clock: Clock,
    ids: Ids,
}

/// What one run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    pub lifted: usize,
    pub erased: usize,
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
        let store = Store::new(Table::new(&kit::aws::config().await), &config.table);
        Self::new(store, Clock::system(), Ids::random())
    }

    pub fn new(store: Store, clock: Clock, ids: Ids) -> Self {
        Self { store, clock, ids }
    }

    /// One piece of work that fails does not keep the others from being done; it is due again in a minute.
    pub async fn run(&self) -> Result<Done, JanitorError> {
        let now = self.clock.now();
        let mut done = Done::default();
        for due in self.store.due_work(now, AT_ONCE).await? {
            let outcome = match due.task {
                Task::Unban { user_id } => self.lift(user_id, now).await.map(|()| done.lifted += 1),
                Task::Erase { user_id } => {
                    self.store.erase(user_id).await.map(|()| done.erased += 1)
                }
                Task::Order { .. } | Task::Crossings { .. } => {
                    Err(StoreError::Corrupt("not known yet".to_owned()))
                }
            };
            if let Err(cause) = outcome {
                tracing::error!(%cause, task = ?due.task, "due work failed");
                done.failed += 1;
            }
        }
        telemetry::count("DueWorkFailed", done.failed, now);
        if done.failed > 0 && done.lifted + done.erased == 0 {
            Err(JanitorError::NothingDone)
        } else {
            Ok(done)
        }
    }

    async fn lift(&self, user_id: UserId, now: Time) -> Result<(), StoreError> {
        let user = self.store.user(user_id).await?;
        let Some((user, ban)) = user.and_then(|user| user.ban.clone().map(|ban| (user, ban)))
        else {
            return self.store.forget_due(&Task::Unban { user_id }).await;
        };
        if ban.until > now {
            // Banned anew meanwhile; that ban's own due item has taken this one's place.
            return Ok(());
        }
        let entry = AuditEntry {
            id: self.ids.audit(now),
            at: now,
            actor: None,
            action: "user.unban".to_owned(),
            subject: user_id.to_string(),
            before: Some(format!("until {}: {}", ban.until, ban.reason)),
            after: None,
        };
        let announced = self.ids.announce(Event::UserUnbanned { user_id }, now);
        match self.store.unban(&user, &entry, &announced).await {
            Ok(()) => Ok(()),
            // The user changed under our hands; it is due again in a minute.
            Err(Commit::Refused(_)) => {
                Err(StoreError::Busy("the user changed meanwhile".to_owned()))
            }
            Err(Commit::Store(error)) => Err(error),
        }
    }
}
