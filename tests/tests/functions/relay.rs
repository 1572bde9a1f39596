//! The relay: from the stream to the queues.

use harness::fake_service::{FakeService, Reply};
use harness::shop::Shop;
use relay::{Config, Messages, Relay, route};
use serde_json::{Value, json};

use crate::fixtures::{is_mail, messages, stream, takes_messages};

pub(crate) fn relay(wire: &FakeService) -> Relay {
    let queue = Config {
        mail_queue: "http://queue.test/mail".to_owned(),
        media_queue: "http://queue.test/media".to_owned(),
        csv_queue: "http://queue.test/csv".to_owned(),
        search_queue: "http://queue.test/search".to_owned(),
        sales_queue: "http://queue.test/sales".to_owned(),
        stats_queue: "http://queue.test/stats".to_owned(),
        documents_queue: "http://queue.test/documents".to_owned(),
        events_queue: "http://queue.test/events".to_owned(),
        live_queue: "http://queue.test/live".to_owned(),
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
    let mails: Vec<Value> = messages(&wire).into_iter().filter(is_mail).collect();
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
    let sent = messages(&wire);
    let mails = sent.iter().filter(|message| is_mail(message)).count();
    // The registrations count in the statistics too, and are public events.
    assert_eq!((wire.requests().len(), mails, sent.len()), (7, 26, 52));
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
    assert_eq!(messages(&wire).iter().filter(|message| is_mail(message)).count(), 1, "the events before it are sent");
}

#[tokio::test]
async fn the_products_of_a_batch_are_one_message_with_each_of_them_once() {
    let product = |n: u8| format!("prd_01M7W6C3804Q9PV3Y1B8S4HJE{n}");
    let item = |pk: String| json!({ "PK": pk, "SK": "PRODUCT" });
    let items: Vec<Value> = [1, 2, 1, 3, 2].map(|n| item(format!("PRODUCT#{}", product(n)))).to_vec();
    let mut event = stream(&items);
    for record in &mut event.records[1..] {
        record.event_name = "MODIFY".to_owned();
    }
    let routes = route(&event.records);
    let jobs: Vec<Value> = routes.search.iter().map(|job| serde_json::from_str(&job.body).unwrap()).collect();
    let ids = [1, 2, 3].map(product);
    assert_eq!(jobs, [json!({ "changed": "products", "productIds": ids })]);
    // If the queue does not take it, the stream is repeated from the first of them.
    assert_eq!(routes.search[0].record, 0);
    // The list of all products, and what else begins in a similar way.
    let others = stream(&[item("PRODUCTS".to_owned()), item("PRODUCT#".to_owned()), item("STOCK#A".to_owned())]);
    assert_eq!(route(&others.records), Messages::default());
}

#[tokio::test]
async fn each_queue_gets_its_own_messages() {
    let shop = Shop::open().await;
    let outbox = |n: u8, event: Value| {
        let id = format!("evt_01M7W6C3804Q9PV3Y1B8S4HJE{n}");
        json!({ "PK": format!("OUTBOX#{id}"), "SK": "EVENT", "id": id, "at": shop.now().to_string(), "event": event })
    };
    let events = [
        outbox(1, json!({ "type": "order.paid", "orderId": "ord_01M7W6C3804Q9PV3Y1B8S4HJET" })),
        outbox(2, json!({ "type": "category.changed", "categoryId": "cat_01M7W6C3804Q9PV3Y1B8S4HJET" })),
        outbox(3, json!({ "type": "order.imported", "orderId": "ord_01M7W6C3804Q9PV3Y1B8S4HJET" })),
    ];
    let wire = FakeService::new(takes_messages);
    assert!(relay(&wire).forward(stream(&events)).await.batch_item_failures.is_empty());
    let sent: Vec<Value> = wire.requests().iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    let to = |queue: &str| sent.iter().filter(|call| call["QueueUrl"] == format!("http://queue.test/{queue}")).count();
    assert_eq!((to("mail"), to("search"), to("sales"), to("csv")), (1, 1, 1, 0));
    let routes = route(&stream(&events).records);
    assert_eq!((routes.mail.len(), routes.search.len(), routes.sales.len()), (1, 1, 2), "an import sends no mail");
}
