//! The index and the oracle agree on random catalogues, queries and publications.

use std::collections::BTreeMap;

use proptest::bool::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::build::{Batch, build};
use crate::document::{Document, Id, Popularity, State, Term, Variant};
use crate::index::{Index, NotNext};
use crate::oracle::{self, Expected, STATES};
use crate::query::{Page, Query, Sort};
use crate::rules::named;
use crate::synonyms::Synonyms;
use crate::text::Language;

const WORDS: [&str; 24] = [
    "red",
    "blue",
    "shirt",
    "shirts",
    "tshirt",
    "t-shirt",
    "T shirt",
    "rain",
    "coat",
    "raincoat",
    "rain-coat",
    "leather",
    "wallet",
    "wallets",
    "harbour",
    "harbor",
    "waterproof",
    "K00",
    "42",
    "a",
    "sofa",
    "couch",
    "running shoes",
    "Größe",
];
const QUERIES: [&str; 24] = [
    "",
    "red",
    "shirt",
    "tshirt",
    "t shirt",
    "rain coat",
    "raincoat",
    "lether walet",
    "wa",
    "walle",
    "harbr",
    "waterprof",
    "wateprof coat",
    "sku-1",
    "sku12",
    "42",
    "couch",
    "trainers",
    "grosse",
    "?!",
    "red blue shirt",
    "coat unicorn",
    "r",
    "leather red",
];
const BRANDS: [&str; 3] = ["Acme", "Nord", "Harbour"];
const COLOURS: [&str; 3] = ["Red", "Blue", "Green"];
const SIZES: [&str; 3] = ["S", "M", "L"];

fn text(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(select(&WORDS[..]), 1..=most).prop_map(|words| words.join(" "))
}

fn term(names: &'static [&'static str]) -> impl Strategy<Value = Term> {
    select(names).prop_map(|name| Term { id: name.to_lowercase(), name: name.to_owned() })
}

fn variant() -> impl Strategy<Value = Variant> {
    let options = (select(&SIZES[..]), proptest::option::of(select(&COLOURS[..])));
    (0_u8..20, 0_u32..50, any::<(bool, bool)>(), options).prop_map(|(sku, price, flags, (size, colour))| {
        let (in_stock, on_offer) = flags;
        let colour = colour.map(|colour| ("Colour".to_owned(), colour.to_owned()));
        let options = [("Size".to_owned(), size.to_owned())].into_iter().chain(colour).collect();
        Variant { sku: format!("SKU-{sku}"), price: price * 100, in_stock, on_offer, options }
    })
}

fn popularity() -> impl Strategy<Value = Popularity> {
    (0_u32..4, 0_u32..3, 0_u16..=5, 0_u32..3).prop_map(|(sales, more, stars, ratings)| Popularity {
        sales,
        sales_ever: sales + more,
        rating: stars * 100,
        ratings,
    })
}

pub(crate) fn id(number: u8) -> Id {
    let mut id = [0; 16];
    id[15] = number;
    id
}

fn document() -> impl Strategy<Value = Document> {
    let terms = (
        proptest::option::of(term(&BRANDS)),
        subsequence(&["Clothing", "Rain wear", "Bags"][..], 0..=3),
        proptest::option::of(select(&COLOURS[..])),
    );
    let texts = (text(4), text(3), prop::collection::vec(variant(), 1..4));
    let rest = (select(&STATES[..]), 0_u64..4, popularity());
    (0_u8..12, terms, texts, rest).prop_map(|(number, terms, texts, (state, created_at, popularity))| {
        let (brand, categories, colour) = terms;
        let (name, description, variants) = texts;
        let category = |name: &str| Term { id: name.to_lowercase(), name: name.to_owned() };
        Document {
            id: id(number),
            state,
            name,
            brand,
            categories: categories.into_iter().map(category).collect(),
            attributes: colour.into_iter().map(|it| ("Colour".to_owned(), it.to_owned())).collect(),
            description,
            variants,
            created_at,
            popularity,
            card: vec![number],
        }
    })
}

fn batch() -> impl Strategy<Value = Batch> {
    let documents = prop::collection::btree_map(0_u8..12, document(), 0..6);
    let removed = prop::collection::vec((0_u8..12).prop_map(id), 0..3);
    let popular = prop::collection::vec(((0_u8..12).prop_map(id), popularity()), 0..3);
    (documents, removed, popular).prop_map(|(documents, removed, popularity)| {
        let documents: Vec<Document> = documents.into_iter().map(|(n, it)| Document { id: id(n), ..it }).collect();
        Batch { documents, removed, popularity }
    })
}

fn chosen(names: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    subsequence(names, 1..=2).prop_map(|names| names.into_iter().map(str::to_owned).collect())
}

