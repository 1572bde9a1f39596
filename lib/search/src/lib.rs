//! The search index of the shop: pure functions on bytes, without IO and without a clock.
//!
//! Products become a segment ([`build`]). A base segment and the small ones published after it are an [`Index`], which
//! answers queries ([`Index::search`]): words with mistakes, filters, exact totals, counts of every filter, pages.

#![allow(clippy::cast_possible_truncation, reason = "a segment has fewer than 4 billion products, words and bytes")]

mod bits;
mod blocks;
mod build;
mod bytes;
mod columns;
mod count;
mod document;
mod filters;
mod forms;
mod highlight;
mod index;
mod joined;
mod lists;
mod matching;
mod merge;
mod names;
mod options;
#[cfg(test)]
mod oracle;
mod order;
mod pattern;
mod prices;
mod query;
mod rows;
#[cfg(test)]
mod rules;
mod scores;
mod segment;
mod sieve;
mod stock;
mod suggest;
mod synonyms;
mod terms;
#[cfg(test)]
mod tests;
mod text;
mod totals;
mod variants;

pub use build::{Batch, build};
pub use bytes::Unreadable;
pub use document::{Document, Id, Popularity, State, Term, Variant};
pub use highlight::highlights;
pub use index::{Index, NotNext};
pub use prices::PriceBucket;
pub use query::{Facet, FacetValue, Hit, Page, Position, Query, Sort};
pub use segment::Group;
pub use synonyms::Synonyms;
pub use text::Language;
