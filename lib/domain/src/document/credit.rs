//! What an invoice has of each rate of tax, and what goes back of it.

use std::collections::BTreeMap;

use crate::money::allocate;
use crate::order::Purchase;
use crate::pricing::Totals;
use crate::tax::{TaxAmount, TaxKind, TaxRate, half_up};

/// The tax of an order by rate. One that was placed before orders stored it has one rate, and untaxed shipping or the same
/// rate on it.
pub fn taxes_of(totals: &Totals, purchase: &Purchase) -> Vec<TaxAmount> {
    if !purchase.taxes.is_empty() {
        return purchase.taxes.clone();
    }
    let goods = totals.subtotal - totals.discount;
    if totals.tax == 0 {
        return vec![TaxAmount { rate: TaxRate::ZERO, net: totals.total, tax: 0 }];
    }
    let on_lines: i64 = purchase.lines.iter().map(|line| line.tax).sum();
    let taxed = if on_lines == totals.tax { goods } else { goods + totals.shipping };
    let rate = TaxRate { kind: TaxKind::Taxed, rate: roundest_rate(taxed, totals.tax) };
    let mut taxes = vec![TaxAmount { rate, net: taxed, tax: totals.tax }];
    let untaxed = totals.total - totals.tax - taxed;
    if untaxed != 0 {
        taxes.push(TaxAmount { rate: TaxRate::ZERO, net: untaxed, tax: 0 });
    }
    taxes
}

/// The rate of a line. Lines of orders from before rates were stored have the one rate of the order.
pub fn rate_of(rate: TaxRate, purchase: &Purchase, taxes: &[TaxAmount]) -> TaxRate {
    if purchase.taxes.is_empty() { taxes.first().map_or(rate, |first| first.rate) } else { rate }
}

/// The rate that gives this tax and has the fewest digits.
pub(super) fn roundest_rate(net: i64, tax: i64) -> u32 {
    let exact = if net > 0 { u32::try_from(i128::from(tax) * 10_000 / i128::from(net)).unwrap_or(0) } else { 0 };
    let gives = |rate: u32| TaxRate { kind: TaxKind::Taxed, rate }.on(net) == tax;
    let near = |step: u32| [exact / step * step, exact / step * step + step];
    [100, 50, 10, 5, 1].into_iter().flat_map(near).find(|&rate| gives(rate)).unwrap_or(exact)
}

/// What was credited of a rate before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Credited {
    pub gross: i64,
    pub tax: i64,
}

/// Splits what goes back over the rates of an invoice. First to the rates of what came back, as far as it was paid for;
/// the rest in proportion to what is left of each rate. When all is credited, net and tax of each rate are exactly those
/// of the invoice.
pub fn credit(
    invoiced: &[TaxAmount],
    before: &BTreeMap<TaxRate, Credited>,
    amount: i64,
    came_back: &BTreeMap<TaxRate, i64>,
) -> Vec<TaxAmount> {
    let before_of = |part: &TaxAmount| before.get(&part.rate).copied().unwrap_or_default();
    let left: Vec<i64> = invoiced.iter().map(|part| (part.net + part.tax - before_of(part).gross).max(0)).collect();
    let came_back = invoiced.iter().zip(&left).map(|(part, left)| {
        let paid = came_back.get(&part.rate).copied().unwrap_or(0);
        paid.clamp(0, *left)
    });
    let came_back: Vec<i64> = came_back.collect();
    let for_goods = amount.min(came_back.iter().sum());
    let mut parts = if for_goods > 0 { allocate(for_goods, &came_back) } else { vec![0; invoiced.len()] };
    let still_left: Vec<i64> = left.iter().zip(&parts).map(|(left, part)| left - part).collect();
    if amount > for_goods {
        let rest = allocate(amount - for_goods, &still_left);
        parts.iter_mut().zip(rest).for_each(|(part, more)| *part += more);
    }
    let credited = invoiced.iter().zip(parts).filter(|(_, gross)| *gross != 0).map(|(part, gross)| {
        let (whole, before) = (part.net + part.tax, before_of(part));
        let all_tax = half_up(i128::from(part.tax) * i128::from(before.gross + gross), i128::from(whole.max(1)));
        let tax = all_tax - before.tax;
        TaxAmount { rate: part.rate, net: gross - tax, tax }
    });
    credited.collect()
}
