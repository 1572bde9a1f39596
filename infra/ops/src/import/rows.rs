//! Reads CSV files and JSON lines, record by record, so that a file of any length needs little memory. Both become the
//! same rows: cells by the name of their column.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use domain::upload::BadLine;
use serde_json::{Map, Value};

use super::Wrong;
use super::formats::{Format, Kind};
use crate::Failure;

/// The most bytes of a line of JSON.
const MAX_LINE: u64 = 1024 * 1024;

/// More rows than any record has. The next ones count as another record, so that memory is bounded.
const MAX_ROWS: usize = 1_000;

/// A row of a file. Empty cells are as good as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u64,
    cells: BTreeMap<String, String>,
}

impl Row {
    pub(super) fn new(line: u64, cells: BTreeMap<String, String>) -> Self {
        Self { line, cells }
    }

    /// Whether a cell of these columns has something in it.
    pub(super) fn has_any(&self, prefix: &str) -> bool {
        self.cells.iter().any(|(name, cell)| name.starts_with(prefix) && !cell.is_empty())
    }

    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    pub(super) fn required(&self, column: &str) -> Result<&str, Wrong> {
        self.get(column).ok_or_else(|| Wrong::new(column, "is required"))
    }

    /// The parsed cell, or `None` without one.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Wrong> {
        self.get(column).map(parse).transpose().map_err(|error| Wrong::new(column, error))
    }

    pub(super) fn flag(&self, column: &str) -> Result<Option<bool>, Wrong> {
        self.parsed(column, |cell| match cell.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(true),
            "false" | "0" | "no" => Ok(false),
            _ => Err("must be true or false"),
        })
    }
}

/// The rows of one record; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    first: Row,
    others: Vec<Row>,
    /// A line beside it cannot be read, and may belong to it.
    is_spoiled: bool,
}

impl Group {
    /// `None` without rows.
    pub(super) fn of(rows: Vec<Row>) -> Option<Self> {
        let mut rows = rows.into_iter();
        let first = rows.next()?;
        Some(Self { first, others: rows.collect(), is_spoiled: false })
    }

    /// A record of several lines is imported whole or not at all, so none of it may be missing.
    pub(super) fn check(&self) -> Result<(), Wrong> {
        let message = "was not imported, because a line beside it cannot be read, and may belong to it";
        if self.is_spoiled { Err(Wrong::new("", message)) } else { Ok(()) }
    }

    pub(super) fn first(&self) -> &Row {
        &self.first
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// What the next step through the file brought.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) group: Option<Group>,
    pub(super) bad: Vec<BadLine>,
    pub(super) percent: u64,
}

#[derive(Debug)]
enum Source {
    Csv { reader: Box<csv::Reader<File>>, header: Vec<String> },
    Json { reader: BufReader<File>, read: u64 },
}

#[derive(Debug)]
pub(super) struct Rows {
    format: Format,
    source: Source,
    length: u64,
    line: u64,
    /// The record that is being read.
    group: Option<Group>,
    ended: bool,
    /// The last line could not be read, and may be the first one of a record.
    spoils_next: bool,
}

impl Rows {
    pub(super) fn open(kind: Kind, path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let length = file.metadata()?.len().max(1);
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let format = kind.format();
        let (source, line) = if ["jsonl", "ndjson", "json"].contains(&ending.as_str()) {
            (Source::Json { reader: BufReader::new(file), read: 0 }, 0)
        } else {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
            let header = header(&format, &mut reader)?;
            (Source::Csv { reader: Box::new(reader), header }, 1)
        };
        Ok(Self { format, source, length, line, group: None, ended: false, spoils_next: false })
    }

    /// The next record, or bad lines; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Step>, Failure> {
        // Files are read in small pieces from a local disk. The tasks of other records go on in other threads.
        tokio::task::yield_now().await;
        if self.ended {
            return Ok(None);
        }
        let mut bad = Vec::new();
        loop {
            let Some(read) = self.read()? else {
                self.ended = true;
                let group = self.group.take();
                return Ok(Some(Step { group, bad, percent: 100 }));
            };
            let done = match read {
                Err(line) => {
                    self.spoil();
                    bad.push(line);
                    None
                }
                Ok(rows) => self.add(rows),
            };
            if done.is_some() || !bad.is_empty() {
                return Ok(Some(Step { group: done, bad, percent: self.percent() }));
            }
        }
    }

    /// A line could not be read. If records have several lines, it may belong to the one before or after it.
    fn spoil(&mut self) {
        let has_lines = self.format.key.is_some() && matches!(self.source, Source::Csv { .. });
        self.spoils_next = has_lines;
        if let Some(group) = &mut self.group {
            group.is_spoiled |= has_lines;
        }
    }

    /// Adds rows to the record that is being read, or begins the next one and returns that.
    fn add(&mut self, rows: Vec<Row>) -> Option<Group> {
        let is_same = |group: &Group, row: &Row| {
            self.format.key.is_some_and(|key| row.get(key).is_some() && row.get(key) == group.first.get(key))
        };
        let mut rows = rows.into_iter();
        let first = rows.next()?;
        let spoiled = std::mem::take(&mut self.spoils_next);
        if let Some(group) = &mut self.group
            && group.others.len() < MAX_ROWS
            && is_same(group, &first)
        {
            group.others.push(first);
            group.others.extend(rows);
            return None;
        }
        self.group.replace(Group { first, others: rows.collect(), is_spoiled: spoiled })
    }

