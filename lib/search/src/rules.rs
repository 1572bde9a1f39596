//! What a page shows, rule by rule.

use std::collections::BTreeMap;

use crate::build::{Batch, build};
use crate::document::{Document, Popularity, State, Term, Variant};
use crate::index::Index;
use crate::query::{Query, Sort};
use crate::segment::Group;
use crate::tests::{id, index, synonyms};
use crate::text::Language;

/// An active product with a name, one variant and a number of sales.
pub(crate) fn named(number: u8, name: &str, sales: u32) -> Document {
    let variant =
        Variant { sku: format!("N-{number}"), price: 100, in_stock: true, on_offer: false, options: BTreeMap::new() };
    Document {
        id: id(number),
        state: State::Active,
        name: name.to_owned(),
        brand: None,
        categories: Vec::new(),
        attributes: BTreeMap::new(),
        description: String::new(),
        variants: vec![variant],
        created_at: 0,
        popularity: Popularity { sales, ..Popularity::default() },
        card: Vec::new(),
    }
}

fn found(documents: Vec<Document>, query: Query) -> Vec<u8> {
    let index = index(&[Batch { documents, ..Batch::default() }]);
    let query = Query { states: vec![State::Active], limit: 10, ..query };
    index.search(&query, &synonyms(), 0).hits.iter().map(|hit| hit.id[15]).collect()
}

fn for_text(text: &str) -> Query {
    Query { text: text.to_owned(), ..Query::default() }
}

/// The numbers of what is found, where the first product sells least.
fn found_names(names: &[&str], text: &str) -> Vec<u8> {
    let documents = (1..).zip(names).map(|(number, name)| named(number, name, number.into())).collect();
    found(documents, for_text(text))
}

fn described(number: u8, name: &str, description: &str) -> Document {
    Document { description: description.to_owned(), ..named(number, name, number.into()) }
}

#[test]
fn a_word_comes_before_a_longer_one_and_a_misspelt_one_is_not_looked_for() {
    assert_eq!(found_names(&["walle", "wallet", "valle"], "walle"), [1, 2]);
}

#[test]
fn a_word_comes_before_its_other_forms() {
    assert_eq!(found_names(&["shirt blue", "shirts blue"], "shirt blue"), [1, 2]);
}

#[test]
fn all_words_come_before_some_and_half_of_them_are_enough() {
    assert_eq!(found_names(&["red coat", "coat"], "red coat"), [1]);
    assert_eq!(found_names(&["red warm coat", "red coat", "coat", "belt"], "warm red unicorn coat"), [1, 2]);
}

#[test]
fn fewer_wrong_letters_come_first() {
    assert_eq!(found_names(&["lether wallet", "leather wallet"], "lether walet"), [1, 2]);
}

#[test]
fn neighbours_come_before_words_apart() {
    assert_eq!(found_names(&["red shirt", "red cotton shirt"], "red shirt"), [1, 2]);
}

#[test]
fn the_name_comes_before_the_brand_the_category_the_attributes_and_the_description() {
    let term = |name: &str| Term { id: name.to_owned(), name: name.to_owned() };
    let documents = vec![
        named(1, "harbour", 1),
        Document { brand: Some(term("Harbour")), ..named(2, "bag", 2) },
        Document { categories: vec![term("Harbour")], ..named(3, "bag", 3) },
        Document { attributes: [("Style".to_owned(), "Harbour".to_owned())].into(), ..named(4, "bag", 4) },
        described(5, "bag", "For the harbour"),
    ];
    assert_eq!(found(documents, for_text("harbour")), [1, 2, 3, 4, 5]);
}

#[test]
fn what_is_in_stock_comes_first_and_popularity_decides_last() {
    let mut out = named(1, "wallet", 99);
    out.variants[0].in_stock = false;
    let mut ever = named(4, "wallet", 1);
    ever.popularity.sales_ever = 7;
    let documents = vec![out, named(2, "wallet", 1), named(3, "wallet", 2), ever];
    assert_eq!(found(documents.clone(), for_text("wallet")), [3, 4, 2, 1]);
    assert_eq!(found(documents, Query { sort: Sort::Bestselling, ..for_text("wallet") }), [1, 3, 4, 2]);
}

