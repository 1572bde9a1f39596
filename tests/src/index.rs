//! The search index of a test shop, with its files in memory.

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
use store::Store;

use crate::bucket::Bucket;
use crate::table::TestTable;

#[derive(Debug, Clone)]
pub struct ShopIndex {
    pub bucket: Bucket,
    clock: Clock,
    /// Sees all products before each request to the search function.
    rebuilder: Rebuilder,
    follows: Arc<AtomicBool>,
}

impl ShopIndex {
    pub(crate) fn new(table: &TestTable, clock: &Clock) -> Self {
        let bucket = Bucket::new(&table.network.interruptions);
        let unseen = IndexFiles::new(bucket.unseen_client(), "files");
        let ids = Ids::seeded(9_000);
        let rebuilder = Rebuilder::new(table.unseen_store(), unseen, Language::English, clock.clone(), ids);
        Self { bucket, clock: clock.clone(), rebuilder, follows: Arc::new(AtomicBool::new(true)) }
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
                    index.rebuilder.run(RebuildJob::Products).await.expect("the index can be made");
                }
                next.run(request).await
            }
        }))
    }
}
