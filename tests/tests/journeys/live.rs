//! Live updates through the WebSocket API of the deployed cloud.

use std::time::Duration;

use axum::http::Method;
use harness::cloud::Cloud;
use harness::orders::{guest_order, usd};
use harness::shop::Person;
use harness::web_socket::WebSocket;
use serde_json::{Value, json};

use crate::fixtures::{path, product, register_verified, staff};

async fn address(cloud: &Cloud, who: Option<&Person>) -> String {
    let bearer = who.map(|person| person.access.as_str());
    let given = cloud.post("/api/v1/live/tickets", bearer, &json!({})).await.expect(201);
    let text = |name: &str| given.data()[name].as_str().unwrap().to_owned();
    format!("{}?ticket={}", text("url"), text("ticket"))
}

/// A connection that watches a topic.
async fn watching(cloud: &Cloud, who: Option<&Person>, topic: &str) -> WebSocket {
    let mut socket = WebSocket::open(&address(cloud, who).await).await.expect("a ticket opens a connection");
    socket.say(&json!({ "action": "subscribe", "topics": [topic] })).await;
    let heard = socket.hear().await.unwrap();
    assert_eq!(heard["type"], "subscribed", "{heard}");
    socket
}

/// The next message of which this is true. Others may come before it.
async fn message(socket: &mut WebSocket, is_it: impl Fn(&Value) -> bool) -> Value {
    let wait = async {
        loop {
            let heard = socket.hear().await.expect("the connection is open");
            if is_it(&heard) {
                return heard;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), wait).await.expect("the message comes")
}

fn is(kind: &str) -> impl Fn(&Value) -> bool {
    move |message| message["type"] == kind
}

#[tokio::test]
async fn a_guest_who_watches_a_product_hears_of_its_new_price_and_of_its_end_of_stock() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "live.staff@example.com").await;
    let product = product(&cloud, &staff, "JOURNEY-LIVE", 3).await;
    let mut guest = watching(&cloud, None, &format!("product:{}", product["id"].as_str().unwrap())).await;
    let url = format!("{}{}", cloud.api, path(&product));
    let headers = [("authorization", format!("Bearer {}", staff.access)), ("if-match", "*".to_owned())];
    let body = json!({ "price": usd(1_234) });
    cloud.fetch(Method::PATCH, &url, &headers, Some(&body)).await.expect(200);
    let heard = message(&mut guest, |message| message["price"] == usd(1_234)).await;
    assert_eq!((&heard["type"], &heard["stock"]), (&json!("product.changed"), &json!("low")));
    let sell = json!({ "adjust": -3, "reason": "broken" });
    let headers = [headers[0].clone(), ("idempotency-key", "live-1".to_owned())];
    let url = format!("{}/api/v1/inventory/JOURNEY-LIVE", cloud.api);
    cloud.fetch(Method::PATCH, &url, &headers, Some(&sell)).await.expect(200);
    let later = message(&mut guest, |message| message["stock"] == "out").await;
    assert!(later["sequence"].as_u64() > heard["sequence"].as_u64(), "{later}");
}

#[tokio::test]
async fn a_user_hears_that_an_order_is_paid_a_ticket_is_good_once_and_a_logout_ends_the_connection() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "live.orders@example.com").await;
    product(&cloud, &staff, "JOURNEY-LIVE-ORDER", 3).await;
    let ada = register_verified(&cloud, "live.ada@example.com").await;
    let address = address(&cloud, Some(&ada)).await;
    let mut first = WebSocket::open(&address).await.expect("a ticket opens a connection");
    assert!(WebSocket::open(&address).await.is_err_and(|status| status.is_client_error()), "it was used");
    first.say(&json!({ "action": "subscribe", "topics": ["orders", "staff"] })).await;
    assert_eq!(first.hear().await.unwrap()["code"], "forbidden");
    first.say(&json!({ "action": "subscribe", "topics": ["orders"] })).await;
    assert_eq!(first.hear().await.unwrap()["type"], "subscribed");
    let mut feed = watching(&cloud, Some(&staff), "staff:orders").await;
    let mut body = guest_order("live.ada@example.com", "checkout_session");
    body.as_object_mut().unwrap().remove("email");
    body["item"] = json!({ "sku": "JOURNEY-LIVE-ORDER", "quantity": 1, "price": usd(crate::fixtures::PRICE) });
    let headers = [("authorization", format!("Bearer {}", ada.access)), ("idempotency-key", "live-2".to_owned())];
    let url = format!("{}/api/v1/orders", cloud.api);
    let placed = cloud.fetch(Method::POST, &url, &headers, Some(&body)).await.expect(201);
    let checkout = placed.data()["payment"]["checkoutUrl"].as_str().unwrap().to_owned();
    message(&mut first, is("order.placed")).await;
    cloud.submit(&checkout, "card=pay").await.expect(200);
    let paid = message(&mut first, is("order.paid")).await;
    assert_eq!(paid["link"], format!("/api/v1/orders/{}", placed.data()["id"].as_str().unwrap()));
    let seen = message(&mut feed, is("order.paid")).await;
    assert_eq!((&seen["id"], &seen["topic"]), (&paid["id"], &json!("staff:orders")));
    cloud.post("/api/v1/auth/logout", Some(&ada.access), &json!({})).await;
    let ended = async { while first.hear().await.is_some() {} };
    tokio::time::timeout(Duration::from_mins(1), ended).await.expect("the end of the session ends the connection");
}
