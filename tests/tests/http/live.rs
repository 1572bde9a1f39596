//! Tickets for live updates. What they open is tested with the functions of connections.

use std::time::Duration;

use harness::orders::{PlacedOrder, order_of, selling};
use harness::shop::{Answer, Shop};
use serde_json::{Value, json};

const TICKETS: &str = "/api/v1/live/tickets";

async fn ask(shop: &Shop, body: &Value, order_token: &str) -> Answer {
    shop.post(TICKETS, body).header("order-token", order_token).send().await
}

#[tokio::test]
async fn everybody_gets_a_ticket_that_says_where_to_connect_and_until_when() {
    let (shop, staff) = selling().await;
    let guest = shop.request(axum::http::Method::POST, TICKETS).send().await.expect(201);
    assert_eq!(guest.data()["url"], "wss://live.test/live");
    assert_eq!(guest.data()["expiresAt"], (shop.now() + Duration::from_secs(30)).to_string());
    let mine = shop.request(axum::http::Method::POST, TICKETS).by(&staff).send().await.expect(201);
    assert_ne!(mine.data()["ticket"], guest.data()["ticket"]);
    shop.request(axum::http::Method::POST, TICKETS).bearer("x").send().await.expect_problem(401, "invalid_token");
    for body in [json!({}), Value::Null, json!({ "orderId": null })] {
        shop.post(TICKETS, &body).send().await.expect(201);
    }
}

#[tokio::test]
async fn a_ticket_is_for_an_order_only_with_its_token() {
    let (shop, staff) = selling().await;
    let place = async |key| PlacedOrder::of(shop.place_order(&order_of("A", 1, "checkout_session"), key).send().await);
    let (order, other) = (place("k-1").await, place("k-2").await);
    ask(&shop, &json!({ "orderId": order.id }), &order.token).await.expect(201);
    for (id, token) in [(&order.id, other.token.as_str()), (&order.id, ""), (&"ord_1".to_owned(), &order.token)] {
        ask(&shop, &json!({ "orderId": id }), token).await.expect_problem(404, "order_not_found");
    }
    let without = shop.post(TICKETS, &json!({ "orderId": order.id })).by(&staff);
    without.send().await.expect_problem(404, "order_not_found");
}

#[tokio::test]
async fn bad_tickets_are_refused_by_field() {
    let shop = Shop::open().await;
    let refused = shop.post(TICKETS, &json!({ "orderId": 7, "userId": "usr_1" })).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["orderId", "userId"]);
    assert!(shop.table.items_under("LIVETICKET#").is_empty());
}

#[tokio::test]
async fn tickets_are_limited_by_account_and_by_network() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let ask = async |n: u32| {
        let ask = shop.request(axum::http::Method::POST, TICKETS).by(&ada);
        ask.from_ip(&format!("192.0.2.{n}")).send().await
    };
    for n in 0..60 {
        ask(n).await.expect(201);
    }
    ask(61).await.expect_problem(429, "rate_limited");
    for _ in 0..300 {
        shop.request(axum::http::Method::POST, TICKETS).from_ip("198.51.100.1").send().await.expect(201);
    }
    let one_more = shop.request(axum::http::Method::POST, TICKETS).from_ip("198.51.100.1");
    one_more.send().await.expect_problem(429, "rate_limited");
}
