//! The report of an import: counts, and the bad lines in a CSV file beside the imported one.

use std::fs::File;
use std::path::{Path, PathBuf};

use domain::upload::BadLine;

use crate::Failure;

/// How many bad lines are shown on the terminal. The file has all of them.
const SHOWN: usize = 20;

#[derive(Debug)]
pub struct Report {
    pub new: u64,
    /// Records that were imported before.
    pub known: u64,
    /// Faults of lines. A line can have several.
    pub bad: u64,
    /// The first bad lines.
    pub shown: Vec<BadLine>,
    /// The file of all bad lines. There is none if all lines are good.
    pub file: PathBuf,
    writer: Option<csv::Writer<File>>,
    is_dry_run: bool,
}

impl Report {
    /// `customers.csv` gets the report `customers.csv.bad.csv`. The one of an earlier import is removed.
    pub(super) fn create(imported: &Path, is_dry_run: bool) -> Result<Self, Failure> {
        let mut name = imported.as_os_str().to_owned();
        name.push(".bad.csv");
        let file = PathBuf::from(name);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", file.display()).into());
            }
            _ => {}
        }
        Ok(Self { new: 0, known: 0, bad: 0, shown: Vec::new(), file, writer: None, is_dry_run })
    }

    pub(super) fn bad(&mut self, lines: Vec<BadLine>) -> Result<(), Failure> {
        for line in lines {
            self.bad += 1;
            let writer = match &mut self.writer {
                Some(writer) => writer,
                None => {
                    let mut writer = csv::Writer::from_path(&self.file)?;
                    writer.write_record(["line", "field", "reason"])?;
                    self.writer.insert(writer)
                }
            };
            writer.write_record([&line.line.to_string(), &line.column, &line.message])?;
            if self.shown.len() < SHOWN {
                self.shown.push(line);
            }
        }
        Ok(())
    }

    pub(super) fn close(&mut self) -> Result<(), Failure> {
        if let Some(writer) = &mut self.writer {
            writer.flush()?;
        }
        self.shown.sort_by_key(|line| line.line);
        Ok(())
    }

    /// What the operator reads at the end.
    pub fn text(&self) -> String {
        let shown =
            self.shown.iter().map(|BadLine { line, column, message }| format!("line {line}: {column} {message}"));
        let mut lines: Vec<String> = [self.to_string()].into_iter().chain(shown).collect();
        if self.bad > 0 {
            lines.push(format!("All bad lines are in {}. The good lines are not affected.", self.file.display()));
        }
        lines.join("\n")
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let new = if self.is_dry_run { "would be imported" } else { "imported" };
        write!(f, "{} {new}, {} were imported before, {} faults", self.new, self.known, self.bad)
    }
}
