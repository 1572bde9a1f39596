//! Exchanges: for what units can be exchanged, which stock is held for it, and what the order says afterwards.

use std::collections::BTreeMap;

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;

use super::returns::{RULES, advanced, approved, asked, complete, delivered, inspection, request, staff};
use super::*;
use crate::exchange::{ChosenVariant, ExchangeRefusal, MAX_EXCHANGES};
use crate::order::{HistoryCode, Shipment};
use crate::returns::{
    InspectedLine, Inspection, Return, ReturnKind, ReturnReason, ReturnRefusal, ReturnRequest, ReturnStatus,
};

/// The `n`th other variant of the product of the first line.
fn other(n: u128) -> ChosenVariant {
    let sku = Sku::parse(&format!("OTHER-{n}")).unwrap();
    ChosenVariant { variant_id: VariantId::new(now(), 100 + n), sku, options: vec![n.to_string()] }
}

/// Units of the first line, which are of this variant, for another one.
fn exchange(n: u128, purchase: &Purchase, units: u32, of: Option<&Sku>, to: Option<ChosenVariant>) -> ReturnRequest {
    let lines = [(purchase.lines[0].variant_id, units)];
    let mut request = request(n, ReturnKind::Return, &lines, Some(ReturnReason::DoesNotFit));
    request.lines[0].sku = of.cloned();
    request.lines[0].exchange_for = to;
    request
}

fn found(n: u128, purchase: &Purchase, returned: u32, restocked: u32) -> Inspection {
    let variant_id = purchase.lines[0].variant_id;
    Inspection { lines: vec![InspectedLine { variant_id, sku: None, returned, restocked }], ..inspection(n) }
}

/// How many units of each variant become available and reserved.
fn moved(effect: &StockEffect) -> Vec<(&str, i64, i64)> {
    match effect {
        StockEffect::Moves(moves) => {
            moves.iter().map(|one| (one.sku.as_str(), one.delta.available, one.delta.reserved)).collect()
        }
        _ => Vec::new(),
    }
}

fn kept(order: &Order, purchase: &Purchase) -> Vec<(String, u32)> {
    let kept = order.by_variant(purchase, |_| 0, |exchanged| exchanged.units);
    kept.iter().map(|it| (it.sku().to_string(), it.units)).collect()
}

/// Of three units of the first line, two were exchanged for the first other variant.
fn exchanged() -> (Order, Purchase, Return) {
    let (order, purchase) = delivered();
    let (order, requested) = asked(&order, &purchase, &exchange(1, &purchase, 2, None, Some(other(1))));
    let (order, approved) = approved(&order, &requested);
    let done = complete(&order, &purchase, &approved, &found(2, &purchase, 2, 2));
    (done.order, purchase, done.changed_return.unwrap())
}

#[test]
fn a_unit_is_exchanged_for_another_variant_on_sale_of_its_product_at_its_list_price() {
    let (_, purchase) = delivered();
    let line = &purchase.lines[0];
    let variant = |sku: &str, price| {
        let facts = VariantFacts { values: vec![sku.to_owned()], ..VariantFacts::new(Sku::parse(sku).unwrap(), price) };
        VariantDefinition::new(facts)
    };
    let define = |status| {
        let variants = vec![variant("M", 1999), variant("L", 1999), variant("XL", 2099)];
        let options = vec!["Size".to_owned()];
        let definition =
            Definition { status, options, variants, ..Definition::new(Slug::parse("thing-1").unwrap(), "Thing") };
        let mut n = 0;
        let mut id = || {
            n += 1;
            VariantId::new(now(), n)
        };
        Product::define(line.product_id, Currency::USD, definition, &mut id, now()).unwrap().product
    };
    let active = define(ProductStatus::Active);
    let choose = |currency: &str, product: Option<&Product>, sku: &str| {
        ChosenVariant::for_line(line, Currency::parse(currency).unwrap(), product, &Sku::parse(sku).unwrap())
    };
    let chosen = choose("usd", Some(&active), "L").unwrap();
    assert_eq!((chosen.sku.as_str(), chosen.options), ("L", vec!["L".to_owned()]));
    assert_eq!(choose("usd", Some(&active), "XL"), Err(ExchangeRefusal::PriceDiffers));
    assert_eq!(choose("eur", Some(&active), "L"), Err(ExchangeRefusal::PriceDiffers));
    assert_eq!(choose("usd", Some(&active), "S"), Err(ExchangeRefusal::NotSold));
    assert_eq!(choose("usd", Some(&define(ProductStatus::Archived)), "L"), Err(ExchangeRefusal::NotSold));
    assert_eq!(choose("usd", None, "L"), Err(ExchangeRefusal::NotSold));
    let foreign = Product { id: ProductId::new(now(), 99), ..active };
    assert_eq!(choose("usd", Some(&foreign), "L"), Err(ExchangeRefusal::NotSold));
}

