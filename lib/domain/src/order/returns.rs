//! Returns of an order's goods. The order keeps how many units are asked back, so that open returns and refunds together
//! never take more units than were bought; and the money of a return goes back with the refund of the same transition.

use crate::actor::ActorId;
use crate::id::VariantId;
use crate::returns::{
    Inspection, MAX_RETURNS, RequestedLine, Return, ReturnKind, ReturnLine, ReturnRefusal, ReturnRequest, ReturnRules,
    ReturnStatus,
};
use crate::time::Time;

use super::parcel::count;
use super::{Actor, HistoryCode, Order, Purchase, RefundRequest, Status, StockEffect, Transition};

/// What the rules give back for a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    amount: i64,
    /// The part of it that is for shipping.
    shipping: i64,
}

impl Order {
    /// Whether goods of it are with the buyer or on their way, and paid.
    fn takes_returns(&self) -> bool {
        let is_sent = match self.status {
            Status::Shipped | Status::Delivered => true,
            // A part of it was sent.
            Status::Processing => !self.parcels.is_empty(),
            _ => false,
        };
        is_sent && self.was_paid()
    }

    /// When all of it arrived, as far as the shop knows. `None`: a part of it did not, so no time has begun.
    fn arrived_at(&self) -> Option<Time> {
        // Orders from before this was stored lack the time.
        let arrived = self.delivered_at.or(self.shipped_at).unwrap_or(self.created_at);
        (self.status == Status::Delivered).then_some(arrived)
    }

    /// The time until which the buyer can ask for it. `None`: it has not begun.
    pub fn return_ends(&self, kind: ReturnKind, rules: &ReturnRules) -> Option<Time> {
        self.arrived_at().map(|arrived| rules.ends(kind, arrived))
    }

    /// The units of each line that can be asked back: they were sent, did not come back, and no open return has them.
    pub fn returnable(&self, purchase: &Purchase) -> Vec<(VariantId, u32)> {
        if !self.takes_returns() || self.returns >= MAX_RETURNS {
            return Vec::new();
        }
        let unsent = self.to_send(purchase);
        let asked = |variant: VariantId| self.returning.get(&variant).copied().unwrap_or(0);
        let left = self.not_returned(purchase).into_iter().map(|(variant, units)| {
            let left = units.saturating_sub(count(&unsent, variant) + asked(variant));
            (variant, left)
        });
        left.filter(|&(_, units)| units > 0).collect()
    }

    /// Whether the buyer can ask for it now.
    pub fn check_return(&self, kind: ReturnKind, rules: &ReturnRules, now: Time) -> Result<(), ReturnRefusal> {
        if rules.days(kind) == 0 {
            return Err(ReturnRefusal::NotOffered);
        }
        match self.return_ends(kind, rules) {
            Some(ends) if ends <= now => Err(ReturnRefusal::Ended(ends)),
            _ => Ok(()),
        }
    }

    /// The buyer asks for a return, or declares a withdrawal, which nobody has to approve. Staff can do it for the buyer,
    /// at any time; then it is approved too.
    pub fn return_requested(
        &self,
        purchase: &Purchase,
        request: &ReturnRequest,
        rules: &ReturnRules,
        by: Actor,
        now: Time,
    ) -> Result<Transition, ReturnRefusal> {
        if !self.takes_returns() {
            return Err(ReturnRefusal::NotSent);
        }
        if self.returns >= MAX_RETURNS {
            return Err(ReturnRefusal::TooMany);
        }
        if !by.is_of_shop() {
            self.check_return(request.kind, rules, now)?;
        }
        let left = self.returnable(purchase);
        let line = |asked: &RequestedLine| {
            let variant = asked.variant_id;
            let bought = purchase.lines.iter().find(|bought| bought.variant_id == variant);
            let bought = bought.ok_or(ReturnRefusal::UnknownLine(variant))?;
            let left = left.iter().find(|(known, _)| *known == variant).map_or(0, |(_, units)| *units);
            if asked.quantity == 0 || asked.quantity > left {
                return Err(ReturnRefusal::Units { variant, left });
            }
            Ok(ReturnLine::new(asked, bought))
        };
        let lines: Vec<ReturnLine> = request.lines.iter().map(line).collect::<Result<_, _>>()?;
        let asked = Return {
            id: request.id,
            order_id: self.id,
            order_number: self.number.clone(),
            currency: self.totals.currency,
            kind: request.kind,
            status: ReturnStatus::Requested,
            lines,
            comment: request.comment.clone(),
            fee: 0,
            reason: None,
            refund_id: None,
            amount: 0,
            shipping: 0,
            version: 1,
            created_at: now,
            updated_at: now,
            pictures: Vec::new(),
            send_by: None,
            unsent: false,
        };
        let is_approved = request.kind == ReturnKind::Withdrawal || by.is_of_shop();
        let status = if is_approved { ReturnStatus::Approved } else { ReturnStatus::Requested };
        let fee = if asked.is_free() { 0 } else { rules.fee };
        let send_by = if is_approved { rules.send_by(now) } else { None };
        let asked = Return { status, fee, send_by, ..asked };
        let transition = self.transition(now, |next| {
            next.returns += 1;
            for (variant, units) in asked.units() {
                *next.returning.entry(variant).or_default() += units;
            }
        });
        Ok(transition.of_return(asked, by, HistoryCode::ReturnRequested, None))
    }

