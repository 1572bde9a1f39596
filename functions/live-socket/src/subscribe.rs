//! Does what a message asks for.
//!
//! Invariant: a topic is answered only after the connection is in its list, and its log is read after that. So nothing is
//! missed between the answer and the first message; the same event can come with both.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::OrderId;
use domain::live::{Asking, LiveLog, LiveMessage, LiveTopic, MAX_TOPICS, StaffFeed, TopicName, TopicRefusal, Watcher};
use domain::session::check_access;
use domain::time::Time;
use domain::user::User;
use kit::http::problem::Problem;
use store::StoreError;
use store::live::Connection;
use store::retry::{Attempt, retry_from};
use tokio::task::JoinSet;

use crate::Socket;
use crate::messages::{Reply, SubscribedBody, Wish, missed};

/// How many missed messages one answer has. API Gateway passes on at most 128 KB.
const MAX_MISSED: usize = 100;

impl Socket {
    pub(crate) async fn grant(&self, id: &str, wish: Wish) -> Result<Reply, Problem> {
        let counted = self.count(id);
        match wish {
            Wish::Ping => counted.await.map(|()| Reply::Pong {}),
            Wish::Subscribe { names, since } => {
                let (counted, connection) = tokio::join!(counted, self.connection(id));
                counted?;
                Box::pin(self.subscribe(connection?, &names, &since)).await
            }
            Wish::Unsubscribe(names) => {
                let (counted, connection) = tokio::join!(counted, self.connection(id));
                counted?;
                self.unsubscribe(connection?, &names).await
            }
        }
    }

    async fn connection(&self, id: &str) -> Result<Connection, Problem> {
        let connection = self.store.connection(id).await?.filter(|connection| self.clock.now() < connection.until);
        connection.ok_or_else(ended)
    }

    async fn subscribe(
        &self,
        connection: Connection,
        names: &[TopicName],
        since: &BTreeMap<String, u64>,
    ) -> Result<Reply, Problem> {
        let topics: Vec<LiveTopic> = self.allowed(&connection.watcher, names).await?.into_iter().collect();
        self.change_topics(&connection, |mut current| {
            current.extend(topics.iter().filter(|topic| !current.contains(topic)).copied().collect::<Vec<_>>());
            current
        })
        .await?;
        self.store.add_watcher(&connection, &topics).await?;
        let logs = self.watched_logs(&topics).await?;
        let (mut answers, mut room) = (Vec::with_capacity(topics.len()), MAX_MISSED);
        for topic in topics {
            let Some(log) = logs.get(&topic) else { continue };
            let since = since.get(&topic.name()).copied();
            let known = since.map(|since| log.after(since).filter(|entries| entries.len() <= room));
            let entries = known.flatten().unwrap_or_default();
            room -= entries.len();
            answers.push(SubscribedBody {
                topic: topic.name(),
                sequence: log.last(),
                missed: entries.iter().map(|entry| missed(&LiveMessage::new(topic, log, entry))).collect(),
                reload: known.is_some_and(|entries| entries.is_none()),
            });
        }
        Ok(Reply::Subscribed { topics: answers })
    }

    async fn unsubscribe(&self, connection: Connection, names: &[TopicName]) -> Result<Reply, Problem> {
        let topics: Vec<LiveTopic> = names.iter().flat_map(|&name| named(name, &connection.watcher)).collect();
        self.change_topics(&connection, |mut current| {
            current.retain(|topic| !topics.contains(topic));
            current
        })
        .await?;
        self.store.remove_watcher(&connection.id, &topics).await?;
        Ok(Reply::Unsubscribed { topics: topics.iter().map(|topic| topic.name()).collect() })
    }

