//! An order in several parcels.

use super::*;
use crate::id::ParcelId;
use crate::order::{Fulfillment, HistoryCode, NewParcel, Parcel, ParcelChange, ParcelRefusal, ParcelStatus, Shipment};

fn staff() -> Actor {
    Actor::Staff(UserId::new(now(), 1).into())
}

fn parcel_id(n: u128) -> ParcelId {
    ParcelId::new(now(), n)
}

fn parcel(n: u128, lines: &[(VariantId, u32)]) -> NewParcel {
    let lines = (!lines.is_empty()).then(|| lines.to_vec());
    let shipment = Shipment { carrier: Some("DHL".to_owned()), tracking_code: Some(format!("T{n}")) };
    NewParcel { id: parcel_id(n), lines, shipment, note: None }
}

fn send(order: &Order, purchase: &Purchase, n: u128, lines: &[(VariantId, u32)]) -> Transition {
    order.parcel_shipped(purchase, &parcel(n, lines), staff(), now()).unwrap()
}

fn arrive(order: &Order, n: u128) -> Transition {
    let change = ParcelChange { is_delivered: true, ..ParcelChange::default() };
    order.parcel_changed(parcel_id(n), &change, staff(), now()).unwrap().unwrap()
}

/// The variants of the two lines: three units of the first, one of the second.
fn variants(purchase: &Purchase) -> (VariantId, VariantId) {
    (purchase.lines[0].variant_id, purchase.lines[1].variant_id)
}

#[test]
fn an_order_is_shipped_with_its_last_parcel_and_delivered_when_all_have_arrived() {
    let (order, purchase) = paid();
    let (a, b) = variants(&purchase);
    assert_eq!((order.fulfillment(), order.units_unsent()), (Fulfillment::Unfulfilled, 4));
    let first = send(&order, &purchase, 1, &[(a, 2)]);
    let event = Event::ParcelShipped { order_id: order.id, parcel_id: parcel_id(1) };
    assert_eq!((first.event, first.second_event), (Some(event), None));
    assert_eq!(first.entry.unwrap().code, HistoryCode::ParcelShipped);
    let first = first.order;
    assert_eq!((first.status, first.fulfillment()), (Status::Processing, Fulfillment::PartiallyShipped));
    assert_eq!((first.to_send(&purchase), first.shipped_at), (vec![(a, 1), (b, 1)], None));
    let arrived = arrive(&first, 1).order;
    assert_eq!((arrived.status, arrived.fulfillment()), (Status::Processing, Fulfillment::PartiallyDelivered));

    let last = send(&arrived, &purchase, 2, &[]);
    let event = Event::OrderShipped { order_id: order.id, in_parcels: true };
    let parcel_event = Event::ParcelShipped { order_id: order.id, parcel_id: parcel_id(2) };
    assert_eq!((last.event, last.second_event), (Some(event), Some(parcel_event)));
    let last = last.order;
    assert_eq!((last.status, last.shipped_at), (Status::Shipped, Some(now())));
    assert_eq!((last.units_unsent(), last.fulfillment()), (0, Fulfillment::PartiallyDelivered));
    assert_eq!(last.parcels(&purchase)[1].lines, [(a, 1), (b, 1)]);
    let delivered = arrive(&last, 2);
    let event = Event::OrderDelivered { order_id: order.id };
    let parcel_event = Event::ParcelDelivered { order_id: order.id, parcel_id: parcel_id(2) };
    assert_eq!((delivered.event, delivered.second_event), (Some(event), Some(parcel_event)));
    assert_eq!((delivered.order.status, delivered.order.fulfillment()), (Status::Delivered, Fulfillment::Delivered));
    let change = ParcelChange { is_delivered: true, ..ParcelChange::default() };
    assert_eq!(delivered.order.parcel_changed(parcel_id(2), &change, staff(), now()), Ok(None), "once");
}

