//! Returns: who may ask for what, and what goes back.

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::id::{ImageId, ParcelId, ReturnId};
use crate::order::{HistoryCode, NewParcel, ParcelRefusal, Shipment, StockMove};
use crate::returns::{
    InspectedLine, Inspection, PictureRefusal, RequestedLine, Return, ReturnKind, ReturnReason, ReturnRefusal,
    ReturnRequest, ReturnRules, ReturnStatus,
};
use crate::stock::StockDelta;

pub(super) const RULES: ReturnRules = ReturnRules { return_days: 30, withdrawal_days: 14, fee: 300, send_days: 10 };
const DAY: Duration = Duration::from_hours(24);

pub(super) fn staff() -> Actor {
    Actor::Staff(UserId::new(now(), 9).into())
}

pub(super) fn advanced(order: &Order, to: Status) -> Order {
    order.advanced(to, None, None, staff(), now()).unwrap().order
}

/// Three units at 19.99 and one at 10.00, shipping 5.00, 7 % tax on the goods: paid and delivered.
pub(super) fn delivered() -> (Order, Purchase) {
    let (order, purchase) = paid();
    (advanced(&advanced(&order, Status::Shipped), Status::Delivered), purchase)
}

pub(super) fn request(
    n: u128,
    kind: ReturnKind,
    lines: &[(VariantId, u32)],
    reason: Option<ReturnReason>,
) -> ReturnRequest {
    let line = |&(variant_id, quantity): &(VariantId, u32)| RequestedLine {
        variant_id,
        quantity,
        reason,
        sku: None,
        exchange_for: None,
    };
    let lines = lines.iter().map(line).collect();
    ReturnRequest { id: ReturnId::new(now(), n), kind, lines, comment: None }
}

pub(super) fn inspection(n: u128) -> Inspection {
    Inspection { lines: Vec::new(), amount: None, reason: None, refund_id: refund_id(n) }
}

/// The units of each line that can be asked back.
fn returnable(order: &Order, purchase: &Purchase) -> Vec<(VariantId, u32)> {
    order.returnable(purchase).iter().map(|it| (it.line.variant_id, it.units)).collect()
}

fn first_returnable(order: &Order, purchase: &Purchase) -> (VariantId, u32) {
    let first = order.returnable(purchase)[0];
    (first.line.variant_id, first.units)
}

fn all_of(purchase: &Purchase) -> Vec<(VariantId, u32)> {
    purchase.lines.iter().map(|line| (line.variant_id, line.quantity)).collect()
}

pub(super) fn asked(order: &Order, purchase: &Purchase, request: &ReturnRequest) -> (Order, Return) {
    let transition = order.return_requested(purchase, request, &RULES, Actor::Guest, now()).unwrap();
    (transition.order, transition.changed_return.unwrap())
}

pub(super) fn approved(order: &Order, asked: &Return) -> (Order, Return) {
    let transition = order.return_advanced(asked, ReturnStatus::Approved, &RULES, staff(), now()).unwrap().unwrap();
    (transition.order, transition.changed_return.unwrap())
}

pub(super) fn complete(order: &Order, purchase: &Purchase, asked: &Return, inspection: &Inspection) -> Transition {
    order.return_completed(purchase, asked, inspection, UserId::new(now(), 9).into(), now()).unwrap().unwrap()
}

/// What goes back when everything, or one unit of the first line, is asked back for this reason.
fn given_back(kind: ReturnKind, reason: Option<ReturnReason>, whole: bool) -> (i64, i64) {
    let (order, purchase) = delivered();
    let lines = if whole { all_of(&purchase) } else { vec![(purchase.lines[0].variant_id, 1)] };
    let (order, asked) = asked(&order, &purchase, &request(1, kind, &lines, reason));
    let (order, asked) = if kind == ReturnKind::Return { approved(&order, &asked) } else { (order, asked) };
    let done = complete(&order, &purchase, &asked, &inspection(2)).changed_return.unwrap();
    (done.amount, done.shipping)
}

