//! From texts to connections, many at the same time.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::id::{SessionId, UserId};
use domain::live::{LiveTopic, SessionOf};
use domain::session::check_access;
use kit::runtime::telemetry;
use store::StoreError;
use store::live::TopicWatcher;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::connections::Sent;
use crate::{PushError, Pusher};

/// To how many connections one call of the function sends at the same time.
const AT_ONCE: usize = 64;

/// More connections than an account may have.
const MAX_ENDED: usize = 200;

impl Pusher {
    /// Sends these texts, in their order, to each connection that may still see them. The others are ended.
    pub(crate) async fn push(
        &self,
        topic: LiveTopic,
        watchers: Vec<TopicWatcher>,
        texts: &[String],
    ) -> Result<(), PushError> {
        if watchers.is_empty() {
            return Ok(());
        }
        let ended = if topic.is_public() { BTreeSet::new() } else { self.ended(topic, &watchers).await? };
        let is_ended = |watcher: &TopicWatcher| watcher.session.is_some_and(|session| ended.contains(&session));
        let (over, live): (Vec<_>, Vec<_>) = watchers.into_iter().partition(is_ended);
        let (texts, places): (Arc<[String]>, _) = (texts.into(), Arc::new(Semaphore::new(AT_ONCE)));
        let mut tasks = JoinSet::new();
        for watcher in live {
            let (pusher, texts, places) = (self.clone(), texts.clone(), places.clone());
            tasks.spawn(async move {
                // It is never closed.
                let _place = places.acquire().await;
                pusher.send_all(topic, &watcher.id, &texts).await
            });
        }
        let sent = tasks.join_all().await;
        let count = |wanted: Sent| {
            sent.iter().filter(|sent| std::mem::discriminant(*sent) == std::mem::discriminant(&wanted)).count()
        };
        let (gone, failed) = (count(Sent::Gone), count(Sent::Failed(String::new())));
        telemetry::count("LivePushed", sent.len() - gone - failed, self.clock.now());
        if failed > 0 {
            telemetry::count("LiveNotPushed", failed, self.clock.now());
        }
        for watcher in over {
            self.end(topic, &watcher.id).await?;
        }
        Ok(())
    }

    async fn send_all(&self, topic: LiveTopic, connection: &str, texts: &[String]) -> Sent {
        for text in texts {
            match self.connections.send(connection, text).await {
                Sent::Taken => {}
                Sent::Gone => {
                    // If it stays in the list, the next message removes it.
                    if let Err(error) = self.forget(topic, connection).await {
                        tracing::warn!(%error, connection, "a connection that is gone stays in a list");
                    }
                    return Sent::Gone;
                }
                Sent::Failed(cause) => {
                    tracing::warn!(cause, connection, "a message was not taken");
                    return Sent::Failed(cause);
                }
            }
        }
        Sent::Taken
    }

    async fn forget(&self, topic: LiveTopic, connection: &str) -> Result<(), StoreError> {
        self.store.remove_connection(connection).await?;
        self.store.remove_watcher(connection, &[topic]).await
    }

    /// The sessions of these watchers that are over, or may not see the topic any more.
    async fn ended(&self, topic: LiveTopic, watchers: &[TopicWatcher]) -> Result<BTreeSet<SessionOf>, StoreError> {
        let sessions: BTreeSet<SessionOf> = watchers.iter().filter_map(|watcher| watcher.session).collect();
        let sessions: Vec<SessionOf> = sessions.into_iter().collect();
        let now = self.clock.now();
        let found = self.store.users_and_sessions(&sessions).await?.into_iter().filter(|found| {
            let live = check_access(found.user.as_ref(), found.session.as_ref(), now).is_ok();
            let may = found.user.as_ref().is_some_and(|user| topic.still_for(user, self.staff_rules));
            !(live && may)
        });
        Ok(found.map(|found| found.of).collect())
    }

    /// Ends the connections of a session, or all of a user. Clients whose session is still good open another one, with what
    /// they may see now.
    pub(crate) async fn end_sessions(&self, user: UserId, session: Option<SessionId>) -> Result<(), PushError> {
        let open = self.store.connections_of(&user.to_string(), MAX_ENDED, self.clock.now()).await?;
        for connection in open {
            if session.is_none_or(|id| connection.watcher.session.is_some_and(|of| of.session_id == id)) {
                self.close(&connection.id).await?;
            }
        }
        Ok(())
    }

    async fn end(&self, topic: LiveTopic, connection: &str) -> Result<(), PushError> {
        self.close(connection).await?;
        Ok(self.store.remove_watcher(connection, &[topic]).await?)
    }

    async fn close(&self, connection: &str) -> Result<(), PushError> {
        self.connections.close(connection).await.map_err(PushError::Close)?;
        Ok(self.store.remove_connection(connection).await?)
    }
}
