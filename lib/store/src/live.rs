//! Live updates: tickets, open connections, who watches which topic, and the logs of topics.
//!
//! All of it is cleaned up by TTL, because API Gateway tells the end of a connection only as well as it can. An item that
//! is left over of a connection that is gone is removed when something is sent to it.

use std::collections::BTreeMap;

use domain::id::{OrderId, TransactionId, UserId};
use domain::live::{CONNECTION_LASTS, LOG_KEPT, LiveLog, LiveTopic, SessionOf, Watcher};
use domain::session::Session;
use domain::time::Time;
use domain::user::User;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, value};
use crate::engine::page::KeyRange;
use crate::engine::read::WriteOutcome;
use crate::engine::transaction::jittered;
use crate::keys::{GSI1, Key};
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ticket {
    watcher: Watcher,
    until: Time,
}

/// An open connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub id: String,
    pub watcher: Watcher,
    /// API Gateway ends it then at the latest.
    pub until: Time,
    /// Raised by each change of the topics.
    #[serde(default)]
    pub version: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<LiveTopic>,
}

impl Connection {
    pub fn new(id: &str, watcher: Watcher, now: Time) -> Self {
        Self { id: id.to_owned(), watcher, until: now + CONNECTION_LASTS, version: 1, topics: Vec::new() }
    }
}

/// A connection in the list of those that watch a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicWatcher {
    /// The connection.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionOf>,
    pub until: Time,
}

/// Some watchers of one shard, and the last of them if there are more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watchers {
    pub connections: Vec<TopicWatcher>,
    pub next: Option<String>,
}

/// The ticket was used, is over, or was never given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketGone;

impl Store {
    /// Keeps a ticket by the fingerprint of what its client got.
    pub async fn give_ticket(&self, fingerprint: &str, watcher: &Watcher, until: Time) -> Result<(), StoreError> {
        let ticket = Ticket { watcher: watcher.clone(), until };
        self.put(Item::new(keys::live_ticket(fingerprint), &ticket)?.expires(until)).await
    }

    /// Whom a ticket was given to, if it is still good.
    pub async fn ticket(&self, fingerprint: &str, now: Time) -> Result<Option<Watcher>, StoreError> {
        let ticket: Option<Ticket> = self.get(&keys::live_ticket(fingerprint)).await?;
        Ok(ticket.filter(|ticket| now < ticket.until).map(|ticket| ticket.watcher))
    }

    /// Uses the ticket up for this connection.
    pub async fn open_connection(
        &self,
        token: TransactionId,
        fingerprint: &str,
        connection: &Connection,
    ) -> Result<(), Commit<TicketGone>> {
        let holder = connection.watcher.holder();
        let item = Item::new(keys::connection(&connection.id), connection)?
            .index(keys::connection_of(&holder, &connection.id))
            .expires(connection.until);
        let ticket = keys::live_ticket(fingerprint);
        self.commit(Transaction::new(token).delete_if(ticket, vec![Require::Exists], TicketGone).put(item)).await
    }

    pub async fn connection(&self, id: &str) -> Result<Option<Connection>, StoreError> {
        self.get(&keys::connection(id)).await
    }