#[test]
fn the_fee_is_kept_and_shipping_stays_paid_unless_the_buyer_withdraws_or_the_goods_were_faulty() {
    let (order, purchase) = delivered();
    let total = order.totals.total;
    let shipping = total - purchase.lines.iter().map(|line| line.total() - line.discount + line.tax).sum::<i64>();
    let changed_mind = Some(ReturnReason::ChangedMind);
    assert_eq!(given_back(ReturnKind::Return, changed_mind, true), (total - shipping - 300, 0));
    assert_eq!(given_back(ReturnKind::Return, Some(ReturnReason::Damaged), true), (total, shipping));
    assert_eq!(given_back(ReturnKind::Withdrawal, None, true), (total, shipping));
    let one = given_back(ReturnKind::Withdrawal, None, false);
    assert_eq!(one, (given_back(ReturnKind::Return, changed_mind, false).0 + 300, 0), "a part gives no shipping back");
}

#[test]
fn a_withdrawal_gives_back_no_more_shipping_than_the_cheapest_way_would_have_cost() {
    let (order, mut purchase) = delivered();
    purchase.standard_shipping = Some(200);
    let (order, asked) = asked(&order, &purchase, &request(1, ReturnKind::Withdrawal, &all_of(&purchase), None));
    let done = complete(&order, &purchase, &asked, &inspection(2)).changed_return.unwrap();
    let goods = purchase.lines.iter().map(|line| line.total() + line.tax).sum::<i64>();
    assert_eq!(done.shipping, (order.totals.total - goods) * 200 / 500);
    assert_eq!(done.amount, goods + done.shipping);
}

#[test]
fn the_last_part_of_a_withdrawal_gives_the_shipping_back_once() {
    let (order, purchase) = delivered();
    let (first, second) = (purchase.lines[0].variant_id, purchase.lines[1].variant_id);
    let (order, one) = asked(&order, &purchase, &request(1, ReturnKind::Withdrawal, &[(first, 3)], None));
    let (order, two) = asked(&order, &purchase, &request(2, ReturnKind::Withdrawal, &[(second, 1)], None));
    let done = complete(&order, &purchase, &one, &inspection(3));
    assert_eq!(done.changed_return.unwrap().shipping, 0);
    let last = complete(&done.order, &purchase, &two, &inspection(4));
    assert!(last.changed_return.unwrap().shipping > 0);
    assert_eq!(last.order.refundable(), 0);
}

#[test]
fn units_are_asked_back_once_and_a_refund_leaves_them_to_their_return() {
    let (order, purchase) = delivered();
    let variant = purchase.lines[0].variant_id;
    let two = request(1, ReturnKind::Withdrawal, &[(variant, 2)], None);
    let (order, asked_two) = asked(&order, &purchase, &two);
    assert_eq!(first_returnable(&order, &purchase), (variant, 1));
    let refused = order.return_requested(&purchase, &two, &RULES, Actor::Guest, now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::Units { variant, left: 1 });
    let refund = refund_request(2, None, vec![(variant, 2)]);
    assert_eq!(order.refund(&purchase, &refund, now()).unwrap_err(), RefundRefusal::TooMany { variant, left: 1 });
    let cancelled = order.return_cancelled(&asked_two, Actor::Guest, now()).unwrap().unwrap();
    assert!(cancelled.order.returning.is_empty());
    assert!(cancelled.order.refund(&purchase, &refund, now()).is_ok());
}

