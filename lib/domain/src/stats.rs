//! The figures of the shop, by day: what was sold, refunded, shipped, who bought, and how often.
//!
//! What an order adds to the figures is a function of the order ([`Contribution::of_order`]). It is stored beside the
//! figures, and counting the order again changes them by the difference. So an order may be counted twice, late, or in
//! any order with others, and the figures are always the sum of what is stored of the orders.
//!
//! Each amount has its own day. An order counts as placed on the day on which it was placed, its money on the day on which
//! it was paid, and each refund on the day on which it was made. Money that came too late or twice is no revenue: it is
//! given back and not counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::{Day, ShopZone};
use crate::coupon::CouponCode;
use crate::id::{OrderId, ProductId};
use crate::order::{
    HistoryCode, HistoryEntry, Hold, Method, Order, OrderLine, PaymentStatus, Purchase, Refund, RefundState, Status,
};
use crate::time::Time;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What is counted. The names are stored.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Counter { $($(#[$doc])* $name),+ }

        impl Counter {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

counters! {
    OrdersPlaced = "placed",
    OrdersPaid = "paid",
    OrdersShipped = "shipped",
    OrdersDelivered = "delivered",
    OrdersCancelled = "cancelled",
    OrdersExpired = "expired",
    /// All of their money was refunded.
    OrdersRefunded = "refunded",
    /// What customers paid, with tax and shipping and after discounts.
    Gross = "gross",
    Tax = "tax",
    Shipping = "shipping",
    Discount = "discount",
    Refunds = "refunds",
    /// What banks took back in disputes.
    ChargedBack = "charged_back",
    UnitsSold = "units",
    /// Units that came back, or were never sent.
    UnitsReturned = "returned",
    /// Customers who bought for the first time.
    NewCustomers = "new_customers",
    /// Paid orders and what was paid, by the way of payment.
    IntentOrders = "intent_orders",
    IntentGross = "intent_gross",
    SessionOrders = "session_orders",
    SessionGross = "session_gross",
    CashOrders = "cash_orders",
    CashGross = "cash_gross",
    FreeOrders = "free_orders",
    ElsewhereOrders = "elsewhere_orders",
    ElsewhereGross = "elsewhere_gross",
    /// Of a product: what customers paid for the units that they kept, without tax and shipping.
    Sales = "sales",
    /// Of a coupon: the paid orders that used it.
    Uses = "uses",
    SignUps = "sign_ups",
    SignIns = "sign_ins",
    CartsMade = "carts",
    /// Carts that nobody ordered, and that were removed at the end of their time.
    CartsAbandoned = "carts_abandoned",
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a counter")]
pub struct UnknownCounter;

impl Counter {
    /// Of the paid orders of a payment method: their number, and what was paid.
    pub fn of_method(method: Method) -> PaidBy {
        let (orders, gross) = match method {
            Method::PaymentIntent => (Self::IntentOrders, Some(Self::IntentGross)),
            Method::CheckoutSession => (Self::SessionOrders, Some(Self::SessionGross)),
            Method::CashOnDelivery => (Self::CashOrders, Some(Self::CashGross)),
            Method::Free => (Self::FreeOrders, None),
            Method::Elsewhere => (Self::ElsewhereOrders, Some(Self::ElsewhereGross)),
        };
        PaidBy { orders, gross }
    }

    /// Whether it is counted from orders, so that it can be counted again from them.
    pub fn is_of_orders(self) -> bool {
        !matches!(self, Self::SignUps | Self::SignIns | Self::CartsMade | Self::CartsAbandoned)
    }
}

/// The counters of a payment method. What is free has no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidBy {
    pub orders: Counter,
    pub gross: Option<Counter>,
}

impl From<Counter> for String {
    fn from(counter: Counter) -> Self {
        counter.name().to_owned()
    }
}

impl TryFrom<String> for Counter {
    type Error = UnknownCounter;
    fn try_from(text: String) -> Result<Self, UnknownCounter> {
        Self::ALL.iter().copied().find(|counter| counter.name() == text).ok_or(UnknownCounter)
    }
}

/// Some counters. What is not in it is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts(BTreeMap<Counter, i64>);

impl Amounts {
    pub fn get(&self, counter: Counter) -> i64 {
        self.0.get(&counter).copied().unwrap_or(0)
    }

    pub fn add(&mut self, counter: Counter, amount: i64) {
        let sum = self.get(counter).saturating_add(amount);
        if sum == 0 {
            self.0.remove(&counter);
        } else {
            self.0.insert(counter, sum);
        }
    }

    pub fn add_all(&mut self, others: &Self) {
        self.add_times(others, 1);
    }

    fn add_times(&mut self, others: &Self, times: i64) {
        for (counter, amount) in others.iter() {
            self.add(counter, times * amount);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Counter, i64)> {
        self.0.iter().map(|(counter, amount)| (*counter, *amount))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What figures are about: the whole shop, a product or a coupon.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Shop,
    Product(ProductId),
    Coupon(CouponCode),
}

/// The figures of a subject on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    pub day: Day,
    pub subject: Subject,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a place of figures")]
pub struct InvalidPlace;

impl From<Place> for String {
    fn from(Place { day, subject }: Place) -> Self {
        match subject {
            Subject::Shop => day.to_string(),
            Subject::Product(id) => format!("{day} product {id}"),
            Subject::Coupon(code) => format!("{day} coupon {code}"),
        }
    }
}

impl TryFrom<String> for Place {
    type Error = InvalidPlace;
    fn try_from(text: String) -> Result<Self, InvalidPlace> {
        let mut words = text.splitn(3, ' ');
        let day = words.next().and_then(|day| Day::parse(day).ok()).ok_or(InvalidPlace)?;
        let subject = match (words.next(), words.next()) {
            (None, _) => Some(Subject::Shop),
            (Some("product"), Some(id)) => ProductId::parse(id).ok().map(Subject::Product),
            (Some("coupon"), Some(code)) => CouponCode::parse(code).ok().map(Subject::Coupon),
            _ => None,
        };
        Ok(Self { day, subject: subject.ok_or(InvalidPlace)? })
    }
}

/// Amounts for some places: what an order adds to the figures, or by how much they change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution(BTreeMap<Place, Amounts>);

impl Contribution {
    pub fn add(&mut self, place: &Place, counter: Counter, amount: i64) {
        let amounts = self.0.entry(place.clone()).or_default();
        amounts.add(counter, amount);
        if amounts.is_empty() {
            self.0.remove(place);
        }
    }

    pub fn add_to_day(&mut self, day: Day, counter: Counter, amount: i64) {
        self.add(&Place { day, subject: Subject::Shop }, counter, amount);
    }

    pub fn add_all(&mut self, others: &Self) {
        self.add_times(others, 1);
    }

    fn add_times(&mut self, others: &Self, times: i64) {
        for (place, amounts) in &others.0 {
            for (counter, amount) in amounts.iter() {
                self.add(place, counter, times * amount);
            }
        }
    }

    /// What has to be added to this to get the other.
    pub fn to(&self, other: &Self) -> Self {
        let mut difference = other.clone();
        difference.add_times(self, -1);
        difference
    }

    pub fn get(&self, place: &Place, counter: Counter) -> i64 {
        self.0.get(place).map_or(0, |amounts| amounts.get(counter))
    }

    pub fn places(&self) -> impl Iterator<Item = (&Place, &Amounts)> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Only what is counted from orders.
    #[must_use]
    pub fn of_orders(&self) -> Self {
        let mut made = Self::default();
        for (place, amounts) in &self.0 {
            for (counter, amount) in amounts.iter().filter(|(counter, _)| counter.is_of_orders()) {
                made.add(place, counter, amount);
            }
        }
        made
    }

    /// Only its first places.
    #[must_use]
    pub fn first(mut self, places: usize) -> Self {
        if let Some(end) = self.0.keys().nth(places).cloned() {
            self.0.split_off(&end);
        }
        self
    }

    /// What an order adds to the figures.
    ///
    /// The history and the refunds may have been read some moments before or after the order. Then they tell other times than
    /// the order's own changes have, and the order's numbers are what counts: what they do not explain is of the time of its
    /// last change.
    pub fn of_order(
        order: &Order,
        purchase: &Purchase,
        history: &[HistoryEntry],
        refunds: &[Refund],
        zone: &ShopZone,
    ) -> Self {
        let mut made = Self::default();
        // Until a guest proves the address, nobody knows whether anybody ordered.
        if order.awaits_confirmation {
            return made;
        }
        let day = |time: Time| zone.day(time);
        made.add_to_day(day(order.created_at), Counter::OrdersPlaced, 1);
        for (at, counter) in
            [(order.shipped_at, Counter::OrdersShipped), (order.delivered_at, Counter::OrdersDelivered)]
        {
            if let Some(at) = at {
                made.add_to_day(day(at), counter, 1);
            }
        }
        let since = day(in_this_status_since(order, history));
        match order.status {
            Status::Cancelled => made.add_to_day(since, Counter::OrdersCancelled, 1),
            Status::Expired => made.add_to_day(since, Counter::OrdersExpired, 1),
            Status::Refunded => made.add_to_day(since, Counter::OrdersRefunded, 1),
            Status::Pending | Status::Paid | Status::Processing | Status::Shipped | Status::Delivered => {}
        }
        if let Some(sale) = Sale::of(order) {
            made.add_sale(order, purchase, day(sale.paid_at));
            made.add_refunds(order, history, refunds, since, zone);
        }
        made
    }

    fn add_sale(&mut self, order: &Order, purchase: &Purchase, day: Day) {
        let totals = order.totals;
        let paid_by = Counter::of_method(order.payment.method);
        let amounts = [
            (Counter::OrdersPaid, 1),
            (Counter::Gross, totals.total),
            (Counter::Tax, totals.tax),
            (Counter::Shipping, shipping_net(order, purchase)),
            (Counter::Discount, totals.discount),
            (Counter::UnitsSold, i64::from(order.units)),
            (paid_by.orders, 1),
        ];
        for (counter, amount) in amounts.into_iter().chain(paid_by.gross.map(|gross| (gross, totals.total))) {
            self.add_to_day(day, counter, amount);
        }
        if let Some(coupon) = &order.coupon {
            let place = Place { day, subject: Subject::Coupon(coupon.code.clone()) };
            self.add(&place, Counter::Uses, 1);
            self.add(&place, Counter::Discount, totals.discount);
        }
        // As the bestsellers are counted: what came back is taken from the day of the sale.
        let is_sold = order.hold == Hold::Taken
            && matches!(order.payment_status, PaymentStatus::Paid | PaymentStatus::PartiallyRefunded);
        let kept = if is_sold { order.not_returned(purchase) } else { Vec::new() };
        for (variant, units) in kept {
            if let Some(line) = purchase.lines.iter().find(|line| line.variant_id == variant) {
                let place = Place { day, subject: Subject::Product(line.product_id) };
                self.add(&place, Counter::UnitsSold, i64::from(units));
                self.add(&place, Counter::Sales, price_of(line, units, totals.tax_included));
            }
        }
    }

    fn add_refunds(
        &mut self,
        order: &Order,
        history: &[HistoryEntry],
        refunds: &[Refund],
        since: Day,
        zone: &ShopZone,
    ) {
        let mut refunded = 0;
        let mut returned = 0;
        for refund in refunds.iter().filter(|refund| !refund.of_duplicate_charge) {
            let asked_on = zone.day(refund.created_at);
            if refund.state == RefundState::Succeeded {
                let made_on = refund.made_at.map_or(asked_on, |at| zone.day(at));
                self.add_to_day(made_on, Counter::Refunds, refund.amount);
                refunded += refund.amount;
            }
            // Goods come back also if the money does not.
            let units: i64 = refund.lines.iter().chain(&refund.unsent).map(|(_, units)| i64::from(*units)).sum();
            self.add_to_day(asked_on, Counter::UnitsReturned, units);
            returned += units;
        }
        // Orders of another shop have no refunds of their own; and the units of a cancelled order were never sent.
        self.add_to_day(since, Counter::Refunds, order.refunded - refunded);
        let in_all: i64 = order.returned.values().map(|units| i64::from(*units)).sum();
        self.add_to_day(since, Counter::UnitsReturned, in_all - returned);
        let lost = history.iter().rfind(|entry| entry.code == HistoryCode::DisputeLost);
        self.add_to_day(lost.map_or(since, |entry| zone.day(entry.at)), Counter::ChargedBack, order.charged_back);
    }
}

/// When the order got the status that it has: at the first of its last entries with this status.
fn in_this_status_since(order: &Order, history: &[HistoryEntry]) -> Time {
    let of_status = history.iter().rev().take_while(|entry| entry.status == order.status);
    of_status.last().map_or(order.updated_at, |entry| entry.at)
}

/// What was paid for the first units of a line, without tax. The parts of a line add up to the whole.
fn price_of(line: &OrderLine, units: u32, tax_included: bool) -> i64 {
    let paid = i128::from(line.net(tax_included)) * i128::from(units) / i128::from(line.quantity.max(1));
    i64::try_from(paid).unwrap_or(0)
}

/// What was paid for shipping, without its tax.
fn shipping_net(order: &Order, purchase: &Purchase) -> i64 {
    let of_lines: i64 = purchase.lines.iter().map(|line| line.tax).sum();
    let tax = if order.totals.tax_included { order.totals.tax - of_lines } else { 0 };
    order.totals.shipping - tax
}

/// An order whose goods were sold and paid. Once it is one, it stays one, whatever comes back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    pub paid_at: Time,
}

impl Sale {
    pub fn of(order: &Order) -> Option<Self> {
        // The goods of a cancelled order count as returned. Those of an order that was paid too late were never sold.
        let returned: u32 = order.returned.values().sum();
        let was_sold = order.hold == Hold::Taken || returned >= order.units;
        // Orders from before the time of payment was stored, and those of another shop, lack it.
        (order.was_paid() && was_sold).then(|| Self { paid_at: order.paid_at.unwrap_or(order.created_at) })
    }
}

/// The first order that a customer paid. It says on which day they count as new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstOrder {
    pub order_id: OrderId,
    pub paid_at: Time,
    pub day: Day,
    /// How often it was written.
    pub version: u64,
}

impl FirstOrder {
    /// What it is after this sale was seen, if that is something else.
    pub fn after(known: Option<&Self>, order_id: OrderId, sale: Sale, zone: &ShopZone) -> Option<Self> {
        let version = known.map_or(0, |first| first.version) + 1;
        let next = Self { order_id, paid_at: sale.paid_at, day: zone.day(sale.paid_at), version };
        let is_later = |first: &Self| (first.paid_at, first.order_id) < (next.paid_at, next.order_id);
        let is_known = |first: &Self| first.order_id == order_id && first.day == next.day;
        (!known.is_some_and(|first| is_later(first) || is_known(first))).then_some(next)
    }
}

/// What is counted of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedOrder {
    /// The version of the order that says so. 0: only a part of it is counted so far.
    pub order_version: u64,
    #[serde(rename = "of")]
    pub contribution: Contribution,
    /// How often it was written.
    pub version: u64,
}

impl CountedOrder {
    /// Whether it is what the order says.
    pub fn says(&self, order: &Order, contribution: &Contribution) -> bool {
        self.order_version == order.version && self.contribution == *contribution
    }

    /// The next step to what the order says, with at most this many places of the figures changed.
    #[must_use]
    pub fn step(&self, order: &Order, contribution: &Contribution, places: usize) -> Self {
        let whole = self.contribution.to(contribution);
        let change = whole.clone().first(places);
        let order_version = if change.len() == whole.len() { order.version } else { 0 };
        let mut contribution = self.contribution.clone();
        contribution.add_all(&change);
        Self { order_version, contribution, version: self.version + 1 }
    }
}

#[cfg(test)]
mod tests;
