//! Which words of a text a query found.

use std::ops::Range;

use crate::matching::{MAX_EDITS, distance};
use crate::text::{Language, Word, words};

/// The places in `text`, in bytes, of the words that a query found: for each word of the query the nearest ones.
pub fn highlights(text: &str, query: &str, language: Language) -> Vec<Range<usize>> {
    let (there, asked) = (words(text), words(query));
    let mut found: Vec<Range<usize>> = Vec::new();
    for (number, word) in asked.iter().enumerate() {
        let is_last = number + 1 == asked.len();
        let joined = asked.get(number + 1).map(|next| format!("{}{}", word.folded, next.folded));
        let far = |(place, candidate): &(Range<usize>, String)| {
            let own = nearness(candidate, &word.folded, is_last, language);
            let joined = joined.as_ref().filter(|joined| *joined == candidate).map(|_| 0);
            own.into_iter().chain(joined).min().map(|far| (far, place.clone()))
        };
        let near: Vec<(u8, Range<usize>)> = candidates(&there).iter().filter_map(far).collect();
        let nearest = near.iter().map(|(far, _)| *far).min();
        found.extend(near.into_iter().filter(|(far, _)| Some(*far) == nearest).map(|(_, place)| place));
    }
    found.sort_by_key(|place| (place.start, usize::MAX - place.end));
    // A place within another one is told with it.
    found.dedup_by(|next, before| next.end <= before.end);
    found
}

/// Each word, and each two that may be written as one.
fn candidates(words: &[Word]) -> Vec<(Range<usize>, String)> {
    let joined = words.windows(2).filter(|pair| pair[0].joins_next);
    let joined =
        joined.map(|pair| (pair[0].place.start..pair[1].place.end, format!("{}{}", pair[0].folded, pair[1].folded)));
    words.iter().map(|word| (word.place.clone(), word.folded.clone())).chain(joined).collect()
}

/// 0 for the word itself, more for forms of it, longer words and words with wrong letters.
fn nearness(candidate: &str, word: &str, is_last: bool, language: Language) -> Option<u8> {
    if candidate == word {
        Some(0)
    } else if language.stem(candidate) == language.stem(word) {
        Some(1)
    } else if is_last && candidate.starts_with(word) {
        Some(2)
    } else {
        distance(word, candidate, MAX_EDITS, is_last).map(|typos| 2 + typos)
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
