//! What a refund has of each tax rate. The parts of all refunds of an order add up to exactly what the order has.

use std::collections::BTreeMap;

use crate::id::{RefundId, VariantId};
use crate::money::allocate;
use crate::tax::{TaxAmount, TaxRate};

use super::{Order, Purchase, Refund, RefundState};

/// What was paid for an order at each tax rate, and what of it went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxLedger {
    accounts: Vec<Account>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Account {
    of: TaxAmount,
    /// With its tax.
    given_back: i64,
}

impl Account {
    fn gross(&self) -> i64 {
        self.of.net + self.of.tax
    }

    fn left(&self) -> i64 {
        self.gross() - self.given_back
    }

    /// The tax in the first part of what was paid, rounded half up.
    fn tax_within(&self, gross: i64) -> i64 {
        let whole = i128::from(self.gross().max(1));
        let exact = i128::from(self.of.tax) * i128::from(gross);
        i64::try_from((2 * exact + whole).div_euclid(2 * whole)).unwrap_or(self.of.tax)
    }

    fn give_back(&mut self, gross: i64) -> TaxAmount {
        let before = self.tax_within(self.given_back);
        self.given_back += gross;
        let tax = self.tax_within(self.given_back) - before;
        TaxAmount { rate: self.of.rate, net: gross - tax, tax }
    }
}

impl TaxLedger {
    /// Before anything went back. An order from before there were several rates has all its tax at one that is not known.
    pub fn of(order: &Order, purchase: &Purchase) -> Self {
        let totals = order.totals;
        let unknown = TaxAmount { rate: TaxRate::default(), net: totals.total - totals.tax, tax: totals.tax };
        let taxes = if purchase.taxes.is_empty() { std::slice::from_ref(&unknown) } else { &purchase.taxes };
        Self { accounts: taxes.iter().map(|&of| Account { of, given_back: 0 }).collect() }
    }

    /// Gives back an amount, and says what it has of each rate. `lines`: what was paid at each rate for the returned units.
    /// What is more than that is taken from what is left of each rate, and what is less from the lines, in proportion.
    pub fn give_back(&mut self, amount: i64, lines: &BTreeMap<TaxRate, i64>) -> Vec<TaxAmount> {
        let left: Vec<i64> = self.accounts.iter().map(Account::left).collect();
        let amount = amount.clamp(0, left.iter().sum());
        let of_lines = self.accounts.iter().zip(&left);
        let of_lines =
            of_lines.map(|(account, left)| lines.get(&account.of.rate).copied().unwrap_or(0).clamp(0, *left));
        let of_lines: Vec<i64> = of_lines.collect();
        let sum: i64 = of_lines.iter().sum();
        let parts: Vec<i64> = if amount <= sum {
            allocate(amount, &of_lines)
        } else {
            let others: Vec<i64> = left.iter().zip(&of_lines).map(|(left, lines)| left - lines).collect();
            allocate(amount - sum, &others).into_iter().zip(&of_lines).map(|(other, lines)| other + lines).collect()
        };
        let given = self.accounts.iter_mut().zip(parts).filter(|(_, part)| *part > 0);
        given.map(|(account, part)| account.give_back(part)).collect()
    }
}

/// What each refund has of each tax rate, oldest first. Those that failed, and those of a charge that did not pay the
/// order, have nothing.
pub fn refund_taxes(order: &Order, purchase: &Purchase, refunds: &[Refund]) -> BTreeMap<RefundId, Vec<TaxAmount>> {
    let mut ledger = TaxLedger::of(order, purchase);
    let mut returned: BTreeMap<VariantId, u32> = BTreeMap::new();
    let mut in_order: Vec<&Refund> = refunds.iter().filter(|refund| !refund.of_duplicate_charge).collect();
    in_order.sort_by_key(|refund| (refund.created_at, refund.id));
    let taxes = in_order.into_iter().map(|refund| {
        let lines = purchase.paid_by_rate(&mut returned, refund.lines.iter().chain(&refund.unsent), order);
        let failed = matches!(refund.state, RefundState::Failed { .. });
        (refund.id, if failed { Vec::new() } else { ledger.give_back(refund.amount, &lines) })
    });
    taxes.collect()
}

impl Purchase {
    /// What was paid at each rate for these units, which are counted as returned.
    fn paid_by_rate<'a>(
        &self,
        returned: &mut BTreeMap<VariantId, u32>,
        units: impl Iterator<Item = &'a (VariantId, u32)>,
        order: &Order,
    ) -> BTreeMap<TaxRate, i64> {
        let with_tax = order.totals.tax_included;
        let mut paid = BTreeMap::new();
        for (variant, units) in units {
            let Some(line) = self.lines.iter().find(|line| line.variant_id == *variant) else {
                continue;
            };
            let before = returned.entry(*variant).or_default();
            let after = (*before + units).min(line.quantity);
            *paid.entry(line.tax_rate).or_default() +=
                line.paid_for(after, with_tax) - line.paid_for(*before, with_tax);
            *before = after;
        }
        paid
    }
}
