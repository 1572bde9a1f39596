//! Disputes, and refunds that come back.

use super::*;

#[test]
fn a_disputed_order_is_shipped_only_with_a_note() {
    let (order, _) = paid();
    let staff = Actor::Staff(UserId::new(now(), 1).into());
    for state in [Dispute::Inquiry, Dispute::Open, Dispute::Lost] {
        let disputed = order.disputed(&dispute(state), now()).unwrap().order;
        assert_eq!(disputed.advanced(Status::Shipped, None, None, staff, now()), Err(OrderRefusal::Disputed));
        let shipped = disputed.advanced(Status::Shipped, None, Some("She called us"), staff, now()).unwrap();
        assert_eq!(shipped.entry.unwrap().detail.as_deref(), Some("She called us"));
    }
    let won = order.disputed(&dispute(Dispute::Won), now()).unwrap().order;
    assert!(won.advanced(Status::Shipped, None, None, staff, now()).is_ok());
}

#[test]
fn a_dispute_goes_forward_only_and_staff_are_told_of_its_time() {
    let (order, _) = paid();
    let opened = order.disputed(&dispute(Dispute::Open), now()).unwrap();
    assert_eq!(opened.event, Some(Event::DisputeOpened { order_id: order.id, inquiry: false }));
    assert_eq!(opened.order.evidence_due_by, Some(now() + PROCESSING));
    assert_eq!(opened.order.disputed(&dispute(Dispute::Inquiry), now()), None);
    assert_eq!(opened.order.disputed(&dispute(Dispute::Open), now()), None);
    let won = opened.order.disputed(&dispute(Dispute::Won), now()).unwrap().order;
    assert_eq!((won.evidence_due_by, won.disputed(&dispute(Dispute::Open), now())), (None, None));
    let stranger = DisputeReport { charge: "pi_9".to_owned(), ..dispute(Dispute::Open) };
    assert_eq!(order.disputed(&stranger, now()), None);
}

#[test]
fn a_lost_dispute_takes_the_money_and_leaves_the_goods_to_staff() {
    let (order, purchase) = paid();
    let lost = order.disputed(&dispute(Dispute::Lost), now()).unwrap();
    assert_eq!(lost.stock, StockEffect::Keep);
    let lost = lost.order;
    assert_eq!((lost.payment_status, lost.charged_back, lost.refundable()), (PaymentStatus::ChargedBack, 7987, 0));
    let all = lost.not_returned(&purchase);
    let back = lost.refund(&purchase, &refund_request(1, Some(0), all.clone()), now()).unwrap();
    assert_eq!((back.stock, back.refunds[0].state.clone()), (StockEffect::Return(all), RefundState::Succeeded));
    let event = Event::OrderReturned { order_id: order.id };
    assert_eq!((back.event, back.order.payment_status), (Some(event), PaymentStatus::ChargedBack));
    let part = DisputeReport { amount: 1000, ..dispute(Dispute::Lost) };
    assert_eq!(order.disputed(&part, now()).unwrap().order.refundable(), 6987);
}

#[test]
fn a_refund_that_waits_for_a_dispute_is_tried_again_when_it_is_decided() {
    let (order, purchase) = paid();
    let asked = order.refund(&purchase, &refund_request(1, Some(1000), Vec::new()), now()).unwrap();
    let disputed = asked.order.disputed(&dispute(Dispute::Open), now()).unwrap().order;
    let retried = disputed.refund_retried(&asked.refunds[0], now()).unwrap();
    assert_eq!((retried.refunds[0].retries, retried.order.refunding), (1, 1000));
    let waits = retried.order.put_off(now()).order;
    assert!(waits.due_at() > Some(now()));
    let won = waits.disputed(&dispute(Dispute::Won), now()).unwrap().order;
    assert_eq!(won.due_at(), Some(now()));
    let made = make_refund(&won, &retried.refunds[0]).order;
    assert_eq!((made.refunded, made.refund_retried(&retried.refunds[0], now())), (1000, None));
}

#[test]
fn a_refund_that_comes_back_leads_back_to_the_status_before_it() {
    let (order, purchase) = paid();
    let staff = Actor::Staff(UserId::new(now(), 1).into());
    let shipped = order.advanced(Status::Shipped, None, None, staff, now()).unwrap().order;
    let asked = shipped.refund(&purchase, &refund_request(1, None, Vec::new()), now()).unwrap();
    assert_eq!(asked.stock, StockEffect::Keep, "it is with the buyer");
    let made = make_refund(&asked.order, &asked.refunds[0]);
    assert_eq!(made.order.status, Status::Refunded);
    let bounced = made.order.refund_bounced(&made.refunds[0], "expired_or_canceled_card", now()).unwrap();
    let event = Event::RefundFailed { order_id: order.id, refund_id: refund_id(1), announced: true };
    assert_eq!((bounced.order.status, bounced.event), (Status::Shipped, Some(event)));
    assert_eq!((bounced.order.payment_status, bounced.order.refundable()), (PaymentStatus::Paid, 7987));
    let by_bank = RefundRequest { paid_otherwise: true, ..refund_request(2, None, Vec::new()) };
    let otherwise = bounced.order.refund(&purchase, &by_bank, now()).unwrap();
    assert_eq!((otherwise.order.status, otherwise.order.open_refunds.len()), (Status::Refunded, 0));
    assert_eq!(otherwise.refunds[0].state, RefundState::Succeeded);
    assert!(otherwise.order.exceeds_our_refunds(1), "Stripe does not know it");
}

