//! Buying: guests and users through Stripe's page in a browser, money back from staff, orders that nobody pays, and
//! what the mailbox says of it.

use std::time::Duration;

use axum::http::Method;
use domain::id::OrderId;
use domain::time::Time;
use harness::browser::Browser;
use harness::cloud::Cloud;
use harness::orders::{guest_order, order_at};
use harness::shop::Person;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use kit::runtime::secrets::Secrets;
use order_processing::OrderProcessor;
use payment_provider::{Payments, Stripe, StripeConfig};
use serde_json::{Value, json};
use store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fixtures::{PRICE, Storefront, product, register_verified, staff, storefront};

/// A storefront whose every page is empty: what it does, the journey runs in it.
async fn empty_shop((_alone, listener): Storefront) {
    loop {
        let (mut socket, _) = listener.accept().await.unwrap();
        tokio::spawn(async move {
            let _ = socket.read(&mut [0; 8192]).await;
            let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<title>The shop</title>";
            let _ = socket.write_all(page.as_bytes()).await;
        });
    }
}

/// What a storefront does: fills a cart and orders it, as a guest or with a token.
fn buying(cloud: &Cloud, sku: &str, order: &Value, person: Option<&Person>) -> String {
    let bearer = person.map(|person| format!("Bearer {}", person.access));
    let facts = json!({ "api": cloud.api, "sku": sku, "order": order, "bearer": bearer });
    format!(
        "(async () => {{
            const facts = {facts};
            const call = async (path, body, headers) => {{
                if (facts.bearer) headers.authorization = facts.bearer;
                headers['content-type'] = 'application/json';
                const answer = await fetch(facts.api + path, {{ method: 'POST', headers, body: JSON.stringify(body) }});
                return await answer.json();
            }};
            const cart = await call('/api/v1/cart/items', {{ sku: facts.sku, quantity: 2 }}, {{}});
            const headers = {{ 'idempotency-key': crypto.randomUUID() }};
            if (cart.data.token) headers['cart-token'] = cart.data.token;
            return await call('/api/v1/orders', facts.order, headers);
        }})()"
    )
}

async fn order(cloud: &Cloud, id: &str, key: (&str, &str)) -> Value {
    let url = format!("{}/api/v1/orders/{id}", cloud.api);
    let headers = [(key.0, key.1.to_owned())];
    cloud.fetch(Method::GET, &url, &headers, None).await.expect(200).data().clone()
}

/// Waits until the shop has applied Stripe's event.
async fn becomes(cloud: &Cloud, id: &str, key: (&str, &str), payment: &str) -> Value {
    let is = async |cloud: &Cloud| {
        let order = order(cloud, id, key).await;
        (order["paymentStatus"] == payment).then_some(order)
    };
    let what = format!("an order whose payment is {payment}");
    cloud.until(&what, is).await
}

