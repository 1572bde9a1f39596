use std::time::Duration;

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::{
    Asking, CONNECTION_LASTS, LOG_KEPT, LiveEvent, LiveJob, LiveLog, LiveMessage, LiveTopic, MAX_LOGGED, SessionOf,
    StaffFeed, TopicName, TopicRefusal, Watcher, live_job_for, topics_of,
};
use crate::access::{Permission, PermissionRefusal, Role, StaffRules};
use crate::email::Email;
use crate::id::{EventId, OrderId, ProductId, SessionId, UserId};
use crate::public_event::{EventObject, EventType, PublicEvent};
use crate::text::PersonName;
use crate::time::Time;
use crate::user::User;

fn start() -> Time {
    Time::from_unix_millis(1_795_168_800_000)
}

fn event(n: u32) -> LiveEvent {
    let id = EventId::new(start(), n.into());
    let object = EventObject::Order(OrderId::new(start(), 7));
    LiveEvent::of_event(&PublicEvent { id, event_type: EventType::OrderPaid, at: start(), object })
}

fn watched() -> LiveLog {
    LiveLog::watched(None, start()).unwrap()
}

#[test]
fn an_event_of_an_order_is_for_its_watchers_its_buyer_and_staff() {
    let (order, buyer) = (OrderId::new(start(), 1), UserId::new(start(), 2));
    let event = |event_type, object| PublicEvent { id: EventId::new(start(), 3), event_type, at: start(), object };
    let paid = event(EventType::OrderPaid, EventObject::Order(order));
    let (one, staff) = (LiveTopic::Order(order), LiveTopic::Staff(StaffFeed::Orders));
    assert_eq!(topics_of(&paid, Some(buyer)), [one, staff, LiveTopic::OrdersOf(buyer)]);
    assert_eq!(topics_of(&paid, None), [one, staff]);
    assert_eq!(live_job_for(&paid), Some(LiveJob::Event { event: paid.clone() }));
    let product = event(EventType::ProductChanged, EventObject::Product(ProductId::new(start(), 4)));
    assert_eq!(live_job_for(&product), None, "each write of a product is a job of its own");
    let customer = event(EventType::CustomerRegistered, EventObject::Customer(buyer));
    assert_eq!(live_job_for(&customer), None);
}

#[test]
fn a_topic_is_read_as_it_is_written_and_nobody_can_name_the_orders_of_others() {
    let user = UserId::new(start(), 1);
    let topics = [
        LiveTopic::Order(OrderId::new(start(), 1)),
        LiveTopic::Product(ProductId::new(start(), 1)),
        LiveTopic::OrdersOf(user),
    ];
    for topic in topics.into_iter().chain(StaffFeed::ALL.map(LiveTopic::Staff)) {
        assert_eq!(LiveTopic::try_from(topic.to_string()), Ok(topic));
        assert!(topic.shard_of("any") < topic.shards());
    }
    assert_eq!(LiveTopic::OrdersOf(user).name(), "orders");
    assert_eq!(TopicName::parse("orders"), Ok(TopicName::MyOrders));
    assert_eq!(TopicName::parse("staff"), Ok(TopicName::AllOfStaff));
    for unknown in [&format!("orders:{user}"), "", "order", "order:", "order:prd_1", "staff:all", "products", "Orders"]
    {
        assert!(TopicName::parse(unknown).is_err(), "{unknown}");
    }
}

#[test]
fn an_event_is_in_the_log_once_and_keeps_its_sequence() {
    let log = watched().with(&[event(1), event(2)], start()).unwrap();
    assert_eq!(log.with(&[event(2), event(1)], start() + LOG_KEPT), None);
    let again = log.with(&[event(2), event(3)], start()).unwrap();
    assert_eq!(again.entries.len(), 3);
    assert_eq!(again.entry(&event(2).id), log.entry(&event(2).id));
    let sequences: Vec<u64> = again.entries.iter().map(|entry| entry.sequence).collect();
    assert!(sequences.is_sorted_by(|a, b| a < b), "{sequences:?}");
    assert_eq!(again.previous(sequences[2]), sequences[1]);
    assert_eq!(again.previous(sequences[0]), again.complete_from);
}

