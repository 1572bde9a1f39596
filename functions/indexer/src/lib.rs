//! Publishes changed products to the search index. The messages of a batch become one publication.
//!
//! Invariant: a message leaves the queue only after what it names was published, or another publication with it.

mod sales;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_s3::Client as S3;
use aws_sdk_sqs::Client as Queues;
use domain::id::{OrderId, ProductId};
use domain::index_job::{IndexJob, RebuildJob};
use indexing::{IndexError, IndexFiles, MERGE_AT, Published, Publisher};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::queue;
use store::{Store, StoreError};

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub bucket: String,
    pub rebuild_queue: String,
    pub language: indexing::Language,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            bucket: env.text("BUCKET"),
            rebuild_queue: env.url("REBUILD_QUEUE"),
            language: indexing::language(&mut env),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Indexer {
    publisher: Publisher,
    queues: Queues,
    rebuild_queue: String,
}

/// After any of these errors the queue delivers the message again.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the rebuild queue did not accept a job: {0}")]
    Queue(#[from] queue::NotTaken),
    #[error("the message cannot be parsed: {0}")]
    Message(#[from] serde_json::Error),
}

impl Indexer {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        let files = IndexFiles::new(S3::new(&aws), &config.bucket);
        let publisher = Publisher::new(store, files, config.language, Clock::system(), Ids::random());
        Self::new(publisher, Queues::new(&aws), &config.rebuild_queue)
    }

    pub fn new(publisher: Publisher, queues: Queues, rebuild_queue: &str) -> Self {
        Self { publisher, queues, rebuild_queue: rebuild_queue.to_owned() }
    }

    /// The jobs of a batch that name products become one publication. If it fails, all of these are delivered again. So do
    /// the orders of a batch, after they are counted.
    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let mut products = BTreeSet::new();
        let mut published = Vec::new();
        let mut orders: BTreeMap<OrderId, Vec<String>> = BTreeMap::new();
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            let changed = match serde_json::from_str(message.body.as_deref().unwrap_or_default()) {
                Ok(IndexJob::Order { order_id }) => {
                    orders.entry(order_id).or_default().push(id);
                    continue;
                }
                Ok(IndexJob::Products { product_ids }) => Ok(product_ids),
                Ok(IndexJob::Category { category_id }) => self.products_of_category(category_id, products.len()).await,
                Ok(IndexJob::Brand { brand_id }) => self.products_of_brand(brand_id, products.len()).await,
                Err(error) => Err(error.into()),
            };
            match changed {
                Ok(changed) => {
                    products.extend(changed);
                    published.push(id);
                }
                Err(error) => queue::fail(&mut response, id, &error),
            }
        }
        let products: Vec<ProductId> = products.into_iter().collect();
        if let Err(error) = self.publish(&products).await {
            for id in published {
                queue::fail(&mut response, id, &error);
            }
        }
        for (order, error) in self.publish_sales(&orders.keys().copied().collect::<Vec<_>>()).await {
            for id in orders.remove(&order).unwrap_or_default() {
                queue::fail(&mut response, id, &error);
            }
        }
        response
    }

    async fn publish(&self, products: &[ProductId]) -> Result<(), IndexerError> {
        for some in products.chunks(MAX_PRODUCTS) {
            self.ask_for_base(&self.publisher.publish(some).await?).await?;
        }
        Ok(())
    }

    /// Asks for a new base if one is due after this publication.
    async fn ask_for_base(&self, published: &Published) -> Result<(), IndexerError> {
        match rebuild_job_after(published) {
            Some(job) => self.ask_for(job).await,
            None => Ok(()),
        }
    }

    async fn ask_for(&self, job: RebuildJob) -> Result<(), IndexerError> {
        let body = serde_json::to_string(&job)?;
        Ok(queue::send(&self.queues, &self.rebuild_queue, &[body]).await?)
    }
}

/// The most products in one publication.
const MAX_PRODUCTS: usize = 500;

/// A new base is due after every [`MERGE_AT`] publications. If its message is lost, the next one makes up for it.
fn rebuild_job_after(Published { seq, state }: &Published) -> Option<RebuildJob> {
    let since_base = seq.saturating_sub(state.covers);
    match state.base {
        None => Some(RebuildJob::Create),
        Some(_) if since_base % MERGE_AT == 0 => Some(RebuildJob::Merge),
        Some(_) => None,
    }
}
