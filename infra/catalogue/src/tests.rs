use std::collections::{BTreeMap, BTreeSet};

use crate::{Catalogue, Product};

const COUNT: usize = 20_000;

fn catalogue() -> Catalogue {
    Catalogue::new(1)
}

fn words(product: &Product) -> impl Iterator<Item = String> {
    let text = format!("{} {}", product.name, product.description).to_lowercase();
    let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    words.into_iter().filter(|word| !word.is_empty())
}

#[test]
fn the_same_seed_gives_the_same_products_in_any_order() {
    let (first, second) = (catalogue(), catalogue());
    let listed: Vec<Product> = first.products(100).collect();
    for number in (0..100).rev() {
        assert_eq!(second.product(number), listed[number]);
    }
    assert_ne!(Catalogue::new(2).product(0), listed[0]);
}

#[test]
fn the_tree_has_three_levels_and_three_hundred_categories() {
    let catalogue = catalogue();
    let categories = catalogue.categories();
    assert_eq!(categories.len(), 300);
    let level = |mut number: usize| {
        let mut level = 0;
        while let Some(parent) = categories[number].parent {
            assert!(parent < number);
            (number, level) = (parent, level + 1);
        }
        level
    };
    let levels = (0..300).fold([0; 3], |mut levels, number| {
        levels[level(number)] += 1;
        levels
    });
    assert_eq!(levels, [12, 48, 240]);
    for product in catalogue.products(1_000) {
        let [top, middle, leaf] = product.categories[..] else { panic!("{product:?}") };
        assert_eq!((categories[leaf].parent, categories[middle].parent), (Some(middle), Some(top)));
    }
}

#[test]
fn brands_have_names_of_their_own() {
    let catalogue = catalogue();
    assert_eq!(catalogue.brands().len(), 2_000);
    assert_eq!(catalogue.brands().iter().collect::<BTreeSet<_>>().len(), 2_000);
}

#[test]
fn products_are_as_their_fields_say() {
    let (mut skus, mut variants) = (BTreeSet::new(), 0);
    for product in catalogue().products(COUNT) {
        let length = product.description.split_whitespace().count();
        assert!((20..=80).contains(&length), "{length}: {}", product.description);
        assert!((1..=12).contains(&product.variants.len()));
        for variant in &product.variants {
            assert!(variant.compare_at.is_none_or(|before| before > variant.price), "{product:?}");
            assert!(skus.insert(variant.sku.clone()), "{} is there twice", variant.sku);
        }
        variants += product.variants.len();
        assert_eq!(product.popularity.rating == 0, product.popularity.ratings == 0);
        assert!((0..=500).contains(&product.popularity.rating));
    }
    assert!((COUNT * 5 / 2..COUNT * 7 / 2).contains(&variants), "{variants} variants");
}

#[test]
fn a_few_words_are_frequent_and_most_are_rare() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for product in catalogue().products(COUNT) {
        words(&product).for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let once = counts.values().filter(|count| **count == 1).count();
    assert!(counts.len() > 30_000, "{} words", counts.len());
    assert!(once * 2 > counts.len(), "{once} of {} words are there once", counts.len());
}
