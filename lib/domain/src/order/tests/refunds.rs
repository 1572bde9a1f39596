//! Refunds of charges, in parts and from outside.

use std::collections::BTreeMap;

use super::*;
use crate::document::RefundedOrder;
use crate::tax::TaxAmount;

#[test]
fn line_returns_add_up_to_the_line_and_refunds_never_exceed_the_payment() {
    let (mut order, purchase) = paid();
    let (variant, other) = (purchase.lines[0].variant_id, purchase.lines[1].variant_id);
    let mut back = 0;
    for n in 1..=3 {
        let transition = order.refund(&purchase, &refund_request(n, None, vec![(variant, 1)]), now()).unwrap();
        assert_eq!(transition.stock, StockEffect::Return(vec![(variant, 1)]));
        back += transition.refunds[0].amount;
        order = make_refund(&transition.order, &transition.refunds[0]).order;
    }
    let line = &purchase.lines[0];
    assert_eq!(back, line.total() - line.discount + line.tax);
    assert_eq!(order.payment_status, PaymentStatus::PartiallyRefunded);
    let refused = |amount, lines| order.refund(&purchase, &refund_request(9, amount, lines), now()).unwrap_err();
    assert_eq!(refused(None, vec![(variant, 1)]), RefundRefusal::TooMany { variant, left: 0 });
    let stranger = VariantId::new(now(), 77);
    assert_eq!(refused(None, vec![(stranger, 1)]), RefundRefusal::UnknownLine(stranger));
    let left = order.refundable();
    assert_eq!(refused(Some(left + 1), Vec::new()), RefundRefusal::TooMuch { left });
    assert_eq!(refused(Some(0), Vec::new()), RefundRefusal::Nothing);
    let rest = order.refund(&purchase, &refund_request(5, None, Vec::new()), now()).unwrap();
    assert_eq!(rest.refunds[0].amount, left);
    let done = make_refund(&rest.order, &rest.refunds[0]).order;
    assert_eq!((done.status, done.refunded), (Status::Refunded, done.totals.total));
    let disputed = order.disputed(&dispute(Dispute::Open), now()).unwrap().order;
    assert_eq!(
        disputed.refund(&purchase, &refund_request(6, None, vec![(other, 1)]), now()),
        Err(RefundRefusal::Disputed)
    );
}

#[test]
fn the_event_of_our_own_refund_changes_nothing_and_an_external_refund_counts() {
    let (order, purchase) = paid();
    let transition = order.refund(&purchase, &refund_request(1, Some(1000), Vec::new()), now()).unwrap();
    assert!(!transition.order.exceeds_our_refunds(1000), "before our own answer");
    let settled = make_refund(&transition.order, &transition.refunds[0]).order;
    assert!(!settled.exceeds_our_refunds(1000) && settled.exceeds_our_refunds(1001), "after it");
    let in_dashboard = |order: &Order, total| order.refunded_in_dashboard("pi_1", total, refund_id(8), now());
    let taken = in_dashboard(&settled, 700).unwrap();
    assert_eq!((taken.refunds[0].amount, taken.order.refunded), (700, 1700));
    assert_eq!(in_dashboard(&taken.order, 700), None, "twice");
    let more = in_dashboard(&taken.order, 1000).unwrap();
    assert_eq!((more.refunds[0].amount, more.order.refunded_externally), (300, 1000));
    let refunds = [transition.refunds[0].clone(), taken.refunds[0].clone(), more.refunds[0].clone()];
    let back = more.order.dashboard_refund_bounced("pi_1", 500, &refunds, "expired card", now()).unwrap();
    assert_eq!((back.order.refunded, back.order.refunded_externally), (1500, 500));
    let state = |refund: &Refund| (refund.amount, refund.state == RefundState::Succeeded);
    assert_eq!(back.refunds.iter().map(state).collect::<Vec<_>>(), [(300, false), (500, true)]);
    let again = back.order.dashboard_refund_bounced("pi_1", 500, &back.refunds, "expired card", now()).unwrap();
    assert_eq!((again.order.refunded, again.event), (1500, None), "only the version changes");
    assert_eq!(settled.refunded_in_dashboard("pi_9", 1700, refund_id(8), now()), None);
}

