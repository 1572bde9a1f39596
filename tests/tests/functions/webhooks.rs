//! Webhooks from the announced event to the request that a merchant's server gets.

use std::net::IpAddr;
use std::time::Duration;

use domain::id::{EventId, OrderId, WebhookEndpointId};
use domain::public_event::{EventObject, EventType, PublicEvent};
use domain::webhook::WebhookEndpoint;
use domain::webhook::delivery::{AttemptProblem, Delivery, DeliveryState};
use domain::webhook::target::Reach;
use harness::shop::Shop;
use harness::webhooks::{Behaviour, Receiver};
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use outgoing_webhooks::{Announcer, WebhookKeys, WebhookQueue};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use store::audit::AuditChange;
use webhook_sender::{Config, Event, Sender};

/// A shop with one endpoint, the server behind it, and the function that sends to it.
pub(crate) struct World {
    pub(crate) shop: Shop,
    pub(crate) receiver: Receiver,
    pub(crate) endpoint: WebhookEndpointId,
}

pub(crate) fn sender_with(shop: &Shop, reach: Reach) -> Sender {
    sender_by(shop, reach, shop.clock.clone(), 77)
}

fn sender_by(shop: &Shop, reach: Reach, clock: Clock, seed: u64) -> Sender {
    let config = Config {
        table: "kontor".to_owned(),
        queue: "http://queue.test/webhooks".to_owned(),
        key_secret: "webhooks".to_owned(),
        reach,
    };
    let (store, queue) = (shop.table.store_of("webhook-sender"), shop.webhooks.queue.client());
    let (secrets, resolver) = (shop.secrets.clone(), shop.webhooks.resolver.clone());
    Sender::new(&config, store, queue, secrets, resolver, clock, Ids::seeded(seed))
}

