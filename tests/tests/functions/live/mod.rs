//! Live updates, from a ticket to a message. What happens in the table goes through the relay and the pusher, as it does
//! through stream and queue.

mod catching_up;
mod ends;
mod fan_out;
mod interruptions;
mod messages;
mod watching;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use aws_lambda_events::dynamodb::EventRecord;
use aws_lambda_events::sqs::SqsEvent;
use harness::connections::FakeConnections;
use harness::fake_service::FakeService;
use harness::functions::context_config;
use harness::orders::{PlacedOrder, selling};
use harness::shop::{Answer, Person, Shop, TestRequest};
use kit::http::distribution::Distribution;
use kit::runtime::ids::Ids;
use live_pusher::{Config, Connections, Pusher};
use live_socket::{Socket, SocketAnswer};
use serde_json::{Value, json};

use crate::fixtures::{messages, queues, stream, takes_messages};

/// The function that answers connections.
pub(crate) fn socket(shop: &Shop, distribution: Distribution) -> Socket {
    let staff_rules = context_config().staff_rules;
    let config = live_socket::Config { table: "kontor".to_owned(), staff_rules, distribution };
    Socket::new(shop.table.store_of("live-socket"), shop.clock.clone(), Ids::seeded(70), &config)
}

/// A shop that sells `A`, with live updates.
pub(crate) struct Live {
    pub(crate) shop: Shop,
    pub(crate) staff: Person,
    pub(crate) socket: Socket,
    pub(crate) pusher: Pusher,
    pub(crate) connections: FakeConnections,
    queue: FakeService,
    /// The table as the relay saw it last.
    seen: Mutex<BTreeMap<String, Value>>,
}

impl Live {
    pub(crate) async fn open() -> Self {
        let (shop, staff) = selling().await;
        Self::of(shop, staff)
    }

    pub(crate) fn of(shop: Shop, staff: Person) -> Self {
        let (connections, queue) = (FakeConnections::default(), FakeService::new(takes_messages));
        let rules = context_config().staff_rules;
        let config = Config {
            table: "kontor".to_owned(),
            live_queue: "http://queue.test/live".to_owned(),
            live_endpoint: "http://connections.test/live".to_owned(),
            staff_rules: rules,
        };
        let store = |function| shop.table.store_of(function);
        let calls = Connections::of(connections.settings());
        let pusher = Pusher::new(&config, store("live-pusher"), calls, queues(&queue), shop.clock.clone());
        let socket = socket(&shop, shop.app.context.distribution.clone());
        let seen = Mutex::new(shop.table.items());
        Self { shop, staff, socket, pusher, connections, queue, seen }
    }

    pub(crate) fn ask_for_ticket(&self, who: Option<&Person>) -> TestRequest {
        let ask = self.shop.request(axum::http::Method::POST, "/api/v1/live/tickets");
        if let Some(person) = who { ask.by(person) } else { ask }
    }

    pub(crate) async fn connect_with(&self, connection: &str, ticket: &str) -> u16 {
        self.connect_from(connection, ticket, &json!({})).await
    }

    pub(crate) async fn connect_from(&self, connection: &str, ticket: &str, headers: &Value) -> u16 {
        let event = json!({
            "requestContext": { "eventType": "CONNECT", "connectionId": connection },
            "headers": headers,
            "queryStringParameters": { "ticket": ticket },
        });
        self.serve(event).await.status_code
    }

    async fn serve(&self, event: Value) -> SocketAnswer {
        self.socket.serve(serde_json::from_value(event).unwrap()).await
    }

    pub(crate) async fn connect(&self, connection: &str, who: Option<&Person>) {
        let answer = self.ask_for_ticket(who).send().await;
        assert_eq!(self.connect_with(connection, &ticket(&answer.expect(201))).await, 200);
    }

    pub(crate) async fn connect_guest(&self, connection: &str, order: &PlacedOrder) {
        let ask = self.shop.post("/api/v1/live/tickets", &json!({ "orderId": order.id }));
        let answer = ask.header("order-token", &order.token).send().await;
        assert_eq!(self.connect_with(connection, &ticket(&answer.expect(201))).await, 200);
    }

    pub(crate) async fn disconnect(&self, connection: &str) {
        let event = json!({ "requestContext": { "eventType": "DISCONNECT", "connectionId": connection } });
        assert_eq!(self.serve(event).await.status_code, 200);
    }

