//! What the index costs on a sample catalogue, and how well it finds.
//!
//!     cargo bench -p search-index                100,000 products
//!     cargo bench -p search-index -- 1000000     another number of products
//!
//! Times are of the processor, on one thread.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a bench")]

mod cpu;
mod documents;
mod queries;
mod relevance;
mod sections;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cpu::{percentiles, timed};
use documents::document;
use queries::{Kind, base, kinds};
use sample_catalogue::{Catalogue, Random};
use search_index::{Batch, Document, Index, Language, Popularity, Query, Synonyms, build};

const LANGUAGE: Language = Language::English;
/// How many products are made at a time, and how many queries are made after.
const PART: usize = 100_000;
const SAMPLE: usize = 20_000;

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    match (words.next().as_deref(), words.next()) {
        (Some("resident"), Some(file)) => resident(Path::new(&file)),
        (count, _) => bench(count.and_then(|count| count.parse().ok()).unwrap_or(100_000)),
    }
}

fn bench(products: usize) {
    let catalogue = Catalogue::new(1);
    let (segment, building) = timed(|| segment(&catalogue, products));
    // Those that queries are made after.
    let mut random = Random::new(3);
    let sample: Vec<Document> =
        (0..SAMPLE).map(|_| document(&catalogue, catalogue.product(random.below(products)))).collect();
    let cards = sample.iter().map(|it| it.card.len()).sum::<usize>() * products / SAMPLE;
    println!("{products} products");
    println!("make and build     {building:>10.1?}");
    println!("segment            {:>10} and {} of cards", mb(segment.len() - cards), mb(cards));
    let (small, compressing) = timed(|| lz4_flex::compress_prepend_size(&segment));
    let decompressing = timed(|| lz4_flex::decompress_size_prepended(&small).unwrap()).1;
    println!("compressed (lz4)   {:>10} in {compressing:.1?}, back in {decompressing:.1?}", mb(small.len()));
    drop(small);
    sections::print(&segment);
    print_resident(&segment);
    let base = Index::open(segment, 0, LANGUAGE).unwrap();
    let kinds = kinds(&sample, 200);
    print_figures("base only", &base, &kinds);
    let published = with_segments(&base, &catalogue, products);
    print_figures("with 24 segments", &published, &kinds);
    let (merged, merging) = timed(|| published.merged());
    println!("\nmerge              {merging:>10.1?} to {}\n", mb(merged.len()));
    relevance::print(&sample, &|query| {
        base.search(query, &Synonyms::default(), 0).hits.iter().map(|hit| hit.id).collect()
    });
}

/// Made in parts, so that a million products need no more memory than the parts.
fn segment(catalogue: &Catalogue, products: usize) -> Vec<u8> {
    let mut parts = (0..products).step_by(PART).map(|start| {
        let numbers = start..products.min(start + PART);
        let documents = numbers.map(|number| document(catalogue, catalogue.product(number))).collect();
        build(Batch { documents, ..Batch::default() }, LANGUAGE)
    });
    let first = parts.next().unwrap();
    if products <= PART {
        return first;
    }
    let first = Index::open(first, 0, LANGUAGE).unwrap();
    parts.zip(1..).fold(first, |index, (part, seq)| index.with(part, seq).unwrap()).merged()
}

fn mb(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Opens the segment in a process of its own, which holds nothing else.
fn print_resident(segment: &[u8]) {
    let file = std::env::temp_dir().join(format!("segment-{}", std::process::id()));
    std::fs::write(&file, segment).unwrap();
    let ran = Command::new(std::env::current_exe().unwrap()).arg("resident").arg(&file).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    print!("{}", String::from_utf8(ran.stdout).unwrap());
}

fn resident(file: &Path) {
    let before = resident_bytes();
    let segment = std::fs::read(file).unwrap();
    let (index, opening) = timed(|| Index::open(segment, 0, LANGUAGE).unwrap());
    println!("open               {opening:>10.1?}");
    let first = timed(|| index.search(&base(), &Synonyms::default(), 0)).1;
    println!("first query        {first:>10.1?}");
    for text in ["shirt", "sh", "shrit", "leather bag"] {
        index.search(&Query { text: text.to_owned(), ..base() }, &Synonyms::default(), 0);
    }
    println!("resident           {:>10}, with cards", mb(resident_bytes() - before));
}

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or_default() * 4096
}

/// The index after 24 publications with a thousand changes in all.
fn with_segments(base: &Index, catalogue: &Catalogue, products: usize) -> Index {
    let mut random = Random::new(7);
    let (mut taken, mut bytes) = (Vec::new(), Vec::new());
    let index = (1..=24).fold(base.clone(), |index, seq| {
        let mut changed: Vec<Document> = (0..if seq == 1 { 1 } else { 42 })
            .map(|_| {
                let was = random.below(products);
                // The words of another product.
                let now = document(catalogue, catalogue.product(products + was));
                Document { id: document(catalogue, catalogue.product(was)).id, ..now }
            })
            .collect();
        changed.sort_by_key(|document| document.id);
        changed.dedup_by_key(|document| document.id);
        let cards: usize = changed.iter().map(|it| it.card.len()).sum();
        let popularity = if seq == 1 { 0 } else { 42 };
        let popularity = (0..popularity)
            .map(|_| {
                let document = document(catalogue, catalogue.product(random.below(products)));
                (document.id, Popularity { sales: random.amount(100), ..document.popularity })
            })
            .collect();
        let batch = Batch { documents: changed, popularity, ..Batch::default() };
        let (segment, building) = timed(|| build(batch, LANGUAGE));
        bytes.push(segment.len() - cards);
        let (next, taking) = timed(|| index.with(segment, seq).unwrap());
        taken.push((building, taking));
        next
    });
    println!(
        "\npublish one product: {} bytes and its card, built in {:.1?}, taken in {:.1?}",
        bytes[0], taken[0].0, taken[0].1
    );
    println!(
        "publish 42 products and 42 popularities: {} bytes, built in {:.1?}, taken in {:.1?}",
        bytes[12], taken[12].0, taken[12].1
    );
    index
}

fn print_figures(name: &str, index: &Index, kinds: &[Kind]) {
    println!("\n{name:<22}{:>9}{:>9}{:>9}{:>10}", "p50 ms", "p95", "p99", "found");
    let mut all = Vec::new();
    let synonyms = Synonyms::default();
    for Kind { name, queries } in kinds {
        let (mut times, mut found) = (Vec::new(), 0);
        for query in queries {
            let (page, took) = timed(|| index.search(query, &synonyms, index.seq()));
            times.push(took);
            found += page.total;
        }
        all.extend(times.iter().copied());
        println!("{name:<22}{}{:>10}", percentiles(&mut times), found / queries.len());
    }
    let typed = kinds.iter().filter(|kind| kind.name.starts_with("beginning")).flat_map(|kind| &kind.queries);
    let suggest = |query: &Query| timed(|| index.completions(&query.text, &query.states, &synonyms, 8)).1;
    let mut times: Vec<Duration> = typed.map(suggest).collect();
    all.extend(times.iter().copied());
    println!("{:<22}{}", "completions", percentiles(&mut times));
    println!("{:<22}{}", "everything", percentiles(&mut all));
}
