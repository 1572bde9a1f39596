//! Search as you type: how a query may go on.

use std::collections::{BTreeMap, HashSet};

use crate::document::State;
use crate::index::{Index, Part};
use crate::matching::find;
use crate::segment::bits;
use crate::synonyms::Synonyms;
use crate::terms::Field;
use crate::text::words;

/// Of the words that begin as typed, the most frequent ones are looked at.
const MAX_WORDS: usize = 50;

/// The shortest beginning that is completed.
const MIN_LETTERS: usize = 2;

impl Index {
    /// Queries that begin as this text and find something, the one that finds most first.
    pub fn completions(&self, text: &str, states: &[State], synonyms: &Synonyms, limit: usize) -> Vec<String> {
        let typed = words(text);
        let Some((last, before)) = typed.split_last().filter(|(last, _)| last.folded.len() >= MIN_LETTERS) else {
            return Vec::new();
        };
        let beginning = &text[..last.place.start];
        let among = (!before.is_empty()).then(|| self.finds(beginning, states, synonyms));
        let mut counted: Vec<(usize, String)> = (self.frequent(&last.folded).into_iter())
            .map(|word| (self.count(&word, states, among.as_ref()), word))
            .filter(|(count, _)| *count > 0)
            .collect();
        counted.sort_by(|(a, first), (b, second)| b.cmp(a).then_with(|| first.cmp(second)));
        let before: Vec<&str> = before.iter().map(|word| &*word.folded).collect();
        let whole = |(_, word): (usize, String)| [&before[..], &[&word]].concat().join(" ");
        counted.into_iter().take(limit).map(whole).collect()
    }

    /// The products that a text finds, by part and number.
    fn finds(&self, text: &str, states: &[State], synonyms: &Synonyms) -> HashSet<(u32, u32)> {
        let found = find(self, self.seq(), bits(states), text, synonyms).found;
        found.into_iter().map(|found| (found.part, found.document)).collect()
    }

    /// The most frequent words with this beginning.
    fn frequent(&self, beginning: &str) -> Vec<String> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for part in &self.parts {
            let terms = &part.segment.words;
            terms.beginning(beginning, |word, value| *counts.entry(word.to_owned()).or_default() += terms.count(value));
        }
        let mut frequent: Vec<(String, u64)> = counts.into_iter().collect();
        frequent.sort_by_key(|(_, count)| u64::MAX - count);
        frequent.into_iter().take(MAX_WORDS).map(|(word, _)| word).collect()
    }

    /// How many products of these states have a word outside of their SKUs.
    fn count(&self, word: &str, states: &[State], among: Option<&HashSet<(u32, u32)>>) -> usize {
        let count = |(number, part): (usize, &Part)| {
            let mut count = 0;
            let terms = &part.segment.words;
            let Some(value) = terms.get(word) else { return 0 };
            terms.visit(value, |posting| {
                let live = part.has(posting.document, self.seq());
                let shown = live && part.segment.columns.is_in(posting.document, bits(states));
                let asked = among.is_none_or(|among| among.contains(&(number as u32, posting.document)));
                count += usize::from(shown && asked && posting.place.field() != Field::Sku as u8);
            });
            count
        };
        self.parts.iter().enumerate().map(count).sum()
    }
}
