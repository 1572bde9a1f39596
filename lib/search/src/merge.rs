//! Makes one segment of all that an index has, without what is outdated.

use fst::Streamer;
use fst::map::OpBuilder;

use crate::build::{Rows, Values, finish};
use crate::bytes::Writer;
use crate::index::{Index, Part};
use crate::segment::Segment;
use crate::terms::{Posting, Terms, TermsWriter};

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
        let (mut rows, mut values) = (Rows::default(), Values::default());
        let mut number = |number: &u32| values.number_of(self.values.list[*number as usize].clone());
        for &Kept { part, document } in &kept {
            let part = &self.parts[part];
            let (at, columns) = (document as usize, &part.segment.columns);
            rows.ids.push(columns.ids[at]);
            rows.states.push(columns.states[at]);
            rows.created.push(columns.created[at]);
            rows.names.push(columns.names.get(document));
            rows.cards.push(columns.cards.get(document));
            rows.popularity.push(part.popularity[at]);
            rows.values.push(columns.values.get(document).iter().map(&mut number));
            let variants = columns.variants.get(document);
            rows.start_variants(variants.len());
            for &variant in variants {
                let (price, flags) = (columns.prices[variant as usize], columns.flags[variant as usize]);
                rows.add_variant(price, flags, columns.options.get(variant).iter().map(&mut number));
            }
        }
        let mut writer = Writer::default();
        rows.write(&values.list, &mut writer);
        let numbers = self.numbers(&kept);
        let kinds: [fn(&Segment) -> &Terms; 3] = [|it| &it.words, |it| &it.stems, |it| &it.descriptions];
        for terms in kinds {
            let all: Vec<&Terms> = self.parts.iter().map(|part| terms(&part.segment)).collect();
            merged_terms(&all, &numbers).write(&mut writer);
        }
        finish(writer, &[], &[])
    }

    /// The products that stay, in the order of their ids.
    fn kept(&self) -> Vec<Kept> {
        let live = |(number, part): (usize, &Part)| {
            let live: Vec<u32> = (0..part.segment.len()).filter(|document| part.has(*document, self.seq())).collect();
            live.into_iter().map(move |document| Kept { part: number, document })
        };
        let mut kept: Vec<Kept> = self.parts.iter().enumerate().flat_map(live).collect();
        kept.sort_unstable_by_key(|kept| self.parts[kept.part].segment.columns.ids[kept.document as usize]);
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

fn merged_terms(all: &[&Terms], numbers: &[Vec<Option<u32>>]) -> TermsWriter {
    let mut union = OpBuilder::new();
    for terms in all {
        union.push(terms.map());
    }
    let (mut union, mut merged) = (union.union(), TermsWriter::new());
    while let Some((word, values)) = union.next() {
        let mut postings = Vec::new();
        for value in values {
            all[value.index].visit(value.value, |posting| {
                let document = numbers[value.index][posting.document as usize];
                postings.extend(document.map(|document| Posting { document, ..posting }));
            });
        }
        postings.sort_unstable();
        merged.add(word, &postings);
    }
    merged
}