#[test]
fn it_can_be_asked_for_until_the_last_day_has_ended_and_staff_can_ask_at_any_time() {
    let (order, purchase) = delivered();
    let variant = purchase.lines[0].variant_id;
    let ask = |kind, by, after| {
        let request = request(1, kind, &[(variant, 1)], Some(ReturnReason::Other));
        order
            .return_requested(&purchase, &request, &RULES, by, now() + after)
            .map(|asked| asked.changed_return.unwrap())
    };
    for (kind, days) in [(ReturnKind::Return, 30), (ReturnKind::Withdrawal, 14)] {
        let ends = DAY * (days + 1);
        assert!(ask(kind, Actor::Guest, DAY * days + Duration::from_hours(23)).is_ok());
        assert_eq!(ask(kind, Actor::Guest, ends).unwrap_err(), ReturnRefusal::Ended(now() + ends));
        assert_eq!(ask(kind, staff(), ends).unwrap().status, ReturnStatus::Approved);
    }
    assert_eq!(ask(ReturnKind::Withdrawal, Actor::Guest, DAY).unwrap().status, ReturnStatus::Approved);
    assert_eq!(ask(ReturnKind::Return, Actor::Guest, DAY).unwrap().status, ReturnStatus::Requested);
    let none = ReturnRules { withdrawal_days: 0, ..RULES };
    let withdrawal = request(1, ReturnKind::Withdrawal, &[(variant, 1)], None);
    let refused = order.return_requested(&purchase, &withdrawal, &none, Actor::Guest, now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::NotOffered);
}

#[test]
fn only_what_was_paid_and_sent_can_be_asked_back() {
    let (order, purchase) = paid();
    let variant = purchase.lines[0].variant_id;
    let withdrawal = request(1, ReturnKind::Withdrawal, &[(variant, 1)], None);
    let ask = |order: &Order| order.return_requested(&purchase, &withdrawal, &RULES, Actor::Guest, now());
    assert_eq!(ask(&order).unwrap_err(), ReturnRefusal::NotSent);
    let shipped = advanced(&order, Status::Shipped);
    assert!(ask(&shipped).is_ok(), "the time has not begun, and the buyer need not wait for it");
    let whole = shipped.refund(&purchase, &refund_request(2, None, Vec::new()), now()).unwrap();
    let refunded = make_refund(&whole.order, &whole.refunds[0]).order;
    assert_eq!(ask(&refunded).unwrap_err(), ReturnRefusal::NotSent);
}

#[test]
fn what_cannot_be_sold_again_is_not_in_stock_and_what_did_not_come_is_not_paid_back() {
    let (order, purchase) = delivered();
    let variant = purchase.lines[0].variant_id;
    let (order, asked) = asked(&order, &purchase, &request(1, ReturnKind::Withdrawal, &[(variant, 3)], None));
    let found = |returned, restocked| Inspection {
        lines: vec![InspectedLine { variant_id: variant, sku: None, returned, restocked }],
        ..inspection(2)
    };
    let by = UserId::new(now(), 9).into();
    let refused = |found: &Inspection| order.return_completed(&purchase, &asked, found, by, now()).unwrap_err();
    assert_eq!(refused(&found(4, 0)), ReturnRefusal::Units { variant, left: 3 });
    assert_eq!(refused(&found(2, 3)), ReturnRefusal::Restocked { variant, most: 2 });
    assert_eq!(refused(&found(0, 0)), ReturnRefusal::NothingCameBack);
    let done = complete(&order, &purchase, &asked, &found(2, 1));
    let delta = StockDelta { available: 1, reserved: 0 };
    let back = StockMove { line: variant, variant_id: variant, sku: purchase.lines[0].sku.clone(), delta };
    assert_eq!(done.stock, StockEffect::Moves(vec![back]));
    assert_eq!(done.order.returned[&variant], 2);
    assert_eq!(first_returnable(&done.order, &purchase), (variant, 1));
    assert_eq!(done.refunds[0].lines, [(variant, 2)]);
    assert_eq!(done.entry.unwrap().code, HistoryCode::ReturnCompleted);
    assert_eq!(done.event, Some(Event::OrderReturned { order_id: order.id }));
}

#[test]
fn staff_may_give_less_for_a_reason_and_never_more() {
    let (order, purchase) = delivered();
    let variant = purchase.lines[1].variant_id;
    let (order, asked) = asked(&order, &purchase, &request(1, ReturnKind::Withdrawal, &[(variant, 1)], None));
    let with = |amount, reason: Option<&str>| Inspection {
        amount: Some(amount),
        reason: reason.map(str::to_owned),
        ..inspection(2)
    };
    let by = UserId::new(now(), 9).into();
    let refused = |found: &Inspection| order.return_completed(&purchase, &asked, found, by, now()).unwrap_err();
    assert_eq!(refused(&with(1071, Some("Worn"))), ReturnRefusal::Amount { most: 1070 });
    assert_eq!(refused(&with(-1, Some("Worn"))), ReturnRefusal::Amount { most: 1070 });
    assert_eq!(refused(&with(500, None)), ReturnRefusal::NoReason);
    let done = complete(&order, &purchase, &asked, &with(500, Some("Worn"))).changed_return.unwrap();
    assert_eq!((done.amount, done.reason.as_deref()), (500, Some("Worn")));
}

