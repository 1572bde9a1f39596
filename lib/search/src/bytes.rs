//! Segments as bytes: a mark, a version, a checksum, and sections with their lengths. Numbers are little-endian.

use std::ops::Range;
use std::sync::Arc;

const MARK: &[u8; 4] = b"KSEG";
const VERSION: u32 = 1;
const HEADER: usize = 12;

/// The bytes are not a segment that this version can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the segment is damaged")]
    Damaged,
    #[error("the segment has another version")]
    OtherVersion,
}

/// A part of shared bytes.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    whole: Arc<[u8]>,
    part: Range<usize>,
}

impl AsRef<[u8]> for Slice {
    fn as_ref(&self) -> &[u8] {
        &self.whole[self.part.clone()]
    }
}

/// Writes sections one after the other.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn section(&mut self, bytes: &[u8]) {
        self.0.extend((bytes.len() as u64).to_le_bytes());
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
    whole: Arc<[u8]>,
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
        Ok(Self { whole: bytes.into(), at: HEADER })
    }

    pub(crate) fn section(&mut self) -> Result<Slice, Unreadable> {
        let start = self.at + 8;
        let length = self.whole.get(self.at..start).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
        let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(Unreadable::Damaged)?;
        let end = start.checked_add(length).filter(|end| *end <= self.whole.len()).ok_or(Unreadable::Damaged)?;
        self.at = end;
        Ok(Slice { whole: Arc::clone(&self.whole), part: start..end })
    }

    pub(crate) fn numbers<const N: usize, T>(&mut self, read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, Unreadable> {
        let section = self.section()?;
        let chunks = section.as_ref().as_chunks::<N>();
        if chunks.1.is_empty() {
            Ok(chunks.0.iter().map(|bytes| read(*bytes)).collect())
        } else {
            Err(Unreadable::Damaged)
        }
    }

    pub(crate) fn u32s(&mut self) -> Result<Vec<u32>, Unreadable> {
        self.numbers(u32::from_le_bytes)
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
        assert_eq!(reader.u32s().unwrap(), [1, u32::MAX]);
        assert_eq!(reader.section().unwrap().as_ref(), b"text");
        assert_eq!(reader.section().unwrap_err(), Unreadable::Damaged);
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
