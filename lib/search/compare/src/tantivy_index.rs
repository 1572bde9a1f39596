//! The products in tantivy.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use search_index::{Document, Group, Query, Sort};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query as Asked, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TEXT, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenStream;
use tantivy::{DocId, Index, Score, Searcher, SegmentOrdinal, SegmentReader, TantivyDocument, Term};

/// Values and combinations of options by number, as a shop would keep them beside the index.
#[derive(Debug, Default)]
struct Dictionary {
    values: Vec<(Group, String)>,
    numbers: HashMap<(Group, String), u64>,
    combinations: Vec<Vec<u64>>,
    combination_numbers: HashMap<Vec<u64>, u64>,
}

impl Dictionary {
    fn value(&mut self, group: Group, value: &str) -> u64 {
        let key = (group, value.to_owned());
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        self.values.push(key.clone());
        self.numbers.insert(key, self.values.len() as u64 - 1);
        self.values.len() as u64 - 1
    }

    fn combination(&mut self, options: Vec<u64>) -> u64 {
        if let Some(number) = self.combination_numbers.get(&options) {
            return *number;
        }
        self.combinations.push(options.clone());
        self.combination_numbers.insert(options, self.combinations.len() as u64 - 1);
        self.combinations.len() as u64 - 1
    }

    fn values_of(&mut self, document: &Document) -> Vec<u64> {
        let categories = document.categories.iter().map(|it| (Group::Category, &it.id));
        let brand = document.brand.iter().map(|it| (Group::Brand, &it.id));
        let attributes = document.attributes.iter().map(|(name, value)| (Group::Attribute(name.clone()), value));
        let all: Vec<_> = categories.chain(brand).chain(attributes).collect();
        all.into_iter().map(|(group, value)| self.value(group, value)).collect()
    }

    fn combinations_of(&mut self, document: &Document) -> Vec<u64> {
        let combination = |variant: &search_index::Variant| {
            let options = variant.options.iter();
            let options = options.map(|(name, value)| self.value(Group::Option(name.clone()), value)).collect();
            self.combination(options)
        };
        document.variants.iter().map(combination).collect()
    }
}

#[derive(Debug, Clone, Copy)]
struct Fields {
    main: Field,
    main_stems: Field,
    description: Field,
    values: Field,
    prices: Field,
    flags: Field,
    combinations: Field,
    state: Field,
    sales: Field,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("en_stem").set_index_option(IndexRecordOption::WithFreqs);
    let stems = TextOptions::default().set_indexing_options(indexing);
    let fields = Fields {
        main: schema.add_text_field("main", TEXT),
        main_stems: schema.add_text_field("main_stems", stems.clone()),
        description: schema.add_text_field("description", stems),
        values: schema.add_u64_field("values", FAST),
        prices: schema.add_u64_field("prices", FAST),
        flags: schema.add_u64_field("flags", FAST),
        combinations: schema.add_u64_field("combinations", FAST),
        state: schema.add_u64_field("state", FAST),
        sales: schema.add_u64_field("sales", FAST),
    };
    (schema.build(), fields)
}

pub(crate) struct TantivyIndex {
    dictionary: Dictionary,
    fields: Fields,
    index: Index,
    searcher: Searcher,
}

pub(crate) struct Answer {
    pub(crate) total: usize,
    pub(crate) facets: BTreeMap<Group, BTreeMap<String, usize>>,
}

