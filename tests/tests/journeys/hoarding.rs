//! Orders that nobody means to pay: one address tries to empty the shop, and others still buy. And how a guest confirms an
//! order for cash on delivery.

use std::time::Duration;

use axum::http::Method;
use domain::id::OrderId;
use domain::time::Time;
use harness::cloud::Cloud;
use harness::orders::{guest_order, order_at};
use harness::shop::Answer;
use serde_json::{Value, json};

use crate::checkout::processing_at;
use crate::fixtures::{PRICE, product, staff};

const SKUS: usize = 10;
const STOCK: i64 = 100;

/// The default limits of the template: half of a SKU's stock, and orders of 5,000.00 from one network.
const MOST_OF_ONE: i64 = STOCK / 2;
const MOST_HELD: i64 = 250;

fn sku(n: usize) -> String {
    format!("HOARD-{n}")
}

async fn post(cloud: &Cloud, path: &str, header: (&str, &str), body: &Value) -> Answer {
    let headers = [(header.0, header.1.to_owned())];
    cloud.fetch(Method::POST, &format!("{}{path}", cloud.api), &headers, Some(body)).await
}

/// Orders with a cart, or one item without.
async fn order(cloud: &Cloud, cart: Option<&str>, key: &str, body: &Value) -> Answer {
    let mut headers = vec![("idempotency-key", key.to_owned())];
    headers.extend(cart.map(|cart| ("cart-token", cart.to_owned())));
    cloud.fetch(Method::POST, &format!("{}/api/v1/orders", cloud.api), &headers, Some(body)).await
}

/// A guest's cart with as many units as the shop takes.
async fn full_cart(cloud: &Cloud) -> String {
    let mut token = String::new();
    for n in 0..SKUS {
        let item = json!({ "sku": sku(n), "quantity": STOCK });
        let header = if token.is_empty() { ("accept", "*/*") } else { ("cart-token", token.as_str()) };
        let added = post(cloud, "/api/v1/cart/items", header, &item).await;
        if added.status.as_u16() == 200 {
            if let Some(new) = added.data()["token"].as_str() {
                new.clone_into(&mut token);
            }
        } else {
            added.expect_problem(409, "too_many_units");
        }
    }
    token
}

#[tokio::test]
async fn one_address_cannot_empty_the_shop_and_a_customer_still_buys() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "hoarding.staff@example.com").await;
    for n in 0..SKUS {
        product(&cloud, &staff, &sku(n), STOCK).await;
    }
    let attacker = cloud.from_address("127.0.0.66");
    let mut placed = Vec::new();
    // Nine carts with hundreds of units, each for another mailbox: cash on delivery first, then by card.
    for n in 0..9 {
        let cart = full_cart(&attacker).await;
        let email = format!("hoarder-{n}@example.com");
        let cash = guest_order(&email, "cash_on_delivery");
        let answer = order(&attacker, Some(&cart), &format!("cash-{n}"), &cash).await;
        answer.expect_problem(409, "cash_limit_exceeded");
        let card = guest_order(&email, "payment_intent");
        let answer = order(&attacker, Some(&cart), &format!("card-{n}"), &card).await;
        answer.expect_problem(409, "stock_share_exceeded");
    }
    // Then the largest orders that are possible, of each SKU.
    for n in 0..SKUS {
        let units = u32::try_from(MOST_OF_ONE).unwrap();
        let mut body = order_at(PRICE, &sku(n), units, "payment_intent");
        body["email"] = json!(format!("hoarder-one-{n}@example.com"));
        let answer = order(&attacker, None, &format!("one-{n}"), &body).await;
        if answer.status.as_u16() == 201 {
            placed.push(answer.data()["id"].as_str().unwrap().to_owned());
        } else {
            answer.expect_problem(409, "too_many_unpaid_orders");
        }
    }
    assert!(!placed.is_empty(), "some orders of one address are normal");
    let held = async |cloud: &Cloud| {
        let mut all = 0;
        for n in 0..SKUS {
            let level = cloud.get(&format!("/api/v1/inventory/{}", sku(n)), Some(&staff.access)).await.expect(200);
            let available = level.data()["available"].as_i64().unwrap();
            assert!(available >= STOCK - MOST_OF_ONE - 2, "{n}: {available}");
            all += STOCK - available;
        }
        all
    };
    let units = held(&cloud).await;
    assert!((1..=MOST_HELD).contains(&units), "{units} of {} units are held", STOCK * 10);

    // A customer from another network buys what the attacker holds half of.
    let customer = cloud.from_address("127.0.0.77");
    let mut body = order_at(PRICE, &sku(0), 2, "payment_intent");
    body["email"] = json!("customer@example.com");
    let bought = order(&customer, None, "customer", &body).await.expect(201);
    assert!(bought.data()["payment"]["clientSecret"].is_string(), "{}", bought.text);

    // After the hold everything is back.
    let placed_at = Time::parse(bought.data()["createdAt"].as_str().unwrap()).unwrap();
    let (orders, payments) = processing_at(placed_at + Duration::from_mins(31), cloud.stripe.clone()).await;
    assert!(orders.store.held_units().await.unwrap() >= u64::try_from(units).unwrap(), "the counter has them");
    for id in &placed {
        orders.run_due(&payments, OrderId::parse(id).unwrap()).await.unwrap();
    }
    assert_eq!(held(&cloud).await, 2, "only what the customer ordered");
}

#[tokio::test]
async fn a_guest_confirms_an_order_for_cash_on_delivery_with_the_mailed_link() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "hoarding.staff2@example.com").await;
    product(&cloud, &staff, "JOURNEY-CASH", 5).await;
    let guest = cloud.from_address("127.0.0.78");
    let mut body = order_at(PRICE, "JOURNEY-CASH", 2, "cash_on_delivery");
    let email = "cash.buyer@example.com";
    body["email"] = json!(email);
    let placed = order(&guest, None, "cash", &body).await.expect(201);
    let (id, number) = (placed.data()["id"].as_str().unwrap(), placed.data()["number"].as_str().unwrap());
    assert_eq!(placed.data()["awaitsConfirmation"], true);
    let mail = cloud.mail(email, "Please confirm your order").await;
    let (_, link) = mail.text.split_once(&format!("{}/confirm-order?token=", cloud.origin)).unwrap();
    let token = link.split_whitespace().next().unwrap();
    let confirm = json!({ "token": token });
    for _ in 0..2 {
        let confirmed = guest.post("/api/v1/orders/confirm", None, &confirm).await.expect(200);
        assert_eq!(confirmed.data()["awaitsConfirmation"], false);
    }
    let mail = cloud.mail(email, &format!("Your order {number}")).await;
    assert!(mail.text.contains("You pay $44.98 on delivery"), "{}", mail.text);
    let path = format!("/api/v1/admin/orders/{id}");
    let processing = json!({ "status": "processing" });
    cloud.request(Method::PATCH, &path, Some(&staff.access), Some(&processing)).await.expect(200);
    let level = cloud.get("/api/v1/inventory/JOURNEY-CASH", Some(&staff.access)).await.expect(200);
    assert_eq!((&level.data()["available"], &level.data()["reserved"]), (&json!(3), &json!(0)));
}
