//! Publishes what changed.

use domain::id::ProductId;
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

/// What of products is published.
#[derive(Debug, Clone, Copy)]
enum Part {
    Documents,
    Popularity,
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
        self.publish_part(Part::Documents, products).await
    }

    /// Publishes how popular these products are now, and nothing else of them.
    pub async fn publish_popularity(&self, products: &[ProductId]) -> Result<Published, IndexError> {
        self.publish_part(Part::Popularity, products).await
    }

    async fn read(&self, part: Part, products: &[ProductId]) -> Result<Batch, StoreError> {
        let now = self.clock.now();
        Ok(match part {
            Part::Documents => Batch { documents: self.source.documents(products, now).await?, ..Batch::default() },
            Part::Popularity => Batch { popularity: self.source.popularity(products, now).await?, ..Batch::default() },
        })
    }

    async fn publish_part(&self, part: Part, products: &[ProductId]) -> Result<Published, IndexError> {
        retry("the search index", || async {
            // The state is read first: what is read after it is not older than what was published before.
            let state = self.store.index_state().await?;
            let bytes = build(self.read(part, products).await?, self.language);
            let (now, seq) = (self.clock.now(), state.seq + 1);
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
