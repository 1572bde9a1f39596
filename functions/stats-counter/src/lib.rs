//! Counts the figures of the shop, and lists its orders under their SKUs. A message says what changed; what it means for the
//! figures is decided on what is read then.
//!
//! Invariants: a message leaves the queue only after what it names was counted; counting it again changes nothing. An order
//! is counted only after it was listed.

mod count;
mod recount;

use std::collections::BTreeMap;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use domain::calendar::ShopZone;
use domain::id::OrderId;
use domain::stats_job::{Happening, StatsJob};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::queue;
use store::Store;

pub use recount::{RecountOptions, Recounted};

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub zone: ShopZone,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { table: env.text("TABLE"), zone: env.parsed("TIME_ZONE", ShopZone::UTC, ShopZone::parse) };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct StatsCounter {
    store: Store,
    zone: ShopZone,
    clock: Clock,
    ids: Ids,
}

impl StatsCounter {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        Self::new(store, config.zone.clone(), Clock::system(), Ids::random())
    }

    pub fn new(store: Store, zone: ShopZone, clock: Clock, ids: Ids) -> Self {
        Self { store, zone, clock, ids }
    }

    /// An order that several messages of a batch name is counted once.
    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let mut orders: BTreeMap<OrderId, Vec<String>> = BTreeMap::new();
        let mut happenings: BTreeMap<String, (Happening, Vec<String>)> = BTreeMap::new();
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            match serde_json::from_str::<StatsJob>(message.body.as_deref().unwrap_or_default()) {
                Ok(StatsJob::Order { order_id }) => orders.entry(order_id).or_default().push(id),
                Ok(job) => {
                    if let Some(happening) = job.happening() {
                        let named = happenings.entry(happening.name.clone());
                        named.or_insert_with(|| (happening, Vec::new())).1.push(id.clone());
                    }
                }
                Err(error) => queue::fail(&mut response, id, &format!("the message cannot be parsed: {error}")),
            }
        }
        for (order, error) in self.count_orders(&orders.keys().copied().collect::<Vec<_>>()).await {
            for id in orders.remove(&order).unwrap_or_default() {
                queue::fail(&mut response, id, &error);
            }
        }
        let (happenings, messages): (Vec<_>, Vec<_>) = happenings.into_values().unzip();
        for (some, messages) in happenings.chunks(count::MAX_HAPPENINGS).zip(messages.chunks(count::MAX_HAPPENINGS)) {
            if let Err(error) = self.count_happenings(some).await {
                for id in messages.concat() {
                    queue::fail(&mut response, id, &error);
                }
            }
        }
        response
    }
}
