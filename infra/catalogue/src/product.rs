//! One product.

use crate::names::{capitalised, name};
use crate::random::Random;
use crate::words;
use crate::{Catalogue, Kind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub number: usize,
    pub name: String,
    /// 20 to 80 words.
    pub description: String,
    /// Its number in [`Catalogue::brands`]. Some products have none.
    pub brand: Option<usize>,
    /// From the top down, as numbers of [`Catalogue::categories`].
    pub categories: Vec<usize>,
    pub attributes: Vec<Attribute>,
    /// At least one and at most 12, each with the same options.
    pub variants: Vec<Variant>,
    pub minutes_old: u32,
    pub popularity: Popularity,
}

/// An attribute of a product, or an option of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub name: &'static str,
    pub value: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// No other variant of the catalogue has it.
    pub sku: String,
    pub options: Vec<Attribute>,
    /// Minor units.
    pub price: u32,
    /// What it cost before, if it is on offer.
    pub compare_at: Option<u32>,
    pub stock: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Popularity {
    /// Units sold in the last 30 days, and since ever.
    pub sales: u32,
    pub sales_ever: u32,
    /// The average rating in hundredths. Zero without ratings.
    pub rating: u16,
    pub ratings: u32,
}

/// How many invented names there are.
const NAMES: usize = 600_000;

pub(crate) fn product(catalogue: &Catalogue, number: usize, random: &mut Random) -> Product {
    let kind = &catalogue.kinds[scattered(random.zipf(catalogue.kinds.len()), catalogue.kinds.len())];
    let materials = materials(kind.materials);
    let material = materials[random.zipf(materials.len())];
    let departments = catalogue.kinds.last().map_or(1, |kind| kind.department + 1);
    // Most brands make goods of one department.
    let all = catalogue.brands.len() / departments;
    let brand = match random.amount(100) {
        0..75 => Some(random.zipf(all) * departments + kind.department),
        75..95 => Some(random.zipf(catalogue.brands.len())),
        _ => None,
    };
    Product {
        number,
        name: title(kind, material, random),
        description: description(kind, material, random),
        brand,
        categories: kind.categories.to_vec(),
        attributes: attributes(material, random),
        variants: variants(kind, number, random),
        minutes_old: 2 + random.amount(3 * 365 * 24 * 60),
        popularity: popularity(random),
    }
}

/// Spreads what is frequent over the departments. No number of kinds is a multiple of 101.
fn scattered(rank: usize, all: usize) -> usize {
    rank * 101 % all
}

fn materials(family: &str) -> &'static [&'static str] {
    match family {
        "textile" => words::TEXTILE,
        "leather" => words::LEATHER,
        "wood" => words::WOOD,
        "ceramic" => words::CERAMIC,
        "synthetic" => words::SYNTHETIC,
        "natural" => words::NATURAL,
        "metal" => words::METAL,
        _ => words::PAPER,
    }
}

/// Some names are frequent; one in five was never heard before.
fn invented(random: &mut Random) -> String {
    let number = if random.percent(20) { random.below(NAMES) } else { random.zipf(NAMES) };
    capitalised(&name(number))
}

/// As manufacturers number their models: KX-4720.
fn code(random: &mut Random) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHKLMNPRSTVWX";
    let letters: String = (0..2).map(|_| char::from(*random.one_of(LETTERS))).collect();
    format!("{letters}-{}", 100 + random.amount(9_900))
}

fn title(kind: &Kind, material: &str, random: &mut Random) -> String {
    let mut parts = Vec::new();
    if random.percent(70) {
        parts.push(invented(random));
    }
    if random.percent(75) {
        parts.push((*random.one_of(words::ADJECTIVES)).to_owned());
    }
    if random.percent(60) || parts.is_empty() {
        parts.push(material.to_owned());
    }
    parts.push(kind.name.to_owned());
    if random.percent(40) {
        parts.push(code(random));
    }
    parts.join(" ")
}

fn description(kind: &Kind, material: &str, random: &mut Random) -> String {
    let (least, most) = (20 + random.amount(40) as usize, 80);
    let (mut text, mut length) = (String::new(), 0);
    while length < least {
        let sentence = sentence(kind, material, random);
        let more = sentence.split_whitespace().count();
        if length + more > most {
            break;
        }
        length += more;
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&capitalised(&sentence));
    }
    text
}