fn by_name(name: &'static str, names: &'static [&'static str]) -> impl Strategy<Value = BTreeMap<String, Vec<String>>> {
    proptest::option::weighted(0.3, chosen(names))
        .prop_map(|chosen| chosen.map(|it| (name.to_owned(), it)).into_iter().collect())
}

fn query() -> impl Strategy<Value = Query> {
    let sorts = [
        Sort::Relevance,
        Sort::Relevance,
        Sort::PriceAscending,
        Sort::PriceDescending,
        Sort::Newest,
        Sort::Bestselling,
        Sort::Rating,
        Sort::NameAscending,
        Sort::NameDescending,
    ];
    // The shopper's query has a state and, when it browses, no words.
    let text = prop_oneof![2 => select(&QUERIES[..]), 1 => Just("")];
    let states = prop_oneof![subsequence(&STATES[..], 1..=4), Just(vec![State::Active])];
    let texts = (text, states, select(sorts.to_vec()));
    let terms = (
        proptest::option::weighted(0.3, select(&["clothing", "bags", "nothing"][..])),
        proptest::option::weighted(0.3, subsequence(&["acme", "nord", "none"][..], 1..=2)),
        by_name("Colour", &COLOURS),
        by_name("Size", &SIZES),
    );
    let numbers = (
        proptest::option::weighted(0.3, 0_u32..50),
        proptest::option::weighted(0.3, 0_u32..50),
        (weighted(0.3), weighted(0.2), weighted(0.2)),
        proptest::option::weighted(0.2, 1_u16..=5),
    );
    (texts, terms, numbers).prop_map(|((text, states, sort), (category, brands, attributes, options), numbers)| {
        let (least, most, (in_stock, on_offer, count_states), stars) = numbers;
        Query {
            text: text.to_owned(),
            states,
            category: category.map(str::to_owned),
            brands: brands.unwrap_or_default().into_iter().map(str::to_owned).collect(),
            min_price: least.map(|price| price * 100),
            max_price: most.map(|price| price * 100),
            in_stock,
            on_offer,
            count_states,
            count_facets: true,
            rating: stars.map(|stars| stars * 100),
            attributes,
            options,
            sort,
            limit: usize::MAX,
            ..Query::default()
        }
    })
}

pub(crate) fn synonyms() -> Synonyms {
    let mut synonyms = Synonyms::default();
    synonyms.both_ways(&["sofa", "couch"]);
    synonyms.one_way("trainers", "running shoes");
    synonyms
}

/// The products as they were at each publication. A change of popularity alone holds for all of them.
fn history(batches: &[Batch]) -> Vec<Vec<Document>> {
    let mut history: Vec<Vec<Document>> = Vec::new();
    for batch in batches {
        for &(id, popularity) in &batch.popularity {
            let versions = history.iter_mut().flatten().filter(|document| document.id == id);
            versions.for_each(|document| document.popularity = popularity);
        }
        let mut now = history.last().cloned().unwrap_or_default();
        now.retain(|it| !batch.removed.contains(&it.id) && !batch.documents.iter().any(|new| new.id == it.id));
        now.extend(batch.documents.iter().cloned());
        history.push(now);
    }
    history
}

pub(crate) fn index(batches: &[Batch]) -> Index {
    let mut segments = batches.iter().map(|batch| build(batch.clone(), Language::English));
    let base = Index::open(segments.next().unwrap(), 0, Language::English).unwrap();
    segments.zip(1..).fold(base, |index, (segment, seq)| index.with(segment, seq).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_page_is_that_of_the_oracle(
        batches in prop::collection::vec(batch(), 1..5),
        queries in prop::collection::vec(query(), 12),
    ) {
        let (index, history, synonyms) = (index(&batches), history(&batches), synonyms());
        let merged = Index::open(index.merged(), index.seq(), Language::English).unwrap();
        for query in queries {
            for (seq, documents) in (0..).zip(&history) {
                let expected = oracle::search(documents, &query, &synonyms);
                let page = index.search(&query, &synonyms, seq);
                prop_assert_eq!(Expected::of(&page), expected, "{:?} at {}", &query, seq);
                let alone = index.search(&Query { count_facets: false, ..query.clone() }, &synonyms, seq);
                prop_assert_eq!(alone, Page { total: page.total, hits: page.hits, corrected: page.corrected, ..Page::default() });
            }
            let (page, after) = (index.search(&query, &synonyms, index.seq()), merged.search(&query, &synonyms, merged.seq()));
            prop_assert_eq!(Expected::of(&page), Expected::of(&after));
            // The same list, page by page.
            let (mut listed, mut last) = (Vec::new(), None);
            loop {
                let query = Query { limit: 2, after: last.take(), ..query.clone() };
                let part = index.search(&query, &synonyms, index.seq());
                prop_assert_eq!(part.total, page.total);
                let Some(hit) = part.hits.last() else { break };
                last = Some(hit.position.clone());
                listed.extend(part.hits);
            }
            prop_assert_eq!(&listed, &page.hits);
            let skipped = index.search(&Query { skip: 1, limit: 2, ..query.clone() }, &synonyms, index.seq());
            prop_assert_eq!(skipped.hits, page.hits.into_iter().skip(1).take(2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn bytes_that_are_no_segment_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Index::open(bytes, 0, Language::English).is_err());
    }
}

#[test]
fn a_missing_publication_is_seen() {
    let batches = [Batch::default()];
    let segment = build(Batch::default(), Language::English);
    assert_eq!(index(&batches).with(segment, 2).unwrap_err(), NotNext::Gap);
}

#[test]
fn a_publication_that_an_index_does_not_have_is_the_nearest_one() {
    let batch = |name: &str| Batch { documents: vec![named(1, name, 0)], ..Batch::default() };
    let base = Index::open(build(batch("old"), Language::English), 7, Language::English).unwrap();
    let index = base.with(build(batch("new"), Language::English), 8).unwrap();
    let query = Query { states: vec![State::Active], limit: 9, ..Query::default() };
    for text in ["", "old", "new", "odl"] {
        let query = Query { text: text.to_owned(), ..query.clone() };
        let at = |seq| index.search(&query, &synonyms(), seq);
        assert_eq!((at(0), at(9), at(u32::MAX)), (at(7), at(8), at(8)));
    }
    let last = Index::open(build(Batch::default(), Language::English), u32::MAX, Language::English).unwrap();
    assert_eq!(last.with(build(batch("new"), Language::English), 0).unwrap_err(), NotNext::Gap);
}
