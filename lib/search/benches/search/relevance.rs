//! Products that are looked for by their name, spelt right and wrong.

use sample_catalogue::Random;
use search_index::{Document, Id, Query};

use crate::queries::{base, misspelt};

const ITEMS: usize = 500;

/// How well known products are found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    among_twenty: usize,
    /// The sum of 1 divided by the place of each.
    reciprocals: f64,
    nothing: usize,
}

#[derive(Debug)]
struct Item {
    id: Id,
    name: String,
}

pub(crate) fn print(documents: &[Document], search: &dyn Fn(&Query) -> Vec<Id>) {
    let mut random = Random::new(5);
    let items: Vec<Item> = (0..ITEMS).map(|_| item(&documents[random.below(documents.len())])).collect();
    println!("{:<22}{:>10}{:>8}{:>9}{:>7}", "known products", "recall@20", "MRR", "nothing", "kept");
    let mut right = 0;
    for (name, edits) in [("spelt right", 0), ("one wrong letter", 1), ("two wrong letters", 2)] {
        let mut found = Found::default();
        for item in &items {
            let ids = search(&Query { text: with_edits(&item.name, edits, &mut random), ..base() });
            found.nothing += usize::from(ids.is_empty());
            if let Some(place) = ids.iter().position(|id| *id == item.id) {
                found.among_twenty += 1;
                found.reciprocals += 1.0 / (place + 1) as f64;
            }
        }
        right = if edits == 0 { found.among_twenty } else { right };
        let share = |part: usize, of: usize| 100.0 * part as f64 / of as f64;
        println!(
            "{name:<22}{:>9.1}%{:>8.3}{:>9}{:>6.1}%",
            share(found.among_twenty, ITEMS),
            found.reciprocals / ITEMS as f64,
            found.nothing,
            share(found.among_twenty, right)
        );
    }
}

/// Its name without the number of its model.
fn item(document: &Document) -> Item {
    let words = document.name.split(' ').filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()));
    Item { id: document.id, name: words.collect::<Vec<_>>().join(" ") }
}

/// The letters are wrong in the longest word, or in the two longest ones if it is too short for two.
fn with_edits(name: &str, edits: usize, random: &mut Random) -> String {
    let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
    let mut longest: Vec<usize> = (0..words.len()).collect();
    longest.sort_by_key(|at| usize::MAX - words[*at].len());
    match (edits, &longest[..]) {
        (0, _) => {}
        (2, [first, second, ..]) if words[*first].len() < 10 && words[*second].len() >= 5 => {
            for at in [*first, *second] {
                words[at] = misspelt(&words[at], 1, random);
            }
        }
        _ => words[longest[0]] = misspelt(&words[longest[0]], edits, random),
    }
    words.join(" ")
}