#[test]
fn what_the_buyer_gets_is_held_from_the_approval_until_the_return_is_given_up() {
    let (order, purchase) = delivered();
    let ask = exchange(1, &purchase, 2, None, Some(other(1)));
    let requested = order.return_requested(&purchase, &ask, &RULES, Actor::Guest, now()).unwrap();
    assert_eq!(requested.stock, StockEffect::Keep);
    let (order, requested) = (requested.order, requested.changed_return.unwrap());
    assert_eq!(requested.fee, 0, "no money moves, so there is nothing to keep a fee of");
    let unheld = order.return_cancelled(&requested, Actor::Guest, now()).unwrap().unwrap();
    assert_eq!(unheld.stock, StockEffect::Keep);
    let approved = order.return_advanced(&requested, ReturnStatus::Approved, &RULES, staff(), now()).unwrap().unwrap();
    assert_eq!(moved(&approved.stock), [("OTHER-1", -2, 2)]);
    let (order, approved) = (approved.order, approved.changed_return.unwrap());
    let received = order.return_advanced(&approved, ReturnStatus::Received, &RULES, staff(), now()).unwrap().unwrap();
    assert_eq!(received.stock, StockEffect::Keep);
    let cancelled = order.return_cancelled(&approved, Actor::Guest, now()).unwrap().unwrap();
    let declined = received.order.return_declined(&received.changed_return.unwrap(), "Worn", staff(), now());
    for over in [cancelled, declined.unwrap().unwrap()] {
        assert_eq!(moved(&over.stock), [("OTHER-1", 2, -2)]);
        assert!(over.order.returning.is_empty() && over.order.exchanged.is_empty());
    }
    let (order, _) = delivered();
    let by_staff = order.return_requested(&purchase, &ask, &RULES, staff(), now()).unwrap();
    assert_eq!(moved(&by_staff.stock), [("OTHER-1", -2, 2)]);
}

#[test]
fn of_an_exchange_as_many_units_are_sold_as_came_back_and_no_money_moves() {
    let (order, purchase) = delivered();
    let (order, requested) = asked(&order, &purchase, &exchange(1, &purchase, 3, None, Some(other(1))));
    let (order, approved) = approved(&order, &requested);
    let by = UserId::new(now(), 9).into();
    let money = Inspection { amount: Some(1), reason: Some("Kind".to_owned()), ..found(2, &purchase, 2, 1) };
    let refused = order.return_completed(&purchase, &approved, &money, by, now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::Amount { most: 0 });
    let done = complete(&order, &purchase, &approved, &found(2, &purchase, 2, 1));
    assert_eq!(moved(&done.stock), [("OTHER-1", 1, -3), (purchase.lines[0].sku.as_str(), 1, 0)]);
    assert_eq!((done.refunds.len(), done.event), (0, None));
    let it = done.changed_return.unwrap();
    assert_eq!((it.status, it.refund_id, it.amount), (ReturnStatus::Exchanging, None, 0));
    assert_eq!(done.entry.unwrap().code, HistoryCode::ReturnExchanging);
    assert_eq!((done.order.refunded + done.order.refunding, done.order.returned.len()), (0, 0));
    let ordered = purchase.lines[0].sku.to_string();
    assert_eq!(kept(&done.order, &purchase)[..2], [(ordered, 1), ("OTHER-1".to_owned(), 2)]);
    assert_eq!(done.order.return_completed(&purchase, &it, &inspection(3), by, now()), Ok(None));
    let refused = done.order.return_declined(&it, "No", staff(), now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::Status(ReturnStatus::Exchanging));
}

