//! The index: a base and the segments published after it, each with the number of its publication.
//!
//! An index never changes. A new segment makes a new index that shares the others, so queries that run meanwhile are not
//! disturbed, and a query can ask for the catalogue as it was at an earlier publication.

use std::sync::Arc;

use crate::build::Values;
use crate::bytes::Unreadable;
use crate::document::{Id, Popularity};
use crate::segment::{GroupValue, Segment};
use crate::text::Language;

/// A document that no later segment has replaced.
const NEVER: u32 = u32::MAX;

#[derive(Debug, Clone)]
pub struct Index {
    pub(crate) language: Language,
    pub(crate) parts: Vec<Part>,
    /// Values of all segments, with one number for equal ones.
    pub(crate) values: Arc<Values>,
    covers: u32,
    seq: u32,
}

/// A segment, and what later ones said of its products.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) segment: Arc<Segment>,
    seq: u32,
    /// By product: the publication that replaced or removed it.
    gone_at: Arc<Vec<u32>>,
    pub(crate) popularity: Arc<Vec<Popularity>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNext {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("a publication before this one is missing")]
    Gap,
}

impl Index {
    /// An index with one segment, which has everything up to the publication `covers`.
    pub fn open(base: Vec<u8>, covers: u32, language: Language) -> Result<Self, Unreadable> {
        let empty = Self { language, parts: Vec::new(), values: Arc::default(), covers, seq: covers };
        empty.add(base, covers)
    }

    /// The index with one more publication, which must be the next one.
    pub fn with(&self, segment: Vec<u8>, seq: u32) -> Result<Self, NotNext> {
        if self.seq.checked_add(1) != Some(seq) {
            return Err(NotNext::Gap);
        }
        Ok(self.clone().add(segment, seq)?)
    }

    fn add(mut self, segment: Vec<u8>, seq: u32) -> Result<Self, Unreadable> {
        let mut segment = Segment::read(segment)?;
        let numbers: Vec<u32> = segment.values.drain(..).map(|value| number(&mut self.values, value)).collect();
        segment.columns.values.renumber(&numbers);
        segment.columns.options.renumber(&numbers);
        for part in &mut self.parts {
            for &id in segment.columns.ids.iter().chain(&segment.removed) {
                part.end(id, seq);
            }
            for &(id, popularity) in &segment.popularity {
                if let Some(document) = part.segment.find(id) {
                    Arc::make_mut(&mut part.popularity)[document as usize] = popularity;
                }
            }
        }
        self.parts.push(Part {
            seq,
            gone_at: Arc::new(vec![NEVER; segment.len() as usize]),
            popularity: Arc::new(segment.columns.popularity.clone()),
            segment: Arc::new(segment),
        });
        self.seq = seq;
        Ok(self)
    }

    /// The newest publication in it.
    pub fn seq(&self) -> u32 {
        self.seq
    }

    /// The publication that its base has; a query can ask for any from here to [`Index::seq`].
    pub fn covers(&self) -> u32 {
        self.covers
    }

    /// How many segments it has.
    pub fn segments(&self) -> usize {
        self.parts.len()
    }

    /// How many products are in its segments, and how many of these are outdated.
    pub fn documents(&self) -> (usize, usize) {
        let all = self.parts.iter().map(|part| part.gone_at.len()).sum();
        (all, self.parts.iter().flat_map(|part| part.gone_at.iter()).filter(|at| **at != NEVER).count())
    }

    /// The parts that were there at a publication.
    pub(crate) fn parts_at(&self, seq: u32) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.seq <= seq)
    }
}

fn number(values: &mut Arc<Values>, value: GroupValue) -> u32 {
    // Copied only for a new value.
    values.find(&value).unwrap_or_else(|| Arc::make_mut(values).number_of(value))
}

impl Part {
    fn end(&mut self, id: Id, seq: u32) {
        if let Some(document) = self.segment.find(id)
            && self.gone_at[document as usize] == NEVER
        {
            Arc::make_mut(&mut self.gone_at)[document as usize] = seq;
        }
    }

    /// Whether a product was in the index at a publication, in this form.
    pub(crate) fn has(&self, document: u32, seq: u32) -> bool {
        self.gone_at[document as usize] > seq
    }
}
