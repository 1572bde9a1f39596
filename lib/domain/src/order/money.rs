//! The way to the money: attempts that follow one another, and what a provider says of them.

use crate::event::{CancelReason, Event};
use crate::id::RefundId;
use crate::time::Time;

use super::{
    Actor, Charge, Hold, Method, Order, OrderRefusal, Payment, PaymentStatus, Refund, RefundState, Status, StockEffect,
    Transition,
};

const MAX_ATTEMPTS: u32 = 50;

/// Whether a charge is the one that this order asked for.
pub fn charge_seen(order: &Order, charge: &Charge) -> Result<(), OrderRefusal> {
    if charge.money == order.money(order.totals.total) { Ok(()) } else { Err(OrderRefusal::Mismatch) }
}

impl Order {
    /// The provider took money. `in_stock` says whether the lines could be taken from the shelf, should nothing be held
    /// for them any more.
    pub fn charged(&self, charge: &Charge, in_stock: bool, refund_id: RefundId, now: Time) -> Option<Transition> {
        if self.payment.charge.as_ref() == Some(&charge.id) || self.duplicate_charges.contains(&charge.id) {
            return None;
        }
        if self.payment.charge.is_some() || !self.payment.method.is_online() {
            return Some(self.second_charge(charge, refund_id, now));
        }
        let take = |next: &mut Self| {
            next.payment.charge = Some(charge.id.clone());
            next.payment_status = PaymentStatus::Paid;
            // Paid through an attempt that was given up: the present one must not be paid as well.
            let given_up = charge.attempt.is_some_and(|attempt| attempt != self.payment.attempt);
            next.payment.closing = next.payment.reference.clone().filter(|_| given_up);
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
            return Some(Transition { stock, ..paid }.told(Actor::Provider, "paid", None, Some(event)));
        }
        // Too late: the goods are gone, or the order is. The money goes back by itself.
        let refund = self.refund_of(refund_id, charge.money.amount, "paid too late", now);
        let late = self.transition(now, |next| {
            take(next);
            next.owe(&refund);
            if self.is_waiting() {
                next.status = Status::Cancelled;
            }
        });
        let refund = Refund { charge: Some(charge.id.clone()), ..refund };
        let late = Transition { refunds: vec![refund], ..late };
        if !self.is_waiting() {
            return Some(late.told(Actor::Provider, "paid_too_late", None, None));
        }
        let event = Event::OrderCancelled { order_id: self.id, reason: CancelReason::OutOfStock };
        let late = Transition { coupon_back: self.coupon.clone(), ..late };
        Some(late.told(Actor::Shop, "cancelled", Some("out of stock"), Some(event)))
    }

    /// Nobody pays twice: what came on top goes back whole.
    fn second_charge(&self, charge: &Charge, refund_id: RefundId, now: Time) -> Transition {
        let refund = Refund {
            charge: Some(charge.id.clone()),
            of_duplicate_charge: true,
            state: RefundState::Pending,
            ..self.refund_of(refund_id, charge.money.amount, "paid twice", now)
        };
        let transition = self.transition(now, |next| {
            next.duplicate_charges.push(charge.id.clone());
            next.owe(&refund);
        });
        let transition = Transition { refunds: vec![refund], ..transition };
        transition.told(Actor::Provider, "paid_twice", None, None)
    }

    /// An attempt was declined; the same one may be tried again. The buyer is told of the first time.
    pub fn declined(&self, attempt: u32, why: Option<&str>, now: Time) -> Option<Transition> {
        let first = self.payment_status == PaymentStatus::Unpaid;
        if !self.is_waiting() || self.payment.attempt != attempt || !first {
            return None;
        }
        let transition = self.transition(now, |next| next.payment_status = PaymentStatus::Failed);
        let event = Event::PaymentFailed { order_id: self.id };
        Some(transition.told(Actor::Provider, "payment_failed", why, Some(event)))
    }

    /// The provider closed the open attempt. Nothing can come of it any more, so nothing is held for it.
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
        Some(transition.told(Actor::Provider, "payment_ended", None, None))
    }

    /// Whether it can be paid online still.
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

    /// Before the provider is asked for an attempt: a new number if the method changes or the open attempt is over, and
    /// the stock held again if it was let go. `None` if the order is ready as it is.
    pub fn made_payable(
        &self,
        method: Method,
        attempt_over: bool,
        until: Time,
        now: Time,
    ) -> Result<Option<Transition>, OrderRefusal> {
        self.payable(method, now)?;
        let anew = attempt_over || self.payment.method != method;
        let hold = match self.hold {
            Hold::Held { until: Some(until) } if until <= now => true,
            Hold::Held { .. } => false,
            _ => true,
        };
        if !anew && !hold {
            return Ok(None);
        }
        if self.payment.attempt >= MAX_ATTEMPTS {
            return Err(OrderRefusal::TooManyAttempts);
        }
        let released = matches!(self.hold, Hold::Released);
        let transition = self.transition(now, |next| {
            if anew {
                next.payment =
                    Payment { method, attempt: self.payment.attempt + 1, reference: None, charge: None, closing: None };
            }
            if hold {
                next.hold = Hold::Held { until: Some(until) };
            }
        });
        Ok(Some(if released { Transition { stock: StockEffect::Reserve, ..transition } } else { transition }))
    }

    /// The provider opened the attempt. Only now may it be handed out.
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

    /// The provider closed what it was told to close, or would not because there was nothing to close any more.
    pub fn attempt_closed(&self, reference: &str, now: Time) -> Option<Transition> {
        (self.payment.closing.as_deref() == Some(reference)).then(|| {
            self.transition(now, |next| {
                next.payment.closing = None;
                next.done_with_errands();
            })
        })
    }
}
