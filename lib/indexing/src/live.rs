//! The index as queries use it: in memory, and not older than a moment.
//!
//! A frozen function does nothing in the background, so the request that finds the index old looks at the table first: one
//! query, of which the answer is small if nothing was published.

use std::sync::Arc;
use std::time::Duration;

use domain::time::Time;
use search_index::{Index, Language};
use store::Store;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::{IndexError, IndexFiles, Opened, load, open, with};

/// How long an index that cannot be brought up to date is used all the same. A list of some seconds ago sells, and what an
/// order costs is checked when it is placed. But a product that staff took off sale must be gone from all lists soon.
const MAX_AGE: Duration = Duration::from_secs(10);

/// How long a newer base is loaded in the background, before a request waits for it. A frozen function does not get on with
/// it, so in one that is called seldom it would never be ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// An instance that slept while more than this was published loads the newest base first.
const MAX_BEHIND: usize = 128;

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
}

#[derive(Debug)]
struct Held {
    current: Current,
    /// The index on the base before, for pages that were begun on it.
    previous: Option<Arc<Index>>,
    /// Its base.
    base: Option<String>,
    /// The table was read then.
    looked_at: Time,
    /// A newer base that is being loaded.
    loading: Option<Loading>,
}

#[derive(Debug)]
struct Loading {
    since: Time,
    opened: JoinHandle<Result<Opened, IndexError>>,
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
                let opened = open(&self.store, &self.files, self.language).await?;
                Ok(held.insert(Held::new(opened, now)).current.clone())
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
        if seq > current.seq() {
            // Another instance looked later than this one.
            self.follow(known, now).await?;
            return Ok(Some(Arc::clone(&known.current.index)).filter(has));
        }
        if let Some(previous) = known.previous.clone().filter(has) {
            return Ok(Some(previous));
        }
        let state = self.store.index_state().await?;
        let Some(base) = state.previous_base.filter(|_| state.previous_covers <= seq) else {
            return Ok(None);
        };
        known.previous = None;
        match load(&self.store, &self.files, self.language, &base, state.previous_covers).await {
            Ok(index) => known.previous = Some(Arc::new(index)),
            Err(IndexError::Unreadable(cause)) => tracing::error!(cause, "pages of an older search cannot go on"),
            Err(error) => return Err(error),
        }
        Ok(known.previous.clone().filter(has))
    }

    /// Brings what is held up to date, all of it or nothing.
    async fn follow(&self, held: &mut Held, now: Time) -> Result<(), IndexError> {
        let loaded = held.loaded(now).await;
        let (index, base) = match &loaded {
            Some(Opened { index, state }) => (index, &state.base),
            None => (&*held.current.index, &held.base),
        };
        let news = self.store.index_news(index.seq(), MAX_BEHIND).await?;
        if news.state.base.is_none() {
            return Err(IndexError::Missing);
        }
        let is_far_behind = news.publications.first().is_some_and(|first| first.seq > index.seq() + 1);
        let is_on_other_base = news.state.base != *base;
        match with(&self.files, index.clone(), &news).await {
            Ok(index) => match loaded {
                Some(Opened { state, .. }) => held.replace(Opened { index, state }),
                None if news.publications.is_empty() => {}
                None => held.current.index = Arc::new(index),
            },
            // Or it cannot read a publication that the newer base has.
            Err(IndexError::Unreadable(_)) if is_far_behind || is_on_other_base => {
                held.make_room();
                held.replace(open(&self.store, &self.files, self.language).await?);
            }
            Err(error) => return Err(error),
        }
        held.looked_at = now;
        if held.loading.is_none() && news.state.base != held.base {
            held.loading = Some(self.load_newer_base(now));
        }
        Ok(())
    }

    /// Loads the newer base while requests are answered.
    fn load_newer_base(&self, now: Time) -> Loading {
        let live = self.clone();
        let opened = tokio::spawn(async move { open(&live.store, &live.files, live.language).await });
        Loading { since: now, opened }
    }
}

impl Held {
    fn new(Opened { index, state }: Opened, now: Time) -> Self {
        let current = Current { index: Arc::new(index) };
        Self { current, previous: None, base: state.base, looked_at: now, loading: None }
    }

    /// The newer base, if it is loaded or should be by now. If that failed, the next look tries again.
    async fn loaded(&mut self, now: Time) -> Option<Opened> {
        let is_due = |loading: &mut Loading| loading.opened.is_finished() || now.since(loading.since) >= PATIENCE;
        let loaded = self.loading.take_if(is_due)?.opened.await;
        match loaded {
            Ok(Ok(opened)) => return Some(opened),
            Ok(Err(error)) => tracing::error!(cause = %error, "a newer base of the search index was not loaded"),
            Err(error) => tracing::error!(cause = %error, "the load of a newer base of the search index stopped"),
        }
        None
    }

    /// Before another index is loaded, so that there are never more than two, and one that is being loaded.
    fn make_room(&mut self) {
        self.previous = None;
        if let Some(loading) = self.loading.take() {
            loading.opened.abort();
        }
    }

    fn replace(&mut self, Opened { index, state }: Opened) {
        self.previous = Some(std::mem::replace(&mut self.current.index, Arc::new(index)));
        self.base = state.base;
    }
}
