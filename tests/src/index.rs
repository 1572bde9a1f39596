//! The search index of a test shop, with its files in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use domain::index_job::RebuildJob;
use indexing::{IndexFiles, Language, LiveIndex, Publisher, Rebuilder};
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use serde_json::Value;
use store::Store;
use store::page::PageRequest;
use tokio::sync::Mutex;

use crate::bucket::Bucket;
use crate::table::TestTable;

/// The items of the table that the index is made of.
const SOURCES: [&str; 4] = ["PRODUCT#", "RATING#", "SALES#", "TAXONOMY#"];

#[derive(Debug, Clone)]
pub struct ShopIndex {
    pub bucket: Bucket,
    table: TestTable,
    clock: Clock,
    /// These see all products before each request to the search function.
    publisher: Publisher,
    rebuilder: Rebuilder,
    follows: Arc<AtomicBool>,
    /// What the index was made of last.
    published: Arc<Mutex<Option<BTreeMap<String, Value>>>>,
}

impl ShopIndex {
    pub fn new(table: &TestTable, clock: &Clock) -> Self {
        let bucket = Bucket::new(&table.network.interruptions);
        let (store, files) = (table.unseen_store(), IndexFiles::new(bucket.unseen_client(), "files"));
        let (clock, ids, language) = (clock.clone(), Ids::seeded(9_000), Language::English);
        let publisher = Publisher::new(store.clone(), files.clone(), language, clock.clone(), ids.clone());
        let rebuilder = Rebuilder::new(store, files, language, clock.clone(), ids);
        let follows = Arc::new(AtomicBool::new(true));
        Self { bucket, table: table.clone(), clock, publisher, rebuilder, follows, published: Arc::default() }
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

    /// Publishes all products.
    pub async fn publish_all(&self) {
        self.rebuilder.run(RebuildJob::Create).await.expect("a base can be made");
        let mut request = PageRequest { limit: 1_000, after: None };
        loop {
            let page = self.publisher.store.listed_by_state(&request).await.expect("the table answers");
            let page = page.expect("a cursor of this list");
            if !page.items.is_empty() {
                self.publisher.publish(&page.items).await.expect("products can be published");
            }
            let Some(next) = page.next else { return };
            request.after = Some(next);
        }
    }

    /// Publishes all products if anything of them has changed.
    async fn follow(&self) {
        let mut published = self.published.lock().await;
        let mut items = self.table.items();
        items.retain(|key, _| SOURCES.iter().any(|source| key.starts_with(source)));
        if published.as_ref() != Some(&items) {
            self.publish_all().await;
            *published = Some(items);
        }
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
}
