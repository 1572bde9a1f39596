//! The words of a segment that have a stem which differs from them.

use std::collections::BTreeSet;

use fst::{IntoStreamer, Set, Streamer};

use crate::bytes::{Reader, Slice, Unreadable, Writer};
use crate::text::Language;

/// Stems, each followed by a zero and one of its words.
#[derive(Debug)]
pub(crate) struct Forms(Set<Slice>);

impl Forms {
    pub(crate) fn write(words: &BTreeSet<String>, language: Language, writer: &mut Writer) {
        let form = |word: &String| {
            let stem = language.stem(word);
            (stem != *word).then(|| format!("{stem}\0{word}"))
        };
        let forms: BTreeSet<String> = words.iter().filter_map(form).collect();
        // The only error of a set in memory is a word out of order.
        writer.section(Set::from_iter(forms).unwrap_or_default().as_fst().as_bytes());
    }

    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        Set::new(reader.section()?).map(Self).map_err(|_| Unreadable::Damaged)
    }

    /// Visits the words with a stem, but not the stem itself.
    pub(crate) fn each(&self, stem: &str, mut visit: impl FnMut(&str)) {
        let mut found = self.0.range().ge(format!("{stem}\0")).lt(format!("{stem}\u{1}")).into_stream();
        while let Some(form) = found.next() {
            form.get(stem.len() + 1..).and_then(|word| std::str::from_utf8(word).ok()).into_iter().for_each(&mut visit);
        }
    }

    pub(crate) fn has(&self, stem: &str) -> bool {
        let mut has = false;
        self.each(stem, |_| has = true);
        has
    }
}
