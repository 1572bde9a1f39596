//! The header of a CSV file: which columns it has, and why it may be refused.

use domain::upload::CsvKind;

use crate::formulas;
use crate::product_columns::PRODUCT_COLUMNS;
use crate::stock_columns::STOCK_COLUMNS;

/// Why a file is refused as a whole. The codes are stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The file is empty.")]
    Empty,
    #[error("The column {0} is missing.")]
    Lacks(&'static str),
    #[error("There is no column “{0}”.")]
    Unknown(String),
    #[error("The column {0} appears twice.")]
    Twice(String),
    #[error("The header is not text in UTF-8.")]
    NotUtf8,
    #[error("A file has at most {0} lines.")]
    TooLong(u64),
}

impl Refusal {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_sheet",
            Self::Lacks(_) | Self::Unknown(_) | Self::Twice(_) => "bad_header",
            Self::NotUtf8 => "not_csv",
            Self::TooLong(_) => "too_many_lines",
        }
    }
}

/// The columns of a file, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header(Vec<&'static str>);

impl Header {
    pub fn parse(kind: CsvKind, names: &csv::StringRecord) -> Result<Self, Refusal> {
        let known: Vec<(&'static str, bool)> = match kind {
            CsvKind::Products => PRODUCT_COLUMNS.iter().map(|column| (column.name, column.required)).collect(),
            CsvKind::Stock => STOCK_COLUMNS.iter().map(|column| (column.name, column.required)).collect(),
        };
        let mut columns: Vec<&'static str> = Vec::new();
        for name in names {
            // Excel writes a byte order mark at the beginning of a file.
            let name = name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
            let Some(&(column, _)) = known.iter().find(|(column, _)| *column == name) else {
                return Err(Refusal::Unknown(name.chars().take(60).collect()));
            };
            if columns.contains(&column) {
                return Err(Refusal::Twice(name));
            }
            columns.push(column);
        }
        match known.iter().find(|(column, required)| *required && !columns.contains(column)) {
            Some((missing, _)) => Err(Refusal::Lacks(missing)),
            None => Ok(Self(columns)),
        }
    }

    /// The cell that identifies the product, or in a stock file the SKU, in lower case.
    pub(crate) fn key_of(&self, row: &csv::StringRecord) -> String {
        formulas::shown(row.get(self.key()).unwrap_or_default().trim()).to_ascii_lowercase()
    }

    /// The index of the column that identifies the product, or in a stock file the SKU.
    pub(crate) fn key(&self) -> usize {
        let place = |column: &str| self.0.iter().position(|&one| one == column);
        place("slug").or_else(|| place("sku")).unwrap_or(0)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The cell of a column; `None` if the file does not have that column.
    pub(crate) fn cell<'a>(&self, row: &'a csv::StringRecord, column: &str) -> Option<&'a str> {
        let place = self.0.iter().position(|&one| one == column)?;
        Some(formulas::shown(row.get(place).unwrap_or_default().trim()))
    }
}

#[cfg(test)]
mod tests {
    use domain::upload::CsvKind;

    use super::{Header, Refusal};

    #[test]
    fn a_header_is_complete_known_and_without_repetition() {
        let header = |names: &[&str]| Header::parse(CsvKind::Stock, &csv::StringRecord::from(names.to_vec()));
        assert!(header(&["\u{feff}SKU", " on_hand "]).is_ok());
        assert_eq!(header(&["sku"]), Err(Refusal::Lacks("on_hand")));
        assert_eq!(header(&["sku", "sku"]), Err(Refusal::Twice("sku".into())));
        assert_eq!(header(&["sku;on_hand"]), Err(Refusal::Unknown("sku;on_hand".into())));
    }
}