    /// The topics of these names, if the client may watch all of them.
    async fn allowed(&self, watcher: &Watcher, names: &[TopicName]) -> Result<BTreeSet<LiveTopic>, Problem> {
        let is_public = |name: &TopicName| matches!(name, TopicName::One(topic) if topic.is_public());
        let user = if names.iter().all(is_public) { None } else { self.user_of(watcher).await? };
        let asked = names.iter().filter_map(|name| match name {
            TopicName::One(LiveTopic::Order(id)) if user.is_some() && watcher.order_id != Some(*id) => Some(*id),
            _ => None,
        });
        let asked: Vec<OrderId> = asked.collect::<BTreeSet<_>>().into_iter().collect();
        let buyers = if asked.is_empty() { BTreeMap::new() } else { self.store.buyers_of(&asked).await? };
        let asking = Asking { watcher, user: user.as_ref(), buyers: &buyers, rules: self.staff_rules };
        let mut allowed = BTreeSet::new();
        for &name in names {
            allowed.extend(asking.topics(name).map_err(refused)?);
        }
        Ok(allowed)
    }

    /// Who is signed in on this connection, if the session is still good.
    async fn user_of(&self, watcher: &Watcher) -> Result<Option<User>, Problem> {
        let Some(session) = watcher.session else {
            return Ok(None);
        };
        let (user, found) = self.store.user_and_session(session.user_id, session.session_id).await?;
        check_access(user.as_ref(), found.as_ref(), self.clock.now())?;
        Ok(user)
    }

    async fn change_topics(
        &self,
        connection: &Connection,
        change: impl Fn(Vec<LiveTopic>) -> Vec<LiveTopic>,
    ) -> Result<(), Problem> {
        let (id, change) = (&connection.id, &change);
        let read = || self.connection(id);
        retry_from("a connection", connection.clone(), read, |current| async move {
            let topics = change(current.topics.clone());
            if topics == current.topics {
                return Ok(Attempt::Done(()));
            }
            if topics.len() > MAX_TOPICS {
                let message = format!("A connection watches at most {MAX_TOPICS} topics.");
                return Err(Problem::conflict("too_many_topics", message));
            }
            Ok(if self.store.set_topics(&current, &topics).await? { Attempt::Done(()) } else { Attempt::Overtaken })
        })
        .await
    }

    /// The logs of these topics, which are kept from now on if they were not.
    async fn watched_logs(&self, topics: &[LiveTopic]) -> Result<BTreeMap<LiveTopic, LiveLog>, Problem> {
        let mut read = self.store.live_logs(topics).await?;
        let mut tasks = JoinSet::new();
        for &topic in topics {
            let (socket, first, now) = (self.clone(), read.remove(&topic), self.clock.now());
            tasks.spawn(async move {
                let again = || async { Ok(socket.store.live_logs(&[topic]).await?.remove(&topic)) };
                let log = retry_from("a log", first, again, |current| socket.watch(topic, current, now)).await;
                log.map(|log| (topic, log))
            });
        }
        let logs: Result<BTreeMap<_, _>, StoreError> = tasks.join_all().await.into_iter().collect();
        Ok(logs?)
    }

    async fn watch(
        &self,
        topic: LiveTopic,
        current: Option<LiveLog>,
        now: Time,
    ) -> Result<Attempt<LiveLog>, StoreError> {
        match (LiveLog::watched(current.as_ref(), now), current) {
            (None, Some(current)) => Ok(Attempt::Done(current)),
            (Some(log), _) if self.store.put_live_log(topic, &log).await? => Ok(Attempt::Done(log)),
            _ => Ok(Attempt::Overtaken),
        }
    }
}

/// The topics of a name that a connection can have, whoever may watch them now.
fn named(name: TopicName, watcher: &Watcher) -> Vec<LiveTopic> {
    match name {
        TopicName::One(topic) => vec![topic],
        TopicName::MyOrders => {
            watcher.session.map(|session| LiveTopic::OrdersOf(session.user_id)).into_iter().collect()
        }
        TopicName::AllOfStaff => StaffFeed::ALL.map(LiveTopic::Staff).to_vec(),
    }
}

fn ended() -> Problem {
    Problem::bad_request("connection_ended", "This connection is over. Open another one.")
}

fn refused(refusal: TopicRefusal) -> Problem {
    match refusal {
        TopicRefusal::Anonymous => Problem::unauthorized("unauthenticated", "Sign in first."),
        TopicRefusal::OrderMissing => Problem::not_found("order_not_found", "There is no such order."),
        TopicRefusal::Permission(refusal) => refusal.into(),
    }
}
