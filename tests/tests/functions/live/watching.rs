//! Who gets what.

use std::time::Duration;

use domain::access::Role;
use domain::live::{MAX_OF_ACCOUNT, TICKET_LASTS};
use harness::functions::ORIGIN_SECRET;
use harness::orders::{PlacedOrder, order_of};
use harness::stock::adjust;
use kit::http::distribution::Distribution;
use serde_json::{Value, json};

use super::{Live, socket, ticket};

#[tokio::test]
async fn a_ticket_opens_one_connection_within_thirty_seconds() {
    let live = Live::open().await;
    let give = async || ticket(&live.ask_for_ticket(None).send().await.expect(201));
    let used = give().await;
    assert_eq!(live.connect_with("a", &used).await, 200);
    assert_eq!(live.connect_with("b", &used).await, 401);
    let in_time = give().await;
    live.shop.later(TICKET_LASTS.saturating_sub(Duration::from_millis(1)));
    assert_eq!(live.connect_with("c", &in_time).await, 200);
    let late = give().await;
    live.shop.later(TICKET_LASTS);
    for bad in [late.as_str(), "", "x", &"x".repeat(5_000)] {
        assert_eq!(live.connect_with("d", bad).await, 401);
    }
    let stored = format!("{:?}", live.shop.table.items());
    assert!(!stored.contains(&late), "the table has only its fingerprint");
}

#[tokio::test]
async fn where_the_shop_has_a_domain_a_connection_comes_through_the_distribution_and_a_refused_ticket_stays_good() {
    let mut live = Live::open().await;
    live.socket = socket(&live.shop, Distribution::new(ORIGIN_SECRET, false));
    let ticket = ticket(&live.ask_for_ticket(None).send().await.expect(201));
    for headers in [json!(null), json!({}), json!({ "origin-secret": "guess" })] {
        assert_eq!(live.connect_from("a", &ticket, &headers).await, 403, "{headers}");
    }
    assert_eq!(live.connect_from("a", &ticket, &json!({ "Origin-Secret": ORIGIN_SECRET })).await, 200);
    assert_eq!(live.say("a", &json!({ "action": "ping" })).await["type"], "pong", "messages come without it");
}

#[tokio::test]
async fn of_two_who_come_with_the_same_ticket_at_once_one_gets_in() {
    let live = Live::open().await;
    for _ in 0..5 {
        let ticket = ticket(&live.ask_for_ticket(None).send().await.expect(201));
        let (one, two) = tokio::join!(live.connect_with("a", &ticket), live.connect_with("b", &ticket));
        let mut both = [one, two];
        both.sort_unstable();
        assert_eq!(both, [200, 401]);
    }
}

#[tokio::test]
async fn an_account_has_a_limited_number_of_connections_and_an_ended_one_makes_room() {
    let live = Live::open().await;
    let ada = live.shop.register("ada@example.com").await;
    for n in 0..MAX_OF_ACCOUNT {
        live.connect(&format!("c-{n}"), Some(&ada)).await;
    }
    live.ask_for_ticket(Some(&ada)).send().await.expect_problem(409, "too_many_connections");
    live.ask_for_ticket(None).send().await.expect(201);
    live.disconnect("c-0").await;
    live.ask_for_ticket(Some(&ada)).send().await.expect(201);
}

#[tokio::test]
async fn a_guest_watches_a_product_and_sees_its_price_and_band() {
    let live = Live::open().await;
    let topic = format!("product:{}", live.product());
    live.connect("guest", None).await;
    let before = live.watch("guest", &topic).await;
    live.set_price(1_234).await;
    live.pass_on().await;
    let got = live.connections.take("guest");
    let message = &got[0];
    assert_eq!((got.len(), &message["type"], &message["topic"]), (1, &json!("product.changed"), &json!(topic)));
    assert_eq!(message["price"], json!({ "amount": 1_234, "currency": "usd" }));
    assert_eq!((&message["stock"], &message["previous"]), (&json!("low"), &json!(before)));
    assert_eq!(message["link"], format!("/api/v1/products/{}", live.product()));
    // A change of the band has no event, and is seen too.
    let all = live.shop.get("/api/v1/inventory/A").by(&live.staff).send().await.expect(200);
    adjust(&live.shop, &live.staff, -all.data()["available"].as_i64().unwrap(), "k").await.expect(200);
    live.pass_on().await;
    let got = live.connections.take("guest");
    assert_eq!((got.len(), &got[0]["stock"]), (1, &json!("out")));
    assert_eq!(got[0]["previous"], message["sequence"]);
}

#[tokio::test]
async fn a_product_that_is_not_on_sale_shows_nothing() {
    let live = Live::open().await;
    live.connect("guest", None).await;
    live.watch("guest", &format!("product:{}", live.product())).await;
    let path = format!("/api/v1/products/{}", live.product());
    let hide = live.shop.request(axum::http::Method::PATCH, &path).json(&json!({ "status": "draft" }));
    hide.by(&live.staff).header("if-match", "*").send().await.expect(200);
    live.pass_on().await;
    let got = live.connections.take("guest");
    assert_eq!((got.len(), &got[0]["price"], &got[0]["stock"]), (1, &Value::Null, &Value::Null));
}

