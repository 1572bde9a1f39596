//! Search as you type: how a query may go on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use fst::automaton::Str;
use fst::map::OpBuilder;
use fst::{Automaton, Streamer};

use crate::document::State;
use crate::index::{Index, Part};
use crate::matching::find;
use crate::segment::bits;
use crate::synonyms::Synonyms;
use crate::terms::{Field, Posting};
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
            .map(|word| (self.products_with(&word, states, among.as_ref()), word))
            .filter(|(count, _)| *count > 0)
            .collect();
        counted.sort_by(|(a, first), (b, second)| b.cmp(a).then_with(|| first.cmp(second)));
        let before: Vec<&str> = before.iter().map(|word| &*word.folded).collect();
        let whole = |(_, word): (usize, String)| [&before[..], &[&word]].concat().join(" ");
        counted.into_iter().take(limit).map(whole).collect()
    }

    /// The products that a text finds, by part: a bit for each.
    fn finds(&self, text: &str, states: &[State], synonyms: &Synonyms) -> Vec<Vec<bool>> {
        let mut found: Vec<Vec<bool>> =
            self.parts.iter().map(|part| vec![false; part.segment.len() as usize]).collect();
        for matched in find(self, self.seq(), bits(states), text, synonyms).found {
            found[matched.part as usize][matched.document as usize] = true;
        }
        found
    }

    /// The most frequent words with this beginning.
    fn frequent(&self, beginning: &str) -> Vec<String> {
        let mut union = OpBuilder::new();
        for part in &self.parts {
            union.push(part.segment.words.map().search(Str::new(beginning).starts_with()));
        }
        let (mut union, mut frequent) = (union.union(), BinaryHeap::new());
        while let Some((word, values)) = union.next() {
            let count: u64 = values.iter().map(|it| self.parts[it.index].segment.words.count(it.value)).sum();
            if frequent.len() < MAX_WORDS {
                frequent.push((Reverse(count), word.to_owned()));
            } else if let Some(mut rarest) = frequent.peek_mut().filter(|rarest| rarest.0.0 < count) {
                *rarest = (Reverse(count), word.to_owned());
            }
        }
        frequent.into_iter().filter_map(|(_, word)| String::from_utf8(word).ok()).collect()
    }

    /// How many products of these states have a word outside of their SKUs.
    fn products_with(&self, word: &str, states: &[State], among: Option<&Vec<Vec<bool>>>) -> usize {
        let states = bits(states);
        let count = |(number, part): (usize, &Part)| {
            let (terms, view) = (&part.segment.words, part.segment.columns.view());
            let Some(value) = terms.get(word) else { return 0 };
            let counts = |posting: &Posting| {
                let document = posting.document;
                let shown = part.has(document, self.seq()) && view.state(document) & states != 0;
                let asked = among.is_none_or(|among| among[number][document as usize]);
                shown && asked && posting.place.field() != Field::Sku as u8
            };
            terms.postings(value).filter(counts).count()
        };
        self.parts.iter().enumerate().map(count).sum()
    }
}