#[test]
fn exchanged_units_come_back_as_the_variant_that_they_are() {
    let (order, purchase, _) = exchanged();
    let line = &purchase.lines[0];
    let left: Vec<(&str, u32)> = order.returnable(&purchase).iter().map(|it| (it.sku().as_str(), it.units)).collect();
    assert_eq!(left[..2], [(line.sku.as_str(), 1), ("OTHER-1", 2)]);
    let sku = other(1).sku;
    let ask = |units, of: Option<&Sku>| {
        let ask = exchange(3, &purchase, units, of, None);
        order.return_requested(&purchase, &ask, &RULES, staff(), now())
    };
    assert_eq!(ask(2, None).unwrap_err(), ReturnRefusal::Units { variant: line.variant_id, left: 1 });
    assert_eq!(ask(3, Some(&sku)).unwrap_err(), ReturnRefusal::Units { variant: line.variant_id, left: 2 });
    let strange = other(9).sku;
    assert_eq!(ask(1, Some(&strange)).unwrap_err(), ReturnRefusal::Units { variant: line.variant_id, left: 0 });
    let back = ask(2, Some(&sku)).unwrap();
    let (order, asked) = (back.order, back.changed_return.unwrap());
    let done = complete(&order, &purchase, &asked, &found(4, &purchase, 2, 2));
    assert_eq!(moved(&done.stock), [("OTHER-1", 2, 0)]);
    assert_eq!((done.order.returned[&line.variant_id], done.order.exchanged.len()), (2, 0));
    assert_eq!(done.refunds[0].lines, [(line.variant_id, 2)]);
    assert_eq!(done.refunds[0].amount, (line.net(false) + line.tax) * 2 / 3 - RULES.fee);
}

#[test]
fn a_refund_with_items_leaves_exchanged_units_to_their_return() {
    let (order, purchase, _) = exchanged();
    let variant = purchase.lines[0].variant_id;
    let refund = |units| order.refund(&purchase, &refund_request(5, None, vec![(variant, units)]), now());
    assert_eq!(refund(2).unwrap_err(), RefundRefusal::TooMany { variant, left: 1 });
    assert!(refund(1).is_ok());
}

#[test]
fn exchanged_units_are_exchanged_again_and_back() {
    let (order, purchase, _) = exchanged();
    let ordered = &purchase.lines[0];
    let back = ChosenVariant { variant_id: ordered.variant_id, sku: ordered.sku.clone(), options: Vec::new() };
    let again = |to| exchange(3, &purchase, 2, Some(&other(1).sku), Some(to));
    let ask = |request: &ReturnRequest| order.return_requested(&purchase, request, &RULES, staff(), now());
    assert_eq!(ask(&again(other(1))).unwrap_err(), ReturnRefusal::SameVariant(ordered.variant_id));
    let same = exchange(3, &purchase, 1, None, Some(back.clone()));
    assert_eq!(ask(&same).unwrap_err(), ReturnRefusal::SameVariant(ordered.variant_id));
    let asked = ask(&again(back)).unwrap();
    assert_eq!(moved(&asked.stock), [(ordered.sku.as_str(), -2, 2)]);
    let done = complete(&asked.order, &purchase, &asked.changed_return.unwrap(), &found(4, &purchase, 2, 0));
    assert_eq!(moved(&done.stock), [(ordered.sku.as_str(), 0, -2)]);
    assert_eq!(kept(&done.order, &purchase)[0], (ordered.sku.to_string(), 3));
    assert!(done.order.exchanged.is_empty());
}

#[test]
fn one_return_has_an_item_for_each_variant_of_a_line_and_a_mixed_one_gives_money_for_its_other_items() {
    let (order, purchase, _) = exchanged();
    let line = &purchase.lines[0];
    let mut both = exchange(3, &purchase, 1, None, None);
    both.lines.extend(exchange(3, &purchase, 2, Some(&other(1).sku), Some(other(2))).lines);
    let mut twice = both.clone();
    twice.lines[1].sku = Some(line.sku.clone());
    twice.lines[1].quantity = 1;
    let refused = order.return_requested(&purchase, &twice, &RULES, staff(), now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::SeveralVariants(line.variant_id));
    let asked = order.return_requested(&purchase, &both, &RULES, staff(), now()).unwrap();
    let (order, asked) = (asked.order, asked.changed_return.unwrap());
    let by = UserId::new(now(), 9).into();
    let unnamed = order.return_completed(&purchase, &asked, &found(4, &purchase, 1, 1), by, now()).unwrap_err();
    assert_eq!(unnamed, ReturnRefusal::SeveralVariants(line.variant_id));
    let named = |sku: &Sku, returned, restocked| InspectedLine {
        sku: Some(sku.clone()),
        variant_id: line.variant_id,
        returned,
        restocked,
    };
    let named = Inspection { lines: vec![named(&line.sku, 1, 1), named(&other(1).sku, 2, 1)], ..inspection(4) };
    let done = complete(&order, &purchase, &asked, &named);
    assert_eq!(moved(&done.stock), [("OTHER-2", 0, -2), (line.sku.as_str(), 1, 0), ("OTHER-1", 1, 0)]);
    assert_eq!(done.refunds[0].lines, [(line.variant_id, 1)]);
    assert_eq!(kept(&done.order, &purchase)[0], ("OTHER-2".to_owned(), 2));
}

