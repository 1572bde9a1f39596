//! Orders as staff look for them. Number, buyer, status and time are keys; for the rest, orders are read that do not fit.

use std::collections::VecDeque;

use domain::id::OrderId;
use domain::order::{Order, OrderFilter, Status};

use crate::engine::error::StoreError;
use crate::engine::item::{Attributes, read};
use crate::engine::page::{Cursor, KeyRange, Page, PageRequest};
use crate::keys::{GSI1, GSI2, SHARDS};
use crate::{Store, keys};

/// How many orders a page looks at.
const MAX_READ: usize = 1_000;

/// How many orders have the same number at most; more than one is next to impossible.
const SAME_NUMBER: usize = 10;

/// A partition that is read some items at a time.
struct Reader {
    key_range: KeyRange,
    waiting: VecDeque<(String, Attributes)>,
    place: Option<String>,
    ended: bool,
}

impl Reader {
    /// Reads the next items if none of those that were read is left.
    async fn fill(&mut self, store: &Store, step: usize) -> Result<(), StoreError> {
        if self.ended || !self.waiting.is_empty() {
            return Ok(());
        }
        let found = store.query(&self.key_range, self.place.as_deref(), step).await?;
        self.ended = found.len() < step;
        if let Some((last, _)) = found.last() {
            self.place = Some(last.clone());
        }
        self.waiting = found.into();
        Ok(())
    }
}

/// The fewest partitions that have all orders that fit.
fn partitions(filter: &OrderFilter) -> Vec<KeyRange> {
    let of_buyer = |partition| KeyRange::of(partition).in_index(GSI1);
    if let Some(user) = filter.user_id {
        return vec![of_buyer(keys::orders_of_partition(user))];
    }
    if let Some(addressee) = &filter.addressee {
        let account = addressee.account.map(keys::orders_of_partition);
        let all = [Some(keys::orders_of_guests_partition(&addressee.email)), account];
        return all.into_iter().flatten().map(of_buyer).collect();
    }
    let statuses = if filter.statuses.is_empty() { &Status::ALL[..] } else { &filter.statuses };
    let shards = (statuses.iter())
        .flat_map(|status| (0..SHARDS).map(|shard| keys::orders_by_status_partition(status.name(), shard)));
    shards.map(|partition| KeyRange::of(partition).in_index(GSI2)).collect()
}

impl Store {
    /// The orders that fit the filter, newest or oldest first. A page can be short, or empty, although there are more:
    /// then its cursor says how far it has looked.
    pub async fn find_orders(
        &self,
        filter: &OrderFilter,
        oldest_first: bool,
        request: &PageRequest,
    ) -> Result<Page<Order>, StoreError> {
        if let Some(number) = &filter.number {
            return self.find_numbered(number, filter).await;
        }
        let limit = request.limit as usize;
        let mut readers: Vec<Reader> = partitions(filter)
            .into_iter()
            .map(|range| filter.from.map_or(range.clone(), |from| range.starting_at(keys::orders_from(from))))
            .map(|range| filter.to.map_or(range.clone(), |to| range.ending_at(keys::orders_from(to))))
            .map(|range| Reader {
                key_range: if oldest_first { range } else { range.newest_first() },
                waiting: VecDeque::new(),
                place: request.after.as_ref().map(|after| after.place().to_owned()),
                ended: false,
            })
            .collect();
        let step = if filter.needs_reading() {
            (MAX_READ / 4 / readers.len()).clamp(25, 100)
        } else {
            // The four shards of a status have about as many orders each.
            limit / readers.len().min(SHARDS.into()) + 1
        };
        let (mut items, mut seen) = (Vec::new(), 0);
        let (mut place, mut last) = (String::new(), String::new());
        loop {
            // One after the other: only staff look for orders, and each query takes milliseconds.
            for reader in &mut readers {
                reader.fill(self, step).await?;
            }
            let next = readers.iter_mut().filter(|reader| !reader.waiting.is_empty());
            let next = next.min_by(|a, b| {
                let order = a.waiting[0].0.cmp(&b.waiting[0].0);
                if oldest_first { order } else { order.reverse() }
            });
            let Some((key, item)) = next.and_then(|reader| reader.waiting.pop_front()) else {
                return Ok(Page { items, next: None });
            };
            // An order that changes its status at this moment can be in two partitions.
            if key == place {
                continue;
            }
            if seen == MAX_READ {
                return Ok(Page { items, next: Some(Cursor::after(place)) });
            }
            seen += 1;
            place = key;
            let order: Order = read(item)?;
            if !filter.fits(&order) {
                continue;
            }
            if items.len() == limit {
                return Ok(Page { items, next: Some(Cursor::after(last)) });
            }
            items.push(order);
            last.clone_from(&place);
        }
    }

    /// The orders of a number: one, or none.
    pub async fn orders_numbered(&self, number: &str) -> Result<Vec<OrderId>, StoreError> {
        let key_range = KeyRange::of(keys::orders_numbered_partition(number)).in_index(GSI1);
        let found = self.query(&key_range, None, SAME_NUMBER).await?;
        Ok(found.iter().filter_map(|(id, _)| OrderId::parse(id).ok()).collect())
    }

    async fn find_numbered(&self, number: &str, filter: &OrderFilter) -> Result<Page<Order>, StoreError> {
        let mut items = Vec::new();
        for id in self.orders_numbered(number).await? {
            items.extend(self.order(id).await?.filter(|order| filter.fits(order)));
        }
        Ok(Page { items, next: None })
    }
}
