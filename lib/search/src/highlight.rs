//! Which words of a text a query found.

use std::ops::Range;

use crate::pattern::{Pattern, Stage, typos};
use crate::text::{Language, Word, words};

/// A word of a text, or two that may be written as one.
#[derive(Debug)]
struct Candidate {
    place: Range<usize>,
    folded: String,
    stem: String,
}

/// The places in `text`, in bytes, of the words that a query found: for each word of the query the nearest ones.
pub fn highlights(text: &str, query: &str, language: Language) -> Vec<Range<usize>> {
    let (there, asked) = (candidates(&words(text), language), words(query));
    let mut found: Vec<Range<usize>> = Vec::new();
    for (number, word) in asked.iter().enumerate() {
        let pattern = Pattern::new(&word.folded, number + 1 == asked.len(), language);
        let joined = asked.get(number + 1).map(|next| format!("{}{}", word.folded, next.folded));
        let is_joined = |candidate: &Candidate| joined.as_ref().is_some_and(|joined| *joined == candidate.folded);
        let near = nearest(&there, |it| if is_joined(it) { Some(0) } else { nearness(it, &pattern) });
        // Wrong letters are looked for only if nothing else was found, as it takes longer.
        found.extend(if near.is_empty() {
            let automaton = pattern.automaton(Stage::AllEdits);
            nearest(&there, |it| typos(automaton?, it.folded.as_bytes()))
        } else {
            near
        });
    }
    found.sort_by_key(|place| (place.start, usize::MAX - place.end));
    // A place within another one is told with it.
    found.dedup_by(|next, before| next.end <= before.end);
    found
}

fn candidates(words: &[Word], language: Language) -> Vec<Candidate> {
    let candidate = |place: Range<usize>, folded: String| {
        let stem = language.stem(&folded);
        Candidate { place, folded, stem }
    };
    let pairs = words.windows(2).filter(|pair| pair[0].joins_next);
    let joined = pairs
        .map(|pair| candidate(pair[0].place.start..pair[1].place.end, format!("{}{}", pair[0].folded, pair[1].folded)));
    words.iter().map(|word| candidate(word.place.clone(), word.folded.clone())).chain(joined).collect()
}

/// The places of those that are nearest.
fn nearest(candidates: &[Candidate], far: impl Fn(&Candidate) -> Option<u8>) -> Vec<Range<usize>> {
    let near: Vec<_> = candidates.iter().filter_map(|it| Some((far(it)?, &it.place))).collect();
    let nearest = near.iter().map(|(far, _)| *far).min();
    near.into_iter().filter(|(far, _)| Some(*far) == nearest).map(|(_, place)| place.clone()).collect()
}

/// 0 for the word itself, more for forms of it and longer words.
fn nearness(candidate: &Candidate, pattern: &Pattern) -> Option<u8> {
    if candidate.folded == pattern.word {
        Some(0)
    } else if candidate.stem == pattern.stem {
        Some(1)
    } else {
        (pattern.is_prefix && candidate.folded.starts_with(&pattern.word)).then_some(2)
    }
}

#[cfg(test)]
mod tests {
    use super::highlights;
    use crate::text::Language;

    fn marked<'a>(text: &'a str, query: &str) -> Vec<&'a str> {
        highlights(text, query, Language::English).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn the_nearest_words_are_marked() {
        assert_eq!(marked("Leather wallets, walnut", "wallet leather"), ["Leather", "wallets"]);
        assert_eq!(marked("Leather Wallet", "lether wal"), ["Leather", "Wallet"]);
        assert_eq!(marked("Blue T-Shirt", "tshirt"), ["T-Shirt"]);
        assert_eq!(marked("Raincoat", "rain coat"), ["Raincoat"]);
        assert_eq!(marked("Größe M", "grosse"), ["Größe"]);
        assert!(marked("Belt", "shoe").is_empty());
    }
}