#[tokio::test]
async fn an_order_is_watched_by_its_buyer_by_its_token_and_in_the_feed_of_staff() {
    let live = Live::open().await;
    let order = PlacedOrder::of(live.shop.place_order(&order_of("A", 1, "cash_on_delivery"), "k-1").send().await);
    let topic = format!("order:{}", order.id);
    live.pass_on().await;
    live.connect_guest("guest", &order).await;
    live.watch("guest", &topic).await;
    live.connect("staff", Some(&live.staff)).await;
    live.watch("staff", "staff:orders").await;
    live.connect("other", None).await;
    let refused = live.say("other", &json!({ "action": "subscribe", "topics": [topic], "id": "7" })).await;
    assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!("order_not_found")));
    assert_eq!(refused["id"], "7");
    live.shop.cancel(&order).send().await.expect(200);
    live.pass_on().await;
    assert_eq!(live.types("guest"), ["order.cancelled"]);
    assert_eq!(live.types("staff"), ["order.cancelled"]);
    assert_eq!(live.types("other"), [""; 0]);
}

#[tokio::test]
async fn a_buyer_watches_all_orders_of_the_account_and_nobody_elses() {
    let live = Live::open().await;
    let (ada, eve) =
        (live.shop.register_verified("ada@example.com").await, live.shop.register("eve@example.com").await);
    live.connect("ada", Some(&ada)).await;
    live.watch("ada", "orders").await;
    live.connect("eve", Some(&eve)).await;
    live.watch("eve", "orders").await;
    let body = order_of("A", 1, "checkout_session");
    let order = PlacedOrder::of(live.shop.place_order(&body, "k-1").by(&ada).send().await);
    live.pass_on().await;
    let got = live.connections.take("ada");
    assert_eq!((got.len(), &got[0]["type"], &got[0]["topic"]), (1, &json!("order.placed"), &json!("orders")));
    assert_eq!(got[0]["link"], format!("/api/v1/orders/{}", order.id));
    assert!(!got[0].to_string().contains("example.com"), "a message has nothing of people");
    assert_eq!(live.types("eve"), [""; 0]);
    let theirs = json!({ "action": "subscribe", "topics": [format!("order:{}", order.id)] });
    assert_eq!(live.say("eve", &theirs).await["code"], "order_not_found");
    assert_eq!(live.say("ada", &theirs).await["type"], "subscribed");
    live.say("ada", &json!({ "action": "unsubscribe", "topics": ["orders"] })).await;
    live.shop.cancel(&order).by(&ada).send().await.expect(200);
    live.pass_on().await;
    let topics: Vec<Value> = live.connections.take("ada").iter().map(|message| message["topic"].clone()).collect();
    assert_eq!(topics, [json!(format!("order:{}", order.id))]);
}

#[tokio::test]
async fn staff_get_the_feeds_of_their_permissions_and_customers_none() {
    let live = Live::open().await;
    let ada = live.shop.register("ada@example.com").await;
    let support = live.shop.staff("sue@example.com", Role::Support).await;
    live.connect("ada", Some(&ada)).await;
    live.connect("sue", Some(&support)).await;
    live.connect("guest", None).await;
    let all = json!({ "action": "subscribe", "topics": ["staff"] });
    assert_eq!(live.say("ada", &all).await["code"], "forbidden");
    assert_eq!(live.say("guest", &all).await["code"], "unauthenticated");
    let heard = live.say("sue", &all).await;
    let topics: Vec<&str> =
        heard["topics"].as_array().unwrap().iter().map(|one| one["topic"].as_str().unwrap()).collect();
    assert_eq!(topics, ["staff:orders", "staff:stock", "staff:reviews", "staff:returns"]);
    adjust(&live.shop, &live.staff, 1_000, "more").await.expect(200);
    live.pass_on().await;
    assert_eq!(live.types("sue"), [""; 0], "there is enough");
    adjust(&live.shop, &live.staff, -1_000, "fewer").await.expect(200);
    live.pass_on().await;
    let got = live.connections.take("sue");
    let low = (&json!("stock.low"), &json!("staff:stock"), &json!("/api/v1/inventory/A"));
    assert_eq!((&got[0]["type"], &got[0]["topic"], &got[0]["link"]), low);
}

#[tokio::test]
async fn what_nobody_watches_is_read_once_and_neither_written_nor_sent() {
    let live = Live::open().await;
    PlacedOrder::of(live.shop.place_order(&order_of("A", 1, "checkout_session"), "k-1").send().await);
    live.set_price(1_234).await;
    let jobs = live.jobs();
    assert!(jobs.len() >= 2, "{jobs:?}");
    live.shop.table.network.take_calls();
    live.deliver(&jobs).await;
    let calls = live.shop.table.network.take_calls();
    assert!(calls.iter().all(|call| !call.is_write), "{calls:?}");
    assert_eq!(calls.len(), 2, "the orders with their buyers, and all logs: {calls:?}");
    assert_eq!(live.connections.taken(), 0);
}
