//! Spreadsheets run a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break as a formula, whoever wrote the
//! text in it. An apostrophe before it makes it plain text: exports add one, and imports remove one.

/// Whether the text, without apostrophes at its beginning, is a formula for a spreadsheet. A number such as `-1` is
/// none.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && !is_number(text)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()))
}

/// The cell of an export that shows this text.
pub(crate) fn neutralise(text: String) -> String {
    if is_formula(&text) { format!("'{text}") } else { text }
}

/// The text that a cell of an import shows.
pub(crate) fn shown(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{neutralise, shown};

    #[test]
    fn formulas_get_an_apostrophe_and_numbers_and_other_texts_stay() {
        for formula in ["=1+1", "+1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''-A1", "-", "-1-1", "-.5"] {
            assert_eq!(neutralise(formula.to_owned()), format!("'{formula}"));
        }
        for text in ["", "-1", "-19.99", "0", "A=1", "'tis", "'", "a\n=1", "size\\=1"] {
            assert_eq!((neutralise(text.to_owned()).as_str(), shown(text)), (text, text));
        }
        assert_eq!(shown("'=1"), "=1");
    }

    proptest! {
        #[test]
        fn an_exported_cell_is_no_formula_and_is_imported_as_it_was(text in "['=+@\t\r\n0-9.a-]{0,6}|.*") {
            let cell = neutralise(text.clone());
            prop_assert!(!cell.starts_with(['=', '+', '@', '\t', '\r', '\n']));
            prop_assert!(!cell.starts_with('-') || cell.parse::<f64>().is_ok());
            prop_assert_eq!(shown(&cell), text);
        }
    }
}
