//! Carts and wishlists.

use std::time::Duration;

use axum::http::Method;
use harness::orders::{guest_order, order_at};
use harness::products::{make, shirt, usd};
use harness::shop::{Answer, Person, Shop, TestRequest};
use harness::stock::{Stocked, stocked};
use serde_json::{Value, json};

const CART: &str = "/api/v1/cart";
const ITEMS: &str = "/api/v1/cart/items";

/// How long the products that were read for a cart are shown from memory.
const MEMORY: Duration = Duration::from_secs(5);

fn guest(ask: TestRequest, token: &str) -> TestRequest {
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
    cart.data()["items"].as_array().unwrap().iter().map(|item| item["quantity"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_guest_without_a_cart_gets_one_and_each_sku_is_one_line() {
    let Stocked { shop, product: made, .. } = stocked(10).await;
    let empty = shop.get(CART).send().await.expect(200);
    assert_eq!((quantities(&empty), &empty.data()["token"]), (vec![], &Value::Null));
    let token = guest_with(&shop, 2).await;
    let two = add(&shop, Some(&token), 3).await.expect(200);
    assert_eq!((quantities(&two), &two.data()["token"]), (vec![5], &Value::Null));
    let price = made["price"]["amount"].as_i64().unwrap();
    let read = guest(shop.get("/api/v1/cart?country=DE"), &token).send().await.expect(200);
    let totals = &read.data()["totals"];
    assert_eq!(totals["subtotal"]["amount"], price * 5);
    assert!(totals["tax"]["amount"].as_i64().unwrap() > 0);
    assert!(!shop.table.items().values().any(|item| item.to_string().contains(&token)));
}

#[tokio::test]
async fn adding_with_an_idempotency_key_adds_once() {
    let shop = stocked(3).await.shop;
    let token = guest_with(&shop, 1).await;
    let add = async |quantity, key: &str| {
        let add = shop.post(ITEMS, &json!({ "sku": "A", "quantity": quantity }));
        guest(add, &token).header("idempotency-key", key).send().await
    };
    let first = add(2, "k-1").await.expect(200);
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = add(2, "k-1").await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!((quantities(&first), quantities(&again)), (vec![3], vec![3]));
    add(1, "k-1").await.expect_problem(422, "idempotency_key_reused");
    add(1, "k-2").await.expect_problem(409, "not_enough_stock");
    add(1, "two words").await.expect_problem(400, "invalid_idempotency_key");
}

#[tokio::test]
async fn more_than_the_stock_is_refused_and_changes_nothing() {
    let shop = stocked(3).await.shop;
    let token = guest_with(&shop, 2).await;
    add(&shop, Some(&token), 2).await.expect_problem(409, "not_enough_stock");
    let cart = guest(shop.get(CART), &token).send().await;
    assert_eq!(quantities(&cart), [2]);
    let line = cart.data()["items"][0]["id"].as_str().unwrap();
    let path = format!("{ITEMS}/{line}");
    let set = |quantity: u32| {
        let ask = shop.request(Method::PATCH, &path).json(&json!({ "quantity": quantity }));
        guest(ask, &token).send()
    };
    assert_eq!(quantities(&set(3).await.expect(200)), [3]);
    set(4).await.expect_problem(409, "not_enough_stock");
    set(0).await.expect_problem(400, "validation_failed");
    guest(shop.request(Method::DELETE, &path), &token).send().await.expect(200);
    guest(shop.request(Method::DELETE, &path), &token).send().await.expect_problem(404, "cart_item_not_found");
}

#[tokio::test]
async fn signing_in_merges_the_guest_cart_once() {
    let shop = stocked(10).await.shop;
    let token = guest_with(&shop, 2).await;
    let me = shop.register("ada@example.com").await;
    shop.post(ITEMS, &json!({ "sku": "A" })).by(&me).send().await.expect(200);
    let both = || guest(shop.get(CART), &token).by(&me).send();
    assert_eq!(quantities(&both().await.expect(200)), [3]);
    assert_eq!(quantities(&both().await.expect(200)), [3], "once");
    let left = guest(shop.get(CART), &token).send().await.expect(200);
    assert!(quantities(&left).is_empty());
}

#[tokio::test]
async fn a_cart_shows_changed_prices_and_removed_products() {
    let Stocked { shop, staff, product: made } = stocked(10).await;
    let token = guest_with(&shop, 1).await;
    let path = format!("/api/v1/products/{}", made["id"].as_str().unwrap());
    set_price(&shop, &staff, &made, 9999).await;
    shop.later(MEMORY);
    let cart = guest(shop.get(CART), &token).send().await.expect(200);
    let item = &cart.data()["items"][0];
    assert_eq!(item["unitPrice"]["amount"], 9999);
    assert_eq!(item["previousPrice"], made["price"]);
    shop.request(Method::DELETE, &path).by(&staff).send().await;
    shop.later(MEMORY);
    let cart = guest(shop.get(CART), &token).send().await.expect(200);
    assert_eq!(cart.data()["items"][0]["problem"], "unavailable");
    assert_eq!(cart.data()["totals"]["total"]["amount"], 0);
}

#[tokio::test]
async fn an_item_is_not_added_at_another_price_than_the_buyer_saw() {
    let Stocked { shop, staff, product: made } = stocked(10).await;
    let token = guest_with(&shop, 1).await;
    let seen = json!({ "sku": "A", "price": made["price"] });
    guest(shop.post(ITEMS, &seen), &token).send().await.expect(200);
    set_price(&shop, &staff, &made, 9999).await;
    guest(shop.post(ITEMS, &seen), &token).send().await.expect_problem(409, "price_changed");
    assert_eq!(quantities(&guest(shop.get(CART), &token).send().await), [2], "nothing was added");
    let current = json!({ "sku": "A", "price": usd(9999) });
    guest(shop.post(ITEMS, &current), &token).send().await.expect(200);
}

#[tokio::test]
async fn a_cart_is_read_from_a_short_cache_and_a_changed_line_is_always_current() {
    let Stocked { shop, staff, product: made } = stocked(10).await;
    let other = make(&shop, &staff, &shirt("B")).await;
    let token = guest_with(&shop, 1).await;
    let body = json!({ "sku": "B" });
    let both = guest(shop.post(ITEMS, &body), &token).send().await;
    let prices = |cart: &Answer| {
        let items = cart.data()["items"].as_array().unwrap();
        let price = |item: &Value| item["unitPrice"]["amount"].as_i64().unwrap();
        items.iter().map(price).collect::<Vec<_>>()
    };
    let old = prices(&both.expect(200))[0];
    set_price(&shop, &staff, &made, 9999).await;
    set_price(&shop, &staff, &other, 8888).await;
    let looked = guest(shop.get(CART), &token).send().await.expect(200);
    assert_eq!(prices(&looked), [old, old]);
    let touched = add(&shop, Some(&token), 1).await.expect(200);
    assert_eq!(prices(&touched), [9999, old]);
    let again = guest(shop.get(CART), &token).send().await.expect(200);
    assert_eq!(prices(&again), [9999, old], "the new price is in memory");
    shop.later(MEMORY);
    let looked = guest(shop.get(CART), &token).send().await.expect(200);
    assert_eq!(prices(&looked), [9999, 8888]);
}

#[tokio::test]
async fn an_order_uses_the_current_price_and_not_the_cached_one() {
    let Stocked { shop, staff, product: made } = stocked(10).await;
    let token = guest_with(&shop, 1).await;
    set_price(&shop, &staff, &made, 9999).await;
    let looked = guest(shop.get(CART), &token).send().await.expect(200);
    assert_eq!(looked.data()["items"][0]["unitPrice"], made["price"]);
    let body = guest_order("ada@example.com", "cash_on_delivery");
    guest(shop.place_order(&body, "dearer"), &token).send().await.expect_problem(409, "price_changed");
    let looked = guest(shop.get(CART), &token).send().await;
    assert_eq!(quantities(&looked), [1], "nothing was ordered");
}

#[tokio::test]
async fn a_cart_shows_that_its_items_were_sold_to_others() {
    let shop = stocked(3).await.shop;
    let (one, two) = (guest_with(&shop, 1).await, guest_with(&shop, 2).await);
    let problems = async || {
        shop.later(MEMORY);
        let mut all = Vec::new();
        for token in [&one, &two] {
            let cart = guest(shop.get(CART), token).send().await.expect(200);
            all.push(cart.data()["items"][0]["problem"].clone());
        }
        all
    };
    assert_eq!(problems().await, [Value::Null, Value::Null]);
    let buy = async |quantity, key| {
        let body = order_at(1999, "A", quantity, "cash_on_delivery");
        shop.place_order(&body, key).send().await.expect(201);
    };
    buy(2, "two").await;
    assert_eq!(problems().await, [Value::Null, "not_enough_stock".into()]);
    buy(1, "last").await;
    assert_eq!(problems().await, ["not_enough_stock", "not_enough_stock"]);
}

#[tokio::test]
async fn a_cart_of_ninety_lines_costs_the_table_no_more_than_one_of_two() {
    let Stocked { shop, staff, .. } = stocked(1000).await;
    for n in 0..90 {
        shop.add_product(&staff, &format!("B{n}"), 1000, 10).await;
    }
    let token = guest_with(&shop, 1).await;
    let mut asked = Vec::new();
    for n in 0..84 {
        let body = json!({ "sku": format!("B{n}") });
        shop.table.network.take_calls();
        guest(shop.post(ITEMS, &body), &token).send().await.expect(200);
        let added = spent(&shop);
        guest(shop.get(CART), &token).send().await.expect(200);
        asked.push((added, spent(&shop)));
    }
    // Adding takes three round trips whatever the number of lines; reading afterwards takes one, for the cart.
    let trips = |asked: &((usize, f64), (usize, f64))| (asked.0.0, asked.1.0);
    assert!(asked.iter().all(|asked| trips(asked) == (3, 1)), "{asked:?}");
    let reads = |asked: &((usize, f64), (usize, f64))| (asked.0.1, asked.1.1);
    assert_eq!((reads(&asked[0]), reads(&asked[83])), ((4.0, 1.0), (5.0, 2.0)));
}

/// The round trips and the read units since the last use of this function.
fn spent(shop: &Shop) -> (usize, f64) {
    let calls = shop.table.network.take_calls();
    let reads = calls.iter().filter(|call| !call.is_write);
    let trips = calls.iter().filter(|call| call.begins_trip).count();
    (trips, reads.map(|call| call.units).sum())
}

async fn set_price(shop: &Shop, staff: &Person, product: &Value, amount: i64) {
    let path = format!("/api/v1/products/{}", product["id"].as_str().unwrap());
    shop.request(Method::PATCH, &path).json(&json!({ "price": usd(amount) })).by(staff).send().await.expect(200);
}

#[tokio::test]
async fn invalid_requests_are_refused_with_their_fields() {
    let shop = stocked(10).await.shop;
    let refused = async |body: Value| shop.post(ITEMS, &body).send().await.expect(400);
    assert_eq!(refused(json!({})).await.fields(), ["sku"]);
    assert_eq!(refused(json!({ "sku": "A", "quantity": 1000 })).await.fields(), ["quantity"]);
    assert_eq!(refused(json!({ "sku": "A", "price": 1 })).await.fields(), ["price"]);
    assert_eq!(refused(json!({ "sku": "A", "price": usd(-1) })).await.fields(), ["price"]);
    assert_eq!(refused(json!({ "sku": "A", "cost": 1 })).await.fields(), ["cost"]);
    assert_eq!(refused(json!({ "sku": "A", "productId": "x" })).await.fields(), ["productId"]);
    guest(shop.get(CART), "short").send().await.expect_problem(400, "invalid_cart_token");
    shop.post(ITEMS, &json!({ "sku": "B" })).send().await.expect_problem(404, "product_not_found");
}

#[tokio::test]
async fn a_wishlist_item_moves_into_the_cart() {
    let shop = stocked(10).await.shop;
    let me = shop.register("ada@example.com").await;
    let item = shop.post("/api/v1/wishlist", &json!({ "sku": "A" })).by(&me).send().await.expect(200);
    let id = item.data()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/wishlist/{id}/move-to-cart");
    let moved = shop.request(Method::POST, &path).by(&me).send().await.expect(200);
    assert_eq!(quantities(&moved), [1]);
    let left = shop.get("/api/v1/wishlist").by(&me).send().await.expect(200);
    assert_eq!(left.json["data"], json!([]));
    shop.request(Method::POST, &path).by(&me).send().await.expect_problem(404, "wish_not_found");
}

#[tokio::test]
async fn a_cart_token_that_we_did_not_make_is_never_used() {
    let Stocked { shop, staff, .. } = stocked(10).await;
    shop.coupon(&staff, &json!({ "code": "OFF", "percent": 10 })).await;
    let invented = "A".repeat(43);
    let first = add(&shop, Some(&invented), 1).await.expect(200);
    let token = first.data()["token"].as_str().unwrap();
    assert_ne!(token, invented);
    assert_eq!(first.header("cart-token"), token);
    let coupon = guest(shop.post("/api/v1/cart/coupon", &json!({ "code": "OFF" })), &invented).send().await;
    let another = coupon.expect(200).data()["token"].as_str().unwrap().to_owned();
    assert!(another != invented && another != token);
    // Whoever invented it, and gave it to others, sees nothing.
    let seen = guest(shop.get(CART), &invented).send().await.expect(200);
    assert_eq!((quantities(&seen), &seen.data()["coupon"]), (vec![], &Value::Null));
    let me = shop.register("ada@example.com").await;
    let mine = guest(shop.get(CART), &invented).by(&me).send().await.expect(200);
    assert!(quantities(&mine).is_empty());
    assert_eq!(shop.table.items_under("CART#").len(), 2);
    // Emptying it, or removing its coupon, writes nothing.
    guest(shop.request(Method::DELETE, CART), &invented).send().await.expect(200);
    guest(shop.request(Method::DELETE, "/api/v1/cart/coupon"), &invented).send().await.expect(200);
    assert_eq!(shop.table.items_under("CART#").len(), 2);
    assert_eq!(quantities(&add(&shop, Some(token), 1).await.expect(200)), [2], "our own token stays in use");
}

#[tokio::test]
async fn the_token_of_an_expired_or_ordered_cart_is_replaced_by_a_new_one() {
    let shop = stocked(10).await.shop;
    let expired = guest_with(&shop, 2).await;
    shop.later(Duration::from_hours(24));
    let next = add(&shop, Some(&expired), 1).await.expect(200);
    let token = next.data()["token"].as_str().unwrap().to_owned();
    assert_eq!((token != expired, quantities(&next)), (true, vec![1]));
    let ordered = guest(shop.place_order(&guest_order("ada@example.com", "payment_intent"), "k"), &token).send().await;
    ordered.expect(201);
    let next = add(&shop, Some(&token), 1).await.expect(200);
    assert_ne!(next.data()["token"].as_str().unwrap(), token);
}
