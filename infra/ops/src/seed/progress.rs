//! A line on the terminal that says how far the seed is.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const WIDTH: usize = 30;

#[derive(Debug, Clone)]
pub(super) struct Progress {
    all: usize,
    done: Arc<AtomicUsize>,
    /// Pipes and files get a line for each tenth.
    is_terminal: bool,
}

impl Progress {
    pub(super) fn new(all: usize) -> Self {
        Self { all, done: Arc::default(), is_terminal: std::io::stderr().is_terminal() }
    }

    pub(super) fn add(&self, more: usize) {
        let before = self.done.fetch_add(more, Ordering::Relaxed);
        let (done, steps) = (before + more, if self.is_terminal { 1_000 } else { 10 });
        let step = |done: usize| done * steps / self.all.max(1);
        if step(done) == step(before) {
            return;
        }
        let all = self.all;
        let full = done * WIDTH / all;
        let bar: String = (0..WIDTH).map(|at| if at < full { '=' } else { ' ' }).collect();
        let (start, end) = if self.is_terminal && done < all { ("\r", "") } else { ("\r", "\n") };
        // A terminal that is gone must not end the seed.
        let _ = write!(std::io::stderr(), "{start}products [{bar}] {done} of {all} {end}");
    }
}