#[tokio::test]
async fn a_guest_pays_after_a_declined_card_and_gets_a_partial_refund() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "orders.staff@example.com").await;
    product(&cloud, &staff, "JOURNEY-GUEST", 5).await;
    let shop = tokio::spawn(empty_shop(storefront(&cloud).await));
    let mut browser = Browser::open("guest").await;
    browser.goto(&cloud.origin).await;
    browser.until("document.title == 'The shop'").await;
    let body = guest_order("guest.buyer@example.com", "checkout_session");
    let placed = browser.run(&buying(&cloud, "JOURNEY-GUEST", &body, None)).await;
    browser.goto(placed["data"]["payment"]["checkoutUrl"].as_str().unwrap()).await;
    let (id, token) = (placed["data"]["id"].as_str().unwrap(), placed["data"]["token"].as_str().unwrap());
    browser.until("document.title == 'Checkout'").await;
    assert!(!browser.screenshot().await.is_empty());
    // Two at 19.99 and 5 to send.
    browser.until("document.body.textContent.includes('Pay 44.98 USD')").await;
    browser.press("declined").await;
    browser.until("document.body.textContent.includes('Your card was declined')").await;
    let key = ("order-token", token);
    becomes(&cloud, id, key, "failed").await;
    browser.press("Pay 44.98 USD").await;
    // It leads back to the shop by itself, with an exchange for a key to the order.
    browser.until("document.title == 'The shop' && location.search.includes('paid=1')").await;
    let back = browser.run("location.pathname + location.search").await;
    let page = format!("/orders/{id}?paid=1&exchange=");
    let exchange = back.as_str().and_then(|back| back.strip_prefix(&page)).expect("an exchange").to_owned();
    let way = format!("/api/v1/orders/{id}/token");
    let exchanged = cloud.post(&way, None, &json!({ "exchange": exchange })).await.expect(200);
    let token = exchanged.data()["token"].as_str().unwrap().to_owned();
    let key = ("order-token", token.as_str());
    let (link, email) = (format!("/api/v1/orders/{id}/link"), json!({ "email": "guest.buyer@example.com" }));
    cloud.post(&link, None, &email).await.expect(202);
    let mail = cloud.mail("guest.buyer@example.com", "A new link to your order").await;
    assert!(mail.text.contains(&format!("/orders/{id}?token=")), "{}", mail.text);
    shop.abort();
    let _ = shop.await;
    let paid = becomes(&cloud, id, key, "paid").await;
    let number = paid["number"].as_str().unwrap().to_owned();
    let email = "guest.buyer@example.com";
    for words in ["Your order", "did not go through", "is paid"] {
        let mail = cloud.mail(email, words).await;
        assert!(mail.text.contains(&number) && mail.text.contains("$44.98"), "{}", mail.text);
        assert!(mail.text.contains("2 × Journey JOURNEY-GUEST: $39.98"), "{}", mail.text);
    }
    // Stripe sends everything again, twice and from the end: nothing changes.
    let again = json!({ "times": 2, "reversed": true });
    let url = format!("{}/_stand_in/redeliver", cloud.stripe);
    cloud.fetch(Method::POST, &url, &[], Some(&again)).await.expect(202);
    // One of the two comes back.
    let line = &paid["items"][0]["id"];
    let refund = json!({ "items": [{ "id": line, "quantity": 1 }], "restock": true, "reason": "Too small" });
    let url = format!("{}/api/v1/payments/{}/refunds", cloud.api, id.replace("ord_", "pay_"));
    let headers = [("authorization", format!("Bearer {}", staff.access)), ("idempotency-key", format!("refund-{id}"))];
    for _ in 0..2 {
        let answer = cloud.fetch(Method::POST, &url, &headers, Some(&refund)).await;
        assert_eq!(answer.expect(201).data()["status"], "succeeded");
    }
    let mail = cloud.mail(email, "A refund for your order").await;
    assert!(mail.text.contains("$19.99 of your order"), "{}", mail.text);
    let now = order(&cloud, id, key).await;
    assert_eq!(now["payment"]["refunded"]["amount"], 1999);
    let stock = cloud.get("/api/v1/inventory/JOURNEY-GUEST", Some(&staff.access)).await;
    assert_eq!(stock.expect(200).data()["available"], 4);
}

#[tokio::test]
async fn a_user_pays_with_authentication_at_the_bank_and_tracks_the_parcel() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "orders.staff2@example.com").await;
    product(&cloud, &staff, "JOURNEY-BANK", 5).await;
    let me = register_verified(&cloud, "user.buyer@example.com").await;
    let shop = tokio::spawn(empty_shop(storefront(&cloud).await));
    let mut browser = Browser::open("user").await;
    browser.goto(&cloud.origin).await;
    browser.until("document.title == 'The shop'").await;
    let mut body = guest_order("", "checkout_session");
    body.as_object_mut().unwrap().remove("email");
    let placed = browser.run(&buying(&cloud, "JOURNEY-BANK", &body, Some(&me))).await;
    browser.goto(placed["data"]["payment"]["checkoutUrl"].as_str().unwrap()).await;
    let id = placed["data"]["id"].as_str().unwrap();
    browser.press("3-D Secure").await;
    browser.until("document.title == 'Your bank'").await;
    browser.press("Yes, pay").await;
    browser.until("document.title == 'The shop' && location.search == '?paid=1'").await;
    shop.abort();
    let _ = shop.await;
    let bearer = format!("Bearer {}", me.access);
    let key = ("authorization", bearer.as_str());
    becomes(&cloud, id, key, "paid").await;
    let path = format!("/api/v1/admin/orders/{id}");
    let shipped = json!({ "status": "shipped", "carrier": "DHL", "trackingCode": "00340" });
    cloud.request(Method::PATCH, &path, Some(&staff.access), Some(&shipped)).await.expect(200);
    let mail = cloud.mail(&me.email, "is on its way").await;
    assert!(mail.text.contains("with DHL") && mail.text.contains("00340"), "{}", mail.text);
    let track = cloud.get(&format!("/api/v1/orders/{id}/track"), Some(&me.access)).await;
    assert_eq!(track.expect(200).data()["shipment"]["carrier"], "DHL");
    let mine = cloud.get("/api/v1/orders", Some(&me.access)).await.expect(200);
    assert_eq!(mine.json["data"][0]["status"], "shipped");
}