#[test]
fn a_parcel_has_only_units_that_are_still_to_be_sent() {
    let (order, purchase) = paid();
    let (a, b) = variants(&purchase);
    let stranger = VariantId::new(now(), 99);
    let refused =
        |order: &Order, lines: &[(VariantId, u32)]| order.parcel_shipped(&purchase, &parcel(9, lines), staff(), now());
    assert_eq!(refused(&order, &[(stranger, 1)]), Err(ParcelRefusal::UnknownLine(stranger)));
    assert_eq!(refused(&order, &[(a, 4)]), Err(ParcelRefusal::TooMany { variant: a, left: 3 }));
    assert_eq!(refused(&order, &[(a, 0)]), Err(ParcelRefusal::TooMany { variant: a, left: 3 }));
    // One unit was given back before.
    let back = order.refund(&purchase, &refund_request(1, None, vec![(a, 1)]), now()).unwrap().order;
    let first = send(&back, &purchase, 1, &[(a, 1)]).order;
    assert_eq!(refused(&first, &[(a, 2)]), Err(ParcelRefusal::TooMany { variant: a, left: 1 }));
    let all = send(&first, &purchase, 2, &[(a, 1), (b, 1)]).order;
    assert_eq!(all.status, Status::Shipped);
    assert_eq!(refused(&all, &[(b, 1)]), Err(OrderRefusal::Status(Status::Shipped).into()));
    let (unpaid, purchase) = placed(Method::PaymentIntent);
    assert_eq!(
        unpaid.parcel_shipped(&purchase, &parcel(1, &[]), staff(), now()),
        Err(OrderRefusal::Status(Status::Pending).into())
    );
}

#[test]
fn an_order_has_a_bounded_number_of_parcels() {
    let made = place(&[(100, 40)], None, details(Method::PaymentIntent));
    assert!(made.is_err(), "there are ten of each in stock");
    let (mut order, purchase) = paid();
    let (a, _) = variants(&purchase);
    order = send(&order, &purchase, 1, &[(a, 1)]).order;
    let one: Parcel = order.parcels[0].clone();
    order.parcels = vec![one; crate::order::MAX_PARCELS];
    let refused = order.parcel_shipped(&purchase, &parcel(2, &[]), staff(), now());
    assert_eq!(refused, Err(ParcelRefusal::TooManyParcels));
}

#[test]
fn a_disputed_order_sends_each_parcel_only_with_a_note() {
    let (order, purchase) = paid();
    let (a, _) = variants(&purchase);
    let first = send(&order, &purchase, 1, &[(a, 1)]).order;
    let disputed = first.disputed(&dispute(Dispute::Open), now()).unwrap().order;
    let refused = disputed.parcel_shipped(&purchase, &parcel(2, &[]), staff(), now());
    assert_eq!(refused, Err(OrderRefusal::Disputed.into()));
    let noted = NewParcel { note: Some("She called us".to_owned()), ..parcel(2, &[]) };
    let sent = disputed.parcel_shipped(&purchase, &noted, staff(), now()).unwrap();
    assert_eq!(sent.entry.unwrap().detail.as_deref(), Some("She called us"));
}

