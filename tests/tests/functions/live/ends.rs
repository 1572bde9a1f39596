//! What ends a connection, and that nothing is sent to somebody who may not see it any more.

use axum::http::Method;
use domain::access::Role;
use harness::orders::order_of;
use harness::shop::{PASSWORD, Person};
use serde_json::json;

use super::Live;

/// Whether this act of a user or of staff ends the user's connection.
async fn is_ended_by(live: &Live, who: &Person, act: impl AsyncFnOnce(&Live, &Person)) -> bool {
    let connection = who.id.to_string();
    live.connect(&connection, Some(who)).await;
    live.watch(&connection, "orders").await;
    live.pass_on().await;
    assert_eq!(live.connections.take_closed(), [""; 0], "it is open until then");
    act(live, who).await;
    live.pass_on().await;
    live.connections.take_closed() == [connection]
}

#[tokio::test]
async fn a_logout_ends_the_connections_of_its_session_and_no_others() {
    let live = Live::open().await;
    let ada = live.shop.register("ada@example.com").await;
    let elsewhere = live.shop.login("ada@example.com").await;
    live.connect("elsewhere", Some(&elsewhere)).await;
    let logout = async |live: &Live, ada: &Person| {
        live.shop.request(Method::POST, "/api/v1/auth/logout").by(ada).send().await.expect(200);
    };
    assert!(is_ended_by(&live, &ada, logout).await);
    let left = live.shop.table.items_under("CONNECTION#");
    assert_eq!(left.values().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(), ["elsewhere"]);
}

#[tokio::test]
async fn a_ban_a_new_role_and_a_new_password_end_all_connections_of_the_user() {
    let live = Live::open().await;
    let ban = async |live: &Live, who: &Person| {
        let body = json!({ "reason": "fraud", "until": "2027-01-01T00:00:00Z" });
        live.shop.post(&format!("/api/v1/users/{}/ban", who.id), &body).by(&live.staff).send().await.expect(200);
    };
    let promote = async |live: &Live, who: &Person| live.shop.give_role(who, Role::Support).await;
    let password = async |live: &Live, who: &Person| {
        let body = json!({ "currentPassword": PASSWORD, "newPassword": "another long sentence of mine" });
        live.shop.post("/api/v1/auth/password/change", &body).by(who).send().await.expect(200);
    };
    let rename = async |live: &Live, who: &Person| {
        let ask = live.shop.request(Method::PATCH, "/api/v1/users/me").json(&json!({ "name": "Ada King" }));
        ask.by(who).send().await.expect(200);
    };
    let people =
        ["a@example.com", "b@example.com", "c@example.com", "d@example.com"].map(|email| live.shop.register(email));
    let [a, b, c, d] = people;
    assert!(is_ended_by(&live, &a.await, ban).await);
    assert!(is_ended_by(&live, &b.await, promote).await);
    assert!(is_ended_by(&live, &c.await, password).await);
    assert!(!is_ended_by(&live, &d.await, rename).await);
}

#[tokio::test]
async fn until_its_connection_is_ended_nothing_reaches_a_session_that_is_over() {
    let live = Live::open().await;
    let ada = live.shop.register_verified("ada@example.com").await;
    live.connect("ada", Some(&ada)).await;
    live.watch("ada", "orders").await;
    live.shop.place_order(&order_of("A", 1, "checkout_session"), "k-1").by(&ada).send().await.expect(201);
    live.shop.request(Method::POST, "/api/v1/auth/logout").by(&ada).send().await.expect(200);
    // The end of the session is late.
    let jobs: Vec<String> = live.jobs().into_iter().filter(|job| job.contains("order.placed")).collect();
    assert_eq!(jobs.len(), 1);
    live.deliver(&jobs).await;
    assert_eq!(live.types("ada"), [""; 0]);
    assert_eq!(live.connections.take_closed(), ["ada"]);
    let heard = live.say("ada", &json!({ "action": "subscribe", "topics": ["orders"] })).await;
    assert_eq!(heard["code"], "connection_ended");
}

#[tokio::test]
async fn staff_who_lose_their_role_get_nothing_more_of_the_feeds() {
    let live = Live::open().await;
    let support = live.shop.staff("sue@example.com", Role::Support).await;
    live.connect("sue", Some(&support)).await;
    live.watch("sue", "staff:orders").await;
    live.shop.place_order(&order_of("A", 1, "checkout_session"), "k-1").send().await.expect(201);
    live.shop.give_role(&support, Role::Customer).await;
    let jobs: Vec<String> = live.jobs().into_iter().filter(|job| job.contains("order.placed")).collect();
    live.deliver(&jobs).await;
    assert_eq!((live.types("sue"), live.connections.take_closed()), (Vec::new(), vec!["sue".to_owned()]));
}

#[tokio::test]
async fn a_session_that_is_over_subscribes_to_nothing_but_products() {
    let live = Live::open().await;
    let ada = live.shop.register("ada@example.com").await;
    live.connect("ada", Some(&ada)).await;
    live.shop.request(Method::POST, "/api/v1/auth/logout").by(&ada).send().await.expect(200);
    let subscribe = |topic: &str| json!({ "action": "subscribe", "topics": [topic] });
    assert_eq!(live.say("ada", &subscribe("orders")).await["code"], "session_ended");
    assert_eq!(live.say("ada", &subscribe("staff")).await["code"], "session_ended");
    let product = format!("product:{}", live.product());
    assert_eq!(live.say("ada", &subscribe(&product)).await["type"], "subscribed");
}

#[tokio::test]
async fn a_client_that_went_away_leaves_nothing_behind() {
    let live = Live::open().await;
    let topic = format!("product:{}", live.product());
    for connection in ["lost", "left", "stays"] {
        live.connect(connection, None).await;
        live.watch(connection, &topic).await;
    }
    live.disconnect("left").await;
    live.disconnect("left").await;
    live.connections.lose("lost");
    live.set_price(1_234).await;
    live.pass_on().await;
    assert_eq!(live.types("stays"), ["product.changed"]);
    for kind in ["CONNECTION#", "LIVETOPIC#"] {
        let left = live.shop.table.items_under(kind);
        assert_eq!(left.values().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(), ["stays"], "{kind}");
    }
}
