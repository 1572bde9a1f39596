//! The index: a base and the segments published after it, each with the number of its publication.
//!
//! An index never changes. A new segment makes a new index that shares the others, so queries that run meanwhile are not
//! disturbed, and a query can ask for the catalogue as it was at an earlier publication.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::blocks::Blocks;
use crate::bytes::Unreadable;
use crate::count::Shop;
use crate::document::{Id, Popularity};
use crate::joined::Joined;
use crate::options::Options;
use crate::rows::Values;
use crate::segment::{Group, GroupValue, Sales, Segment, View};
use crate::stock::Stock;
use crate::text::Language;

#[derive(Debug, Clone)]
pub struct Index {
    pub(crate) language: Language,
    pub(crate) parts: Vec<Part>,
    /// Values of all segments, with one number for equal ones.
    pub(crate) values: Arc<Values>,
    covers: u32,
    seq: u32,
    /// Counts of all active products, made by the first query that wants them.
    pub(crate) shop: Arc<OnceLock<Shop>>,
}

/// A segment, and what later ones said of its products.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) segment: Arc<Segment>,
    /// By value of the segment: its number in the index.
    pub(crate) values: Arc<Vec<u32>>,
    pub(crate) options: Arc<Options>,
    pub(crate) stock: Arc<Stock>,
    pub(crate) blocks: Arc<Blocks>,
    pub(crate) joined: Arc<Joined>,
    seq: u32,
    later: Arc<Later>,
}

/// What later segments said of products.
#[derive(Debug, Clone, Default)]
struct Later {
    /// A bit for each product of which anything was said. Empty if nothing was said.
    touched: Vec<u64>,
    /// The publications that replaced or removed products.
    gone_at: HashMap<u32, u32>,
    popularity: HashMap<u32, Popularity>,
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
        let (values, shop) = (Arc::default(), Arc::default());
        let empty = Self { language, parts: Vec::new(), values, covers, seq: covers, shop };
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
        let option_values: Vec<bool> = segment.values.iter().map(|it| matches!(it.group, Group::Option(_))).collect();
        let values = Arc::new(segment.values.drain(..).map(|value| number(&mut self.values, value)).collect());
        for part in &mut self.parts {
            for &id in segment.ids().iter().chain(&segment.removed) {
                part.end(id, seq);
            }
            for &(id, popularity) in &segment.popularity {
                if let Some(document) = part.segment.find(id) {
                    part.change(document).popularity.insert(document, popularity);
                }
            }
        }
        let options = Arc::new(Options::new(&segment, &option_values));
        let stock = Arc::new(Stock::new(&segment, &options));
        let (blocks, joined) = (Arc::new(Blocks::new(&segment)), Arc::new(Joined::new(&segment)));
        let (later, segment) = (Arc::default(), Arc::new(segment));
        self.parts.push(Part { segment, values, options, stock, blocks, joined, seq, later });
        self.seq = seq;
        self.shop = Arc::default();
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
        let all = self.parts.iter().map(|part| part.segment.len() as usize).sum();
        (all, self.parts.iter().map(|part| part.later.gone_at.len()).sum())
    }

    /// The parts that were there at a publication.
    pub(crate) fn parts_at(&self, seq: u32) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.seq <= seq)
    }
}

fn number(values: &mut Arc<Values>, value: GroupValue) -> u32 {
    // Copied only for a new value.
    values.find(&value).unwrap_or_else(|| Arc::make_mut(values).number(value))
}

impl Part {
    fn end(&mut self, id: Id, seq: u32) {
        if let Some(document) = self.segment.find(id)
            && !self.later.gone_at.contains_key(&document)
        {
            self.change(document).gone_at.insert(document, seq);
        }
    }

    fn change(&mut self, document: u32) -> &mut Later {
        let later = Arc::make_mut(&mut self.later);
        later.touched.resize(self.segment.len().div_ceil(64) as usize, 0);
        later.touched[document as usize / 64] |= 1 << (document % 64);
        later
    }

    #[inline]
    fn is_touched(&self, document: u32) -> bool {
        let bits = self.later.touched.get(document as usize / 64);
        bits.is_some_and(|bits| bits >> (document % 64) & 1 == 1)
    }

    /// The products of a block of 64 of which anything was said.
    pub(crate) fn touched(&self, block: u32) -> u64 {
        self.later.touched.get(block as usize).copied().unwrap_or_default()
    }

    /// Whether a product was in the index at a publication, in this form.
    pub(crate) fn has(&self, document: u32, seq: u32) -> bool {
        !self.is_touched(document) || self.later.gone_at.get(&document).is_none_or(|at| *at > seq)
    }

    /// Visits the products of some states at a publication. The last ones come first: they are the newest, and a page of the
    /// newest is then found at once.
    pub(crate) fn each(&self, seq: u32, states: u8, mut visit: impl FnMut(u32)) {
        let view = self.segment.columns.view();
        for document in (0..self.segment.len()).rev() {
            if view.state(document) & states != 0 && self.has(document, seq) {
                visit(document);
            }
        }
    }

    /// How unpopular a product is at least. Those that later publications touched may be the most popular ones.
    #[inline]
    pub(crate) fn least_unpopularity(&self, document: u32) -> u64 {
        if self.is_touched(document) { 0 } else { self.blocks.most_popular(document) }
    }

    #[inline]
    pub(crate) fn sales(&self, view: &View, document: u32) -> Sales {
        if self.is_touched(document) {
            let popularity = self.popularity(view, document);
            return Sales { lately: popularity.sales, ever: popularity.sales_ever };
        }
        view.sales(document)
    }

    #[inline]
    pub(crate) fn popularity(&self, view: &View, document: u32) -> Popularity {
        if self.is_touched(document)
            && let Some(popularity) = self.later.popularity.get(&document)
        {
            return *popularity;
        }
        view.popularity(document)
    }

    pub(crate) fn rating(&self, view: &View, document: u32) -> u16 {
        if self.is_touched(document) { self.popularity(view, document).rating } else { view.rating(document) }
    }
}