#[test]
fn one_parcel_with_all_of_the_order_makes_the_event_and_the_mail_of_a_whole_order() {
    let (order, purchase) = paid();
    let event = Some(Event::OrderShipped { order_id: order.id, in_parcels: false });
    let posted = send(&order, &purchase, 1, &[]);
    assert_eq!((posted.event, posted.second_event), (event.clone(), None));
    let patched = order.advanced(Status::Shipped, None, None, staff(), now()).unwrap();
    assert_eq!((patched.event, patched.second_event), (event, None));
    let whole = patched.order;
    assert_eq!((whole.parcels.len(), whole.fulfillment()), (0, Fulfillment::Shipped), "nothing more is stored");
    let shown = whole.parcels(&purchase);
    assert_eq!((shown.len(), &shown[0].lines), (1, &whole.not_returned(&purchase)));
    assert_eq!(whole.parcel_status(&shown[0]), ParcelStatus::Shipped);
    // It can be changed by its id.
    let change = ParcelChange { tracking_code: Some("T7".to_owned()), is_delivered: true, ..ParcelChange::default() };
    let changed = whole.parcel_changed(shown[0].id, &change, staff(), now()).unwrap().unwrap().order;
    assert_eq!((changed.status, changed.fulfillment()), (Status::Delivered, Fulfillment::Delivered));
    assert_eq!(changed.parcels(&purchase)[0].shipment.tracking_code.as_deref(), Some("T7"));
    let unknown = whole.parcel_changed(parcel_id(5), &change, staff(), now());
    assert_eq!(unknown, Err(ParcelRefusal::UnknownParcel));
}

#[test]
fn the_status_shipped_sends_all_that_is_left_and_delivered_means_all_parcels() {
    let (order, purchase) = paid();
    let (a, b) = variants(&purchase);
    let first = send(&order, &purchase, 1, &[(a, 1)]).order;
    assert_eq!(
        first.advanced(Status::Delivered, None, None, staff(), now()),
        Err(OrderRefusal::Status(Status::Processing))
    );
    let shipment = Some(Shipment { carrier: Some("UPS".to_owned()), tracking_code: None });
    let rest = first.advanced(Status::Shipped, shipment.clone(), None, staff(), now()).unwrap();
    assert_eq!(rest.event, Some(Event::OrderShipped { order_id: order.id, in_parcels: true }));
    let rest = rest.order;
    let parcels = rest.parcels(&purchase);
    assert_eq!((&parcels[1].lines, rest.shipment.clone()), (&vec![(a, 2), (b, 1)], shipment));
    assert_eq!((rest.status, rest.units_unsent(), rest.to_send(&purchase)), (Status::Shipped, 0, vec![]));
    let delivered = rest.advanced(Status::Delivered, None, None, staff(), now()).unwrap().order;
    assert!(delivered.parcels.iter().all(|parcel| parcel.delivered_at == Some(now())));
    assert_eq!(delivered.fulfillment(), Fulfillment::Delivered);
}

#[test]
fn units_that_were_not_sent_go_back_first_and_the_order_ends_with_the_parcels_that_it_has() {
    let (order, purchase) = paid();
    let (a, b) = variants(&purchase);
    let first = send(&order, &purchase, 1, &[(a, 2)]).order;
    assert_eq!(
        first.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()),
        Err(OrderRefusal::PartlySent),
        "what is sent has to be returned"
    );
    let one = first.refund(&purchase, &refund_request(1, None, vec![(a, 1)]), now()).unwrap();
    assert_eq!((one.stock.clone(), one.second_event), (StockEffect::Return(vec![(a, 1)]), None));
    assert_eq!(one.order.to_send(&purchase), [(b, 1)]);
    let rest = one.order.refund(&purchase, &refund_request(2, None, vec![(b, 1)]), now()).unwrap();
    assert_eq!(rest.second_event, Some(Event::OrderShipped { order_id: order.id, in_parcels: true }));
    assert_eq!((rest.order.status, rest.order.fulfillment()), (Status::Shipped, Fulfillment::Shipped));
    // Both units of the parcel can still come back.
    let returned = rest.order.refund(&purchase, &refund_request(3, None, vec![(a, 2)]), now()).unwrap();
    assert_eq!((returned.order.status, returned.second_event), (Status::Shipped, None));
    // If the parcel has arrived, all has.
    let arrived = arrive(&first, 1).order;
    let rest = arrived.refund(&purchase, &refund_request(4, None, vec![(a, 1), (b, 1)]), now()).unwrap();
    assert_eq!(rest.second_event, Some(Event::OrderDelivered { order_id: order.id }));
    assert_eq!(rest.order.status, Status::Delivered);
}

