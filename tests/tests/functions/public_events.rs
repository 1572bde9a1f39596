//! Public events on the event bus: what they tell, and that none is lost when the function dies, the table does not answer
//! or the bus refuses.

use std::collections::BTreeSet;

use axum::http::Method;
use domain::product::Revision;
use domain::public_event::EventType;
use event_payloads::{MAX_PAYLOAD, Payloads, schema};
use events::{Bus, Events, SOURCE};
use harness::contract::check_alone;
use harness::fake_service::{FakeService, Reply};
use harness::interruptions::Outcome;
use harness::orders::{PlacedOrder, order_of, selling_at};
use harness::products::{in_sizes, make, path, size, staffed, usd};
use harness::shop::{PASSWORD, Person, Shop};
use outgoing_webhooks::{Announcer, WebhookQueue};
use products::{ProductChange, ProductWriter, TERM_AGE};
use relay::route;
use serde_json::{Value, json};
use stripe_stand_in::Card;

use crate::fixtures::stream;
use crate::relay::outbox;
use crate::sales::{batch, buy_paid, product_of};

fn takes_events(body: &str) -> Reply {
    let asked: Value = serde_json::from_str(body).unwrap();
    let taken: Vec<Value> = asked["Entries"].as_array().unwrap().iter().map(|_| json!({ "EventId": "e" })).collect();
    Reply::Answer(200, json!({ "FailedEntryCount": 0, "Entries": taken }).to_string())
}

/// A bus that refuses the entries of this type.
fn refuses(event_type: &'static str) -> FakeService {
    FakeService::new(move |body| {
        let asked: Value = serde_json::from_str(body).unwrap();
        let outcome = |entry: &Value| {
            if entry["DetailType"] == event_type {
                json!({ "ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded" })
            } else {
                json!({ "EventId": "e" })
            }
        };
        let outcomes: Vec<Value> = asked["Entries"].as_array().unwrap().iter().map(outcome).collect();
        Reply::Answer(200, json!({ "FailedEntryCount": 1, "Entries": outcomes }).to_string())
    })
}

/// The read units of the list of endpoints. An instance keeps it for half a minute.
const ENDPOINTS: f64 = 1.0;

fn events(shop: &Shop, wire: &FakeService) -> Events {
    let config = aws_sdk_eventbridge::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_eventbridge::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_eventbridge::config::Credentials::new("test", "test", None, None, "test"))
        .retry_config(aws_sdk_eventbridge::config::retry::RetryConfig::disabled())
        .http_client(wire.clone())
        .build();
    let bus = Bus::new(aws_sdk_eventbridge::Client::from_conf(config), "kontor");
    function(shop, Some(bus))
}

fn function(shop: &Shop, bus: Option<Bus>) -> Events {
    let store = shop.table.store_of("events");
    let queue = WebhookQueue::new(shop.webhooks.queue.client(), "http://queue.test/webhooks");
    let announcer = Announcer::new(store.clone(), queue, shop.clock.clone());
    Events::new(Payloads::new(store, "https://images.test"), bus, announcer, shop.clock.clone())
}

/// The messages that the relay puts into the queue for all events so far, in their order.
fn messages(shop: &Shop) -> Vec<String> {
    route(&stream(&outbox(shop)).records).events.into_iter().map(|message| message.body).collect()
}

/// The messages of this type.
fn of_type(shop: &Shop, event_type: &str) -> Vec<String> {
    let wanted = format!("\"{event_type}\"");
    messages(shop).into_iter().filter(|message| message.contains(&wanted)).collect()
}

/// Delivers these messages and returns the places of those that the queue keeps.
async fn deliver(events: &Events, messages: &[String]) -> Vec<usize> {
    let response = Box::pin(events.deliver(batch(messages))).await;
    response.batch_item_failures.iter().map(|failure| failure.item_identifier.parse().unwrap()).collect()
}

/// The entries that the bus was sent.
fn entries(wire: &FakeService) -> Vec<Value> {
    let calls = wire.requests().into_iter().map(|body| serde_json::from_str::<Value>(&body).unwrap());
    calls.flat_map(|call| call["Entries"].as_array().unwrap().clone()).collect()
}

