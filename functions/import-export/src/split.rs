//! Divides a file into parts in one pass. The lines of a product that follow each other stay in one part.

use std::io::Read;

use domain::upload::CsvKind;

use crate::header::{Header, Refusal};

/// A part ends at the next product after `LINES`, and after `MAX_LINES` in any case.
const LINES: u64 = 250;
const MAX_LINES: u64 = 1_000;

/// The most lines of a file.
const MAX_FILE_LINES: u64 = 250_000;

/// The range of bytes of a part, and the number of its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartRange {
    pub from: u64,
    pub to: u64,
    pub first_line: u64,
}

/// Why a file was not divided.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The file did not arrive whole. Any bytes are records, so this says nothing about what is in the file.
    #[error(transparent)]
    Unread(#[from] csv::Error),
}

/// The header as it is written, and the parts.
pub fn split(kind: CsvKind, file: impl Read) -> Result<(String, Vec<PartRange>), SplitError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut row = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut row)? {
        return Err(Refusal::Empty.into());
    }
    let names = csv::StringRecord::from_byte_record(row.clone()).map_err(|error| {
        tracing::info!(%error, "the header of a file is not UTF-8");
        Refusal::NotUtf8
    })?;
    let header = Header::parse(kind, &names)?;
    let (mut parts, mut lines, mut all) = (Vec::new(), 0, 0);
    let mut begin = (reader.position().byte(), reader.position().line());
    let mut last: Option<Vec<u8>> = None;
    loop {
        let before = (reader.position().byte(), reader.position().line());
        if !reader.read_byte_record(&mut row)? {
            break;
        }
        let key = row.get(header.key()).map(<[u8]>::to_vec);
        let same = key == last;
        if lines >= MAX_LINES || (lines >= LINES && !same) {
            parts.push(PartRange { from: begin.0, to: before.0, first_line: begin.1 });
            (begin, lines) = (before, 0);
        }
        last = key;
        lines += 1;
        all += 1;
        if all > MAX_FILE_LINES {
            return Err(Refusal::TooLong(MAX_FILE_LINES).into());
        }
    }
    if lines == 0 {
        return Err(Refusal::Empty.into());
    }
    parts.push(PartRange { from: begin.0, to: reader.position().byte(), first_line: begin.1 });
    let names: Vec<&str> = names.iter().collect();
    Ok((names.join(","), parts))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use domain::upload::CsvKind;

    use super::{PartRange, SplitError, split};
    use crate::header::Refusal;

    fn parts(file: &str) -> Vec<PartRange> {
        split(CsvKind::Products, file.as_bytes()).unwrap().1
    }

    #[test]
    fn the_parts_make_up_the_file_and_no_product_is_divided() {
        let rows: String = (0..1_000).map(|n| format!("p{},S{n},\"two\nlines\"\n", n / 3)).collect();
        let file = format!("slug,sku,name\n{rows}");
        let parts = parts(&file);
        assert!(parts.len() > 3);
        assert_eq!(parts[0].from, 14);
        assert_eq!(parts.last().unwrap().to, file.len() as u64);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
            let at = usize::try_from(pair[1].from).unwrap();
            let (before, after) = file.split_at(at);
            let product = |text: &str| text.split(',').next().unwrap().to_owned();
            let last = before.trim_end().rsplit("lines\"\n").next().unwrap();
            assert_ne!(product(last.trim_start()), product(after.trim_start()));
            let lines = before.trim_end().lines().count() as u64;
            assert_eq!(pair[1].first_line, lines + 1);
        }
    }

    #[test]
    fn one_product_of_very_many_lines_is_divided() {
        let rows: String = (0..2_500).map(|n| format!("p,S{n}\n")).collect();
        assert_eq!(parts(&format!("slug,sku\n{rows}")).len(), 3);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_refused() {
        let refusal = |file: &[u8]| match split(CsvKind::Stock, file) {
            Err(SplitError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        let refused = |file: &[u8]| refusal(file).code();
        assert_eq!(refused(b""), "empty_sheet");
        assert_eq!(refused(b"sku,on_hand\n"), "empty_sheet");
        assert_eq!(refused(b"\x89PNG\r\n\x1a\n\xff\xff"), "not_csv");
        assert_eq!(refused(b"sku\nA\n"), "bad_header");
        let endless = format!("sku,on_hand\n{}", "A,1\n".repeat(250_001));
        assert_eq!(refusal(endless.as_bytes()), Refusal::TooLong(250_000));
    }

    #[test]
    fn a_file_that_does_not_arrive_whole_is_not_refused() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::ConnectionReset.into())
            }
        }
        let file = b"sku,on_hand\nA,1\n".chain(Broken);
        assert!(matches!(split(CsvKind::Stock, file), Err(SplitError::Unread(_))));
    }
}
