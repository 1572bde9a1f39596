//! Queries: filters, counts, order and pages.

use std::collections::BTreeMap;

use crate::bits::set;
use crate::count::{Counter, Shop};
use crate::document::{Id, Popularity, State};
use crate::filters::Filters;
use crate::index::{Index, Part};
use crate::matching::{Match, find};
use crate::order::{NOT_PINNED, Ordered, PINNED};
use crate::prices::PriceBucket;
use crate::segment::{Group, bits};
use crate::synonyms::Synonyms;
use crate::text::words;
use crate::totals::Totals;

#[derive(Debug, Clone, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Query {
    pub text: String,
    pub states: Vec<State>,
    /// Whether products are counted by state too. Words are then looked for in products of all states.
    pub count_states: bool,
    /// Whether the page tells facets: all its counts but the total.
    pub count_facets: bool,
    /// A category finds what is in it and below it.
    pub category: Option<String>,
    /// One of these.
    pub brands: Vec<String>,
    pub min_price: Option<u32>,
    pub max_price: Option<u32>,
    pub in_stock: bool,
    pub on_offer: bool,
    /// At least this average, in hundredths.
    pub rating: Option<u16>,
    /// By name: one of these values.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// By name: one of these values. They hold for one variant, together with price and stock.
    pub options: BTreeMap<String, Vec<String>>,
    pub sort: Sort,
    /// Come first, in this order, where the sort is by relevance.
    pub pinned: Vec<Id>,
    pub skip: usize,
    /// Only what comes after this place.
    pub after: Option<Position>,
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Relevance,
    PriceAscending,
    PriceDescending,
    Newest,
    Bestselling,
    Rating,
    NameAscending,
    NameDescending,
}

/// The place of a product in the order of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub key: u64,
    pub name: Vec<u8>,
    pub id: Id,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub id: Id,
    pub card: Vec<u8>,
    pub popularity: Popularity,
    /// The lowest price of the variants that the query asks for.
    pub price: u32,
    pub position: Position,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub total: usize,
    pub hits: Vec<Hit>,
    /// Counts of each group are without the filter on that group.
    pub facets: Vec<Facet>,
    /// Lowest prices in equal steps.
    pub prices: Vec<PriceBucket>,
    /// Products that can be bought.
    pub in_stock: usize,
    /// Products that were more expensive before.
    pub on_offer: usize,
    /// By whole stars, from 0 (without ratings) to 5.
    pub ratings: [usize; 6],
    /// By state, in the order of [`State::ALL`], if the query asks for it.
    pub states: [usize; 4],
    /// The query as it was probably meant.
    pub corrected: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    pub group: Group,
    pub values: Vec<FacetValue>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    pub value: String,
    pub count: usize,
}

impl Query {
    /// The states of products that it looks at.
    pub(crate) fn looked_at(&self) -> u8 {
        bits(if self.count_states { &State::ALL } else { &self.states })
    }
}

/// If a word is in more than one of so many products, they go through filters together.
const FEW: usize = 16;

/// The products that a query looks at: all, or those that have its words.
#[derive(Debug)]
enum Looked {
    All,
    Found(Vec<Match>),
}

impl Index {
    /// A page of what the index had at a publication, from [`Index::covers`] to [`Index::seq`]. For any other one it is
    /// that of the nearest of these.
    pub fn search(&self, query: &Query, synonyms: &Synonyms, seq: u32) -> Page {
        let seq = seq.clamp(self.covers(), self.seq());
        let states = query.looked_at();
        let mut corrected = None;
        let looked = if query.text.trim().is_empty() {
            Looked::All
        } else if words(&query.text).is_empty() {
            Looked::Found(Vec::new())
        } else {
            let mut matches = find(self, seq, states, &query.text, synonyms);
            self.pin(&mut matches.found, query, seq, states);
            corrected = matches.corrected;
            Looked::Found(matches.found)
        };
        let filters = Filters::new(self, query);
        let is_shop = matches!(looked, Looked::All) && seq == self.seq() && states == State::Active.bit();
        let all = (is_shop && query.count_facets).then(|| self.shop.get_or_init(|| self.count_shop()));
        let mut ordered = Ordered::new(self, query, seq);
        let totals = match all {
            Some(all) => self.browse(query, &filters, all, &mut ordered),
            None => self.count(looked, &filters, seq, None, &mut ordered).finish(),
        };
        Page {
            total: totals.products,
            hits: ordered.hits(query),
            facets: if query.count_facets { totals.facets(&self.values) } else { Vec::new() },
            in_stock: totals.in_stock,
            on_offer: totals.on_offer,
            ratings: totals.ratings,
            states: totals.states,
            prices: totals.prices,
            corrected,
        }
    }

