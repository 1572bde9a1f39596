//! The index of lib/search and tantivy on the same products, queries and counts:
//!
//!     cargo run --release --manifest-path lib/search/compare/Cargo.toml -- 100000
//!
//! Tantivy gets what it is good at: one segment, columns for what is counted, a collector of our own that counts all
//! facets in one pass, and its scores for the order. Times are of the processor, on one thread.

#[path = "../../benches/search/cpu.rs"]
mod cpu;
#[path = "../../benches/search/documents.rs"]
mod documents;
#[path = "../../benches/search/queries.rs"]
mod queries;
mod tantivy_index;

use std::collections::BTreeMap;

use cpu::{percentiles, timed};
use sample_catalogue::Catalogue;
use search_index::{Batch, Index, Language, Synonyms, build};
use tantivy_index::TantivyIndex;

fn main() {
    let products = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let catalogue = Catalogue::new(1);
    let documents: Vec<_> =
        catalogue.products(products).map(|product| documents::document(&catalogue, product)).collect();
    let folder = std::env::temp_dir().join(format!("tantivy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the index");
    TantivyIndex::write(&folder, &documents);
    let (tantivy, opening) = timed(|| TantivyIndex::open(&folder, &documents));
    let cards: usize = documents.iter().map(|document| document.card.len()).sum();
    let segment = build(Batch { documents: documents.clone(), ..Batch::default() }, Language::English);
    let bytes = segment.len() - cards;
    let (own, own_opening) = timed(|| Index::open(segment, 0, Language::English).expect("a segment"));
    println!("{products} products, without cards: own {bytes} bytes, tantivy {} bytes", size(&folder));
    println!("open: own {own_opening:.1?}, tantivy {opening:.1?} with its dictionary of values");
    println!("\n{:<22}{:>27}{:>27}{:>10}", "", "own p50, p95, p99 ms", "tantivy", "equal");
    let (mut all_own, mut all_other) = (Vec::new(), Vec::new());
    for kind in queries::kinds(&documents, 200) {
        let (mut own_times, mut other_times, mut equal) = (Vec::new(), Vec::new(), 0);
        for query in &kind.queries {
            let (page, took) = timed(|| own.search(query, &Synonyms::default(), 0));
            own_times.push(took);
            let (answer, took) = timed(|| tantivy.search(query));
            other_times.push(took);
            let facets = page.facets.iter().map(|facet| {
                let values = facet.values.iter().map(|it| (it.value.clone(), it.count)).collect();
                (facet.group.clone(), values)
            });
            let facets: BTreeMap<_, BTreeMap<String, usize>> = facets.collect();
            // A page has only the most frequent values.
            let same = |(group, values): (&search_index::Group, &BTreeMap<String, usize>)| {
                values.iter().all(|(value, count)| answer.facets.get(group).and_then(|it| it.get(value)) == Some(count))
            };
            equal += usize::from(page.total == answer.total && facets.iter().all(same));
        }
        all_own.extend(own_times.iter().copied());
        all_other.extend(other_times.iter().copied());
        let (own, other) = (percentiles(&mut own_times), percentiles(&mut other_times));
        println!("{:<22}{own}{other}{equal:>6}/{}", kind.name, kind.queries.len());
    }
    println!("{:<22}{}{}", "everything", percentiles(&mut all_own), percentiles(&mut all_other));
    std::fs::remove_dir_all(&folder).expect("the folder of the index");
}

fn size(folder: &std::path::Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("the folder of the index");
    files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).sum()
}