pub(crate) fn endpoint(shop: &Shop, url: &str, n: u128) -> WebhookEndpoint {
    let now = shop.now();
    WebhookEndpoint {
        id: WebhookEndpointId::new(now, n),
        url: url.to_owned(),
        description: String::new(),
        event_types: Some(vec![EventType::OrderPaid, EventType::OrderShipped]),
        max_per_minute: 600,
        secret: 1,
        retiring: Vec::new(),
        disabled: None,
        failing: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

pub(crate) async fn add(shop: &Shop, endpoint: &WebhookEndpoint) {
    let ids = &shop.app.context.ids;
    let entry = ids.audit_entry(None, "webhook.create", endpoint.id, AuditChange::default(), shop.now());
    shop.store().add_webhook_endpoint(endpoint, &entry).await.unwrap();
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::over(Shop::open().await).await
    }

    pub(crate) async fn over(shop: Shop) -> Self {
        let receiver = Receiver::start(&shop.table.network.interruptions);
        let endpoint = endpoint(&shop, &receiver.url, 1);
        add(&shop, &endpoint).await;
        Self { shop, receiver, endpoint: endpoint.id }
    }

    pub(crate) fn sender(&self) -> Sender {
        sender_with(&self.shop, Reach::Any)
    }

    pub(crate) fn announcer(&self) -> Announcer {
        let queue = WebhookQueue::new(self.shop.webhooks.queue.client(), "http://queue.test/webhooks");
        Announcer::new(self.shop.table.store.clone(), queue, self.shop.clock.clone())
    }

    /// An event that happens now.
    pub(crate) fn event(&self, n: u128, event_type: EventType) -> PublicEvent {
        let now = self.shop.now();
        let object = EventObject::Order(OrderId::new(now, n));
        PublicEvent { id: EventId::new(now, n), event_type, at: now, object }
    }

    pub(crate) async fn announce(&self, n: u128) -> EventId {
        let event = self.event(n, EventType::OrderPaid);
        let payload = json!({ "id": event.id, "type": "order.paid", "sequence": n, "data": { "n": n } });
        assert_eq!(self.announcer().announce(&event, &payload.to_string()).await, Ok(1));
        event.id
    }

    /// The queue delivers all of its messages at once. Those that fail are lost. Returns how many failed.
    pub(crate) async fn work(&self, sender: &Sender) -> usize {
        let messages: Vec<Value> = self.shop.webhooks.queue.take().into_iter().map(|message| message.body).collect();
        self.hand(sender, &messages).await
    }

    pub(crate) async fn hand(&self, sender: &Sender, messages: &[Value]) -> usize {
        sender.handle(queued(messages)).await.unwrap().batch_item_failures.len()
    }

    /// A minute passes by the clock of the schedule, and its messages are delivered.
    pub(crate) async fn tick(&self, sender: &Sender) {
        sender.handle(Event::EveryMinute(json!({}))).await.unwrap();
        assert_eq!(self.work(sender).await, 0);
    }

    pub(crate) async fn delivery(&self, event: EventId) -> Option<Delivery> {
        self.shop.table.unseen_store().webhook_delivery_facts(self.endpoint, event).await.unwrap().delivery
    }

    pub(crate) async fn endpoint(&self) -> WebhookEndpoint {
        self.shop.table.unseen_store().webhook_endpoint(self.endpoint).await.unwrap().unwrap()
    }

    pub(crate) async fn is_delivered(&self, event: EventId) -> bool {
        matches!(self.delivery(event).await.map(|it| it.state), Some(DeliveryState::Delivered { .. }))
    }

    /// Replaces the endpoint as it is.
    pub(crate) async fn change(&self, change: impl FnOnce(WebhookEndpoint) -> WebhookEndpoint) {
        let before = self.endpoint().await;
        let after = WebhookEndpoint { version: before.version + 1, ..change(before.clone()) };
        let ids = &self.shop.app.context.ids;
        let entry = ids.audit_entry(None, "webhook.edit", before.id, AuditChange::default(), self.shop.now());
        self.shop.store().change_webhook_endpoint(&before, &after, &entry, None).await.unwrap();
    }
}

pub(crate) fn queued(messages: &[Value]) -> Event {
    let record = |(n, body): (usize, &Value)| json!({ "messageId": n.to_string(), "body": body.to_string() });
    let records: Vec<Value> = messages.iter().enumerate().map(record).collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

#[tokio::test]
async fn an_event_reaches_the_endpoints_that_want_it_with_a_signature_that_standard_libraries_accept() {
    let world = World::new().await;
    let event = world.announce(7).await;
    // The library compares the time of the signature with the clock of the machine.
    assert_eq!(world.work(&sender_by(&world.shop, Reach::Any, Clock::system(), 1)).await, 0);
    let received = world.receiver.received();
    assert_eq!(received.len(), 1);
    let request = &received[0];
    let expected = json!({ "id": event, "type": "order.paid", "sequence": 7, "data": { "n": 7 } });
    assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), expected);
    assert_eq!(request.header("webhook-id"), event.to_string());
    assert_eq!(request.header("content-type"), "application/json");
    let key = WebhookKeys::new(world.shop.secrets.clone(), "webhooks").key(world.shop.now()).await.unwrap();
    let secret = key.secret(world.endpoint, 1).text();
    let library = Webhook::new(&secret).unwrap();
    library.verify(request.body.as_bytes(), &request.headers).unwrap();
    library.verify(b"{}", &request.headers).unwrap_err();
    let other = Webhook::new(&key.secret(world.endpoint, 2).text()).unwrap();
    other.verify(request.body.as_bytes(), &request.headers).unwrap_err();
    let delivery = world.delivery(event).await.unwrap();
    assert_eq!((delivery.attempts[0].status, delivery.attempts[0].excerpt.as_str()), (Some(200), "thanks"));
}

#[tokio::test]
async fn both_secrets_sign_for_a_day_after_a_new_one_was_made() {
    let world = World::new().await;
    let now = world.shop.now();
    world.change(|endpoint| endpoint.with_new_secret(now).unwrap()).await;
    let key = WebhookKeys::new(world.shop.secrets.clone(), "webhooks").key(now).await.unwrap();
    let accepts = |number| {
        let library = Webhook::new(&key.secret(world.endpoint, number).text()).unwrap();
        let request = world.receiver.received().pop().unwrap();
        let sent_at: i64 = request.header("webhook-timestamp").parse().unwrap();
        assert_eq!(sent_at, world.shop.now().unix_seconds());
        let theirs = library.sign(request.header("webhook-id"), sent_at, request.body.as_bytes()).unwrap();
        request.header("webhook-signature").split(' ').any(|ours| ours == theirs)
    };
    world.announce(1).await;
    world.work(&world.sender()).await;
    assert!(accepts(1) && accepts(2) && !accepts(3));
    world.shop.later(WebhookEndpoint::RETIRES_IN);
    world.announce(2).await;
    world.work(&world.sender()).await;
    assert!(!accepts(1) && accepts(2));
}