#[test]
fn an_order_whose_money_went_back_exchanges_nothing() {
    let (order, purchase) = delivered();
    let (order, requested) = asked(&order, &purchase, &exchange(1, &purchase, 1, None, Some(other(1))));
    let (approved_order, approved) = approved(&order, &requested);
    let refunded = |order: &Order| {
        let whole = order.refund(&purchase, &refund_request(2, None, Vec::new()), now()).unwrap();
        make_refund(&whole.order, &whole.refunds[0]).order
    };
    let refused =
        refunded(&order).return_advanced(&requested, ReturnStatus::Approved, &RULES, staff(), now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::NotSent);
    let (by, order) = (UserId::new(now(), 9).into(), refunded(&approved_order));
    let refused = order.return_completed(&purchase, &approved, &inspection(3), by, now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::NotSent);
    let declined = order.return_declined(&approved, "Refunded", staff(), now()).unwrap().unwrap();
    assert_eq!(moved(&declined.stock), [("OTHER-1", 1, -1)]);
}

#[test]
fn what_the_buyer_gets_is_sent_once_and_its_carrier_can_be_corrected() {
    let (order, _, exchanging) = exchanged();
    let by = |carrier: &str| Shipment { carrier: Some(carrier.to_owned()), tracking_code: None };
    let sent = order.exchange_shipped(&exchanging, &by("DHL"), staff(), now()).unwrap().unwrap();
    assert_eq!((sent.entry.unwrap().code, &sent.stock), (HistoryCode::ReturnCompleted, &StockEffect::Keep));
    let completed = sent.changed_return.unwrap();
    assert_eq!(completed.status, ReturnStatus::Completed);
    assert_eq!(sent.order.exchange_shipped(&completed, &by("DHL"), staff(), now()), Ok(None));
    let later = now() + Duration::from_hours(1);
    let corrected = sent.order.exchange_shipped(&completed, &by("UPS"), staff(), later).unwrap().unwrap();
    assert_eq!(corrected.entry.unwrap().code, HistoryCode::ShipmentChanged);
    let parcel = corrected.changed_return.unwrap().parcel.unwrap();
    assert_eq!((parcel.shipment, parcel.shipped_at), (by("UPS"), now()));
    let (order, purchase) = delivered();
    let (order, requested) = asked(&order, &purchase, &exchange(1, &purchase, 1, None, Some(other(1))));
    let refused = order.exchange_shipped(&requested, &by("DHL"), staff(), now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::Status(ReturnStatus::Requested));
}

#[test]
fn an_order_has_a_bounded_number_of_exchanges() {
    let (order, purchase) = delivered();
    let order = Order { exchanges: MAX_EXCHANGES, ..order };
    let ask = |to| {
        let ask = exchange(1, &purchase, 1, None, to);
        order.return_requested(&purchase, &ask, &RULES, staff(), now())
    };
    assert_eq!(ask(Some(other(1))).unwrap_err(), ReturnRefusal::TooManyExchanges);
    assert!(ask(None).is_ok());
}

#[test]
fn a_parcel_of_an_order_with_exchanged_units_was_not_entered_by_mistake() {
    let (order, purchase) = paid();
    let order = advanced(&order, Status::Shipped);
    let ask = exchange(1, &purchase, 1, None, Some(other(1)));
    let asked = order.return_requested(&purchase, &ask, &RULES, staff(), now()).unwrap();
    let done = complete(&asked.order, &purchase, &asked.changed_return.unwrap(), &inspection(2)).order;
    let parcel = done.parcels(&purchase)[0].id;
    let refused = done.parcel_removed(&purchase, parcel, staff(), now()).unwrap_err();
    assert_eq!(refused, crate::order::ParcelRefusal::Returned);
}

/// Where the units of each variant are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Place {
    available: i64,
    reserved: i64,
    /// Those that came back and cannot be sold again.
    lost: i64,
}

/// The stock after the transition. `None`: there is not enough of it, so the transition is not committed.
fn stocked(stock: &BTreeMap<String, Place>, effect: &StockEffect) -> Option<BTreeMap<String, Place>> {
    let mut next = stock.clone();
    for (sku, available, reserved) in moved(effect) {
        let place = next.entry(sku.to_owned()).or_default();
        place.available += available;
        place.reserved += reserved;
    }
    next.values().all(|place| place.available >= 0).then_some(next)
}

