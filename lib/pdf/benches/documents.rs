//! How long a document takes, and how large its file is. On Linux also the memory that the process ever had.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::cast_precision_loss, clippy::disallowed_methods)]

use std::hint::black_box;
use std::time::Instant;

use pdf_documents::render;
use pdf_documents::sample::Sample;

fn main() {
    for lines in [3, 85] {
        let made = Sample::of_lines(lines).invoice().expect("the sample can be priced");
        let rounds = 50;
        let bytes = render(&made.document, &made.purchase).expect("a file").len();
        let begun = Instant::now();
        for _ in 0..rounds {
            black_box(render(black_box(&made.document), &made.purchase).expect("a file"));
        }
        let millis = begun.elapsed().as_secs_f64() * 1000.0 / f64::from(rounds);
        println!("an invoice with {lines} lines: {millis:.1} ms, {:.1} KB", bytes as f64 / 1000.0);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
        println!("peak memory: {}", line[6..].trim());
    }
}