#[tokio::test]
async fn events_that_nobody_wants_cost_nothing_and_a_new_endpoint_gets_events_within_a_minute() {
    let world = World::new().await;
    let announcer = world.announcer();
    let unwanted = world.event(1, EventType::StockLow);
    assert_eq!(announcer.announce(&unwanted, "{}").await, Ok(0));
    world.shop.table.network.take_calls();
    assert_eq!(announcer.announce(&world.event(2, EventType::StockLow), "{}").await, Ok(0));
    assert!(world.shop.table.network.take_calls().is_empty(), "the list of endpoints is known");
    assert!(world.shop.table.items_under("WEBHOOKEVENTS#").is_empty());
    let all = WebhookEndpoint { event_types: None, ..endpoint(&world.shop, &world.receiver.url, 2) };
    add(&world.shop, &all).await;
    world.shop.later(Duration::from_secs(59));
    assert_eq!(announcer.announce(&world.event(3, EventType::StockLow), "{}").await, Ok(1));
    assert_eq!(announcer.announce(&world.event(4, EventType::OrderPaid), "{}").await, Ok(2));
    let groups: Vec<String> = world.shop.webhooks.queue.take().into_iter().map(|message| message.group).collect();
    assert_eq!(groups, [all.id.to_string(), world.endpoint.to_string(), all.id.to_string()]);
}

#[tokio::test]
async fn a_message_that_comes_twice_late_or_at_once_is_posted_once() {
    let world = World::new().await;
    world.announce(1).await;
    let messages: Vec<Value> = world.shop.webhooks.queue.take().into_iter().map(|message| message.body).collect();
    let twice = [messages[0].clone(), messages[0].clone(), messages[0].clone()];
    let other = sender_by(&world.shop, Reach::Any, world.shop.clock.clone(), 78);
    let one = world.sender();
    let (a, b) = tokio::join!(world.hand(&one, &twice), world.hand(&other, &twice));
    assert_eq!(a + b, 0);
    world.shop.later(Duration::from_hours(99));
    assert_eq!(world.hand(&one, &twice).await, 0);
    assert_eq!(world.receiver.received().len(), 1);
}

#[tokio::test]
async fn a_host_that_moves_to_a_private_address_after_it_was_accepted_is_never_connected_to() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(&shop.table.network.interruptions);
    let port = receiver.url.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    let (v4, v6): (IpAddr, IpAddr) = ("127.0.0.1".parse().unwrap(), "::ffff:127.0.0.1".parse().unwrap());
    let public: IpAddr = "93.184.215.14".parse().unwrap();
    let world = World { receiver, endpoint: WebhookEndpointId::new(shop.now(), 1), shop };
    add(&world.shop, &endpoint(&world.shop, "https://erp.example.com/events", 1)).await;
    let sender = sender_with(&world.shop, Reach::Public);
    for (n, addresses) in (0..).zip([&[v4][..], &[v6], &[public, v4], &[]]) {
        world.shop.webhooks.resolver.replace("erp.example.com", addresses);
        world.shop.later(Duration::from_hours(1));
        let event = world.announce(n).await;
        assert_eq!(world.work(&sender).await, 0);
        let delivery = world.delivery(event).await.unwrap();
        let problem = delivery.attempts.last().and_then(|attempt| attempt.problem.map(AttemptProblem::name));
        let expected = if addresses.is_empty() { "host_not_found" } else { "address_refused" };
        assert_eq!(problem, Some(expected), "{n}");
    }
    // A URL that is stored, but that today's rules refuse.
    let literal = format!("http://127.0.0.1:{port}/events");
    world.change(|endpoint| WebhookEndpoint { url: literal, failing: None, ..endpoint }).await;
    world.shop.later(Duration::from_hours(1));
    let event = world.announce(9).await;
    world.work(&sender).await;
    assert_eq!(world.delivery(event).await.unwrap().attempts[0].problem.unwrap().name(), "address_refused");
    assert!(world.receiver.received().is_empty());
}

#[tokio::test]
async fn a_server_that_never_answers_or_answers_without_end_costs_a_bounded_time_and_room() {
    let world = World::new().await;
    let sender = world.sender();
    world.receiver.behave(Behaviour::Never);
    let first = world.announce(1).await;
    assert_eq!(world.work(&sender.clone().with_time_out(Duration::from_millis(100))).await, 0);
    let delivery = world.delivery(first).await.unwrap();
    assert_eq!(delivery.attempts[0].problem.unwrap().name(), "timed_out");
    world.receiver.behave(Behaviour::Answer(200, "ä\u{7}".repeat(200_000)));
    let second = world.announce(2).await;
    assert_eq!(world.work(&sender).await, 0);
    let delivery = world.delivery(second).await.unwrap();
    assert!(matches!(delivery.state, DeliveryState::Delivered { .. }));
    assert_eq!(delivery.attempts[0].excerpt, "ä".repeat(500));
}

