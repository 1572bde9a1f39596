//! Orders as staff look for them. What is sought, buyer, status and time are keys; for the rest, orders are read that do not
//! fit.

use std::time::Duration;

use domain::id::OrderId;
use domain::order::{Addressee, Order, OrderFilter, Purchase, Sought, Status};
use domain::time::Time;
use domain::upload::Period;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use crate::engine::error::StoreError;
use crate::engine::item::read;
use crate::engine::merged::{Merged, Reader};
use crate::engine::page::{Cursor, KeyRange, Page, PageRequest};
use crate::keys::{GSI1, GSI2, SHARDS};
use crate::order_finding::{ListedOrder, OrderName};
use crate::orders::OrderAndPurchase;
use crate::{Store, keys};

const DAY: Duration = Duration::from_hours(24);

/// How many orders a page looks at.
const MAX_READ: usize = 1_000;

/// How many orders words find as the beginning of a name or mail address: the first ones in the order of these.
const MAX_NAMED: usize = 10_000;

/// How many orders are read in one trip.
const AT_ONCE: usize = 100;

/// How many orders of the same number or tracking code are found. More than one is next to impossible for a number; a
/// parcel can have several orders of a buyer.
const SAME: usize = 10;

/// What reads the ids of the orders that one meaning of words finds.
struct FoundBy {
    readers: Vec<Reader>,
    /// The last order that was looked at. `None`: all were.
    end: Option<OrderId>,
}

