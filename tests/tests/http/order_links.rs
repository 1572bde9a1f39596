//! A guest's access to an order: its token, the exchange after Stripe's page, and new links by mail.

use std::time::Duration;

use harness::interruptions::Outcome;
use harness::network::Fault;
use harness::orders::{PlacedOrder, guest_order, order_of, selling};
use harness::shop::{Answer, Shop, TestRequest};
use kit::runtime::links::ORDER_TOKEN_KEPT;
use serde_json::{Value, json};
use stripe_stand_in::Card;

async fn placed(shop: &Shop) -> PlacedOrder {
    PlacedOrder::of(shop.place_order(&order_of("A", 1, "checkout_session"), "k-1").send().await)
}

fn see(shop: &Shop, order: &PlacedOrder, token: &str) -> TestRequest {
    shop.get(&order.path()).header("order-token", token)
}

fn exchange(shop: &Shop, order: &PlacedOrder, exchange: &str) -> TestRequest {
    shop.post(&format!("{}/token", order.path()), &json!({ "exchange": exchange }))
}

/// The exchange in the address that Stripe sends the buyer of the newest session to.
fn exchange_of(shop: &Shop) -> String {
    let sessions = shop.stripe.all("checkout.session");
    let url = sessions.last().unwrap()["success_url"].as_str().unwrap().to_owned();
    url.split_once("exchange=").unwrap().1.to_owned()
}

fn token(answer: &Answer) -> &str {
    answer.data()["token"].as_str().unwrap()
}

#[tokio::test]
async fn the_token_of_an_order_ends_after_thirty_days() {
    let (shop, _) = selling().await;
    let order = placed(&shop).await;
    shop.later(ORDER_TOKEN_KEPT.saturating_sub(Duration::from_millis(1)));
    see(&shop, &order, &order.token).send().await.expect(200);
    shop.later(Duration::from_millis(1));
    see(&shop, &order, &order.token).send().await.expect_problem(404, "order_not_found");
    for ask in [shop.cancel(&order), shop.open_payment(&order, "create-intent"), shop.get_as_guest(&order, "/track")] {
        ask.send().await.expect_problem(404, "order_not_found");
    }
}

#[tokio::test]
async fn stripes_page_has_no_key_to_the_order_and_comes_back_with_an_exchange_that_works_once() {
    let (shop, _) = selling().await;
    let order = placed(&shop).await;
    let session = &shop.stripe.all("checkout.session")[0];
    assert!(!session.to_string().contains(&order.token), "{session}");
    assert_eq!(session["cancel_url"], format!("https://shop.test/orders/{}", order.id));
    let secret = exchange_of(&shop);
    assert_eq!(session["success_url"], format!("https://shop.test/orders/{}?paid=1&exchange={secret}", order.id));
    see(&shop, &order, &secret).send().await.expect_problem(404, "order_not_found");
    let other = PlacedOrder::of(shop.place_order(&order_of("A", 1, "checkout_session"), "k-2").send().await);
    for (of, bad) in [(&other, secret.as_str()), (&order, &order.token), (&order, "x"), (&order, &exchange_of(&shop))] {
        exchange(&shop, of, bad).send().await.expect_problem(400, "link_invalid");
    }
    shop.pay(&order.reference(), Card::Pays).await;
    let first = exchange(&shop, &order, &secret).send().await.expect(200);
    see(&shop, &order, token(&first)).send().await.expect(200);
    see(&shop, &other, token(&first)).send().await.expect_problem(404, "order_not_found");
    // A client that lost the answer asks again at once.
    shop.later(Duration::from_secs(10));
    exchange(&shop, &order, &secret).send().await.expect(200);
    shop.later(Duration::from_secs(1));
    exchange(&shop, &order, &secret).send().await.expect_problem(400, "link_invalid");
    see(&shop, &order, token(&first)).send().await.expect(200);
    let fields = shop.post(&format!("{}/token", order.path()), &json!({ "exchange": 1, "more": 2 })).send().await;
    fields.expect(400);
}

#[tokio::test]
async fn an_exchange_ends_an_hour_after_the_payment_window_and_users_have_none() {
    let (shop, _) = selling().await;
    let order = placed(&shop).await;
    let secret = exchange_of(&shop);
    shop.later(Duration::from_hours(97));
    exchange(&shop, &order, &secret).send().await.expect_problem(400, "link_invalid");
    assert!(!shop.table.items().keys().any(|key| key.contains("EXCHANGE")), "nothing is written for it");
    let me = shop.register("bob@example.com").await;
    let mut body = order_of("A", 1, "checkout_session");
    body.as_object_mut().unwrap().remove("email");
    let mine = PlacedOrder::of(shop.place_order(&body, "k-2").by(&me).send().await);
    let sessions = shop.stripe.all("checkout.session");
    let urls = |name: &str| sessions.last().unwrap()[name].clone();
    assert_eq!(urls("success_url"), format!("https://shop.test/orders/{}?paid=1", mine.id));
    assert_eq!(urls("cancel_url"), format!("https://shop.test/orders/{}", mine.id));
}