    /// The rows of the next line, or why it has none.
    fn read(&mut self) -> Result<Option<Result<Vec<Row>, BadLine>>, Failure> {
        let bad = |line, message: String| BadLine { line, column: String::new(), message };
        match &mut self.source {
            Source::Csv { reader, header } => {
                let mut record = csv::ByteRecord::new();
                if !reader.read_byte_record(&mut record)? {
                    return Ok(None);
                }
                self.line = record.position().map_or(self.line + 1, csv::Position::line);
                let Ok(record) = csv::StringRecord::from_byte_record(record) else {
                    return Ok(Some(Err(bad(self.line, "is not UTF-8".to_owned()))));
                };
                if record.len() != header.len() {
                    return Ok(Some(Err(bad(self.line, "does not have as many cells as the header".to_owned()))));
                }
                let cells = header.iter().cloned().zip(record.iter().map(|cell| cell.trim().to_owned())).collect();
                Ok(Some(Ok(vec![Row { line: self.line, cells }])))
            }
            Source::Json { reader, read } => {
                let mut text = Vec::new();
                let count = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut text)?;
                if count == 0 {
                    return Ok(None);
                }
                *read += count as u64;
                self.line += 1;
                if count as u64 == MAX_LINE && !text.ends_with(b"\n") {
                    return Err(format!("line {} has more than {MAX_LINE} bytes", self.line).into());
                }
                if text.iter().all(u8::is_ascii_whitespace) {
                    return Ok(Some(Ok(Vec::new())));
                }
                Ok(Some(match serde_json::from_slice::<Map<String, Value>>(&text) {
                    Ok(object) => json_rows(&self.format, self.line, object),
                    Err(error) => Err(bad(self.line, format!("is not a JSON object ({error})"))),
                }))
            }
        }
    }

    fn percent(&self) -> u64 {
        let read = match &self.source {
            Source::Csv { reader, .. } => reader.position().byte(),
            Source::Json { read, .. } => *read,
        };
        (read * 100 / self.length).min(99)
    }
}

/// The names of the columns, each known and none twice.
fn header(format: &Format, reader: &mut csv::Reader<File>) -> Result<Vec<String>, Failure> {
    let mut record = csv::StringRecord::new();
    if !reader.read_record(&mut record)? {
        return Err("the file is empty".into());
    }
    let names = record.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase());
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        if let Some(translate) = format.translate {
            // A column without a name of ours is ignored. If two have the same, the first one counts.
            let ours = translate(&name).filter(|ours| !columns.iter().any(|column| column == ours));
            columns.push(ours.unwrap_or_default().to_owned());
            continue;
        }
        if !format.knows(&name) {
            return Err(format!("there is no column “{name}” in a file of {}; see docs/moving.md", format.name).into());
        }
        if columns.contains(&name) {
            return Err(format!("the column {name} appears twice").into());
        }
        columns.push(name);
    }
    match format.required.split(' ').find(|name| !columns.iter().any(|column| column == name)) {
        Some(missing) => Err(format!("the column {missing} is missing").into()),
        None => Ok(columns),
    }
}

/// An object as rows: nested objects become cells such as `shipping_name`, lists and pairs are written as in a CSV cell.
fn json_rows(format: &Format, line: u64, mut object: Map<String, Value>) -> Result<Vec<Row>, BadLine> {
    let refuse = |column: &str, message: &str| BadLine { line, column: column.to_owned(), message: message.to_owned() };
    let list = format.list.as_ref().and_then(|list| Some((list, object.remove(list.name)?)));
    let mut cells = BTreeMap::new();
    for (name, value) in object {
        flatten(format, &mut cells, name, &value)
            .map_err(|name| refuse(&name, "is not a field of this kind of record"))?;
    }
    let Some((list, entries)) = list else {
        return Ok(vec![Row { line, cells }]);
    };
    let Value::Array(entries) = entries else {
        return Err(refuse(list.name, "must be a list"));
    };
    let mut rows = Vec::new();
    for entry in entries {
        let Value::Object(entry) = entry else {
            return Err(refuse(list.name, "must be a list of objects"));
        };
        let mut own = cells.clone();
        for (name, value) in entry {
            let name = format!("{}{name}", list.prefix);
            flatten(format, &mut own, name, &value)
                .map_err(|name| refuse(&name, "is not a field of this kind of record"))?;
        }
        rows.push(Row { line, cells: own });
    }
    if rows.is_empty() { Ok(vec![Row { line, cells }]) } else { Ok(rows) }
}

/// Adds the cells of a value; the name of the field if there is no such column.
fn flatten(format: &Format, cells: &mut BTreeMap<String, String>, name: String, value: &Value) -> Result<(), String> {
    let is_column = format.knows(&name);
    let text = match value {
        Value::Object(fields) if !is_column => {
            for (field, value) in fields {
                flatten(format, cells, format!("{name}_{field}"), value)?;
            }
            return Ok(());
        }
        Value::Object(fields) => {
            import_export::write_pairs(fields.iter().map(|(name, value)| (name.as_str(), plain(value))))
        }
        Value::Array(entries) => import_export::write_list(entries.iter().map(plain)),
        other => plain(other),
    };
    if !is_column {
        return Err(name);
    }
    cells.insert(name, text.trim().to_owned());
    Ok(())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
