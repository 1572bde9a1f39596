//! The same answers by reading every product, slowly and in the simplest way. Tests compare the index with it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::build::{MAX_DESCRIPTION_WORDS, main_words, skus};
use crate::document::{Document, State, Variant};
use crate::order::MAX_SALES;
use crate::pattern::MIN_SKU_LETTERS;
use crate::prices::{PriceBucket, buckets};
use crate::query::{Page, Query, Sort};
use crate::segment::Group;
use crate::synonyms::Synonyms;
use crate::terms::{Field, Place};
use crate::text::{Language, collation, words};

const LANGUAGE: Language = Language::English;

/// What of a page must be equal. A product is told by its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) total: usize,
    pub(crate) hits: Vec<u8>,
    pub(crate) facets: BTreeMap<Group, BTreeMap<String, usize>>,
    pub(crate) prices: Vec<PriceBucket>,
    pub(crate) in_stock: usize,
    pub(crate) on_offer: usize,
    pub(crate) ratings: [usize; 6],
    pub(crate) states: [usize; 4],
}

impl Expected {
    pub(crate) fn of(page: &Page) -> Self {
        let facet = |facet: &crate::query::Facet| {
            let values = facet.values.iter().map(|value| (value.value.clone(), value.count));
            (facet.group.clone(), values.collect())
        };
        Self {
            total: page.total,
            hits: page.hits.iter().map(|hit| hit.id[15]).collect(),
            facets: page.facets.iter().map(facet).collect(),
            prices: page.prices.clone(),
            in_stock: page.in_stock,
            on_offer: page.on_offer,
            ratings: page.ratings,
            states: page.states,
        }
    }
}

/// The whole list and all counts.
pub(crate) fn search(documents: &[Document], query: &Query, synonyms: &Synonyms) -> Expected {
    let looked_at = |it: &&Document| query.count_states || query.states.contains(&it.state);
    let live: Vec<&Document> = documents.iter().filter(looked_at).collect();
    let ranked: Vec<(&Document, Vec<u32>)> = match query.text.trim() {
        "" => live.into_iter().map(|document| (document, Vec::new())).collect(),
        text => matches(&live, text, synonyms),
    };
    let mut counts = Expected::default();
    let (mut found, mut prices) = (Vec::new(), Vec::new());
    for (document, rank) in ranked {
        let passes =
            |left_out: &Filter| document.variants.iter().any(|variant| fits(document, variant, query, left_out));
        let fitting = document.variants.iter().filter(|variant| fits(document, variant, query, &Filter::None));
        let lowest = fitting.map(|variant| variant.price).min();
        if let Some(price) = lowest {
            found.push((document, rank, price));
        }
        let mut values: BTreeSet<(Group, String)> = BTreeSet::new();
        let own = document.categories.iter().map(|it| (Group::Category, it.id.clone()));
        let own = own.chain(document.brand.iter().map(|it| (Group::Brand, it.id.clone())));
        let attributes = document.attributes.iter();
        let own = own.chain(attributes.map(|(name, value)| (Group::Attribute(name.clone()), value.clone())));
        values.extend(own.filter(|(group, _)| passes(&Filter::Group(group.clone()))));
        for variant in &document.variants {
            let options = variant.options.iter();
            let options = options.map(|(name, value)| (Group::Option(name.clone()), value.clone()));
            values.extend(options.filter(|(group, _)| fits(document, variant, query, &Filter::Group(group.clone()))));
        }
        for (group, value) in values {
            *counts.facets.entry(group).or_default().entry(value).or_default() += 1;
        }
        let any_price = document.variants.iter().filter(|variant| fits(document, variant, query, &Filter::Price));
        prices.extend(any_price.map(|variant| variant.price).min());
        let stocked = |variant: &Variant| variant.in_stock && fits(document, variant, query, &Filter::Stock);
        counts.in_stock += usize::from(document.variants.iter().any(stocked));
        let offered = |variant: &Variant| variant.on_offer && fits(document, variant, query, &Filter::Offer);
        counts.on_offer += usize::from(document.variants.iter().any(offered));
        if query.count_states {
            let state = STATES.iter().position(|state| *state == document.state).unwrap();
            counts.states[state] += usize::from(passes(&Filter::State));
        }
        counts.ratings[usize::from(document.popularity.rating / 100)] += usize::from(passes(&Filter::Rating));
    }
    counts.prices = buckets(&prices);
    counts.total = found.len();
    found.sort_by_cached_key(|(document, rank, price)| order(document, rank, *price, query));
    counts.hits = found.iter().map(|(document, ..)| document.id[15]).collect();
    counts
}