#[test]
fn a_return_goes_its_way_once() {
    let (order, purchase) = delivered();
    let variant = purchase.lines[0].variant_id;
    let ask = request(1, ReturnKind::Return, &[(variant, 1)], Some(ReturnReason::DoesNotFit));
    let (order, requested) = asked(&order, &purchase, &ask);
    let by = UserId::new(now(), 9).into();
    let refused = order.return_completed(&purchase, &requested, &inspection(2), by, now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::Status(ReturnStatus::Requested));
    let (order, approved) = approved(&order, &requested);
    assert_eq!(order.return_advanced(&approved, ReturnStatus::Approved, &RULES, staff(), now()), Ok(None));
    let received = order.return_advanced(&approved, ReturnStatus::Received, &RULES, staff(), now()).unwrap().unwrap();
    let (order, received) = (received.order, received.changed_return.unwrap());
    let refused = order.return_cancelled(&received, Actor::Guest, now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::Status(ReturnStatus::Received));
    let done = complete(&order, &purchase, &received, &inspection(2));
    let completed = done.changed_return.unwrap();
    assert_eq!(done.order.return_completed(&purchase, &completed, &inspection(3), by, now()), Ok(None));
    let refused = done.order.return_declined(&completed, "No", staff(), now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::Status(ReturnStatus::Completed));
}

#[test]
fn a_disputed_payment_is_left_to_the_bank_and_its_goods_still_come_back() {
    let (order, purchase) = delivered();
    let variant = purchase.lines[0].variant_id;
    let (order, asked) = asked(&order, &purchase, &request(1, ReturnKind::Withdrawal, &[(variant, 1)], None));
    let order = order.disputed(&dispute(Dispute::Open), now()).unwrap().order;
    let by = UserId::new(now(), 9).into();
    let refused = order.return_completed(&purchase, &asked, &inspection(2), by, now()).unwrap_err();
    assert_eq!(refused, ReturnRefusal::Refund(RefundRefusal::Disputed));
    let goods = Inspection { amount: Some(0), reason: Some("Disputed".to_owned()), ..inspection(2) };
    let done = complete(&order, &purchase, &asked, &goods);
    assert_eq!((done.order.refunding, done.order.returned[&variant]), (0, 1));
}

/// The first parcel has two units of the first line.
fn sent_in_part(order: &Order, purchase: &Purchase) -> Order {
    let lines = Some(vec![(purchase.lines[0].variant_id, 2)]);
    let parcel = NewParcel { id: ParcelId::new(now(), 1), lines, shipment: Shipment::default(), note: None };
    order.parcel_shipped(purchase, &parcel, staff(), now()).unwrap().order
}

