//! Payments that banks decide later, and pages that end before the hold.

use super::*;

/// An order whose attempt is open at the provider.
fn opened(method: Method) -> Order {
    let (order, _) = placed(method);
    order.attempt_opened(1, "ref_1", now()).unwrap().unwrap().order
}

#[test]
fn a_slow_payment_keeps_the_stock_until_the_bank_decides() {
    let order = opened(Method::PaymentIntent);
    let slow = order.processing(report(1, 1), true, &TERMS, now()).unwrap();
    assert_eq!(slow.event, Some(Event::PaymentProcessing { order_id: order.id }));
    assert_eq!((slow.stock, slow.order.hold), (StockEffect::Keep, Hold::Held { until: now() + PROCESSING }));
    let order = slow.order;
    assert_eq!((order.hold_ended(now() + HOLD), order.expired(now() + PAYMENT_WINDOW)), (None, None));
    assert_eq!(order.processing(report(1, 2), true, &TERMS, now()), None, "twice");
    let paid = order.charged(&charge(&order, "pi_1"), true, refund_id(1), now()).unwrap();
    assert_eq!((paid.stock, paid.order.status), (StockEffect::Consume, Status::Paid));
    let ended = order.hold_ended(now() + PROCESSING).unwrap().order;
    assert_eq!(ended.payment.closing, ["ref_1"], "the bank had time enough");
    assert_eq!(ended.expired(now() + PROCESSING).unwrap().order.status, Status::Expired);
}

#[test]
fn a_slow_payment_that_fails_gives_the_stock_back_and_reopens_the_way_to_pay() {
    for (method, closing) in [(Method::PaymentIntent, vec!["ref_1".to_owned()]), (Method::CheckoutSession, vec![])] {
        let order = opened(method).processing(report(1, 1), true, &TERMS, now()).unwrap().order;
        let later = now() + Duration::from_hours(24 * 5);
        let failed = order.declined(report(1, 9), Some("debit_failed"), &TERMS, later).unwrap();
        assert_eq!((&failed.stock, failed.order.hold), (&StockEffect::Release, Hold::Released));
        assert_eq!(failed.event, Some(Event::PaymentFailed { order_id: order.id }));
        assert_eq!((failed.order.pay_by, failed.order.payment.attempt), (Some(later + PAYMENT_WINDOW), 2));
        assert_eq!(failed.order.payment.closing, closing, "it cannot be paid without stock");
        assert_eq!(failed.order.declined(report(1, 9), None, &TERMS, later), None, "twice");
        assert_eq!(failed.order.processing(report(1, 1), true, &TERMS, later), None, "late");
        let again = failed.order.made_payable(method, false, &TERMS, later).unwrap().unwrap();
        assert_eq!(again.stock, StockEffect::Reserve);
    }
}

#[test]
fn a_new_attempt_after_the_bank_refused_does_not_wait_for_the_event_that_says_so() {
    let slow = opened(Method::CheckoutSession).processing(report(1, 1), true, &TERMS, now()).unwrap().order;
    let next = slow.made_payable(Method::CheckoutSession, true, &TERMS, now()).unwrap().unwrap();
    assert_eq!((next.order.payment_status, &next.stock), (PaymentStatus::Failed, &StockEffect::Keep));
    assert_eq!(next.order.hold, Hold::Held { until: now() + TERMS.hold_for(Method::CheckoutSession) });
    let open = next.order.attempt_opened(2, "ref_2", now()).unwrap().unwrap().order;
    assert_eq!(open.declined(report(1, 2), None, &TERMS, now()), None, "the buyer knows");
    assert_eq!(open.processing(report(1, 1), true, &TERMS, now()), None, "late");
}

#[test]
fn reports_about_a_payment_may_come_in_any_order() {
    let order = opened(Method::PaymentIntent);
    let declined = order.declined(report(1, 1), None, &TERMS, now()).unwrap().order;
    let slow = declined.processing(report(1, 2), true, &TERMS, now()).unwrap().order;
    assert_eq!(slow.declined(report(1, 1), None, &TERMS, now()), None, "the card was declined before");
    let failed = slow.declined(report(1, 3), None, &TERMS, now()).unwrap().order;
    assert_eq!(failed.processing(report(1, 2), true, &TERMS, now()), None);
    let other_card = declined.declined(report(1, 3), None, &TERMS, now()).unwrap();
    assert_eq!((other_card.event, &other_card.entry), (None, &None), "the buyer was told");
    assert_eq!(other_card.order.processing(report(1, 2), true, &TERMS, now()), None);
}