#[tokio::test]
async fn more_events_than_an_endpoint_takes_in_a_minute_go_back_into_the_queue() {
    let world = World::new().await;
    world.change(|endpoint| WebhookEndpoint { max_per_minute: 3, ..endpoint }).await;
    let sender = world.sender();
    for n in 0..5 {
        world.announce(n).await;
    }
    assert_eq!(world.work(&sender).await, 0);
    assert_eq!(world.receiver.received().len(), 3);
    let later = world.shop.webhooks.queue.take();
    assert_eq!(later.len(), 2);
    assert!(later.iter().all(|message| (60..=95).contains(&message.delay)), "{later:?}");
    world.shop.later(Duration::from_mins(1));
    let bodies: Vec<Value> = later.into_iter().map(|message| message.body).collect();
    assert_eq!(world.hand(&sender, &bodies).await, 0);
    assert_eq!(world.receiver.received().len(), 5);
}

#[tokio::test]
async fn a_test_is_tried_once_and_changes_nothing_of_its_endpoint() {
    let world = World::new().await;
    world.change(|endpoint| endpoint.switched(false, endpoint_time())).await;
    world.receiver.answer_with(500);
    let root = world.shop.staff("root@example.com", domain::access::Role::Admin).await;
    let path = format!("/api/v1/admin/webhooks/{}/test", world.endpoint);
    let sent = world.shop.request(axum::http::Method::POST, &path).by(&root).send().await.expect(202);
    let before = world.endpoint().await;
    let sender = world.sender();
    assert_eq!(world.work(&sender).await, 0);
    world.shop.later(Duration::from_hours(2));
    world.tick(&sender).await;
    let event = EventId::parse(sent.data()["eventId"].as_str().unwrap()).unwrap();
    let delivery = world.delivery(event).await.unwrap();
    assert!(matches!(delivery.state, DeliveryState::Failed { .. }));
    assert_eq!((world.receiver.received().len(), world.endpoint().await), (1, before));
}

fn endpoint_time() -> domain::time::Time {
    Shop::start_time()
}

#[tokio::test]
async fn all_events_of_a_period_are_sent_again_in_parts_not_faster_than_the_endpoint_takes_them() {
    let world = World::new().await;
    let sender = world.sender();
    let start = world.shop.now();
    let mut events = Vec::new();
    for n in 0..250 {
        if n % 50 == 0 {
            world.shop.later(Duration::from_hours(2));
        }
        events.push(world.announce(n).await);
    }
    let messages = world.shop.webhooks.queue.take();
    // The first of each ten is delivered, the others are lost.
    let some: Vec<Value> = messages.iter().step_by(10).map(|message| message.body.clone()).collect();
    assert_eq!(world.hand(&sender, &some).await, 0);
    world.shop.later(Duration::from_hours(100));
    let now = world.shop.now();
    for (delivered_too, expected) in [(false, 225), (true, 250)] {
        world.shop.later(Duration::from_mins(1));
        let asked_at = world.shop.now();
        let mut jobs = vec![json!({ "resend": {
            "endpointId": world.endpoint, "from": start, "until": now, "askedAt": asked_at, "deliveredToo": delivered_too,
        } })];
        let (mut parts, mut found) = (0, Vec::new());
        while let Some(job) = jobs.pop() {
            parts += 1;
            assert_eq!(world.hand(&sender, &[job]).await, 0);
            for message in world.shop.webhooks.queue.take() {
                if message.body["resend"].is_object() {
                    assert!(message.delay >= 9, "a hundred events take ten seconds: {}", message.delay);
                    jobs.push(message.body);
                } else {
                    found.push(message.body["deliver"]["eventId"].as_str().unwrap().to_owned());
                }
            }
        }
        assert_eq!((found.len(), found.is_sorted()), (expected, true));
        assert!(parts >= 3);
    }
    let (one, later) = (json!({ "endpointId": world.endpoint, "eventId": events[0], "askedAt": world.shop.now() }), 26);
    assert_eq!(world.hand(&sender, &[json!({ "deliver": one.clone() }), json!({ "deliver": one })]).await, 0);
    assert_eq!(world.receiver.received().len(), later, "a request to send it again is carried out once");
}
