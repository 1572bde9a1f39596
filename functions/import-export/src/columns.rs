//! The columns of each kind of sheet, and lists inside a cell: `Size=M|Colour=Red`, with a backslash before what is
//! meant.

use domain::upload::CsvKind;

/// Why a sheet is refused as a whole. The codes are stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The sheet is empty.")]
    Empty,
    #[error("There is no column {0}.")]
    Lacks(&'static str),
    #[error("There is no such column as {0:?}.")]
    Unknown(String),
    #[error("The column {0} is there twice.")]
    Twice(String),
    #[error("The sheet is not CSV in UTF-8 with commas: {0}.")]
    Unreadable(String),
    #[error("A sheet has at most {0} lines.")]
    TooLong(u64),
}

impl Refusal {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_sheet",
            Self::Lacks(_) | Self::Unknown(_) | Self::Twice(_) => "bad_header",
            Self::Unreadable(_) => "not_csv",
            Self::TooLong(_) => "too_many_lines",
        }
    }
}

pub(crate) const PRODUCT_COLUMNS: [&str; 11] = [
    "slug",
    "sku",
    "name",
    "description",
    "status",
    "brand",
    "categories",
    "attributes",
    "options",
    "price",
    "compare_at_price",
];
pub(crate) const STOCK_COLUMNS: [&str; 4] = ["sku", "on_hand", "threshold", "reason"];

/// Which column is where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header(Vec<&'static str>);

impl Header {
    pub fn parse(kind: CsvKind, names: &csv::StringRecord) -> Result<Self, Refusal> {
        let (known, required): (&[&'static str], &[&'static str]) = match kind {
            CsvKind::Products => (&PRODUCT_COLUMNS, &["slug", "sku"]),
            CsvKind::Stock => (&STOCK_COLUMNS, &["sku", "on_hand"]),
        };
        let mut columns: Vec<&'static str> = Vec::new();
        for name in names {
            // Excel begins its files with a byte order mark.
            let name = name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
            let Some(&column) = known.iter().find(|&&column| column == name) else {
                return Err(Refusal::Unknown(name.chars().take(60).collect()));
            };
            if columns.contains(&column) {
                return Err(Refusal::Twice(name));
            }
            columns.push(column);
        }
        match required.iter().find(|column| !columns.contains(column)) {
            Some(missing) => Err(Refusal::Lacks(missing)),
            None => Ok(Self(columns)),
        }
    }

    /// Where the column is that names the product, or in a stock sheet the SKU.
    pub(crate) fn key(&self) -> usize {
        let of = |column: &str| self.0.iter().position(|&one| one == column);
        of("slug").or_else(|| of("sku")).unwrap_or(0)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The cell of a column; `None` if the sheet does not have that column.
    pub(crate) fn cell<'a>(&self, row: &'a csv::StringRecord, column: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|&one| one == column)?;
        Some(row.get(at).unwrap_or_default().trim())
    }
}

/// Splits a cell at a mark that no backslash stands before. The backslashes stay.
fn split_at(cell: &str, mark: char) -> Vec<String> {
    let (mut parts, mut meant) = (vec![String::new()], false);
    for c in cell.chars() {
        if c == mark && !meant {
            parts.push(String::new());
            continue;
        }
        meant = c == '\\' && !meant;
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

fn plain(text: &str) -> String {
    let (mut plain, mut meant) = (String::new(), false);
    for c in text.trim().chars() {
        if c == '\\' && !meant {
            meant = true;
        } else {
            plain.push(c);
            meant = false;
        }
    }
    plain
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if "\\|=".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

pub(crate) fn parse_list(cell: &str) -> Vec<String> {
    let parts = split_at(cell, '|').into_iter().map(|part| plain(&part));
    parts.filter(|part| !part.is_empty()).collect()
}

pub(crate) fn parse_pairs(cell: &str) -> Result<Vec<(String, String)>, &'static str> {
    let parts = split_at(cell, '|').into_iter();
    let pairs = parts.filter(|part| !part.trim().is_empty()).map(|part| match split_at(&part, '=').as_slice() {
        [name, value] => Ok((plain(name), plain(value))),
        _ => Err("must be such as Size=M|Colour=Red"),
    });
    pairs.collect()
}

pub(crate) fn write_list<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<String> = parts.into_iter().map(escaped).collect();
    parts.join("|")
}

pub(crate) fn write_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter();
    let pairs: Vec<String> = pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.join("|")
}

#[cfg(test)]
mod tests {
    use domain::upload::CsvKind;

    use super::{Header, Refusal, parse_list, parse_pairs, write_list, write_pairs};

    #[test]
    fn what_is_written_into_a_cell_is_read_from_it() {
        let pairs = [("Size", "M|L"), ("a=b", "c\\d"), ("Farbe", "größer = besser")];
        let cell = write_pairs(pairs);
        let read = parse_pairs(&cell).unwrap();
        assert_eq!(read.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), pairs);
        assert_eq!(parse_list(&write_list(["a|b", "c"])), ["a|b", "c"]);
        assert!(parse_list("").is_empty() && parse_pairs(" ").unwrap().is_empty());
        assert!(parse_pairs("Size").is_err() && parse_pairs("a=b=c").is_err());
    }

    #[test]
    fn a_header_is_complete_known_and_without_repetition() {
        let header = |names: &[&str]| Header::parse(CsvKind::Stock, &csv::StringRecord::from(names.to_vec()));
        assert!(header(&["\u{feff}SKU", " on_hand "]).is_ok());
        assert_eq!(header(&["sku"]), Err(Refusal::Lacks("on_hand")));
        assert_eq!(header(&["sku", "sku"]), Err(Refusal::Twice("sku".into())));
        assert_eq!(header(&["sku;on_hand"]), Err(Refusal::Unknown("sku;on_hand".into())));
    }
}