/// The payloads on the bus. Each fits the schema of its type, and has nothing that the schema does not know.
fn payloads(wire: &FakeService) -> Vec<Value> {
    let payload = |entry: Value| {
        let payload: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        let event_type = EventType::parse(payload["type"].as_str().unwrap()).unwrap();
        check_alone(&schema(event_type), &payload).unwrap();
        assert_eq!(entry["DetailType"], payload["type"]);
        payload
    };
    entries(wire).into_iter().map(payload).collect()
}

fn ids(wire: &FakeService) -> BTreeSet<String> {
    payloads(wire).iter().map(|payload| payload["id"].as_str().unwrap().to_owned()).collect()
}

/// The payload of the newest event of this type, as it is told now.
pub(crate) async fn told(shop: &Shop, event_type: &str) -> Value {
    let wire = FakeService::new(takes_events);
    let newest = of_type(shop, event_type).pop().unwrap();
    assert!(deliver(&events(shop, &wire), &[newest]).await.is_empty());
    payloads(&wire).pop().unwrap()
}

async fn shown(shop: &Shop, staff: &Person, path: &str) -> Value {
    shop.get(path).by(staff).send().await.expect(200).data().clone()
}

#[tokio::test]
async fn an_order_is_told_as_staff_see_it_and_without_secrets() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bought = buy_paid(&shop, "A", 2, "k-1").await;
    let wire = FakeService::new(takes_events);
    assert!(deliver(&events(&shop, &wire), &messages(&shop)).await.is_empty());
    let entry = entries(&wire).into_iter().find(|entry| entry["DetailType"] == "order.paid").unwrap();
    assert_eq!((entry["Source"].as_str(), entry["EventBusName"].as_str()), (Some(SOURCE), Some("kontor")));
    shop.table.network.take_calls();
    let payload = told(&shop, "order.paid").await;
    let read: f64 = shop.table.network.take_calls().iter().map(|call| call.units).sum();
    assert!((read - ENDPOINTS - 1.0).abs() < 0.1, "{read} units, as in docs/costs.md");
    let mut order = shown(&shop, &staff, &format!("/api/v1/admin/orders/{}", bought.id)).await;
    for only_of_that_answer in ["customer", "history"] {
        order.as_object_mut().unwrap().remove(only_of_that_answer).unwrap();
    }
    assert_eq!(payload["data"], order);
    assert_eq!(payload["object"], json!({ "kind": "order", "id": bought.id }));
    let sent = wire.requests().concat();
    assert!(!sent.contains("_secret_") && !sent.contains(&bought.token), "{sent}");
}

#[tokio::test]
async fn every_kind_of_object_is_told_as_the_api_answers_it_to_staff() {
    let (shop, staff) = staffed().await;
    let category = json!({ "name": "Clothing" });
    let above = shop.post("/api/v1/categories", &category).by(&staff).send().await.expect(201).data().clone();
    let mut paths = Vec::new();
    for (list, body) in [
        ("/api/v1/categories", json!({ "name": "Shirts", "parentId": above["id"] })),
        ("/api/v1/brands", json!({ "name": "Harbour" })),
    ] {
        let made = shop.post(list, &body).by(&staff).send().await.expect(201).data().clone();
        paths.push((format!("{list}/{}", made["id"].as_str().unwrap()), made["id"].clone()));
    }
    let mut body = in_sizes("shirt", &[size(1, &[("sku", json!("S-1"))]), size(2, &[("sku", json!("S-2"))])]);
    (body["categoryIds"], body["brandId"]) = (json!([paths[0].1]), paths[1].1.clone());
    body["metadata"] = json!({ "erp_id": "4711" });
    let product = make(&shop, &staff, &body).await;
    for (path, _) in &paths {
        let renamed = json!({ "name": "Named anew" });
        shop.request(Method::PATCH, path).json(&renamed).by(&staff).send().await.expect(200);
    }
    let adjust = json!({ "adjust": -7, "reason": "Broken" });
    let adjust = shop.request(Method::PATCH, "/api/v1/inventory/S-1").json(&adjust).by(&staff);
    adjust.header("idempotency-key", "a-1").send().await.expect(200);
    let customer = shop.register("ada@example.com").await;
    // Until then the API may answer with the names of before.
    shop.later(TERM_AGE);
    // The units of the reads are those of docs/costs.md.
    for (event_type, path, units) in [
        ("product.changed", path(&product), 7.0),
        ("category.changed", paths[0].0.clone(), 2.0),
        ("brand.changed", paths[1].0.clone(), 1.0),
        ("stock.low", "/api/v1/inventory/S-1".to_owned(), 1.0),
        ("customer.registered", format!("/api/v1/users/{}", customer.id), 1.0),
    ] {
        shop.table.network.take_calls();
        let payload = told(&shop, event_type).await;
        let read: f64 = shop.table.network.take_calls().iter().map(|call| call.units).sum();
        assert!((read - ENDPOINTS - units).abs() < 0.1, "{event_type}: {read} units");
        assert_eq!(payload["data"], shown(&shop, &staff, &path).await, "{event_type}");
        assert!(path.ends_with(payload["object"]["id"].as_str().unwrap()), "{event_type}");
        assert!(payload["sequence"].as_u64().is_some(), "{event_type}");
    }
    assert_eq!(told(&shop, "category.changed").await["data"]["depth"], 1);
}

