//! A line on the terminal that says how far an import is.

use std::io::{IsTerminal, Write};

use super::Report;

const WIDTH: u64 = 30;
/// After how many records the line is written again.
const EVERY: u64 = 20;

/// Where progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Terminal,
    Nowhere,
}

impl Progress {
    /// Pipes and files get no progress.
    pub fn of_process() -> Self {
        if std::io::stderr().is_terminal() { Self::Terminal } else { Self::Nowhere }
    }

    pub(super) fn show(self, what: &str, report: &Report, percent: u64) {
        let Report { new, known, bad, .. } = report;
        // Terminals are slow.
        let is_due = percent == 100 || (new + known).is_multiple_of(EVERY);
        if self == Self::Nowhere || !is_due {
            return;
        }
        let full = percent * WIDTH / 100;
        let bar: String = (0..WIDTH).map(|at| if at < full { '=' } else { ' ' }).collect();
        // A terminal that is gone must not end the import.
        let _ = write!(std::io::stderr(), "\r{what} [{bar}] {percent:3} %  {new} new, {known} known, {bad} bad ");
    }

    pub(super) fn end(self, what: &str, report: &Report) {
        self.show(what, report, 100);
        if self == Self::Terminal {
            let _ = writeln!(std::io::stderr());
        }
    }
}
