//! A catalogue with the irregularity of real ones: few words, brands and categories are frequent, most are rare.

use std::collections::BTreeMap;

use search_index::{Document, Popularity, State, Term, Variant};

/// A small generator, the same on every machine.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    /// The index of the n-th most frequent thing, about as often as Zipf's law says.
    pub(crate) fn zipf(&mut self, end: usize) -> usize {
        let unit = (self.below(1 << 24) as f64 + 1.0) / f64::from(1 << 24);
        (((end as f64 + 1.0).powf(unit) - 1.0) as usize).min(end - 1)
    }
}

/// A pronounceable word for a number; different numbers have different words.
pub(crate) fn word(mut number: usize) -> String {
    const FIRST: [&str; 20] =
        ["b", "br", "c", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "v", "w"];
    const SECOND: [&str; 10] = ["a", "e", "i", "o", "u", "ea", "ou", "ai", "an", "er"];
    let mut word = String::new();
    number += 200;
    while number > 0 {
        let syllable = number % 200;
        word.push_str(FIRST[syllable / 10]);
        word.push_str(SECOND[syllable % 10]);
        number /= 200;
    }
    word
}

const COLOURS: [&str; 12] =
    ["Black", "White", "Blue", "Red", "Green", "Grey", "Brown", "Beige", "Yellow", "Pink", "Orange", "Violet"];
const SIZES: [&str; 6] = ["XS", "S", "M", "L", "XL", "XXL"];

fn term(kind: &str, number: usize) -> Term {
    Term { id: format!("{kind}_{number:026}"), name: word(number * 7 + 3) }
}

pub(crate) fn catalogue(products: usize) -> Vec<Document> {
    let mut random = Random::new(42);
    (0..products).map(|number| product(number, products, &mut random)).collect()
}

pub(crate) fn product(number: usize, products: usize, random: &mut Random) -> Document {
    let vocabulary = products.max(1_000);
    let phrase = |random: &mut Random, words: usize| -> String {
        (0..words).map(|_| word(random.zipf(vocabulary))).collect::<Vec<_>>().join(" ")
    };
    let leaf = random.zipf(240);
    let categories = vec![term("cat", leaf % 10), term("cat", 10 + leaf % 50), term("cat", 60 + leaf)];
    let words = 2 + random.below(4);
    let colours = 1 + random.below(3);
    let price = 100 + random.zipf(50_000) as u32;
    let variants = (0..colours * (1 + random.below(3)))
        .map(|at| Variant {
            sku: format!("K{number:07}-{at}"),
            price: price + (at as u32 % 3) * 100,
            in_stock: random.below(10) > 0,
            on_offer: random.below(10) == 0,
            options: BTreeMap::from([
                ("Colour".to_owned(), COLOURS[(number + at % colours) % 12].to_owned()),
                ("Size".to_owned(), SIZES[at / colours].to_owned()),
            ]),
        })
        .collect();
    let attribute = |random: &mut Random, name: &str, values: usize| (name.to_owned(), word(random.zipf(values) * 3));
    let mut id = [0; 16];
    id[8..].copy_from_slice(&(number as u64).to_be_bytes());
    Document {
        id,
        state: State::Active,
        name: phrase(random, words),
        brand: Some(term("brd", random.zipf(2_000))),
        categories,
        attributes: [("Material", 40), ("Season", 4), ("Style", 30)]
            .map(|(name, all)| attribute(random, name, all))
            .into(),
        description: phrase(random, 30),
        variants,
        created_at: number as u64,
        popularity: Popularity {
            sales: random.zipf(1_000) as u32,
            sales_ever: 1_000,
            rating: random.below(6) as u16 * 100,
            ratings: 1,
        },
        card: vec![0; 120],
    }
}