#[test]
fn a_slow_payment_that_began_before_the_end_of_the_hold_takes_the_stock_again_if_it_is_there() {
    let order = opened(Method::PaymentIntent).hold_ended(now() + HOLD).unwrap().order;
    let there = order.processing(report(1, 29), true, &TERMS, now() + HOLD).unwrap();
    assert_eq!((there.stock, there.order.payment_status), (StockEffect::Reserve, PaymentStatus::Processing));
    let gone = order.processing(report(1, 29), false, &TERMS, now() + HOLD).unwrap();
    assert_eq!((gone.stock, gone.order.hold), (StockEffect::Keep, Hold::Released));
    let failed = gone.order.declined(report(1, 40), None, &TERMS, now() + HOLD).unwrap();
    assert_eq!(failed.order.payment_status, PaymentStatus::Failed);
    let next = order.attempt_opened(2, "ref_2", now() + HOLD).unwrap().unwrap().order;
    assert_eq!(next.processing(report(1, 29), true, &TERMS, now() + HOLD), None, "the buyer pays in another way");
}

#[test]
fn an_attempt_cannot_be_paid_after_the_hold() {
    let order = opened(Method::PaymentIntent);
    let ended = order.hold_ended(now() + HOLD).unwrap().order;
    assert_eq!((ended.payment.closing.as_slice(), ended.payment.attempt), (&["ref_1".to_owned()][..], 2));
    assert_eq!((ended.payment.reference.as_ref(), ended.due_at()), (None, Some(now() + HOLD)));
    let last_second = Charge { attempt: Some(1), ..charge(&ended, "ref_1") };
    let paid = ended.charged(&last_second, true, refund_id(1), now() + HOLD).unwrap();
    assert_eq!((paid.stock, paid.order.status), (StockEffect::Sell, Status::Paid));
}

#[test]
fn the_hold_outlives_the_page_by_a_margin() {
    let page = opened(Method::CheckoutSession);
    let (ends, until) = (page.page_ends().unwrap(), page.held_until().unwrap());
    assert!(now() + PaymentTerms::MIN_PAGE < ends && ends < until);
    let (order, _) = placed(Method::CheckoutSession);
    let payable = |order: &Order, minutes| {
        let at = now() + Duration::from_mins(minutes);
        order.made_payable(Method::CheckoutSession, false, &TERMS, at).unwrap().map(|next| next.order)
    };
    assert_eq!(payable(&order, 2), None, "the same request again");
    let later = payable(&order, 4).unwrap();
    assert_eq!((later.payment.attempt, later.stock_until()), (2, 39), "too late for a page of half an hour");
    assert_eq!(payable(&page, 20), None, "it has a page");
    let (intent, _) = placed(Method::PaymentIntent);
    assert_eq!(payable(&intent, 20).unwrap().stock_until(), 55);
}

impl Order {
    /// The end of the hold, in minutes after the order was placed.
    fn stock_until(&self) -> u64 {
        self.held_until().unwrap().since(now()).as_secs() / 60
    }
}

#[test]
fn the_coupon_of_each_attempt_on_stripes_page_is_deleted_when_the_attempt_ends() {
    let mut order = opened(Method::CheckoutSession);
    order.totals.discount = 100;
    let first = order.attempt_key();
    let ended = order.attempt_ended(1, now()).unwrap().order;
    assert_eq!(ended.payment.closing, std::slice::from_ref(&first));
    let again = ended.made_payable(Method::CheckoutSession, false, &TERMS, now()).unwrap().unwrap().order;
    let paid = again.charged(&charge(&again, "pi_1"), true, refund_id(1), now()).unwrap().order;
    assert_eq!((paid.payment.closing.first(), paid.payment.closing.last()), (Some(&first), Some(&again.attempt_key())));
    assert!(!paid.closed(&first, now()).unwrap().order.payment.closing.contains(&first));
}
