//! The messages of live updates in `web/client/tests/live-messages.ts`. No description has them, so the compiler checks the
//! types of the client against this file. `make update` writes it again.

use domain::id::{OrderId, ProductId, UserId};
use domain::live::{LiveEvent, LiveLog, LiveMessage, LiveTopic, StaffFeed};
use domain::money::{Currency, Money};
use domain::public_event::EventType;
use domain::stock::Band;
use harness::shop::Shop;
use serde_json::Value;

use crate::contract::compare;

const FILE: &str = "web/client/tests/live-messages.ts";

/// As clients get it.
fn message(topic: LiveTopic, event: LiveEvent) -> Value {
    let now = event.at;
    let log = LiveLog::watched(None, now).unwrap().with(&[event], now).unwrap();
    serde_json::to_value(LiveMessage::new(topic, &log, &log.entries[0])).unwrap()
}

#[test]
fn the_messages_that_the_types_of_the_client_are_checked_against_are_up_to_date() {
    let now = Shop::start_time();
    let (order, product) = (OrderId::new(now, 1), ProductId::new(now, 1));
    let told = LiveEvent {
        id: "evt_01M8C2C7DE86J8MMWP7W18NG0A".to_owned(),
        event_type: EventType::OrderPaid,
        at: now,
        link: Some(format!("/api/v1/orders/{order}")),
        price: None,
        stock: None,
    };
    let topics = [LiveTopic::Order(order), LiveTopic::OrdersOf(UserId::new(now, 1))];
    let topics = topics.into_iter().chain(StaffFeed::ALL.map(LiveTopic::Staff));
    let without_link = LiveEvent { link: None, ..told.clone() };
    let mut messages: Vec<Value> = topics.map(|topic| message(topic, told.clone())).collect();
    messages.push(message(LiveTopic::Staff(StaffFeed::Orders), without_link));
    let price = Some(Money { amount: 1999, currency: Currency::parse("usd").unwrap() });
    for band in Band::ALL {
        let (id, link) = (format!("{product}@1.2"), Some(format!("/api/v1/products/{product}")));
        let (event_type, stock) = (EventType::ProductChanged, Some(band));
        let shown = LiveEvent { id, event_type, link, price, stock, ..told.clone() };
        messages.push(message(LiveTopic::Product(product), shown));
    }
    let messages = serde_json::to_string_pretty(&messages).unwrap();
    let text = format!(
        "// What live updates send. `tests/tests/architecture/live.rs` makes this file, and the compiler checks the types of the\n\
         // client against it.\n\nimport type {{ LiveMessage }} from '../src/index.ts';\n\n\
         export const MESSAGES: LiveMessage[] = {messages};\n"
    );
    compare(FILE, &text);
}
