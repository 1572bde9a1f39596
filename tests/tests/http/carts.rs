//! Carts and wishes.

use axum::http::Method;
use harness::shop::{Answer, Ask, Person, Shop};
use serde_json::{Value, json};

use crate::products::{make, shirt, staffed, usd};

const CART: &str = "/api/v1/cart";
const ITEMS: &str = "/api/v1/cart/items";

/// A shop that sells one thing, `A`, of which there are so many.
async fn selling(stock: i64) -> (Shop, Person, Value) {
    let (shop, staff) = staffed().await;
    let mut body = shirt("A");
    body["stock"] = json!(stock);
    let made = make(&shop, &staff, &body).await;
    (shop, staff, made)
}

fn guest(ask: Ask, token: &str) -> Ask {
    ask.header("cart-token", token)
}

async fn add(shop: &Shop, token: Option<&str>, quantity: u32) -> Answer {
    let ask = shop.post(ITEMS, &json!({ "sku": "A", "quantity": quantity }));
    let ask = match token {
        Some(token) => guest(ask, token),
        None => ask,
    };
    ask.send().await
}

async fn guest_with(shop: &Shop, quantity: u32) -> String {
    let answer = add(shop, None, quantity).await.expect(200);
    let token = answer.data()["token"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("cart-token"), token);
    token
}

fn quantities(cart: &Answer) -> Vec<u64> {
    let items = cart.data()["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["quantity"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_guest_without_a_cart_is_given_one_and_the_same_sku_is_one_line() {
    let (shop, _, made) = selling(10).await;
    let empty = shop.get(CART).send().await.expect(200);
    assert_eq!(
        (quantities(&empty), &empty.data()["token"]),
        (vec![], &Value::Null)
    );
    let token = guest_with(&shop, 2).await;
    let two = add(&shop, Some(&token), 3).await.expect(200);
    assert_eq!(
        (quantities(&two), &two.data()["token"]),
        (vec![5], &Value::Null)
    );
    let price = made["price"]["amount"].as_i64().unwrap();
    let read = guest(shop.get("/api/v1/cart?country=DE"), &token)
        .send()
        .await
        .expect(200);
    let totals = &read.data()["totals"];
    assert_eq!(totals["subtotal"]["amount"], price * 5);
    assert!(totals["tax"]["amount"].as_i64().unwrap() > 0);
    assert!(
        !shop
            .table
            .items()
            .values()
            .any(|item| item.to_string().contains(&token))
    );
}

#[tokio::test]
async fn more_than_there_is_is_refused_and_changes_nothing() {
    let (shop, ..) = selling(3).await;
    let token = guest_with(&shop, 2).await;
    add(&shop, Some(&token), 2)
        .await
        .expect_problem(409, "not_enough_stock");
    let cart = guest(shop.get(CART), &token).send().await;
    assert_eq!(quantities(&cart), [2]);
    let line = cart.data()["items"][0]["id"].as_str().unwrap();
    let path = format!("{ITEMS}/{line}");
    let set = |quantity: u32| {
        let ask = shop
            .ask(Method::PATCH, &path)
            .json(&json!({ "quantity": quantity }));
        guest(ask, &token).send()
    };
    assert_eq!(quantities(&set(3).await.expect(200)), [3]);
    set(4).await.expect_problem(409, "not_enough_stock");
    set(0).await.expect_problem(400, "validation_failed");
    guest(shop.ask(Method::DELETE, &path), &token)
        .send()
        .await
        .expect(200);
    guest(shop.ask(Method::DELETE, &path), &token)
        .send()
        .await
        .expect_problem(404, "cart_item_not_found");
}

#[tokio::test]
async fn signing_in_makes_two_carts_one_once() {
    let (shop, ..) = selling(10).await;
    let token = guest_with(&shop, 2).await;
    let me = shop.register("ada@example.com").await;
    shop.post(ITEMS, &json!({ "sku": "A" }))
        .by(&me)
        .send()
        .await
        .expect(200);
    let both = || guest(shop.get(CART), &token).by(&me).send();
    assert_eq!(quantities(&both().await.expect(200)), [3]);
    assert_eq!(quantities(&both().await.expect(200)), [3], "once");
    let left = guest(shop.get(CART), &token).send().await.expect(200);
    assert!(quantities(&left).is_empty());
}

#[tokio::test]
async fn a_changed_price_and_a_vanished_product_are_told() {
    let (shop, staff, made) = selling(10).await;
    let token = guest_with(&shop, 1).await;
    let path = format!("/api/v1/products/{}", made["id"].as_str().unwrap());
    let dearer = json!({ "price": usd(9999) });
    shop.ask(Method::PATCH, &path)
        .json(&dearer)
        .by(&staff)
        .send()
        .await
        .expect(200);
    let item = guest(shop.get(CART), &token)
        .send()
        .await
        .expect(200)
        .data()["items"][0]
        .clone();
    assert_eq!(item["unitPrice"]["amount"], 9999);
    assert_eq!(item["previousPrice"], made["price"]);
    shop.ask(Method::DELETE, &path).by(&staff).send().await;
    let cart = guest(shop.get(CART), &token).send().await.expect(200);
    assert_eq!(cart.data()["items"][0]["problem"], "unavailable");
    assert_eq!(cart.data()["totals"]["total"]["amount"], 0);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_field() {
    let (shop, ..) = selling(10).await;
    let refused = async |body: Value| shop.post(ITEMS, &body).send().await.expect(400);
    assert_eq!(refused(json!({})).await.fields(), ["sku"]);
    assert_eq!(
        refused(json!({ "sku": "A", "quantity": 1000 }))
            .await
            .fields(),
        ["quantity"]
    );
    assert_eq!(
        refused(json!({ "sku": "A", "price": 1 })).await.fields(),
        ["price"]
    );
    assert_eq!(
        refused(json!({ "sku": "A", "productId": "x" }))
            .await
            .fields(),
        ["productId"]
    );
    let bad = guest(shop.get(CART), "short").send().await;
    bad.expect_problem(400, "invalid_cart_token");
    shop.post(ITEMS, &json!({ "sku": "B" }))
        .send()
        .await
        .expect_problem(404, "product_not_found");
}

#[tokio::test]
async fn a_wish_moves_into_the_cart() {
    let (shop, ..) = selling(10).await;
    let me = shop.register("ada@example.com").await;
    let wish = shop
        .post("/api/v1/wishlist", &json!({ "sku": "A" }))
        .by(&me)
        .send()
        .await
        .expect(200);
    let id = wish.data()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/wishlist/{id}/move-to-cart");
    let moved = shop
        .ask(Method::POST, &path)
        .by(&me)
        .send()
        .await
        .expect(200);
    assert_eq!(quantities(&moved), [1]);
    let left = shop
        .get("/api/v1/wishlist")
        .by(&me)
        .send()
        .await
        .expect(200);
    assert_eq!(left.json["data"], json!([]));
    shop.ask(Method::POST, &path)
        .by(&me)
        .send()
        .await
        .expect_problem(404, "wish_not_found");
}