    /// Staff approve it, or its goods arrived. `None` if that was done before.
    pub fn return_advanced(
        &self,
        asked: &Return,
        to: ReturnStatus,
        rules: &ReturnRules,
        by: Actor,
        now: Time,
    ) -> Result<Option<Transition>, ReturnRefusal> {
        let code = match (asked.status, to) {
            (status, to) if status == to => return Ok(None),
            (ReturnStatus::Requested, ReturnStatus::Approved) => HistoryCode::ReturnApproved,
            (ReturnStatus::Approved, ReturnStatus::Received) => HistoryCode::ReturnReceived,
            (status, _) => return Err(ReturnRefusal::Status(status)),
        };
        let transition = self.transition(now, |_| {});
        let send_by = if to == ReturnStatus::Approved { rules.send_by(now) } else { asked.send_by };
        let advanced = Return { send_by, ..asked.next(to, now) };
        Ok(Some(transition.of_return(advanced, by, code, None)))
    }

    /// Staff decline it, whatever arrived of it. `None` if that was done before.
    pub fn return_declined(
        &self,
        asked: &Return,
        reason: &str,
        by: Actor,
        now: Time,
    ) -> Result<Option<Transition>, ReturnRefusal> {
        match asked.status {
            ReturnStatus::Declined => return Ok(None),
            status if status.is_open() => {}
            status => return Err(ReturnRefusal::Status(status)),
        }
        let declined = Return { reason: Some(reason.to_owned()), ..asked.next(ReturnStatus::Declined, now) };
        let transition = self.transition(now, |next| next.no_longer_returning(asked));
        Ok(Some(transition.of_return(declined, by, HistoryCode::ReturnDeclined, Some(reason))))
    }

    /// The buyer keeps the goods. `None` if that was done before.
    pub fn return_cancelled(&self, asked: &Return, by: Actor, now: Time) -> Result<Option<Transition>, ReturnRefusal> {
        match asked.status {
            ReturnStatus::Cancelled => return Ok(None),
            ReturnStatus::Requested | ReturnStatus::Approved => {}
            status => return Err(ReturnRefusal::Status(status)),
        }
        let transition = self.transition(now, |next| next.no_longer_returning(asked));
        let cancelled = asked.next(ReturnStatus::Cancelled, now);
        Ok(Some(transition.of_return(cancelled, by, HistoryCode::ReturnCancelled, None)))
    }

    /// The goods did not arrive in time. `None` if it is not approved any more, or has time left.
    pub fn return_unsent(&self, asked: &Return, now: Time) -> Option<Transition> {
        asked.ends_unsent_at().filter(|ends| *ends <= now)?;
        let transition = self.transition(now, |next| next.no_longer_returning(asked));
        let ended = Return { unsent: true, ..asked.next(ReturnStatus::Cancelled, now) };
        Some(transition.of_return(ended, Actor::Shop, HistoryCode::ReturnCancelled, None))
    }

