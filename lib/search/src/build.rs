//! Makes the bytes of a segment.

use std::collections::{BTreeMap, HashMap};

use crate::bytes::Writer;
use crate::document::{Document, Id, Popularity};
use crate::segment::{Group, GroupValue, IN_STOCK, Lists, ON_OFFER};
use crate::terms::{Field, Place, Posting, TermsWriter};
use crate::text::{Language, collation, words};

/// Of a description, only so many words are found.
pub(crate) const MAX_DESCRIPTION_WORDS: usize = 200;

/// What a segment adds to those before it.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// New products, and products that changed.
    pub documents: Vec<Document>,
    /// Products that are gone.
    pub removed: Vec<Id>,
    /// Products of which nothing else changed.
    pub popularity: Vec<(Id, Popularity)>,
}

/// The bytes of a segment.
pub fn build(batch: Batch, language: Language) -> Vec<u8> {
    let Batch { mut documents, removed, popularity } = batch;
    documents.sort_by_key(|document| document.id);
    let names: Vec<String> = documents.iter().map(|document| collation(&document.name)).collect();
    let (mut rows, mut values) = (Rows::default(), Values::default());
    for (document, name) in documents.iter().zip(&names) {
        rows.ids.push(document.id);
        rows.states.push(document.state.bit());
        rows.created.push(document.created_at);
        rows.names.push(name.as_bytes());
        rows.cards.push(&document.card);
        rows.popularity.push(document.popularity);
        let categories = document.categories.iter().map(|it| (Group::Category, &it.id));
        let brand = document.brand.iter().map(|it| (Group::Brand, &it.id));
        let attributes = document.attributes.iter().map(|(name, value)| (Group::Attribute(name.clone()), value));
        rows.values.push(categories.chain(brand).chain(attributes).map(|(group, value)| values.number(group, value)));
        rows.start_variants(document.variants.len());
        for variant in &document.variants {
            let chosen = variant.options.iter();
            let options = chosen.map(|(name, value)| values.number(Group::Option(name.clone()), value));
            let in_stock = if variant.in_stock { IN_STOCK } else { 0 };
            let on_offer = if variant.on_offer { ON_OFFER } else { 0 };
            rows.add_variant(variant.price, in_stock | on_offer, options);
        }
    }
    let mut writer = Writer::default();
    rows.write(&values.list, &mut writer);
    for found in found_by(&documents, language) {
        let mut terms = TermsWriter::new();
        for (word, postings) in found {
            terms.add(word.as_bytes(), &postings);
        }
        terms.write(&mut writer);
    }
    finish(writer, &removed, &popularity)
}

/// Ends a segment with what it says of earlier ones.
pub(crate) fn finish(mut writer: Writer, removed: &[Id], popularity: &[(Id, Popularity)]) -> Vec<u8> {
    writer.numbers(removed.iter().copied());
    writer.numbers(popularity.iter().map(|(id, _)| *id));
    write_popularity(popularity.iter().map(|(_, popularity)| *popularity), &mut writer);
    writer.finish()
}

/// The columns of a segment, while it is made.
#[derive(Debug, Default)]
pub(crate) struct Rows<'a> {
    pub(crate) ids: Vec<Id>,
    pub(crate) states: Vec<u8>,
    pub(crate) created: Vec<u64>,
    pub(crate) names: Vec<&'a [u8]>,
    pub(crate) cards: Vec<&'a [u8]>,
    pub(crate) popularity: Vec<Popularity>,
    pub(crate) values: Lists,
    variants: Lists,
    prices: Vec<u32>,
    flags: Vec<u8>,
    options: Lists,
}

impl Rows<'_> {
    /// Says how many variants the next product has, before they are added.
    pub(crate) fn start_variants(&mut self, count: usize) {
        self.variants.push((self.prices.len()..self.prices.len() + count).map(|number| number as u32));
    }

    pub(crate) fn add_variant(&mut self, price: u32, flags: u8, options: impl IntoIterator<Item = u32>) {
        self.prices.push(price);
        self.flags.push(flags);
        self.options.push(options);
    }

    pub(crate) fn write(&self, values: &[GroupValue], writer: &mut Writer) {
        writer.numbers(self.ids.iter().copied());
        writer.section(&self.states);
        writer.numbers(self.created.iter().map(|at| at.to_le_bytes()));
        writer.u32s(&ranks(&self.names));
        write_texts(writer, &self.names);
        write_texts(writer, &self.cards);
        write_popularity(self.popularity.iter().copied(), writer);
        self.values.write(writer);
        self.variants.write(writer);
        writer.u32s(&self.prices);
        writer.section(&self.flags);
        self.options.write(writer);
        write_values(writer, values);
    }
}

