//! Guests' orders that join an account, when orders are paid and sent, and metadata.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{charge, details, now, paid, place, placed, refund_id, refund_request};
use crate::email::Email;
use crate::id::UserId;
use crate::metadata::{InvalidMetadata, MAX_KEY};
use crate::order::{Actor, HistoryCode, Method, Order, PaymentStatus, Status};
use crate::text::PersonName;
use crate::time::Time;
use crate::user::User;

fn later() -> Time {
    now() + Duration::from_hours(1)
}

fn account(email: &str, email_verified: bool) -> User {
    let (email, name) = (Email::parse(email).unwrap(), PersonName::parse("Ada").unwrap());
    User { email_verified, ..User::register(UserId::new(now(), 7), email, name, now()) }
}

#[test]
fn a_guests_order_joins_the_account_that_has_proven_its_address_and_no_other() {
    let (order, _) = placed(Method::PaymentIntent);
    assert_eq!(order.joined(&account("ada@example.com", false), later()), None);
    assert_eq!(order.joined(&account("bob@example.com", true), later()), None);
    let ada = account("ada@example.com", true);
    let joined = order.joined(&ada, later()).unwrap();
    let entry = joined.entry.unwrap();
    assert_eq!((entry.by, entry.code, entry.at), (Actor::Shop, HistoryCode::JoinedAccount, later()));
    assert!(entry.code.is_for_staff());
    assert_eq!((joined.order.user_id, joined.order.joined_at), (Some(ada.id), Some(later())));
    assert_eq!(joined.order.version, order.version + 1);
    // What a guest sees of the order is as it was.
    assert_eq!((joined.order.updated_at, joined.order.placed_by()), (order.updated_at, None));
    assert_eq!(joined.order.joined(&ada, later()), None);
}

#[test]
fn a_guests_order_for_a_proven_address_is_in_its_account_from_the_beginning() {
    let place = || place(&[(1999, 1)], None, details(Method::PaymentIntent)).unwrap();
    assert_eq!(place().in_account(None), place());
    assert_eq!(place().in_account(Some(&account("ada@example.com", false))), place());
    let order = place().in_account(Some(&account("ada@example.com", true))).order;
    assert_eq!((order.user_id, order.placed_by(), order.version), (Some(UserId::new(now(), 7)), None, 1));
}

fn times(order: &Order) -> [Option<Time>; 3] {
    [order.paid_at, order.shipped_at, order.delivered_at]
}

#[test]
fn an_order_knows_when_it_was_paid_shipped_and_delivered() {
    let (order, _) = paid();
    assert_eq!(times(&order), [Some(now()), None, None]);
    assert!(order.charged(&charge(&order, "pi_1"), true, refund_id(2), later()).is_none());
    let twice = order.charged(&charge(&order, "pi_2"), true, refund_id(2), later()).unwrap().order;
    assert_eq!(twice.paid_at, Some(now()));
    let staff = Actor::Staff(UserId::new(now(), 2).into());
    let shipped = order.advanced(Status::Shipped, None, None, staff, later()).unwrap().order;
    let end = later() + Duration::from_hours(1);
    let delivered = shipped.advanced(Status::Delivered, None, None, staff, end).unwrap().order;
    assert_eq!(times(&delivered), [Some(now()), Some(later()), Some(end)]);
}

#[test]
fn cash_is_paid_when_the_parcel_is_delivered() {
    let (order, _) = placed(Method::CashOnDelivery);
    let order = order.confirmed(later(), now()).unwrap().unwrap().order;
    let staff = Actor::Staff(UserId::new(now(), 2).into());
    let shipped = order.advanced(Status::Shipped, None, None, staff, now()).unwrap().order;
    assert_eq!(times(&shipped), [None, Some(now()), None]);
    let delivered = shipped.advanced(Status::Delivered, None, None, staff, later()).unwrap().order;
    assert_eq!(times(&delivered), [Some(later()), Some(now()), Some(later())]);
}

#[test]
fn a_refund_that_bounces_does_not_move_the_time_of_payment() {
    let (order, purchase) = paid();
    let request = refund_request(3, None, Vec::new());
    let asked = order.refund(&purchase, &request, later()).unwrap();
    let made = asked.order.refund_made(&asked.refunds[0], "re_1", later()).unwrap();
    assert_eq!(made.order.payment_status, PaymentStatus::Refunded);
    let bounced = made.order.refund_bounced(&made.refunds[0], "account closed", later()).unwrap().order;
    assert_eq!((bounced.payment_status, bounced.paid_at), (PaymentStatus::Paid, Some(now())));
}

#[test]
fn metadata_is_set_and_removed_without_an_entry_of_the_history() {
    let (order, _) = placed(Method::PaymentIntent);
    let change = |key: &str, value: Option<&str>| BTreeMap::from([(key.to_owned(), value.map(str::to_owned))]);
    let set = order.metadata_changed(change("erp", Some("17")), later()).unwrap().unwrap();
    assert_eq!((set.entry, set.event, set.order.version), (None, None, order.version + 1));
    assert_eq!(set.order.metadata_changed(change("erp", Some("17")), later()), Ok(None));
    let gone = set.order.metadata_changed(change("erp", None), later()).unwrap().unwrap();
    assert!(gone.order.metadata.is_empty());
    let key = "k".repeat(MAX_KEY + 1);
    assert_eq!(order.metadata_changed(change(&key, Some("v")), later()), Err(InvalidMetadata::Key));
}
