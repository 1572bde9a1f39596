//! Which products have the words of a query, and how well.

use std::collections::BTreeMap;

use crate::index::{Index, Part};
use crate::pattern::{Pattern, Stage, distance};
use crate::scores::{Among, Score, Scored, slot};
use crate::synonyms::{Slot, Synonyms};
use crate::terms::Place;

/// The most words of a query that are looked at.
const MAX_WORDS: usize = 12;

/// If so few products have the first words of a query, the next ones are looked for in these only.
const FEW: usize = if cfg!(test) { 2 } else { 256 };

/// A product that has the words: its part, its number there, and how well it matches; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) part: u32,
    pub(crate) document: u32,
    pub(crate) rank: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// In the order of their parts and numbers.
    pub(crate) found: Vec<Match>,
    /// The query as it was probably meant.
    pub(crate) corrected: Option<String>,
}

/// One or more words of a query that are looked for together, and what may stand for them.
#[derive(Debug)]
struct Wanted {
    own: Vec<Pattern>,
    others: Vec<Vec<Pattern>>,
}

impl Wanted {
    fn new(slot: &Slot, index: &Index) -> Self {
        let language = index.language;
        let own = (1..).zip(&slot.own);
        let own = own.map(|(number, word)| Pattern::new(word, slot.is_last && number == slot.own.len(), language));
        let other = |words: &Vec<String>| words.iter().map(|word| Pattern::new(word, false, language)).collect();
        Self { own: own.collect(), others: slot.others.iter().map(other).collect() }
    }
}

