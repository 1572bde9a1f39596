//! CPU time of queries on a generated catalogue: `cargo bench -p search -- 100000`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a bench")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

mod catalogue;

use std::time::{Duration, Instant};

use catalogue::{Random, catalogue, product};
use search_index::{Batch, Document, Index, Language, Query, Sort, State, Synonyms, build};

fn main() {
    let products = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(100_000);
    let documents = catalogue(products);
    let (segment, building) =
        timed(|| build(Batch { documents: documents.clone(), ..Batch::default() }, Language::English));
    let bytes = segment.len();
    let (index, opening) = timed(|| Index::open(segment.clone(), 0, Language::English).unwrap());
    println!("{products} products: {bytes} bytes, built in {building:.1?}, opened in {opening:.1?}");
    measure("base only", &index, &documents);
    let mut random = Random::new(7);
    let mut published = Vec::new();
    let with_segments = (1..=24).fold(index, |index, seq| {
        let changed: Vec<Document> = (0..20).map(|_| product(random.below(products), products, &mut random)).collect();
        let segment = build(Batch { documents: unique(changed), ..Batch::default() }, Language::English);
        let (next, took) = timed(|| index.with(segment, seq).unwrap());
        published.push(took);
        next
    });
    published.sort();
    println!("a publication of 20 products is taken in {:.1?}", published[published.len() / 2]);
    measure("with 24 segments", &with_segments, &documents);
    let (merged, merging) = timed(|| with_segments.merged());
    println!("merged to {} bytes in {merging:.1?}", merged.len());
}

fn unique(mut documents: Vec<Document>) -> Vec<Document> {
    documents.sort_by_key(|document| document.id);
    documents.dedup_by_key(|document| document.id);
    documents
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let made = work();
    (made, started.elapsed())
}

fn measure(name: &str, index: &Index, documents: &[Document]) {
    println!("{name}:");
    let mut all = Vec::new();
    for (kind, queries) in queries(documents) {
        let mut times: Vec<Duration> =
            (queries.iter()).map(|query| timed(|| index.search(query, &Synonyms::default(), index.seq())).1).collect();
        all.extend(times.iter().copied());
        println!("  {kind:<22} {}", percentiles(&mut times));
    }
    println!("  {:<22} {}", "all", percentiles(&mut all));
}

fn percentiles(times: &mut [Duration]) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    format!("p50 {:>8.2?}  p95 {:>8.2?}  p99 {:>8.2?}", at(50), at(95), at(99))
}

fn queries(documents: &[Document]) -> Vec<(&'static str, Vec<Query>)> {
    let mut random = Random::new(99);
    let base = || Query { states: vec![State::Active], limit: 20, ..Query::default() };
    let mut make = |make: &dyn Fn(&Document, &mut Random) -> Query| -> Vec<Query> {
        (0..50).map(|_| make(&documents[random.below(documents.len())], &mut random)).collect()
    };
    let text = |text: String| Query { text, ..base() };
    vec![
        ("no words, all facets", make(&|_, _| base())),
        (
            "category, newest",
            make(&|it, _| Query { category: Some(it.categories[1].id.clone()), sort: Sort::Newest, ..base() }),
        ),
        (
            "four filters",
            make(&|it, _| Query {
                category: Some(it.categories[0].id.clone()),
                options: [("Colour".to_owned(), vec![it.variants[0].options["Colour"].clone()])].into(),
                max_price: Some(it.variants[0].price * 2),
                in_stock: true,
                ..base()
            }),
        ),
        ("one word", make(&|it, random| text(pick(it, random)))),
        ("two words", make(&|it, random| text(format!("{} {}", pick(it, random), pick(it, random))))),
        ("beginning of a word", make(&|it, random| text(pick(it, random)[..2].to_owned()))),
        ("one wrong letter", make(&|it, random| text(misspelt(&longest(it), random)))),
        (
            "two words, one wrong",
            make(&|it, random| text(format!("{} {}", misspelt(&longest(it), random), pick(it, random)))),
        ),
    ]
}

fn pick(document: &Document, random: &mut Random) -> String {
    let words: Vec<&str> = document.name.split(' ').collect();
    words[random.below(words.len())].to_owned()
}

fn longest(document: &Document) -> String {
    document.name.split(' ').max_by_key(|word| word.len()).unwrap().to_owned()
}

fn misspelt(word: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + random.below(letters.len() - 1);
    letters[at] = 'x';
    letters.into_iter().collect()
}