fn sentence(kind: &Kind, material: &str, random: &mut Random) -> String {
    let mut sentence = String::new();
    let mut rest = *random.one_of(words::SENTENCES);
    while let Some((before, slot, after)) = rest.split_once('{').and_then(|(before, rest)| {
        let (slot, after) = rest.split_once('}')?;
        Some((before, slot, after))
    }) {
        sentence.push_str(before);
        sentence.push_str(&match slot {
            "kind" => kind.name.to_lowercase(),
            "material" => material.to_lowercase(),
            "adjective" => random.one_of(words::ADJECTIVES).to_lowercase(),
            "use" => (*random.one_of(words::USES)).to_owned(),
            "feature" => (*random.one_of(words::FEATURES)).to_owned(),
            "part" => (*random.one_of(words::PARTS)).to_owned(),
            "place" => (*random.one_of(words::PLACES)).to_owned(),
            "colour" => random.one_of(words::COLOURS).0.to_lowercase(),
            "code" => code(random),
            _ => invented(random),
        });
        rest = after;
    }
    sentence + rest
}

fn attributes(material: &'static str, random: &mut Random) -> Vec<Attribute> {
    let mut attributes = vec![Attribute { name: "Material", value: material }];
    for &(name, values) in words::ATTRIBUTES {
        if random.percent(60) {
            attributes.push(Attribute { name, value: values[random.zipf(values.len())] });
        }
    }
    attributes
}

/// A value of an option, and how SKUs write it.
type Choice = (&'static str, &'static str);

/// Neighbours in a list are seldom sold together, so every fifth is taken. No list has a multiple of 5 after 10 values.
fn choices(all: &'static [Choice], most: usize, random: &mut Random) -> Vec<Choice> {
    let (first, count) = (random.zipf(all.len()), 1 + random.zipf(most));
    (0..count).map(|at| all[(first + at * 5) % all.len()]).collect()
}

fn variants(kind: &Kind, number: usize, random: &mut Random) -> Vec<Variant> {
    let (option, looks) = match kind.choice {
        "one" => ("", Vec::new()),
        "scent" => ("Scent", choices(words::SCENTS, 2, random)),
        _ => ("Colour", choices(words::COLOURS, 3, random)),
    };
    let sizes = match kind.choice {
        "size" => &words::SIZES[..=random.below(words::SIZES.len())],
        "shoe" => &words::SHOE_SIZES[..=random.below(words::SHOE_SIZES.len())],
        _ => &[],
    };
    let (beginning, price) = (sku(kind, number), price(kind, random));
    let before = random.percent(18).then(|| price + price / 10 * (2 + random.amount(5)));
    let mut variants = Vec::new();
    // No look or no size is one choice too.
    for look in 0..looks.len().max(1) {
        for size in 0..sizes.len().max(1) {
            let (mut sku, mut options) = (beginning.clone(), Vec::new());
            if let Some(&(value, short)) = looks.get(look) {
                options.push(Attribute { name: option, value });
                sku = format!("{sku}-{short}");
            }
            if let Some(value) = sizes.get(size) {
                options.push(Attribute { name: "Size", value });
                sku = format!("{sku}-{value}");
            }
            let price = price + if random.percent(10) { price / 10 } else { 0 };
            let compare_at = before.filter(|before| *before > price && random.percent(70));
            variants.push(Variant { sku, options, price, compare_at, stock: stock(random) });
        }
    }
    variants.truncate(12);
    variants
}

/// Three letters of the kind, and the number with letters: RAI-00K3.
fn sku(kind: &Kind, number: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letters = kind.name.trim_start_matches("Pair of ").chars().filter(char::is_ascii_alphabetic);
    let letters: String = letters.take(3).map(|letter| letter.to_ascii_uppercase()).collect();
    let (mut digits, mut rest) = (Vec::new(), number);
    while rest > 0 || digits.len() < 4 {
        digits.push(char::from(DIGITS[rest % 36]));
        rest /= 36;
    }
    format!("{letters}-{}", digits.iter().rev().collect::<String>())
}

/// Each kind has its own level. Prices end with 95, or with 00 if they are high.
fn price(kind: &Kind, random: &mut Random) -> u32 {
    let level = u32::try_from(kind.categories[2] * 79 % 180).unwrap_or_default();
    let level = if kind.materials == "wood" && kind.choice == "colour" { 150 + level * 6 } else { 6 + level / 2 };
    let whole = level * (50 + random.amount(100)) / 100 + 1;
    if whole < 200 { whole * 100 + 95 } else { whole * 100 }
}

fn stock(random: &mut Random) -> u32 {
    match random.amount(100) {
        0..8 => 0,
        8..20 => 1 + random.amount(5),
        _ => 6 + random.amount(300),
    }
}

/// A few products sell much, most little.
fn popularity(random: &mut Random) -> Popularity {
    let rank = u32::try_from(random.below(20_000)).unwrap_or_default();
    let sales = 6_000 / (rank + 1) + random.amount(3);
    let sales_ever = sales * (3 + random.amount(20)) + random.amount(10);
    let ratings = sales_ever / (8 + random.amount(30));
    let stars = 250 + random.amount(100) + random.amount(151);
    let rating = if ratings == 0 { 0 } else { u16::try_from(stars).unwrap_or_default() };
    Popularity { sales, sales_ever, rating, ratings }
}
