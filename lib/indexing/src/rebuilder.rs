//! Makes new bases: of the base and the publications that there are, or of the products in the table.
//!
//! Publications go on meanwhile. Those that a new base does not have still follow on it. A file is written before the state
//! names it and removed after no state does, so whatever stops a rebuild, the index stays whole.

use std::time::Duration;

use domain::id::ProductId;
use domain::index_job::RebuildJob;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use search_index::{Batch, Index, Language, build};
use store::page::PageRequest;
use store::retry::{Attempt, retry};
use store::search::{IndexState, NewBase, Overtaken, Segment};
use store::{Commit, Store};

use crate::source::Source;
use crate::{IndexError, IndexFiles, Opened, file_name, open, with};

/// So many products become one segment, before all segments are merged. It bounds the memory.
const PART: usize = 20_000;

/// So many ids are read from the table's lists at a time.
const LISTED: u32 = 1_000;

/// Publications are kept for longer than a function can run, so that a rebuild finds all that were made since it began.
const KEPT: Duration = Duration::from_mins(20);

/// The bytes of a base, and the newest publication that is in it.
struct Base {
    covers: u32,
    bytes: Vec<u8>,
    is_rebuilt: bool,
}

#[derive(Debug, Clone)]
pub struct Rebuilder {
    pub store: Store,
    pub files: IndexFiles,
    pub clock: Clock,
    pub ids: Ids,
    language: Language,
    source: Source,
}

impl Rebuilder {
    pub fn new(store: Store, files: IndexFiles, language: Language, clock: Clock, ids: Ids) -> Self {
        Self { source: Source::new(store.clone()), store, files, clock, ids, language }
    }

    pub async fn run(&self, job: RebuildJob) -> Result<(), IndexError> {
        retry("the search index", || async {
            let state = self.store.index_state().await?;
            match job {
                RebuildJob::Create if state.base.is_some() => Ok(Attempt::Done(())),
                RebuildJob::Merge if state.base.is_some() && state.seq == state.covers => Ok(Attempt::Done(())),
                RebuildJob::Create | RebuildJob::Products => self.rebuild(&state).await,
                RebuildJob::Merge => match self.merge().await {
                    Err(error @ (IndexError::Missing | IndexError::Unreadable(_))) => {
                        tracing::error!(cause = %error, "the search index is made anew of the products in the table");
                        self.rebuild(&state).await
                    }
                    merged => merged,
                },
            }
        })
        .await
    }

    /// A base of the one that there is and of everything that was published since.
    async fn merge(&self) -> Result<Attempt<()>, IndexError> {
        let Opened { index, state } = open(&self.store, &self.files, self.language).await?;
        self.replace(&state, &Base { covers: index.seq(), bytes: index.merged(), is_rebuilt: false }).await
    }

    /// A base of all products as they are in the table. `begun` was read before them.
    async fn rebuild(&self, begun: &IndexState) -> Result<Attempt<()>, IndexError> {
        let bytes = self.of_products().await?;
        let mut base = Base { covers: begun.seq, bytes, is_rebuilt: true };
        loop {
            let news = self.store.index_news(base.covers, usize::MAX).await?;
            if news.state.rebuilds != begun.rebuilds {
                // Another rebuild read some products later than this one.
                return Ok(Attempt::Overtaken);
            }
            if news.state.seq > base.covers {
                let index = Index::open(base.bytes, base.covers, self.language)?;
                let index = match with(&self.files, index, &news).await {
                    // A rebuild that begins now needs no publication of before.
                    Err(IndexError::Unreadable(_)) => return Ok(Attempt::Overtaken),
                    index => index?,
                };
                base = Base { covers: index.seq(), bytes: index.merged(), is_rebuilt: true };
            }
            // If only a merge came first, the products need not be read again.
            if let Attempt::Done(()) = self.replace(&news.state, &base).await? {
                return Ok(Attempt::Done(()));
            }
        }
    }

    /// A segment of all products. One that changes meanwhile may be missing in it or be of either form: its change is
    /// published later than the state that was read before.
    async fn of_products(&self) -> Result<Vec<u8>, IndexError> {
        let mut index = Index::open(build(Batch::default(), self.language), 0, self.language)?;
        let mut ids: Vec<ProductId> = Vec::new();
        let mut request = PageRequest { limit: LISTED, after: None };
        loop {
            let page = self.store.listed_by_state(&request).await?;
            request.after = page.as_ref().and_then(|page| page.next.clone());
            ids.extend(page.into_iter().flat_map(|page| page.items));
            let is_last = request.after.is_none();
            if ids.len() >= PART || is_last {
                let batch = Batch { documents: self.source.documents(&ids).await?, ..Batch::default() };
                index = index.with(build(batch, self.language), index.seq() + 1)?;
                ids.clear();
            }
            if is_last {
                return Ok(index.merged());
            }
        }
    }

    async fn replace(&self, state: &IndexState, base: &Base) -> Result<Attempt<()>, IndexError> {
        let token = self.ids.transaction(self.clock.now());
        let file = file_name("bases", base.covers, token);
        self.files.write(&file, &base.bytes).await?;
        let new = NewBase { file: &file, covers: base.covers, is_rebuilt: base.is_rebuilt };
        let (outcome, tidied) = match self.store.replace_base(token, state, new).await {
            Ok(()) => (Attempt::Done(()), self.tidy(state).await),
            Err(Commit::Refused(Overtaken)) => (Attempt::Overtaken, self.files.remove(&file).await),
            Err(Commit::Store(error)) => return Err(error.into()),
        };
        if let Err(error) = tidied {
            tracing::warn!(cause = %error, "files that nothing uses are left to the bucket's lifecycle rule");
        }
        Ok(outcome)
    }

    /// Removes what neither the new base needs nor the one before it, which `before` names.
    async fn tidy(&self, before: &IndexState) -> Result<(), IndexError> {
        let now = self.clock.now();
        let mut old = self.store.oldest_publications(before.covers).await?;
        old.retain(|publication| now.since(publication.at) > KEPT);
        let files = old.iter().filter_map(|publication| match &publication.segment {
            Segment::File(file) => Some(file),
            Segment::Inline(_) => None,
        });
        // The files first: if it stops in between, the next rebuild still finds their names.
        for unused in files.chain(&before.previous_base) {
            self.files.remove(unused).await?;
        }
        Ok(self.store.remove_publications(self.ids.transaction(now), &old).await?)
    }
}