impl TantivyIndex {
    pub(crate) fn write(folder: &Path, documents: &[Document]) {
        let (schema, fields) = schema();
        let mut dictionary = Dictionary::default();
        let index = Index::create_in_dir(folder, schema).expect("an index");
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 1_000_000_000).expect("a writer");
        for document in documents {
            let mut added = TantivyDocument::default();
            let names = document.categories.iter().chain(&document.brand).map(|term| &term.name);
            let options = document.variants.iter().flat_map(|variant| variant.options.values().chain([&variant.sku]));
            for text in [&document.name].into_iter().chain(names).chain(document.attributes.values()).chain(options) {
                added.add_text(fields.main, text);
                added.add_text(fields.main_stems, text);
            }
            added.add_text(fields.description, &document.description);
            dictionary.values_of(document).into_iter().for_each(|value| added.add_u64(fields.values, value));
            for (variant, combination) in document.variants.iter().zip(dictionary.combinations_of(document)) {
                added.add_u64(fields.prices, variant.price.into());
                added.add_u64(fields.flags, u64::from(variant.in_stock) | u64::from(variant.on_offer) << 1);
                added.add_u64(fields.combinations, combination);
            }
            added.add_u64(fields.state, document.state as u64);
            added.add_u64(fields.sales, document.popularity.sales.into());
            writer.add_document(added).expect("a document");
        }
        writer.commit().expect("a commit");
        let segments = index.searchable_segment_ids().expect("segments");
        if segments.len() > 1 {
            writer.merge(&segments).wait().expect("a merge");
        }
        writer.garbage_collect_files().wait().expect("old files removed");
        writer.wait_merging_threads().expect("no merge is left");
    }

    pub(crate) fn open(folder: &Path, documents: &[Document]) -> Self {
        let (_, fields) = schema();
        let mut dictionary = Dictionary::default();
        for document in documents {
            dictionary.values_of(document);
            dictionary.combinations_of(document);
        }
        let index = Index::open_in_dir(folder).expect("the index");
        let searcher = index.reader().expect("a reader").searcher();
        Self { dictionary, fields, index, searcher }
    }

    pub(crate) fn search(&self, query: &Query) -> Answer {
        let counting = Counting::new(&self.dictionary, query);
        let mut found = Found::default();
        for stage in 0..3 {
            found = self.searcher.search(&*self.asked(&query.text, stage), &counting).expect("an answer");
            if found.matched > 0 {
                break;
            }
        }
        found.top.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.key.cmp(&a.key)));
        found.top.truncate(query.limit);
        let mut facets: BTreeMap<Group, BTreeMap<String, usize>> = BTreeMap::new();
        for ((group, value), &count) in self.dictionary.values.iter().zip(&found.values) {
            if count > 0 {
                facets.entry(group.clone()).or_default().insert(value.clone(), count as usize);
            }
        }
        Answer { total: found.total, facets }
    }

    /// All words, with 0, 1 or 2 wrong letters, the last one as a beginning too.
    fn asked(&self, text: &str, stage: u8) -> Box<dyn Asked> {
        let words: Vec<String> = (text.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if words.is_empty() {
            return Box::new(AllQuery);
        }
        let word = |(number, word): (usize, &String)| {
            let is_last = number + 1 == words.len();
            (Occur::Must, self.word(word, is_last, stage))
        };
        Box::new(BooleanQuery::new(words.iter().enumerate().map(word).collect()))
    }

    fn word(&self, word: &str, is_last: bool, stage: u8) -> Box<dyn Asked> {
        let mut tokenizer = self.index.tokenizers().get("en_stem").expect("the tokenizer");
        let mut tokens = tokenizer.token_stream(word);
        let stem = if tokens.advance() { tokens.token().text.clone() } else { word.to_owned() };
        let term = |field, text: &str| {
            Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs)) as Box<dyn Asked>
        };
        let boosted = |query: Box<dyn Asked>, by: f32| Box::new(BoostQuery::new(query, by)) as Box<dyn Asked>;
        let mut some = vec![
            boosted(term(self.fields.main, word), 4.0),
            boosted(term(self.fields.main_stems, &stem), 2.0),
            term(self.fields.description, &stem),
        ];
        let edits = match (word.bytes().any(|byte| byte.is_ascii_digit()), word.len()) {
            (true, _) | (_, 0..4) => 0,
            (_, 4..8) => stage.min(1),
            _ => stage,
        };
        let written = Term::from_field_text(self.fields.main, word);
        if is_last {
            some.push(Box::new(FuzzyTermQuery::new_prefix(written, edits, true)));
        } else if edits > 0 {
            some.push(Box::new(FuzzyTermQuery::new(written, edits, true)));
        }
        Box::new(BooleanQuery::new(some.into_iter().map(|query| (Occur::Should, query)).collect()))
    }
}

