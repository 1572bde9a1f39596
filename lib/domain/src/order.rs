//! Orders: what was bought, by whom, for how much, and the state of payment, stock and delivery.
//!
//! An [`Order`] is small and changes; what was bought ([`Purchase`]) is a snapshot and never changes. Every change is a
//! [`Transition`], decided on the order as it was read: the order after it, its effect on stock and coupon, its
//! refunds, its history entry and its event. So stock, coupon and money are never given back twice.

mod dashboard;
mod dispute;
mod exchange;
mod filter;
mod history;
mod join;
mod limits;
mod money;
mod number;
mod parcel;
mod past;
mod payment;
mod place;
mod purchase;
mod quote;
mod refund;
mod returns;
mod sending;
mod sought;
#[cfg(test)]
mod tests;
mod transitions;

use std::collections::BTreeMap;
use std::time::Duration;

pub use dispute::{Dispute, DisputeReport};
pub use exchange::VariantUnits;
pub use filter::{Addressee, InvalidMoment, OrderFilter, parse_from, parse_to};
pub use history::{HistoryCode, HistoryEntry};
pub use limits::{
    HoldLimits, HoldRefusal, HolderKind, InvalidLimits, OrderLimits, UnitLimits, UnitRefusal, UnpaidOrder, UnpaidOrders,
};
pub use money::{ChargeMismatch, PaymentReport};
pub use number::{MAX_NUMBER, parse_number};
pub use parcel::{Fulfillment, MAX_PARCELS, NewParcel, Parcel, ParcelChange, ParcelRefusal, ParcelStatus};
pub use past::{FinishedOrder, PastField, PastLine, PastOrder};
pub use payment::{InvalidMethod, Method, Payment, PaymentMethods, PaymentStatus, PaymentTerms};
pub use place::{Buyer, CashTerms, DraftLine, OrderDetails, OrderDraft, PlaceRefusal, PlacedOrder};
pub use purchase::{OrderLine, Purchase};
pub use quote::{LineProblem, Quote, QuotedLine};
pub use refund::{Refund, RefundRefusal, RefundRequest, RefundState};
use serde::{Deserialize, Serialize};
pub use sought::{MAX_SOUGHT_WORDS, Sought, code_key, email_prefix, payment_intent, phone_key};
pub use transitions::{Actor, Charge, OrderRefusal, Shipment, StockEffect, StockMove, Transition};

use crate::coupon::AppliedCoupon;
use crate::email::Email;
use crate::exchange::ExchangedUnits;
use crate::id::{OrderId, PaymentId, RefundId, UserId, VariantId};
use crate::mail_language::MailLanguage;
use crate::metadata::{InvalidMetadata, Metadata};
use crate::money::Money;
use crate::pricing::Totals;
use crate::time::Time;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Placed, not paid. An order for cash on delivery can be shipped from here.
    Pending,
    Paid,
    Processing,
    Shipped,
    Delivered,
    Cancelled,
    /// Nobody paid in time.
    Expired,
    /// Everything was refunded.
    Refunded,
}

/// The most characters of a reason, or of a note that goes with a status.
pub const MAX_REASON: usize = 200;
/// The most lines of an order that a list of orders carries.
pub const MAX_LISTED_LINES: usize = 10;
/// The most characters of a note.
pub const MAX_NOTE: usize = 1_000;
/// The most characters of a carrier's name, and of a tracking code.
pub const MAX_SHIPMENT: usize = 100;
/// The most orders that staff change with one request.
pub const MAX_BULK: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be pending, paid, processing, shipped, delivered, cancelled, expired or refunded")]
pub struct InvalidStatus;

impl Status {
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Paid,
        Self::Processing,
        Self::Shipped,
        Self::Delivered,
        Self::Cancelled,
        Self::Expired,
        Self::Refunded,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Processing => "processing",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
        }
    }

    pub fn parse(text: &str) -> Result<Self, InvalidStatus> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.name() == text).ok_or(InvalidStatus)
    }
}

/// The stock of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Hold {
    /// Reserved until a time, for an order that is not paid yet, or that staff have not confirmed yet.
    Held {
        /// Older orders for cash on delivery have no end. They stay until staff ship or cancel them.
        #[serde(default = "Time::latest")]
        until: Time,
    },
    /// Available again.
    Released,
    /// Sold.
    Taken,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub id: OrderId,
    /// The number for people, such as `261121-7F3K9QZX`.
    pub number: String,
    /// The account that it is in. `None`: a guest's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// When a guest's order joined that account. `None`: the account placed it, or it is in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<Time>,
    pub email: Email,
    /// The language of mails about it. `None`: the account's, or the shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<MailLanguage>,
    pub status: Status,
    pub payment_status: PaymentStatus,
    pub totals: Totals,
    /// How many units were bought.
    pub units: u32,
    pub payment: Payment,
    pub hold: Hold,
    /// A guest's order for cash on delivery, whose address was not proven with the mailed link yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub awaits_confirmation: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<AppliedCoupon>,
    /// The end of the payment window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_by: Option<Time>,
    /// The sum of refunds that were made, and of pending ones, in minor units.
    pub refunded: i64,
    pub refunding: i64,
    /// The part of `refunded` that was refunded in the provider's dashboard.
    #[serde(rename = "elsewhere", default)]
    pub refunded_externally: i64,
    /// The part of `refunded` that the shop gave back in another way, without the provider.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub refunded_otherwise: i64,
    /// Refunds that still have to be made at the provider.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_refunds: Vec<RefundId>,
    /// Charges after the one that paid the order. They are refunded in full.
    #[serde(rename = "surplus", default, skip_serializing_if = "Vec::is_empty")]
    pub duplicate_charges: Vec<String>,
    /// A refund failed, and none was made after it: staff decide how the buyer gets the money.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refund_failed: bool,
    /// How many of each variant were returned.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returned: BTreeMap<VariantId, u32>,
    /// How the newest parcel is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<Shipment>,
    /// Oldest first. None in an order that is sent as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<Parcel>,
    /// How many of each returned variant were given back before a parcel had them. Empty until something is sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_sent: BTreeMap<VariantId, u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<Dispute>,
    /// The time until which the provider takes evidence about an open dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_due_by: Option<Time>,
    /// What the buyer's bank took back in a dispute that the shop lost, in minor units.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub charged_back: i64,
    /// The status before all of the money was refunded. A refund that fails later leads back to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_before_refund: Option<Status>,
    /// When it was paid, shipped and delivered. Orders from before these were stored lack them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
    /// How many follow-ups failed in a row, and when they are tried again.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub failures: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Time>,
    pub version: u64,
    pub created_at: Time,
    pub updated_at: Time,
    /// How many units of each variant open returns ask back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returning: BTreeMap<VariantId, u32>,
    /// How many returns were asked for, whatever became of them.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub returns: u32,
    /// Units that are of other variants than the ones that were ordered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanged: Vec<ExchangedUnits>,
    /// For how many items of returns an exchange was asked, whatever became of them.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub exchanges: u32,
}