    fn count<'a>(
        &'a self,
        looked: Looked,
        filters: &'a Filters,
        seq: u32,
        shop: Option<&'a Shop>,
        ordered: &mut Ordered,
    ) -> Counter<'a> {
        let mut counter = Counter::new(self, filters, shop);
        match looked {
            Looked::All => {
                for (number, part) in (0..).zip(self.parts_at(seq)) {
                    counter.count_part(part, seq, None, |document, price| {
                        ordered.add(Match { part: number, document, rank: 0 }, price);
                    });
                }
            }
            Looked::Found(found) => {
                let parts: Vec<&Part> = self.parts_at(seq).collect();
                for matches in found.chunk_by(|a, b| a.part == b.part) {
                    let part = parts[matches[0].part as usize];
                    if matches.len() >= part.segment.len() as usize / FEW {
                        let mut among = vec![0; part.segment.len().div_ceil(64) as usize];
                        for matched in matches {
                            set(&mut among, matched.document);
                        }
                        let place = |document: u32| matches.binary_search_by_key(&document, |it| it.document);
                        let mut next = 0;
                        counter.count_part(part, seq, Some(&among), |document, price| {
                            // Most are visited in their order.
                            let near = matches[next..].iter().take(8).position(|it| it.document == document);
                            let at = near.map_or_else(|| place(document).unwrap_or_default(), |near| next + near);
                            ordered.add(matches[at], price);
                            next = if at + 1 < matches.len() { at + 1 } else { at };
                        });
                        continue;
                    }
                    counter.start(part);
                    for matched in matches {
                        if let Some(price) = counter.count(matched.document) {
                            ordered.add(*matched, price);
                        }
                    }
                }
            }
        }
        counter
    }

    /// Counts active products without words. If there is no filter they were counted before, and if there is one, those
    /// that fail it were.
    fn browse(&self, query: &Query, filters: &Filters, all: &Shop, ordered: &mut Ordered) -> Totals {
        let (seq, active) = (self.seq(), State::Active.bit());
        if filters.all().count_ones() > 1 {
            return self.count(Looked::All, filters, seq, Some(all), ordered).finish();
        }
        if filters.all() != 0 {
            let mut totals = self.count(Looked::All, &filters.alone(), seq, Some(all), ordered).finish();
            totals.take_facet(filters, &self.values, &all.totals);
            return totals;
        }
        if query.limit > 0 {
            for (number, part) in (0..).zip(&self.parts) {
                let view = part.segment.columns.view();
                part.each(seq, active, |document| {
                    ordered.add(Match { part: number, document, rank: 0 }, view.price(document));
                });
            }
        }
        all.totals.clone()
    }

    fn count_shop(&self) -> Shop {
        let query = Query { states: vec![State::Active], count_facets: true, ..Query::default() };
        let mut ordered = Ordered::new(self, &query, self.seq());
        self.count(Looked::All, &Filters::new(self, &query), self.seq(), None, &mut ordered).finish_shop()
    }

    /// Puts pinned products first, whether they have the words or not.
    fn pin(&self, found: &mut Vec<Match>, query: &Query, seq: u32, states: u8) {
        if query.sort != Sort::Relevance || query.pinned.is_empty() {
            return;
        }
        for matched in &mut *found {
            matched.rank += NOT_PINNED;
        }
        for (rank, &id) in (PINNED..).zip(&query.pinned) {
            for (number, part) in (0..).zip(self.parts_at(seq)) {
                let view = part.segment.columns.view();
                let document = part.segment.find(id).filter(|it| part.has(*it, seq));
                let Some(document) = document.filter(|it| view.state(*it) & states != 0) else { continue };
                let place = |matched: &Match| (matched.part, matched.document);
                let at = found.binary_search_by_key(&(number, document), place);
                match at {
                    // The first pin of a product counts.
                    Ok(at) => found[at].rank = found[at].rank.min(rank),
                    Err(at) => found.insert(at, Match { part: number, document, rank }),
                }
            }
        }
    }
}
