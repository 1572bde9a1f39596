//! Words of a segment and the products that have them.

use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Map, MapBuilder, Streamer};

use crate::bytes::{Reader, Slice, Unreadable, Writer, put_varint, take_varint};

/// Where a word stands in a product, the best place first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Name,
    Sku,
    Brand,
    Category,
    Attribute,
    Description,
}

/// A product that has a word: its number in the segment, the best field, and the first position in the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Posting {
    pub(crate) document: u32,
    pub(crate) place: Place,
}

/// A field in three bits and a position in five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(u8);

impl Place {
    /// Positions from here on are not told apart, and neither are those in other fields than the name.
    const FAR: u8 = 31;

    pub(crate) fn new(field: Field, position: usize) -> Self {
        let position = match field {
            Field::Name => u8::try_from(position).unwrap_or(Self::FAR).min(Self::FAR),
            _ => Self::FAR,
        };
        Self((field as u8) << 5 | position)
    }

    pub(crate) fn field(self) -> u8 {
        self.0 >> 5
    }

    pub(crate) fn position(self) -> Option<u8> {
        Some(self.0 & Self::FAR).filter(|position| *position < Self::FAR)
    }
}

#[derive(Debug)]
pub(crate) struct Terms {
    map: Map<Slice>,
    postings: Slice,
}

/// Takes words in their order.
pub(crate) struct TermsWriter {
    map: MapBuilder<Vec<u8>>,
    postings: Vec<u8>,
}

impl TermsWriter {
    pub(crate) fn new() -> Self {
        Self { map: MapBuilder::memory(), postings: Vec::new() }
    }

    /// `postings` are sorted, at most one for each product. A word must be greater than the one before.
    pub(crate) fn add(&mut self, word: &[u8], postings: &[Posting]) {
        let value = match postings {
            [] => return,
            // A single posting, as that of most words, stands in the map itself.
            [only] => (u64::from(only.document) << 8 | u64::from(only.place.0)) << 1 | 1,
            several => {
                let start = self.postings.len() as u64;
                put_varint(&mut self.postings, several.len() as u64);
                let mut last = 0;
                for posting in several {
                    put_varint(&mut self.postings, u64::from(posting.document - last));
                    self.postings.push(posting.place.0);
                    last = posting.document;
                }
                start << 1
            }
        };
        // The only error of a map in memory is a word out of order.
        let added = self.map.insert(word, value);
        debug_assert!(added.is_ok(), "words are added in order");
    }

    pub(crate) fn write(self, writer: &mut Writer) {
        writer.section(&self.map.into_inner().unwrap_or_default());
        writer.section(&self.postings);
    }
}

impl Terms {
    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        let map = Map::new(reader.section()?).map_err(|_| Unreadable::Damaged)?;
        Ok(Self { map, postings: reader.section()? })
    }

    pub(crate) fn get(&self, word: &str) -> Option<u64> {
        self.map.get(word)
    }

    /// How many products have the word of this value.
    pub(crate) fn count(&self, value: u64) -> u64 {
        if value & 1 == 1 { 1 } else { take_varint(&mut self.list(value)).unwrap_or_default() }
    }

    /// The products with the word of this value.
    pub(crate) fn visit(&self, value: u64, mut visit: impl FnMut(Posting)) {
        if value & 1 == 1 {
            let place = Place((value >> 1) as u8);
            visit(Posting { document: (value >> 9) as u32, place });
            return;
        }
        let mut bytes = self.list(value);
        let mut document = 0;
        for _ in 0..take_varint(&mut bytes).unwrap_or_default() {
            let Some(step) = take_varint(&mut bytes) else { return };
            let Some((&place, rest)) = bytes.split_first() else { return };
            bytes = rest;
            document += step as u32;
            visit(Posting { document, place: Place(place) });
        }
    }

    fn list(&self, value: u64) -> &[u8] {
        self.postings.as_ref().get((value >> 1) as usize..).unwrap_or_default()
    }

    /// Words that an automaton accepts, in order, with their values.
    pub(crate) fn matching<A: Automaton>(&self, automaton: A, mut visit: impl FnMut(&str, u64)) {
        let mut found = self.map.search(automaton).into_stream();
        while let Some((word, value)) = found.next() {
            if let Ok(word) = std::str::from_utf8(word) {
                visit(word, value);
            }
        }
    }

    pub(crate) fn beginning(&self, word: &str, visit: impl FnMut(&str, u64)) {
        self.matching(Str::new(word).starts_with(), visit);
    }

    pub(crate) fn map(&self) -> &Map<Slice> {
        &self.map
    }
}