/// Every unit is in one place, as many units are held as open returns exchange, and money went back only for what was not
/// exchanged.
fn check(
    order: &Order,
    purchase: &Purchase,
    returns: &[Return],
    stock: &BTreeMap<String, Place>,
) -> Result<(), TestCaseError> {
    let kept: u32 = kept(order, purchase).iter().map(|(_, units)| units).sum();
    let returned: u32 = order.returned.values().sum();
    prop_assert_eq!(kept + returned, order.units);
    let there: i64 = stock.values().map(|place| place.available + place.reserved + place.lost).sum();
    prop_assert_eq!(there + i64::from(kept), 3 * 2 + i64::from(order.units));
    for (sku, place) in stock {
        let held = |it: &&Return| matches!(it.status, ReturnStatus::Approved | ReturnStatus::Received);
        let lines = returns.iter().filter(held).flat_map(|it| &it.lines);
        let held = lines.filter(|line| line.exchange_for.as_ref().is_some_and(|variant| variant.sku.as_str() == sku));
        prop_assert_eq!(place.reserved, held.map(|line| i64::from(line.quantity)).sum::<i64>());
    }
    let asked: u32 =
        returns.iter().filter(|it| it.status.is_open()).flat_map(|it| &it.lines).map(|it| it.quantity).sum();
    prop_assert_eq!(order.returning.values().sum::<u32>(), asked);
    prop_assert!(order.exchanged.iter().all(|it| it.units > 0 && it.returning <= it.units));
    let back: i64 = returns.iter().map(|it| it.amount).sum();
    prop_assert_eq!(order.refunded + order.refunding, back);
    Ok(())
}

proptest! {
    #[test]
    fn whatever_comes_back_or_is_exchanged_stock_and_money_add_up(
        steps in prop::collection::vec((0_u8..6, 0_u128..3, 0_u128..4, 1_u32..4, (0_u32..4, 0_u32..4), any::<u8>()), 1..40),
    ) {
        let (mut order, purchase) = delivered();
        let ordered = purchase.lines[0].clone();
        let variant = |n: u128| match n {
            0 => ChosenVariant { variant_id: ordered.variant_id, sku: ordered.sku.clone(), options: Vec::new() },
            n => other(n),
        };
        let mut stock: BTreeMap<String, Place> = (0..3)
            .map(|n| (variant(n).sku.to_string(), Place { available: 2, ..Place::default() }))
            .collect();
        let mut returns: Vec<Return> = Vec::new();
        for (id, (what, of, to, units, (came, good), which)) in (10..).zip(steps) {
            let place = usize::from(which).checked_rem(returns.len());
            let by = UserId::new(now(), 9).into();
            let it = place.map(|place| returns[place].clone());
            let came = came.min(it.as_ref().map_or(0, |it| it.lines[0].quantity));
            let decided = match (what, &it) {
                (0, _) => {
                    let sku = variant(of).sku;
                    let ask = exchange(id, &purchase, units, Some(&sku), (to < 3).then(|| variant(to)));
                    let by = if which % 2 == 0 { staff() } else { Actor::Guest };
                    order.return_requested(&purchase, &ask, &RULES, by, now()).ok()
                }
                (1, Some(it)) => order.return_advanced(it, ReturnStatus::Approved, &RULES, staff(), now()).ok().flatten(),
                (2, Some(it)) => order.return_advanced(it, ReturnStatus::Received, &RULES, staff(), now()).ok().flatten(),
                (3, Some(it)) if which % 4 == 0 => order.return_declined(it, "Worn", staff(), now()).ok().flatten(),
                (3, Some(it)) => order.return_cancelled(it, Actor::Guest, now()).ok().flatten(),
                (4, Some(it)) => {
                    let found = found(id, &purchase, came, good.min(came));
                    order.return_completed(&purchase, it, &found, by, now()).ok().flatten()
                }
                (_, Some(it)) => order.exchange_shipped(it, &Shipment::default(), staff(), now()).ok().flatten(),
                _ => None,
            };
            let Some(done) = decided else { continue };
            let Some(mut next) = stocked(&stock, &done.stock) else { continue };
            let changed = done.changed_return.unwrap();
            // What cannot be sold again is neither in stock nor with the buyer.
            if what == 4 {
                let line = &changed.lines[0];
                next.entry(line.sku.to_string()).or_default().lost += i64::from(line.returned - line.restocked);
            }
            stock = next;
            order = done.order;
            if let Some(refund) = done.refunds.first().filter(|refund| refund.state == RefundState::Pending) {
                order = make_refund(&order, refund).order;
            }
            match returns.iter_mut().find(|known| known.id == changed.id) {
                Some(known) => *known = changed,
                None => returns.push(changed),
            }
            check(&order, &purchase, &returns, &stock)?;
        }
    }
}
