//! From events to topics, their logs and their watchers.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{OrderId, ProductId};
use domain::live::{LiveEvent, LiveJob, LiveLog, LiveMessage, LiveTopic, topics_of};
use kit::runtime::queue;
use store::StoreError;
use store::live::TopicWatcher;
use store::retry::{Attempt, retry_from};
use tokio::task::JoinSet;

use crate::{News, PushError, Pusher};

/// How many connections one call of the function serves of a topic, and one part.
pub(crate) const PART: usize = 200;

impl Pusher {
    /// Logs what somebody watches, and sends it. Nothing is written about what nobody watches.
    pub(crate) async fn announce(&self, news: News) -> Result<(), PushError> {
        let mut topics = self.topics(&news).await?;
        let products: BTreeSet<ProductId> = news.products.into_iter().collect();
        let all: Vec<LiveTopic> =
            topics.keys().copied().chain(products.iter().copied().map(LiveTopic::Product)).collect();
        if all.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut logs = self.store.live_logs(&all).await?;
        logs.retain(|_, log| log.is_watched(now));
        let watched: Vec<ProductId> =
            products.into_iter().filter(|&id| logs.contains_key(&LiveTopic::Product(id))).collect();
        for some in watched.chunks(MAX_PRODUCTS) {
            for product in self.store.products(some).await? {
                topics.insert(LiveTopic::Product(product.id), vec![LiveEvent::of_product(&product, now)]);
            }
        }
        let mut tasks = JoinSet::new();
        for (topic, events) in topics {
            if let Some(log) = logs.remove(&topic) {
                let pusher = self.clone();
                tasks.spawn(async move { pusher.announce_in(topic, log, &events).await });
            }
        }
        tasks.join_all().await.into_iter().collect()
    }

    /// The topics of the events, each with its events in their order.
    async fn topics(&self, news: &News) -> Result<BTreeMap<LiveTopic, Vec<LiveEvent>>, StoreError> {
        let orders = news.events.iter().filter_map(|event| event.object.order());
        let orders: Vec<OrderId> = orders.collect::<BTreeSet<_>>().into_iter().collect();
        let buyers = if orders.is_empty() { BTreeMap::new() } else { self.store.buyers_of(&orders).await? };
        let mut topics: BTreeMap<LiveTopic, Vec<LiveEvent>> = BTreeMap::new();
        for event in &news.events {
            let buyer = event.object.order().and_then(|id| buyers.get(&id).copied());
            for topic in topics_of(event, buyer) {
                topics.entry(topic).or_default().push(LiveEvent::of_event(event));
            }
        }
        Ok(topics)
    }

    /// An event that is in the log already is sent once more: whoever logged it may have died before sending.
    async fn announce_in(&self, topic: LiveTopic, log: LiveLog, events: &[LiveEvent]) -> Result<(), PushError> {
        let read = || async { Ok(self.store.live_logs(&[topic]).await?.remove(&topic)) };
        let attempt = |current: Option<LiveLog>| self.log(topic, current, events);
        let Some(log) = retry_from("a log", Some(log), read, attempt).await? else {
            return Ok(());
        };
        let entries = events.iter().filter_map(|event| log.entry(&event.id));
        let texts = entries.map(|entry| serde_json::to_string(&LiveMessage::new(topic, &log, entry)));
        let mut texts: Vec<String> = texts.filter_map(Result::ok).collect();
        texts.dedup();
        self.fan_out(topic, texts).await
    }

    async fn log(
        &self,
        topic: LiveTopic,
        current: Option<LiveLog>,
        events: &[LiveEvent],
    ) -> Result<Attempt<Option<LiveLog>>, StoreError> {
        // It lapsed meanwhile, so nobody watches.
        let Some(current) = current else {
            return Ok(Attempt::Done(None));
        };
        match current.with(events, self.clock.now()) {
            None => Ok(Attempt::Done(Some(current))),
            Some(log) if self.store.put_live_log(topic, &log).await? => Ok(Attempt::Done(Some(log))),
            Some(_) => Ok(Attempt::Overtaken),
        }
    }

    /// Sends texts to all watchers of a topic: to some at once, and to the rest in parts, each a message of the queue, so
    /// that others do them at the same time. The parts are in the queue before anything is sent.
    async fn fan_out(&self, topic: LiveTopic, texts: Vec<String>) -> Result<(), PushError> {
        let mut reads = JoinSet::new();
        for shard in 0..topic.shards() {
            let (store, now) = (self.store.clone(), self.clock.now());
            reads.spawn(async move { store.watchers(topic, shard, None, PART, now).await.map(|found| (shard, found)) });
        }
        let (mut first, mut parts): (Vec<TopicWatcher>, Vec<LiveJob>) = (Vec::new(), Vec::new());
        for found in reads.join_all().await {
            let (shard, watchers) = found?;
            let has_room = first.len() + watchers.connections.len() <= PART;
            let after = if has_room { watchers.next } else { None };
            if after.is_some() || !has_room {
                parts.push(LiveJob::Part { topic, shard, after, texts: texts.clone() });
            }
            if has_room {
                first.extend(watchers.connections);
            }
        }
        self.hand_on(&parts).await?;
        self.push(topic, first, &texts).await
    }

    /// The next watchers of one shard. The rest is handed on first, so that it does not wait for these.
    pub(crate) async fn push_part(
        &self,
        topic: LiveTopic,
        shard: u8,
        after: Option<&str>,
        texts: &[String],
    ) -> Result<(), PushError> {
        let watchers = self.store.watchers(topic, shard, after, PART, self.clock.now()).await?;
        if watchers.next.is_some() {
            self.hand_on(&[LiveJob::Part { topic, shard, after: watchers.next, texts: texts.to_vec() }]).await?;
        }
        self.push(topic, watchers.connections, texts).await
    }

    async fn hand_on(&self, parts: &[LiveJob]) -> Result<(), PushError> {
        let bodies: Vec<String> = parts.iter().filter_map(|part| serde_json::to_string(part).ok()).collect();
        Ok(queue::send(&self.queues, &self.live_queue, &bodies).await?)
    }
}

/// How many products one read has.
const MAX_PRODUCTS: usize = 50;
