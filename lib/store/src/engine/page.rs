//! Pages of a list. A cursor is the sort key after which the next page begins. It does not name the partition, which is
//! always chosen by the server. So a forged cursor can only begin at another place of the same list.

use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use crate::Store;
use crate::engine::error::{StoreError, classify};
use crate::engine::item::{Attributes, read, text};
use crate::engine::merged::Merged;
use crate::keys::{Index, TABLE};

/// A place in a list. Clients do not look inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    pub const MAX_LENGTH: usize = 400;

    /// `None` if the text is not a cursor.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > Self::MAX_LENGTH {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        String::from_utf8(bytes).ok().filter(|place| !place.is_empty()).map(Self)
    }

    pub fn after(place: impl Into<String>) -> Self {
        Self(place.into())
    }

    pub fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(self.0.as_bytes())
    }

    pub fn place(&self) -> &str {
        &self.0
    }
}

/// How much of a list, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    pub limit: u32,
    pub after: Option<Cursor>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

/// What a query reads: the items of one partition whose sort keys begin with a prefix.
#[derive(Debug, Clone)]
pub(crate) struct KeyRange {
    index: Index,
    partition: String,
    prefix: String,
    start: Option<String>,
    end: Option<String>,
    newest_first: bool,
}

impl KeyRange {
    /// All of a partition of the table, in the order of the sort key.
    pub(crate) fn of(partition: String) -> Self {
        Self { index: TABLE, partition, prefix: String::new(), start: None, end: None, newest_first: false }
    }

    pub(crate) fn in_index(self, index: Index) -> Self {
        Self { index, ..self }
    }

    pub(crate) fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Only items whose sort key is not below this one.
    pub(crate) fn starting_at(self, start: String) -> Self {
        Self { start: Some(start), ..self }
    }

    /// Only items whose sort key is not above this one.
    pub(crate) fn ending_at(self, end: String) -> Self {
        Self { end: Some(end), ..self }
    }

    /// In the reverse order of the sort key.
    pub(crate) fn newest_first(self) -> Self {
        Self { newest_first: true, ..self }
    }

    /// The sort key's bounds, both inclusive. `\u{10ffff}` sorts after every sort key, and a space before. An empty
    /// text cannot be used: DynamoDB does not accept it as a key.
    fn bounds(&self, after: Option<&str>) -> (String, String) {
        let first = match &self.start {
            Some(start) => start.clone(),
            None if self.prefix.is_empty() => " ".to_owned(),
            None => self.prefix.clone(),
        };
        let last = self.end.clone().unwrap_or_else(|| format!("{}\u{10ffff}", self.prefix));
        match after.filter(|after| after.starts_with(&self.prefix)) {
            Some(after) if self.newest_first => (first, last.min(after.to_owned())),
            Some(after) => (first.max(after.to_owned()), last),
            None => (first, last),
        }
    }
}

/// A limit for queries that read a whole partition. It fits DynamoDB's type after one more is added.
pub(crate) const ALL: usize = i32::MAX as usize - 2;

impl Store {
    /// At most `limit` items after the cursor, with their sort keys.
    pub(crate) async fn query(
        &self,
        key_range: &KeyRange,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Attributes)>, StoreError> {
        let Index { name, pk, sk } = key_range.index;
        let (low, high) = key_range.bounds(after);
        if low > high {
            // The cursor is past the end, or of another list. DynamoDB does not accept such bounds.
            return Ok(Vec::new());
        }
        // The bounds are inclusive, so the cursor's own item may come again: one more is read, and it is dropped.
        let wanted = limit + usize::from(after.is_some());
        let mut items: Vec<(String, Attributes)> = Vec::new();
        let mut start = None;
        loop {
            let left = i32::try_from(wanted.saturating_sub(items.len()) + 1).unwrap_or(i32::MAX);
            let sent = self
                .client
                .query()
                .table_name(&*self.table)
                .set_index_name(name.map(str::to_owned))
                .key_condition_expression(format!("{pk} = :pk AND {sk} BETWEEN :low AND :high"))
                .expression_attribute_values(":pk", text(&key_range.partition))
                .expression_attribute_values(":low", text(&low))
                .expression_attribute_values(":high", text(&high))
                .scan_index_forward(!key_range.newest_first)
                .consistent_read(name.is_none())
                .limit(left)
                .set_exclusive_start_key(start)
                .send()
                .await;
            let answer = sent.map_err(|e| classify(&e))?;
            for item in answer.items.unwrap_or_default() {
                let place = item.get(sk).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
                if Some(place.as_str()) != after {
                    items.push((place, item));
                }
            }
            start = answer.last_evaluated_key;
            if items.len() >= limit || start.is_none() {
                items.truncate(limit);
                return Ok(items);
            }
        }
    }

    /// At most `limit` items of each of several partitions, which are read at the same time, in no order.
    pub(crate) async fn query_each(
        &self,
        key_ranges: Vec<KeyRange>,
        limit: usize,
    ) -> Result<Vec<Attributes>, StoreError> {
        let mut queries = JoinSet::new();
        for key_range in key_ranges {
            let store = self.clone();
            queries.spawn(async move { store.query(&key_range, None, limit).await });
        }
        let mut items = Vec::new();
        while let Some(answer) = queries.join_next().await {
            let answer = answer.map_err(|error| StoreError::Unavailable(error.to_string()))?;
            items.extend(answer?.into_iter().map(|(_, item)| item));
        }
        Ok(items)
    }

    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        key_range: &KeyRange,
        request: &PageRequest,
    ) -> Result<Page<T>, StoreError> {
        let limit = request.limit as usize;
        let items = self.query(key_range, request.after.as_ref().map(Cursor::place), limit + 1).await?;
        page_of(items, limit)
    }

    /// One page over several partitions. A whole page is read from each, and what is too much is dropped.
    pub(crate) async fn merged_page<T: DeserializeOwned>(
        &self,
        key_ranges: &[KeyRange],
        request: &PageRequest,
    ) -> Result<Page<T>, StoreError> {
        let limit = request.limit as usize;
        let after = request.after.as_ref().map(Cursor::place);
        let newest_first = key_ranges.first().is_some_and(|key_range| key_range.newest_first);
        let mut merged = Merged::of_partitions(key_ranges.iter().cloned(), after, !newest_first, limit + 1);
        let mut items = Vec::new();
        while items.len() <= limit
            && let Some(item) = merged.next(self).await?
        {
            items.push(item);
        }
        page_of(items, limit)
    }

    /// All items of a prefix, in a partition that is known to be small.
    pub(crate) async fn query_all(
        &self,
        partition: String,
        prefix: &str,
    ) -> Result<Vec<(String, Attributes)>, StoreError> {
        let key_range = KeyRange::of(partition).with_prefix(prefix);
        self.query(&key_range, None, ALL).await
    }
}

fn page_of<T: DeserializeOwned>(mut items: Vec<(String, Attributes)>, limit: usize) -> Result<Page<T>, StoreError> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|(place, _)| Cursor(place.clone()));
    let items = items.into_iter().map(|(_, item)| read(item)).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::Cursor;

    proptest! {
        #[test]
        fn a_cursor_survives_its_text(place in ".{1,60}") {
            let cursor = Cursor::after(place);
            prop_assert_eq!(Cursor::parse(&cursor.encode()), Some(cursor));
        }

        #[test]
        fn any_text_is_a_cursor_or_refused(text in ".*") {
            if let Some(cursor) = Cursor::parse(&text) {
                prop_assert_eq!(cursor.encode(), text);
            }
        }
    }
}