    /// Staff inspected the goods: what can be sold again is in stock, and the money goes back. `None` if that was done
    /// before.
    pub fn return_completed(
        &self,
        purchase: &Purchase,
        asked: &Return,
        inspection: &Inspection,
        by: ActorId,
        now: Time,
    ) -> Result<Option<Transition>, ReturnRefusal> {
        match asked.status {
            ReturnStatus::Completed => return Ok(None),
            ReturnStatus::Approved | ReturnStatus::Received => {}
            status => return Err(ReturnRefusal::Status(status)),
        }
        let lines = inspected(asked, inspection)?;
        let back: Vec<(VariantId, u32)> = units(&lines, |line| line.returned);
        let restocked: Vec<(VariantId, u32)> = units(&lines, |line| line.restocked);
        if back.is_empty() {
            return Err(ReturnRefusal::NothingCameBack);
        }
        let mut order = self.clone();
        order.no_longer_returning(asked);
        let due = order.due_for(purchase, asked, &back)?;
        let amount = match inspection.amount {
            None => due.amount,
            Some(amount) if !(0..=due.amount).contains(&amount) => {
                return Err(ReturnRefusal::Amount { most: due.amount });
            }
            Some(amount) if amount < due.amount && inspection.reason.is_none() => return Err(ReturnRefusal::NoReason),
            Some(amount) => amount,
        };
        let request = RefundRequest {
            id: inspection.refund_id,
            amount: Some(amount),
            shipping: due.shipping.min(amount),
            lines: back.clone(),
            restock: false,
            paid_otherwise: false,
            reason: inspection.reason.clone().unwrap_or_else(|| asked.kind.name().to_owned()),
            by,
        };
        let mut transition = order.refund_of_sent(purchase, &request, now)?;
        for refund in &mut transition.refunds {
            refund.restocked = restocked == back;
        }
        // What was not sent yet may be on sale again with the last of the money.
        let unsent = transition.refunds.iter().flat_map(|refund| refund.unsent.iter().copied());
        let on_sale: Vec<(VariantId, u32)> = restocked.into_iter().chain(unsent).collect();
        if !on_sale.is_empty() {
            transition.stock = StockEffect::Return(on_sale);
        }
        let completed = Return {
            lines,
            reason: inspection.reason.clone(),
            refund_id: Some(request.id),
            amount,
            shipping: request.shipping,
            ..asked.next(ReturnStatus::Completed, now)
        };
        let detail = self.money(amount).to_string();
        let told = transition.event.take();
        let mut transition =
            transition.of_return(completed, Actor::Staff(by), HistoryCode::ReturnCompleted, Some(&detail));
        transition.event = told;
        Ok(Some(transition))
    }

    /// What the rules give back for these units: what was paid for them, without the fee; and the shipping, when the
    /// buyer keeps nothing of the order and bears no cost of it.
    fn due_for(&self, purchase: &Purchase, asked: &Return, back: &[(VariantId, u32)]) -> Result<Due, ReturnRefusal> {
        let goods = self.paid_for_lines(purchase, back)?;
        let units: u32 = self.returned.values().chain(back.iter().map(|(_, units)| units)).sum();
        let keeps_nothing = units >= self.units;
        let shipping = if keeps_nothing && asked.is_free() { self.standard_shipping(purchase) } else { 0 };
        let amount = (goods + shipping - asked.fee).clamp(0, self.refundable());
        Ok(Due { amount, shipping: shipping.min(amount) })
    }

    /// What was paid for the way to the buyer, with its tax, but not for a faster way than the cheapest one.
    fn standard_shipping(&self, purchase: &Purchase) -> i64 {
        let with_tax = self.totals.tax_included;
        let goods: i64 = purchase.lines.iter().map(|line| line.paid_for(line.quantity, with_tax)).sum();
        let paid = (self.totals.total - goods).max(0);
        match purchase.standard_shipping {
            Some(cheapest) if cheapest < self.totals.shipping => {
                let part = i128::from(paid) * i128::from(cheapest) / i128::from(self.totals.shipping);
                i64::try_from(part).unwrap_or(0)
            }
            _ => paid,
        }
    }

    fn no_longer_returning(&mut self, asked: &Return) {
        for (variant, units) in asked.units() {
            if let Some(left) = self.returning.get_mut(&variant) {
                *left = left.saturating_sub(units);
            }
        }
        self.returning.retain(|_, units| *units > 0);
    }
}

/// The lines of a return as they were found.
fn inspected(asked: &Return, inspection: &Inspection) -> Result<Vec<ReturnLine>, ReturnRefusal> {
    for found in &inspection.lines {
        if !asked.lines.iter().any(|line| line.variant_id == found.variant_id) {
            return Err(ReturnRefusal::UnknownLine(found.variant_id));
        }
    }
    let found = |line: &ReturnLine| {
        let found = inspection.lines.iter().find(|found| found.variant_id == line.variant_id);
        let (returned, restocked) = found.map_or((line.quantity, 0), |found| (found.returned, found.restocked));
        let variant = line.variant_id;
        if returned > line.quantity {
            return Err(ReturnRefusal::Units { variant, left: line.quantity });
        }
        if restocked > returned {
            return Err(ReturnRefusal::Restocked { variant, most: returned });
        }
        Ok(ReturnLine { returned, restocked, ..line.clone() })
    };
    asked.lines.iter().map(found).collect()
}

fn units(lines: &[ReturnLine], of: impl Fn(&ReturnLine) -> u32) -> Vec<(VariantId, u32)> {
    lines.iter().map(|line| (line.variant_id, of(line))).filter(|&(_, units)| units > 0).collect()
}

impl Transition {
    fn of_return(self, changed: Return, by: Actor, code: HistoryCode, detail: Option<&str>) -> Self {
        Self { changed_return: Some(changed), ..self.recorded(by, code, detail, None) }
    }
}
