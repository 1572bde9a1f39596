//! How much of each rate of tax goes back with each refund: what its credit note says.

use std::collections::BTreeMap;

use super::{Credited, Document, DocumentKind, credit, rate_of, taxes_of};
use crate::id::RefundId;
use crate::order::{Order, Purchase, Refund, RefundState};
use crate::tax::{TaxAmount, TaxRate};

/// An order with its refunds, and the documents that were issued about it.
#[derive(Debug, Clone, Copy)]
pub struct RefundedOrder<'a> {
    pub order: &'a Order,
    pub purchase: &'a Purchase,
    pub refunds: &'a [Refund],
    pub issued: &'a [Document],
}

/// The refunds of what was bought, oldest first. What a charge that did not pay the order gave back is none of them.
pub(super) fn by_time(refunds: &[Refund]) -> Vec<&Refund> {
    let mut by_time: Vec<&Refund> = refunds.iter().filter(|refund| !refund.of_duplicate_charge).collect();
    by_time.sort_by_key(|refund| (refund.created_at, refund.id));
    by_time
}

fn is_failed(refund: &Refund) -> bool {
    matches!(refund.state, RefundState::Failed { .. })
}

impl RefundedOrder<'_> {
    /// What each refund gives back of each rate: as its credit note says, or as one says that is issued next. Refunds that
    /// give nothing back have no entry: those that failed, those without money, and those of other charges.
    pub fn taxes(&self) -> BTreeMap<RefundId, Vec<TaxAmount>> {
        let invoice = self.issued.iter().find(|document| document.kind == DocumentKind::Invoice);
        let invoiced = invoice.map_or_else(|| taxes_of(&self.order.totals, self.purchase), |it| it.taxes.clone());
        let refunds = by_time(self.refunds).into_iter().filter(|refund| refund.amount > 0 && !is_failed(refund));
        let (noted, others): (Vec<&Refund>, Vec<&Refund>) =
            refunds.partition(|refund| self.credit_note(refund).is_some());
        let mut taxes = BTreeMap::new();
        let mut before = BTreeMap::new();
        for note in noted.iter().filter_map(|refund| self.credit_note(refund)) {
            add(&mut before, &note.taxes, 1);
            taxes.extend(note.refund_id.map(|id| (id, note.taxes.clone())));
        }
        for refund in others {
            let credited = credit(&invoiced, &before, refund.amount, &self.paid_for(refund, &invoiced));
            add(&mut before, &credited, 1);
            taxes.insert(refund.id, credited);
        }
        taxes
    }

    /// The credit note of a refund. A refund that became smaller afterwards has none that is right.
    fn credit_note(&self, refund: &Refund) -> Option<&Document> {
        let is_of = |it: &&Document| it.kind == DocumentKind::CreditNote && it.refund_id == Some(refund.id);
        self.issued.iter().find(is_of).filter(|note| note.amount == refund.amount)
    }

    /// What the credit note of a refund says that is issued now.
    pub(super) fn credited(&self, invoice: &Document, refund: &Refund) -> Vec<TaxAmount> {
        let mut before = BTreeMap::new();
        for document in self.issued {
            match document.kind {
                DocumentKind::Invoice => {}
                DocumentKind::CreditNote => add(&mut before, &document.taxes, 1),
                DocumentKind::Cancellation => add(&mut before, &document.taxes, -1),
            }
        }
        credit(&invoice.taxes, &before, refund.amount, &self.paid_for(refund, &invoice.taxes))
    }

    /// What was paid for the units that came back, by rate.
    fn paid_for(&self, refund: &Refund, taxes: &[TaxAmount]) -> BTreeMap<TaxRate, i64> {
        let mut paid = BTreeMap::new();
        for &(variant, units) in &refund.lines {
            let Some(line) = self.purchase.lines.iter().find(|line| line.variant_id == variant) else { continue };
            let earlier =
                self.refunds.iter().filter(|other| (other.created_at, other.id) < (refund.created_at, refund.id));
            let returned = earlier.flat_map(|other| other.lines.iter().chain(&other.unsent));
            let before: u32 = returned.filter(|(id, _)| *id == variant).map(|(_, units)| units).sum();
            let included = self.order.totals.tax_included;
            let of_line = line.paid_for(before + units, included) - line.paid_for(before, included);
            *paid.entry(rate_of(line.tax_rate, self.purchase, taxes)).or_default() += of_line;
        }
        paid
    }
}

fn add(credited: &mut BTreeMap<TaxRate, Credited>, taxes: &[TaxAmount], sign: i64) {
    for part in taxes {
        let sum = credited.entry(part.rate).or_default();
        sum.gross += sign * (part.net + part.tax);
        sum.tax += sign * part.tax;
    }
}
