//! Cuts a sheet into parts in one pass. A cut never goes through a product: its lines, where they stand together, stay
//! so.

use std::io::Read;

use domain::upload::CsvKind;

use crate::columns::{Header, Refusal};

/// After how many lines a part ends, at the next product; and after how many it ends all the same.
const LINES: u64 = 250;
const MAX_LINES: u64 = 1_000;

/// How long a sheet may be.
const MAX_SHEET: u64 = 250_000;

/// One part: these bytes, which begin with this line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    pub from: u64,
    pub to: u64,
    pub first_line: u64,
}

/// The header as it was written, and the parts.
pub fn split(kind: CsvKind, sheet: impl Read) -> Result<(String, Vec<Cut>), Refusal> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(sheet);
    let unreadable = |error: csv::Error| Refusal::Unreadable(error.to_string());
    let mut row = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut row).map_err(unreadable)? {
        return Err(Refusal::Empty);
    }
    let names = csv::StringRecord::from_byte_record(row.clone());
    let names = names.map_err(|error| Refusal::Unreadable(error.to_string()))?;
    let header = Header::parse(kind, &names)?;
    let (mut cuts, mut lines, mut all) = (Vec::new(), 0, 0);
    let mut begin = (reader.position().byte(), reader.position().line());
    let mut last: Option<Vec<u8>> = None;
    loop {
        let before = (reader.position().byte(), reader.position().line());
        if !reader.read_byte_record(&mut row).map_err(unreadable)? {
            break;
        }
        // The first column that is required names the product, or the SKU.
        let key = row.get(header.key()).map(<[u8]>::to_vec);
        let same = key == last;
        if lines >= MAX_LINES || (lines >= LINES && !same) {
            cuts.push(Cut { from: begin.0, to: before.0, first_line: begin.1 });
            (begin, lines) = (before, 0);
        }
        last = key;
        lines += 1;
        all += 1;
        if all > MAX_SHEET {
            return Err(Refusal::TooLong(MAX_SHEET));
        }
    }
    if lines == 0 {
        return Err(Refusal::Empty);
    }
    cuts.push(Cut { from: begin.0, to: reader.position().byte(), first_line: begin.1 });
    let names: Vec<&str> = names.iter().collect();
    Ok((names.join(","), cuts))
}

#[cfg(test)]
mod tests {
    use domain::upload::CsvKind;

    use super::{Cut, split};
    use crate::columns::Refusal;

    fn cuts(sheet: &str) -> Vec<Cut> {
        split(CsvKind::Products, sheet.as_bytes()).unwrap().1
    }

    #[test]
    fn the_parts_are_the_sheet_and_no_product_is_cut() {
        let rows: String = (0..1_000).map(|n| format!("p{},S{n},\"two\nlines\"\n", n / 3)).collect();
        let sheet = format!("slug,sku,name\n{rows}");
        let cuts = cuts(&sheet);
        assert!(cuts.len() > 3);
        assert_eq!(cuts[0].from, 14);
        assert_eq!(cuts.last().unwrap().to, sheet.len() as u64);
        for pair in cuts.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
            let at = usize::try_from(pair[1].from).unwrap();
            let (before, after) = sheet.split_at(at);
            let product = |text: &str| text.split(',').next().unwrap().to_owned();
            let last = before.trim_end().rsplit("lines\"\n").next().unwrap();
            assert_ne!(product(last.trim_start()), product(after.trim_start()));
            let lines = before.trim_end().lines().count() as u64;
            assert_eq!(pair[1].first_line, lines + 1);
        }
    }

    #[test]
    fn one_product_of_endless_lines_is_cut_all_the_same() {
        let rows: String = (0..2_500).map(|n| format!("p,S{n}\n")).collect();
        assert_eq!(cuts(&format!("slug,sku\n{rows}")).len(), 3);
    }

    #[test]
    fn what_is_no_sheet_is_refused() {
        let refused = |sheet: &[u8]| split(CsvKind::Stock, sheet).unwrap_err().code();
        assert_eq!(refused(b""), "empty_sheet");
        assert_eq!(refused(b"sku,on_hand\n"), "empty_sheet");
        assert_eq!(refused(b"\x89PNG\r\n\x1a\n\xff\xff"), "not_csv");
        assert_eq!(refused(b"sku\nA\n"), "bad_header");
        let endless = format!("sku,on_hand\n{}", "A,1\n".repeat(250_001));
        assert_eq!(split(CsvKind::Stock, endless.as_bytes()), Err(Refusal::TooLong(250_000)));
    }
}
