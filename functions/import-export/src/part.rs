//! One part of a file: its rows, grouped by product or SKU, and the outcome of each group.

use std::collections::HashMap;

use csv::StringRecord;
use domain::actor::ActorId;
use domain::upload::{BadLine, CsvKind, LineCounts};
use kit::runtime::clock::Clock;
use products::ProductWriter;

use crate::header::Header;
use crate::split::SplitError;

/// What all groups of a part need.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) writer: ProductWriter,
    pub(crate) clock: Clock,
    pub(crate) header: Header,
    pub(crate) by: ActorId,
}

/// A line and its cells.
#[derive(Debug, Clone)]
pub struct Row {
    pub line: u64,
    pub cells: StringRecord,
}

/// The result of the lines of one product or SKU.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) changed: u64,
    pub(crate) unchanged: u64,
    pub(crate) bad: Vec<BadLine>,
}

impl Outcome {
    pub(crate) fn changed(lines: usize) -> Self {
        Self { changed: lines as u64, ..Self::default() }
    }

    pub(crate) fn unchanged(lines: usize) -> Self {
        Self { unchanged: lines as u64, ..Self::default() }
    }

    /// None of these lines is imported: neither the bad ones nor the others of the same product.
    pub(crate) fn refused(rows: &[Row], mut bad: Vec<BadLine>) -> Self {
        for row in rows {
            if !bad.iter().any(|one| one.line == row.line) {
                let message = "was not imported, because another line of this product is bad";
                bad.push(bad_line(row, "slug", message));
            }
        }
        Self { bad, ..Self::default() }
    }

    pub(crate) fn counts(&self) -> LineCounts {
        let mut lines: Vec<u64> = self.bad.iter().map(|bad| bad.line).collect();
        lines.dedup();
        let bad = lines.len() as u64;
        LineCounts {
            lines: self.changed + self.unchanged + bad,
            changed: self.changed,
            unchanged: self.unchanged,
            bad,
            ..LineCounts::default()
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.bad.extend(other.bad);
        self.bad.sort_by_key(|bad| bad.line);
    }
}

pub(crate) fn bad_line(row: &Row, column: &str, message: impl std::fmt::Display) -> BadLine {
    BadLine { line: row.line, column: column.to_owned(), message: message.to_string() }
}

/// The rows of a part, grouped by product or SKU, and the lines that are not rows.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) header: Header,
    pub(crate) groups: Vec<Vec<Row>>,
    pub(crate) bad: Vec<BadLine>,
}

impl Part {
    pub(crate) fn read(kind: CsvKind, header: &str, bytes: &[u8], first_line: u64) -> Result<Self, SplitError> {
        let header = Header::parse(kind, &header.split(',').collect())?;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut groups: Vec<Vec<Row>> = Vec::new();
        let (mut group_of, mut bad) = (HashMap::new(), Vec::new());
        for record in reader.byte_records() {
            let record = record?;
            let line = first_line + record.position().map_or(1, csv::Position::line) - 1;
            let mut refuse = |message: &str| {
                bad.push(BadLine { line, column: String::new(), message: message.to_owned() });
            };
            let Ok(cells) = StringRecord::from_byte_record(record) else {
                refuse("is not UTF-8");
                continue;
            };
            if cells.len() != header.len() {
                refuse("does not have as many cells as the header");
                continue;
            }
            let group = *group_of.entry(header.key_of(&cells)).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[group].push(Row { line, cells });
        }
        Ok(Self { header, groups, bad })
    }
}

#[cfg(test)]
mod tests {
    use domain::upload::CsvKind;

    use super::Part;

    #[test]
    fn lines_are_counted_as_an_editor_counts_them_and_grouped_by_their_key() {
        let bytes = b"A,1\n\"B\n\",2\na,3\nC\n\xff,4\n";
        let part = Part::read(CsvKind::Stock, "sku,on_hand", bytes, 10).unwrap();
        let lines: Vec<Vec<u64>> = part.groups.iter().map(|rows| rows.iter().map(|row| row.line).collect()).collect();
        assert_eq!(lines, [vec![10, 13], vec![11]]);
        assert_eq!(part.bad.iter().map(|bad| bad.line).collect::<Vec<_>>(), [14, 15]);
    }
}