#[tokio::test]
async fn an_exchange_is_not_lost_when_calls_fail() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle] {
        for skip in 0..4 {
            let (shop, _) = selling().await;
            let order = placed(&shop).await;
            let secret = exchange_of(&shop);
            shop.table.network.fail_any(skip, fault, 5);
            let first = exchange(&shop, &order, &secret).send().await;
            assert!([200, 503].contains(&first.status.as_u16()), "{fault:?} after {skip}: {}", first.text);
            shop.table.network.heal();
            let again = exchange(&shop, &order, &secret).send().await.expect(200);
            see(&shop, &order, token(&again)).send().await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_payment_that_is_opened_again_after_a_lost_call_has_the_same_addresses() {
    for at in 0.. {
        let (shop, _) = selling().await;
        let interruptions = shop.table.network.interruptions.clone();
        let body = order_of("A", 1, "checkout_session");
        let first = interruptions.lose_call_at(at, shop.place_order(&body, "k-1").send()).await;
        if matches!(first, Outcome::NotReached) {
            assert!(at > 5, "{at}");
            return;
        }
        // Stripe refuses a repeated key whose request is another one.
        shop.later(Duration::from_mins(5));
        let again = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
        assert_eq!(again.payment["problem"], Value::Null, "after {at}: {}", again.whole);
        let opened = shop.open_payment(&again, "checkout-session").send().await.expect(200);
        assert_eq!(opened.data()["checkoutUrl"], again.payment["checkoutUrl"], "after {at}");
        assert_eq!(shop.stripe.all("checkout.session").len(), 1, "after {at}");
    }
}

/// The orders of the requests for a link, null for those that cause no mail.
fn requested(shop: &Shop) -> Vec<Value> {
    let events = shop.table.events().into_iter();
    events.filter(|event| event["type"] == "order.link_requested").map(|event| event["orderId"].clone()).collect()
}

async fn ask_for_link(shop: &Shop, id: &str, email: &str, ip: &str) -> Answer {
    shop.post(&format!("/api/v1/orders/{id}/link"), &json!({ "email": email })).from_ip(ip).send().await
}

#[tokio::test]
async fn a_new_link_is_mailed_to_the_guest_of_the_order_and_the_answer_is_always_the_same() {
    let (shop, _) = selling().await;
    let order = placed(&shop).await;
    let me = shop.register("bob@example.com").await;
    let mut body = guest_order("", "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    shop.add_to_cart("A", 1).by(&me).send().await.expect(200);
    let mine = PlacedOrder::of(shop.place_order(&body, "k-2").by(&me).send().await);
    let unknown = "ord_01M7W6C3804Q9PV3Y1B8S4HJET";
    let mut answers = Vec::new();
    for (id, email, mails) in [
        (order.id.as_str(), "ada@example.com", 1),
        (&order.id, "Ada+2@example.com", 2),
        (&order.id, "eve@example.com", 2),
        (&mine.id, "bob@example.com", 2),
        (unknown, "ada@example.com", 2),
        ("nonsense", "ada@example.com", 2),
    ] {
        let answer = ask_for_link(&shop, id, email, "198.51.100.7").await.expect(202);
        answers.push((answer.json["message"].clone(), answer.data().clone()));
        let wanted = requested(&shop).iter().filter(|id| **id == order.id.as_str()).count();
        assert_eq!(wanted, mails, "{id} {email}");
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:?}");
    assert!(requested(&shop).iter().all(|id| id.is_null() || *id == order.id.as_str()));
    assert_eq!(ask_for_link(&shop, &order.id, "nobody", "198.51.100.7").await.expect(400).fields(), ["email"]);
}

#[tokio::test]
async fn requests_for_links_are_limited_and_nobody_uses_up_those_of_another() {
    let (shop, _) = selling().await;
    let order = placed(&shop).await;
    for _ in 0..5 {
        ask_for_link(&shop, &order.id, "ada@example.com", "198.51.100.1").await.expect(202);
    }
    let more = ask_for_link(&shop, &order.id, "ada+1@example.com", "198.51.100.1").await;
    more.expect_problem(429, "rate_limited");
    for network in 2..5 {
        ask_for_link(&shop, &order.id, "ada@example.com", &format!("198.51.100.{network}")).await.expect(202);
    }
    let mails = |shop: &Shop| requested(shop).iter().filter(|id| !id.is_null()).count();
    assert_eq!(mails(&shop), 6, "six mails an hour, whose links are all valid");
    shop.later(Duration::from_hours(1));
    ask_for_link(&shop, &order.id, "ada@example.com", "198.51.100.1").await.expect(202);
    assert_eq!(mails(&shop), 7);
}

#[tokio::test]
async fn a_link_is_not_lost_when_calls_fail() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle] {
        for skip in 0..6 {
            let (shop, _) = selling().await;
            let order = placed(&shop).await;
            shop.table.network.fail_any(skip, fault, 3);
            let first = ask_for_link(&shop, &order.id, "ada@example.com", "198.51.100.1").await;
            assert!([202, 503].contains(&first.status.as_u16()), "{fault:?} after {skip}: {}", first.text);
            shop.table.network.heal();
            ask_for_link(&shop, &order.id, "ada@example.com", "198.51.100.1").await.expect(202);
            let mails = requested(&shop).iter().filter(|id| !id.is_null()).count();
            assert!((1..=2).contains(&mails), "{fault:?} after {skip}: {mails}");
        }
    }
}
