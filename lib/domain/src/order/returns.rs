//! Returns of an order's goods. The order keeps how many units are asked back, so that open returns and refunds together
//! never take more units than were bought; and the money of a return goes back with the refund of the same transition.

use crate::actor::ActorId;
use crate::exchange::MAX_EXCHANGES;
use crate::id::VariantId;
use crate::returns::{
    InspectedLine, Inspection, MAX_RETURNS, RequestedLine, Return, ReturnKind, ReturnLine, ReturnRefusal,
    ReturnRequest, ReturnRules, ReturnStatus,
};
use crate::time::Time;

use super::exchange::{hold, release, settle};
use super::{Actor, HistoryCode, Order, Purchase, RefundRequest, Status, Transition, VariantUnits};

/// What the rules give back for a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    amount: i64,
    /// The part of it that is for shipping.
    shipping: i64,
}

impl Order {
    /// Whether goods of it are with the buyer or on their way, and paid.
    pub(super) fn takes_returns(&self) -> bool {
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
        let lines = self.asked_lines(purchase, &request.lines)?;
        let exchanges = lines.iter().filter(|line| line.exchange_for.is_some()).count();
        let exchanges = self.exchanges.saturating_add(u32::try_from(exchanges).unwrap_or(u32::MAX));
        if exchanges > MAX_EXCHANGES {
            return Err(ReturnRefusal::TooManyExchanges);
        }
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
            parcel: None,
        };
        let is_approved = request.kind == ReturnKind::Withdrawal || by.is_of_shop();
        let status = if is_approved { ReturnStatus::Approved } else { ReturnStatus::Requested };
        // An exchange moves no money.
        let fee = if asked.is_free() || asked.only_exchanges() { 0 } else { rules.fee };
        let send_by = if is_approved { rules.send_by(now) } else { None };
        let asked = Return { status, fee, send_by, ..asked };
        let mut transition = self.transition(now, |next| {
            next.returns += 1;
            next.exchanges = exchanges;
            next.count_returning(&asked.lines);
        });
        if is_approved {
            transition.stock = hold(&asked.lines);
        }
        Ok(transition.of_return(asked, by, HistoryCode::ReturnRequested, None))
    }

    /// The lines of a return as they are asked for. A line can be there once for each variant of its units.
    fn asked_lines(&self, purchase: &Purchase, asked: &[RequestedLine]) -> Result<Vec<ReturnLine>, ReturnRefusal> {
        let left = self.returnable(purchase);
        let mut lines: Vec<ReturnLine> = Vec::new();
        for asked in asked {
            let line = asked.variant_id;
            if !purchase.lines.iter().any(|bought| bought.variant_id == line) {
                return Err(ReturnRefusal::UnknownLine(line));
            }
            let is_it = |units: &&VariantUnits<'_>| match &asked.sku {
                _ if units.line.variant_id != line => false,
                None => units.exchanged.is_none(),
                Some(sku) => units.sku() == sku,
            };
            let units = left.iter().find(is_it).filter(|units| (1..=units.units).contains(&asked.quantity));
            let Some(units) = units else {
                let left = left.iter().find(is_it).map_or(0, |units| units.units);
                return Err(ReturnRefusal::Units { variant: line, left });
            };
            let new = ReturnLine::new(asked, units);
            if lines.iter().any(|known| (known.variant_id, known.exchanged) == (line, new.exchanged)) {
                return Err(ReturnRefusal::SeveralVariants(line));
            }
            if new.exchange_for.as_ref().is_some_and(|it| it.variant_id == new.exchanged.unwrap_or(line)) {
                return Err(ReturnRefusal::SameVariant(line));
            }
            lines.push(new);
        }
        Ok(lines)
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
        let mut transition = self.transition(now, |_| {});
        if to == ReturnStatus::Approved && asked.exchanges() {
            if !self.takes_returns() {
                return Err(ReturnRefusal::NotSent);
            }
            transition.stock = hold(&asked.lines);
        }
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
        let transition = self.given_up(asked, now);
        Ok(Some(transition.of_return(declined, by, HistoryCode::ReturnDeclined, Some(reason))))
    }

    /// The buyer keeps the goods. `None` if that was done before.
    pub fn return_cancelled(&self, asked: &Return, by: Actor, now: Time) -> Result<Option<Transition>, ReturnRefusal> {
        match asked.status {
            ReturnStatus::Cancelled => return Ok(None),
            ReturnStatus::Requested | ReturnStatus::Approved => {}
            status => return Err(ReturnRefusal::Status(status)),
        }
        let transition = self.given_up(asked, now);
        let cancelled = asked.next(ReturnStatus::Cancelled, now);
        Ok(Some(transition.of_return(cancelled, by, HistoryCode::ReturnCancelled, None)))
    }

    /// The goods did not arrive in time. `None` if it is not approved any more, or has time left.
    pub fn return_unsent(&self, asked: &Return, now: Time) -> Option<Transition> {
        asked.ends_unsent_at().filter(|ends| *ends <= now)?;
        let transition = self.given_up(asked, now);
        let ended = Return { unsent: true, ..asked.next(ReturnStatus::Cancelled, now) };
        Some(transition.of_return(ended, Actor::Shop, HistoryCode::ReturnCancelled, None))
    }

    /// Nothing comes back, and nothing is exchanged.
    fn given_up(&self, asked: &Return, now: Time) -> Transition {
        let transition = self.transition(now, |next| next.no_longer_returning(&asked.lines));
        Transition { stock: release(asked), ..transition }
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
            ReturnStatus::Completed | ReturnStatus::Exchanging => return Ok(None),
            ReturnStatus::Approved | ReturnStatus::Received => {}
            status => return Err(ReturnRefusal::Status(status)),
        }
        let lines = inspected(asked, inspection)?;
        let exchanges = lines.iter().any(|line| line.exchanged_units() > 0);
        let back = units(&lines, |line| line.returned - line.exchanged_units());
        if back.is_empty() && !exchanges {
            return Err(ReturnRefusal::NothingCameBack);
        }
        // Whoever has all of the money back gets no goods for it.
        if exchanges && !self.takes_returns() {
            return Err(ReturnRefusal::NotSent);
        }
        let mut order = self.clone();
        order.no_longer_returning(&asked.lines);
        order.exchange(&lines);
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
        let is_refunded = !request.lines.is_empty();
        let mut transition =
            if is_refunded { order.refund_of_sent(purchase, &request, now)? } else { order.transition(now, |_| {}) };
        let restocked = units(&lines, |line| if line.exchange_for.is_none() { line.restocked } else { 0 });
        for refund in &mut transition.refunds {
            refund.restocked = restocked == refund.lines;
        }
        let unsent = transition.refunds.iter().flat_map(|refund| refund.unsent.clone());
        transition.stock = settle(&lines, &unsent.collect::<Vec<_>>(), purchase);
        let (status, code) = if exchanges {
            (ReturnStatus::Exchanging, HistoryCode::ReturnExchanging)
        } else {
            (ReturnStatus::Completed, HistoryCode::ReturnCompleted)
        };
        let completed = Return {
            lines,
            reason: inspection.reason.clone(),
            refund_id: is_refunded.then_some(request.id),
            amount,
            shipping: request.shipping,
            ..asked.next(status, now)
        };
        let detail = is_refunded.then(|| self.money(amount).to_string());
        let told = transition.event.take();
        let mut transition = transition.of_return(completed, Actor::Staff(by), code, detail.as_deref());
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
}

