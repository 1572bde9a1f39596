//! Queries: filters, counts, order and pages.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use crate::document::{Id, Popularity, State};
use crate::index::{Index, Part};
use crate::matching::{Match, find};
use crate::segment::{Group, GroupValue, IN_STOCK, ON_OFFER, bits};
use crate::synonyms::Synonyms;
use crate::text::words;

/// How many values of a facet are told, the most frequent first: categories and brands, and others.
const MAX_TERMS: usize = 500;
const MAX_VALUES: usize = 100;

/// How many equal steps the prices are counted in.
const PRICE_BUCKETS: u32 = 10;

#[derive(Debug, Clone, Default)]
pub struct Query {
    pub text: String,
    pub states: Vec<State>,
    /// Whether products are counted by state too. Words are then looked for in products of all states.
    pub count_states: bool,
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
    Name,
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

/// Products whose lowest price is from `from` up to, and without, `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBucket {
    pub from: u32,
    pub to: u32,
    pub count: usize,
}

/// The filters of a query. Each has a bit, and a product the bits of those that it fails.
#[derive(Debug)]
struct Filters {
    /// By value: the bit of the filter that asks for it.
    chosen: Vec<u32>,
    /// By value: the bit of the filter on its group.
    group: Vec<u32>,
    /// The filters on values of products, and of variants.
    products: u32,
    variants: u32,
    price: u32,
    stock: u32,
    offer: u32,
    rating: u32,
    states: u32,
}

impl Filters {
    fn new(index: &Index, query: &Query) -> Self {
        let values = &index.values;
        let mut filters = Self {
            chosen: vec![0; values.list.len()],
            group: vec![0; values.list.len()],
            products: 0,
            variants: 0,
            price: 0,
            stock: 0,
            offer: 0,
            rating: 0,
            states: 0,
        };
        let mut next = 1;
        let mut bit = || {
            let bit = next;
            next <<= 1;
            bit
        };
        let mut groups = HashMap::new();
        let mut choose = |group: Group, chosen: &[String]| {
            if chosen.is_empty() {
                return;
            }
            let bit = bit();
            match group {
                Group::Option(_) => filters.variants |= bit,
                _ => filters.products |= bit,
            }
            for value in chosen {
                let value = GroupValue { group: group.clone(), value: value.clone() };
                if let Some(number) = values.find(&value) {
                    filters.chosen[number as usize] = bit;
                }
            }
            groups.insert(group, bit);
        };
        choose(Group::Category, query.category.as_slice());
        choose(Group::Brand, &query.brands);
        query.attributes.iter().for_each(|(name, chosen)| choose(Group::Attribute(name.clone()), chosen));
        query.options.iter().for_each(|(name, chosen)| choose(Group::Option(name.clone()), chosen));
        if query.min_price.is_some() || query.max_price.is_some() {
            filters.price = bit();
        }
        if query.in_stock {
            filters.stock = bit();
        }
        if query.on_offer {
            filters.offer = bit();
        }
        if query.count_states {
            filters.states = bit();
        }
        if query.rating.is_some() {
            filters.rating = bit();
        }
        if !groups.is_empty() {
            for (number, value) in values.list.iter().enumerate() {
                filters.group[number] = groups.get(&value.group).copied().unwrap_or(0);
            }
        }
        filters
    }
}

/// A product that passes, on its way to a page.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    key: u64,
    part: u32,
    document: u32,
    price: u32,
}

/// Counts of everything that a page tells.
#[derive(Debug)]
struct Counts {
    values: Vec<u32>,
    /// By value of an option: the last product that counted for it, so that each product counts once.
    seen: Vec<u32>,
    products: u32,
    prices: Vec<u32>,
    in_stock: usize,
    on_offer: usize,
    ratings: [usize; 6],
    states: [usize; 4],
}

impl Index {
    /// A page of what the index had at a publication, from [`Index::covers`] to [`Index::seq`]. For any other one it is
    /// that of the nearest of these.
    pub fn search(&self, query: &Query, synonyms: &Synonyms, seq: u32) -> Page {
        let seq = seq.clamp(self.covers(), self.seq());
        let states = bits(if query.count_states { &State::ALL } else { &query.states });
        let parts: Vec<&Part> = self.parts_at(seq).collect();
        let filters = Filters::new(self, query);
        let mut counts = Counts {
            values: vec![0; self.values.list.len()],
            seen: vec![0; self.values.list.len()],
            products: 0,
            prices: Vec::new(),
            in_stock: 0,
            on_offer: 0,
            ratings: [0; 6],
            states: [0; 4],
        };
        let mut candidates = Vec::new();
        let mut look = |matched: Match| {
            let part = parts[matched.part as usize];
            if let Some(price) = counts.count(part, matched.document, &filters, query) {
                let key = key(part, matched, price, query.sort);
                candidates.push(Candidate { key, part: matched.part, document: matched.document, price });
            }
        };
        let mut corrected = None;
        if query.text.trim().is_empty() {
            for (number, part) in parts.iter().enumerate() {
                for document in 0..part.segment.len() {
                    if part.has(document, seq) && part.segment.columns.is_in(document, states) {
                        look(Match { part: number as u32, document, rank: 0 });
                    }
                }
            }
        } else if !words(&query.text).is_empty() {
            let mut matches = find(self, seq, states, &query.text, synonyms);
            pin(&mut matches.found, &parts, query, seq, states);
            matches.found.into_iter().for_each(&mut look);
            corrected = matches.corrected;
        }
        let total = candidates.len();
        let hits = page(&parts, candidates, query);
        Page {
            total,
            hits,
            facets: counts.facets(self),
            prices: buckets(&counts.prices),
            in_stock: counts.in_stock,
            on_offer: counts.on_offer,
            ratings: counts.ratings,
            states: counts.states,
            corrected,
        }
    }
}

