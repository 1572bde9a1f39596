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
    pub(crate) const FAR: u8 = 31;

    pub(crate) const fn new(field: Field, position: usize) -> Self {
        let position = match field {
            Field::Name if position < Self::FAR as usize => position as u8,
            _ => Self::FAR,
        };
        Self((field as u8) << 5 | position)
    }

    pub(crate) fn field(self) -> u8 {
        self.0 >> 5
    }

    pub(crate) fn position(self) -> u8 {
        self.0 & Self::FAR
    }
}

/// Whether each posting has its own place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    Each,
    All(Place),
}

impl Places {
    pub(crate) const SKU: Self = Self::All(Place::new(Field::Sku, 0));
    pub(crate) const DESCRIPTION: Self = Self::All(Place::new(Field::Description, 0));

    fn byte(self) -> u8 {
        match self {
            Self::Each => u8::MAX,
            Self::All(place) => place.0,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Terms {
    places: Places,
    map: Map<Slice>,
    /// The words of a small map. Trying each is faster there than a walk through the map.
    few: Vec<Term>,
    postings: Slice,
}

#[derive(Debug)]
struct Term {
    word: Vec<u8>,
    value: u64,
}

/// Maps with at most so many words are small. Tests have maps of both kinds.
const FEW: usize = if cfg!(test) { 16 } else { 4096 };

/// Takes words in their order.
pub(crate) struct TermsWriter {
    places: Places,
    map: MapBuilder<Vec<u8>>,
    postings: Vec<u8>,
}

impl TermsWriter {
    pub(crate) fn new(places: Places) -> Self {
        Self { places, map: MapBuilder::memory(), postings: Vec::new() }
    }

    /// `postings` are sorted, at most one for each product. A word must be greater than the one before.
    pub(crate) fn add(&mut self, word: &[u8], postings: &[Posting]) {
        let value = match postings {
            [] => return,
            // A single posting, as that of most words, stands in the map itself.
            [only] => {
                let document = u64::from(only.document);
                let value = if self.has_places() { document << 8 | u64::from(only.place.0) } else { document };
                value << 1 | 1
            }
            several => {
                let start = self.postings.len() as u64;
                // Many words stand at the same place of all their products, such as those of a brand.
                let place = several.first().map(|posting| posting.place);
                let is_one = self.has_places() && several.iter().all(|posting| Some(posting.place) == place);
                put_varint(&mut self.postings, (several.len() as u64) << 1 | u64::from(is_one));
                self.postings.extend(place.filter(|_| is_one).map(|place| place.0));
                let mut last = 0;
                for posting in several {
                    put_varint(&mut self.postings, u64::from(posting.document - last));
                    if self.has_places() && !is_one {
                        self.postings.push(posting.place.0);
                    }
                    last = posting.document;
                }
                start << 1
            }
        };
        // The only error of a map in memory is a word out of order.
        let added = self.map.insert(word, value);
        debug_assert!(added.is_ok(), "words are added in order");
    }

    fn has_places(&self) -> bool {
        self.places == Places::Each
    }

    pub(crate) fn write(self, writer: &mut Writer) {
        writer.section(&[self.places.byte()]);
        writer.section(&self.map.into_inner().unwrap_or_default());
        writer.section(&self.postings);
    }
}

impl Terms {
    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        let places = match *reader.section()?.as_ref() {
            [u8::MAX] => Places::Each,
            [place] => Places::All(Place(place)),
            _ => return Err(Unreadable::Damaged),
        };
        let map = Map::new(reader.section()?).map_err(|_| Unreadable::Damaged)?;
        let mut few = Vec::new();
        if map.len() <= FEW {
            let mut all = map.stream();
            while let Some((word, value)) = all.next() {
                few.push(Term { word: word.to_owned(), value });
            }
        }
        Ok(Self { places, map, few, postings: reader.section()? })
    }

    pub(crate) fn places(&self) -> Places {
        self.places
    }

    pub(crate) fn get(&self, word: &str) -> Option<u64> {
        self.map.get(word)
    }

    /// How many products have the word of this value.
    pub(crate) fn count(&self, value: u64) -> u64 {
        if value & 1 == 1 { 1 } else { take_varint(&mut self.list(value)).unwrap_or_default() >> 1 }
    }

    /// The products with the word of this value, in their order.
    pub(crate) fn postings(&self, value: u64) -> Postings<'_> {
        let (mut places, document) = (self.places, 0);
        if value & 1 == 0 {
            let mut bytes = self.list(value);
            let header = take_varint(&mut bytes).unwrap_or_default();
            let left = header >> 1;
            if header & 1 == 1
                && let Some((&place, rest)) = bytes.split_first()
            {
                (places, bytes) = (Places::All(Place(place)), rest);
            }
            return Postings { places, bytes, document, left, only: None };
        }
        let only = match places {
            Places::Each => Posting { document: (value >> 9) as u32, place: Place((value >> 1) as u8) },
            Places::All(place) => Posting { document: (value >> 1) as u32, place },
        };
        Postings { places, bytes: &[], document, left: 0, only: Some(only) }
    }

    fn list(&self, value: u64) -> &[u8] {
        self.postings.as_ref().get((value >> 1) as usize..).unwrap_or_default()
    }

    /// Words that an automaton accepts, in order, with their values.
    pub(crate) fn matching<A: Automaton>(&self, automaton: A, mut visit: impl FnMut(&[u8], u64)) {
        if !self.few.is_empty() {
            let matching = self.few.iter().filter(|term| accepts(&automaton, &term.word));
            return matching.for_each(|term| visit(&term.word, term.value));
        }
        let mut found = self.map.search(automaton).into_stream();
        while let Some((word, value)) = found.next() {
            visit(word, value);
        }
    }

    pub(crate) fn beginning(&self, word: &str, mut visit: impl FnMut(&[u8], u64)) {
        let mut found = self.map.search(Str::new(word).starts_with()).into_stream();
        while let Some((word, value)) = found.next() {
            visit(word, value);
        }
    }

    pub(crate) fn has_beginning(&self, word: &str) -> bool {
        self.map.search(Str::new(word).starts_with()).into_stream().next().is_some()
    }

    pub(crate) fn map(&self) -> &Map<Slice> {
        &self.map
    }
}

fn accepts(automaton: &impl Automaton, word: &[u8]) -> bool {
    let mut state = automaton.start();
    for &byte in word {
        state = automaton.accept(&state, byte);
        if !automaton.can_match(&state) {
            return false;
        }
    }
    automaton.is_match(&state)
}

#[derive(Debug)]
pub(crate) struct Postings<'a> {
    places: Places,
    bytes: &'a [u8],
    document: u32,
    left: u64,
    only: Option<Posting>,
}

impl Iterator for Postings<'_> {
    type Item = Posting;

    fn next(&mut self) -> Option<Posting> {
        if self.left == 0 {
            return self.only.take();
        }
        self.left -= 1;
        self.document += take_varint(&mut self.bytes)? as u32;
        let place = match self.places {
            Places::All(place) => place,
            Places::Each => {
                let (&place, rest) = self.bytes.split_first()?;
                self.bytes = rest;
                Place(place)
            }
        };
        Some(Posting { document: self.document, place })
    }
}
