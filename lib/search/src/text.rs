//! Words: how texts and queries are cut into them, and which forms of a word are the same.

use std::ops::Range;

use deunicode::deunicode_with_tofu;
use rust_stemmers::{Algorithm, Stemmer};

/// Longer words are cut.
const MAX_WORD: usize = 40;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// In small letters a to z and digits.
    pub(crate) folded: String,
    /// Where it stands in the text, in bytes.
    pub(crate) place: Range<usize>,
    /// Whether it may be written as one word with the next one: `t-shirt`, `t shirt`.
    pub(crate) joins_next: bool,
}

/// The words of a text. An apostrophe does not end a word.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut gap = 0..0;
    for place in runs(text) {
        let folded = fold(&text[place.clone()]);
        if folded.is_empty() {
            continue;
        }
        gap.end = place.start;
        if let Some(last) = words.last_mut() {
            last.joins_next = joins(&last.folded, &text[gap.clone()]);
        }
        gap.start = place.end;
        words.push(Word { folded, place, joins_next: false });
    }
    words
}

/// The ranges of letters, digits, accents and apostrophes.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        if !(c.is_alphanumeric() || is_inside(c)) {
            continue;
        }
        let end = at + c.len_utf8();
        match runs.last_mut() {
            Some(last) if last.end == at => last.end = end,
            _ => runs.push(at..end),
        }
    }
    runs
}

fn is_inside(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{300}'..='\u{36f}')
}

fn fold(word: &str) -> String {
    let plain = deunicode_with_tofu(word, "").to_ascii_lowercase();
    plain.chars().filter(char::is_ascii_alphanumeric).take(MAX_WORD).collect()
}

/// A hyphen or the like joins two words. A space does so after a word of one or two characters.
fn joins(before: &str, gap: &str) -> bool {
    match gap {
        " " => before.len() <= 2,
        _ => gap.chars().count() == 1,
    }
}

/// A text by which names are sorted.
pub(crate) fn collation(name: &str) -> String {
    words(name).into_iter().map(|word| word.folded).collect::<Vec<_>>().join(" ")
}

/// The language of the shop, in which forms of a word are the same word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Dutch,
    English,
    French,
    German,
    Italian,
    Portuguese,
    Spanish,
    Swedish,
}

impl Language {
    const ALL: [Self; 8] = [
        Self::Dutch,
        Self::English,
        Self::French,
        Self::German,
        Self::Italian,
        Self::Portuguese,
        Self::Spanish,
        Self::Swedish,
    ];

    /// By its two-letter code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The two letters of its name in HTML.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
            Self::French => "fr",
            Self::German => "de",
            Self::Italian => "it",
            Self::Portuguese => "pt",
            Self::Spanish => "es",
            Self::Swedish => "sv",
        }
    }

    /// The stem of a folded word. Words with digits and short ones are their own stem.
    pub fn stem(self, word: &str) -> String {
        if word.len() < 3 || word.bytes().any(|b| b.is_ascii_digit()) {
            return word.to_owned();
        }
        let algorithm = match self {
            Self::Dutch => Algorithm::Dutch,
            Self::English => Algorithm::English,
            Self::French => Algorithm::French,
            Self::German => Algorithm::German,
            Self::Italian => Algorithm::Italian,
            Self::Portuguese => Algorithm::Portuguese,
            Self::Spanish => Algorithm::Spanish,
            Self::Swedish => Algorithm::Swedish,
        };
        Stemmer::create(algorithm).stem(word).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, collation, words};

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn words_are_folded() {
        assert_eq!(folded("Blåbær & Sön, Größe 42"), ["blabaer", "son", "grosse", "42"]);
        assert_eq!(folded("Men's T-Shirt"), ["mens", "t", "shirt"]);
        assert_eq!(folded("cafe\u{301}"), ["cafe"]);
        assert!(folded(" – ' ").is_empty());
    }

    #[test]
    fn a_word_knows_its_place() {
        let text = "Ein Öl-Bild";
        let places: Vec<&str> = words(text).iter().map(|word| &text[word.place.clone()]).collect();
        assert_eq!(places, ["Ein", "Öl", "Bild"]);
    }

    #[test]
    fn hyphens_and_short_words_join() {
        let joins = |text: &str| words(text)[0].joins_next;
        assert!(joins("t-shirt") && joins("t shirt") && joins("rain-coat"));
        assert!(!joins("rain coat") && !joins("t, shirt") && !joins("harbour t-shirt"));
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        assert_eq!(Language::English.stem("shirts"), Language::English.stem("shirt"));
        assert_eq!(Language::German.stem("schuhe"), Language::German.stem("schuh"));
        assert_eq!(Language::English.stem("k8s"), "k8s");
    }

    #[test]
    fn names_sort_without_case_and_accents() {
        assert!(collation("Äpfel") < collation("birnen"));
    }
}
