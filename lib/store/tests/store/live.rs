//! Live updates: exact shapes, and that a log is written by one at a time.

use std::time::Duration;

use domain::id::{EventId, OrderId, ProductId, SessionId, TransactionId, UserId};
use domain::live::{LiveEvent, LiveLog, LiveTopic, SessionOf, Watcher};
use domain::public_event::{EventObject, EventType, PublicEvent};
use harness::table::TestTable;
use store::Commit;
use store::live::{Connection, TicketGone};

use crate::fixtures::now;

fn watcher() -> Watcher {
    let session = SessionOf { user_id: UserId::new(now(), 1), session_id: SessionId::new(now(), 2) };
    Watcher { session: Some(session), order_id: Some(OrderId::new(now(), 3)), network: "192.0.2.1".to_owned() }
}

fn log() -> LiveLog {
    let (id, object) = (EventId::new(now(), 1), EventObject::Order(OrderId::new(now(), 3)));
    let event = PublicEvent { id, event_type: EventType::OrderPaid, at: now(), object };
    LiveLog::watched(None, now()).unwrap().with(&[LiveEvent::of_event(&event)], now()).unwrap()
}

#[tokio::test]
async fn a_ticket_becomes_a_connection_that_is_in_the_list_of_each_topic_and_all_have_an_end() {
    let table = TestTable::create().await;
    let (store, topic) = (&table.store, LiveTopic::OrdersOf(UserId::new(now(), 1)));
    store.give_ticket("used", &watcher(), now() + Duration::from_secs(30)).await.unwrap();
    store.give_ticket("kept", &watcher(), now() + Duration::from_secs(30)).await.unwrap();
    let connection = Connection::new("L0SM9cOFvHcCIhw=", watcher(), now());
    store.open_connection(TransactionId::new(now(), 1), "used", &connection).await.unwrap();
    let again = store.open_connection(TransactionId::new(now(), 2), "used", &connection).await;
    assert_eq!(again, Err(Commit::Refused(TicketGone)));
    assert!(store.set_topics(&connection, &[topic]).await.unwrap());
    assert!(!store.set_topics(&connection, &[]).await.unwrap(), "it changed since it was read");
    store.add_watcher(&connection, &[topic, LiveTopic::Product(ProductId::new(now(), 4))]).await.unwrap();
    assert!(store.put_live_log(topic, &LiveLog { version: 1, ..log() }).await.unwrap());
    assert!(table.items().values().all(|item| item["expires_at"].is_i64()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&table.items()).unwrap());
}

#[tokio::test]
async fn a_log_is_replaced_only_as_it_was_read() {
    let table = TestTable::create().await;
    let (store, topic) = (&table.store, LiveTopic::Order(OrderId::new(now(), 3)));
    let first = LiveLog { version: 1, ..log() };
    assert!(store.put_live_log(topic, &first).await.unwrap());
    assert!(store.put_live_log(topic, &first).await.unwrap(), "the answer to its own write was lost");
    let (mine, theirs) = (LiveLog { version: 2, ..log() }, LiveLog { version: 2, complete_from: 7, ..log() });
    assert!(store.put_live_log(topic, &theirs).await.unwrap());
    assert!(!store.put_live_log(topic, &mine).await.unwrap());
    assert!(!store.put_live_log(topic, &LiveLog { version: 4, ..log() }).await.unwrap());
    assert_eq!(store.live_logs(&[topic]).await.unwrap().remove(&topic), Some(theirs));
}