#[test]
fn a_whole_refund_before_shipping_puts_the_goods_back_on_sale() {
    let (order, purchase) = paid();
    let all = order.not_returned(&purchase);
    let whole = order.refund(&purchase, &refund_request(1, None, Vec::new()), now()).unwrap();
    assert_eq!(whole.stock, StockEffect::Return(all.clone()));
    assert_eq!((&whole.refunds[0].lines, &whole.refunds[0].unsent), (&vec![], &all));
    let staff = Actor::Staff(UserId::new(now(), 1).into());
    let shipped = whole.order.advanced(Status::Shipped, None, None, staff, now());
    assert_eq!(shipped, Err(OrderRefusal::AllReturned));
    // Two refunds that make a whole one, the first of a broken item.
    let broken = RefundRequest { restock: false, ..refund_request(2, None, vec![(all[1].0, 1)]) };
    let first = order.refund(&purchase, &broken, now()).unwrap();
    assert_eq!(first.stock, StockEffect::Keep);
    let rest = first.order.refund(&purchase, &refund_request(3, None, Vec::new()), now()).unwrap();
    assert_eq!(rest.stock, StockEffect::Return(vec![all[0]]));
    // One of these, broken, for all the money: the others were never sent.
    let broken = RefundRequest { amount: Some(7987), restock: false, ..refund_request(4, None, vec![(all[0].0, 1)]) };
    let mixed = order.refund(&purchase, &broken, now()).unwrap();
    assert_eq!(mixed.stock, StockEffect::Return(vec![(all[0].0, all[0].1 - 1), all[1]]));
    assert_eq!((mixed.refunds[0].restocked, mixed.refunds[0].lines[0].1), (false, 1));
}

#[test]
fn goods_can_come_back_without_money() {
    let (order, purchase) = paid();
    let line = (purchase.lines[0].variant_id, 2);
    let all_money = order.refunded_in_dashboard("pi_1", 7987, refund_id(8), now()).unwrap();
    let event = Event::OrderRefunded { order_id: order.id, refund_id: refund_id(8), goods_undecided: true };
    assert_eq!((all_money.order.status, all_money.event), (Status::Refunded, Some(event)));
    let back = all_money.order.refund(&purchase, &refund_request(1, None, vec![line]), now()).unwrap();
    assert_eq!((back.stock, back.refunds[0].amount), (StockEffect::Return(vec![line]), 0));
    let nothing = refund_request(2, Some(0), Vec::new());
    assert!(order.refund(&purchase, &nothing, now()).is_err(), "neither money nor goods");
    let mut free = order.clone();
    free.totals.total = 0;
    let mut gift = purchase.clone();
    gift.lines[0].discount = gift.lines[0].total() + gift.lines[0].tax;
    let back = free.refund(&gift, &refund_request(3, None, vec![line]), now()).unwrap();
    let event = Event::OrderReturned { order_id: free.id };
    assert_eq!((back.stock, back.event), (StockEffect::Return(vec![line]), Some(event)));
}

#[test]
fn a_parcel_that_is_refused_at_the_door_comes_back_without_money() {
    let staff = Actor::Staff(UserId::new(now(), 1).into());
    let made = place(&[(1999, 3), (1000, 1)], None, by_account(Method::CashOnDelivery)).unwrap();
    let shipped = made.order.advanced(Status::Shipped, None, None, staff, now()).unwrap().order;
    let cancelled = |by| shipped.cancelled(&made.purchase, by, None, refund_id(1), now());
    assert_eq!(cancelled(Actor::Guest), Err(OrderRefusal::Status(Status::Shipped)));
    let back = cancelled(staff).unwrap();
    assert_eq!(back.stock, StockEffect::Return(made.order.not_returned(&made.purchase)));
    assert_eq!((back.refunds, back.order.payment_status), (vec![], PaymentStatus::Unpaid));
    let event = Event::OrderCancelled { order_id: made.order.id, reason: CancelReason::DeliveryRefused };
    assert_eq!((back.order.status, back.event), (Status::Cancelled, Some(event)));
    let delivered = shipped.advanced(Status::Delivered, None, None, staff, now()).unwrap().order;
    assert!(delivered.cancelled(&made.purchase, staff, None, refund_id(1), now()).is_err(), "it is paid");
}
