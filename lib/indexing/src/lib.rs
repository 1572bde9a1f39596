//! Keeps the search index. What changed is published as a small segment ([`Publisher`]); from time to time a new base is
//! made ([`Rebuilder`]); and who answers queries follows both ([`LiveIndex`]).
//!
//! Bases and large segments are files in S3, written once under a name of their own. The table says which of them are in
//! use, and has the small segments: see [`store::search`].

mod document;
mod excerpt;
mod files;
mod live;
mod publisher;
mod rebuilder;
#[cfg(test)]
mod samples;
mod source;

use domain::time::Time;
pub use excerpt::Excerpt;
pub use files::IndexFiles;
use kit::runtime::config::Env;
pub use live::{Current, LiveIndex};
pub use publisher::{Published, Publisher};
pub use rebuilder::Rebuilder;
pub use search_index::Language;
use search_index::{Index, NotNext, Unreadable};
use store::search::{IndexNews, IndexState, Publication, Segment};
use store::{Store, StoreError};

/// After so many publications a new base is made of them.
pub const MERGE_AT: u32 = 32;

/// So many files are read at the same time. While all products are imported, one publication follows the other.
const READ_AT_ONCE: usize = 16;

/// Why the index cannot be read or changed now.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("there is no search index yet")]
    Missing,
    #[error("the search index cannot be read: {0}")]
    Unreadable(String),
    #[error("S3 refused: {0}")]
    Files(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Unreadable> for IndexError {
    fn from(error: Unreadable) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<NotNext> for IndexError {
    fn from(error: NotNext) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// The language whose word forms are found.
pub fn language(env: &mut Env) -> Language {
    let parse = |code: &str| Language::parse(code).ok_or("must be the two letters of a language that search knows");
    env.parsed("SEARCH_LANGUAGE", Language::English, parse)
}

/// The newest base with everything that was published since.
#[derive(Debug)]
struct Opened {
    index: Index,
    /// The state that named the base.
    state: IndexState,
}

/// Reads the newest base, and what was published since.
async fn open(store: &Store, files: &IndexFiles, language: Language) -> Result<Opened, IndexError> {
    let mut state = store.index_state().await?;
    loop {
        let Some(base) = &state.base else {
            return Err(IndexError::Missing);
        };
        match load(store, files, language, base, state.covers).await {
            Ok(index) => return Ok(Opened { index, state }),
            Err(IndexError::Unreadable(cause)) => {
                // Another base may have taken its place meanwhile, and its file was removed.
                let newer = store.index_state().await?;
                if newer.base == state.base {
                    return Err(IndexError::Unreadable(cause));
                }
                state = newer;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The index of a base and of the publications after it.
async fn load(
    store: &Store,
    files: &IndexFiles,
    language: Language,
    base: &str,
    covers: u32,
) -> Result<Index, IndexError> {
    let news = async { Ok(store.index_news(covers, usize::MAX).await?) };
    let (bytes, news) = tokio::try_join!(files.read(base), news)?;
    with(files, Index::open(bytes, covers, language)?, &news).await
}

/// The index with what was published after it. It is [`IndexError::Unreadable`] if the news do not follow on it.
async fn with(files: &IndexFiles, mut index: Index, news: &IndexNews) -> Result<Index, IndexError> {
    for some in news.publications.chunks(READ_AT_ONCE) {
        let read = |publication: &Publication| {
            let (files, segment) = (files.clone(), publication.segment.clone());
            tokio::spawn(async move {
                match segment {
                    Segment::Inline(bytes) => Ok(bytes),
                    Segment::File(key) => files.read(&key).await,
                }
            })
        };
        let segments: Vec<_> = some.iter().map(read).collect();
        for (publication, segment) in some.iter().zip(segments) {
            let bytes = segment.await.map_err(|error| IndexError::Files(error.to_string()))??;
            index = index.with(bytes, publication.seq)?;
        }
    }
    if !(news.state.covers..=news.state.seq).contains(&index.seq()) {
        return Err(IndexError::Unreadable("publications are missing".to_owned()));
    }
    Ok(index)
}

/// The name that a file gets. Nothing has the same name twice.
fn file_name(kind: &str, seq: u32, unique: impl std::fmt::Display) -> String {
    format!("search/{kind}/{seq:010}-{unique}")
}

/// Milliseconds since 1970.
fn millis(time: Time) -> u64 {
    u64::try_from(time.unix_millis()).unwrap_or_default()
}