/// A filter that a count leaves out.
enum Filter {
    None,
    Group(Group),
    Price,
    Stock,
    Offer,
    State,
    Rating,
}

fn fits(document: &Document, variant: &Variant, query: &Query, left_out: &Filter) -> bool {
    let asked = |group: Group| !matches!(left_out, Filter::Group(it) if *it == group);
    let one_of = |wanted: &[String], value: Option<&String>| value.is_some_and(|value| wanted.contains(value));
    let category = query.category.as_ref().is_none_or(|id| document.categories.iter().any(|it| it.id == *id));
    let brand = query.brands.is_empty() || one_of(&query.brands, document.brand.as_ref().map(|it| &it.id));
    let attributes = query.attributes.iter().filter(|(name, _)| asked(Group::Attribute((*name).clone())));
    let options = query.options.iter().filter(|(name, _)| asked(Group::Option((*name).clone())));
    let price = query.min_price.is_none_or(|least| variant.price >= least)
        && query.max_price.is_none_or(|most| variant.price <= most);
    (category || !asked(Group::Category))
        && (brand || !asked(Group::Brand))
        && attributes.into_iter().all(|(name, wanted)| one_of(wanted, document.attributes.get(name)))
        && options.into_iter().all(|(name, wanted)| one_of(wanted, variant.options.get(name)))
        && (price || matches!(left_out, Filter::Price))
        && (variant.in_stock || !query.in_stock || matches!(left_out, Filter::Stock))
        && (variant.on_offer || !query.on_offer || matches!(left_out, Filter::Offer))
        && (query.states.contains(&document.state) || matches!(left_out, Filter::State))
        && (query.rating.is_none_or(|least| document.popularity.rating >= least) || matches!(left_out, Filter::Rating))
}

type Order = (Vec<u32>, u64, u64, (String, Reverse<String>), Reverse<crate::document::Id>);

fn order(document: &Document, rank: &[u32], price: u32, query: &Query) -> Order {
    let popularity = document.popularity;
    let (sales, ever) = (popularity.sales, popularity.sales_ever);
    let down = |number: u32| u64::from(u32::MAX - number);
    let out = u64::from(!document.variants.iter().any(|variant| variant.in_stock));
    let (first, second) = match query.sort {
        Sort::Relevance => (out, down(sales.min(MAX_SALES)) << 32 | down(ever.min(MAX_SALES))),
        Sort::PriceAscending => (price.into(), 0),
        Sort::PriceDescending => (down(price), 0),
        Sort::Newest => (u64::MAX - document.created_at, 0),
        Sort::Bestselling => (down(sales), down(ever)),
        Sort::Rating => (down(popularity.rating.into()), down(popularity.ratings)),
        Sort::NameAscending | Sort::NameDescending => (0, 0),
    };
    let rank = if query.sort == Sort::Relevance { rank.to_vec() } else { Vec::new() };
    let name = |sort| if query.sort == sort { collation(&document.name) } else { String::new() };
    let names = (name(Sort::NameAscending), Reverse(name(Sort::NameDescending)));
    (rank, first, second, names, Reverse(document.id))
}

