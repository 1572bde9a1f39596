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
mod settings;
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
pub use settings::Settings;
use store::StoreError;
use store::search::{IndexState, Publication, Segment};

/// After so many publications a new base is made of them.
pub const MERGE_AT: u32 = 32;

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

/// The index of a base and of the publications after it.
async fn load(
    files: &IndexFiles,
    language: Language,
    base: &str,
    covers: u32,
    publications: &[Publication],
) -> Result<Index, IndexError> {
    let index = Index::open(files.read(base).await?, covers, language)?;
    with(files, index, publications).await
}

/// The index with the publications that it does not have yet.
async fn with(files: &IndexFiles, mut index: Index, publications: &[Publication]) -> Result<Index, IndexError> {
    let known = index.seq();
    for publication in publications.iter().filter(|publication| publication.seq > known) {
        let bytes = match &publication.segment {
            Segment::Inline(bytes) => bytes.clone(),
            Segment::File(key) => files.read(key).await?,
        };
        index = index.with(bytes, publication.seq)?;
    }
    Ok(index)
}

/// The name that a file gets. Nothing has the same name twice.
fn file_name(kind: &str, seq: u32, unique: impl std::fmt::Display) -> String {
    format!("search/{kind}/{seq:010}-{unique}")
}

/// How many publications there are that the base does not have.
fn publications_since_base(state: &IndexState) -> u32 {
    state.seq.saturating_sub(state.covers)
}

/// Milliseconds since 1970.
fn millis(time: Time) -> u64 {
    u64::try_from(time.unix_millis()).unwrap_or_default()
}
