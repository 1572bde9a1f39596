//! The index as queries use it: in memory, and not older than a moment.
//!
//! A frozen function does nothing in the background, so the request that finds the index old looks at the table first: one
//! query, of which the answer is small if nothing was published.

use std::sync::Arc;
use std::time::Duration;

use domain::time::Time;
use search_index::{Index, Language};
use store::Store;
use store::search::{IndexNews, IndexState};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::{IndexError, IndexFiles, MERGE_AT, Settings, load, with};

/// How long an index that cannot be brought up to date is used all the same.
const MAX_AGE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub struct LiveIndex {
    store: Store,
    files: IndexFiles,
    language: Language,
    /// How old the index may be without a look at the table.
    age: Duration,
    held: Arc<Mutex<Option<Held>>>,
}

/// What a query uses.
#[derive(Debug, Clone)]
pub struct Current {
    pub index: Arc<Index>,
    pub settings: Arc<Settings>,
}

#[derive(Debug)]
struct Held {
    current: Current,
    /// The index on the base before, for pages that were begun on it.
    previous: Option<Arc<Index>>,
    base: String,
    /// The table was read then.
    looked_at: Time,
    /// A newer base that is being loaded.
    loading: Option<Loading>,
}

#[derive(Debug)]
struct Loading {
    base: String,
    index: JoinHandle<Result<Index, IndexError>>,
}

impl LiveIndex {
    pub fn new(store: Store, files: IndexFiles, language: Language, age: Duration) -> Self {
        Self { store, files, language, age, held: Arc::default() }
    }

    /// The newest index.
    pub async fn current(&self, now: Time) -> Result<Current, IndexError> {
        let mut held = self.held.lock().await;
        match &mut *held {
            None => {
                let state = self.store.index_state().await?;
                let mut opened = self.open(&state, now).await?;
                Settings::follow(&mut opened.current.settings, &self.store, state.settings).await;
                Ok(held.insert(opened).current.clone())
            }
            Some(known) if now.since(known.looked_at) < self.age => Ok(known.current.clone()),
            Some(known) => match self.follow(known, now).await {
                Err(error) if now.since(known.looked_at) >= MAX_AGE => Err(error),
                Err(error) => {
                    tracing::error!(cause = %error, "the search index is not up to date");
                    Ok(known.current.clone())
                }
                Ok(()) => Ok(known.current.clone()),
            },
        }
    }

    /// The index that has the catalogue as it was at a publication; `None` if that is too long ago.
    pub async fn at(&self, seq: u32, now: Time) -> Result<Option<Arc<Index>>, IndexError> {
        let current = self.current(now).await?.index;
        let has = |index: &Arc<Index>| index.covers() <= seq && seq <= index.seq();
        if has(&current) {
            return Ok(Some(current));
        }
        let mut held = self.held.lock().await;
        let Some(known) = &mut *held else { return Ok(None) };
        if let Some(previous) = known.previous.clone().filter(has) {
            return Ok(Some(previous));
        }
        let state = self.store.index_state().await?;
        let Some(base) = state.previous_base.filter(|_| state.previous_covers <= seq && seq <= state.seq) else {
            return Ok(None);
        };
        let news = self.store.index_news(state.previous_covers).await?;
        let previous = load(&self.files, self.language, &base, state.previous_covers, &news.publications).await?;
        known.previous = Some(Arc::new(previous));
        Ok(known.previous.clone().filter(has))
    }

    async fn open(&self, state: &IndexState, now: Time) -> Result<Held, IndexError> {
        let Some(base) = state.base.clone() else {
            return Err(IndexError::Missing);
        };
        let news = self.store.index_news(state.covers).await?;
        let index = load(&self.files, self.language, &base, state.covers, &news.publications).await?;
        let current = Current { index: Arc::new(index), settings: Arc::default() };
        Ok(Held { current, previous: None, base, looked_at: now, loading: None })
    }

    /// Brings what is held up to date.
    async fn follow(&self, held: &mut Held, now: Time) -> Result<(), IndexError> {
        if let Some(loading) = held.loading.take_if(|loading| loading.index.is_finished()) {
            // If it failed, it is loaded again below.
            if let Ok(Ok(index)) = loading.index.await {
                held.replace(index, loading.base);
            }
        }
        let news = self.store.index_news(held.current.index.seq()).await?;
        if news.state.base.is_none() {
            return Err(IndexError::Missing);
        }
        let is_complete = news.state.covers <= held.current.index.seq() || {
            let first = news.publications.first().map(|publication| publication.seq);
            first == Some(held.current.index.seq() + 1)
        };
        if !is_complete {
            let opened = self.open(&news.state, now).await?;
            held.replace(Arc::unwrap_or_clone(opened.current.index), opened.base);
        } else if !news.publications.is_empty() {
            let index = (*held.current.index).clone();
            held.current.index = Arc::new(with(&self.files, index, &news.publications).await?);
        }
        held.looked_at = now;
        Settings::follow(&mut held.current.settings, &self.store, news.state.settings).await;
        self.load_newer_base(held, &news);
        Ok(())
    }

    /// Loads a newer base while other requests are answered, once it saves enough segments.
    fn load_newer_base(&self, held: &mut Held, news: &IndexNews) {
        let Some(base) = news.state.base.clone().filter(|base| *base != held.base) else { return };
        if held.loading.is_some() || held.current.index.segments() <= MERGE_AT as usize {
            return;
        }
        let (live, state, named) = (self.clone(), news.state.clone(), base.clone());
        let index = tokio::spawn(async move {
            let news = live.store.index_news(state.covers).await?;
            load(&live.files, live.language, &named, state.covers, &news.publications).await
        });
        held.loading = Some(Loading { base, index });
    }
}

impl Held {
    fn replace(&mut self, index: Index, base: String) {
        let old = std::mem::replace(&mut self.current.index, Arc::new(index));
        self.previous = Some(old);
        self.base = base;
    }
}
