//! Money on its way back. A refund is written before the provider is asked, under an id that makes it one refund
//! however often it is asked; so it is neither lost nor paid twice.

use serde::{Deserialize, Serialize};

use crate::id::{RefundId, UserId, VariantId};
use crate::time::Time;

use super::{Actor, Dispute, Hold, Order, PaymentStatus, Purchase, Status, StockEffect, Transition};
use crate::event::Event;

/// Why money went back that we did not give back.
const PAST_US: &str = "refunded at the provider";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum RefundState {
    /// The provider is yet to be told, or its answer to be heard.
    Pending,
    Succeeded,
    /// The provider would not.
    Failed {
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    pub id: RefundId,
    pub amount: i64,
    /// The charge that it goes back from; `None` for cash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<String>,
    /// It gives a charge back that was never the order's.
    #[serde(rename = "surplus", default, skip_serializing_if = "std::ops::Not::not")]
    pub of_duplicate_charge: bool,
    #[serde(flatten)]
    pub state: RefundState,
    /// The provider's name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub reason: String,
    /// What came back with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(VariantId, u32)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restocked: bool,
    /// `None`: the shop itself, or the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    pub created_at: Time,
}

/// What staff ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundAsk {
    pub id: RefundId,
    /// `None`: what the lines come to, or all that is left.
    pub amount: Option<i64>,
    pub lines: Vec<(VariantId, u32)>,
    pub restock: bool,
    pub reason: String,
    pub by: UserId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefusal {
    #[error("nothing was paid that could go back")]
    NotPaid,
    #[error("at most {left} minor units can go back")]
    TooMuch { left: i64 },
    #[error("must be at least 1")]
    Nothing,
    #[error("is not a line of this order")]
    UnknownLine(VariantId),
    #[error("only {left} of it can come back")]
    TooMany { variant: VariantId, left: u32 },
    #[error("other refunds are under way")]
    Busy,
    #[error("the payment is disputed: the bank decides about the money")]
    Disputed,
}

impl Order {
    /// What this many units of each line were paid with, after what came back before.
    pub(super) fn worth(&self, purchase: &Purchase, lines: &[(VariantId, u32)]) -> Result<i64, RefundRefusal> {
        let mut worth = 0;
        for &(variant, units) in lines {
            let mut bought = purchase.lines.iter();
            let line = bought.find(|line| line.variant_id == variant);
            let line = line.ok_or(RefundRefusal::UnknownLine(variant))?;
            let before = self.returned.get(&variant).copied().unwrap_or(0);
            // What was never sold, or went back already, cannot come back.
            let sold = if self.hold == Hold::Taken { line.quantity } else { 0 };
            let left = sold.saturating_sub(before);
            if units == 0 || units > left {
                return Err(RefundRefusal::TooMany { variant, left });
            }
            worth += line.paid_for(before + units) - line.paid_for(before);
        }
        Ok(worth)
    }

    /// What the status of the money is after `refunded` went back.
    pub(super) fn money_status(&self) -> PaymentStatus {
        match self.refunded {
            0 => PaymentStatus::Paid,
            part if part < self.totals.total => PaymentStatus::PartiallyRefunded,
            _ => PaymentStatus::Refunded,
        }
    }
}

impl Order {
    /// Money back, as staff ask: all of it, some of it, or what some lines were paid with.
    pub fn refund(&self, purchase: &Purchase, ask: RefundAsk, now: Time) -> Result<Transition, RefundRefusal> {
        if !self.was_paid() {
            return Err(RefundRefusal::NotPaid);
        }
        if self.dispute.is_some_and(|dispute| dispute != Dispute::Won) {
            return Err(RefundRefusal::Disputed);
        }
        if self.open_refunds.len() >= Self::MAX_OPEN_REFUNDS {
            return Err(RefundRefusal::Busy);
        }
        let left = self.refundable();
        let worth = self.worth(purchase, &ask.lines)?;
        let amount = match ask.amount {
            Some(amount) => amount,
            None if ask.lines.is_empty() => left,
            None => worth.min(left),
        };
        if amount < 1 {
            return Err(if left == 0 { RefundRefusal::TooMuch { left } } else { RefundRefusal::Nothing });
        }
        if amount > left {
            return Err(RefundRefusal::TooMuch { left });
        }
        let restocked = ask.restock && !ask.lines.is_empty();
        let refund = Refund {
            lines: ask.lines.clone(),
            restocked,
            by: Some(ask.by),
            ..self.refund_of(ask.id, amount, &ask.reason, now)
        };
        let mut transition = self.transition(now, |next| {
            next.owe(&refund);
            for &(variant, units) in &ask.lines {
                *next.returned.entry(variant).or_default() += units;
            }
        });
        if restocked {
            transition.stock = StockEffect::Return(ask.lines);
        }
        let event = (refund.state == RefundState::Succeeded)
            .then_some(Event::OrderRefunded { order_id: self.id, refund_id: refund.id });
        let detail = self.money(amount).to_string();
        transition.refunds = vec![refund];
        Ok(transition.told(Actor::Staff(ask.by), "refund", Some(&detail), event))
    }

    fn is_under_way(&self, refund: &Refund) -> bool {
        self.open_refunds.contains(&refund.id) && refund.state == RefundState::Pending
    }

    /// The provider made a refund that it was asked for.
    pub fn refund_made(&self, refund: &Refund, reference: &str, now: Time) -> Option<Transition> {
        if !self.is_under_way(refund) {
            return None;
        }
        let mut transition = self.transition(now, |next| {
            next.open_refunds.retain(|open| *open != refund.id);
            next.done_with_errands();
            if !refund.of_duplicate_charge {
                next.refunding -= refund.amount;
                next.refunded += refund.amount;
                next.count_refunds();
            }
        });
        transition.refunds =
            vec![Refund { state: RefundState::Succeeded, reference: Some(reference.to_owned()), ..refund.clone() }];
        let event = Event::OrderRefunded { order_id: self.id, refund_id: refund.id };
        let detail = self.money(refund.amount).to_string();
        Some(transition.told(Actor::Provider, "refunded", Some(&detail), Some(event)))
    }

    /// The provider would not, and says how much of the charge it gave back past us in all. What that leaves of an
    /// order that is over is asked for anew.
    pub fn refund_refused(
        &self,
        refund: &Refund,
        (why, refunded_externally): (&str, i64),
        [elsewhere_id, rest_id]: [RefundId; 2],
        now: Time,
    ) -> Option<Transition> {
        if !self.is_under_way(refund) {
            return None;
        }
        let kept = self.totals.total - self.refunded - self.refunding + refund.amount;
        let new = if refund.of_duplicate_charge {
            0
        } else {
            (refunded_externally - self.refunded_externally).clamp(0, kept)
        };
        let mut transition = self.transition(now, |next| {
            next.open_refunds.retain(|open| *open != refund.id);
            next.done_with_errands();
            if !refund.of_duplicate_charge {
                next.refunding -= refund.amount;
                next.refunded += new;
                next.refunded_externally += new;
                next.count_refunds();
            }
        });
        let (owed, left) = if refund.of_duplicate_charge {
            (true, refund.amount - refunded_externally)
        } else {
            (self.is_over(), transition.order.refundable())
        };
        transition.refunds = vec![Refund { state: RefundState::Failed { why: why.to_owned() }, ..refund.clone() }];
        let event = (new > 0).then_some(Event::OrderRefunded { order_id: self.id, refund_id: elsewhere_id });
        if new > 0 {
            let past_us = self.refund_of(elsewhere_id, new, PAST_US, now);
            transition.refunds.push(Refund { state: RefundState::Succeeded, ..past_us });
        }
        // The same amount would be refused again.
        if owed && 0 < left && left < refund.amount {
            let rest = Refund {
                charge: refund.charge.clone(),
                of_duplicate_charge: refund.of_duplicate_charge,
                state: RefundState::Pending,
                ..self.refund_of(rest_id, left, &refund.reason, now)
            };
            transition.order.owe(&rest);
            transition.refunds.push(rest);
        }
        Some(transition.told(Actor::Provider, "refund_failed", Some(why), event))
    }

    /// A refund that the provider had promised came to nothing.
    pub fn refund_bounced(&self, refund: &Refund, why: &str, now: Time) -> Option<Transition> {
        if refund.state != RefundState::Succeeded {
            return None;
        }
        let mut transition = self.transition(now, |next| {
            if !refund.of_duplicate_charge {
                next.refunded -= refund.amount;
                next.count_refunds();
            }
        });
        transition.refunds = vec![Refund { state: RefundState::Failed { why: why.to_owned() }, ..refund.clone() }];
        Some(transition.told(Actor::Provider, "refund_failed", Some(why), None))
    }

    /// The provider says how much of a charge went back in all. What we know of is our own echo; the rest was refunded
    /// at the provider's, past us.
    pub fn refunded_elsewhere(&self, charge: &str, in_all: i64, refund_id: RefundId, now: Time) -> Option<Transition> {
        if self.payment.charge.as_deref() != Some(charge) {
            return None;
        }
        let amount = (in_all - self.refunded - self.refunding).min(self.refundable());
        if amount < 1 {
            return None;
        }
        let refund = Refund { state: RefundState::Succeeded, ..self.refund_of(refund_id, amount, PAST_US, now) };
        let mut transition = self.transition(now, |next| {
            next.refunded += amount;
            next.refunded_externally += amount;
            next.count_refunds();
        });
        transition.refunds = vec![refund];
        let event = Event::OrderRefunded { order_id: self.id, refund_id };
        let detail = self.money(amount).to_string();
        Some(transition.told(Actor::Provider, "refunded", Some(&detail), Some(event)))
    }

    /// What of each line has not come back.
    pub fn not_returned(&self, purchase: &Purchase) -> Vec<(VariantId, u32)> {
        let left = purchase.lines.iter().map(|line| {
            let back = self.returned.get(&line.variant_id).copied().unwrap_or(0);
            (line.variant_id, line.quantity.saturating_sub(back))
        });
        left.filter(|&(_, units)| units > 0).collect()
    }

    pub(super) fn refund_of(&self, id: RefundId, amount: i64, reason: &str, now: Time) -> Refund {
        let online = self.payment.method.is_online();
        Refund {
            id,
            amount,
            charge: self.payment.charge.clone(),
            of_duplicate_charge: false,
            // Cash goes back from hand to hand.
            state: if online { RefundState::Pending } else { RefundState::Succeeded },
            reference: None,
            reason: reason.to_owned(),
            lines: Vec::new(),
            restocked: false,
            by: None,
            created_at: now,
        }
    }

    /// Takes a refund into the order's books.
    pub(super) fn owe(&mut self, refund: &Refund) {
        if refund.state == RefundState::Pending {
            self.open_refunds.push(refund.id);
            if !refund.of_duplicate_charge {
                self.refunding += refund.amount;
            }
        } else {
            self.refunded += refund.amount;
            self.count_refunds();
        }
    }

    fn count_refunds(&mut self) {
        self.payment_status = self.money_status();
        let sold = matches!(self.status, Status::Paid | Status::Processing | Status::Shipped | Status::Delivered);
        if sold && self.payment_status == PaymentStatus::Refunded {
            self.status = Status::Refunded;
        }
    }

    pub(super) fn done_with_errands(&mut self) {
        (self.failures, self.retry_at) = (0, None);
    }
}
