//! Publishes what changed.

use std::collections::BTreeSet;

use domain::id::ProductId;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use search_index::{Batch, Id, Language, build};
use store::retry::{Attempt, retry};
use store::search::{IndexState, Overtaken, Publication, Segment};
use store::{Commit, Store};

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

    /// Publishes these products as they are now. Those that do not exist are removed.
    pub async fn publish(&self, products: &[ProductId]) -> Result<Published, IndexError> {
        retry("the search index", || async {
            // The state is read first: what is read after it is not older than what was published before.
            let state = self.store.index_state().await?;
            let documents = self.source.documents(products).await?;
            let found: BTreeSet<Id> = documents.iter().map(|document| document.id).collect();
            let removed = products.iter().map(|id| id.to_bytes()).filter(|id| !found.contains(id)).collect();
            let batch = Batch { documents, removed, ..Batch::default() };
            let bytes = build(batch, self.language);
            let (now, seq) = (self.clock.now(), state.seq + 1);
            let token = self.ids.transaction(now);
            let segment = if bytes.len() > MAX_INLINE {
                let key = file_name("publications", seq, token);
                self.files.write(&key, &bytes).await?;
                Segment::File(key)
            } else {
                Segment::Inline(bytes)
            };
            match self.store.publish(token, &state, &Publication { seq, at: now, segment }).await {
                Ok(()) => Ok(Attempt::Done(Published { seq, state })),
                Err(Commit::Refused(Overtaken)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}