#[test]
fn what_was_sent_can_be_asked_back_before_the_rest_is_sent_and_the_rest_is_sent_all_the_same() {
    let (order, purchase) = paid();
    let (a, b) = (purchase.lines[0].variant_id, purchase.lines[1].variant_id);
    let order = sent_in_part(&order, &purchase);
    assert_eq!(returnable(&order, &purchase), [(a, 2)]);
    assert_eq!(order.return_ends(ReturnKind::Withdrawal, &RULES), None, "the time has not begun");
    let ask = |order: &Order, lines: &[(VariantId, u32)]| {
        let request = request(1, ReturnKind::Withdrawal, lines, None);
        order.return_requested(&purchase, &request, &RULES, Actor::Guest, now())
    };
    assert_eq!(ask(&order, &[(a, 3)]).unwrap_err(), ReturnRefusal::Units { variant: a, left: 2 });
    assert_eq!(ask(&order, &[(b, 1)]).unwrap_err(), ReturnRefusal::Units { variant: b, left: 0 });
    let asked = ask(&order, &[(a, 2)]).unwrap();
    let (order, asked) = (asked.order, asked.changed_return.unwrap());
    let removed = order.parcel_removed(&purchase, ParcelId::new(now(), 1), staff(), now());
    assert_eq!(removed.unwrap_err(), ParcelRefusal::Returned, "its units are asked back");
    let done = complete(&order, &purchase, &asked, &inspection(2));
    assert_eq!(done.changed_return.as_ref().unwrap().shipping, 0, "the buyer keeps the rest");
    assert_eq!((done.order.status, done.order.to_send(&purchase)), (Status::Processing, vec![(a, 1), (b, 1)]));
    assert_eq!(returnable(&done.order, &purchase), []);
    let sent = advanced(&done.order, Status::Shipped);
    assert_eq!(returnable(&sent, &purchase), [(a, 1), (b, 1)]);
}

#[test]
fn a_refund_takes_units_that_were_not_sent_first_and_leaves_those_of_open_returns() {
    let (order, purchase) = paid();
    let a = purchase.lines[0].variant_id;
    let order = sent_in_part(&order, &purchase);
    let (order, asked_one) = asked(&order, &purchase, &request(1, ReturnKind::Withdrawal, &[(a, 1)], None));
    let refund =
        |order: &Order, n: u128, units| order.refund(&purchase, &refund_request(n, None, vec![(a, units)]), now());
    assert_eq!(refund(&order, 2, 3).unwrap_err(), RefundRefusal::TooMany { variant: a, left: 2 });
    let refunded = refund(&order, 2, 1).unwrap().order;
    assert_eq!(returnable(&refunded, &purchase), [(a, 1)], "the unit that was not sent is refunded");
    let refunded = refund(&refunded, 3, 1).unwrap().order;
    assert_eq!(returnable(&refunded, &purchase), []);
    assert_eq!(complete(&refunded, &purchase, &asked_one, &inspection(4)).order.returned[&a], 3);
}

#[test]
fn an_approved_return_ends_by_itself_when_its_goods_do_not_come_in_time() {
    let (order, purchase) = delivered();
    let a = purchase.lines[0].variant_id;
    let (order, requested) =
        asked(&order, &purchase, &request(1, ReturnKind::Return, &[(a, 2)], Some(ReturnReason::Other)));
    assert_eq!((requested.send_by, order.return_unsent(&requested, now() + DAY * 99)), (None, None), "nobody decided");
    let (order, approved) = approved(&order, &requested);
    let ends = now() + DAY * 10;
    assert_eq!((approved.send_by, approved.ends_unsent_at()), (Some(ends), Some(ends)));
    assert_eq!(order.return_unsent(&approved, ends - Duration::from_millis(1)), None);
    let ended = order.return_unsent(&approved, ends).unwrap();
    let entry = ended.entry.unwrap();
    assert_eq!((entry.code, entry.by), (HistoryCode::ReturnCancelled, Actor::Shop));
    let it = ended.changed_return.unwrap();
    assert_eq!((it.status, it.unsent, it.ends_unsent_at()), (ReturnStatus::Cancelled, true, None));
    assert!(ended.order.returning.is_empty());
    assert_eq!(ended.order.return_unsent(&it, ends), None, "once");
    let received = order.return_advanced(&approved, ReturnStatus::Received, &RULES, staff(), ends).unwrap().unwrap();
    assert_eq!(received.order.return_unsent(&received.changed_return.unwrap(), ends), None, "they came");
    let forever = ReturnRules { send_days: 0, ..RULES };
    let waits = order.return_advanced(&requested, ReturnStatus::Approved, &forever, staff(), now()).unwrap().unwrap();
    assert_eq!(waits.changed_return.unwrap().send_by, None);
}

