//! Where a page of products ends, so that the next one can begin there: the query, the state of the catalogue, and the
//! place in the order of the query.
//!
//! A client could write a cursor itself. It can only begin at another place of a list that it may see, and at a state of
//! the catalogue that everybody could see.

use data_encoding::BASE64URL_NOPAD;
use domain::product_query::MAX_CURSOR;
use search_index::Position;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProductCursor {
    /// The publication that the pages show.
    pub(crate) seq: u32,
    pub(crate) after: Position,
    /// Of the query without its page.
    query: Vec<u8>,
}

const QUERY: usize = 12;

impl ProductCursor {
    pub(crate) fn new(query: &[u8], seq: u32, after: Position) -> Self {
        Self { seq, after, query: query.to_vec() }
    }

    pub(crate) fn encode(&self) -> String {
        let Position { key, name, id } = &self.after;
        let parts: [&[u8]; 5] = [&self.query, &self.seq.to_le_bytes(), &key.to_le_bytes(), id, name];
        BASE64URL_NOPAD.encode(&parts.concat())
    }

    /// Refuses the cursor of another query.
    pub(crate) fn parse(text: &str, query: &[u8]) -> Result<Self, &'static str> {
        Self::read(text).filter(|cursor| cursor.query == query).ok_or("is not a cursor of this query")
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_CURSOR {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (query, rest) = bytes.split_at_checked(QUERY)?;
        let (seq, rest) = rest.split_first_chunk()?;
        let (key, rest) = rest.split_first_chunk()?;
        let (id, name) = rest.split_first_chunk()?;
        let after = Position { key: u64::from_le_bytes(*key), name: name.to_vec(), id: *id };
        Some(Self { seq: u32::from_le_bytes(*seq), after, query: query.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use search_index::Position;

    use super::{MAX_CURSOR, ProductCursor};

    const QUERY: [u8; 12] = [3; 12];

    #[test]
    fn a_cursor_is_good_for_its_own_query_only() {
        let after = Position { key: 7, name: b"harbour shirt".to_vec(), id: [9; 16] };
        let cursor = ProductCursor::new(&QUERY, 42, after);
        assert_eq!(ProductCursor::parse(&cursor.encode(), &QUERY), Ok(cursor.clone()));
        assert!(ProductCursor::parse(&cursor.encode(), &[4; 12]).is_err());
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let after = Position { key: u64::MAX, name: Vec::new(), id: [0; 16] };
        let good = ProductCursor::new(&QUERY, u32::MAX, after).encode();
        for cut in 0..good.len() {
            assert!(ProductCursor::parse(&good[..cut], &QUERY).is_err(), "{cut}");
        }
        for bad in ["", "-", "%00", "ä", &"A".repeat(MAX_CURSOR + 1)] {
            assert!(ProductCursor::parse(bad, &QUERY).is_err(), "{bad}");
        }
    }
}