/// The products of some states at a publication that match a text. It must have a word.
pub(crate) fn find(index: &Index, seq: u32, states: u8, text: &str, synonyms: &Synonyms) -> Matches {
    let parts: Vec<&Part> = index.parts_at(seq).collect();
    let exists = |joined: &str| {
        parts.iter().any(|part| {
            let (words, view) = (&part.segment.words, part.segment.columns.view());
            let mut postings = words.get(joined).into_iter().flat_map(|value| words.postings(value));
            postings.any(|posting| part.has(posting.document, seq) && view.state(posting.document) & states != 0)
        })
    };
    let slots: Vec<Wanted> =
        synonyms.slots(text, MAX_WORDS, exists).iter().map(|slot| Wanted::new(slot, index)).collect();
    for stage in Stage::ALL {
        if !differs(stage, &slots) {
            continue;
        }
        let mut found = Vec::new();
        for (number, part) in (0..).zip(&parts) {
            let view = part.segment.columns.view();
            for matched in part_matches(part, &slots, stage) {
                let document = matched.document;
                if part.has(document, seq) && view.state(document) & states != 0 {
                    found.push(Match { part: number, document, rank: matched.rank(slots.len()) });
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

/// Whether a stage may find what the one before did not.
fn differs(stage: Stage, slots: &[Wanted]) -> bool {
    let allows = |stage: Stage, other: Stage| {
        let words = slots.iter().flat_map(|slot| &slot.own);
        words.map(|it| &it.word).any(|word| stage.edits(word) > other.edits(word))
    };
    match stage {
        Stage::Exact => true,
        Stage::OneEdit => allows(Stage::OneEdit, Stage::Exact),
        Stage::AllEdits => allows(Stage::AllEdits, Stage::OneEdit),
        Stage::SomeWords => slots.len() > 1,
    }
}

/// A product under way from slot to slot. The numbers are small, as there are at most [`MAX_WORDS`] words.
#[derive(Debug, Clone, Copy)]
struct Progress {
    document: u32,
    matched: u8,
    typos: u8,
    inexact: u8,
    field: u8,
    adjacent: u8,
    /// The last slot that matched, and where it ended.
    last: (u8, u8),
}

impl Progress {
    fn start(scored: Scored, slot: u8) -> Self {
        let score = scored.score();
        Self {
            document: scored.document(),
            matched: 1,
            typos: score.typos,
            inexact: score.inexact,
            field: score.field,
            adjacent: 0,
            last: (slot, score.last),
        }
    }

    fn go_on(&mut self, slot: u8, score: Score) {
        let (last_slot, last) = self.last;
        let follows = last < Place::FAR && score.first < Place::FAR && score.first == last + 1;
        self.adjacent += u8::from(follows && last_slot + 1 == slot);
        self.matched += 1;
        self.typos += score.typos;
        self.inexact += score.inexact;
        self.field += score.field;
        self.last = (slot, score.last);
    }

    /// Words matched, then wrong letters, exactness, neighbourhood, and fields: 22 bits.
    fn rank(&self, slots: usize) -> u32 {
        let four = |number: u8| u32::from(number.min(15));
        let missing = four(slots as u8 - self.matched);
        let apart = four(slots as u8 - 1 - self.adjacent);
        let words = missing << 12 | four(self.typos) << 8 | four(self.inexact) << 4 | apart;
        words << 6 | u32::from(self.field.min(63))
    }
}

/// In the order of their numbers.
fn part_matches(part: &Part, slots: &[Wanted], stage: Stage) -> Vec<Progress> {
    let mut found: Vec<Progress> = Vec::new();
    for (number, wanted) in (0..).zip(slots) {
        let few: Vec<u32> = found.iter().take(FEW + 1).map(|progress| progress.document).collect();
        let narrows = number > 0 && stage != Stage::SomeWords && few.len() <= FEW;
        let among = if narrows { Among::Few(&few) } else { Among::All };
        let scored = slot(part, &wanted.own, &wanted.others, stage, among);
        if number == 0 {
            found = scored.into_iter().map(|scored| Progress::start(scored, 0)).collect();
        } else if stage == Stage::SomeWords {
            found = with_more(found, &scored, number);
        } else {
            let mut scored = scored.into_iter().peekable();
            found.retain_mut(|progress| {
                while scored.next_if(|it| it.document() < progress.document).is_some() {}
                let same = scored.next_if(|it| it.document() == progress.document);
                same.inspect(|it| progress.go_on(number, it.score())).is_some()
            });
        }
        if found.is_empty() && stage != Stage::SomeWords {
            break;
        }
    }
    // At the last stage, half of the words are enough.
    found.retain(|progress| usize::from(progress.matched) * 2 >= slots.len());
    found
}

/// All that were found before or have the next slot.
fn with_more(found: Vec<Progress>, scored: &[Scored], slot: u8) -> Vec<Progress> {
    let mut all = Vec::with_capacity(found.len() + scored.len());
    let mut scored = scored.iter().copied().peekable();
    for mut progress in found {
        while let Some(new) = scored.next_if(|it| it.document() < progress.document) {
            all.push(Progress::start(new, slot));
        }
        if let Some(same) = scored.next_if(|it| it.document() == progress.document) {
            progress.go_on(slot, same.score());
        }
        all.push(progress);
    }
    all.extend(scored.map(|new| Progress::start(new, slot)));
    all
}

/// The query with each unknown word replaced by the nearest known one, the more frequent one if several are as near.
fn correct(index: &Index, slots: &[Wanted], stage: Stage) -> Option<String> {
    let mut changed = false;
    let mut words = Vec::new();
    for pattern in slots.iter().flat_map(|slot| &slot.own) {
        let better = Some(pattern).filter(|pattern| !is_known(index, pattern));
        let better = better.and_then(|pattern| nearest(index, pattern, stage));
        changed |= better.is_some();
        words.push(better.unwrap_or_else(|| pattern.word.clone()));
    }
    changed.then(|| words.join(" "))
}

fn is_known(index: &Index, pattern: &Pattern) -> bool {
    let Pattern { word, stem, .. } = pattern;
    index.parts.iter().any(|part| {
        let segment = &part.segment;
        [&segment.words, &segment.skus, &segment.descriptions].iter().any(|terms| terms.get(word).is_some())
            || segment.words.get(stem).is_some()
            || segment.forms.has(stem)
            || pattern.is_prefix && segment.words.has_beginning(word)
    })
}

fn nearest(index: &Index, pattern: &Pattern, stage: Stage) -> Option<String> {
    let automaton = pattern.automaton(stage)?;
    let word = pattern.word.as_bytes();
    let mut near: BTreeMap<Vec<u8>, (usize, u64)> = BTreeMap::new();
    for part in &index.parts {
        let terms = &part.segment.words;
        terms.matching(automaton, |found, value| {
            // The automaton of the last word accepts longer words too.
            let typos = if found.len() <= word.len() + 2 { distance(word, found) } else { usize::MAX };
            if typos <= stage.edits(&pattern.word).into() {
                near.entry(found.to_owned()).or_insert((typos, 0)).1 += terms.count(value);
            }
        });
    }
    let nearest = near.into_iter().min_by_key(|(_, (typos, count))| (*typos, u64::MAX - count));
    nearest.and_then(|(word, _)| String::from_utf8(word).ok())
}
