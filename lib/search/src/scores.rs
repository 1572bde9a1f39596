//! How well products have a word or a phrase.

use crate::index::Part;
use crate::pattern::{MIN_SKU_LETTERS, Pattern, Stage, typos};
use crate::terms::{Place, Terms};

/// How a product has one word or slot. Ordered: less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Score {
    pub(crate) typos: u8,
    /// 0 the word itself, 1 a form of it or a synonym, 2 a longer word that begins with it.
    pub(crate) inexact: u8,
    pub(crate) field: u8,
    /// Positions of the first and the last word in the name, or [`Place::FAR`].
    pub(crate) first: u8,
    pub(crate) last: u8,
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

    /// A number with the same order: 20 bits, as a phrase has at most 12 words with two wrong letters each.
    fn packed(self) -> u32 {
        let [typos, inexact, field, first, last] =
            [self.typos, self.inexact, self.field, self.first, self.last].map(u32::from);
        typos << 15 | inexact << 13 | field << 10 | first << 5 | last
    }

    fn unpacked(packed: u32) -> Self {
        let part = |at: u32, bits: u32| (packed >> at & ((1 << bits) - 1)) as u8;
        Self { typos: part(15, 5), inexact: part(13, 2), field: part(10, 3), first: part(5, 5), last: part(0, 5) }
    }
}

/// A product and its score, in one number, so that they are sorted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scored(u64);

impl Scored {
    fn new(document: u32, score: Score) -> Self {
        Self(u64::from(document) << 32 | u64::from(score.packed()))
    }

    pub(crate) fn document(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(crate) fn score(self) -> Score {
        Score::unpacked(self.0 as u32)
    }
}

/// The best score of each product.
#[derive(Debug)]
struct Best {
    documents: usize,
    found: Vec<Scored>,
    /// By product, if many were found in several lists: less time is spent than with sorting. Zero is no score.
    table: Vec<u32>,
}

impl Best {
    fn new(documents: u32) -> Self {
        Self { documents: documents as usize, found: Vec::new(), table: Vec::new() }
    }

    /// Adds a list of products in their order.
    fn add(&mut self, list: impl Iterator<Item = Scored>) {
        let is_first = self.found.is_empty();
        if self.table.is_empty() {
            self.found.extend(list);
            if is_first || self.found.len() < self.documents / 16 {
                return;
            }
            self.table = vec![0; self.documents];
            let found = std::mem::take(&mut self.found);
            self.note(found.into_iter());
        } else {
            self.note(list);
        }
    }

    fn note(&mut self, list: impl Iterator<Item = Scored>) {
        for scored in list {
            let best = &mut self.table[scored.document() as usize];
            *best = u32::max(*best, !(scored.0 as u32));
        }
    }

    /// Products in their order.
    fn finish(self) -> Vec<Scored> {
        let mut found = self.found;
        if self.table.is_empty() {
            if !found.is_sorted() {
                found.sort_unstable();
            }
            found.dedup_by_key(|scored| scored.document());
            return found;
        }
        // Each is written and only those with a score are kept, as nobody can guess which have one.
        found.resize(self.documents + 1, Scored(0));
        let mut count = 0;
        for (document, score) in (0_u64..).zip(self.table) {
            found[count] = Scored(document << 32 | u64::from(!score));
            count += usize::from(score != 0);
        }
        found.truncate(count);
        found
    }
}

/// The products that words are looked for in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Among<'a> {
    All,
    /// A few products, in their order. Most products with a frequent word are then left at once.
    Few(&'a [u32]),
}

impl Among<'_> {
    fn has(self, document: u32) -> bool {
        match self {
            Self::All => true,
            Self::Few(few) => few.binary_search(&document).is_ok(),
        }
    }
}

/// The products that have a phrase, or another one that stands for it.
pub(crate) fn slot(part: &Part, own: &[Pattern], others: &[Vec<Pattern>], stage: Stage, among: Among) -> Vec<Scored> {
    let found = phrase(part, own, stage, among);
    if others.is_empty() {
        return found;
    }
    let mut best = Best::new(part.segment.len());
    best.add(found.into_iter());
    for other in others {
        best.add(phrase(part, other, Stage::Exact, among).into_iter().map(|scored| {
            let score = scored.score();
            Scored::new(scored.document(), Score { inexact: score.inexact.max(1), ..score })
        }));
    }
    best.finish()
}

/// The products that have all words of a phrase.
fn phrase(part: &Part, phrase: &[Pattern], stage: Stage, among: Among) -> Vec<Scored> {
    let mut words = phrase.iter().map(|pattern| word(part, pattern, stage, among));
    let mut found = words.next().unwrap_or_default();
    for next in words {
        let mut both = Vec::new();
        in_both(&found, &next, |before, after| {
            both.push(Scored::new(before.document(), before.score().and(after.score())));
        });
        found = both;
    }
    found
}

/// Visits the products that are in both lists.
fn in_both(some: &[Scored], others: &[Scored], mut visit: impl FnMut(Scored, Scored)) {
    let mut others = others.iter().copied().peekable();
    for &scored in some {
        while others.next_if(|other| other.document() < scored.document()).is_some() {}
        if let Some(other) = others.next_if(|other| other.document() == scored.document()) {
            visit(scored, other);
        }
    }
}

fn word(part: &Part, pattern: &Pattern, stage: Stage, among: Among) -> Vec<Scored> {
    let segment = &part.segment;
    let Pattern { word, stem, .. } = pattern;
    let is_prefix = pattern.is_prefix_at(stage);
    let mut best = Best::new(segment.len());
    let mut add = |terms: &Terms, value: u64, typos: u8, inexact: u8| {
        let scored =
            |posting: crate::terms::Posting| Scored::new(posting.document, Score::new(typos, inexact, posting.place));
        best.add(terms.postings(value).filter(|posting| among.has(posting.document)).map(scored));
    };
    for terms in [&segment.words, &segment.skus, &segment.descriptions] {
        terms.get(word).into_iter().for_each(|value| add(terms, value, 0, 0));
    }
    let mut form = |form: &str| {
        if form != word {
            for terms in [&segment.words, &segment.descriptions] {
                terms.get(form).into_iter().for_each(|value| add(terms, value, 0, 1));
            }
        }
    };
    form(stem);
    segment.forms.each(stem, form);
    if is_prefix {
        segment.words.beginning(word, |_, value| add(&segment.words, value, 0, 2));
        if word.len() >= MIN_SKU_LETTERS {
            segment.skus.beginning(word, |_, value| add(&segment.skus, value, 0, 2));
        }
    }
    if let Some(automaton) = pattern.automaton(stage) {
        let inexact = if pattern.is_prefix { 2 } else { 0 };
        segment.words.matching(automaton, |found, value| {
            if let Some(typos) = typos(automaton, found) {
                add(&segment.words, value, typos, inexact);
            }
        });
    }
    best.finish()
}