#[test]
fn a_refund_that_the_provider_refuses_can_be_requested_again() {
    let (order, purchase) = paid();
    let transition = order.refund(&purchase, &refund_request(1, None, Vec::new()), now()).unwrap();
    let refund = transition.refunds[0].clone();
    assert_eq!(transition.order.refundable(), 0);
    let refused = |transition: &Transition, refunded_externally| {
        let ids = [refund_id(8), refund_id(9)];
        let refund = &transition.refunds[0];
        transition.order.refund_refused(refund, "no", refunded_externally, ids, now())
    };
    let failed = refused(&transition, 0).unwrap();
    let event = Event::RefundFailed { order_id: order.id, refund_id: refund.id, announced: false };
    assert_eq!((failed.order.refundable(), &failed.event), (7987, &Some(event)));
    assert_eq!(refused(&failed, 0), None, "twice");
    assert_eq!(failed.order.refund_made(&refund, "re_1", now()), None);
    // Some of it was refunded externally: staff may refund the rest.
    let part = refused(&transition, 1000).unwrap();
    assert_eq!((part.order.refunded, part.order.refundable()), (1000, 6987));
    assert_eq!(part.order.open_refunds, []);
}

#[test]
fn an_order_that_is_over_refunds_all_that_was_not_refunded_externally() {
    let (order, purchase) = paid();
    let over = order.cancelled(&purchase, Actor::Guest, None, refund_id(1), now());
    let over = over.unwrap();
    let refused = |refunded_externally| {
        let ids = [refund_id(8), refund_id(9)];
        let transition = over.order.refund_refused(&over.refunds[0], "no", refunded_externally, ids, now());
        transition.unwrap()
    };
    let rest = refused(1000);
    assert_eq!((rest.order.refunded, rest.order.refunding), (1000, 6987));
    assert_eq!(rest.order.open_refunds, [refund_id(9)]);
    assert_eq!(refused(7987).order.payment_status, PaymentStatus::Refunded);
    assert_eq!(refused(0).order.open_refunds, [], "it would be refused again");
}

#[test]
fn what_refunds_give_back_of_each_rate_of_tax_adds_up_to_the_order() {
    let (mut order, purchase) = paid();
    let a = purchase.lines[0].variant_id;
    let mut refunds: Vec<Refund> = Vec::new();
    for (n, amount, lines) in
        [(2, None, vec![(a, 1)]), (3, Some(501), vec![]), (4, Some(0), vec![(a, 1)]), (5, None, vec![])]
    {
        let asked = order.refund(&purchase, &refund_request(n, amount, lines), now()).unwrap();
        refunds.extend(asked.refunds);
        order = asked.order;
    }
    let failed = RefundState::Failed { why: "closed".to_owned() };
    refunds.push(Refund { id: refund_id(6), state: failed, ..refunds[0].clone() });
    refunds.push(Refund { id: refund_id(7), of_duplicate_charge: true, ..refunds[0].clone() });
    let taxes = RefundedOrder { order: &order, purchase: &purchase, refunds: &refunds, issued: &[] }.taxes();
    assert!(taxes.keys().eq(&[2, 3, 5].map(refund_id)), "only these give money back: {taxes:?}");
    for refund in refunds.iter().filter(|refund| taxes.contains_key(&refund.id)) {
        let parts = &taxes[&refund.id];
        assert_eq!(parts.iter().map(|part| part.net + part.tax).sum::<i64>(), refund.amount);
    }
    let sums = |parts: &[TaxAmount]| {
        let mut sums = BTreeMap::<_, [i64; 2]>::new();
        for part in parts {
            let sum = sums.entry(part.rate).or_default();
            *sum = [sum[0] + part.net, sum[1] + part.tax];
        }
        sums
    };
    assert_eq!(sums(&taxes.into_values().flatten().collect::<Vec<_>>()), sums(&purchase.taxes));
}
