//! What an order may have, and what unpaid orders may hold.

use std::collections::BTreeMap;

use super::*;

fn variant(n: u128) -> VariantId {
    VariantId::new(now(), n)
}

/// An order of these units of variant 1, held for half an hour.
fn unpaid(value: i64, units: u32) -> UnpaidOrder {
    UnpaidOrder { until: now() + HOLD, value, units: BTreeMap::from([(variant(1), units)]) }
}

const LIMITS: HoldLimits = HoldLimits { orders: 3, value: 1_000, share: 50 };

fn with(list: &UnpaidOrders, n: u128, order: &UnpaidOrder, on_hand: i64) -> Result<UnpaidOrders, HoldRefusal> {
    let on_hand = BTreeMap::from([(variant(1), on_hand)]);
    list.with((OrderId::new(now(), n), order), &on_hand, (HolderKind::Buyer, &LIMITS), now())
}

#[test]
fn units_are_limited_for_a_line_a_product_and_an_order() {
    let limits = UnitLimits { line: 3, product: 5, order: 7 };
    let check = |lines: &[(u128, u32)]| limits.check(lines.iter().map(|&(n, units)| (ProductId::new(now(), n), units)));
    assert_eq!(check(&[(1, 3), (1, 2), (2, 2)]), Ok(()));
    assert_eq!(check(&[(1, 1), (2, 4)]), Err(UnitRefusal::Line { at: 1, max: 3 }));
    assert_eq!(check(&[(1, 3), (2, 1), (1, 3)]), Err(UnitRefusal::Product { at: 2, max: 5 }));
    assert_eq!(check(&[(1, 3), (2, 3), (3, 2)]), Err(UnitRefusal::Order { max: 7 }));
    let made = place(
        &[(100, 2)],
        None,
        OrderDetails { units: UnitLimits { line: 1, ..limits }, ..details(Method::PaymentIntent) },
    );
    let refusal = UnitRefusal::Line { at: 0, max: 1 };
    let sku = Some(Sku::parse("SKU-1").unwrap());
    assert_eq!(made, Err(PlaceRefusal::TooManyUnits { sku, refusal }));
    let lines: Vec<_> = (0..86).map(|_| (100, 1)).collect();
    assert_eq!(place(&lines, None, details(Method::PaymentIntent)), Err(PlaceRefusal::TooManyLines));
}

#[test]
fn unpaid_orders_are_limited_in_number_and_value_and_one_is_always_allowed() {
    let empty = UnpaidOrders::default();
    let one = with(&empty, 1, &unpaid(5_000, 1), 100).unwrap();
    assert_eq!(with(&one, 2, &unpaid(1, 1), 100), Err(HoldRefusal::Buyer));
    let mut list = empty;
    for n in 1..=3 {
        list = with(&list, n, &unpaid(100, 1), 100).unwrap();
    }
    assert_eq!(with(&list, 4, &unpaid(100, 1), 100), Err(HoldRefusal::Buyer));
    assert_eq!(with(&list, 3, &unpaid(100, 1), 100), Ok(list.clone()), "the same order counts once");
    let late = UnpaidOrder { until: now() + HOLD * 2, ..unpaid(100, 1) };
    let after =
        list.with((OrderId::new(now(), 4), &late), &BTreeMap::new(), (HolderKind::Network, &LIMITS), now() + HOLD);
    assert_eq!(after.unwrap().0.len(), 1, "what has ended is left out");
    let network = list.with((OrderId::new(now(), 4), &late), &BTreeMap::new(), (HolderKind::Network, &LIMITS), now());
    assert_eq!(network, Err(HoldRefusal::Network));
}

#[test]
fn unpaid_orders_hold_only_a_share_of_the_stock_and_one_unit_is_always_allowed() {
    let empty = UnpaidOrders::default();
    let refused = Err(HoldRefusal::Share(variant(1)));
    for (on_hand, most) in [(1, 1), (2, 1), (3, 2), (10, 5), (11, 6)] {
        assert!(with(&empty, 1, &unpaid(10, most), on_hand).is_ok(), "{on_hand}");
        assert_eq!(with(&empty, 1, &unpaid(10, most + 1), on_hand), refused, "{on_hand}");
    }
    let list = with(&empty, 1, &unpaid(10, 3), 10).unwrap();
    assert_eq!(with(&list, 2, &unpaid(10, 3), 10), refused);
    assert!(with(&list, 2, &unpaid(10, 2), 10).is_ok());
}

#[test]
fn limits_are_read_from_json_and_checked() {
    let limits = OrderLimits::parse("{}").unwrap();
    assert_eq!(limits, OrderLimits::default());
    let some = r#"{"buyer":{"orders":1,"value":0,"share":100},"units":{"line":1,"product":1,"order":1}}"#;
    let limits = OrderLimits::parse(some).unwrap();
    assert_eq!((limits.buyer.orders, limits.units.line), (1, 1));
    assert_eq!(limits.network, OrderLimits::default().network);
    for bad in [
        "",
        r#"{"more":1}"#,
        r#"{"units":{"line":1}}"#,
        r#"{"units":{"line":0,"product":1,"order":1}}"#,
        r#"{"units":{"line":1000,"product":1000,"order":1000}}"#,
        r#"{"units":{"line":5,"product":4,"order":5}}"#,
        r#"{"buyer":{"orders":0,"value":0,"share":100}}"#,
        r#"{"network":{"orders":51,"value":0,"share":100}}"#,
        r#"{"network":{"orders":1,"value":-1,"share":100}}"#,
        r#"{"network":{"orders":1,"value":0,"share":0}}"#,
        r#"{"network":{"orders":1,"value":0,"share":101}}"#,
    ] {
        assert!(OrderLimits::parse(bad).is_err(), "{bad}");
    }
}
