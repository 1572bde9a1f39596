//! Refunds. A refund is stored before the provider is asked for it, and its id is the idempotency key; so it is neither
//! lost nor paid twice.

use serde::{Deserialize, Serialize};

use crate::actor::ActorId;
use crate::id::{RefundId, VariantId};
use crate::time::Time;

use super::dashboard::REFUNDED_EXTERNALLY;
use super::{Actor, Dispute, HistoryCode, Hold, Order, PaymentStatus, Purchase, Status, StockEffect, Transition};
use crate::event::Event;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum RefundState {
    /// The provider has not answered yet.
    Pending,
    Succeeded,
    /// The provider refused it.
    Failed {
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    pub id: RefundId,
    pub amount: i64,
    /// The charge that is refunded; `None` for cash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<String>,
    /// It refunds a charge that did not pay the order.
    #[serde(rename = "surplus", default, skip_serializing_if = "std::ops::Not::not")]
    pub of_duplicate_charge: bool,
    #[serde(flatten)]
    pub state: RefundState,
    /// Raised when the provider could not make it and would repeat that answer. A part of the idempotency key.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub retries: u32,
    /// The provider's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub reason: String,
    /// The returned units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(VariantId, u32)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restocked: bool,
    /// The other units of an order whose money went back before it was sent. They are on sale again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsent: Vec<(VariantId, u32)>,
    /// `None`: the shop itself, or the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorId>,
    pub created_at: Time,
    /// When the provider made it. `None`: it was not made, or at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Time>,
    /// The part of the amount that is for shipping, if a return says so.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub shipping: i64,
}

/// A refund that staff request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    pub id: RefundId,
    /// `None`: what was paid for the lines, or all that is left. 0: only the goods come back.
    pub amount: Option<i64>,
    /// The part of it that is for shipping.
    pub shipping: i64,
    pub lines: Vec<(VariantId, u32)>,
    pub restock: bool,
    /// The shop gave the money back in another way, so the provider is not asked.
    pub paid_otherwise: bool,
    pub reason: String,
    pub by: ActorId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefusal {
    #[error("nothing was paid that could be refunded")]
    NotPaid,
    #[error("must be at most {left} minor units, because no more is left to refund")]
    TooMuch { left: i64 },
    #[error("must be at least 1")]
    Nothing,
    #[error("is not a line of this order")]
    UnknownLine(VariantId),
    #[error("has only {left} units that can be returned")]
    TooMany { variant: VariantId, left: u32 },
    #[error("too many refunds are pending")]
    Busy,
    #[error("the payment is disputed: the bank decides about the money")]
    Disputed,
}

impl Order {
    /// What was paid for this number of units of each line, without the units that were returned before.
    pub(super) fn paid_for_lines(&self, purchase: &Purchase, lines: &[(VariantId, u32)]) -> Result<i64, RefundRefusal> {
        let mut paid = 0;
        for &(variant, units) in lines {
            let line = purchase
                .lines
                .iter()
                .find(|line| line.variant_id == variant)
                .ok_or(RefundRefusal::UnknownLine(variant))?;
            let before = self.returned.get(&variant).copied().unwrap_or(0);
            // Only units that were sold and not returned can be returned.
            let sold = if self.hold == Hold::Taken { line.quantity } else { 0 };
            // Units that a return asks back are taken with that return.
            let asked = self.returning.get(&variant).copied().unwrap_or(0);
            // Exchanged units come back with a return, which says of which variant they are.
            let left = sold.saturating_sub(before + asked + self.exchanged_left(variant));
            if units == 0 || units > left {
                return Err(RefundRefusal::TooMany { variant, left });
            }
            let with_tax = self.totals.tax_included;
            paid += line.paid_for(before + units, with_tax) - line.paid_for(before, with_tax);
        }
        Ok(paid)
    }

    /// The payment status after a payment, all refunds and a lost dispute.
    pub(super) fn money_status(&self) -> PaymentStatus {
        match self.refunded {
            _ if self.charged_back > 0 => PaymentStatus::ChargedBack,
            0 => PaymentStatus::Paid,
            part if part < self.totals.total => PaymentStatus::PartiallyRefunded,
            _ => PaymentStatus::Refunded,
        }
    }
}

impl Order {
    /// A refund that staff request: everything, an amount, or what was paid for some lines.
    pub fn refund(&self, purchase: &Purchase, request: &RefundRequest, now: Time) -> Result<Transition, RefundRefusal> {
        self.refund_counted(purchase, request, |order| order.count_back(purchase, &request.lines), now)
    }

    /// The same for units that came back in a parcel, so they had been sent.
    pub(super) fn refund_of_sent(
        &self,
        purchase: &Purchase,
        request: &RefundRequest,
        now: Time,
    ) -> Result<Transition, RefundRefusal> {
        self.refund_counted(purchase, request, |order| order.count_returned(&request.lines), now)
    }

    fn refund_counted(
        &self,
        purchase: &Purchase,
        request: &RefundRequest,
        count: impl FnOnce(&mut Self),
        now: Time,
    ) -> Result<Transition, RefundRefusal> {
        if !self.was_paid() {
            return Err(RefundRefusal::NotPaid);
        }
        if self.open_refunds.len() >= Self::MAX_OPEN_REFUNDS {
            return Err(RefundRefusal::Busy);
        }
        let left = self.refundable();
        let paid = self.paid_for_lines(purchase, &request.lines)?;
        let amount = match request.amount {
            Some(amount) => amount,
            None if request.lines.is_empty() => left,
            None => paid.min(left),
        };
        // A line may be worth nothing, and the money may be back already.
        let goods_only = amount == 0 && !request.lines.is_empty();
        let is_disputed = matches!(self.dispute, Some(Dispute::Open | Dispute::Lost));
        if is_disputed && !goods_only && !request.paid_otherwise {
            return Err(RefundRefusal::Disputed);
        }
        if amount < 1 && !goods_only {
            return Err(if left == 0 { RefundRefusal::TooMuch { left } } else { RefundRefusal::Nothing });
        }
        if amount > left {
            return Err(RefundRefusal::TooMuch { left });
        }
        let restocked = request.restock && !request.lines.is_empty();
        let mut transition = self.transition(now, count);
        // Nobody gets what was not sent and is not paid any more.
        let is_unsent = matches!(self.status, Status::Paid | Status::Processing);
        let is_whole = amount == left && !goods_only;
        let unsent = if is_whole && is_unsent { transition.order.unsent(purchase) } else { Vec::new() };
        transition.order.count_back(purchase, &unsent);
        transition.order.follow_parcels(now);
        let mut back = if restocked { request.lines.clone() } else { Vec::new() };
        back.extend_from_slice(&unsent);
        let mut refund = Refund {
            shipping: request.shipping,
            lines: request.lines.clone(),
            restocked,
            unsent,
            by: Some(request.by),
            ..self.new_refund(request.id, amount, &request.reason, now)
        };
        if goods_only || request.paid_otherwise {
            refund.state = RefundState::Succeeded;
        }
        transition.order.add_refund(&refund);
        if request.paid_otherwise {
            transition.order.refunded_otherwise += amount;
        }
        if !back.is_empty() {
            transition.stock = StockEffect::Return(back);
        }
        let order_id = self.id;
        let event = if refund.state == RefundState::Succeeded && !goods_only {
            Some(Event::OrderRefunded { order_id, refund_id: refund.id, goods_undecided: false })
        } else {
            let returns = !refund.lines.is_empty() || !refund.unsent.is_empty();
            returns.then_some(Event::OrderReturned { order_id })
        };
        let detail = self.money(amount).to_string();
        let code = if goods_only { HistoryCode::Returned } else { HistoryCode::Refund };
        transition.refunds = vec![refund];
        let transition = transition.recorded(Actor::Staff(request.by), code, Some(&detail), event);
        Ok(transition.with_shipping_ended(self))
    }

    fn is_pending(&self, refund: &Refund) -> bool {
        self.open_refunds.contains(&refund.id) && refund.state == RefundState::Pending
    }

    /// The provider made a refund.
    pub fn refund_made(&self, refund: &Refund, reference: &str, now: Time) -> Option<Transition> {
        if !self.is_pending(refund) {
            return None;
        }
        let mut transition = self.transition(now, |next| {
            next.open_refunds.retain(|open| *open != refund.id);
            next.reset_failures();
            if !refund.of_duplicate_charge {
                next.refunding -= refund.amount;
                next.refunded += refund.amount;
                next.count_refunds();
            }
        });
        transition.refunds = vec![Refund {
            state: RefundState::Succeeded,
            reference: Some(reference.to_owned()),
            made_at: Some(now),
            ..refund.clone()
        }];
        let event = Event::OrderRefunded { order_id: self.id, refund_id: refund.id, goods_undecided: false };
        let detail = self.money(refund.amount).to_string();
        Some(transition.recorded(Actor::Provider, HistoryCode::Refunded, Some(&detail), Some(event)))
    }

    /// The provider cannot make a refund yet, because of a dispute, its balance or an error of its own, and would repeat
    /// that answer to the same request.
    pub fn refund_retried(&self, refund: &Refund, now: Time) -> Option<Transition> {
        self.is_pending(refund).then(|| Transition {
            refunds: vec![Refund { retries: refund.retries + 1, ..refund.clone() }],
            ..self.transition(now, |_| {})
        })
    }

    /// The provider refused a refund, and says how much of the charge was refunded externally in all. For an order that
    /// is over, what is then left to refund becomes a new refund.
    pub fn refund_refused(
        &self,
        refund: &Refund,
        why: &str,
        refunded_externally: i64,
        [external_id, rest_id]: [RefundId; 2],
        now: Time,
    ) -> Option<Transition> {
        if !self.is_pending(refund) {
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
            next.reset_failures();
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
        let event = if new > 0 {
            let goods_undecided = transition.order.are_goods_undecided();
            Some(Event::OrderRefunded { order_id: self.id, refund_id: external_id, goods_undecided })
        } else {
            // After a lost dispute the buyer has the money from the bank.
            let is_owed = self.dispute != Some(Dispute::Lost);
            is_owed.then_some(Event::RefundFailed { order_id: self.id, refund_id: refund.id, announced: false })
        };
        transition.order.refund_failed = matches!(event, Some(Event::RefundFailed { .. }));
        if new > 0 {
            let external = self.new_refund(external_id, new, REFUNDED_EXTERNALLY, now);
            transition.refunds.push(Refund { state: RefundState::Succeeded, ..external });
        }
        // The same amount would be refused again, so only a smaller one is tried.
        if owed && 0 < left && left < refund.amount {
            let rest = Refund {
                charge: refund.charge.clone(),
                of_duplicate_charge: refund.of_duplicate_charge,
                state: RefundState::Pending,
                ..self.new_refund(rest_id, left, &refund.reason, now)
            };
            transition.order.add_refund(&rest);
            transition.refunds.push(rest);
        }
        Some(transition.recorded(Actor::Provider, HistoryCode::RefundFailed, Some(why), event))
    }

    /// A refund failed after the provider had accepted it, or was cancelled there.
    pub fn refund_bounced(&self, refund: &Refund, why: &str, now: Time) -> Option<Transition> {
        if refund.state != RefundState::Succeeded {
            return None;
        }
        let mut transition = self.transition(now, |next| {
            next.refund_failed = true;
            if !refund.of_duplicate_charge {
                next.refunded -= refund.amount;
                next.count_refunds();
            }
        });
        transition.refunds = vec![Refund { state: RefundState::Failed { why: why.to_owned() }, ..refund.clone() }];
        let event = Event::RefundFailed { order_id: self.id, refund_id: refund.id, announced: true };
        Some(transition.recorded(Actor::Provider, HistoryCode::RefundFailed, Some(why), Some(event)))
    }

    /// The units of each line that were not returned.
    pub fn not_returned(&self, purchase: &Purchase) -> Vec<(VariantId, u32)> {
        let left = purchase.lines.iter().map(|line| {
            let back = self.returned.get(&line.variant_id).copied().unwrap_or(0);
            (line.variant_id, line.quantity.saturating_sub(back))
        });
        left.filter(|&(_, units)| units > 0).collect()
    }

    pub(super) fn new_refund(&self, id: RefundId, amount: i64, reason: &str, now: Time) -> Refund {
        let online = self.payment.method.is_online();
        Refund {
            id,
            amount,
            charge: self.payment.charge.clone(),
            of_duplicate_charge: false,
            // Cash is given back in person.
            state: if online { RefundState::Pending } else { RefundState::Succeeded },
            retries: 0,
            reference: None,
            reason: reason.to_owned(),
            lines: Vec::new(),
            restocked: false,
            unsent: Vec::new(),
            by: None,
            created_at: now,
            made_at: None,
            shipping: 0,
        }
    }

    /// Adds a refund to the order's sums.
    pub(super) fn add_refund(&mut self, refund: &Refund) {
        self.refund_failed = false;
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

    pub(super) fn count_refunds(&mut self) {
        self.payment_status = self.money_status();
        let sold = matches!(self.status, Status::Paid | Status::Processing | Status::Shipped | Status::Delivered);
        if sold && self.payment_status == PaymentStatus::Refunded {
            self.status_before_refund = Some(self.status);
            self.status = Status::Refunded;
        }
        // A refund failed later.
        if self.status == Status::Refunded && self.payment_status != PaymentStatus::Refunded {
            self.status = self.status_before_refund.take().unwrap_or(Status::Paid);
        }
    }

    pub(super) fn is_all_returned(&self) -> bool {
        self.returned.values().sum::<u32>() >= self.units
    }

    pub(super) fn count_returned(&mut self, lines: &[(VariantId, u32)]) {
        for &(variant, units) in lines {
            *self.returned.entry(variant).or_default() += units;
        }
    }

    pub(super) fn reset_failures(&mut self) {
        (self.failures, self.retry_at) = (0, None);
    }
}