#[test]
fn a_whole_refund_of_an_order_that_is_partly_sent_restocks_only_what_was_not_sent() {
    let (order, purchase) = paid();
    let (a, b) = variants(&purchase);
    let first = send(&order, &purchase, 1, &[(a, 2)]).order;
    let all = first.refund(&purchase, &refund_request(1, None, Vec::new()), now()).unwrap();
    assert_eq!(all.stock, StockEffect::Return(vec![(a, 1), (b, 1)]));
    assert_eq!(all.refunds[0].amount, 7987);
    let made = make_refund(&all.order, &all.refunds[0]).order;
    assert_eq!((made.status, made.fulfillment()), (Status::Refunded, Fulfillment::Shipped));
    // The two units with the buyer come back later.
    let back = made.refund(&purchase, &refund_request(2, None, vec![(a, 2)]), now()).unwrap();
    assert_eq!(back.stock, StockEffect::Return(vec![(a, 2)]));
}

#[test]
fn cash_is_paid_when_all_parcels_have_arrived_and_a_refused_order_comes_back_as_a_whole() {
    let made = place(&[(1999, 3), (1000, 1)], None, by_account(Method::CashOnDelivery)).unwrap();
    let (order, purchase) = (made.order, made.purchase);
    let (a, _) = variants(&purchase);
    let first = send(&order, &purchase, 1, &[(a, 1)]);
    assert_eq!((first.stock, first.order.hold), (StockEffect::Consume, Hold::Taken));
    let second = send(&first.order, &purchase, 2, &[]);
    assert_eq!(second.stock, StockEffect::Keep);
    let one_arrived = arrive(&second.order, 1).order;
    assert!(!one_arrived.was_paid());
    assert_eq!(
        one_arrived.cancelled(&purchase, staff(), None, refund_id(1), now()),
        Err(OrderRefusal::Status(Status::Shipped)),
        "the buyer has a parcel"
    );
    assert!(arrive(&one_arrived, 2).order.was_paid());
    for sent in [first.order, second.order] {
        assert!(sent.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()).is_err());
        let refused = sent.cancelled(&purchase, staff(), None, refund_id(1), now()).unwrap();
        assert_eq!(refused.stock, StockEffect::Return(order.not_returned(&purchase)));
        let parcels = refused.order.parcels(&purchase);
        assert_eq!(refused.order.parcel_status(&parcels[0]), ParcelStatus::Returned);
        assert_eq!(refused.order.fulfillment(), Fulfillment::Unfulfilled);
    }
}

#[test]
fn a_parcel_that_was_entered_by_mistake_is_taken_out_and_its_units_are_to_be_sent_again() {
    let (order, purchase) = paid();
    let (a, b) = variants(&purchase);
    let first = send(&order, &purchase, 1, &[(a, 2)]).order;
    let last = first.advanced(Status::Shipped, None, None, staff(), now()).unwrap().order;
    // The list of the last parcel's units does not grow by those of the first.
    let removed = last.parcel_removed(&purchase, parcel_id(1), staff(), now()).unwrap();
    assert_eq!(removed.event, Some(Event::ParcelRemoved { order_id: order.id, parcel_id: parcel_id(1) }));
    let removed = removed.order;
    assert_eq!(
        (removed.status, removed.shipped_at, removed.to_send(&purchase)),
        (Status::Processing, None, vec![(a, 2)])
    );
    assert_eq!(removed.parcels(&purchase)[0].lines, [(a, 1), (b, 1)]);
    let whole = order.advanced(Status::Shipped, None, None, staff(), now()).unwrap().order;
    let id = whole.parcels(&purchase)[0].id;
    let undone = whole.parcel_removed(&purchase, id, staff(), now()).unwrap().order;
    assert_eq!(
        (undone.status, undone.fulfillment(), undone.units_unsent()),
        (Status::Processing, Fulfillment::Unfulfilled, 4)
    );
    assert!(undone.cancelled(&purchase, Actor::Guest, None, refund_id(1), now()).is_ok());

    assert_eq!(
        arrive(&first, 1).order.parcel_removed(&purchase, parcel_id(1), staff(), now()),
        Err(ParcelRefusal::Delivered)
    );
    let returned = last.refund(&purchase, &refund_request(1, None, vec![(a, 2)]), now()).unwrap().order;
    assert_eq!(returned.parcel_removed(&purchase, parcel_id(1), staff(), now()), Err(ParcelRefusal::Returned));
}

