//! Which products have the words of a query, and how well.
//!
//! The words are tried as they are; then with at most one wrong letter in each; then with two in long words; then some
//! of them are enough. The first of these stages that finds something ends the search.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};

use crate::index::{Index, Part};
use crate::synonyms::{Slot, Synonyms};
use crate::terms::{Place, Terms};

/// The most words of a query that are looked at.
const MAX_WORDS: usize = 12;

/// A product that has the words: its part, its number there, and how well it matches; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) part: u32,
    pub(crate) document: u32,
    pub(crate) rank: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Matches {
    pub(crate) found: Vec<Match>,
    /// The query as it was probably meant.
    pub(crate) corrected: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Exact,
    OneEdit,
    AllEdits,
    SomeWords,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Exact, Self::OneEdit, Self::AllEdits, Self::SomeWords];

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

/// How a product has one word or slot. Ordered: less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    typos: u8,
    /// 0 the word itself, 1 a form of it or a synonym, 2 a longer word that begins with it.
    inexact: u8,
    field: u8,
    first: Option<u8>,
    last: Option<u8>,
}

impl Score {
    fn new(typos: u8, inexact: u8, place: Place) -> Self {
        Self { typos, inexact, field: place.field(), first: place.position(), last: place.position() }
    }

    /// Both words, one after the other.
    fn and(self, next: Self) -> Self {
        Self {
            typos: self.typos + next.typos,
            inexact: self.inexact.max(next.inexact),
            field: self.field.max(next.field),
            first: self.first,
            last: next.last,
        }
    }
}

/// The best score of each product, and the products that have one.
#[derive(Debug)]
struct Scores {
    best: Vec<Option<Score>>,
    found: Vec<u32>,
}

impl Scores {
    fn new(part: &Part) -> Self {
        Self { best: vec![None; part.segment.len() as usize], found: Vec::new() }
    }

    fn add(&mut self, document: u32, score: Score) {
        match &mut self.best[document as usize] {
            Some(best) => *best = better(*best, score),
            none => {
                *none = Some(score);
                self.found.push(document);
            }
        }
    }

    fn get(&self, document: u32) -> Option<Score> {
        self.best[document as usize]
    }
}

/// No position is worse than any.
fn better(a: Score, b: Score) -> Score {
    let order = |score: &Score| {
        let far = |position: Option<u8>| position.unwrap_or(u8::MAX);
        (score.typos, score.inexact, score.field, far(score.first), far(score.last))
    };
    if order(&b) < order(&a) { b } else { a }
}

/// The products of some states at a publication that match a text. It must have a word.
pub(crate) fn find(index: &Index, seq: u32, states: u8, text: &str, synonyms: &Synonyms) -> Matches {
    let live = |part: &Part, document: u32| part.has(document, seq) && part.segment.columns.is_in(document, states);
    let slots = synonyms.slots(text, MAX_WORDS, |joined| {
        index.parts_at(seq).any(|part| {
            let mut exists = false;
            let words = &part.segment.words;
            words.get(joined).inspect(|value| words.visit(*value, |posting| exists |= live(part, posting.document)));
            exists
        })
    });
    for stage in Stage::ALL {
        let mut found = Vec::new();
        for (number, part) in index.parts_at(seq).enumerate() {
            for matched in part_matches(index, part, &slots, stage) {
                let (document, rank) = (matched.document, matched.rank(slots.len()));
                if live(part, document) {
                    found.push(Match { part: number as u32, document, rank });
                }
            }
        }
        if !found.is_empty() {
            let corrected = if stage == Stage::Exact { None } else { correct(index, &slots, stage) };
            return Matches { found, corrected };
        }
    }
    Matches::default()
}

/// A product under way from slot to slot.
#[derive(Debug, Clone, Copy)]
struct Progress {
    document: u32,
    matched: usize,
    typos: u32,
    inexact: u32,
    field: u32,
    adjacent: usize,
    /// The last slot that matched, and where it ended.
    last: (usize, Option<u8>),
}

impl Progress {
    fn start(document: u32, slot: usize, score: Score) -> Self {
        Self {
            document,
            matched: 1,
            typos: score.typos.into(),
            inexact: score.inexact.into(),
            field: score.field.into(),
            adjacent: 0,
            last: (slot, score.last),
        }
    }

    fn go_on(&mut self, slot: usize, score: Score) {
        let follows = matches!((self.last.1, score.first), (Some(last), Some(first)) if first == last + 1);
        self.adjacent += usize::from(follows && self.last.0 + 1 == slot);
        self.matched += 1;
        self.typos += u32::from(score.typos);
        self.inexact += u32::from(score.inexact);
        self.field += u32::from(score.field);
        self.last = (slot, score.last);
    }

    /// Words matched, then wrong letters, exactness, neighbourhood, and fields: 22 bits.
    fn rank(&self, slots: usize) -> u32 {
        let four = |number: u32| number.min(15);
        let missing = four((slots - self.matched) as u32);
        let apart = four((slots - 1 - self.adjacent) as u32);
        let words = missing << 12 | four(self.typos) << 8 | four(self.inexact) << 4 | apart;
        words << 6 | self.field.min(63)
    }
}