impl Order {
    /// How many refunds may be pending at a time.
    pub const MAX_OPEN_REFUNDS: usize = 10;

    pub fn payment_id(&self) -> PaymentId {
        PaymentId::from_bytes(self.id.to_bytes())
    }

    pub fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.totals.currency)
    }

    pub fn was_paid(&self) -> bool {
        use PaymentStatus::{Failed, Processing, Unpaid};
        !matches!(self.payment_status, Unpaid | Processing | Failed)
    }

    /// Whether it is over, and nothing was sold with it.
    pub fn has_ended_unpaid(&self) -> bool {
        self.is_over() && !self.was_paid()
    }

    /// What can still be refunded.
    pub fn refundable(&self) -> i64 {
        let left = self.totals.total - self.refunded - self.refunding - self.charged_back;
        if self.was_paid() { left.max(0) } else { 0 }
    }

    /// The time until which it holds stock, while it is not paid or confirmed by staff.
    pub fn held_until(&self) -> Option<Time> {
        match self.hold {
            Hold::Held { until } if self.status == Status::Pending => Some(until),
            _ => None,
        }
    }

    /// The units that it holds until then.
    pub fn held_units(&self) -> u32 {
        self.held_until().map_or(0, |_| self.units)
    }

    /// When the janitor has to process it next.
    pub fn due_at(&self) -> Option<Time> {
        let follow_ups = !self.payment.closing.is_empty() || !self.open_refunds.is_empty();
        let follow_ups = follow_ups.then(|| self.retry_at.unwrap_or(self.updated_at));
        [self.held_until(), self.pay_by.filter(|_| self.is_waiting()), follow_ups].into_iter().flatten().min()
    }

    /// The provider's idempotency key for the present attempt, and the name of its coupon.
    pub fn attempt_key(&self) -> String {
        format!("{}-{}", self.id, self.payment.attempt)
    }

    /// An earlier attempt that may still be open at the provider.
    pub fn attempt_to_close(&self) -> Option<&str> {
        let coupons = self.id.to_string();
        self.payment.closing.iter().map(String::as_str).find(|name| !name.starts_with(&coupons))
    }

    /// When Stripe's page of the present attempt ends. The hold ends a little later.
    pub fn page_ends(&self) -> Option<Time> {
        self.held_until().map(|until| until - PaymentTerms::PAGE_MARGIN)
    }

    /// The present attempt is over, so its coupon is deleted.
    fn leave_attempt(&mut self) {
        if self.payment.method == Method::CheckoutSession && self.totals.discount > 0 {
            self.payment.closing.push(self.attempt_key());
        }
    }

    /// Another attempt takes the place of the present one. `close`: the present one may still be open.
    fn start_attempt(&mut self, method: Method, close: bool) {
        if close {
            self.payment.closing.extend(self.payment.reference.clone());
        }
        self.leave_attempt();
        self.payment.method = method;
        self.payment.attempt += 1;
        self.payment.reference = None;
    }

    /// The next version.
    fn next(&self, now: Time, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        // However it is paid, it is paid once.
        if next.was_paid() && !self.was_paid() {
            next.paid_at = Some(now);
        }
        next.version = self.version + 1;
        next.updated_at = now;
        next
    }

    /// Sets and removes pairs. `None` if it has them so already.
    pub fn metadata_changed(
        &self,
        change: BTreeMap<String, Option<String>>,
        now: Time,
    ) -> Result<Option<Transition>, InvalidMetadata> {
        let metadata = self.metadata.changed(change)?;
        Ok((metadata != self.metadata).then(|| self.transition(now, |next| next.metadata = metadata)))
    }

    /// Puts the follow-ups off after one of them failed: a minute, then twice as long each time, at most a day.
    pub fn put_off(&self, now: Time) -> Transition {
        let minutes = 1_u64 << self.failures.min(11);
        let wait = Duration::from_mins(minutes).min(Duration::from_hours(24));
        self.transition(now, |next| {
            next.failures = next.failures.saturating_add(1);
            next.retry_at = Some(now + wait);
        })
    }
}
