//! Attempts and payments: repeated, late, duplicate, replaced.

use super::*;

#[test]
fn a_payment_counts_once_and_a_duplicate_charge_is_refunded() {
    let (order, _) = placed(Method::PaymentIntent);
    let first = order.charged(&charge(&order, "pi_1"), false, refund_id(1), now()).unwrap();
    assert_eq!(first.stock, StockEffect::Consume);
    assert_eq!(first.event, Some(Event::OrderPaid { order_id: order.id }));
    let paid = first.order;
    assert_eq!(paid.charged(&charge(&order, "pi_1"), true, refund_id(2), now()), None);
    let second = paid.charged(&charge(&order, "pi_2"), true, refund_id(2), now()).unwrap();
    let refund = second.refunds[0].clone();
    assert!(
        refund.of_duplicate_charge && refund.charge.as_deref() == Some("pi_2") && refund.amount == order.totals.total
    );
    assert_eq!((second.stock, second.order.status), (StockEffect::Keep, Status::Paid));
    assert_eq!(second.order.charged(&charge(&order, "pi_2"), true, refund_id(3), now()), None);
    let back = make_refund(&second.order, &refund).order;
    assert_eq!((back.refunded, back.payment_status), (0, PaymentStatus::Paid));
    let wrong =
        Charge { id: "pi_1".to_owned(), attempt: None, money: Money::new(order.totals.total - 1, Currency::USD) };
    assert_eq!(order.check_charge(&wrong), Err(ChargeMismatch));
}

#[test]
fn a_late_payment_takes_stock_again_or_is_refunded() {
    let (order, _) = placed(Method::PaymentIntent);
    let late = order.hold_ended(now() + HOLD).unwrap();
    assert_eq!(late.stock, StockEffect::Release);
    let charge = charge(&order, "pi_1");
    let there = late.order.charged(&charge, true, refund_id(1), now()).unwrap();
    assert_eq!((there.stock, there.order.status), (StockEffect::Sell, Status::Paid));
    let gone = late.order.charged(&charge, false, refund_id(1), now()).unwrap();
    assert_eq!((gone.stock.clone(), gone.order.status), (StockEffect::Keep, Status::Cancelled));
    let reason = CancelReason::OutOfStock;
    assert_eq!(gone.event, Some(Event::OrderCancelled { order_id: order.id, reason }));
    assert_eq!((gone.order.refunding, gone.order.refundable()), (7987, 0));
    let back = make_refund(&gone.order, &gone.refunds[0]).order;
    assert_eq!((back.payment_status, back.status), (PaymentStatus::Refunded, Status::Cancelled));

    let expired = late.order.expired(now() + PAYMENT_WINDOW).unwrap().order;
    let too_late = expired.charged(&charge, true, refund_id(1), now()).unwrap();
    assert_eq!((too_late.stock, too_late.order.status), (StockEffect::Keep, Status::Expired));
    assert_eq!(too_late.order.refunding, 7987);
}

#[test]
fn attempts_follow_one_another_and_only_the_last_is_open() {
    let (order, _) = placed(Method::PaymentIntent);
    let until = now() + TERMS.hold_for(Method::CheckoutSession);
    let payable = |order: &Order, method, over| order.made_payable(method, over, &TERMS, now());
    assert_eq!(payable(&order, Method::PaymentIntent, false), Ok(None));
    let other = payable(&order, Method::CheckoutSession, false).unwrap().unwrap().order;
    assert_eq!((other.payment.attempt, other.attempt_key().ends_with("-2")), (2, true));
    assert_eq!(other.attempt_opened(1, "pi_1", now()), Err(OrderRefusal::AttemptOver));
    let open = other.attempt_opened(2, "cs_2", now()).unwrap().unwrap().order;
    assert_eq!(open.attempt_ended(1, now()), None, "an older one");
    let ended = open.attempt_ended(2, now()).unwrap();
    assert_eq!((ended.stock, ended.order.hold), (StockEffect::Release, Hold::Released));
    let again = payable(&ended.order, Method::CheckoutSession, false).unwrap().unwrap();
    assert_eq!((again.stock, again.order.hold), (StockEffect::Reserve, Hold::Held { until }));
    let failed = order.declined(report(1, 0), Some("card_declined"), &TERMS, now()).unwrap();
    assert_eq!(failed.event, Some(Event::PaymentFailed { order_id: order.id }));
    assert_eq!(failed.order.declined(report(1, 0), None, &TERMS, now()), None, "one event");
    let (paid, _) = paid();
    assert_eq!(paid.declined(report(1, 1), None, &TERMS, now()), None, "late");
    assert!(payable(&paid, Method::PaymentIntent, false).is_err());
    let (cash, _) = placed(Method::CashOnDelivery);
    assert_eq!(payable(&cash, Method::PaymentIntent, false), Err(OrderRefusal::NotOnline));
}

#[test]
fn a_payment_of_a_replaced_attempt_closes_the_present_one() {
    let (order, _) = placed(Method::PaymentIntent);
    let other = order.made_payable(Method::CheckoutSession, false, &TERMS, now());
    let other = other.unwrap().unwrap().order;
    let open = other.attempt_opened(2, "cs_2", now()).unwrap().unwrap().order;
    let charge = |attempt| Charge { attempt: Some(attempt), ..charge(&order, "pi_1") };
    let late = open.charged(&charge(1), true, refund_id(1), now()).unwrap().order;
    assert_eq!((late.status, late.payment.closing), (Status::Paid, vec!["cs_2".to_owned()]));
    let present = open.charged(&charge(2), true, refund_id(1), now()).unwrap().order;
    assert_eq!(present.due_at(), None);
}
