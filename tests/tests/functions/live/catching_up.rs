//! A client that was away.

use std::time::Duration;

use domain::live::{LOG_KEPT, MAX_LOGGED};
use serde_json::{Value, json};

use super::Live;

async fn since(live: &Live, connection: &str, sequence: u64) -> Value {
    let topic = format!("product:{}", live.product());
    let message = json!({ "action": "subscribe", "topics": [topic], "since": { topic: sequence } });
    let heard = live.say(connection, &message).await;
    assert_eq!(heard["type"], "subscribed", "{heard}");
    heard["topics"][0].clone()
}

/// A connection that watches the product, and the sequence at which it began.
async fn watching(live: &Live, connection: &str) -> u64 {
    live.connect(connection, None).await;
    live.watch(connection, &format!("product:{}", live.product())).await
}

#[tokio::test]
async fn a_client_that_comes_back_gets_what_it_missed_in_order_and_each_message_as_it_was_sent() {
    let live = Live::open().await;
    let first = watching(&live, "a").await;
    watching(&live, "b").await;
    live.disconnect("a").await;
    for price in [1_100, 1_200] {
        live.set_price(price).await;
        live.pass_on().await;
        live.shop.later(Duration::from_mins(10));
    }
    live.connect("a", None).await;
    let caught_up = since(&live, "a", first).await;
    assert_eq!(caught_up["missed"], json!(live.connections.take("b")));
    assert_eq!((caught_up["missed"].as_array().unwrap().len(), &caught_up["reload"]), (2, &json!(false)));
    assert_eq!(caught_up["sequence"], caught_up["missed"][1]["sequence"]);
    let again = since(&live, "a", caught_up["sequence"].as_u64().unwrap()).await;
    assert_eq!((&again["missed"], &again["reload"]), (&json!([]), &json!(false)));
}

#[tokio::test]
async fn after_an_hour_or_too_many_messages_a_client_loads_everything_again() {
    let mut live = Live::open().await;
    let first = watching(&live, "a").await;
    live.set_price(1_100).await;
    live.pass_on().await;
    live.later(LOG_KEPT + Duration::from_secs(1)).await;
    live.set_price(1_200).await;
    live.pass_on().await;
    let late = since(&live, "a", first).await;
    assert_eq!((&late["reload"], &late["missed"]), (&json!(true), &json!([])));
    let now = late["sequence"].as_u64().unwrap();
    for n in 0..=i64::try_from(MAX_LOGGED).unwrap() {
        live.set_price(2_000 + n).await;
        live.pass_on().await;
    }
    assert_eq!(since(&live, "a", now).await["reload"], true);
    for unknown in [0, u64::from(u32::MAX), u64::MAX / 2] {
        assert_eq!(since(&live, "a", unknown).await["reload"], true, "{unknown}");
    }
}

#[tokio::test]
async fn a_topic_that_nobody_watched_for_hours_begins_anew_and_says_so() {
    let mut live = Live::open().await;
    let first = watching(&live, "a").await;
    live.disconnect("a").await;
    live.later(Duration::from_hours(5)).await;
    live.set_price(1_100).await;
    live.pass_on().await;
    live.connect("a", None).await;
    let back = since(&live, "a", first).await;
    assert_eq!(back["reload"], true, "nobody wrote down that the price changed");
    assert!(back["sequence"].as_u64().unwrap() > first);
}

#[tokio::test]
async fn an_event_that_is_delivered_again_has_its_old_sequence_and_is_in_the_log_once() {
    let live = Live::open().await;
    let first = watching(&live, "a").await;
    live.set_price(1_100).await;
    let jobs = live.jobs();
    live.deliver(&jobs).await;
    live.shop.later(Duration::from_mins(1));
    live.deliver(&jobs).await;
    let got = live.connections.take("a");
    assert_eq!(got.len(), 2, "whoever logged it may have died before sending");
    assert_eq!(got[0], got[1]);
    assert_eq!(since(&live, "a", first).await["missed"], json!([got[0]]));
}

#[tokio::test]
async fn pushers_that_work_at_the_same_time_give_each_event_a_sequence_of_its_own() {
    let live = Live::open().await;
    live.connect("staff", Some(&live.staff)).await;
    let first = live.watch("staff", "staff:orders").await;
    let event = |n: u128| {
        let (at, id) = (live.shop.now(), domain::id::EventId::new(live.shop.now(), n));
        let order = domain::id::OrderId::new(at, n);
        let event = json!({ "id": id, "type": "order.paid", "at": at, "object": { "order": order } });
        vec![json!({ "job": "event", "event": event }).to_string()]
    };
    let (a, b, c) = (event(1), event(2), event(3));
    tokio::join!(live.deliver(&a), live.deliver(&b), live.deliver(&c), live.deliver(&a));
    let mut got = live.connections.take("staff");
    got.sort_by_key(|message| message["sequence"].as_u64());
    got.dedup();
    assert_eq!(got.len(), 3, "{got:?}");
    let mut previous = json!(first);
    for message in &got {
        assert_eq!(message["previous"], previous);
        previous = message["sequence"].clone();
    }
}
