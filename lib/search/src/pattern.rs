//! A word of a query, and the words that may stand for it.

use std::cell::OnceCell;
use std::fmt;
use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};

use crate::text::Language;

/// The shortest beginning by which SKUs are found: shorter ones are the beginnings of too many.
pub(crate) const MIN_SKU_LETTERS: usize = 4;

/// The words are tried as they are; then with at most one wrong letter in each; then with two in long words; then some
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
    fn edits(self, word: &str) -> u8 {
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

fn automaton(word: &str, edits: u8, is_prefix: bool) -> DFA {
    static ONE: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
    static TWO: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));
    let builder = if edits == 1 { &ONE } else { &TWO };
    if is_prefix { builder.build_prefix_dfa(word) } else { builder.build_dfa(word) }
}
