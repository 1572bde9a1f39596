//! Payment: attempts that replace one another, and what the provider reports about them.

use crate::event::{CancelReason, Event};
use crate::id::RefundId;
use crate::time::Time;

use super::{
    Actor, Charge, HistoryCode, Hold, Method, Order, OrderRefusal, Payment, PaymentStatus, Refund, RefundState, Status,
    StockEffect, Transition,
};

const MAX_ATTEMPTS: u32 = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the charge is not the total of the order")]
pub struct ChargeMismatch;

impl Order {
    pub fn check_charge(&self, charge: &Charge) -> Result<(), ChargeMismatch> {
        if charge.money == self.money(self.totals.total) { Ok(()) } else { Err(ChargeMismatch) }
    }

    /// The provider took money. `in_stock` says whether the stock may be taken again if the hold has ended.
    pub fn charged(&self, charge: &Charge, in_stock: bool, refund_id: RefundId, now: Time) -> Option<Transition> {
        if self.payment.charge.as_ref() == Some(&charge.id) || self.duplicate_charges.contains(&charge.id) {
            return None;
        }
        if self.payment.charge.is_some() || !self.payment.method.is_online() {
            return Some(self.duplicate_charge(charge, refund_id, now));
        }
        let take = |next: &mut Self| {
            next.payment.charge = Some(charge.id.clone());
            next.payment_status = PaymentStatus::Paid;
            // Paid through an earlier attempt: the present one must not be paid as well.
            let replaced = charge.attempt.is_some_and(|attempt| attempt != self.payment.attempt);
            next.payment.closing = next.payment.reference.clone().filter(|_| replaced);
        };
        let stock = match self.hold {
            Hold::Held { .. } => Some(StockEffect::Consume),
            _ if in_stock => Some(StockEffect::Sell),
            _ => None,
        };
        if let (true, Some(stock)) = (self.is_waiting(), stock) {
            let paid = self.transition(now, |next| {
                take(next);
                (next.status, next.hold) = (Status::Paid, Hold::Taken);
            });
            let event = Event::OrderPaid { order_id: self.id };
            return Some(Transition { stock, ..paid }.recorded(Actor::Provider, HistoryCode::Paid, None, Some(event)));
        }
        // Too late: the stock is sold, or the order is over. The money is refunded.
        let refund = self.new_refund(refund_id, charge.money.amount, "paid too late", now);
        let late = self.transition(now, |next| {
            take(next);
            next.add_refund(&refund);
            if self.is_waiting() {
                next.status = Status::Cancelled;
            }
        });
        let refund = Refund { charge: Some(charge.id.clone()), ..refund };
        let late = Transition { refunds: vec![refund], ..late };
        if !self.is_waiting() {
            return Some(late.recorded(Actor::Provider, HistoryCode::PaidTooLate, None, None));
        }
        let event = Event::OrderCancelled { order_id: self.id, reason: CancelReason::OutOfStock };
        let late = Transition { coupon_back: self.coupon.clone(), ..late };
        Some(late.recorded(Actor::Shop, HistoryCode::Cancelled, Some("out of stock"), Some(event)))
    }

    /// A second charge is refunded in full.
    fn duplicate_charge(&self, charge: &Charge, refund_id: RefundId, now: Time) -> Transition {
        let refund = Refund {
            charge: Some(charge.id.clone()),
            of_duplicate_charge: true,
            state: RefundState::Pending,
            ..self.new_refund(refund_id, charge.money.amount, "paid twice", now)
        };
        let transition = self.transition(now, |next| {
            next.duplicate_charges.push(charge.id.clone());
            next.add_refund(&refund);
        });
        let transition = Transition { refunds: vec![refund], ..transition };
        transition.recorded(Actor::Provider, HistoryCode::PaidTwice, None, None)
    }