    /// The connections of an account or of the guests of a network that are not over, at most `limit`. The index may be
    /// behind by a moment.
    pub async fn connections_of(&self, holder: &str, limit: usize, now: Time) -> Result<Vec<Connection>, StoreError> {
        let range = KeyRange::of(keys::connections_of_partition(holder)).in_index(GSI1);
        let found = self.query(&range, None, limit).await?.into_iter().map(|(_, item)| read::<Connection>(item));
        let found: Vec<Connection> = found.collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter(|connection| now < connection.until).collect())
    }

    /// Makes these the topics of the connection, if it is as it was read. The connection is written before its watchers: what
    /// a crash leaves out, the client asks for again. Returns whether the connection is still there and was not changed.
    pub async fn set_topics(&self, connection: &Connection, topics: &[LiveTopic]) -> Result<bool, StoreError> {
        let change = Change::at(keys::connection(&connection.id))
            .set("topics", value(&topics)?)
            .set("version", number(connection.version + 1))
            .require(Require::Equals("version", number(connection.version)));
        Ok(matches!(self.change(change).await?, WriteOutcome::Done(_)))
    }

    /// Puts the connection into the lists of those that watch these topics, all at once.
    pub async fn add_watcher(&self, connection: &Connection, topics: &[LiveTopic]) -> Result<(), StoreError> {
        let (id, until) = (&connection.id, connection.until);
        let watcher = TopicWatcher { id: id.clone(), session: connection.watcher.session, until };
        let mut writes = JoinSet::new();
        for &topic in topics {
            let item = Item::new(keys::live_watcher(topic, id), &watcher)?.expires(until);
            let store = self.clone();
            writes.spawn(async move { store.put(item).await });
        }
        all(writes).await
    }

    /// Takes a connection out of these lists, all at once.
    pub async fn remove_watcher(&self, connection: &str, topics: &[LiveTopic]) -> Result<(), StoreError> {
        self.delete_all(topics.iter().map(|&topic| keys::live_watcher(topic, connection)).collect()).await
    }

    /// Removes a connection that is over, and what it watched. Nothing is left to be removed a second time.
    pub async fn remove_connection(&self, id: &str) -> Result<(), StoreError> {
        let Some(connection) = self.connection(id).await? else {
            return Ok(());
        };
        let mut keys: Vec<Key> = connection.topics.iter().map(|&topic| keys::live_watcher(topic, id)).collect();
        keys.push(keys::connection(id));
        self.delete_all(keys).await
    }

    async fn delete_all(&self, keys: Vec<Key>) -> Result<(), StoreError> {
        let mut writes = JoinSet::new();
        for key in keys {
            let store = self.clone();
            writes.spawn(async move { store.delete(&key).await });
        }
        all(writes).await
    }

    /// Some watchers of one shard of a topic that are not over.
    pub async fn watchers(
        &self,
        topic: LiveTopic,
        shard: u8,
        after: Option<&str>,
        limit: usize,
        now: Time,
    ) -> Result<Watchers, StoreError> {
        let range = KeyRange::of(keys::live_topic_partition(topic, shard));
        let found = self.query(&range, after, limit).await?;
        let next = if found.len() < limit { None } else { found.last().map(|(id, _)| id.clone()) };
        let connections: Vec<TopicWatcher> = found.into_iter().map(|(_, item)| read(item)).collect::<Result<_, _>>()?;
        Ok(Watchers { connections: connections.into_iter().filter(|one| now < one.until).collect(), next })
    }

    /// The logs of those topics that have one, in one round trip for up to a hundred.
    pub async fn live_logs(&self, topics: &[LiveTopic]) -> Result<BTreeMap<LiveTopic, LiveLog>, StoreError> {
        let keys: Vec<Key> = topics.iter().map(|&topic| keys::live_log(topic)).collect();
        let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
        let mut logs = BTreeMap::new();
        for (&topic, key) in topics.iter().zip(&keys) {
            logs.extend(found.take(key)?.map(|log| (topic, log)));
        }
        Ok(logs)
    }

    /// Writes a log, if nobody wrote it since it was read. Returns whether it is written: by this try, or by one whose
    /// answer was lost. After a refusal it waits for a short random time, so that the caller tries again.
    pub async fn put_live_log(&self, topic: LiveTopic, log: &LiveLog) -> Result<bool, StoreError> {
        let item = Item::new(keys::live_log(topic), log)?.expires(log.watched_until + LOG_KEPT);
        let requires = if log.version == 1 {
            vec![Require::Absent]
        } else {
            vec![Require::Equals("version", number(log.version - 1))]
        };
        let is_written = match self.put_if(item, requires).await? {
            WriteOutcome::Done(_) => true,
            WriteOutcome::Refused(Some(known)) => read::<LiveLog>(known)? == *log,
            WriteOutcome::Refused(None) => false,
        };
        if !is_written {
            // Many write the log of a busy feed. Without a pause they are in each other's way at every try.
            tokio::time::sleep(jittered(self.pause * 4)).await;
        }
        Ok(is_written)
    }

    /// The accounts that orders belong to, if they belong to one.
    pub async fn buyers_of(&self, orders: &[OrderId]) -> Result<BTreeMap<OrderId, UserId>, StoreError> {
        #[derive(Deserialize)]
        struct Buyer {
            #[serde(default)]
            user_id: Option<UserId>,
        }
        let keys: Vec<Key> = orders.iter().map(|&id| keys::order(id)).collect();
        let mut found = self.get_many(&["user_id"], &keys.iter().collect::<Vec<_>>()).await?;
        let mut buyers = BTreeMap::new();
        for (&id, key) in orders.iter().zip(&keys) {
            let buyer: Option<Buyer> = found.take(key)?;
            buyers.extend(buyer.and_then(|buyer| buyer.user_id).map(|user| (id, user)));
        }
        Ok(buyers)
    }

    /// Users and sessions as they are now, for any number of sessions.
    pub async fn users_and_sessions(&self, sessions: &[SessionOf]) -> Result<Vec<UserAndSession>, StoreError> {
        let profile = |one: &SessionOf| keys::profile(one.user_id);
        let mut profiles: Vec<Key> = sessions.iter().map(profile).collect();
        profiles.sort();
        profiles.dedup();
        let own: Vec<Key> = sessions.iter().map(|one| keys::session(one.user_id, one.session_id)).collect();
        let mut found = self.get_many(&[], &profiles.iter().chain(&own).collect::<Vec<_>>()).await?;
        let mut users: BTreeMap<UserId, User> = BTreeMap::new();
        for key in &profiles {
            users.extend(found.take::<User>(key)?.map(|user| (user.id, user)));
        }
        let mut all = Vec::with_capacity(sessions.len());
        for (&of, key) in sessions.iter().zip(&own) {
            all.push(UserAndSession { of, user: users.get(&of.user_id).cloned(), session: found.take(key)? });
        }
        Ok(all)
    }
}

/// A session as it is now, with its user. Either may be gone.
#[derive(Debug, Clone)]
pub struct UserAndSession {
    pub of: SessionOf,
    pub user: Option<User>,
    pub session: Option<Session>,
}

async fn all(mut writes: JoinSet<Result<(), StoreError>>) -> Result<(), StoreError> {
    while let Some(written) = writes.join_next().await {
        written.map_err(|error| StoreError::Unavailable(error.to_string()))??;
    }
    Ok(())
}