fn write_popularity(all: impl Iterator<Item = Popularity> + Clone, writer: &mut Writer) {
    writer.numbers(all.clone().map(|it| it.sales.to_le_bytes()));
    writer.numbers(all.clone().map(|it| it.sales_ever.to_le_bytes()));
    writer.numbers(all.clone().map(|it| it.ratings.to_le_bytes()));
    writer.numbers(all.map(|it| it.rating.to_le_bytes()));
}

fn write_texts(writer: &mut Writer, texts: &[&[u8]]) {
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    for text in texts {
        bytes.extend(*text);
        ends.push(bytes.len() as u32);
    }
    writer.u32s(&ends);
    writer.section(&bytes);
}

fn write_values(writer: &mut Writer, values: &[GroupValue]) {
    let groups: Vec<String> = (values.iter())
        .map(|value| match &value.group {
            Group::Category => "c".to_owned(),
            Group::Brand => "b".to_owned(),
            Group::Attribute(name) => format!("a{name}"),
            Group::Option(name) => format!("o{name}"),
        })
        .collect();
    write_texts(writer, &groups.iter().map(String::as_bytes).collect::<Vec<_>>());
    write_texts(writer, &values.iter().map(|value| value.value.as_bytes()).collect::<Vec<_>>());
}

/// Values by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values {
    pub(crate) list: Vec<GroupValue>,
    numbers: HashMap<GroupValue, u32>,
}

impl Values {
    fn number(&mut self, group: Group, value: &str) -> u32 {
        self.number_of(GroupValue { group, value: value.to_owned() })
    }

    pub(crate) fn find(&self, value: &GroupValue) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    pub(crate) fn number_of(&mut self, value: GroupValue) -> u32 {
        *self.numbers.entry(value).or_insert_with_key(|value| {
            self.list.push(value.clone());
            self.list.len() as u32 - 1
        })
    }
}

fn ranks(names: &[&[u8]]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    order.sort_by_key(|&index| names[index as usize]);
    let mut ranks = vec![0; names.len()];
    for pair in order.windows(2) {
        let [before, after] = [pair[0] as usize, pair[1] as usize];
        ranks[after] = ranks[before] + u32::from(names[before] != names[after]);
    }
    ranks
}

type Found = BTreeMap<String, Vec<Posting>>;

/// Main words, stems and words of descriptions, with the products that have them.
fn found_by(documents: &[Document], language: Language) -> [Found; 3] {
    let (mut main, mut stems, mut descriptions) = (Found::new(), Found::new(), Found::new());
    for (number, document) in documents.iter().enumerate() {
        let number = number as u32;
        for (word, place) in main_words(document) {
            note(&mut stems, language.stem(&word), number, place, &word);
            note(&mut main, word, number, place, "");
        }
        for word in words(&document.description).into_iter().take(MAX_DESCRIPTION_WORDS) {
            let place = Place::new(Field::Description, 0);
            note(&mut stems, language.stem(&word.folded), number, place, &word.folded);
            note(&mut descriptions, word.folded, number, place, "");
        }
    }
    [main, stems, descriptions]
}

/// Notes that a product has a word, at the best place where it stands. Not if it is `known` anyway.
fn note(found: &mut Found, word: String, document: u32, place: Place, known: &str) {
    if word == known {
        return;
    }
    let postings = found.entry(word).or_default();
    match postings.last_mut() {
        Some(last) if last.document == document => last.place = last.place.min(place),
        _ => postings.push(Posting { document, place }),
    }
}

/// Everything that a product is found by, but for its description.
pub(crate) fn main_words(document: &Document) -> Vec<(String, Place)> {
    let mut found = Vec::new();
    let mut add = |field, text: &str| {
        let words = words(text);
        for (position, word) in words.iter().enumerate() {
            found.push((word.folded.clone(), Place::new(field, position)));
            if let Some(next) = words.get(position + 1).filter(|_| word.joins_next) {
                found.push((format!("{}{}", word.folded, next.folded), Place::new(field, position)));
            }
        }
        if field == Field::Sku {
            found.push((words.iter().map(|word| &*word.folded).collect(), Place::new(field, 0)));
        }
    };
    add(Field::Name, &document.name);
    document.brand.iter().for_each(|brand| add(Field::Brand, &brand.name));
    document.categories.iter().for_each(|category| add(Field::Category, &category.name));
    document.attributes.values().for_each(|value| add(Field::Attribute, value));
    for variant in &document.variants {
        add(Field::Sku, &variant.sku);
        variant.options.values().for_each(|value| add(Field::Attribute, value));
    }
    found.retain(|(word, _)| !word.is_empty());
    found
}