#[test]
fn an_order_from_before_there_were_parcels_shows_one_made_from_its_shipment() {
    let (order, purchase) = paid();
    let mut stored = serde_json::to_value(&order).unwrap();
    stored["status"] = "delivered".into();
    stored["shipment"] = serde_json::json!({ "carrier": "UPS", "tracking_code": "1Z" });
    let old: Order = serde_json::from_value(stored).unwrap();
    let parcels = old.parcels(&purchase);
    assert_eq!((parcels.len(), parcels[0].shipped_at), (1, None));
    assert_eq!(parcels[0].lines, [(purchase.lines[0].variant_id, 3), (purchase.lines[1].variant_id, 1)]);
    assert_eq!(parcels[0].shipment.tracking_code.as_deref(), Some("1Z"));
    assert_eq!((old.parcel_status(&parcels[0]), old.fulfillment()), (ParcelStatus::Delivered, Fulfillment::Delivered));
}

#[test]
fn each_parcel_knows_what_was_to_come_when_it_was_sent() {
    let (order, purchase) = paid();
    let (a, b) = variants(&purchase);
    let first = send(&order, &purchase, 1, &[(a, 2)]).order;
    let second = send(&first, &purchase, 2, &[(a, 1)]).order;
    let last = send(&second, &purchase, 3, &[]).order;
    let to_come = |order: &Order, n: u128| order.to_come_after(&purchase, parcel_id(n));
    assert_eq!((to_come(&last, 1), to_come(&last, 2), to_come(&last, 3)), (vec![(a, 1), (b, 1)], vec![(b, 1)], vec![]));
    // What was given back since will not come.
    let back = second.refund(&purchase, &refund_request(1, None, vec![(b, 1)]), now()).unwrap().order;
    assert_eq!((to_come(&back, 1), to_come(&back, 2)), (vec![(a, 1)], vec![]));
    let whole = order.advanced(Status::Shipped, None, None, staff(), now()).unwrap().order;
    let only = whole.parcels(&purchase)[0].id;
    assert!(whole.to_come_after(&purchase, only).is_empty());
    assert_eq!(whole.parcel(&purchase, only).unwrap().lines, [(a, 3), (b, 1)]);
    assert_eq!(whole.parcel(&purchase, parcel_id(9)), None);
}

#[test]
fn nothing_is_to_be_sent_while_all_of_the_money_is_back_and_nobody_said_what_becomes_of_the_goods() {
    let (order, purchase) = paid();
    let (a, b) = variants(&purchase);
    let part = send(&order, &purchase, 1, &[(a, 2)]).order;
    for (before, left) in [(&order, vec![(a, 3), (b, 1)]), (&part, vec![(a, 1), (b, 1)])] {
        assert_eq!(before.to_send(&purchase), left);
        let refunded = before.refunded_in_dashboard("pi_1", before.totals.total, refund_id(2), now()).unwrap();
        assert_eq!((refunded.order.status, refunded.order.to_send(&purchase)), (Status::Refunded, vec![]));
        let failed = refunded.order.dashboard_refund_bounced("pi_1", 0, &refunded.refunds, "closed", now()).unwrap();
        assert_eq!(failed.order.to_send(&purchase), left, "the buyer paid after all");
    }
}