#[test]
fn a_client_gets_what_came_after_its_sequence_or_hears_that_it_is_not_known() {
    let empty = watched();
    assert_eq!(empty.after(empty.last()), Some(&[][..]));
    let log = empty.with(&[event(1), event(2)], start() + Duration::from_secs(1)).unwrap();
    assert_eq!(log.after(empty.last()), Some(&log.entries[..]));
    assert_eq!(log.after(log.entries[0].sequence), Some(&log.entries[1..]));
    assert_eq!(log.after(log.last()), Some(&[][..]));
    assert_eq!((log.after(0), log.after(log.last() + 1)), (None, None));
}

#[test]
fn the_log_has_an_end_in_time_and_number_and_what_is_gone_is_not_passed_over() {
    let now = start() + Duration::from_mins(1);
    let many: Vec<LiveEvent> = (0..40).map(event).collect();
    let log = watched().with(&many, now).unwrap();
    assert_eq!(log.entries.len(), MAX_LOGGED);
    assert_eq!(log.after(log.complete_from).map(<[_]>::len), Some(MAX_LOGGED));
    assert_eq!(log.after(log.complete_from - 1), None);
    let later = log.with(&[event(50)], now + LOG_KEPT + Duration::from_secs(1)).unwrap();
    assert_eq!(later.entries.len(), 1);
    assert_eq!(later.after(log.last()).map(<[_]>::len), Some(1), "nothing came in between");
    assert_eq!(later.after(log.last() - 1), None);
}

#[test]
fn a_log_is_written_for_watchers_only_every_two_hours_and_begins_anew_after_a_lapse() {
    let log = watched().with(&[event(1)], start()).unwrap();
    assert_eq!(LiveLog::watched(Some(&log), start() + CONNECTION_LASTS), None);
    let soon = start() + CONNECTION_LASTS + Duration::from_secs(1);
    let longer = LiveLog::watched(Some(&log), soon).unwrap();
    assert!(longer.entries == log.entries && longer.watched_until >= soon + CONNECTION_LASTS);
    let lapsed = longer.watched_until;
    assert!(!longer.is_watched(lapsed));
    let anew = LiveLog::watched(Some(&longer), lapsed).unwrap();
    assert!(anew.entries.is_empty() && anew.complete_from > log.last() && anew.version > longer.version);
    assert_eq!(anew.after(log.last()), None, "nobody knows what came in between");
}