/// The rank of the first pinned product; every other rank is greater.
const PINNED: u32 = 0;
const NOT_PINNED: u32 = 1 << 22;

/// Puts pinned products first, whether they have the words or not.
fn pin(found: &mut Vec<Match>, parts: &[&Part], query: &Query, seq: u32, states: u8) {
    if query.sort != Sort::Relevance {
        return;
    }
    for matched in &mut *found {
        matched.rank += NOT_PINNED;
    }
    for (rank, &id) in query.pinned.iter().enumerate() {
        for (number, part) in parts.iter().enumerate() {
            let document = part.segment.find(id).filter(|it| part.has(*it, seq));
            let Some(document) = document.filter(|it| part.segment.columns.is_in(*it, states)) else { continue };
            found.retain(|matched| (matched.part, matched.document) != (number as u32, document));
            found.push(Match { part: number as u32, document, rank: PINNED + rank as u32 });
        }
    }
}

impl Counts {
    /// Counts a product, and gives its lowest price if it passes all filters.
    fn count(&mut self, part: &Part, document: u32, filters: &Filters, query: &Query) -> Option<u32> {
        let columns = &part.segment.columns;
        let values = columns.values.get(document);
        let popularity = part.popularity[document as usize];
        let mut failed = filters.products;
        if failed != 0 {
            failed &= !values.iter().fold(0, |chosen, value| chosen | filters.chosen[*value as usize]);
        }
        if query.rating.is_some_and(|least| popularity.rating < least) {
            failed |= filters.rating;
        }
        let state = columns.states[document as usize];
        if filters.states != 0 && state & bits(&query.states) == 0 {
            failed |= filters.states;
        }
        if failed.count_ones() > 1 {
            return None;
        }
        self.products += 1;
        // The lowest price that passes everything, and the one that passes all but the price.
        let (mut lowest, mut any_price) = (None, None);
        let mut nearly = 0;
        let (mut in_stock, mut on_offer) = (false, false);
        for &variant in columns.variants.get(document) {
            let (price, flags) = (columns.prices[variant as usize], columns.flags[variant as usize]);
            let (stocked, offered) = (flags & IN_STOCK != 0, flags & ON_OFFER != 0);
            let options = columns.options.get(variant);
            let mut fails = failed;
            if filters.variants != 0 {
                let chosen = options.iter().fold(0, |chosen, value| chosen | filters.chosen[*value as usize]);
                fails |= filters.variants & !chosen;
            }
            let too_low = query.min_price.is_some_and(|least| price < least);
            if too_low || query.max_price.is_some_and(|most| price > most) {
                fails |= filters.price;
            }
            if !stocked {
                fails |= filters.stock;
            }
            if !offered {
                fails |= filters.offer;
            }
            if fails.count_ones() > 1 {
                continue;
            }
            nearly |= fails;
            if fails == 0 {
                lowest = Some(lowest.map_or(price, |lowest: u32| lowest.min(price)));
            }
            if fails & !filters.price == 0 {
                any_price = Some(any_price.map_or(price, |lowest: u32| lowest.min(price)));
            }
            in_stock |= stocked && fails & !filters.stock == 0;
            on_offer |= offered && fails & !filters.offer == 0;
            for &option in options {
                let (seen, group) = (&mut self.seen[option as usize], filters.group[option as usize]);
                if fails & !group == 0 && *seen != self.products {
                    *seen = self.products;
                    self.values[option as usize] += 1;
                }
            }
        }
        let passes = lowest.is_some();
        if passes || nearly & filters.products != 0 {
            for &value in values {
                if passes || nearly & filters.group[value as usize] != 0 {
                    self.values[value as usize] += 1;
                }
            }
        }
        if passes || nearly & filters.rating != 0 {
            self.ratings[usize::from(popularity.rating / 100).min(5)] += 1;
        }
        if filters.states != 0 && (passes || nearly & filters.states != 0) {
            self.states[state.trailing_zeros() as usize & 3] += 1;
        }
        self.in_stock += usize::from(in_stock);
        self.on_offer += usize::from(on_offer);
        self.prices.extend(any_price);
        lowest
    }