#[test]
fn a_return_has_up_to_four_pictures_while_it_is_open() {
    let (order, purchase) = delivered();
    let a = purchase.lines[0].variant_id;
    let (order, mut it) = asked(&order, &purchase, &request(1, ReturnKind::Withdrawal, &[(a, 1)], None));
    assert_eq!(it.without_pictures(now()), None);
    let image = |n| ImageId::new(now(), n);
    for n in 1..=4 {
        let with = it.with_picture(image(n), now()).unwrap();
        assert_eq!(with.version, it.version + 1);
        it = with;
    }
    assert_eq!(it.with_picture(image(5), now()), Err(PictureRefusal::TooMany));
    let three = it.without_picture(image(2), now()).unwrap().unwrap();
    assert_eq!(three.pictures, [image(1), image(3), image(4)]);
    assert_eq!(three.without_picture(image(2), now()), Ok(None));
    let done = complete(&order, &purchase, &three, &inspection(2)).changed_return.unwrap();
    assert_eq!(done.with_picture(image(6), now()), Err(PictureRefusal::Over));
    assert_eq!(done.without_picture(image(1), now()), Err(PictureRefusal::Over));
    assert!(done.without_pictures(now()).unwrap().pictures.is_empty(), "they go with the account");
}

proptest! {
    #[test]
    fn in_whatever_parts_an_order_comes_back_each_unit_and_each_cent_comes_back_once(
        parts in prop::collection::vec((0_usize..2, 1_u32..4, any::<bool>(), any::<bool>(), 0_u32..4), 1..12),
        percent in 0_u32..90,
    ) {
        let coupon = (percent > 0).then(|| Coupon::without_limits(Discount::Percentage { percent, maximum: None }, now()));
        let placed = place(&[(1999, 3), (1000, 1)], coupon.as_ref(), details(Method::PaymentIntent)).unwrap();
        let (order, purchase) = (placed.order, placed.purchase);
        let order = order.charged(&charge(&order, "pi_1"), false, refund_id(1), now()).unwrap().order;
        let mut order = advanced(&advanced(&order, Status::Shipped), Status::Delivered);
        let (mut open, mut back, mut ids) = (Vec::new(), 0, 10);
        for (line, units, withdraws, completes, came) in parts {
            ids += 1;
            let variant = purchase.lines[line].variant_id;
            let kind = if withdraws { ReturnKind::Withdrawal } else { ReturnKind::Return };
            let ask = request(ids, kind, &[(variant, units)], Some(ReturnReason::Damaged));
            if let Ok(asked) = order.return_requested(&purchase, &ask, &RULES, staff(), now()) {
                order = asked.order;
                open.push(asked.changed_return.unwrap());
            }
            if let Some(asked) = completes.then(|| open.pop()).flatten() {
                let variant_id = asked.lines[0].variant_id;
                let returned = came.min(asked.lines[0].quantity);
                let found = InspectedLine { variant_id, sku: None, returned, restocked: 0 };
                let found = Inspection { lines: vec![found], ..inspection(ids) };
                let by = UserId::new(now(), 9).into();
                let done = match order.return_completed(&purchase, &asked, &found, by, now()) {
                    Ok(done) => done.unwrap(),
                    Err(_) => order.return_declined(&asked, "Nothing came", staff(), now()).unwrap().unwrap(),
                };
                back += done.changed_return.as_ref().map_or(0, |done| done.amount);
                order = done.order;
                if let Some(refund) = done.refunds.first().filter(|refund| refund.state == RefundState::Pending) {
                    order = make_refund(&order, refund).order;
                }
            }
            for line in &purchase.lines {
                let of = |units: &std::collections::BTreeMap<VariantId, u32>| {
                    units.get(&line.variant_id).copied().unwrap_or(0)
                };
                prop_assert!(of(&order.returned) + of(&order.returning) <= line.quantity);
                let asked: u32 = open.iter().filter(|asked| asked.lines[0].variant_id == line.variant_id).map(|asked| asked.lines[0].quantity).sum();
                prop_assert_eq!(of(&order.returning), asked);
            }
            prop_assert_eq!(order.refunded + order.refunding, back);
            prop_assert!(back <= order.totals.total);
        }
        if order.is_all_returned() {
            prop_assert_eq!(back, order.totals.total, "with the shipping, which comes back with the last unit");
        }
    }
}