/// The lines of a return as they were found.
fn inspected(asked: &Return, inspection: &Inspection) -> Result<Vec<ReturnLine>, ReturnRefusal> {
    let is_it = |line: &ReturnLine, found: &InspectedLine| {
        line.variant_id == found.variant_id && found.sku.as_ref().is_none_or(|sku| *sku == line.sku)
    };
    for found in &inspection.lines {
        match asked.lines.iter().filter(|line| is_it(line, found)).count() {
            0 => return Err(ReturnRefusal::UnknownLine(found.variant_id)),
            1 => {}
            _ => return Err(ReturnRefusal::SeveralVariants(found.variant_id)),
        }
    }
    let found = |line: &ReturnLine| {
        let mut found = inspection.lines.iter().filter(|found| is_it(line, found));
        let (returned, restocked) = found.next().map_or((line.quantity, 0), |found| (found.returned, found.restocked));
        if found.next().is_some() {
            return Err(ReturnRefusal::SeveralVariants(line.variant_id));
        }
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

/// How many units of each line these are, of whatever variant.
fn units(lines: &[ReturnLine], of: impl Fn(&ReturnLine) -> u32) -> Vec<(VariantId, u32)> {
    let mut units: Vec<(VariantId, u32)> = Vec::new();
    for line in lines.iter().filter(|line| of(line) > 0) {
        match units.iter_mut().find(|(known, _)| *known == line.variant_id) {
            Some((_, sum)) => *sum += of(line),
            None => units.push((line.variant_id, of(line))),
        }
    }
    units
}

impl Transition {
    pub(super) fn of_return(self, changed: Return, by: Actor, code: HistoryCode, detail: Option<&str>) -> Self {
        Self { changed_return: Some(changed), ..self.recorded(by, code, detail, None) }
    }
}
