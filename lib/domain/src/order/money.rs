//! Payment: attempts that replace one another, and what the provider reports about them.

use crate::event::{CancelReason, Event};
use crate::id::RefundId;
use crate::time::Time;

use super::{
    Actor, Charge, HistoryCode, Hold, Method, Order, OrderRefusal, PaymentStatus, PaymentTerms, Refund, RefundState,
    Status, StockEffect, Transition,
};

const MAX_ATTEMPTS: u32 = 50;

/// The provider's word on how an attempt goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentReport {
    pub attempt: u32,
    /// When the provider made the event.
    pub at: Time,
}

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
            if charge.attempt.is_some_and(|attempt| attempt != self.payment.attempt) {
                next.payment.closing.extend(self.payment.reference.clone());
            }
            next.leave_attempt();
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

    /// The charge is not the total of the order. People have to look, so the history says it.
    pub fn charge_mismatched(&self, charge: &Charge, now: Time) -> Transition {
        let detail = format!("{}, {}", charge.money, charge.id);
        let transition = self.transition(now, |_| {});
        transition.recorded(Actor::Provider, HistoryCode::PaymentMismatch, Some(&detail), None)
    }

    /// The buyer pays by a slow method, and the bank decides later. The stock is held until then, and taken again if it
    /// was released and `in_stock` says that it may be.
    pub fn processing(
        &self,
        report: PaymentReport,
        in_stock: bool,
        terms: &PaymentTerms,
        now: Time,
    ) -> Option<Transition> {
        // The end of a hold raises the attempt. So the attempt before counts as well, as long as there is no other.
        let paid_before = self.payment.reference.is_none() && report.attempt + 1 == self.payment.attempt;
        let is_present = report.attempt == self.payment.attempt || paid_before;
        let is_newer = self.payment.reported_at.is_none_or(|last| last < report.at);
        if !self.is_waiting() || !is_present || !is_newer || self.payment_status == PaymentStatus::Processing {
            return None;
        }
        let until = now + terms.processing;
        let stock = match self.hold {
            Hold::Released if in_stock => StockEffect::Reserve,
            _ => StockEffect::Keep,
        };
        let transition = self.transition(now, |next| {
            next.payment_status = PaymentStatus::Processing;
            next.payment.reported_at = Some(report.at);
            if in_stock || matches!(next.hold, Hold::Held { .. }) {
                next.hold = Hold::Held { until };
            }
            next.pay_by = next.pay_by.max(Some(until));
        });
        let event = Event::PaymentProcessing { order_id: self.id };
        let transition = Transition { stock, ..transition };
        Some(transition.recorded(Actor::Provider, HistoryCode::PaymentProcessing, None, Some(event)))
    }

    /// An attempt was declined; it may be tried again. Only the first time causes an event. If a bank declined a slow
    /// payment, the stock is released, and a new time to pay begins.
    pub fn declined(
        &self,
        report: PaymentReport,
        why: Option<&str>,
        terms: &PaymentTerms,
        now: Time,
    ) -> Option<Transition> {
        let was_processing = self.payment_status == PaymentStatus::Processing;
        let is_newer = self.payment.reported_at.is_none_or(|last| last <= report.at);
        let is_known = self.payment_status == PaymentStatus::Failed && self.payment.reported_at == Some(report.at);
        let is_open = self.is_waiting() || was_processing;
        if !is_open || !is_newer || is_known || self.was_paid() {
            return None;
        }
        if !was_processing && self.payment.attempt != report.attempt {
            return None;
        }
        let first = self.payment_status != PaymentStatus::Failed;
        let mut transition = self.transition(now, |next| {
            next.payment_status = PaymentStatus::Failed;
            next.payment.reported_at = Some(report.at);
        });
        if !first {
            return Some(transition);
        }
        if was_processing && self.is_waiting() {
            let next = &mut transition.order;
            next.pay_by = Some(now + terms.window);
            if matches!(self.hold, Hold::Held { .. }) {
                next.hold = Hold::Released;
                transition.stock = StockEffect::Release;
            }
            // Without stock it must not be paid again. A page of Stripe that was completed cannot be.
            if report.attempt == self.payment.attempt {
                next.start_attempt(self.payment.method, self.payment.method == Method::PaymentIntent);
            }
        }
        let event = self.is_waiting().then_some(Event::PaymentFailed { order_id: self.id });
        Some(transition.recorded(Actor::Provider, HistoryCode::PaymentFailed, why, event))
    }

    /// The provider closed the open attempt. It cannot be paid any more, so its stock is released.
    pub fn attempt_ended(&self, attempt: u32, now: Time) -> Option<Transition> {
        if !self.is_waiting() || self.payment.attempt != attempt || self.payment.reference.is_none() {
            return None;
        }
        let held = matches!(self.hold, Hold::Held { .. });
        let transition = self.transition(now, |next| {
            next.start_attempt(self.payment.method, false);
            next.hold = Hold::Released;
            if self.payment_status == PaymentStatus::Processing {
                next.payment_status = PaymentStatus::Failed;
            }
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

    /// Before an attempt is opened: a new number if the method changes, the present attempt is over, or the rest of the
    /// hold is too short for a page; and the stock reserved again if it was released. `None` if nothing has to change.
    pub fn made_payable(
        &self,
        method: Method,
        attempt_over: bool,
        terms: &PaymentTerms,
        now: Time,
    ) -> Result<Option<Transition>, OrderRefusal> {
        self.payable(method, now)?;
        let has_ended = self.held_until().is_none_or(|until| until <= now);
        let other_attempt = attempt_over || self.payment.method != method;
        let is_page = method == Method::CheckoutSession;
        let opens_page = is_page && (other_attempt || self.payment.reference.is_none());
        let ends_early = |ends: Time| ends < now + PaymentTerms::MIN_PAGE + PaymentTerms::LATENCY;
        let too_short = opens_page && self.page_ends().is_none_or(ends_early);
        // The end of a page is a part of its request, and a request with the same key must be the same.
        let new_attempt = other_attempt || too_short;
        // The provider says that the bank refused, before its event does.
        let bank_refused = new_attempt && self.payment_status == PaymentStatus::Processing;
        let hold = has_ended || too_short || bank_refused;
        if !new_attempt && !hold {
            return Ok(None);
        }
        if self.payment.attempt >= MAX_ATTEMPTS {
            return Err(OrderRefusal::TooManyAttempts);
        }
        let released = matches!(self.hold, Hold::Released);
        let transition = self.transition(now, |next| {
            if new_attempt {
                next.start_attempt(method, false);
            }
            if bank_refused {
                next.payment_status = PaymentStatus::Failed;
            }
            if hold {
                next.hold = Hold::Held { until: now + terms.hold_for(method) };
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

    /// The provider closed the attempt or deleted the coupon, or refused because that was done, or the attempt paid,
    /// before.
    pub fn closed(&self, name: &str, now: Time) -> Option<Transition> {
        self.payment.closing.iter().any(|closing| closing == name).then(|| {
            self.transition(now, |next| {
                next.payment.closing.retain(|closing| closing != name);
                next.reset_failures();
            })
        })
    }
}
