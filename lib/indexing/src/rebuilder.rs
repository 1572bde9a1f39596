//! Makes new bases: of the base and the publications that there are, or of the products in the table.

use domain::id::ProductId;
use domain::index_job::RebuildJob;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use search_index::{Batch, Index, Language, build};
use store::page::PageRequest;
use store::retry::{Attempt, retry};
use store::search::{IndexState, Overtaken, Segment};
use store::{Commit, Store};

use crate::source::Source;
use crate::{IndexError, IndexFiles, file_name, load, publications_since_base};

/// So many products become one segment, before all segments are merged. It bounds the memory.
const PART: usize = 20_000;

/// So many ids are read from the table's lists at a time.
const LISTED: u32 = 1_000;

/// The bytes of a base, and the newest publication that is in it.
struct Base {
    covers: u32,
    bytes: Vec<u8>,
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
            let base = match job {
                RebuildJob::Create if state.base.is_some() => return Ok(Attempt::Done(())),
                RebuildJob::Merge if publications_since_base(&state) == 0 => return Ok(Attempt::Done(())),
                RebuildJob::Merge => match self.merged(&state).await {
                    Err(IndexError::Unreadable(cause)) => {
                        tracing::error!(cause, "the search index is made anew from the table");
                        self.of_products(state.seq).await?
                    }
                    merged => merged?,
                },
                RebuildJob::Create | RebuildJob::Products => self.of_products(state.seq).await?,
            };
            self.replace(&state, &base).await
        })
        .await
    }

    /// The base with everything that was published since.
    async fn merged(&self, state: &IndexState) -> Result<Base, IndexError> {
        let Some(base) = &state.base else {
            return Err(IndexError::Unreadable("there is no base".to_owned()));
        };
        let news = self.store.index_news(state.covers).await?;
        let index = load(&self.files, self.language, base, state.covers, &news.publications).await?;
        Ok(Base { covers: index.seq(), bytes: index.merged() })
    }

    /// All products as they are in the table. What was published after `seq` may be in it already, which does no harm.
    async fn of_products(&self, seq: u32) -> Result<Base, IndexError> {
        let mut index = Index::open(build(Batch::default(), self.language), 0, self.language)?;
        let mut ids: Vec<ProductId> = Vec::new();
        let mut request = PageRequest { limit: LISTED, after: None };
        loop {
            let page = self.store.listed_by_state(&request).await?;
            request.after = page.as_ref().and_then(|page| page.next.clone());
            ids.extend(page.into_iter().flat_map(|page| page.items));
            let is_last = request.after.is_none();
            if ids.len() >= PART || is_last {
                let documents = self.source.documents(&ids, self.clock.now()).await?;
                let batch = Batch { documents, ..Batch::default() };
                index = index.with(build(batch, self.language), index.seq() + 1)?;
                ids.clear();
            }
            if is_last {
                return Ok(Base { covers: seq, bytes: index.merged() });
            }
        }
    }

    async fn replace(&self, state: &IndexState, base: &Base) -> Result<Attempt<()>, IndexError> {
        let token = self.ids.transaction(self.clock.now());
        let key = file_name("bases", base.covers, token);
        self.files.write(&key, &base.bytes).await?;
        match self.store.replace_base(token, state, &key, base.covers).await {
            Ok(()) => {
                self.tidy(state).await?;
                Ok(Attempt::Done(()))
            }
            Err(Commit::Refused(Overtaken)) => {
                self.files.remove(&key).await?;
                Ok(Attempt::Overtaken)
            }
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// Removes what neither the new base needs nor the one before it, which `before` names. What a crash leaves is removed
    /// by the bucket's lifecycle rule.
    async fn tidy(&self, before: &IndexState) -> Result<(), IndexError> {
        let old = self.store.publications_up_to(before.covers).await?;
        self.store.remove_publications(self.ids.transaction(self.clock.now()), &old).await?;
        let files = old.into_iter().filter_map(|publication| match publication.segment {
            Segment::File(key) => Some(key),
            Segment::Inline(_) => None,
        });
        for unused in files.chain(before.previous_base.clone()) {
            self.files.remove(&unused).await?;
        }
        Ok(())
    }
}
