//! Compares the figures with the orders, and repairs them and the lists of orders by SKU: for an operator. The shop goes on
//! meanwhile. Figures that change while all orders are read cannot be compared; they are told apart by how often their items
//! were written.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::calendar::{Day, Days};
use domain::id::OrderId;
use domain::stats::{Contribution, Counter, Subject};
use domain::time::Time;
use domain::upload::Period;
use store::figures::{CountedMeanwhile, FigureUnit, FigureUnits, NamedUnit, unit_of};
use store::keys::Key;
use store::page::{Cursor, PageRequest};
use store::{Commit, StoreError};

use crate::StatsCounter;
use crate::count::customer_of;

/// How many orders are read together.
const AT_ONCE: u32 = 25;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecountOptions {
    /// Before the first order of the shop.
    pub from: Time,
    pub is_repair: bool,
    /// How many orders are read in a second, so that the shop keeps its capacity.
    pub rate: u32,
}

/// A figure that was not the sum of what is counted of the orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongFigure {
    /// The place of the figures, such as `2026-11-20`; or that they are the sums of all days.
    pub of: String,
    pub counter: Counter,
    pub stored: i64,
    pub right: i64,
    pub is_repaired: bool,
}

/// What a recount found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recounted {
    pub orders: u64,
    /// Orders of which something else was counted than they say; a repair counts them.
    pub outdated: u64,
    /// By how much the figures change with them.
    pub missing: Contribution,
    pub wrong: Vec<WrongFigure>,
    /// Days, or months of a product or coupon, that changed meanwhile and were not compared.
    pub busy: u64,
}

impl StatsCounter {
    /// Reads all orders once. `said` is told how many were read.
    pub async fn recount(&self, options: &RecountOptions, said: impl Fn(u64)) -> Result<Recounted, StoreError> {
        let now = self.clock.now();
        let days = Days { from: self.zone.day(options.from), to: self.zone.day(now) };
        let before = self.figure_units(days).await?;
        let sums_before = self.store.figure_sums(Day::FIRST).await?.unit;
        let mut found = Recounted::default();
        let mut right = Contribution::default();
        // The end of a period is not in it.
        let period = Period { from: options.from, to: now + Duration::from_secs(1) };
        let mut request = PageRequest { limit: AT_ONCE, after: None };
        loop {
            let page = self.store.orders_placed(period, &request).await?;
            let ids: Vec<OrderId> = page.items.iter().map(|bought| bought.order.id).collect();
            self.compare(&ids, options.is_repair, &mut found, &mut right).await?;
            said(found.orders);
            let Some(next) = page.next else { break };
            request.after = Cursor::parse(&next.encode());
            tokio::time::sleep(Duration::from_secs(1) * AT_ONCE / options.rate.max(1)).await;
        }
        let after = self.figure_units(days).await?;
        let NamedUnit { keys, unit: sums_after } = self.store.figure_sums(Day::FIRST).await?;
        for pair in pairs(&before, after, &right) {
            self.compare_unit(pair, options.is_repair, &mut found).await?;
        }
        let mut right_sums = Contribution::default();
        for (_, amounts) in right.places().filter(|(place, _)| place.subject == Subject::Shop) {
            for (counter, amount) in amounts.iter() {
                right_sums.add_to_day(Day::FIRST, counter, amount);
            }
        }
        let sums = Pair { keys, before: Some(&sums_before), after: sums_after, right: right_sums };
        self.compare_unit(sums, options.is_repair, &mut found).await?;
        Ok(found)
    }

    /// Year by year, because all partitions of some days are read at the same time.
    async fn figure_units(&self, days: Days) -> Result<FigureUnits, StoreError> {
        let mut units = FigureUnits::new();
        let years: BTreeSet<String> = days.months().iter().map(|month| month[..4].to_owned()).collect();
        for year in years {
            let day = |rest: &str| Day::parse(&format!("{year}-{rest}")).unwrap_or(days.to);
            let of_year = Days { from: day("01-01").max(days.from), to: day("12-31").min(days.to) };
            units.append(&mut self.store.figure_units(of_year).await?);
        }
        Ok(units)
    }

