//! Cancelling, shipping, follow-ups.

use super::*;

#[test]
fn a_cancelled_order_returns_its_stock_and_money_and_closes_its_payment() {
    let (order, purchase) = placed(Method::PaymentIntent);
    let opened = order.attempt_opened(1, "pi_1", now()).unwrap().unwrap().order;
    assert_eq!(opened.attempt_opened(1, "pi_1", now()), Ok(None));
    let transition = opened.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()).unwrap();
    assert_eq!((transition.stock, transition.refunds), (StockEffect::Release, vec![]));
    assert_eq!(transition.order.payment.closing, ["pi_1"]);
    assert_eq!(transition.order.due_at(), Some(now()));
    let closed = transition.order.closed("pi_1", now()).unwrap().order;
    assert_eq!(closed.due_at(), None);
    assert!(closed.attempt_opened(1, "pi_1", now()).is_err(), "no attempt is opened for it any more");
    assert!(closed.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()).is_err());

    let (paid, purchase) = paid();
    let transition = paid.cancelled(&purchase, Actor::Guest, None, refund_id(2), now()).unwrap();
    let all: Vec<_> = purchase.lines.iter().map(|line| (line.variant_id, line.quantity)).collect();
    assert_eq!(transition.stock, StockEffect::Return(all));
    assert_eq!(transition.refunds[0].amount, 7987);
}

#[test]
fn an_order_is_never_unshipped_and_cash_is_paid_on_delivery() {
    let staff = Actor::Staff(UserId::new(now(), 1).into());
    let made = place(&[(1999, 3), (1000, 1)], None, by_account(Method::CashOnDelivery)).unwrap();
    let (order, purchase) = (made.order, made.purchase);
    assert!(order.advanced(Status::Delivered, None, None, staff, now()).is_err());
    assert_eq!(order.advanced(Status::Shipped, None, None, staff, now()).unwrap().stock, StockEffect::Consume);
    let processing = order.advanced(Status::Processing, None, None, staff, now()).unwrap();
    assert_eq!((processing.stock, processing.order.hold), (StockEffect::Consume, Hold::Taken));
    let shipped = processing.order.advanced(Status::Shipped, None, None, staff, now()).unwrap();
    assert_eq!(shipped.stock, StockEffect::Keep);
    let shipped = shipped.order;
    assert!(shipped.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()).is_err());
    let delivered = shipped.advanced(Status::Delivered, None, None, staff, now()).unwrap().order;
    assert_eq!(delivered.payment_status, PaymentStatus::Paid);
    let back = delivered.refund(&purchase, &refund_request(1, None, Vec::new()), now()).unwrap();
    assert_eq!(back.refunds[0].state, RefundState::Succeeded);
    assert_eq!(back.order.status, Status::Refunded);
    let (unpaid, _) = placed(Method::PaymentIntent);
    for to in Status::ALL {
        assert_eq!(unpaid.advanced(to, None, None, staff, now()), Err(OrderRefusal::Status(Status::Pending)));
    }
}

#[test]
fn failed_follow_ups_are_tried_less_and_less_often() {
    let (order, purchase) = paid();
    let mut order = order.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()).unwrap().order;
    let mut waits = Vec::new();
    for _ in 0..14 {
        let before = order.due_at().unwrap();
        order = order.put_off(before).order;
        waits.push(order.due_at().unwrap().since(before).as_secs() / 60);
    }
    assert_eq!(waits[..4], [1, 2, 4, 8]);
    assert_eq!(waits[13], 24 * 60);
}
