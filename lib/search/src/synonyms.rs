//! Words that stand for others, as staff say: both ways (`sofa`, `couch`) or one way (`trainers` finds `shoes` too).

use std::collections::HashMap;

use crate::text::words;

/// So many phrases may stand for one, the first that were said. It bounds what a query costs.
const MAX_OTHERS: usize = 50;

/// What a phrase also finds.
#[derive(Debug, Clone, Default)]
pub struct Synonyms {
    also: HashMap<Vec<String>, Vec<Vec<String>>>,
    longest: usize,
}

/// One or more words of a query that are looked for together, and what may stand for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) own: Vec<String>,
    pub(crate) others: Vec<Vec<String>>,
    /// It ends the query, so its last word may be the beginning of a longer one.
    pub(crate) is_last: bool,
}

impl Synonyms {
    /// A query with `phrase` also finds products with `other`.
    pub fn one_way(&mut self, phrase: &str, other: &str) {
        let (phrase, other) = (folded(phrase), folded(other));
        if phrase.is_empty() || other.is_empty() || phrase == other {
            return;
        }
        self.longest = self.longest.max(phrase.len());
        let also = self.also.entry(phrase).or_default();
        if also.len() < MAX_OTHERS && !also.contains(&other) {
            also.push(other);
        }
    }

    /// Each of these phrases also finds the others.
    pub fn both_ways(&mut self, phrases: &[&str]) {
        for phrase in phrases {
            for other in phrases {
                self.one_way(phrase, other);
            }
        }
    }

    /// The slots of a query, at most `max`. `exists` tells whether any product has a word.
    pub(crate) fn slots(&self, text: &str, max: usize, exists: impl Fn(&str) -> bool) -> Vec<Slot> {
        let words = words(text);
        let words = &words[..words.len().min(max)];
        let mut slots = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let phrase = |length: usize| -> Option<Vec<String>> {
                Some(words.get(at..at + length)?.iter().map(|word| word.folded.clone()).collect())
            };
            let known = (2..=self.longest).rev().filter_map(phrase).find(|phrase| self.also.contains_key(phrase));
            let pair = phrase(2).filter(|pair| known.is_none() && exists(&pair.concat()));
            let joined = pair.as_ref().map(|pair| vec![pair.concat()]);
            let own = known.or(pair).unwrap_or_else(|| vec![word.folded.clone()]);
            at += own.len();
            let others = joined.into_iter().chain(self.also.get(&own).cloned().unwrap_or_default()).collect();
            slots.push(Slot { own, others, is_last: at >= words.len() });
        }
        slots
    }
}

fn folded(phrase: &str) -> Vec<String> {
    words(phrase).into_iter().map(|word| word.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::Synonyms;

    fn slots(synonyms: &Synonyms, text: &str) -> Vec<(String, Vec<String>)> {
        let slots = synonyms.slots(text, 12, |word| word == "tshirt");
        slots
            .into_iter()
            .map(|slot| (slot.own.join(" "), slot.others.iter().map(|it| it.join(" ")).collect()))
            .collect()
    }

    #[test]
    fn a_synonym_stands_beside_the_word() {
        let mut synonyms = Synonyms::default();
        synonyms.both_ways(&["sofa", "couch"]);
        synonyms.one_way("trainers", "running shoes");
        assert_eq!(slots(&synonyms, "Couch"), [("couch".to_owned(), vec!["sofa".to_owned()])]);
        assert_eq!(slots(&synonyms, "trainers"), [("trainers".to_owned(), vec!["running shoes".to_owned()])]);
        assert_eq!(slots(&synonyms, "running shoes").len(), 2);
    }

    #[test]
    fn a_phrase_of_several_words_is_one_slot() {
        let mut synonyms = Synonyms::default();
        synonyms.both_ways(&["rain coat", "mac"]);
        let expected = [("red".to_owned(), vec![]), ("rain coat".to_owned(), vec!["mac".to_owned()])];
        assert_eq!(slots(&synonyms, "red rain coat"), expected);
    }

    #[test]
    fn two_words_that_are_written_as_one_find_both_forms() {
        assert_eq!(slots(&Synonyms::default(), "T shirt"), [("t shirt".to_owned(), vec!["tshirt".to_owned()])]);
    }
}
