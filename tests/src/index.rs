//! The search index of a test shop, with its files in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use domain::id::ProductId;
use domain::index_job::RebuildJob;
use indexing::{IndexFiles, Language, LiveIndex, Publisher, Rebuilder};
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use serde_json::Value;
use store::Store;
use tokio::sync::Mutex;

use crate::bucket::Bucket;
use crate::table::TestTable;

/// The items of the table that the index is made of.
const SOURCES: [&str; 2] = ["PRODUCT#", "TAXONOMY#"];

#[derive(Debug, Clone)]
pub struct ShopIndex {
    pub bucket: Bucket,
    clock: Clock,
    table: TestTable,
    follower: Follower,
    follows: Arc<AtomicBool>,
}

/// Publishes all products whenever one has changed. Nobody sees its calls.
#[derive(Debug, Clone)]
struct Follower {
    rebuilder: Rebuilder,
    publisher: Publisher,
    published: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl ShopIndex {
    pub(crate) fn new(table: &TestTable, clock: &Clock) -> Self {
        let bucket = Bucket::new(&table.network.interruptions);
        let files = IndexFiles::new(bucket.unseen_client(), "files");
        let (store, ids, language) = (table.unseen_store(), Ids::seeded(9_000), Language::English);
        let follower = Follower {
            rebuilder: Rebuilder::new(store.clone(), files.clone(), language, clock.clone(), ids.clone()),
            publisher: Publisher::new(store, files, language, clock.clone(), ids),
            published: Arc::default(),
        };
        let follows = Arc::new(AtomicBool::new(true));
        Self { bucket, clock: clock.clone(), table: table.clone(), follower, follows }
    }

    pub fn files(&self) -> IndexFiles {
        IndexFiles::new(self.bucket.client(), "files")
    }

    /// The index as the search function has it. It looks at the table for each request.
    pub fn live(&self, store: &Store) -> LiveIndex {
        LiveIndex::new(store.clone(), self.files(), Language::English, Duration::ZERO)
    }

    pub fn publisher(&self, store: Store, ids: Ids) -> Publisher {
        Publisher::new(store, self.files(), Language::English, self.clock.clone(), ids)
    }

    pub fn rebuilder(&self, store: Store, ids: Ids) -> Rebuilder {
        Rebuilder::new(store, self.files(), Language::English, self.clock.clone(), ids)
    }

    /// From now on the index has only what the test publishes. Otherwise a request finds every change of before.
    pub fn leave_alone(&self) {
        self.follows.store(false, Ordering::Relaxed);
    }

    /// The router, with everything in the index before each request.
    pub(crate) fn followed_by(&self, router: Router) -> Router {
        let index = self.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let index = index.clone();
            async move {
                if index.follows.load(Ordering::Relaxed) {
                    index.follow().await;
                }
                next.run(request).await
            }
        }))
    }

    async fn follow(&self) {
        let Follower { rebuilder, publisher, published } = &self.follower;
        let mut published = published.lock().await;
        let mut items = self.table.items();
        items.retain(|key, _| SOURCES.iter().any(|source| key.starts_with(source)));
        rebuilder.run(RebuildJob::Create).await.expect("the index can be made");
        if *published != items {
            let id = |key: &String| ProductId::parse(key.strip_prefix("PRODUCT#")?.split(' ').next()?).ok();
            let mut products: Vec<ProductId> = items.keys().filter_map(id).collect();
            products.dedup();
            publisher.publish(&products).await.expect("the products can be published");
            *published = items;
        }
    }
}