    /// Compares orders with what is counted of them, and adds the latter to what the figures should be.
    async fn compare(
        &self,
        ids: &[OrderId],
        is_repair: bool,
        found: &mut Recounted,
        right: &mut Contribution,
    ) -> Result<(), StoreError> {
        let mut orders = self.store.orders_in_figures(ids).await?;
        for order in &orders {
            let counted = order.counted.clone().unwrap_or_default().contribution;
            let difference = counted.to(&self.contribution(&order.whole));
            found.outdated += u64::from(!difference.is_empty());
            found.missing.add_all(&difference);
        }
        if is_repair {
            if let Some((order, why)) = self.count_orders(ids).await.pop_first() {
                return Err(StoreError::Unavailable(format!("{order} was not counted: {why}")));
            }
            orders = self.store.orders_in_figures(ids).await?;
            // Orders from before there were these lists were counted without them.
            let placed = orders.iter().map(|it| &it.whole).filter(|whole| !whole.order.awaits_confirmation);
            self.store.list_for_finding(placed.map(|whole| (&whole.order, &whole.purchase))).await?;
        }
        let customers: BTreeSet<String> = orders.iter().map(|order| customer_of(&order.whole.order)).collect();
        let first_orders = self.store.first_orders(&customers.into_iter().collect::<Vec<_>>()).await?;
        for order in orders {
            right.add_all(&order.counted.unwrap_or_default().contribution);
            let order = &order.whole.order;
            let first = first_orders.get(&customer_of(order)).filter(|first| first.order_id == order.id);
            if let Some(first) = first {
                right.add_to_day(first.day, Counter::NewCustomers, 1);
            }
            found.orders += 1;
        }
        Ok(())
    }

    async fn compare_unit(
        &self,
        Pair { keys, before, after, right }: Pair<'_>,
        is_repair: bool,
        found: &mut Recounted,
    ) -> Result<(), StoreError> {
        if !after.is_as_before(before) {
            found.busy += 1;
            return Ok(());
        }
        let stored = after.figures.of_orders();
        let difference = stored.to(&right);
        if difference.is_empty() {
            return Ok(());
        }
        if is_repair {
            let token = self.ids.transaction(self.clock.now());
            match self.store.repair_figures(token, &keys, &after, &difference).await {
                Ok(()) => {}
                Err(Commit::Refused(CountedMeanwhile)) => {
                    found.busy += 1;
                    return Ok(());
                }
                Err(Commit::Store(error)) => return Err(error),
            }
        }
        for (place, amounts) in difference.places() {
            for (counter, _) in amounts.iter() {
                let (stored, right) = (stored.get(place, counter), right.get(place, counter));
                let of = if place.day == Day::FIRST { "all days".to_owned() } else { String::from(place.clone()) };
                found.wrong.push(WrongFigure { of, counter, stored, right, is_repaired: is_repair });
            }
        }
        Ok(())
    }
}

/// A unit as it was read before and after all orders, and what it should be.
struct Pair<'a> {
    keys: Vec<Key>,
    before: Option<&'a FigureUnit>,
    after: FigureUnit,
    right: Contribution,
}

/// All units that are stored or should be.
fn pairs<'a>(before: &'a FigureUnits, mut after: FigureUnits, right: &Contribution) -> Vec<Pair<'a>> {
    let mut units: BTreeMap<Vec<Key>, Contribution> = BTreeMap::new();
    for keys in after.keys() {
        units.entry(keys.clone()).or_default();
    }
    for (place, amounts) in right.places() {
        let unit = units.entry(unit_of(place)).or_default();
        for (counter, amount) in amounts.iter() {
            unit.add(place, counter, amount);
        }
    }
    let pair = |(keys, right): (Vec<Key>, _)| {
        let after = after.remove(&keys).unwrap_or_default();
        Pair { before: before.get(&keys), keys, after, right }
    };
    units.into_iter().map(pair).collect()
}
