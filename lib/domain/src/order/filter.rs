//! Which orders staff look for.

use std::collections::BTreeSet;
use std::iter;
use std::time::Duration;

use crate::address::PostalAddress;
use crate::email::Email;
use crate::id::UserId;
use crate::sku::Sku;
use crate::time::Time;

use super::{Dispute, Method, Order, PaymentStatus, Purchase, Sought, Status, code_key};

/// The orders of a mail address: those that were placed with it, and those of the account that has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    pub email: Email,
    pub account: Option<UserId>,
}

/// The orders that fit every part of it. A part that is not given fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Keys of the table answer this. [`OrderFilter::fits`] asks about a tracking code only.
    pub sought: Option<Sought>,
    pub addressee: Option<Addressee>,
    pub user_id: Option<UserId>,
    pub from: Option<Time>,
    /// Not included.
    pub to: Option<Time>,
    /// One of these; any if there is none.
    pub statuses: Vec<Status>,
    pub payment_status: Option<PaymentStatus>,
    pub method: Option<Method>,
    /// Whether the buyer's bank is asking about the payment and has not decided.
    pub disputed: Option<bool>,
    /// Whether a refund failed and none was made after it.
    pub refund_failed: Option<bool>,
    /// Whether units are still to be sent.
    pub to_send: Option<bool>,
}

impl OrderFilter {
    pub fn fits(&self, order: &Order) -> bool {
        let is_sought = match &self.sought {
            // A code that was changed is still a key.
            Some(Sought::TrackingCode(code)) => order.tracking_keys().contains(code),
            _ => true,
        };
        let is_open = order.dispute.is_some_and(Dispute::is_open);
        is_sought
            && self.addressee.as_ref().is_none_or(|addressee| addressee.has(order))
            && self.user_id.is_none_or(|user| order.user_id == Some(user))
            && self.has_time(order.created_at)
            && (self.statuses.is_empty() || self.statuses.contains(&order.status))
            && fits(self.payment_status.as_ref(), &order.payment_status)
            && fits(self.method.as_ref(), &order.payment.method)
            && fits(self.disputed.as_ref(), &is_open)
            && fits(self.refund_failed.as_ref(), &order.refund_failed)
            && fits(self.to_send.as_ref(), &order.has_units_to_send())
    }

    /// Whether an order of this time can fit.
    pub fn has_time(&self, time: Time) -> bool {
        self.from.is_none_or(|from| from <= time) && self.to.is_none_or(|to| time < to)
    }

    /// Whether more is asked than keys of the table answer, so that orders are read that do not fit.
    pub fn needs_reading(&self) -> bool {
        let by_buyer = self.addressee.is_some() || self.user_id.is_some();
        self.payment_status.is_some()
            || self.method.is_some()
            || self.disputed.is_some()
            || self.refund_failed.is_some()
            || self.to_send.is_some()
            || (by_buyer && !self.statuses.is_empty())
            || (self.addressee.is_some() && self.user_id.is_some())
    }
}

impl Order {
    /// The tracking codes of its parcels, as they are looked for.
    pub fn tracking_keys(&self) -> BTreeSet<String> {
        let codes = self.shipments().into_iter().filter_map(|shipment| shipment.tracking_code.as_deref());
        codes.map(code_key).filter(|key| !key.is_empty()).collect()
    }
}

impl Order {
    /// The SKUs of its items, and of what they were exchanged for.
    pub fn skus<'a>(&'a self, purchase: &'a Purchase) -> BTreeSet<&'a Sku> {
        let exchanged = self.exchanged.iter().map(|exchanged| &exchanged.variant.sku);
        purchase.lines.iter().map(|line| &line.sku).chain(exchanged).collect()
    }
}

impl Purchase {
    /// Where it goes to and, if that is elsewhere, where its bill does.
    pub fn addresses(&self) -> impl Iterator<Item = &PostalAddress> {
        iter::once(&self.shipping).chain(&self.billing)
    }
}

impl Addressee {
    fn has(&self, order: &Order) -> bool {
        match order.user_id {
            Some(user) if self.account == Some(user) => true,
            _ => order.email == self.email,
        }
    }
}

fn fits<T: PartialEq>(wanted: Option<&T>, given: &T) -> bool {
    wanted.is_none_or(|wanted| wanted == given)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a day such as 2026-11-20, or a time such as 2026-11-20T10:00:00Z")]
pub struct InvalidMoment;

/// The beginning of a period. A day stands for its first moment.
pub fn parse_from(text: &str) -> Result<Time, InvalidMoment> {
    Time::parse(text).or_else(|_| Time::parse(&format!("{text}T00:00:00Z"))).map_err(|_| InvalidMoment)
}

/// The end of a period, which is not a part of it. A day stands for its end.
pub fn parse_to(text: &str) -> Result<Time, InvalidMoment> {
    let time = Time::parse(text).ok();
    time.map_or_else(|| parse_from(text).map(|day| day + Duration::from_hours(24)), Ok)
}