#[test]
fn a_better_match_comes_before_what_is_in_stock() {
    let mut exact = named(1, "wallet", 0);
    exact.variants[0].in_stock = false;
    assert_eq!(found(vec![exact, named(2, "wallets", 9)], for_text("wallet")), [1, 2]);
}

#[test]
fn words_that_are_written_together_or_apart_are_the_same() {
    let names = ["t-shirt", "T shirt", "tshirt", "shirt"];
    for text in ["t-shirt", "t shirt", "tshirt", "T-Shirt"] {
        let mut found = found_names(&names, text);
        found.sort_unstable();
        assert_eq!(found, [1, 2, 3], "{text}");
    }
}

#[test]
fn a_sku_is_found_whole_and_by_its_beginning() {
    let documents = || {
        let with = |number: u8, sku: &str| {
            let mut document = named(number, "coat", 0);
            document.variants[0].sku = sku.to_owned();
            document
        };
        vec![with(1, "KX-4711-RED"), with(2, "KX-4712-RED"), with(3, "AB-1")]
    };
    let found = |text: &str| {
        let mut found = found(documents(), for_text(text));
        found.sort_unstable();
        found
    };
    for text in ["KX-4711-RED", "kx4711red", "KX 4711", "4711", "kx-4711-r", "kx4711"] {
        assert_eq!(found(text), [1], "{text}");
    }
    assert_eq!((found("kx47"), found("KX-"), found("ab1")), (vec![1, 2], vec![1, 2], vec![3]));
    // A digit is never taken for another one.
    assert!(found("KX4719RED").is_empty());
}

#[test]
fn longer_words_may_have_more_wrong_letters() {
    for (name, text, is_found) in [
        ("red", "rad", false),
        ("coat", "caot", true),
        ("wallet", "wolet", false),
        ("raincoat", "rancot", false),
        ("raincoats", "rancoatz", true),
        ("waterproof", "waterprof", true),
        ("waterproof", "wateprof", true),
        ("waterproof", "watprof", false),
    ] {
        assert_eq!(!found_names(&[name], text).is_empty(), is_found, "{text}");
    }
}

#[test]
fn forms_of_a_word_are_found_in_the_language_of_the_shop() {
    let finds = |name: &str, text: &str, language| {
        let batch = Batch { documents: vec![named(1, name, 0)], ..Batch::default() };
        let index = Index::open(build(batch, language), 0, language).unwrap();
        index.search(&Query { states: vec![State::Active], ..for_text(text) }, &synonyms(), 0).total == 1
    };
    for (name, text) in [("running shoes", "run shoe"), ("knives", "knive"), ("washed", "washing")] {
        assert!(finds(name, text, Language::English), "{text}");
    }
    for (name, text) in [("Schuhe", "schuh"), ("Kinder", "kindern"), ("Häuser", "haus")] {
        assert!(finds(name, text, Language::German), "{text}");
    }
}

#[test]
fn a_synonym_finds_one_way_or_both_ways_after_the_word_itself() {
    assert_eq!(found_names(&["sofa", "couch"], "sofa"), [1, 2]);
    assert_eq!(found_names(&["couch", "sofa"], "couch"), [1, 2]);
    assert_eq!(found_names(&["trainers", "running shoes"], "trainers"), [1, 2]);
    assert_eq!(found_names(&["trainers", "running shoes"], "running shoes"), [2]);
}

#[test]
fn one_variant_must_have_all_that_is_asked_of_a_variant() {
    let options = |size: &str| [("Size".to_owned(), size.to_owned())].into();
    let mut shirt = named(1, "shirt", 0);
    shirt.variants = vec![
        Variant { options: options("M"), price: 100, sku: "A".to_owned(), in_stock: false, on_offer: true },
        Variant { options: options("L"), price: 900, sku: "B".to_owned(), in_stock: true, on_offer: false },
    ];
    let asked = |size: &str, most| Query {
        options: [("Size".to_owned(), vec![size.to_owned()])].into(),
        in_stock: true,
        max_price: Some(most),
        ..Query::default()
    };
    assert_eq!(found(vec![shirt.clone()], asked("L", 900)), [1]);
    assert!(found(vec![shirt.clone()], asked("M", 900)).is_empty());
    assert!(found(vec![shirt.clone()], asked("L", 800)).is_empty());
    // The size that is in stock is not the one on offer.
    assert!(found(vec![shirt], Query { on_offer: true, ..asked("L", 900) }).is_empty());
}

