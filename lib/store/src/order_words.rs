//! Orders that have all of some words.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use domain::id::OrderId;
use domain::order::OrderFilter;
use tokio::task::JoinSet;

use crate::engine::error::StoreError;
use crate::engine::page::KeyRange;
use crate::order_finding::ListedOrder;
use crate::order_search::in_period;
use crate::{Store, keys};

/// How many orders of each word are read at once.
const READ: usize = 250;

/// Orders of one word, or of several.
pub(crate) struct OfWords {
    pub(crate) ids: Vec<OrderId>,
    /// The last order that was looked at. `None`: there is no other.
    pub(crate) end: Option<OrderId>,
}

impl Store {
    /// The next orders that have all of these words. The next ones of the rarest word are looked for in the lists of the others,
    /// where they may come much later.
    pub(crate) async fn orders_with_words(
        &self,
        words: &BTreeSet<String>,
        filter: &OrderFilter,
        oldest_first: bool,
        after: Option<&str>,
    ) -> Result<OfWords, StoreError> {
        let mut tasks = JoinSet::new();
        for word in words.iter().cloned() {
            let range = in_period(KeyRange::of(keys::orders_with_word_partition(&word)), filter, oldest_first);
            let (store, after) = (self.clone(), after.map(str::to_owned));
            tasks.spawn(async move {
                let found = store.query(&range, after.as_deref(), READ).await?;
                let ids: Vec<OrderId> = found.iter().filter_map(|(id, _)| OrderId::parse(id).ok()).collect();
                let end = ids.last().copied().filter(|_| found.len() == READ);
                Ok((word, OfWords { ids, end }))
            });
        }
        let lists: Result<Vec<(String, OfWords)>, StoreError> = tasks.join_all().await.into_iter().collect();
        let mut lists = lists?;
        let comes_first = |a: OrderId, b: OrderId| if oldest_first { a.cmp(&b) } else { b.cmp(&a) };
        lists.sort_by(|(_, a), (_, b)| match (a.end, b.end) {
            (Some(a), Some(b)) => comes_first(b, a),
            (Some(_), None) => Ordering::Greater,
            (None, Some(_)) => Ordering::Less,
            (None, None) => a.ids.len().cmp(&b.ids.len()),
        });
        let mut lists = lists.into_iter();
        let Some((_, mut rarest)) = lists.next() else {
            return Ok(OfWords { ids: Vec::new(), end: None });
        };
        for (word, other) in lists {
            let is_unread = |id: &OrderId| other.end.is_some_and(|end| comes_first(*id, end).is_gt());
            let unread: Vec<OrderId> = rarest.ids.iter().copied().filter(is_unread).collect();
            let listed: BTreeMap<OrderId, ListedOrder> =
                self.get_by(&unread, |id| keys::order_with_word(&word, *id)).await?;
            let read: BTreeSet<OrderId> = other.ids.into_iter().collect();
            rarest.ids.retain(|id| read.contains(id) || listed.contains_key(id));
        }
        Ok(rarest)
    }

    /// The order is not found by these words any more.
    pub(crate) async fn forget_words(&self, id: OrderId, words: &BTreeSet<String>) -> Result<(), StoreError> {
        for word in words {
            self.delete(&keys::order_with_word(word, id)).await?;
        }
        Ok(())
    }
}