/// The months of a period, oldest first.
fn months(period: Period) -> Vec<String> {
    let days = (0..).map(|n| period.from + DAY * n).take_while(|day| *day < period.to);
    let mut months: Vec<String> = days.chain([period.to]).map(Time::month).collect();
    months.dedup();
    months
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

/// What of a list of orders is in the filter's period.
pub(crate) fn in_period(range: KeyRange, filter: &OrderFilter, oldest_first: bool) -> KeyRange {
    let range = filter.from.map_or(range.clone(), |from| range.starting_at(keys::orders_from(from)));
    let range = filter.to.map_or(range.clone(), |to| range.ending_at(keys::orders_from(to)));
    if oldest_first { range } else { range.newest_first() }
}

/// The list of the orders that something finds, if one is kept of it.
fn list_of(sought: &Sought, filter: &OrderFilter, oldest_first: bool) -> Option<KeyRange> {
    let by_time = |range| Some(in_period(range, filter, oldest_first));
    match sought {
        Sought::Name(name) => Some(KeyRange::of(keys::orders_named_partition(name)).in_index(GSI1).with_prefix(name)),
        Sought::EmailPrefix(prefix) => {
            Some(KeyRange::of(keys::orders_with_email_partition(prefix)).with_prefix(prefix))
        }
        Sought::Sku(sku) => by_time(KeyRange::of(keys::orders_with_sku_partition(sku))),
        Sought::PostalCode(code) => by_time(KeyRange::of(keys::orders_with_postal_code_partition(code))),
        Sought::Phone(digits) => by_time(KeyRange::of(keys::orders_with_phone_partition(digits))),
        Sought::Words(words) if words.len() == 1 => {
            words.first().and_then(|word| by_time(KeyRange::of(keys::orders_with_word_partition(word))))
        }
        _ => None,
    }
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
        let Some(sought) = &filter.sought else {
            return self.list_orders(filter, oldest_first, request).await;
        };
        if let Sought::Any(meanings) = sought {
            return self.of_any(meanings, filter, oldest_first, request).await;
        }
        match (sought, list_of(sought, filter, oldest_first)) {
            (Sought::Name(name), Some(range)) => {
                let found = |found: OrderName| found.is_first(name).then_some(found.order_id);
                self.find_listed(&range, found, filter, request).await
            }
            (_, Some(range)) => {
                self.find_listed(&range, |found: ListedOrder| Some(found.order_id), filter, request).await
            }
            (_, None) => {
                let ids = self.ids_of(sought).await?;
                self.of_those(&ids, filter, None).await
            }
        }
    }

    /// The orders of what no list is kept of, because there are only a few of it.
    async fn ids_of(&self, sought: &Sought) -> Result<Vec<OrderId>, StoreError> {
        match sought {
            Sought::Number(number) => self.orders_numbered(number).await,
            Sought::TrackingCode(code) => self.orders_at(keys::orders_tracked_partition(code)).await,
            Sought::Document(number) => self.orders_at(keys::orders_with_document_partition(number)).await,
            Sought::Charge(charge) => Ok(self.order_of_charge(charge).await?.into_iter().collect()),
            Sought::Order(id) => Ok(vec![*id]),
            _ => Ok(Vec::new()),
        }
    }

    /// The orders that at least one of these meanings finds. Lists in the order of the ids are merged as they are read; of the
    /// others all ids are read before, or those up to some order, and the page goes no further.
    async fn of_any(
        &self,
        meanings: &[Sought],
        filter: &OrderFilter,
        oldest_first: bool,
        request: &PageRequest,
    ) -> Result<Page<Order>, StoreError> {
        let mut tasks = JoinSet::new();
        for meaning in meanings.iter().cloned() {
            let (store, filter, after) = (self.clone(), filter.clone(), request.after.clone());
            tasks.spawn(async move { store.found_by(meaning, &filter, oldest_first, after).await });
        }
        let found: Result<Vec<FoundBy>, StoreError> = tasks.join_all().await.into_iter().collect();
        let (mut readers, mut end) = (Vec::new(), None);
        for mut found in found? {
            readers.append(&mut found.readers);
            end = end.into_iter().chain(found.end).reduce(if oldest_first { OrderId::min } else { OrderId::max });
        }
        let is_known = |id: &OrderId| end.is_none_or(|end| if oldest_first { *id <= end } else { *id >= end });
        let limit = request.limit as usize;
        let mut merged = Merged::new(readers, oldest_first, limit + 1);
        let (mut items, mut seen): (Vec<Order>, usize) = (Vec::new(), 0);
        let cursor = |id: &OrderId| Some(Cursor::after(id.to_string()));
        loop {
            // One more than a page has tells whether there is another. If many do not fit, more are read at once.
            let wanted = if seen == 0 { limit + 1 } else { AT_ONCE };
            let mut ids: Vec<OrderId> = Vec::new();
            while ids.len() < wanted
                && let Some((key, _)) = merged.next(self).await?
            {
                ids.extend(OrderId::parse(&key).ok());
            }
            ids.retain(is_known);
            items.extend(self.of_those(&ids, filter, None).await?.items);
            seen += ids.len();
            if items.len() > limit {
                items.truncate(limit);
                let next = items.last().and_then(|order| cursor(&order.id));
                return Ok(Page { items, next });
            }
            if ids.len() < wanted {
                return Ok(Page { items, next: end.as_ref().and_then(cursor) });
            }
            if seen >= MAX_READ {
                return Ok(Page { items, next: ids.last().and_then(cursor) });
            }
        }
    }

    /// The orders that one meaning finds, after the place from which a page goes on.
    async fn found_by(
        &self,
        meaning: Sought,
        filter: &OrderFilter,
        oldest_first: bool,
        after: Option<Cursor>,
    ) -> Result<FoundBy, StoreError> {
        let place = after.as_ref().map(Cursor::place);
        let read = |ranges: Vec<KeyRange>| FoundBy {
            readers: ranges.into_iter().map(|range| Reader::new(range, place)).collect(),
            end: None,
        };
        let known =
            |ids: &[OrderId], end| FoundBy { readers: vec![Reader::of_keys(ids.iter().map(OrderId::to_string))], end };
        let of_buyer = |buyer| {
            let ranges = partitions(&buyer).into_iter();
            read(ranges.map(|range| in_period(range, filter, oldest_first)).collect())
        };
        let mut ids: Vec<OrderId> = match (&meaning, list_of(&meaning, filter, oldest_first)) {
            (Sought::Account(user), _) => {
                return Ok(of_buyer(OrderFilter { user_id: Some(*user), ..OrderFilter::default() }));
            }
            (Sought::Email(email), _) => {
                let addressee = Addressee { email: email.clone(), account: self.user_id_of(email).await? };
                return Ok(of_buyer(OrderFilter { addressee: Some(addressee), ..OrderFilter::default() }));
            }
            (Sought::Words(words), None) => {
                let found = self.orders_with_words(words, filter, oldest_first, place).await?;
                return Ok(known(&found.ids, found.end));
            }
            (Sought::Name(_) | Sought::EmailPrefix(_), Some(range)) => {
                let found = self.query(&range, None, MAX_NAMED).await?;
                // The id is the end of each sort key.
                let id = |(key, _): &(String, _)| OrderId::parse(key.rsplit('#').next().unwrap_or_default()).ok();
                found.iter().filter_map(id).filter(|id| filter.has_time(id.time())).collect()
            }
            (_, Some(range)) => return Ok(read(vec![range])),
            (_, None) => {
                let ids = self.ids_of(&meaning).await?;
                // A code that was changed is still a key.
                let of_meaning = OrderFilter { sought: Some(meaning), ..OrderFilter::default() };
                self.of_those(&ids, &of_meaning, None).await?.items.iter().map(|order| order.id).collect()
            }
        };
        ids.sort_unstable();
        if !oldest_first {
            ids.reverse();
        }
        if let Some(after) = after.and_then(|after| OrderId::parse(after.place()).ok()) {
            ids.retain(|id| if oldest_first { *id > after } else { *id < after });
        }
        Ok(known(&ids, None))
    }

    /// The orders that fit a filter in which nothing is sought.
    async fn list_orders(
        &self,
        filter: &OrderFilter,
        oldest_first: bool,
        request: &PageRequest,
    ) -> Result<Page<Order>, StoreError> {
        let limit = request.limit as usize;
        let key_ranges: Vec<KeyRange> =
            partitions(filter).into_iter().map(|range| in_period(range, filter, oldest_first)).collect();
        let step = if filter.needs_reading() {
            (MAX_READ / 4 / key_ranges.len()).clamp(25, 100)
        } else {
            // The four shards of a status have about as many orders each.
            limit / key_ranges.len().min(SHARDS.into()) + 1
        };
        let after = request.after.as_ref().map(Cursor::place);
        let mut merged = Merged::of_partitions(key_ranges, after, oldest_first, step);
        let (mut items, mut seen) = (Vec::new(), 0);
        let (mut place, mut last) = (String::new(), String::new());
        while let Some((key, item)) = merged.next(self).await? {
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
        Ok(Page { items, next: None })
    }

    /// The orders of a period as they are now, oldest first.
    pub async fn orders_placed(
        &self,
        period: Period,
        request: &PageRequest,
    ) -> Result<Page<OrderAndPurchase>, StoreError> {
        let limit = request.limit as usize;
        let after = request.after.as_ref().map(Cursor::place);
        let begin = after.and_then(|after| OrderId::parse(after).ok()).map_or(period.from, OrderId::time);
        let mut bought: Vec<(OrderId, Purchase)> = Vec::new();
        for month in months(Period { from: begin.max(period.from), ..period }) {
            let key_ranges = (0..SHARDS).map(|shard| {
                KeyRange::of(keys::orders_placed_partition(&month, shard))
                    .in_index(GSI2)
                    .starting_at(keys::orders_from(period.from))
                    .ending_at(keys::orders_from(period.to))
            });
            let mut merged = Merged::of_partitions(key_ranges, after, true, limit / usize::from(SHARDS) + 1);
            while bought.len() <= limit
                && let Some((key, item)) = merged.next(self).await?
            {
                let id = OrderId::parse(&key).map_err(|error| StoreError::Corrupt(format!("{key} {error}")))?;
                bought.push((id, read(item)?));
            }
        }
        let more = bought.len() > limit;
        bought.truncate(limit);
        let next = bought.last().filter(|_| more).map(|(id, _)| Cursor::after(id.to_string()));
        let keys: Vec<_> = bought.iter().map(|(id, _)| keys::order(*id)).collect();
        let mut items = Vec::new();
        if !keys.is_empty() {
            let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
            for (key, (_, purchase)) in keys.iter().zip(bought) {
                items.extend(found.take(key)?.map(|order| OrderAndPurchase { order, purchase }));
            }
        }
        Ok(Page { items, next })
    }

    /// The orders of a number: one, or none.
    pub async fn orders_numbered(&self, number: &str) -> Result<Vec<OrderId>, StoreError> {
        self.orders_at(keys::orders_numbered_partition(number)).await
    }

    async fn orders_at(&self, partition: String) -> Result<Vec<OrderId>, StoreError> {
        let found = self.query(&KeyRange::of(partition).in_index(GSI1), None, SAME).await?;
        Ok(found.iter().filter_map(|(id, _)| OrderId::parse(id).ok()).collect())
    }

    /// The orders of a list of what they are found by: as many entries as a page has, and more until an order of them fits.
    async fn find_listed<T: DeserializeOwned>(
        &self,
        range: &KeyRange,
        found: impl Fn(T) -> Option<OrderId>,
        filter: &OrderFilter,
        request: &PageRequest,
    ) -> Result<Page<Order>, StoreError> {
        let mut request = request.clone();
        let mut seen = 0;
        loop {
            let entries: Page<T> = self.page(range, &request).await?;
            seen += entries.items.len();
            let ids: Vec<OrderId> = entries.items.into_iter().filter_map(&found).collect();
            let page = self.of_those(&ids, filter, entries.next).await?;
            if page.next.is_none() || !page.items.is_empty() || seen >= MAX_READ {
                return Ok(page);
            }
            request.after = page.next;
        }
    }

    async fn of_those(
        &self,
        ids: &[OrderId],
        filter: &OrderFilter,
        next: Option<Cursor>,
    ) -> Result<Page<Order>, StoreError> {
        let keys: Vec<keys::Key> = ids.iter().map(|id| keys::order(*id)).collect();
        let mut items = Vec::new();
        if !keys.is_empty() {
            let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
            for key in &keys {
                items.extend(found.take(key)?.filter(|order| filter.fits(order)));
            }
        }
        Ok(Page { items, next })
    }
}