/// The filters of a query. Each has a bit, and a product the bits of those that it fails.
struct Counting<'a> {
    dictionary: &'a Dictionary,
    query: &'a Query,
    chosen: Vec<u32>,
    group: Vec<u32>,
    products: u32,
    variants: u32,
    price: u32,
    stock: u32,
    offer: u32,
    states: u32,
}

impl<'a> Counting<'a> {
    fn new(dictionary: &'a Dictionary, query: &'a Query) -> Self {
        let mut groups: HashMap<Group, u32> = HashMap::new();
        let mut next = 1;
        let mut bit = |is_asked: bool| {
            let bit = if is_asked { next } else { 0 };
            next <<= u32::from(is_asked);
            bit
        };
        let mut chosen = vec![0; dictionary.values.len()];
        let (mut products, mut variants) = (0, 0);
        let mut choose = |group: Group, wanted: &[String], bit: u32| {
            for value in wanted {
                if let Some(number) = dictionary.numbers.get(&(group.clone(), value.clone())) {
                    chosen[*number as usize] = bit;
                }
            }
            match group {
                Group::Option(_) => variants |= bit,
                _ => products |= bit,
            }
            groups.insert(group, bit);
        };
        choose(Group::Category, query.category.as_slice(), bit(query.category.is_some()));
        choose(Group::Brand, &query.brands, bit(!query.brands.is_empty()));
        for (name, wanted) in &query.attributes {
            choose(Group::Attribute(name.clone()), wanted, bit(true));
        }
        for (name, wanted) in &query.options {
            choose(Group::Option(name.clone()), wanted, bit(true));
        }
        let group = dictionary.values.iter().map(|(group, _)| groups.get(group).copied().unwrap_or(0)).collect();
        Self {
            dictionary,
            query,
            group,
            chosen,
            products,
            variants,
            price: bit(query.min_price.is_some() || query.max_price.is_some()),
            stock: bit(query.in_stock),
            offer: bit(query.on_offer),
            states: query.states.iter().fold(0, |states, state| states | 1 << *state as u32),
        }
    }
}

#[derive(Debug, Default)]
struct Found {
    /// How many products have the words, whether they pass the filters or not.
    matched: usize,
    total: usize,
    values: Vec<u32>,
    top: Vec<Top>,
}

#[derive(Debug, Clone, Copy)]
struct Top {
    score: Score,
    key: u64,
}

struct SegmentCounting {
    /// Owned, as a collector of a segment cannot borrow.
    chosen: Vec<u32>,
    group: Vec<u32>,
    combinations: Vec<Vec<u64>>,
    products: u32,
    variants: u32,
    price: u32,
    stock: u32,
    offer: u32,
    asked_states: u32,
    prices: std::ops::RangeInclusive<u64>,
    sort: Sort,
    limit: usize,
    values: Column<u64>,
    variant_prices: Column<u64>,
    flags: Column<u64>,
    variant_combinations: Column<u64>,
    states: Column<u64>,
    sales: Column<u64>,
    seen: Vec<u32>,
    found: Found,
}