/// The products that match at the first stage that finds something, with their rank.
fn matches<'a>(live: &[&'a Document], text: &str, synonyms: &Synonyms) -> Vec<(&'a Document, Vec<u32>)> {
    let exists = |joined: &str| live.iter().any(|it| main_words(it).iter().any(|(word, _)| word == joined));
    let slots = synonyms.slots(text, 12, exists);
    for stage in 0..4 {
        let rank = |document: &&'a Document| {
            let scores: Vec<Option<Score>> = (slots.iter())
                .map(|slot| {
                    let own = phrase(document, &slot.own, slot.is_last, stage);
                    let others = slot.others.iter().filter_map(|other| phrase(document, other, false, 0));
                    own.into_iter().chain(others.map(|score| Score { inexact: score.inexact.max(1), ..score })).min()
                })
                .collect();
            let has = scores.iter().flatten().count();
            let enough = if stage == 3 { has * 2 >= scores.len() } else { has == scores.len() };
            (enough && has > 0).then(|| (*document, rank(&scores)))
        };
        let found: Vec<_> = live.iter().filter_map(rank).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn rank(scores: &[Option<Score>]) -> Vec<u32> {
    let has: Vec<&Score> = scores.iter().flatten().collect();
    let sum = |part: fn(&Score) -> u32| has.iter().map(|score| part(score)).sum::<u32>();
    let follows = |pair: &[Option<Score>]| match (&pair[0], &pair[1]) {
        (Some(before), Some(after)) => before.last < 31 && after.first == before.last + 1,
        _ => false,
    };
    let adjacent = scores.windows(2).filter(|pair| follows(pair)).count();
    vec![
        (scores.len() - has.len()) as u32,
        sum(|score| score.typos).min(15),
        sum(|score| score.inexact).min(15),
        (scores.len() - 1 - adjacent) as u32,
        sum(|score| score.field).min(63),
    ]
}

/// Positions from 31 on, and in other fields than the name, are 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    typos: u32,
    inexact: u32,
    field: u32,
    first: u32,
    last: u32,
}

fn phrase(document: &Document, words: &[String], is_last: bool, stage: u8) -> Option<Score> {
    let score = |(number, word): (usize, &String)| best(document, word, stage, is_last && number + 1 == words.len());
    words.iter().enumerate().map(score).reduce(|before, next| {
        let (before, next) = (before?, next?);
        Some(Score {
            typos: before.typos + next.typos,
            inexact: before.inexact.max(next.inexact),
            field: before.field.max(next.field),
            first: before.first,
            last: next.last,
        })
    })?
}

fn best(document: &Document, word: &str, stage: u8, is_prefix: bool) -> Option<Score> {
    let edits = match (stage, word.len()) {
        _ if word.bytes().any(|b| b.is_ascii_digit()) => 0,
        (0, _) | (_, 0..4) => 0,
        (1, _) | (_, 4..8) => 1,
        _ => 2,
    };
    let is_prefix = is_prefix && (stage < 3 || word.len() > 2);
    let stem = LANGUAGE.stem(word);
    let mut scores = Vec::new();
    let mut add = |found: &str, place: Place, is_main: bool| {
        let position = if place.position() < 31 { place.position().into() } else { 255 };
        let score =
            |typos, inexact| Score { typos, inexact, field: place.field().into(), first: position, last: position };
        if found == word {
            scores.push(score(0, 0));
        }
        if found == stem || LANGUAGE.stem(found) == stem {
            scores.push(score(0, 1));
        }
        if is_main && is_prefix && found.starts_with(word) {
            scores.push(score(0, 2));
        }
        if is_main && edits > 0 {
            let typos = if is_prefix {
                (0..=found.len()).map(|length| distance(word, &found[..length])).min().unwrap_or(9)
            } else {
                distance(word, found)
            };
            if typos <= edits {
                scores.push(score(typos, if is_prefix { 2 } else { 0 }));
            }
        }
    };
    for (found, place) in main_words(document) {
        add(&found, place, true);
    }
    for found in words(&document.description).iter().take(MAX_DESCRIPTION_WORDS) {
        add(&found.folded, Place::new(Field::Description, 0), false);
    }
    let is_sku = |sku: String| {
        let begins = is_prefix && word.len() >= MIN_SKU_LETTERS && sku.starts_with(word);
        let inexact = if sku == word { 0 } else { 2 };
        (sku == word || begins).then_some(Score { typos: 0, inexact, field: Field::Sku as u32, first: 255, last: 255 })
    };
    scores.into_iter().chain(skus(document).filter_map(is_sku)).min()
}

/// Insertions, deletions, substitutions, and swaps of neighbours.
fn distance(a: &str, b: &str) -> u32 {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if i == 0 || j == 0 {
                rows[i][j] = i + j;
                continue;
            }
            let differs = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()] as u32
}

/// All states.
pub(crate) const STATES: [State; 4] = State::ALL;
