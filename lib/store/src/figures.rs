//! The figures of the shop, counted from its orders and from what else happens.
//!
//! One transaction stores what is counted of some orders, and adds the difference to what was counted of them before to
//! the figures. It commits only if nobody counted one of these orders meanwhile, so it does not matter how often or when
//! an order is counted. Figures are only added to, so they are no reason to refuse a transaction.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::calendar::{Day, Days};
use domain::coupon::CouponCode;
use domain::id::{OrderId, ProductId, TransactionId};
use domain::stats::{Amounts, Contribution, CountedOrder, Counter, FirstOrder, Place, Subject};
use domain::time::Time;
use tokio::task::JoinSet;

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Attributes, Item, number};
use crate::engine::page::{ALL, KeyRange};
use crate::engine::transaction::MAX_WRITES;
use crate::keys::{Key, SHARDS, TABLE};
use crate::orders::WholeOrder;
use crate::{Store, Transaction, keys};

/// How long it is remembered that something was counted which has no item of its own: longer than a message lives.
const MARKS_KEPT: Duration = Duration::from_hours(60 * 24);

/// How often an item of figures was written.
const WRITES: &str = "writes";

const PRODUCT: &str = "PRODUCT";
const COUPON: &str = "COUPON";

/// An order as it is now, and what is counted of it.
#[derive(Debug, Clone)]
pub struct OrderInFigures {
    pub whole: WholeOrder,
    pub counted: Option<CountedOrder>,
}

/// Something was counted since it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedMeanwhile;

/// What one transaction counts.
#[derive(Debug, Clone, Default)]
pub struct FigureWrites {
    /// What is counted of orders from now on. Each takes the place of the version before it.
    pub orders: BTreeMap<OrderId, CountedOrder>,
    /// First orders of customers, by the fingerprint of the customer. Each takes the place of the version before it.
    pub customers: BTreeMap<String, FirstOrder>,
    /// Names of what happened and was not counted before.
    pub marks: Vec<String>,
    /// By how much the figures change.
    pub change: Contribution,
}

/// An item that has figures, and the attributes that change.
type FigureItems = BTreeMap<Key, BTreeMap<Cow<'static, str>, i64>>;

impl FigureWrites {
    pub const MAX: usize = MAX_WRITES;

    /// How many writes it takes.
    pub fn len(&self) -> usize {
        self.orders.len() + self.customers.len() + self.marks.len() + figure_items(&self.change, 0).len()
    }

    pub fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.customers.is_empty() && self.marks.is_empty() && self.change.is_empty()
    }
}

fn figure_items(change: &Contribution, shard: u8) -> FigureItems {
    let mut items = FigureItems::new();
    for (place, amounts) in change.places() {
        let key = key_of(place, shard);
        for (counter, amount) in amounts.iter() {
            let name = attribute(place, counter);
            if place.subject == Subject::Shop {
                let all = items.entry(keys::figures_of_all_days(shard)).or_default();
                *all.entry(name.clone()).or_default() += amount;
            }
            *items.entry(key.clone()).or_default().entry(name).or_default() += amount;
        }
    }
    items
}

fn key_of(Place { day, subject }: &Place, shard: u8) -> Key {
    match subject {
        Subject::Shop => keys::figures_of_day(*day, shard),
        Subject::Product(id) => keys::ranked(PRODUCT, &day.month(), &id.to_string()),
        Subject::Coupon(code) => keys::ranked(COUPON, &day.month(), code.as_str()),
    }
}

/// Items of a month have the day in the names of their attributes: `d20_units`.
fn attribute(place: &Place, counter: Counter) -> Cow<'static, str> {
    match place.subject {
        Subject::Shop => counter.name().into(),
        Subject::Product(_) | Subject::Coupon(_) => format!("d{:02}_{}", place.day.of_month(), counter.name()).into(),
    }
}

/// What kind of list of figures: those of products or those of coupons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ranked {
    Products,
    Coupons,
}

/// The figures of one item, as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFigures {
    key: Key,
    pub figures: Contribution,
    writes: u64,
}

impl StoredFigures {
    fn read(item: &Attributes) -> Result<Self, StoreError> {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        let key = Key { pk: text(TABLE.pk), sk: text(TABLE.sk) };
        let corrupt = || StoreError::Corrupt(format!("{} / {}", key.pk, key.sk));
        let mut words = key.pk.split('#').skip(1);
        let (kind, month) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut figures = Contribution::default();
        for (name, amount) in numbers(item) {
            let place = match kind {
                PRODUCT | COUPON => {
                    let Some((of_month, counter)) = name.strip_prefix('d').and_then(|name| name.split_once('_')) else {
                        continue;
                    };
                    let day = Day::parse(&format!("{month}-{of_month}")).map_err(|_| corrupt())?;
                    let subject = if kind == PRODUCT {
                        Subject::Product(ProductId::parse(&key.sk).map_err(|_| corrupt())?)
                    } else {
                        Subject::Coupon(CouponCode::parse(&key.sk).map_err(|_| corrupt())?)
                    };
                    Some((Place { day, subject }, counter))
                }
                _ => Some((Place { day: Day::parse(&key.sk).map_err(|_| corrupt())?, subject: Subject::Shop }, name)),
            };
            // A counter of a newer version is left out.
            if let Some((place, counter)) = place
                && let Ok(counter) = Counter::try_from(counter.to_owned())
            {
                figures.add(&place, counter, amount);
            }
        }
        let writes = numbers(item).find(|(name, _)| *name == WRITES).map_or(0, |(_, writes)| writes.unsigned_abs());
        Ok(Self { key, figures, writes })
    }
}

