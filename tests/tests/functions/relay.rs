//! The relay: from the stream to the queues.

use harness::fake_service::{FakeService, Reply};
use harness::shop::Shop;
use relay::{Config, Relay, route};
use serde_json::{Value, json};

use crate::fixtures::{messages, stream, takes_messages};

pub(crate) fn relay(wire: &FakeService) -> Relay {
    let queue = Config {
        mail_queue: "http://queue.test/mail".to_owned(),
        media_queue: "http://queue.test/media".to_owned(),
        csv_queue: "http://queue.test/csv".to_owned(),
        search_queue: "http://queue.test/search".to_owned(),
        sales_queue: "http://queue.test/sales".to_owned(),
    };
    Relay::new(crate::fixtures::queues(wire), &queue)
}

pub(crate) fn outbox(shop: &Shop) -> Vec<Value> {
    shop.table.items_under("OUTBOX#").into_values().collect()
}

#[tokio::test]
async fn each_event_becomes_its_mails_and_a_reset_of_an_unknown_address_none() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": "eve@example.com" })).send().await.expect(202);
    let wire = FakeService::new(takes_messages);
    let response = relay(&wire).forward(stream(&outbox(&shop))).await;
    assert!(response.batch_item_failures.is_empty());
    let mails = messages(&wire);
    assert_eq!(
        mails.iter().map(|mail| mail["letter"]["template"].as_str().unwrap()).collect::<Vec<_>>(),
        ["verify", "welcome"]
    );
    assert!(mails.iter().all(|mail| mail["to"]["user"] == ada.id.to_string()));
    assert!(!wire.requests().concat().contains("ada@example.com"), "no message has a mail address");
}

#[tokio::test]
async fn the_stream_is_repeated_from_the_first_event_that_failed() {
    let shop = Shop::open().await;
    for n in 0..3 {
        shop.register(&format!("u{n}@example.com")).await;
    }
    let event = stream(&outbox(&shop));
    // Each event has one mail. That of the second event fails.
    let wire = FakeService::new(|body| match takes_messages(body) {
        Reply::Answer(200, text) => {
            let mut answer: Value = serde_json::from_str(&text).unwrap();
            answer["Successful"].as_array_mut().unwrap().remove(1);
            answer["Failed"] = json!([{ "Id": "1", "Code": "InternalError", "SenderFault": false }]);
            Reply::Answer(200, answer.to_string())
        }
        other => other,
    });
    let response = relay(&wire).forward(event.clone()).await;
    assert_eq!(response.batch_item_failures[0].item_identifier.as_deref(), Some("seq-1"));
    for wire in [FakeService::new(|_| Reply::Lost), FakeService::new(|_| Reply::Answer(503, String::new()))] {
        let response = relay(&wire).forward(event.clone()).await;
        assert_eq!(response.batch_item_failures[0].item_identifier.as_deref(), Some("seq-0"));
    }
}

#[tokio::test]
async fn events_that_need_several_calls_all_arrive() {
    let shop = Shop::open().await;
    for n in 0..13 {
        shop.register_verified(&format!("u{n}@example.com")).await;
    }
    let wire = FakeService::new(takes_messages);
    assert!(relay(&wire).forward(stream(&outbox(&shop))).await.batch_item_failures.is_empty());
    assert_eq!((wire.requests().len(), messages(&wire).len()), (3, 26));
}

#[tokio::test]
async fn other_changes_are_ignored_and_an_unreadable_event_stops_the_stream() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let mut items = outbox(&shop);
    let others: Vec<Value> = shop.table.items_under("USER#").into_values().collect();
    assert!(route(&stream(&others).records).mail.is_empty());
    let mut unreadable = items[0].clone();
    unreadable["event"] = json!({ "type": "user.exploded" });
    items.push(unreadable);
    let wire = FakeService::new(takes_messages);
    let response = relay(&wire).forward(stream(&items)).await;
    assert_eq!(response.batch_item_failures[0].item_identifier.as_deref(), Some("seq-1"));
    assert_eq!(messages(&wire).len(), 1, "the events before it are sent");
}
