//! Makes the bytes of a segment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::bytes::Writer;
use crate::document::{Document, Id, Popularity};
use crate::forms::Forms;
use crate::rows::{Dictionary, Row, Rows, write_popularity};
use crate::segment::{Group, GroupValue};
use crate::terms::{Field, Place, Places, Posting, TermsWriter};
use crate::text::{Language, collation, words};
use crate::variants::{IN_STOCK, ON_OFFER, VariantRow};

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
    let (mut rows, mut dictionary) = (Rows::default(), Dictionary::new());
    for document in &documents {
        let row = Row {
            id: document.id,
            state: document.state as u8,
            created: document.created_at,
            name: collation(&document.name),
            card: &document.card,
            popularity: document.popularity,
        };
        let sets = sets(document, &mut dictionary);
        let variants = variants(document, &mut dictionary);
        rows.add(row, sets, variants, &dictionary.combinations);
    }
    let mut writer = Writer::default();
    rows.write(&dictionary, &mut writer);
    found_by(&documents).write(language, &mut writer);
    finish(writer, &removed, &popularity)
}

/// Ends a segment with what it says of earlier ones.
pub(crate) fn finish(mut writer: Writer, removed: &[Id], popularity: &[(Id, Popularity)]) -> Vec<u8> {
    writer.numbers(removed.iter().copied());
    writer.numbers(popularity.iter().map(|(id, _)| *id));
    write_popularity(popularity.iter().map(|(_, popularity)| *popularity), &mut writer);
    writer.finish()
}

/// What a product has of each group.
fn sets(document: &Document, dictionary: &mut Dictionary) -> Vec<u32> {
    let mut groups: BTreeMap<Group, Vec<u32>> = BTreeMap::new();
    let mut add = |group: Group, value: &String| {
        let number = dictionary.values.number(GroupValue { group: group.clone(), value: value.clone() });
        groups.entry(group).or_default().push(number);
    };
    document.categories.iter().for_each(|it| add(Group::Category, &it.id));
    document.brand.iter().for_each(|it| add(Group::Brand, &it.id));
    document.attributes.iter().for_each(|(name, value)| add(Group::Attribute(name.clone()), value));
    let options = document.variants.iter().flat_map(|variant| &variant.options);
    options.for_each(|(name, value)| add(Group::Option(name.clone()), value));
    groups.into_values().map(|set| dictionary.sets.number(set)).collect()
}

fn variants(document: &Document, dictionary: &mut Dictionary) -> Vec<VariantRow> {
    let Dictionary { values, combinations, .. } = dictionary;
    let mut number = |(name, value): (&String, &String)| {
        values.number(GroupValue { group: Group::Option(name.clone()), value: value.clone() })
    };
    let row = |variant: &crate::document::Variant| {
        let in_stock = if variant.in_stock { IN_STOCK } else { 0 };
        let on_offer = if variant.on_offer { ON_OFFER } else { 0 };
        VariantRow {
            price: variant.price,
            flags: in_stock | on_offer,
            combination: combinations.number(variant.options.iter().map(&mut number).collect()),
        }
    };
    document.variants.iter().map(row).collect()
}

/// By word, the products that have it.
type Found = HashMap<String, Vec<Posting>>;

#[derive(Debug, Default)]
struct FoundBy {
    words: Found,
    skus: Found,
    descriptions: Found,
}

fn found_by(documents: &[Document]) -> FoundBy {
    let mut found = FoundBy::default();
    for (number, document) in documents.iter().enumerate() {
        let number = number as u32;
        for (word, place) in main_words(document) {
            note(&mut found.words, word, number, place);
        }
        for word in words(&document.description).into_iter().take(MAX_DESCRIPTION_WORDS) {
            note(&mut found.descriptions, word.folded, number, Place::new(Field::Description, 0));
        }
        skus(document).for_each(|sku| note(&mut found.skus, sku, number, Place::new(Field::Sku, 0)));
    }
    found
}

/// Notes that a product has a word, at the best place where it stands.
fn note(found: &mut Found, word: String, document: u32, place: Place) {
    let postings = found.entry(word).or_default();
    match postings.last_mut() {
        Some(last) if last.document == document => last.place = last.place.min(place),
        _ => postings.push(Posting { document, place }),
    }
}

impl FoundBy {
    fn write(self, language: Language, writer: &mut Writer) {
        let forms: BTreeSet<String> = self.words.keys().chain(self.descriptions.keys()).cloned().collect();
        write_terms(self.words, Places::Each, writer);
        write_terms(self.skus, Places::SKU, writer);
        write_terms(self.descriptions, Places::DESCRIPTION, writer);
        Forms::write(&forms, language, writer);
    }
}

fn write_terms(found: Found, places: Places, writer: &mut Writer) {
    let mut found: Vec<(String, Vec<Posting>)> = found.into_iter().collect();
    found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let mut terms = TermsWriter::new(places);
    for (word, postings) in found {
        terms.add(word.as_bytes(), &postings);
    }
    terms.write(writer);
}

/// Everything that a product is found by, but for its description and its whole SKUs.
pub(crate) fn main_words(document: &Document) -> Vec<(String, Place)> {
    let mut found = Vec::new();
    let mut add = |field, text: &str| {
        let words = words(text);
        for (position, word) in words.iter().enumerate() {
            found.push((word.folded.clone(), Place::new(field, position)));
            let next = words.get(position + 1).filter(|_| word.joins_next && field != Field::Sku);
            if let Some(next) = next {
                found.push((format!("{}{}", word.folded, next.folded), Place::new(field, position)));
            }
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
    found
}

/// The whole SKUs of a product, each as one word.
pub(crate) fn skus(document: &Document) -> impl Iterator<Item = String> {
    let sku = |sku: &str| words(sku).into_iter().map(|word| word.folded).collect::<String>();
    document.variants.iter().map(move |variant| sku(&variant.sku)).filter(|sku| !sku.is_empty())
}