/// What the janitor uses, with the deployed table, the running stand-in and a clock of its own.
pub(crate) async fn processing_at(now: Time, stripe_url: String) -> (OrderProcessor, Payments) {
    let table = aws_sdk_dynamodb::Client::new(&kit::runtime::aws::config().await);
    let name = table.list_tables().send().await.unwrap();
    let name = name.table_names().iter().find(|name| name.contains("Table")).unwrap();
    let secrets = Secrets::fixed([("key".to_owned(), "sk_test_local".to_owned())]);
    let config = StripeConfig {
        url: stripe_url,
        key_secret: "key".to_owned(),
        checkout_hosts: Vec::new(),
        slow_payments: false,
    };
    let store = Store::new(table, name);
    let orders = OrderProcessor::new(store, Clock::fixed(now), Ids::random());
    (orders, Payments::new(Stripe::new(&config, secrets)))
}

#[tokio::test]
async fn an_unpaid_order_releases_its_stock_and_then_expires() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "orders.staff3@example.com").await;
    product(&cloud, &staff, "JOURNEY-LATE", 5).await;
    let mut body = order_at(PRICE, "JOURNEY-LATE", 2, "checkout_session");
    body["email"] = json!("late.buyer@example.com");
    let quote = json!({ "country": "DE", "item": body["item"] });
    let quote = cloud.post("/api/v1/quotes", None, &quote).await.expect(200);
    body["expectedTotal"] = quote.data()["totals"]["total"].clone();
    let headers = [("idempotency-key", "late".to_owned())];
    let url = format!("{}/api/v1/orders", cloud.api);
    let placed = cloud.fetch(Method::POST, &url, &headers, Some(&body)).await.expect(201);
    let (id, token) = (placed.data()["id"].as_str().unwrap(), placed.data()["token"].as_str().unwrap());
    let page = placed.data()["payment"]["checkoutUrl"].as_str().unwrap();
    let placed_at = Time::parse(placed.data()["createdAt"].as_str().unwrap()).unwrap();
    let available = async |cloud: &Cloud| {
        let stock = cloud.get("/api/v1/inventory/JOURNEY-LATE", Some(&staff.access)).await;
        stock.expect(200).data()["available"].as_i64().unwrap()
    };
    assert_eq!(available(&cloud).await, 3);
    let key = ("order-token", token);
    let order_id = OrderId::parse(id).unwrap();
    for (later, status, left) in [(Duration::from_mins(36), "pending", 5), (Duration::from_hours(97), "expired", 5)] {
        let (orders, payments) = processing_at(placed_at + later, cloud.stripe.clone()).await;
        orders.run_due(&payments, order_id).await.unwrap();
        assert_eq!(order(&cloud, id, key).await["status"], status);
        assert_eq!(available(&cloud).await, left);
    }
    let mail = cloud.mail("late.buyer@example.com", "was not paid in time").await;
    assert!(mail.text.contains("You were not charged"), "{}", mail.text);
    // Its page at Stripe is closed with it.
    let closed = cloud.fetch(Method::GET, page, &[], None).await;
    assert_eq!(closed.status.as_u16(), 410);
}
