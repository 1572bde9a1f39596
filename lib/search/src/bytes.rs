//! Segments as bytes: a mark, a version, a checksum, and sections with their lengths. Numbers are little-endian.

use std::ops::Range;
use std::sync::Arc;

const MARK: &[u8; 4] = b"KSEG";
const VERSION: u32 = 2;
const HEADER: usize = 12;

/// The bytes are not a segment that this version can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the segment is damaged")]
    Damaged,
    #[error("the segment has another version")]
    OtherVersion,
}

/// A part of shared bytes. Nothing is copied when a segment is opened.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    whole: Arc<Vec<u8>>,
    part: Range<usize>,
}

impl AsRef<[u8]> for Slice {
    fn as_ref(&self) -> &[u8] {
        &self.whole[self.part.clone()]
    }
}

/// Numbers of `N` bytes.
#[derive(Debug)]
pub(crate) struct Column<const N: usize>(Slice);

impl<const N: usize> Column<N> {
    pub(crate) fn all(&self) -> &[[u8; N]] {
        self.0.as_ref().as_chunks().0
    }

    pub(crate) fn len(&self) -> usize {
        self.0.part.len() / N
    }
}

/// Writes sections one after the other.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn section(&mut self, bytes: &[u8]) {
        put_varint(&mut self.0, bytes.len() as u64);
        self.0.extend(bytes);
    }

    pub(crate) fn numbers<const N: usize>(&mut self, numbers: impl IntoIterator<Item = [u8; N]>) {
        let bytes: Vec<u8> = numbers.into_iter().flatten().collect();
        self.section(&bytes);
    }

    pub(crate) fn u32s(&mut self, numbers: &[u32]) {
        self.numbers(numbers.iter().map(|n| n.to_le_bytes()));
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() + HEADER);
        bytes.extend(MARK);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(crc32fast::hash(&self.0).to_le_bytes());
        bytes.extend(self.0);
        bytes
    }
}

/// Reads the sections in the order in which they were written.
#[derive(Debug)]
pub(crate) struct Reader {
    whole: Arc<Vec<u8>>,
    at: usize,
}

impl Reader {
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self, Unreadable> {
        let header = bytes.get(..HEADER).ok_or(Unreadable::Damaged)?;
        if header[..4] != *MARK {
            return Err(Unreadable::Damaged);
        }
        if header[4..8] != VERSION.to_le_bytes() {
            return Err(Unreadable::OtherVersion);
        }
        if header[8..] != crc32fast::hash(&bytes[HEADER..]).to_le_bytes() {
            return Err(Unreadable::Damaged);
        }
        Ok(Self { whole: Arc::new(bytes), at: HEADER })
    }

    pub(crate) fn section(&mut self) -> Result<Slice, Unreadable> {
        let mut rest = self.whole.get(self.at..).unwrap_or_default();
        let length = take_varint(&mut rest).and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| *length <= rest.len()).ok_or(Unreadable::Damaged)?;
        let start = self.whole.len() - rest.len();
        self.at = start + length;
        Ok(Slice { whole: Arc::clone(&self.whole), part: start..self.at })
    }

    /// Any number of numbers.
    pub(crate) fn numbers<const N: usize>(&mut self) -> Result<Column<N>, Unreadable> {
        let section = self.section()?;
        if section.part.len() % N == 0 { Ok(Column(section)) } else { Err(Unreadable::Damaged) }
    }

    /// One number for each of `count` things.
    pub(crate) fn column<const N: usize>(&mut self, count: usize) -> Result<Column<N>, Unreadable> {
        self.numbers().and_then(|column| if column.len() == count { Ok(column) } else { Err(Unreadable::Damaged) })
    }
}

/// Seven bits a byte, the lowest first.
pub(crate) fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

pub(crate) fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Reader, Unreadable, Writer, put_varint, take_varint};

    fn written() -> Vec<u8> {
        let mut writer = Writer::default();
        writer.u32s(&[1, u32::MAX]);
        writer.section(b"text");
        writer.finish()
    }

    #[test]
    fn sections_come_back() {
        let mut reader = Reader::open(written()).unwrap();
        assert_eq!(reader.column(2).unwrap().all(), [[1, 0, 0, 0], [255; 4]]);
        assert_eq!(reader.section().unwrap().as_ref(), b"text");
        assert_eq!(reader.section().unwrap_err(), Unreadable::Damaged);
    }

    #[test]
    fn a_column_has_a_number_for_each() {
        assert_eq!(Reader::open(written()).unwrap().column::<4>(3).unwrap_err(), Unreadable::Damaged);
        assert_eq!(Reader::open(written()).unwrap().numbers::<3>().unwrap_err(), Unreadable::Damaged);
    }

    #[test]
    fn damage_is_seen() {
        let whole = written();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(Reader::open(damaged).is_err(), "byte {at}");
            assert!(Reader::open(whole[..at].to_vec()).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn varints_come_back() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, number);
            assert_eq!(take_varint(&mut &*bytes), Some(number));
        }
        assert_eq!(take_varint(&mut &[0x80][..]), None);
    }
}
