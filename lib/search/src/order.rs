//! The order of products on pages.

use std::cmp::Ordering;

use crate::document::Id;
use crate::index::{Index, Part};
use crate::matching::Match;
use crate::query::{Hit, Position, Query, Sort};
use crate::segment::{SOME_IN_STOCK, Sales, View};

/// The rank of the first pinned product; every other rank is greater.
pub(crate) const PINNED: u32 = 0;
pub(crate) const NOT_PINNED: u32 = 1 << 22;

/// By relevance, numbers of sales from here on are equal: 20 bits of a key.
pub(crate) const MAX_SALES: u32 = (1 << 20) - 1;

/// A product that passes, on its way to a page.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    key: u64,
    part: u32,
    document: u32,
    price: u32,
}

/// The first products of an order, as many as a page needs.
#[derive(Debug)]
pub(crate) struct Ordered<'a> {
    sort: Sort,
    after: Option<&'a Position>,
    end: usize,
    parts: Vec<(&'a Part, View<'a>)>,
    candidates: Vec<Candidate>,
    /// A product that is not before this one is on no page up to this one.
    last: Option<Candidate>,
}

/// What is in stock comes before what is out, and then what sells best. Less comes first.
pub(crate) fn unpopularity(flags: u8, sales: Sales) -> u64 {
    let (lately, ever) = (sales.lately.min(MAX_SALES), sales.ever.min(MAX_SALES));
    u64::from(flags & SOME_IN_STOCK == 0) << 40 | u64::from(MAX_SALES - lately) << 20 | u64::from(MAX_SALES - ever)
}

/// Products are equal in this if they are equally relevant.
fn relevance(rank: u32, unpopularity: u64) -> u64 {
    u64::from(rank) << 41 | unpopularity
}

impl<'a> Ordered<'a> {
    pub(crate) fn new(index: &'a Index, query: &'a Query, seq: u32) -> Self {
        Self {
            sort: query.sort,
            after: query.after.as_ref(),
            end: if query.limit == 0 { 0 } else { query.skip.saturating_add(query.limit) },
            parts: index.parts_at(seq).map(|part| (part, part.segment.columns.view())).collect(),
            candidates: Vec::new(),
            last: None,
        }
    }

    pub(crate) fn add(&mut self, matched: Match, price: u32) {
        let Match { part, document, rank } = matched;
        // Most are left at once, because not even the most popular product near them would be on the page.
        if let Some(last) = self.last
            && self.sort == Sort::Relevance
            && relevance(rank, self.parts[part as usize].0.least_unpopularity(document)) > last.key
        {
            return;
        }
        let candidate = Candidate { key: self.key(matched, price), part, document, price };
        if self.last.is_some_and(|last| candidate.key > last.key || self.compare(&candidate, &last).is_ge()) {
            return;
        }
        if self.end == 0 || !self.is_after(&candidate) {
            return;
        }
        self.candidates.push(candidate);
        // Sorted out seldom, so that each product costs little.
        if self.candidates.len() >= self.end.saturating_mul(2).max(64) {
            self.cut();
            self.last = self.candidates.iter().copied().max_by(|a, b| self.compare(a, b));
        }
    }

    fn cut(&mut self) {
        if self.end < self.candidates.len() {
            let mut candidates = std::mem::take(&mut self.candidates);
            candidates.select_nth_unstable_by(self.end, |a, b| self.compare(a, b));
            candidates.truncate(self.end);
            self.candidates = candidates;
        }
    }

    /// Less comes first.
    fn key(&self, matched: Match, price: u32) -> u64 {
        let Match { part, document, rank } = matched;
        let (part, view) = &self.parts[part as usize];
        let down = |number: u32| u64::from(u32::MAX - number);
        let popularity = || part.popularity(view, document);
        match self.sort {
            Sort::Relevance => {
                relevance(rank, unpopularity(view.flags[document as usize][0], part.sales(view, document)))
            }
            Sort::PriceAscending => price.into(),
            Sort::PriceDescending => down(price),
            Sort::Newest => u64::MAX - view.created(document),
            Sort::Bestselling => down(popularity().sales) << 32 | down(popularity().sales_ever),
            Sort::Rating => down(popularity().rating.into()) << 32 | down(popularity().ratings),
            Sort::NameAscending | Sort::NameDescending => 0,
        }
    }

    fn id(&self, it: &Candidate) -> Id {
        self.parts[it.part as usize].1.ids[it.document as usize]
    }

    /// The letters of its name, if that matters.
    fn name(&self, it: &Candidate) -> impl Iterator<Item = u8> + use<'a> {
        let (part, document) = (self.parts[it.part as usize].0, it.document);
        let letters = self.is_by_name().then(|| part.segment.columns.names.letters(document));
        letters.into_iter().flatten()
    }

    fn is_by_name(&self) -> bool {
        matches!(self.sort, Sort::NameAscending | Sort::NameDescending)
    }

    /// The order of two names, from that of the alphabet.
    fn directed(&self, order: Ordering) -> Ordering {
        if self.sort == Sort::NameDescending { order.reverse() } else { order }
    }

    fn compare(&self, a: &Candidate, b: &Candidate) -> Ordering {
        let names = || {
            if !self.is_by_name() {
                return Ordering::Equal;
            }
            let rank = |it: &Candidate| self.parts[it.part as usize].1.name_rank(it.document);
            let is_same = a.part == b.part;
            self.directed(if is_same { rank(a).cmp(&rank(b)) } else { self.name(a).cmp(self.name(b)) })
        };
        a.key.cmp(&b.key).then_with(names).then_with(|| self.id(b).cmp(&self.id(a)))
    }

    /// Whether a product comes after the place from which a page goes on.
    fn is_after(&self, it: &Candidate) -> bool {
        self.after.is_none_or(|after| {
            let names = || self.directed(self.name(it).cmp(after.name.iter().copied()));
            let order = it.key.cmp(&after.key).then_with(names);
            order.then_with(|| after.id.cmp(&self.id(it))).is_gt()
        })
    }

    /// The products of the page.
    pub(crate) fn hits(mut self, query: &Query) -> Vec<Hit> {
        self.cut();
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.sort_unstable_by(|a, b| self.compare(a, b));
        let hit = |it: &Candidate| {
            let (part, view) = &self.parts[it.part as usize];
            Hit {
                id: self.id(it),
                card: part.segment.columns.cards.get(it.document).to_vec(),
                popularity: part.popularity(view, it.document),
                price: it.price,
                position: Position { key: it.key, name: self.name(it).collect(), id: self.id(it) },
            }
        };
        candidates.iter().skip(query.skip).map(hit).collect()
    }
}
