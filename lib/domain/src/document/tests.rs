use std::collections::BTreeMap;

use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::credit::roundest_rate;
use super::{Credited, DocumentKind, Series, credit};
use crate::calendar::Day;
use crate::tax::{TaxAmount, TaxKind, TaxRate};

fn rate(rate: u32) -> TaxRate {
    TaxRate { kind: if rate == 0 { TaxKind::Zero } else { TaxKind::Taxed }, rate }
}

fn part(of: u32, net: i64) -> TaxAmount {
    TaxAmount { rate: rate(of), net, tax: rate(of).on(net) }
}

fn gross(parts: &[TaxAmount]) -> i64 {
    parts.iter().map(|part| part.net + part.tax).sum()
}

#[test]
fn a_number_tells_kind_and_year() {
    let day = Day::parse("2027-01-01").unwrap();
    assert_eq!(Series::on(DocumentKind::Invoice, day).number(42), "IN-2027-000042");
    assert_eq!(Series::on(DocumentKind::CreditNote, day).number(1_234_567), "CN-2027-1234567");
}

#[test]
fn what_came_back_is_credited_at_its_own_rate_and_the_rest_in_proportion() {
    let invoiced = [part(1900, 10_000), part(700, 10_000)];
    let nothing = BTreeMap::new();
    let of_book = BTreeMap::from([(rate(700), 1_070)]);
    assert_eq!(credit(&invoiced, &nothing, 1_070, &of_book), [TaxAmount { rate: rate(700), net: 1_000, tax: 70 }]);
    // Nothing came back, so every rate gets its part.
    let shared = credit(&invoiced, &nothing, 2_260, &BTreeMap::new());
    assert_eq!(
        shared,
        [TaxAmount { rate: rate(1900), net: 1_000, tax: 190 }, TaxAmount { rate: rate(700), net: 1_000, tax: 70 }]
    );
    // More than was paid for the book: the rest is shared.
    let more = credit(&invoiced, &nothing, 1_070 + 2_153, &of_book);
    assert_eq!(gross(&more), 3_223);
    assert!(more.iter().all(|part| part.net > 0 && part.tax > 0));
    // Less than was paid for it.
    assert_eq!(credit(&invoiced, &nothing, 535, &of_book), [TaxAmount { rate: rate(700), net: 500, tax: 35 }]);
}

#[test]
fn the_rate_of_an_older_order_is_the_roundest_that_gives_its_tax() {
    for (net, of) in [(10_000, 1900), (1_999, 700), (333, 1900), (99_999, 810), (123_456, 725), (1_000_000, 8_875)] {
        assert_eq!(roundest_rate(net, rate(of).on(net)), of, "{net}");
    }
    // Of a few cents, many rates give the same tax.
    assert_eq!(roundest_rate(10, 2), 2000);
}

proptest! {
    #[test]
    fn credits_of_all_that_was_paid_are_by_rate_exactly_the_invoice(
        nets in prop::collection::vec(0_i64..100_000, 1..4), amounts in prop::collection::vec((1_i64..50_000, 0_i64..60_000, 0_usize..4), 0..20),
    ) {
        let rates = [1900, 700, 0, 550];
        let invoiced: Vec<TaxAmount> = nets.iter().zip(rates).map(|(&net, rate)| part(rate, net)).collect();
        let mut before: BTreeMap<TaxRate, Credited> = BTreeMap::new();
        let mut left = gross(&invoiced);
        let last = (left, 0, 0);
        for (amount, paid, at) in amounts.into_iter().chain([last]) {
            let amount = amount.min(left);
            if amount == 0 {
                continue;
            }
            let came_back = BTreeMap::from([(rate(rates[at % invoiced.len()]), paid)]);
            let credited = credit(&invoiced, &before, amount, &came_back);
            prop_assert_eq!(gross(&credited), amount);
            for part in &credited {
                prop_assert!(part.net >= 0 && part.tax >= 0);
                let sum = before.entry(part.rate).or_default();
                sum.gross += part.net + part.tax;
                sum.tax += part.tax;
            }
            left -= amount;
        }
        prop_assert_eq!(left, 0);
        for part in &invoiced {
            let sum = before.get(&part.rate).copied().unwrap_or_default();
            prop_assert_eq!(sum, Credited { gross: part.net + part.tax, tax: part.tax });
        }
    }
}