impl Collector for Counting<'_> {
    type Fruit = Found;
    type Child = SegmentCounting;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentCounting> {
        let fast = reader.fast_fields();
        let (least, most) = (self.query.min_price.unwrap_or(0), self.query.max_price.unwrap_or(u32::MAX));
        Ok(SegmentCounting {
            chosen: self.chosen.clone(),
            group: self.group.clone(),
            combinations: self.dictionary.combinations.clone(),
            products: self.products,
            variants: self.variants,
            price: self.price,
            stock: self.stock,
            offer: self.offer,
            asked_states: self.states,
            prices: least.into()..=most.into(),
            sort: self.query.sort,
            limit: self.query.limit,
            values: fast.u64("values")?,
            variant_prices: fast.u64("prices")?,
            flags: fast.u64("flags")?,
            variant_combinations: fast.u64("combinations")?,
            states: fast.u64("state")?,
            sales: fast.u64("sales")?,
            seen: vec![0; self.chosen.len()],
            found: Found { values: vec![0; self.chosen.len()], ..Found::default() },
        })
    }

    fn requires_scoring(&self) -> bool {
        !self.query.text.is_empty()
    }

    fn merge_fruits(&self, fruits: Vec<Found>) -> tantivy::Result<Found> {
        Ok(fruits.into_iter().fold(Found::default(), |mut all, found| {
            all.matched += found.matched;
            all.total += found.total;
            all.values.resize(found.values.len(), 0);
            all.values.iter_mut().zip(found.values).for_each(|(all, count)| *all += count);
            all.top.extend(found.top);
            all
        }))
    }
}

impl SegmentCollector for SegmentCounting {
    type Fruit = Found;

    fn collect(&mut self, document: DocId, score: Score) {
        let state = self.states.first(document).unwrap_or_default();
        if self.asked_states & 1 << state == 0 {
            return;
        }
        self.found.matched += 1;
        let mut chosen = 0;
        if self.products != 0 {
            self.values.values_for_doc(document).for_each(|value| chosen |= self.chosen[value as usize]);
        }
        let failed = self.products & !chosen;
        if failed.count_ones() > 1 {
            return;
        }
        let (mut lowest, mut nearly) = (None, 0);
        let variants = self.variant_prices.values_for_doc(document).zip(self.flags.values_for_doc(document));
        for ((price, flags), combination) in variants.zip(self.variant_combinations.values_for_doc(document)) {
            let options = &self.combinations[combination as usize];
            let chosen = options.iter().fold(0, |chosen, value| chosen | self.chosen[*value as usize]);
            let mut fails = failed | self.variants & !chosen;
            fails |= if self.prices.contains(&price) { 0 } else { self.price };
            fails |= if flags & 1 != 0 { 0 } else { self.stock };
            fails |= if flags & 2 != 0 { 0 } else { self.offer };
            if fails.count_ones() > 1 {
                continue;
            }
            nearly |= fails;
            if fails == 0 {
                lowest = Some(lowest.map_or(price, |lowest: u64| lowest.min(price)));
            }
            for &option in options {
                let option = option as usize;
                if fails & !self.group[option] == 0 && self.seen[option] != document + 1 {
                    self.seen[option] = document + 1;
                    self.found.values[option] += 1;
                }
            }
        }
        if lowest.is_some() || nearly & self.products != 0 {
            for value in self.values.values_for_doc(document) {
                let counts = lowest.is_some() || nearly & self.group[value as usize] != 0;
                self.found.values[value as usize] += u32::from(counts);
            }
        }
        let Some(price) = lowest else { return };
        self.found.total += 1;
        let key = match self.sort {
            Sort::PriceAscending => u64::MAX - price,
            Sort::PriceDescending => price,
            _ => self.sales.first(document).unwrap_or_default(),
        };
        let score = if self.sort == Sort::Relevance { score } else { 0.0 };
        self.found.top.push(Top { score, key });
        if self.found.top.len() >= self.limit * 2 + 64 {
            let order = |a: &Top, b: &Top| b.score.total_cmp(&a.score).then(b.key.cmp(&a.key));
            self.found.top.select_nth_unstable_by(self.limit, order);
            self.found.top.truncate(self.limit);
        }
    }

    fn harvest(self) -> Found {
        self.found
    }
}
