//! Cash on delivery: the proof of the address, the time that staff have, and old orders without an end.

use super::*;

fn guests() -> (Order, Purchase) {
    placed(Method::CashOnDelivery)
}

#[test]
fn a_proven_address_has_the_time_of_staff_and_a_guest_first_proves_it() {
    let made = place(&[(1999, 3)], None, by_account(Method::CashOnDelivery)).unwrap();
    assert_eq!((made.order.held_until(), made.order.awaits_confirmation), (Some(now() + CONFIRM_WITHIN), false));
    assert_eq!(made.event, Event::OrderPlaced { order_id: made.order.id });
    assert_eq!(made.order.due_at(), made.order.held_until());

    let made = place(&[(1999, 3)], None, details(Method::CashOnDelivery)).unwrap();
    assert_eq!((made.order.held_until(), made.order.awaits_confirmation), (Some(now() + HOLD), true));
    assert_eq!(made.event, Event::ConfirmationRequested { order_id: made.order.id });
    // The limits count it for as long as it can be held after the proof.
    assert_eq!(made.unpaid.unwrap().until, now() + HOLD + CONFIRM_WITHIN);

    let mut unproven = by_account(Method::CashOnDelivery);
    unproven.buyer.is_verified = false;
    assert_eq!(place(&[(1999, 3)], None, unproven), Err(PlaceRefusal::NotVerified));
    let many = place(&[(9000, 3)], None, by_account(Method::CashOnDelivery));
    assert_eq!(many, Err(PlaceRefusal::CashLimit { limit: Money::new(20_000, Currency::USD) }));
    assert!(place(&[(9000, 3)], None, details(Method::PaymentIntent)).is_ok());
}

#[test]
fn a_guest_confirms_once_and_in_time() {
    let (order, purchase) = guests();
    let staff = Actor::Staff(UserId::new(now(), 1).into());
    assert_eq!(order.advanced(Status::Processing, None, None, staff, now()), Err(OrderRefusal::NotConfirmed));
    let until = now() + CONFIRM_WITHIN;
    let confirmed = order.confirmed(until, now()).unwrap().unwrap();
    assert_eq!(
        (confirmed.stock, confirmed.event),
        (StockEffect::Keep, Some(Event::OrderPlaced { order_id: order.id }))
    );
    assert_eq!((confirmed.order.held_until(), confirmed.order.due_at()), (Some(until), Some(until)));
    assert_eq!(confirmed.order.confirmed(until + HOLD, now()), Ok(None), "once");
    let processing = confirmed.order.advanced(Status::Processing, None, None, staff, now()).unwrap().order;
    assert_eq!(processing.confirmed(until, now()), Ok(None));

    assert_eq!(order.confirmed(until, now() + HOLD), Err(OrderRefusal::Status(Status::Expired)), "too late");
    let over = order.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()).unwrap().order;
    assert_eq!(over.confirmed(until, now()), Err(OrderRefusal::Status(Status::Cancelled)));
    let over = confirmed.order.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()).unwrap().order;
    assert_eq!(over.confirmed(until, now()), Err(OrderRefusal::Status(Status::Cancelled)));
}

#[test]
fn what_nobody_confirms_expires_with_its_stock() {
    let (order, _) = guests();
    assert_eq!((order.hold_ended(now() + HOLD), order.expired(now())), (None, None));
    let expired = order.expired(now() + HOLD).unwrap();
    assert_eq!((expired.stock, expired.order.status), (StockEffect::Release, Status::Expired));
    assert_eq!((expired.order.due_at(), expired.order.held_until()), (None, None));
    let confirmed = order.confirmed(now() + CONFIRM_WITHIN, now()).unwrap().unwrap().order;
    assert_eq!(confirmed.expired(now() + HOLD), None);
    assert_eq!(confirmed.expired(now() + CONFIRM_WITHIN).unwrap().stock, StockEffect::Release);
}

#[test]
fn staff_confirm_that_it_is_sold_and_a_cancellation_returns_it() {
    let made = place(&[(1999, 3)], None, by_account(Method::CashOnDelivery)).unwrap();
    let staff = Actor::Staff(UserId::new(now(), 1).into());
    let processing = made.order.advanced(Status::Processing, None, None, staff, now()).unwrap().order;
    assert_eq!((processing.due_at(), processing.expired(now() + CONFIRM_WITHIN)), (None, None));
    let cancelled = processing.cancelled(&made.purchase, staff, None, refund_id(1), now()).unwrap();
    let variant = made.purchase.lines[0].variant_id;
    assert_eq!(cancelled.stock, StockEffect::Return(vec![(variant, 3)]));
}

#[test]
fn an_older_order_without_an_end_of_its_hold_is_readable_and_can_be_shipped() {
    let made = place(&[(1999, 3)], None, by_account(Method::CashOnDelivery)).unwrap();
    let mut stored = serde_json::to_value(&made.order).unwrap();
    stored["hold"].as_object_mut().unwrap().remove("until");
    let old: Order = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(old.expired(now() + PAYMENT_WINDOW), None);
    stored["status"] = "processing".into();
    let old: Order = serde_json::from_value(stored).unwrap();
    let staff = Actor::Staff(UserId::new(now(), 1).into());
    assert_eq!(old.advanced(Status::Shipped, None, None, staff, now()).unwrap().stock, StockEffect::Consume);
}

#[test]
fn a_shop_takes_the_methods_that_it_names() {
    let methods = PaymentMethods::parse("checkout_session, cash_on_delivery").unwrap();
    assert!(methods.accept(Method::CheckoutSession) && methods.accept(Method::CashOnDelivery));
    assert!(!methods.accept(Method::PaymentIntent));
    for bad in ["", "free", "checkout_session,", "checkout_session;payment_intent"] {
        assert!(PaymentMethods::parse(bad).is_err(), "{bad}");
    }
}