fn numbers(item: &Attributes) -> impl Iterator<Item = (&str, i64)> {
    item.iter().filter_map(|(name, value)| {
        let AttributeValue::N(number) = value else { return None };
        Some((name.as_str(), number.parse().ok()?))
    })
}

/// The item is still at the version before this one.
fn at_version_before(version: u64) -> Vec<Require> {
    match version - 1 {
        0 => vec![Require::Absent],
        before => vec![Require::Equals("version", number(before))],
    }
}

impl Store {
    /// Orders that do not exist are left out. The parts of an order are not of one moment.
    pub async fn orders_in_figures(&self, ids: &[OrderId]) -> Result<Vec<OrderInFigures>, StoreError> {
        let mut reads = JoinSet::new();
        for (place, &id) in ids.iter().enumerate() {
            let store = self.clone();
            reads.spawn(async move { (place, store.whole_order(id).await) });
        }
        let keys: Vec<Key> = ids.iter().map(|id| keys::counted(&id.to_string())).collect();
        let mut counted = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
        let mut wholes = BTreeMap::new();
        while let Some(read) = reads.join_next().await {
            let (place, whole) = read.map_err(|error| StoreError::Unavailable(error.to_string()))?;
            wholes.insert(place, whole?);
        }
        let mut orders = Vec::with_capacity(ids.len());
        for (key, whole) in keys.iter().zip(wholes.into_values()) {
            if let Some(whole) = whole {
                orders.push(OrderInFigures { whole, counted: counted.take(key)? });
            }
        }
        Ok(orders)
    }

    /// The first orders of those of these customers who bought something.
    pub async fn first_orders(&self, customers: &[String]) -> Result<BTreeMap<String, FirstOrder>, StoreError> {
        self.get_by(customers, |customer| keys::first_order(customer)).await
    }

    /// Which of these names were counted.
    pub async fn counted_marks(&self, names: &[String]) -> Result<Vec<String>, StoreError> {
        let keys: Vec<Key> = names.iter().map(|name| keys::counted(name)).collect();
        let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
        let mut counted = Vec::new();
        for (name, key) in names.iter().zip(&keys) {
            if found.take::<serde_json::Value>(key)?.is_some() {
                counted.push(name.clone());
            }
        }
        Ok(counted)
    }

    /// One transaction. `token` names this try and no other.
    pub async fn count(
        &self,
        token: TransactionId,
        writes: &FigureWrites,
        now: Time,
    ) -> Result<(), Commit<CountedMeanwhile>> {
        let mut transaction = Transaction::new(token);
        for (id, counted) in &writes.orders {
            let item = Item::new(keys::counted(&id.to_string()), counted)?;
            transaction = transaction.put_if(item, at_version_before(counted.version), CountedMeanwhile);
        }
        for (customer, first) in &writes.customers {
            let item = Item::new(keys::first_order(customer), first)?;
            transaction = transaction.put_if(item, at_version_before(first.version), CountedMeanwhile);
        }
        for mark in &writes.marks {
            let item = Item::bare(keys::counted(mark)).expires(now + MARKS_KEPT);
            transaction = transaction.put_new(item, CountedMeanwhile);
        }
        for (key, amounts) in figure_items(&writes.change, token.shard(SHARDS)) {
            transaction = transaction.change(adding(key, amounts), CountedMeanwhile);
        }
        self.commit(transaction).await
    }

    /// The figures of the shop on these days. All partitions are read at the same time.
    pub async fn figures(&self, days: Days) -> Result<BTreeMap<Day, Amounts>, StoreError> {
        let mut figures: BTreeMap<Day, Amounts> = BTreeMap::new();
        for stored in self.stored_figures(days).await? {
            for (place, amounts) in stored.figures.places() {
                figures.entry(place.day).or_default().add_all(amounts);
            }
        }
        Ok(figures)
    }

    /// The same, as they are stored.
    pub async fn stored_figures(&self, days: Days) -> Result<Vec<StoredFigures>, StoreError> {
        let partitions =
            days.months().into_iter().flat_map(|month| (0..SHARDS).map(move |shard| (month.clone(), shard)));
        let key_ranges = partitions.map(|(month, shard)| {
            let partition = keys::figures_partition(&month, shard);
            KeyRange::of(partition).starting_at(days.from.to_string()).ending_at(days.to.to_string())
        });
        let items = self.query_each(key_ranges.collect(), ALL).await?;
        items.iter().map(StoredFigures::read).collect()
    }

