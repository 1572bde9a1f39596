//! A word of a query, and the words that may stand for it.

use std::cell::OnceCell;
use std::fmt;
use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};

use crate::text::Language;

/// The shortest beginning by which SKUs are found: shorter ones are the beginnings of too many.
pub(crate) const MIN_SKU_LETTERS: usize = 4;

/// The words are tried as they are; then with at most one wrong letter in each; then with two in long words; then half
/// of them are enough. The first of these stages that finds something ends the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Exact,
    OneEdit,
    AllEdits,
    SomeWords,
}

impl Stage {
    pub(crate) const ALL: [Self; 4] = [Self::Exact, Self::OneEdit, Self::AllEdits, Self::SomeWords];

    /// How many letters of a word may be wrong.
    pub(crate) fn edits(self, word: &str) -> u8 {
        if word.bytes().any(|b| b.is_ascii_digit()) {
            return 0;
        }
        match (self, word.len()) {
            (Self::Exact, _) | (_, 0..4) => 0,
            (Self::OneEdit, _) | (_, 4..8) => 1,
            _ => 2,
        }
    }
}

pub(crate) struct Pattern {
    pub(crate) word: String,
    pub(crate) stem: String,
    /// A longer word that begins with it will do.
    pub(crate) is_prefix: bool,
    /// For one and for two wrong letters, made when they are needed.
    automata: [OnceCell<DFA>; 2],
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}{}", self.word, if self.is_prefix { "*" } else { "" })
    }
}

impl Pattern {
    pub(crate) fn new(word: &str, is_prefix: bool, language: Language) -> Self {
        Self { word: word.to_owned(), stem: language.stem(word), is_prefix, automata: Default::default() }
    }

    /// Where some of the words are enough, a letter or two are the beginning of too many.
    pub(crate) fn is_prefix_at(&self, stage: Stage) -> bool {
        self.is_prefix && (stage != Stage::SomeWords || self.word.len() > 2)
    }

    /// What accepts words with as many wrong letters as a stage allows. Nothing if it allows none.
    pub(crate) fn automaton(&self, stage: Stage) -> Option<&DFA> {
        let edits = stage.edits(&self.word);
        let made = self.automata.get(usize::from(edits).checked_sub(1)?)?;
        Some(made.get_or_init(|| automaton(&self.word, edits, self.is_prefix)))
    }
}

/// How many letters are wrong, if they are few enough.
pub(crate) fn typos(automaton: &DFA, word: &[u8]) -> Option<u8> {
    match automaton.eval(word) {
        Distance::Exact(typos) => Some(typos),
        Distance::AtLeast(_) => None,
    }
}

/// How many letters of a word are wrong: added, left out, replaced, or swapped with their neighbour.
pub(crate) fn distance(word: &[u8], other: &[u8]) -> usize {
    // Each row is for one more letter of the word.
    let mut rows: [Vec<usize>; 3] = [Vec::new(), Vec::new(), (0..=other.len()).collect()];
    for (i, letter) in word.iter().enumerate() {
        rows.rotate_left(1);
        let [before, last, row] = &mut rows;
        row.clear();
        row.push(i + 1);
        for (j, found) in other.iter().enumerate() {
            let swapped = i > 0 && j > 0 && other[j - 1] == *letter && word[i - 1] == *found;
            let replaced = last[j] + usize::from(letter != found);
            let least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            row.push(if swapped { least.min(before[j - 1] + 1) } else { least });
        }
    }
    rows[2][other.len()]
}

fn automaton(word: &str, edits: u8, is_prefix: bool) -> DFA {
    static ONE: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
    static TWO: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));
    let builder = if edits == 1 { &ONE } else { &TWO };
    if is_prefix { builder.build_prefix_dfa(word) } else { builder.build_dfa(word) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Pattern, Stage, distance, typos};
    use crate::text::Language;

    #[test]
    fn the_number_of_wrong_letters_depends_on_the_length_of_a_word() {
        let edits = |word: &str| Stage::ALL.map(|stage| stage.edits(word));
        assert_eq!(edits("red"), [0, 0, 0, 0]);
        assert_eq!(edits("shirt"), [0, 1, 1, 1]);
        assert_eq!(edits("raincoat"), [0, 1, 2, 2]);
        // A number with a wrong digit is another number.
        assert_eq!(edits("k80000000"), [0, 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn an_automaton_counts_the_same_wrong_letters(word in "[ab]{8,10}", other in "[ab]{6,12}") {
            let pattern = Pattern::new(&word, false, Language::English);
            let expected = Some(distance(word.as_bytes(), other.as_bytes())).filter(|distance| *distance <= 2);
            let counted = typos(pattern.automaton(Stage::AllEdits).unwrap(), other.as_bytes());
            prop_assert_eq!(counted.map(usize::from), expected);
        }
    }
}
