//! What the index costs on a sample catalogue, and how well it finds.
//!
//!     cargo bench -p search-index                100,000 products
//!     cargo bench -p search-index -- 1000000     another number of products
//!
//! Times are of the processor, on one thread.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a bench")]

mod documents;
mod queries;
mod relevance;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cpu_time::ThreadTime;
use documents::{document, documents};
use queries::{Kind, base, kinds};
use sample_catalogue::{Catalogue, Random};
use search_index::{Batch, Document, Index, Language, Popularity, Query, Synonyms, build};

const LANGUAGE: Language = Language::English;

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    match (words.next().as_deref(), words.next()) {
        (Some("resident"), Some(file)) => resident(Path::new(&file)),
        (Some("profile"), Some(kind)) => profile(&kind),
        (count, _) => bench(count.and_then(|count| count.parse().ok()).unwrap_or(100_000)),
    }
}

fn bench(products: usize) {
    let catalogue = Catalogue::new(1);
    let documents = documents(&catalogue, products);
    let cards: usize = documents.iter().map(|it| it.card.len()).sum();
    let variants: usize = documents.iter().map(|it| it.variants.len()).sum();
    let batch = Batch { documents: documents.clone(), ..Batch::default() };
    let (segment, building) = timed(|| build(batch, LANGUAGE));
    println!("{products} products with {variants} variants");
    println!("build              {building:>10.1?}");
    println!("segment            {:>10} and {} of cards", mb(segment.len() - cards), mb(cards));
    let (small, compressing) = timed(|| lz4_flex::compress_prepend_size(&segment));
    let decompressing = timed(|| lz4_flex::decompress_size_prepended(&small).unwrap()).1;
    println!("compressed (lz4)   {:>10} in {compressing:.1?}, back in {decompressing:.1?}", mb(small.len()));
    print_resident(&segment);
    let base = Index::open(segment, 0, LANGUAGE).unwrap();
    print_figures("base only", &base, &kinds(&documents, 200));
    let published = with_segments(&base, &catalogue, products);
    print_figures("with 24 segments", &published, &kinds(&documents, 200));
    let (merged, merging) = timed(|| published.merged());
    println!("\nmerge              {merging:>10.1?} to {}\n", mb(merged.len()));
    relevance::print(&documents, &|query| {
        base.search(query, &Synonyms::default(), 0).hits.iter().map(|hit| hit.id).collect()
    });
}

fn mb(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = ThreadTime::now();
    let made = work();
    (made, started.elapsed())
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

fn percentiles(times: &mut [Duration]) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    format!("{:>9.2}{:>9.2}{:>9.2}", at(50), at(95), at(99))
}

fn profile(kind: &str) {
    let catalogue = Catalogue::new(1);
    let documents = documents(&catalogue, 100_000);
    let batch = Batch { documents: documents.clone(), ..Batch::default() };
    let index = Index::open(build(batch, LANGUAGE), 0, LANGUAGE).unwrap();
    for kind in kinds(&documents, 200).into_iter().filter(|it| it.name == kind) {
        for _ in 0..10 {
            let took = timed(|| {
                for query in &kind.queries {
                    std::hint::black_box(index.search(query, &Synonyms::default(), 0));
                }
            })
            .1;
            println!("{:.2} ms each", took.as_secs_f64() * 1e3 / 200.0);
        }
        for query in kind.queries.iter().take(40) {
            let (page, took) = timed(|| index.search(query, &Synonyms::default(), 0));
            println!("{took:?} {} {query:?}", page.total);
        }
    }
}