#[tokio::test]
async fn a_customer_who_is_gone_is_named_and_nothing_else_is_told() {
    let (shop, _) = staffed().await;
    let ada = shop.register("ada@example.com").await;
    let leave = shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": PASSWORD }));
    leave.by(&ada).send().await.expect(200);
    for event_type in ["customer.registered", "customer.deleted"] {
        let payload = told(&shop, event_type).await;
        assert_eq!(payload["object"], json!({ "kind": "customer", "id": ada.id.to_string() }));
        assert_eq!((&payload["data"], &payload["sequence"]), (&Value::Null, &Value::Null), "{event_type}");
        assert!(!payload.to_string().contains("ada@"), "{payload}");
    }
}

#[tokio::test]
async fn of_two_payloads_the_one_with_the_larger_sequence_tells_the_newer_state() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bought = shop.buy(1, "k-1").await;
    let placed = told(&shop, "order.placed").await;
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    let paid = told(&shop, "order.paid").await;
    let placed_late = told(&shop, "order.placed").await;
    assert!(paid["sequence"].as_u64() > placed["sequence"].as_u64());
    assert_eq!((&placed["data"]["status"], &paid["data"]["status"]), (&json!("pending"), &json!("paid")));
    assert_eq!((&placed_late["id"], &placed_late["sequence"]), (&placed["id"], &paid["sequence"]));
    // A change of the band of a SKU is a change of its product too.
    let product = shop.add_product(&staff, "B", 1000, 7).await;
    let before = told(&shop, "product.changed").await;
    let empty = json!({ "adjust": -7, "reason": "Broken" });
    let empty = shop.request(Method::PATCH, "/api/v1/inventory/B").json(&empty).by(&staff);
    empty.header("idempotency-key", "a-1").send().await.expect(200);
    let after = told(&shop, "product.changed").await;
    assert_eq!(before["object"]["id"], product["id"]);
    assert!(after["sequence"].as_u64() > before["sequence"].as_u64());
    assert_eq!((&before["data"]["stock"], &after["data"]["stock"]), (&json!("in"), &json!("out")));
}

#[tokio::test]
async fn only_the_events_that_the_bus_refused_come_again() {
    let (shop, _) = selling_at(1000, 50).await;
    buy_paid(&shop, "A", 1, "k-1").await;
    let messages = messages(&shop);
    let paid = messages.iter().position(|message| message.contains("\"order.paid\"")).unwrap();
    assert_eq!(deliver(&events(&shop, &refuses("order.paid")), &messages).await, [paid]);
    let wire = FakeService::new(takes_events);
    assert!(deliver(&events(&shop, &wire), &messages[paid..=paid]).await.is_empty());
    assert_eq!(ids(&wire).len(), 1);
}