    fn facets(&self, index: &Index) -> Vec<Facet> {
        let mut facets: BTreeMap<&Group, Vec<FacetValue>> = BTreeMap::new();
        for (value, &count) in index.values.list.iter().zip(&self.values) {
            if count > 0 {
                let counted = FacetValue { value: value.value.clone(), count: count as usize };
                facets.entry(&value.group).or_default().push(counted);
            }
        }
        let facet = |(group, mut values): (&Group, Vec<FacetValue>)| {
            values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            values.truncate(match group {
                Group::Category | Group::Brand => MAX_TERMS,
                Group::Attribute(_) | Group::Option(_) => MAX_VALUES,
            });
            Facet { group: group.clone(), values }
        };
        facets.into_iter().map(facet).collect()
    }
}

/// By relevance, numbers of sales from here on are equal: 20 bits of a key.
pub(crate) const MAX_SALES: u32 = (1 << 20) - 1;

/// Less comes first.
fn key(part: &Part, matched: Match, price: u32, sort: Sort) -> u64 {
    let popularity = part.popularity[matched.document as usize];
    let columns = &part.segment.columns;
    let down = |number: u32| u64::from(u32::MAX - number);
    match sort {
        Sort::Relevance => {
            let out =
                columns.variants.get(matched.document).iter().all(|it| columns.flags[*it as usize] & IN_STOCK == 0);
            let (sales, ever) = (popularity.sales.min(MAX_SALES), popularity.sales_ever.min(MAX_SALES));
            let sales = u64::from(MAX_SALES - sales) << 20 | u64::from(MAX_SALES - ever);
            u64::from(matched.rank) << 41 | u64::from(out) << 40 | sales
        }
        Sort::PriceAscending => price.into(),
        Sort::PriceDescending => down(price),
        Sort::Newest => u64::MAX - columns.created[matched.document as usize],
        Sort::Bestselling => down(popularity.sales) << 32 | down(popularity.sales_ever),
        Sort::Rating => down(popularity.rating.into()) << 32 | down(popularity.ratings),
        Sort::Name => 0,
    }
}

fn page(parts: &[&Part], mut candidates: Vec<Candidate>, query: &Query) -> Vec<Hit> {
    let columns = |candidate: &Candidate| &parts[candidate.part as usize].segment.columns;
    let id = |candidate: &Candidate| columns(candidate).ids[candidate.document as usize];
    let name = |candidate: &Candidate| match query.sort {
        Sort::Name => columns(candidate).names.get(candidate.document),
        _ => &[],
    };
    let order = |a: &Candidate, b: &Candidate| {
        let names = || match query.sort {
            Sort::Name if a.part == b.part => {
                let rank = |it: &Candidate| columns(it).name_ranks[it.document as usize];
                rank(a).cmp(&rank(b))
            }
            Sort::Name => name(a).cmp(name(b)),
            _ => Ordering::Equal,
        };
        a.key.cmp(&b.key).then_with(names).then_with(|| id(b).cmp(&id(a)))
    };
    if let Some(after) = &query.after {
        candidates.retain(|it| {
            let order = it.key.cmp(&after.key).then_with(|| name(it).cmp(&after.name));
            order.then_with(|| after.id.cmp(&id(it))).is_gt()
        });
    }
    let end = query.skip.saturating_add(query.limit);
    if end < candidates.len() {
        candidates.select_nth_unstable_by(end, order);
        candidates.truncate(end);
    }
    candidates.sort_unstable_by(order);
    let hit = |it: &Candidate| Hit {
        id: id(it),
        card: columns(it).cards.get(it.document).to_vec(),
        popularity: parts[it.part as usize].popularity[it.document as usize],
        price: it.price,
        position: Position { key: it.key, name: name(it).to_vec(), id: id(it) },
    };
    candidates.iter().skip(query.skip).map(hit).collect()
}

/// The prices in equal steps of a round width.
fn buckets(prices: &[u32]) -> Vec<PriceBucket> {
    let (Some(&lowest), Some(&highest)) = (prices.iter().min(), prices.iter().max()) else {
        return Vec::new();
    };
    let width = round_width((highest - lowest) / PRICE_BUCKETS + 1);
    let start = lowest / width * width;
    let mut counts = vec![0; ((highest - start) / width + 1) as usize];
    for price in prices {
        counts[((price - start) / width) as usize] += 1;
    }
    let bucket = |(number, count): (usize, usize)| {
        let from = start + number as u32 * width;
        PriceBucket { from, to: from.saturating_add(width), count }
    };
    counts.into_iter().enumerate().map(bucket).filter(|bucket| bucket.count > 0).collect()
}

/// The next number of 1, 2, 5, 10, 20, 50 and so on.
fn round_width(least: u32) -> u32 {
    let mut ten = 1_u32;
    loop {
        for step in [1, 2, 5] {
            if let Some(width) = ten.checked_mul(step).filter(|width| *width >= least) {
                return width;
            }
        }
        let Some(more) = ten.checked_mul(10) else { return least };
        ten = more;
    }
}
