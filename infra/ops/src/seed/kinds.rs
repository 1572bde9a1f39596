//! What the seeded shop sells: kinds of products with their categories, options and prices.

/// A kind of product. The price is in whole units of the currency.
pub(super) struct Kind {
    pub(super) path: [&'static str; 4],
    pub(super) noun: &'static str,
    pub(super) price: i64,
    pub(super) options: &'static [(&'static str, &'static [&'static str])],
    pub(super) made_of: &'static str,
}

const SIZES: (&str, &[&str]) = ("Size", &["S", "M", "L", "XL"]);
const COLOURS: (&str, &[&str]) = ("Colour", &["Black", "Sand", "Moss"]);
const SHOES: (&str, &[&str]) = ("Size", &["38", "39", "40", "41", "42", "43"]);
const BEDS: (&str, &[&str]) = ("Width", &["90 cm", "140 cm", "160 cm"]);

macro_rules! kinds {
    ($($a:literal / $b:literal / $c:literal / $d:literal: $noun:literal, $price:literal, $made_of:literal, [$($option:expr),*];)+) => {
        pub(super) const KINDS: &[Kind] = &[$(Kind {
            path: [$a, $b, $c, $d], noun: $noun, price: $price, options: &[$($option),*], made_of: $made_of,
        }),+];
    };
}

kinds! {
    "Clothing" / "Women" / "Tops" / "T-shirts": "T-shirt", 25, "organic cotton", [SIZES, COLOURS];
    "Clothing" / "Women" / "Tops" / "Blouses": "Blouse", 59, "linen", [SIZES];
    "Clothing" / "Women" / "Outerwear" / "Rain coats": "Rain coat", 149, "recycled nylon", [SIZES, COLOURS];
    "Clothing" / "Men" / "Tops" / "Shirts": "Shirt", 55, "oxford cotton", [SIZES, COLOURS];
    "Clothing" / "Men" / "Tops" / "Pullovers": "Pullover", 89, "merino wool", [SIZES, COLOURS];
    "Clothing" / "Men" / "Outerwear" / "Jackets": "Jacket", 179, "waxed canvas", [SIZES];
    "Clothing" / "Shoes" / "Everyday" / "Sneakers": "Sneaker", 99, "canvas and natural rubber", [SHOES];
    "Clothing" / "Shoes" / "Outdoor" / "Boots": "Boot", 189, "full-grain leather", [SHOES];
    "Home" / "Kitchen" / "Cooking" / "Pans": "Pan", 69, "cast iron", [];
    "Home" / "Kitchen" / "Cooking" / "Knives": "Knife", 79, "forged steel", [];
    "Home" / "Kitchen" / "Table" / "Mugs": "Mug", 14, "stoneware", [COLOURS];
    "Home" / "Kitchen" / "Table" / "Plates": "Plate", 18, "stoneware", [COLOURS];
    "Home" / "Living" / "Light" / "Table lamps": "Table lamp", 119, "brass and glass", [COLOURS];
    "Home" / "Living" / "Textiles" / "Blankets": "Blanket", 85, "lambswool", [COLOURS];
    "Home" / "Living" / "Textiles" / "Cushions": "Cushion", 35, "washed linen", [COLOURS];
    "Home" / "Sleeping" / "Bedding" / "Duvet covers": "Duvet cover", 95, "percale cotton", [BEDS];
    "Outdoor" / "Camping" / "Shelter" / "Tents": "Tent", 399, "ripstop nylon", [];
    "Outdoor" / "Camping" / "Shelter" / "Hammocks": "Hammock", 65, "parachute silk", [COLOURS];
    "Outdoor" / "Travel" / "Bags" / "Backpacks": "Backpack", 129, "recycled polyester", [COLOURS];
    "Outdoor" / "Travel" / "Bags" / "Duffels": "Duffel", 109, "waxed canvas", [COLOURS];
    "Outdoor" / "Travel" / "Bottles" / "Flasks": "Flask", 32, "stainless steel", [COLOURS];
    "Study" / "Desk" / "Paper" / "Notebooks": "Notebook", 16, "uncoated paper", [COLOURS];
    "Study" / "Desk" / "Writing" / "Pens": "Pen", 28, "turned brass", [];
    "Study" / "Play" / "Games" / "Puzzles": "Puzzle", 24, "grey board", [];
    "Study" / "Play" / "Games" / "Chess sets": "Chess set", 74, "maple and walnut", [];
}

pub(super) const BRANDS: [&str; 12] = [
    "Alder & Ash",
    "Brightwell",
    "Cordwain",
    "Dune Works",
    "Elm Street",
    "Fjordlight",
    "Greystone",
    "Hollis",
    "Ironbark",
    "Juniper Mill",
    "Kestrel",
    "Lowland",
];

const MOODS: [&str; 9] = ["Harbour", "Meadow", "Summit", "Lantern", "Orchard", "Drift", "Quarry", "Tidal", "Winter"];

/// What makes the `n`th product different from all others.
pub(super) struct Nth {
    pub(super) kind: &'static Kind,
    /// The place of its brand in [`BRANDS`].
    pub(super) brand: usize,
    /// No other product has this name.
    pub(super) name: String,
}

pub(super) fn nth(n: usize) -> Nth {
    let kind = &KINDS[n % KINDS.len()];
    let round = n / KINDS.len();
    let mood = MOODS[round % MOODS.len()];
    let edition = match round / MOODS.len() {
        0 => String::new(),
        edition => format!(" No. {}", edition + 1),
    };
    Nth { kind, brand: (n * 7 + round) % BRANDS.len(), name: format!("{mood} {}{edition}", kind.noun) }
}

/// All combinations of a value for each option.
pub(super) fn combinations(kind: &Kind) -> Vec<Vec<String>> {
    kind.options.iter().fold(vec![Vec::new()], |all, (_, values)| {
        all.iter()
            .flat_map(|chosen: &Vec<String>| {
                values.iter().map(|&value| {
                    let mut next = chosen.clone();
                    next.push(value.to_owned());
                    next
                })
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{KINDS, combinations, nth};

    #[test]
    fn a_hundred_thousand_products_have_different_names() {
        let names: BTreeSet<String> = (0..100_000).map(|n| nth(n).name).collect();
        assert_eq!(names.len(), 100_000);
        assert!(KINDS.iter().all(|kind| (1..=12).contains(&combinations(kind).len())));
        assert!((0..100).map(|n| nth(n).brand).collect::<BTreeSet<_>>().len() == 12);
    }
}
