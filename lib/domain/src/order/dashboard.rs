//! Refunds that people make in the provider's dashboard. The provider knows how much they are in all.

use super::{Actor, HistoryCode, Order, Refund, RefundState, Status, Transition};
use crate::event::Event;
use crate::id::RefundId;
use crate::time::Time;

/// The reason of refunds that were made in the provider's dashboard.
pub(super) const REFUNDED_EXTERNALLY: &str = "refunded at the provider";

impl Order {
    /// A refund that was made in the provider's dashboard failed. `total` is what is refunded there now, in all. The
    /// newest of these refunds are those that failed. The order gets a new version even if none of them was recorded yet,
    /// so that whoever is recording it asks the provider again.
    pub fn dashboard_refund_bounced(
        &self,
        charge: &str,
        total: i64,
        refunds: &[Refund],
        why: &str,
        now: Time,
    ) -> Option<Transition> {
        let mut failed = (self.refunded_externally - total).max(0);
        if self.payment.charge.as_deref() != Some(charge) {
            return None;
        }
        let mut transition = self.transition(now, |next| {
            next.refunded -= failed;
            next.refunded_externally -= failed;
            next.count_refunds();
        });
        let external = refunds.iter().rev().filter(|refund| refund.reason == REFUNDED_EXTERNALLY);
        let mut last = None;
        for refund in external.filter(|refund| refund.state == RefundState::Succeeded) {
            if failed == 0 {
                break;
            }
            let part = refund.amount.min(failed);
            failed -= part;
            last = Some(refund.id);
            let state = RefundState::Failed { why: why.to_owned() };
            transition.refunds.push(if part == refund.amount {
                Refund { state, ..refund.clone() }
            } else {
                Refund { amount: refund.amount - part, ..refund.clone() }
            });
        }
        transition.order.refund_failed |= last.is_some();
        let event = last.map(|refund_id| Event::RefundFailed { order_id: self.id, refund_id, announced: true });
        Some(transition.recorded(Actor::Provider, HistoryCode::RefundFailed, Some(why), event))
    }

    /// Whether this much could not be refunded of a charge without the provider's dashboard. The provider has the answer,
    /// because its event may be older than what happened since.
    pub fn exceeds_our_refunds(&self, total: i64) -> bool {
        total > self.refunded - self.refunded_otherwise + self.refunding
    }

    /// The provider says how much of a charge was refunded in its dashboard, in all.
    pub fn refunded_in_dashboard(
        &self,
        charge: &str,
        total: i64,
        refund_id: RefundId,
        now: Time,
    ) -> Option<Transition> {
        if self.payment.charge.as_deref() != Some(charge) {
            return None;
        }
        let amount = (total - self.refunded_externally).min(self.refundable());
        if amount < 1 {
            return None;
        }
        let refund =
            Refund { state: RefundState::Succeeded, ..self.new_refund(refund_id, amount, REFUNDED_EXTERNALLY, now) };
        let mut transition = self.transition(now, |next| {
            next.refund_failed = false;
            next.refunded += amount;
            next.refunded_externally += amount;
            next.count_refunds();
        });
        transition.refunds = vec![refund];
        let goods_undecided = transition.order.are_goods_undecided();
        let event = Event::OrderRefunded { order_id: self.id, refund_id, goods_undecided };
        let detail = self.money(amount).to_string();
        Some(transition.recorded(Actor::Provider, HistoryCode::Refunded, Some(&detail), Some(event)))
    }

    /// All of the money was refunded in the provider's dashboard, which does not know the goods.
    pub(super) fn are_goods_undecided(&self) -> bool {
        self.status == Status::Refunded && !self.is_all_returned()
    }
}
