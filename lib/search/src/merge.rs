//! Makes one segment of all that an index has, without what is outdated.

use std::collections::BTreeSet;

use fst::Streamer;
use fst::map::OpBuilder;

use crate::build::finish;
use crate::bytes::Writer;
use crate::forms::Forms;
use crate::index::{Index, Part};
use crate::lists::ListsView;
use crate::rows::{Dictionary, Row, Rows, Sets, Values};
use crate::segment::{STATE, Segment, View};
use crate::terms::{Places, Posting, Terms, TermsWriter};
use crate::variants::VariantRow;

/// A product that stays: its part, and its number there.
#[derive(Debug, Clone, Copy)]
struct Kept {
    part: usize,
    document: u32,
}

impl Index {
    /// The bytes of a base that covers everything up to [`Index::seq`].
    pub fn merged(&self) -> Vec<u8> {
        let kept = self.kept();
        let (mut rows, mut dictionary) = (Rows::default(), Dictionary::new());
        let mut parts: Vec<MergedPart> = self.parts.iter().map(|part| MergedPart::new(self, part)).collect();
        for &Kept { part: number, document } in &kept {
            let (part, merged) = (&self.parts[number], &mut parts[number]);
            let view = merged.view;
            let row = Row {
                id: view.ids[document as usize],
                state: view.flags[document as usize][0] & STATE,
                created: view.created(document),
                name: String::from_utf8(part.segment.columns.names.letters(document).collect()).unwrap_or_default(),
                card: part.segment.columns.cards.get(document),
                popularity: part.popularity(&view, document),
            };
            let sets: Vec<u32> =
                part.segment.columns.sets(document).into_iter().map(|set| merged.set(set, &mut dictionary)).collect();
            let variants: Vec<VariantRow> = (view.variants(document))
                .map(|number| {
                    let variant = view.variant(number);
                    VariantRow { combination: merged.combination(variant.combination, &mut dictionary), ..variant }
                })
                .collect();
            rows.add(row, sets, variants, &dictionary.combinations);
        }
        let mut writer = Writer::default();
        rows.write(&dictionary, &mut writer);
        let numbers = self.numbers(&kept);
        let kinds: [fn(&Segment) -> &Terms; 3] = [|it| &it.words, |it| &it.skus, |it| &it.descriptions];
        let mut words = BTreeSet::new();
        for terms in kinds {
            let all: Vec<&Terms> = self.parts.iter().map(|part| terms(&part.segment)).collect();
            merged_terms(&all, &numbers, &mut words).write(&mut writer);
        }
        Forms::write(&words, self.language, &mut writer);
        finish(writer, &[], &[])
    }

    /// The products that stay, in the order of their ids.
    fn kept(&self) -> Vec<Kept> {
        let live = |(number, part): (usize, &Part)| {
            let live: Vec<u32> = (0..part.segment.len()).filter(|document| part.has(*document, self.seq())).collect();
            live.into_iter().map(move |document| Kept { part: number, document })
        };
        let mut kept: Vec<Kept> = self.parts.iter().enumerate().flat_map(live).collect();
        kept.sort_unstable_by_key(|kept| self.parts[kept.part].segment.ids()[kept.document as usize]);
        kept
    }

    /// The new number of each product, by part and old number.
    fn numbers(&self, kept: &[Kept]) -> Vec<Vec<Option<u32>>> {
        let mut numbers: Vec<Vec<Option<u32>>> =
            self.parts.iter().map(|part| vec![None; part.segment.len() as usize]).collect();
        for (number, kept) in kept.iter().enumerate() {
            numbers[kept.part][kept.document as usize] = Some(number as u32);
        }
        numbers
    }
}

/// A part with the new numbers of its sets and combinations, as far as they are known.
#[derive(Debug)]
struct MergedPart<'a> {
    index: &'a Index,
    part: &'a Part,
    view: View<'a>,
    sets: Vec<Option<u32>>,
    combinations: Vec<Option<u32>>,
}

impl<'a> MergedPart<'a> {
    fn new(index: &'a Index, part: &'a Part) -> Self {
        let segment = &part.segment;
        let (sets, combinations) = (vec![None; segment.sets.len()], vec![None; segment.combinations.len()]);
        Self { index, part, view: segment.columns.view(), sets, combinations }
    }

    fn set(&mut self, set: u32, dictionary: &mut Dictionary) -> u32 {
        let known = self.sets[set as usize];
        let number = known.unwrap_or_else(|| {
            self.renumber(self.part.segment.sets.view(), set, &mut dictionary.values, &mut dictionary.sets)
        });
        self.sets[set as usize] = Some(number);
        number
    }

    fn combination(&mut self, combination: u32, dictionary: &mut Dictionary) -> u32 {
        let known = self.combinations[combination as usize];
        let number = known.unwrap_or_else(|| {
            let all = self.part.segment.combinations.view();
            self.renumber(all, combination, &mut dictionary.values, &mut dictionary.combinations)
        });
        self.combinations[combination as usize] = Some(number);
        number
    }

    fn renumber(&self, lists: ListsView, list: u32, values: &mut Values, sets: &mut Sets) -> u32 {
        let value = |value: u32| self.index.values.list[self.part.values[value as usize] as usize].clone();
        sets.number(lists.get(list).into_iter().map(|it| values.number(value(it))).collect())
    }
}

/// Notes the words that stay, except for SKUs.
fn merged_terms(all: &[&Terms], numbers: &[Vec<Option<u32>>], words: &mut BTreeSet<String>) -> TermsWriter {
    let mut union = OpBuilder::new();
    for terms in all {
        union.push(terms.map());
    }
    let (mut union, mut merged) = (union.union(), TermsWriter::new(all[0].places()));
    while let Some((word, values)) = union.next() {
        let mut postings = Vec::new();
        for value in values {
            for posting in all[value.index].postings(value.value) {
                let document = numbers[value.index][posting.document as usize];
                postings.extend(document.map(|document| Posting { document, ..posting }));
            }
        }
        postings.sort_unstable();
        merged.add(word, &postings);
        if !postings.is_empty() && all[0].places() != Places::SKU {
            words.extend(String::from_utf8(word.to_owned()));
        }
    }
    merged
}
