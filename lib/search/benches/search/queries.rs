//! What shoppers and staff ask.

use std::collections::BTreeMap;

use sample_catalogue::Random;
use search_index::{Document, Query, Sort, State};

/// Queries of one kind.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) queries: Vec<Query>,
}

pub(crate) fn base() -> Query {
    Query { states: vec![State::Active], count_facets: true, limit: 20, ..Query::default() }
}

fn for_text(text: String) -> Query {
    Query { text, ..base() }
}

/// Queries after what products are found by, so that frequent words and categories are frequent.
pub(crate) fn kinds(documents: &[Document], each: usize) -> Vec<Kind> {
    let mut random = Random::new(99);
    let mut kind = |name, make: &dyn Fn(&Document, &mut Random) -> Query| {
        let mut queries = Vec::new();
        for _ in 0..each {
            let document = &documents[random.below(documents.len())];
            queries.push(make(document, &mut random));
        }
        Kind { name, queries }
    };
    let category = |it: &Document, random: &mut Random| Some(random.one_of(&it.categories).id.clone());
    vec![
        kind("all products", &|_, _| base()),
        kind("a category", &|it, random| Query { category: category(it, random), ..base() }),
        kind("a category, by price", &|it, random| Query {
            category: category(it, random),
            sort: if random.percent(50) { Sort::PriceAscending } else { Sort::PriceDescending },
            ..base()
        }),
        kind("one filter", &|it, random| one_filter(it, random)),
        kind("filters", &|it, random| filters(it, random)),
        kind("one word", &|it, random| for_text(word(it, 3, random))),
        kind("two words", &|it, random| for_text(two_words(it, random))),
        kind("words and filters", &|it, random| Query { text: word(it, 3, random), ..filters(it, random) }),
        kind("beginning, 2 letters", &|it, random| for_text(beginning(it, 2, random))),
        kind("beginning, 3 to 5", &|it, random| for_text(beginning(it, 3 + random.below(3), random))),
        kind("one wrong letter", &|it, random| for_text(misspelt(&word(it, 5, random), 1, random))),
        kind("two wrong letters", &|it, random| for_text(misspelt(&word(it, 8, random), 2, random))),
        kind("two words, one wrong", &|it, random| {
            let wrong = misspelt(&word(it, 5, random), 1, random);
            for_text(format!("{wrong} {}", word(it, 3, random)))
        }),
        kind("a SKU", &|it, _| for_text(it.variants[0].sku.clone())),
        kind("staff, with states", &|it, random| Query {
            states: State::ALL.to_vec(),
            count_states: true,
            sort: Sort::Newest,
            text: if random.percent(50) { word(it, 3, random) } else { it.variants[0].sku[..6].to_owned() },
            ..base()
        }),
        kind("staff, all drafts", &|_, _| Query {
            states: vec![State::Draft],
            count_states: true,
            sort: Sort::NameAscending,
            ..base()
        }),
    ]
}

fn one_filter(it: &Document, random: &mut Random) -> Query {
    let variant = &it.variants[0];
    match random.below(5) {
        0 => Query { brands: it.brand.iter().map(|brand| brand.id.clone()).collect(), ..base() },
        1 => Query { max_price: Some(variant.price), ..base() },
        2 => Query { attributes: lists(&it.attributes), ..base() },
        3 => Query { in_stock: true, ..base() },
        _ => Query { on_offer: true, ..base() },
    }
}

fn filters(it: &Document, random: &mut Random) -> Query {
    let variant = &it.variants[0];
    Query {
        category: random.percent(70).then(|| it.categories[random.below(2)].id.clone()),
        options: lists(&variant.options),
        max_price: random.percent(70).then(|| variant.price * 3 / 2),
        in_stock: random.percent(70),
        ..base()
    }
}

/// The first of these names with its value.
fn lists(values: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    values.iter().take(1).map(|(name, value)| (name.clone(), vec![value.clone()])).collect()
}

/// A word of the name, or its longest one if none has so many letters.
fn word(it: &Document, letters: usize, random: &mut Random) -> String {
    let mut words: Vec<&str> = it.name.split([' ', '-']).collect();
    words.sort_by_key(|word| word.len());
    let long = words.partition_point(|word| word.len() < letters);
    let from = long.min(words.len() - 1);
    (*random.one_of(&words[from..])).to_owned()
}

fn two_words(it: &Document, random: &mut Random) -> String {
    format!("{} {}", word(it, 3, random), word(it, 3, random))
}

pub(crate) fn beginning(it: &Document, letters: usize, random: &mut Random) -> String {
    word(it, letters, random).chars().take(letters).collect()
}

/// A word with some letters added, left out, replaced or swapped.
pub(crate) fn misspelt(word: &str, edits: usize, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.to_lowercase().chars().collect();
    for _ in 0..edits {
        let (at, new) = (random.below(letters.len()), *random.one_of(&['a', 'e', 'i', 'n', 'r', 's', 't', 'o']));
        match random.below(4) {
            0 => letters.insert(at, new),
            1 if letters.len() > 2 => drop(letters.remove(at)),
            2 if at > 0 => letters.swap(at - 1, at),
            _ => letters[at] = new,
        }
    }
    letters.into_iter().collect()
}