#[tokio::test]
async fn all_events_of_a_call_that_failed_come_again_and_those_of_other_calls_do_not() {
    let shop = Shop::open().await;
    for n in 0..12 {
        shop.register(&format!("u{n}@example.com")).await;
    }
    let messages = messages(&shop);
    let all: Vec<usize> = (0..messages.len()).collect();
    let failures: [fn(&str) -> Reply; 3] = [
        |_| Reply::Lost,
        |_| Reply::Answer(500, String::new()),
        // The answer says nothing of the events.
        |_| Reply::Answer(200, json!({ "FailedEntryCount": 0, "Entries": [] }).to_string()),
    ];
    for failure in failures {
        assert_eq!(deliver(&events(&shop, &FakeService::new(failure)), &messages).await, all);
    }
    // The second call has what found no room in the first one.
    let second_fails =
        |body: &str| if body.matches("\"Detail\"").count() == 10 { takes_events(body) } else { Reply::Lost };
    assert_eq!(deliver(&events(&shop, &FakeService::new(second_fails)), &messages).await, all[10..]);
}

#[tokio::test]
async fn a_message_that_cannot_be_read_holds_up_no_other() {
    let (shop, _) = staffed().await;
    let good = messages(&shop).remove(0);
    let wire = FakeService::new(takes_events);
    let mixed = ["{".to_owned(), good.clone(), r#"{"type":"order.exploded"}"#.to_owned()];
    assert_eq!(deliver(&events(&shop, &wire), &mixed).await, [0, 2]);
    assert_eq!(ids(&wire).len(), 1);
}

#[tokio::test]
async fn wherever_the_function_dies_or_a_call_is_lost_every_event_reaches_the_bus() {
    let (shop, _) = selling_at(1000, 50).await;
    buy_paid(&shop, "A", 1, "k-1").await;
    shop.register("ada@example.com").await;
    let messages = messages(&shop);
    let interruptions = &shop.table.network.interruptions;
    let mut points = 0;
    for at in 0.. {
        let wire = FakeService::new(takes_events);
        let function = events(&shop, &wire);
        match interruptions.crash_at(at, deliver(&function, &messages)).await {
            Outcome::NotReached => break,
            Outcome::Finished(_) => unreachable!("it crashed"),
            Outcome::Crashed => {}
        }
        // The queue delivers all of them again, in another order, and then once more.
        let again: Vec<String> = messages.iter().rev().chain(&messages).cloned().collect();
        assert!(deliver(&function, &again).await.is_empty());
        assert_eq!(ids(&wire).len(), messages.len());
        let wire = FakeService::new(takes_events);
        let function = events(&shop, &wire);
        let Outcome::Finished(kept) = interruptions.lose_call_at(at, deliver(&function, &messages)).await else {
            panic!("the point {at} is there")
        };
        let kept: Vec<String> = kept.into_iter().map(|place| messages[place].clone()).collect();
        assert!(deliver(&function, &kept).await.is_empty());
        assert_eq!(ids(&wire).len(), messages.len());
        assert_eq!(entries(&wire).len(), messages.len(), "those that did not fail are not sent again");
        points += 1;
    }
    assert!(points > 10, "{points}");
}

#[tokio::test]
async fn an_object_that_is_too_large_for_the_bus_is_named_and_its_data_left_out() {
    let (shop, staff) = staffed().await;
    let made = shop.add_product(&staff, "A", 1000, 7).await;
    let old = shop.store().product(product_of(&shop, "A")).await.unwrap().unwrap();
    // Larger than the rules of products allow; but those of today could change.
    let revision =
        Revision::with_same_skus(old.changed(shop.now(), |product| product.description = "𐐷".repeat(62_500)));
    let change =
        ProductChange { action: "product.edit", by: None, before: Some(old), revision, idempotency_record: None };
    let writer = ProductWriter { store: shop.store().clone(), ids: shop.app.context.ids.clone() };
    Box::pin(writer.commit(&change, shop.now())).await.unwrap();
    let payload = told(&shop, "product.changed").await;
    assert!(shown(&shop, &staff, &path(&made)).await.to_string().len() > MAX_PAYLOAD);
    assert_eq!((&payload["data"], &payload["dataOmitted"]), (&Value::Null, &json!(true)));
    assert!(payload["sequence"].is_u64() && payload["object"]["id"] == made["id"]);
}

#[tokio::test]
async fn the_largest_order_of_usual_words_is_told_whole() {
    let (shop, staff) = selling_at(1000, 50).await;
    let cart = shop.cart_of("A", 1).await;
    for line in 0..84 {
        let sku = format!("HARBOUR-SHIRT-{line}");
        let body = json!({ "name": "Shirt ".repeat(33).trim(), "slug": format!("s-{line}"), "sku": sku, "price": usd(1000), "status": "active", "stock": 5 });
        make(&shop, &staff, &body).await;
        shop.add_to_cart(&sku, 1).header("cart-token", &cart).send().await.expect(200);
    }
    let body = harness::orders::guest_order("ada@example.com", "payment_intent");
    PlacedOrder::of(shop.place_order(&body, "k-1").header("cart-token", &cart).send().await);
    let payload = told(&shop, "order.placed").await;
    assert_eq!(payload["data"]["items"].as_array().unwrap().len(), 85);
    assert!(payload.to_string().len() < 100_000, "{}", payload.to_string().len());
}

#[tokio::test]
async fn an_event_that_nobody_wants_is_not_read_and_its_message_not_kept() {
    let (shop, _) = selling_at(1000, 50).await;
    shop.place_order(&order_of("A", 1, "payment_intent"), "k-1").send().await.expect(201);
    let function = function(&shop, None);
    shop.table.network.take_calls();
    assert!(deliver(&function, &messages(&shop)).await.is_empty());
    assert_eq!(shop.table.network.take_calls().len(), 1, "the list of endpoints, for all of them");
}

#[tokio::test]
async fn an_endpoint_gets_what_is_on_the_bus_and_without_a_bus_too() {
    let (shop, staff) = selling_at(1000, 50).await;
    let endpoint = json!({ "url": "https://erp.example.com/events", "eventTypes": ["order.placed"] });
    shop.post("/api/v1/admin/webhooks", &endpoint).by(&staff).header("idempotency-key", "k-0").send().await.expect(201);
    shop.place_order(&order_of("A", 1, "payment_intent"), "k-1").send().await.expect(201);
    let wire = FakeService::new(takes_events);
    let messages = messages(&shop);
    assert!(deliver(&events(&shop, &wire), &messages).await.is_empty());
    assert!(deliver(&function(&shop, None), &messages).await.is_empty());
    let placed = payloads(&wire).into_iter().find(|payload| payload["type"] == "order.placed").unwrap();
    let queued: Vec<Value> = shop.webhooks.queue.take().into_iter().map(|message| message.body).collect();
    assert_eq!(queued.len(), 2, "one for each delivery of the event: {queued:?}");
    let kept = shop.table.items_under("WEBHOOKEVENTS#");
    let kept: Vec<Value> =
        kept.into_values().map(|item| serde_json::from_str(item["payload"].as_str().unwrap()).unwrap()).collect();
    assert_eq!(kept, [placed]);
}

#[tokio::test]
async fn an_event_that_the_queue_of_webhooks_does_not_take_comes_again() {
    let (shop, staff) = selling_at(1000, 50).await;
    let endpoint = json!({ "url": "https://erp.example.com/events", "eventTypes": ["order.placed"] });
    shop.post("/api/v1/admin/webhooks", &endpoint).by(&staff).header("idempotency-key", "k-0").send().await.expect(201);
    shop.place_order(&order_of("A", 1, "payment_intent"), "k-1").send().await.expect(201);
    let placed = of_type(&shop, "order.placed");
    let refused = Announcer::new(
        shop.table.store_of("events"),
        WebhookQueue::new(
            crate::fixtures::queues(&FakeService::new(|_| Reply::Answer(503, "{}".to_owned()))),
            "http://queue.test/webhooks",
        ),
        shop.clock.clone(),
    );
    let payloads = Payloads::new(shop.table.store_of("events"), "https://images.test");
    let function = Events::new(payloads, None, refused, shop.clock.clone());
    assert_eq!(deliver(&function, &placed).await, [0]);
}
