//! Messages of clients are as strict as the bodies of requests, and a refused one changes nothing.

use domain::id::ProductId;
use domain::live::{MAX_MESSAGE, MAX_TOPICS};
use serde_json::{Value, json};

use super::Live;

fn fields(heard: &Value) -> Vec<&str> {
    heard["details"].as_array().unwrap().iter().map(|detail| detail["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn bad_messages_are_refused_by_field_and_change_nothing() {
    let live = Live::open().await;
    live.connect("a", None).await;
    let topic = format!("product:{}", live.product());
    let before = live.shop.table.items_under("CONNECTION#");
    let cases = [
        (json!({}), vec!["action"]),
        (json!({ "action": "shout" }), vec!["topics", "action"]),
        (json!({ "action": "subscribe" }), vec!["topics"]),
        (json!({ "action": "subscribe", "topics": [] }), vec!["topics"]),
        (
            json!({ "action": "subscribe", "topics": [topic, "orders:usr_1", "nothing"] }),
            vec!["topics[1]", "topics[2]"],
        ),
        (json!({ "action": "subscribe", "topics": [topic], "since": { "orders": 1 } }), vec!["since.orders"]),
        (json!({ "action": "subscribe", "topics": [topic], "since": { &topic: -1 } }), vec![""]),
        (json!({ "action": "subscribe", "topics": [topic], "until": 1 }), vec!["until"]),
        (json!({ "action": "subscribe", "topics": topic }), vec!["topics"]),
        (json!({ "action": "unsubscribe", "topics": [topic], "since": { &topic: 1 } }), vec!["since"]),
        (json!({ "action": "ping", "topics": [topic] }), vec!["topics"]),
        (json!({ "action": "ping", "id": "x".repeat(65) }), vec!["id"]),
    ];
    for (message, expected) in cases {
        let heard = live.say("a", &message).await;
        assert_eq!((&heard["type"], &heard["code"]), (&json!("error"), &json!("validation_failed")), "{message}");
        if expected != [""] {
            assert_eq!(fields(&heard), expected, "{message}: {heard}");
        }
    }
    for text in ["", "{", "[]", "null", "7", "\"ping\"", "{}{}"] {
        let heard = live.say_text("a", text).await;
        assert!(["malformed_json", "validation_failed"].contains(&heard["code"].as_str().unwrap()), "{text}: {heard}");
    }
    let long = json!({ "action": "ping", "id": "x".repeat(MAX_MESSAGE) });
    assert_eq!(live.say("a", &long).await["code"], "body_too_large");
    assert_eq!(live.shop.table.items_under("CONNECTION#"), before);
    assert!(live.shop.table.items_under("LIVETOPIC#").is_empty());
    assert_eq!(live.say("a", &json!({ "action": "ping", "id": "p" })).await, json!({ "type": "pong", "id": "p" }));
}

#[tokio::test]
async fn a_connection_watches_at_most_fifty_topics_and_leaves_those_that_it_does_not_want() {
    let live = Live::open().await;
    live.connect("a", None).await;
    let topic = |n: usize| format!("product:{}", ProductId::new(live.shop.now(), n as u128));
    let all: Vec<String> = (0..MAX_TOPICS).map(topic).collect();
    let heard = live.say("a", &json!({ "action": "subscribe", "topics": all })).await;
    assert_eq!(heard["topics"].as_array().map(Vec::len), Some(MAX_TOPICS), "{heard}");
    let more = json!({ "action": "subscribe", "topics": [topic(99)] });
    assert_eq!(live.say("a", &more).await["code"], "too_many_topics");
    assert_eq!(live.shop.table.items_under("LIVETOPIC#").len(), MAX_TOPICS);
    let heard = live.say("a", &json!({ "action": "unsubscribe", "topics": &all[..2] })).await;
    assert_eq!(heard["topics"], json!(all[..2]));
    assert_eq!(live.say("a", &more).await["type"], "subscribed");
    assert_eq!(live.shop.table.items_under("LIVETOPIC#").len(), MAX_TOPICS - 1);
    live.disconnect("a").await;
    assert!(live.shop.table.items_under("LIVETOPIC#").is_empty());
    assert!(live.shop.table.items_under("CONNECTION#").is_empty());
}

#[tokio::test]
async fn messages_that_come_at_once_are_all_done() {
    let live = Live::open().await;
    live.connect("a", None).await;
    let topics: Vec<String> = (0..3).map(|n| format!("product:{}", ProductId::new(live.shop.now(), n))).collect();
    let subscribe = |topic: &String| json!({ "action": "subscribe", "topics": [topic] });
    let messages: Vec<Value> = topics.iter().map(subscribe).collect();
    let say = |n: usize| live.say("a", &messages[n]);
    tokio::join!(say(0), say(1), say(2));
    let mut stored: Vec<String> = live.shop.table.items_under("CONNECTION#").into_values().next().unwrap()["topics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|topic| topic.as_str().unwrap().to_owned())
        .collect();
    stored.sort();
    assert_eq!(stored, topics);
    assert_eq!(live.shop.table.items_under("LIVETOPIC#").len(), 3);
}

#[tokio::test]
async fn a_connection_sends_sixty_messages_a_minute_and_bad_ones_count() {
    let live = Live::open().await;
    live.connect("a", None).await;
    for n in 0..60 {
        let heard = live.say_text("a", if n % 2 == 0 { "{" } else { r#"{"action":"ping"}"# }).await;
        assert_ne!(heard["code"], "rate_limited", "{n}");
    }
    for text in ["{", r#"{"action":"ping"}"#] {
        assert_eq!(live.say_text("a", text).await["code"], "rate_limited");
    }
    live.connect("b", None).await;
    assert_eq!(live.say_text("b", r#"{"action":"ping"}"#).await["type"], "pong");
}