    /// What the client hears in answer to a text.
    pub(crate) async fn say_text(&self, connection: &str, text: &str) -> Value {
        let event = json!({ "requestContext": { "eventType": "MESSAGE", "connectionId": connection }, "body": text });
        serde_json::from_str(&self.serve(event).await.body.unwrap()).unwrap()
    }

    pub(crate) async fn say(&self, connection: &str, message: &Value) -> Value {
        self.say_text(connection, &message.to_string()).await
    }

    /// Watches a topic and returns its sequence.
    pub(crate) async fn watch(&self, connection: &str, topic: &str) -> u64 {
        let heard = self.say(connection, &json!({ "action": "subscribe", "topics": [topic] })).await;
        assert_eq!(heard["type"], "subscribed", "{heard}");
        heard["topics"][0]["sequence"].as_u64().unwrap()
    }

    /// What the relay makes for the live queue of all changes since the last time.
    pub(crate) fn jobs(&self) -> Vec<String> {
        let (now, mut seen) = (self.shop.table.items(), self.seen.lock().unwrap());
        let mut records = Vec::new();
        for (key, item) in &now {
            match seen.get(key) {
                None => records.push(record("INSERT", None, Some(item))),
                Some(old) if old != item => records.push(record("MODIFY", Some(old), Some(item))),
                Some(_) => {}
            }
        }
        let removed = seen.iter().filter(|(key, _)| !now.contains_key(*key));
        records.extend(removed.map(|(_, item)| record("REMOVE", Some(item), None)));
        *seen = now;
        // The stream's filter lets nothing else through.
        records.retain(|record| {
            let name = |key: &str| format!("{:?}", record.change.keys.get(key));
            ["OUTBOX#", "PRODUCT#", "USER#"].iter().any(|kind| name("PK").contains(kind))
        });
        let routed = relay::route(&records);
        assert_eq!(routed.unreadable, None);
        routed.live.into_iter().map(|message| message.body).collect()
    }

    /// The pusher gets these messages in one batch, and then those that it put into the queue. Returns how many parts there
    /// were.
    pub(crate) async fn deliver(&self, jobs: &[String]) -> usize {
        let before = messages(&self.queue).len();
        let response = self.pusher.deliver(batch(jobs)).await;
        assert!(response.batch_item_failures.is_empty());
        let mut done = before;
        loop {
            let parts: Vec<Value> = messages(&self.queue).split_off(done);
            if parts.is_empty() {
                return done - before;
            }
            done += parts.len();
            for part in parts {
                let response = self.pusher.deliver(batch(&[part.to_string()])).await;
                assert!(response.batch_item_failures.is_empty());
            }
        }
    }

    /// What happened in the shop since the last time reaches the pusher.
    pub(crate) async fn pass_on(&self) {
        for some in self.jobs().chunks(10) {
            self.deliver(some).await;
        }
    }

    /// The types of the messages that a connection got since the last time.
    pub(crate) fn types(&self, connection: &str) -> Vec<String> {
        let got = self.connections.take(connection);
        got.iter().map(|message| message["type"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn product(&self) -> String {
        let items = self.shop.table.items_under("PRODUCT#");
        items.values().next().unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Time passes, and staff sign in again.
    pub(crate) async fn later(&mut self, time: Duration) {
        self.shop.later(time);
        self.staff = self.shop.login(&self.staff.email).await;
    }

    pub(crate) async fn set_price(&self, amount: i64) {
        let path = format!("/api/v1/products/{}", self.product());
        let body = json!({ "price": { "amount": amount, "currency": "usd" } });
        let ask = self.shop.request(axum::http::Method::PATCH, &path).json(&body).by(&self.staff);
        ask.header("if-match", "*").send().await.expect(200);
    }
}

pub(crate) fn ticket(answer: &Answer) -> String {
    answer.data()["ticket"].as_str().unwrap().to_owned()
}

pub(crate) fn batch(jobs: &[String]) -> SqsEvent {
    let record = |(at, body): (usize, &String)| json!({ "messageId": format!("m-{at}"), "body": body });
    let records: Vec<Value> = jobs.iter().enumerate().map(record).collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

/// A record of the stream.
fn record(name: &str, old: Option<&Value>, new: Option<&Value>) -> EventRecord {
    let image = |item: &Value| stream(std::slice::from_ref(item)).records.remove(0);
    let mut record = image(new.or(old).unwrap());
    name.clone_into(&mut record.event_name);
    record.change.old_image = old.map(|item| image(item).change.new_image).unwrap_or_default();
    if new.is_none() {
        drop(std::mem::take(&mut record.change.new_image));
    }
    record
}