    /// The figures of all products or all coupons in the months of these days.
    pub async fn ranked_figures(&self, ranked: Ranked, days: Days) -> Result<Vec<StoredFigures>, StoreError> {
        let kind = match ranked {
            Ranked::Products => PRODUCT,
            Ranked::Coupons => COUPON,
        };
        let partitions =
            days.months().into_iter().flat_map(|month| (0..SHARDS).map(move |shard| (month.clone(), shard)));
        let key_ranges = partitions.map(|(month, shard)| KeyRange::of(keys::ranked_partition(kind, &month, shard)));
        let items = self.query_each(key_ranges.collect(), ALL).await?;
        items.iter().map(StoredFigures::read).collect()
    }

    /// The sums of the figures of all days: one read of a few items.
    pub async fn figures_of_all_days(&self) -> Result<Amounts, StoreError> {
        let mut sums = Amounts::default();
        for (_, amounts) in self.figure_sums(Day::FIRST).await?.unit.figures.places() {
            sums.add_all(amounts);
        }
        Ok(sums)
    }
}

/// Items that are compared with the orders and repaired together: the shards of a day, or the item of a product or coupon in
/// a month.
#[derive(Debug, Clone, Default)]
pub struct FigureUnit {
    /// How often each of the items was written.
    writes: BTreeMap<Key, u64>,
    pub figures: Contribution,
}

/// By the keys of their items.
pub type FigureUnits = BTreeMap<Vec<Key>, FigureUnit>;

impl FigureUnit {
    /// Whether none of its items was written between two times when they were read. What is not there was never written.
    pub fn is_as_before(&self, before: Option<&Self>) -> bool {
        before.map_or(&BTreeMap::new(), |before| &before.writes) == &self.writes
    }
}

/// The unit of a place: the keys of its items.
pub fn unit_of(place: &Place) -> Vec<Key> {
    match place.subject {
        Subject::Shop => (0..SHARDS).map(|shard| key_of(place, shard)).collect(),
        Subject::Product(_) | Subject::Coupon(_) => vec![key_of(place, 0)],
    }
}

impl Store {
    /// All figures of these days, of the shop and of products and coupons, as they are stored.
    pub async fn figure_units(&self, days: Days) -> Result<FigureUnits, StoreError> {
        let mut stored = self.stored_figures(days).await?;
        for ranked in [Ranked::Products, Ranked::Coupons] {
            stored.extend(self.ranked_figures(ranked, days).await?);
        }
        let mut units = FigureUnits::new();
        for StoredFigures { key, figures, writes } in stored {
            let keys = match Day::parse(&key.sk) {
                Ok(day) => unit_of(&Place { day, subject: Subject::Shop }),
                Err(_) => vec![key.clone()],
            };
            let unit = units.entry(keys).or_default();
            unit.writes.insert(key, writes);
            unit.figures.add_all(&figures);
        }
        Ok(units)
    }

    /// Adds a difference to the first item of a unit, if all of it is still as it was read.
    pub async fn repair_figures(
        &self,
        token: TransactionId,
        keys: &[Key],
        unit: &FigureUnit,
        difference: &Contribution,
    ) -> Result<(), Commit<CountedMeanwhile>> {
        let mut items = figure_items(difference, 0);
        let mut transaction = Transaction::new(token);
        for key in keys {
            let unchanged = match unit.writes.get(key) {
                Some(writes) => vec![Require::Equals(WRITES, number(writes))],
                None => vec![Require::Absent],
            };
            transaction = match items.remove(key) {
                Some(amounts) => {
                    let change = unchanged.into_iter().fold(adding(key.clone(), amounts), Change::require);
                    transaction.change(change, CountedMeanwhile)
                }
                None => transaction.check(key.clone(), unchanged, CountedMeanwhile),
            };
        }
        self.commit(transaction).await
    }

    /// The sums of all days as a unit, as if they were the figures of one day, `day`.
    pub async fn figure_sums(&self, day: Day) -> Result<NamedUnit, StoreError> {
        let keys: Vec<Key> = (0..SHARDS).map(keys::figures_of_all_days).collect();
        let mut found = self.get_all(&keys.iter().collect::<Vec<_>>()).await?;
        let mut unit = FigureUnit::default();
        for key in &keys {
            let item: Option<BTreeMap<String, serde_json::Value>> = found.take(key)?;
            for (name, number) in item.into_iter().flatten() {
                let Some(number) = number.as_i64() else { continue };
                if name == WRITES {
                    unit.writes.insert(key.clone(), number.unsigned_abs());
                } else if let Ok(counter) = Counter::try_from(name) {
                    unit.figures.add_to_day(day, counter, number);
                }
            }
        }
        Ok(NamedUnit { keys, unit })
    }
}

/// A unit and the keys of its items.
#[derive(Debug, Clone)]
pub struct NamedUnit {
    pub keys: Vec<Key>,
    pub unit: FigureUnit,
}

fn adding(key: Key, amounts: BTreeMap<Cow<'static, str>, i64>) -> Change {
    let change = Change::at(key).add(WRITES, 1);
    amounts.into_iter().fold(change, |change, (name, amount)| change.add(name, amount))
}