#[test]
fn pinned_products_come_first_in_their_order() {
    let documents = || vec![named(1, "wallet", 9), named(2, "belt", 0), named(3, "wallet", 0)];
    let query = Query { pinned: vec![id(2), id(3), id(9)], ..for_text("wallet") };
    assert_eq!(found(documents(), query.clone()), [2, 3, 1]);
    assert_eq!(found(documents(), Query { sort: Sort::Bestselling, ..query }), [1, 3]);
}

#[test]
fn a_misspelt_query_is_corrected() {
    let documents = vec![named(1, "leather wallet", 0), named(2, "leather belt", 0)];
    let index = index(&[Batch { documents, ..Batch::default() }]);
    let query = Query { states: vec![State::Active], limit: 1, ..for_text("lether belt") };
    assert_eq!(index.search(&query, &synonyms(), 0).corrected.as_deref(), Some("leather belt"));
    let right = Query { text: "leather belt".to_owned(), ..query };
    assert_eq!(index.search(&right, &synonyms(), 0).corrected, None);
}

#[test]
fn a_query_is_completed_by_what_it_would_find() {
    let draft = Document { state: State::Draft, ..named(4, "leather waistcoat", 0) };
    let documents = vec![named(1, "leather wallet", 0), named(2, "red wallet", 0), named(3, "red wand", 0), draft];
    let index = index(&[Batch { documents, ..Batch::default() }]);
    let complete = |text: &str| index.completions(text, &[State::Active], &synonyms(), 5);
    assert_eq!(complete("wa"), ["wallet", "wand"]);
    assert_eq!(complete("Leather wa"), ["leather wallet"]);
    assert!(complete("n").is_empty() && complete("").is_empty() && complete("unicorn").is_empty());
}

#[test]
fn states_are_counted_without_the_filter_on_them() {
    let with = |number, name: &str, state| Document { state, ..named(number, name, 0) };
    let documents = vec![
        with(1, "red coat", State::Active),
        with(2, "coat", State::Draft),
        with(3, "coat", State::Draft),
        with(4, "belt", State::Deleted),
    ];
    let index = index(&[Batch { documents, ..Batch::default() }]);
    let query = Query { states: vec![State::Active], count_facets: true, limit: 9, ..for_text("coat") };
    let page = index.search(&Query { count_states: true, ..query.clone() }, &synonyms(), 0);
    assert_eq!((page.total, page.hits.len(), page.states), (1, 1, [1, 2, 0, 0]));
    assert_eq!(index.search(&query, &synonyms(), 0).states, [0; 4]);
}

#[test]
fn more_categories_are_told_than_values_of_other_groups() {
    let document = |number: u16| {
        let term = |kind: &str| Term { id: format!("{kind}{number:03}"), name: kind.to_owned() };
        let [high, low] = number.to_be_bytes();
        let mut document = named(0, "coat", 0);
        document.id[14..].copy_from_slice(&[high, low]);
        document.categories = vec![term("category")];
        document.brand = Some(term("brand"));
        document.attributes = [("Colour".to_owned(), number.to_string())].into();
        document
    };
    let index = index(&[Batch { documents: (0..600).map(document).collect(), ..Batch::default() }]);
    let query = Query { states: vec![State::Active], count_facets: true, ..Query::default() };
    let page = index.search(&query, &synonyms(), 0);
    let counted: Vec<(&Group, usize)> = page.facets.iter().map(|it| (&it.group, it.values.len())).collect();
    let colour = Group::Attribute("Colour".to_owned());
    assert_eq!(counted, [(&Group::Category, 500), (&Group::Brand, 100), (&colour, 100)]);
}