fn part_matches(index: &Index, part: &Part, slots: &[Slot], stage: Stage) -> Vec<Progress> {
    let mut found: Vec<Progress> = Vec::new();
    for (number, slot) in slots.iter().enumerate() {
        let scores = slot_scores(index, part, slot, stage);
        if stage == Stage::SomeWords {
            found.sort_unstable_by_key(|progress| progress.document);
            let known = found.len();
            for &document in &scores.found {
                let Some(score) = scores.get(document) else { continue };
                match found[..known].binary_search_by_key(&document, |progress| progress.document) {
                    Ok(at) => found[at].go_on(number, score),
                    Err(_) => found.push(Progress::start(document, number, score)),
                }
            }
        } else if number == 0 {
            let start = |&document: &u32| Some(Progress::start(document, 0, scores.get(document)?));
            found = scores.found.iter().filter_map(start).collect();
        } else {
            found.retain_mut(|progress| {
                let score = scores.get(progress.document);
                score.inspect(|score| progress.go_on(number, *score)).is_some()
            });
        }
        if found.is_empty() && stage != Stage::SomeWords {
            break;
        }
    }
    found
}

fn slot_scores(index: &Index, part: &Part, slot: &Slot, stage: Stage) -> Scores {
    let mut scores = phrase_scores(index, part, &slot.own, slot.is_last, stage);
    for other in &slot.others {
        let others = phrase_scores(index, part, other, false, Stage::Exact);
        for &document in &others.found {
            if let Some(score) = others.get(document) {
                scores.add(document, Score { inexact: score.inexact.max(1), ..score });
            }
        }
    }
    scores
}

/// The products that have all words of a phrase.
fn phrase_scores(index: &Index, part: &Part, phrase: &[String], is_last: bool, stage: Stage) -> Scores {
    let mut all: Option<Scores> = None;
    for (number, word) in phrase.iter().enumerate() {
        let prefix = is_last && number + 1 == phrase.len();
        let scores = word_scores(index, part, word, stage.edits(word), prefix);
        all = Some(match all {
            None => scores,
            Some(before) => {
                let mut both = Scores::new(part);
                for &document in &before.found {
                    if let (Some(first), Some(next)) = (before.get(document), scores.get(document)) {
                        both.add(document, first.and(next));
                    }
                }
                both
            }
        });
    }
    all.unwrap_or_else(|| Scores::new(part))
}

fn word_scores(index: &Index, part: &Part, word: &str, edits: u8, prefix: bool) -> Scores {
    let segment = &part.segment;
    let mut scores = Scores::new(part);
    let mut add = |terms: &Terms, value: u64, typos: u8, inexact: u8| {
        terms.visit(value, |posting| scores.add(posting.document, Score::new(typos, inexact, posting.place)));
    };
    for terms in [&segment.words, &segment.descriptions] {
        if let Some(value) = terms.get(word) {
            add(terms, value, 0, 0);
        }
    }
    let stem = index.language.stem(word);
    for terms in [&segment.words, &segment.stems, &segment.descriptions] {
        if let Some(value) = terms.get(&stem) {
            add(terms, value, 0, 1);
        }
    }
    if prefix {
        segment.words.beginning(word, |_, value| add(&segment.words, value, 0, 2));
    }
    if edits > 0 {
        let dfa = automaton(word, edits, prefix);
        let inexact = if prefix { 2 } else { 0 };
        segment.words.matching(&dfa, |found, value| {
            if let Distance::Exact(typos) = dfa.eval(found) {
                add(&segment.words, value, typos, inexact);
            }
        });
    }
    scores
}

/// How many letters may be wrong in the end.
pub(crate) const MAX_EDITS: Stage = Stage::AllEdits;

/// How many letters of a word are wrong in another one, or in its beginning, if they are few enough.
pub(crate) fn distance(word: &str, other: &str, stage: Stage, prefix: bool) -> Option<u8> {
    let edits = stage.edits(word);
    let distance = (edits > 0).then(|| automaton(word, edits, prefix).eval(other))?;
    match distance {
        Distance::Exact(typos) => Some(typos),
        Distance::AtLeast(_) => None,
    }
}

fn automaton(word: &str, edits: u8, prefix: bool) -> DFA {
    static ONE: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
    static TWO: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));
    let builder = if edits == 1 { &ONE } else { &TWO };
    if prefix { builder.build_prefix_dfa(word) } else { builder.build_dfa(word) }
}

/// The query with each unknown word replaced by the nearest known one, the more frequent one if several are as near.
fn correct(index: &Index, slots: &[Slot], stage: Stage) -> Option<String> {
    let mut changed = false;
    let mut words = Vec::new();
    for slot in slots {
        for (number, word) in slot.own.iter().enumerate() {
            let prefix = slot.is_last && number + 1 == slot.own.len();
            let better = Some(word).filter(|word| !is_known(index, word, prefix));
            let better = better.and_then(|word| nearest(index, word, stage.edits(word)));
            changed |= better.is_some();
            words.push(better.unwrap_or_else(|| word.clone()));
        }
    }
    changed.then(|| words.join(" "))
}

fn is_known(index: &Index, word: &str, prefix: bool) -> bool {
    let stem = index.language.stem(word);
    index.parts.iter().any(|part| {
        let segment = &part.segment;
        let mut known = segment.words.get(word).or(segment.descriptions.get(word)).is_some();
        known |= segment.words.get(&stem).or(segment.stems.get(&stem)).is_some();
        if prefix && !known {
            segment.words.beginning(word, |_, _| known = true);
        }
        known
    })
}

fn nearest(index: &Index, word: &str, edits: u8) -> Option<String> {
    if edits == 0 {
        return None;
    }
    let dfa = automaton(word, edits, false);
    let mut near: BTreeMap<String, (u8, u64)> = BTreeMap::new();
    for part in &index.parts {
        let terms = &part.segment.words;
        terms.matching(&dfa, |found, value| {
            if let Distance::Exact(typos) = dfa.eval(found) {
                near.entry(found.to_owned()).or_insert((typos, 0)).1 += terms.count(value);
            }
        });
    }
    near.into_iter().min_by_key(|(_, (typos, count))| (*typos, u64::MAX - count)).map(|(word, _)| word)
}
