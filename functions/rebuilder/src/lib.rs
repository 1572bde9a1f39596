//! Makes new bases of the search index: after some publications, when an operator asks for it, and every night.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_s3::Client as S3;
use domain::index_job::RebuildJob;
use indexing::{IndexError, IndexFiles, Rebuilder};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use serde::Deserialize;
use store::Store;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub bucket: String,
    pub language: indexing::Language,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config =
            Self { table: env.text("TABLE"), bucket: env.text("BUCKET"), language: indexing::language(&mut env) };
        env.finish(config)
    }
}

/// Jobs come from the queue, and one every night from the schedule.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    Scheduled { rebuild: RebuildJob },
    Queued(SqsEvent),
}

pub async fn connect(config: &Config) -> Rebuilder {
    let aws = kit::runtime::aws::config().await;
    let store = Store::new(Table::new(&aws), &config.table);
    let files = IndexFiles::new(S3::new(&aws), &config.bucket);
    Rebuilder::new(store, files, config.language, Clock::system(), Ids::random())
}

pub async fn handle(rebuilder: &Rebuilder, event: Event) -> Result<SqsBatchResponse, IndexError> {
    match event {
        Event::Scheduled { rebuild } => rebuilder.run(rebuild).await.map(|()| SqsBatchResponse::default()),
        Event::Queued(event) => {
            Ok(kit::runtime::queue::run_batch(event, async |job: RebuildJob| rebuilder.run(job).await).await)
        }
    }
}
