//! A made-up catalogue of any size, with the irregularity of real ones: a few words, brands, categories and products are
//! frequent, most are rare. The same seed gives the same products, and each can be made without the others.

mod names;
mod product;
mod random;
#[cfg(test)]
mod tests;
// One word in a line would be too long a file.
#[rustfmt::skip]
mod words;

pub use product::{Attribute, Popularity, Product, Variant};
pub use random::Random;

use crate::names::{brand, capitalised};
use crate::words::TREE;

const BRANDS: usize = 2_000;

#[derive(Debug, Clone)]
pub struct Catalogue {
    seed: u64,
    brands: Vec<String>,
    categories: Vec<Category>,
    kinds: Vec<Kind>,
}

/// A category stands after the one that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    pub name: String,
    /// Its number in [`Catalogue::categories`].
    pub parent: Option<usize>,
}

/// A kind of goods, with a category of its own.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    /// One of it.
    pub(crate) name: &'static str,
    pub(crate) department: usize,
    /// From the department down, as numbers of categories.
    pub(crate) categories: [usize; 3],
    pub(crate) materials: &'static str,
    pub(crate) choice: &'static str,
}

impl Catalogue {
    pub fn new(seed: u64) -> Self {
        let (categories, kinds) = tree();
        Self { seed, brands: (0..BRANDS).map(brand).collect(), categories, kinds }
    }

    pub fn brands(&self) -> &[String] {
        &self.brands
    }

    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The first products. There is no last one.
    pub fn products(&self, count: usize) -> impl Iterator<Item = Product> {
        (0..count).map(|number| self.product(number))
    }

    pub fn product(&self, number: usize) -> Product {
        product::product(self, number, &mut Random::of(self.seed, number))
    }
}

fn tree() -> (Vec<Category>, Vec<Kind>) {
    let (mut categories, mut kinds) = (Vec::new(), Vec::new());
    let mut add = |name: &str, parent| {
        categories.push(Category { name: name.to_owned(), parent });
        categories.len() - 1
    };
    let (mut department, mut departments, mut materials, mut choice) = (0, 0, "", "");
    for line in TREE.lines().filter(|line| !line.is_empty()) {
        if let Some((section, all)) = line.trim_start().split_once(": ") {
            let section = add(section, Some(department));
            for kind in all.split(", ") {
                let (name, plural) = kind.split_once('/').unwrap_or((kind, ""));
                let plural = if plural.is_empty() { &format!("{name}s") } else { plural };
                let leaf = add(&capitalised(plural), Some(section));
                let categories = [department, section, leaf];
                kinds.push(Kind { name, department: departments - 1, categories, materials, choice });
            }
        } else if let Some((name, rest)) = line.split_once(" (") {
            (materials, choice) = rest.trim_end_matches(')').split_once(", ").unwrap_or_default();
            department = add(name, None);
            departments += 1;
        }
    }
    (categories, kinds)
}
