//! Disputes: the buyer's bank asks about a payment, or takes it back.

use serde::{Deserialize, Serialize};

use super::{Actor, HistoryCode, Order, Transition};
use crate::event::Event;
use crate::time::Time;

/// The buyer asked their bank for the money back. A later state takes the place of an earlier one, not the other way
/// round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dispute {
    /// The bank asks before it takes the money back. The shop can still refund it.
    Inquiry,
    Open,
    Won,
    Lost,
}

impl Dispute {
    pub const ALL: [Self; 4] = [Self::Inquiry, Self::Open, Self::Won, Self::Lost];

    pub fn name(self) -> &'static str {
        match self {
            Self::Inquiry => "inquiry",
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Whether the bank has not decided yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Inquiry | Self::Open)
    }
}

/// What the provider says about a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeReport {
    pub charge: String,
    pub dispute: Dispute,
    /// What the buyer's bank took back, or wants to.
    pub amount: i64,
    pub evidence_due_by: Option<Time>,
}

impl Order {
    /// The buyer's bank opened or decided a dispute. While it is open, refunds wait. After it they are tried again at
    /// once: if it is lost, the provider refuses them for good.
    pub fn disputed(&self, report: &DisputeReport, now: Time) -> Option<Transition> {
        let DisputeReport { charge, dispute, amount, evidence_due_by } = report;
        let (code, event) = match dispute {
            Dispute::Inquiry => {
                (HistoryCode::DisputeInquiry, Event::DisputeOpened { order_id: self.id, inquiry: true })
            }
            Dispute::Open => (HistoryCode::DisputeOpen, Event::DisputeOpened { order_id: self.id, inquiry: false }),
            Dispute::Won => (HistoryCode::DisputeWon, Event::DisputeClosed { order_id: self.id, won: true }),
            Dispute::Lost => (HistoryCode::DisputeLost, Event::DisputeClosed { order_id: self.id, won: false }),
        };
        if self.duplicate_charges.contains(charge) {
            let detail = format!("{}, {charge}", self.money(*amount));
            return Some(self.transition(now, |_| {}).recorded(Actor::Provider, code, Some(&detail), None));
        }
        if self.payment.charge.as_ref() != Some(charge) || self.dispute.is_some_and(|known| *dispute <= known) {
            return None;
        }
        let transition = self.transition(now, |next| {
            next.dispute = Some(*dispute);
            next.evidence_due_by = evidence_due_by.filter(|_| dispute.is_open());
            if *dispute == Dispute::Lost {
                next.charged_back = (*amount).clamp(0, self.totals.total - self.refunded);
                next.payment_status = next.money_status();
            }
            if !dispute.is_open() {
                next.reset_failures();
            }
        });
        let detail = self.money(*amount).to_string();
        Some(transition.recorded(Actor::Provider, code, Some(&detail), Some(event)))
    }
}
