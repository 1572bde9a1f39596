//! Publishes what changed.

use domain::id::ProductId;
use domain::time::Time;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use search_index::{Batch, Language, build};
use store::retry::{Attempt, retry};
use store::search::{IndexState, Overtaken, Publication, Segment};
use store::{Commit, Store, StoreError};

use crate::source::Source;
use crate::{IndexError, IndexFiles, file_name};

/// A larger segment is a file. Who follows the index reads all new segments in one query.
const MAX_INLINE: usize = 8 * 1024;

#[derive(Debug, Clone)]
pub struct Publisher {
    pub store: Store,
    pub files: IndexFiles,
    pub clock: Clock,
    pub ids: Ids,
    language: Language,
    source: Source,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub seq: u32,
    /// The state before.
    pub state: IndexState,
}

impl Publisher {
    pub fn new(store: Store, files: IndexFiles, language: Language, clock: Clock, ids: Ids) -> Self {
        Self { source: Source::new(store.clone()), store, files, clock, ids, language }
    }

    /// Publishes these products as they are now.
    pub async fn publish(&self, products: &[ProductId]) -> Result<Published, IndexError> {
        let batch = async |now| {
            let documents = self.source.documents(products, now).await?;
            Ok(Batch { documents, ..Batch::default() })
        };
        self.publish_batch(batch).await
    }

    /// Publishes how popular these products are now, and nothing else of them.
    pub async fn publish_popularity(&self, products: &[ProductId]) -> Result<Published, IndexError> {
        let batch = async |now| {
            let popularity = self.source.popularity(products, now).await?;
            Ok(Batch { popularity, ..Batch::default() })
        };
        self.publish_batch(batch).await
    }

    async fn publish_batch(
        &self,
        read: impl AsyncFn(Time) -> Result<Batch, StoreError>,
    ) -> Result<Published, IndexError> {
        retry("the search index", || async {
            // The state is read first: what is read after it is not older than what was published before.
            let state = self.store.index_state().await?;
            let (now, seq) = (self.clock.now(), state.seq + 1);
            let bytes = build(read(now).await?, self.language);
            let token = self.ids.transaction(now);
            let segment = if bytes.len() > MAX_INLINE {
                let key = file_name("publications", seq, token);
                self.files.write(&key, &bytes).await?;
                Segment::File(key)
            } else {
                Segment::Inline(bytes)
            };
            match self.store.publish(token, &Publication { seq, at: now, segment }).await {
                Ok(()) => Ok(Attempt::Done(Published { seq, state })),
                Err(Commit::Refused(Overtaken)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}