#[test]
fn everybody_watches_products_buyers_their_orders_and_staff_what_their_permissions_show() {
    let (mine, other) = (OrderId::new(start(), 1), OrderId::new(start(), 2));
    let name = PersonName::parse("Ada").unwrap();
    let customer = User::register(UserId::new(start(), 3), Email::parse("ada@example.com").unwrap(), name, start());
    let support = User { role: Role::Support, ..customer.clone() };
    let session = SessionOf { user_id: customer.id, session_id: SessionId::new(start(), 4) };
    let signed_in = Watcher { session: Some(session), order_id: None, network: "192.0.2.1".to_owned() };
    let guest = Watcher { session: None, order_id: Some(other), ..signed_in.clone() };
    let buyers = [(mine, customer.id)].into();
    let may = |watcher: &Watcher, user: Option<&User>, name: &str, two_factor_required| {
        let rules = StaffRules { two_factor_required, proof_lasts: Duration::ZERO };
        Asking { watcher, user, buyers: &buyers, rules }.topics(TopicName::parse(name).unwrap())
    };
    let product = format!("product:{}", ProductId::new(start(), 5));
    assert_eq!(may(&guest, None, &product, false).map(|topics| topics.len()), Ok(1));
    assert_eq!(may(&guest, None, &format!("order:{other}"), false), Ok(vec![LiveTopic::Order(other)]));
    assert_eq!(may(&guest, None, &format!("order:{mine}"), false), Err(TopicRefusal::OrderMissing));
    assert_eq!(may(&guest, None, "orders", false), Err(TopicRefusal::Anonymous));
    assert_eq!(may(&guest, None, "staff", false), Err(TopicRefusal::Anonymous));
    let ada = Some(&customer);
    assert_eq!(may(&signed_in, ada, "orders", false), Ok(vec![LiveTopic::OrdersOf(customer.id)]));
    assert_eq!(may(&signed_in, ada, &format!("order:{mine}"), false), Ok(vec![LiveTopic::Order(mine)]));
    assert_eq!(may(&signed_in, ada, &format!("order:{other}"), false), Err(TopicRefusal::OrderMissing));
    let missing = TopicRefusal::Permission(PermissionRefusal::Missing(Permission::OrdersReadAll));
    assert_eq!(may(&signed_in, ada, "staff", false), Err(missing));
    assert_eq!(may(&signed_in, Some(&support), "staff", false).map(|topics| topics.len()), Ok(4));
    let second_factor = TopicRefusal::Permission(PermissionRefusal::TwoFactorRequired);
    assert_eq!(may(&signed_in, Some(&support), "staff:stock", true), Err(second_factor));
    assert_eq!(may(&signed_in, Some(&support), &format!("order:{other}"), false), Err(TopicRefusal::OrderMissing));
}

#[test]
fn a_message_names_its_topic_and_what_came_before_it() {
    let log = watched().with(&[event(1), event(2)], start()).unwrap();
    let (topic, entry) = (LiveTopic::OrdersOf(UserId::new(start(), 1)), &log.entries[1]);
    let message = serde_json::to_value(LiveMessage::new(topic, &log, entry)).unwrap();
    let order = OrderId::new(start(), 7);
    let expected = serde_json::json!({
        "id": event(2).id, "type": "order.paid", "topic": "orders", "sequence": entry.sequence,
        "previous": log.entries[0].sequence, "at": start().to_string(), "link": format!("/api/v1/orders/{order}"),
    });
    assert_eq!(message, expected);
}

proptest! {
    /// However batches arrive, and however often: each event once, in one order, and nobody misses one unawares.
    #[test]
    fn whoever_follows_the_log_from_any_of_its_sequences_gets_each_later_event_once(
        batches in proptest::collection::vec((proptest::collection::vec(0_u32..60, 1..5), 0_u64..900), 1..40),
        cut in any::<proptest::sample::Index>(),
    ) {
        let (mut log, mut now) = (watched(), start());
        let mut seen: Vec<(u64, String)> = Vec::new();
        let mut marks = vec![log.last()];
        for (batch, seconds) in batches {
            now = now + Duration::from_secs(seconds);
            let events: Vec<LiveEvent> = batch.into_iter().map(event).collect();
            let before = log.last();
            if let Some(next) = log.with(&events, now) {
                // A client that was at the end can go on from there, whatever was dropped; only too many at once tell it
                // to load everything again.
                if let Some(new) = next.after(before) {
                    seen.extend(new.iter().map(|entry| (entry.sequence, entry.event.id.clone())));
                }
                log = next;
                marks.push(log.last());
            }
        }
        prop_assert!(seen.is_sorted_by(|a, b| a.0 < b.0));
        let mark = marks[cut.index(marks.len())];
        if let Some(missed) = log.after(mark) {
            let missed: Vec<u64> = missed.iter().map(|entry| entry.sequence).collect();
            let expected: Vec<u64> = seen.iter().map(|(sequence, _)| *sequence).filter(|&n| n > mark).collect();
            prop_assert_eq!(missed, expected);
        }
    }
}