    /// An attempt was declined; it may be tried again. Only the first time causes an event.
    pub fn declined(&self, attempt: u32, why: Option<&str>, now: Time) -> Option<Transition> {
        let first = self.payment_status == PaymentStatus::Unpaid;
        if !self.is_waiting() || self.payment.attempt != attempt || !first {
            return None;
        }
        let transition = self.transition(now, |next| next.payment_status = PaymentStatus::Failed);
        let event = Event::PaymentFailed { order_id: self.id };
        Some(transition.recorded(Actor::Provider, HistoryCode::PaymentFailed, why, Some(event)))
    }

    /// The provider closed the open attempt. It cannot be paid any more, so its stock is released.
    pub fn attempt_ended(&self, attempt: u32, now: Time) -> Option<Transition> {
        if !self.is_waiting() || self.payment.attempt != attempt || self.payment.reference.is_none() {
            return None;
        }
        let held = matches!(self.hold, Hold::Held { .. });
        let transition = self.transition(now, |next| {
            next.payment.reference = None;
            next.payment.attempt += 1;
            next.hold = Hold::Released;
        });
        let transition = if held { Transition { stock: StockEffect::Release, ..transition } } else { transition };
        Some(transition.recorded(Actor::Provider, HistoryCode::PaymentEnded, None, None))
    }

    /// Whether it can still be paid online.
    pub fn payable(&self, method: Method, now: Time) -> Result<(), OrderRefusal> {
        if !self.payment.method.is_online() || !method.is_online() {
            return Err(OrderRefusal::NotOnline);
        }
        match self.status {
            Status::Pending if self.pay_by.is_some_and(|by| by <= now) => Err(OrderRefusal::Status(Status::Expired)),
            Status::Pending => Ok(()),
            other => Err(OrderRefusal::Status(other)),
        }
    }

    /// Before an attempt is opened: a new number if the method changes or the present attempt is over, and the stock
    /// reserved again if it was released. `None` if nothing has to change.
    pub fn made_payable(
        &self,
        method: Method,
        attempt_over: bool,
        until: Time,
        now: Time,
    ) -> Result<Option<Transition>, OrderRefusal> {
        self.payable(method, now)?;
        let new_attempt = attempt_over || self.payment.method != method;
        let hold = match self.hold {
            Hold::Held { until } if until <= now => true,
            Hold::Held { .. } => false,
            _ => true,
        };
        if !new_attempt && !hold {
            return Ok(None);
        }
        if self.payment.attempt >= MAX_ATTEMPTS {
            return Err(OrderRefusal::TooManyAttempts);
        }
        let released = matches!(self.hold, Hold::Released);
        let transition = self.transition(now, |next| {
            if new_attempt {
                next.payment =
                    Payment { method, attempt: self.payment.attempt + 1, reference: None, charge: None, closing: None };
            }
            if hold {
                next.hold = Hold::Held { until };
            }
        });
        Ok(Some(if released { Transition { stock: StockEffect::Reserve, ..transition } } else { transition }))
    }

    /// The provider opened the attempt. Only now may the buyer get it.
    pub fn attempt_opened(&self, attempt: u32, reference: &str, now: Time) -> Result<Option<Transition>, OrderRefusal> {
        if !self.is_waiting() {
            return Err(OrderRefusal::Status(self.status));
        }
        if self.payment.attempt != attempt {
            return Err(OrderRefusal::AttemptOver);
        }
        if self.payment.reference.as_deref() == Some(reference) {
            return Ok(None);
        }
        Ok(Some(self.transition(now, |next| {
            next.payment.reference = Some(reference.to_owned());
        })))
    }

    /// The provider closed the attempt, or refused because it was closed or paid already.
    pub fn attempt_closed(&self, reference: &str, now: Time) -> Option<Transition> {
        (self.payment.closing.as_deref() == Some(reference)).then(|| {
            self.transition(now, |next| {
                next.payment.closing = None;
                next.reset_failures();
            })
        })
    }
}
