//! What orders may have and hold before they are paid: units, orders, value, a share of the stock. And how often carts
//! may change.

use std::time::Duration;

use axum::http::Method;
use domain::order::{OrderLimits, UnitLimits};
use harness::orders::{PlacedOrder, guest_order, order_of, usd};
use harness::products::staffed;
use harness::shop::{Answer, CheckoutSettings, Person, Shop, TestRequest};
use serde_json::{Value, json};
use stripe_stand_in::Card;

const HOLD: Duration = Duration::from_mins(30);

/// A shop with ten units of `A` at ten dollars; an order of one comes to 15.70 with shipping and tax.
async fn limited(change: impl FnOnce(&mut OrderLimits)) -> (Shop, Person) {
    let (open, staff) = staffed().await;
    open.add_product(&staff, "A", 1000, 10).await;
    let mut settings = CheckoutSettings::default();
    change(&mut settings.limits);
    (Shop::with_settings(settings, open.table.copy().await), staff)
}

/// An order of `A` by a guest, from a network of its own or not.
async fn order(shop: &Shop, email: &str, ip: &str, quantity: u32) -> Answer {
    let mut body = order_of("A", quantity, "payment_intent");
    body["email"] = json!(email);
    let key = shop.app.context.ids.event(shop.now()).to_string();
    shop.place_order(&body, &key).from_ip(ip).send().await
}

/// Refuses with this code, and shows that nothing was held.
async fn refused(shop: &Shop, email: &str, ip: &str, quantity: u32, code: &str) {
    let before = shop.stock("A");
    order(shop, email, ip, quantity).await.expect_problem(409, code);
    assert_eq!(shop.stock("A"), before);
}

#[tokio::test]
async fn a_buyer_holds_so_many_unpaid_orders_from_all_networks_together() {
    let (shop, _) = limited(|limits| limits.buyer.orders = 2).await;
    let ada = "ada@example.com";
    let first = PlacedOrder::of(order(&shop, ada, "192.0.2.1", 1).await);
    let second = PlacedOrder::of(order(&shop, "ada+shop@example.com", "192.0.2.2", 1).await);
    refused(&shop, ada, "192.0.2.3", 1, "too_many_unpaid_orders").await;
    PlacedOrder::of(order(&shop, "eve@example.com", "192.0.2.1", 1).await);
    // An account is not stopped by what strangers order with its address.
    let me = shop.register(ada).await;
    let mut body = order_of("A", 1, "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    shop.place_order(&body, "mine").by(&me).send().await.expect(201);
    // A payment, a cancellation and the end of a hold make room, one each.
    assert!(shop.pay(&first.reference(), Card::Pays).await);
    let third = PlacedOrder::of(order(&shop, ada, "192.0.2.3", 1).await);
    refused(&shop, ada, "192.0.2.3", 1, "too_many_unpaid_orders").await;
    shop.cancel(&second).send().await.expect(200);
    shop.later(Duration::from_mins(1));
    PlacedOrder::of(order(&shop, ada, "192.0.2.3", 1).await);
    refused(&shop, ada, "192.0.2.3", 1, "too_many_unpaid_orders").await;
    shop.later(HOLD.saturating_sub(Duration::from_mins(1)));
    PlacedOrder::of(order(&shop, ada, "192.0.2.3", 1).await);
    refused(&shop, ada, "192.0.2.3", 1, "too_many_unpaid_orders").await;
    // The payment of the third, whose hold has ended, would hold its stock again.
    let again = shop.open_payment(&third, "create-intent").send().await;
    again.expect_problem(409, "too_many_unpaid_orders");
    assert_eq!(shop.stock("A"), (9, 5), "the janitor has not released what has ended");
    shop.janitor().run().await.unwrap();
    assert_eq!(shop.stock("A"), (9, 2));
    shop.open_payment(&third, "create-intent").send().await.expect_problem(409, "too_many_unpaid_orders");
    shop.later(HOLD);
    shop.janitor().run().await.unwrap();
    shop.open_payment(&third, "create-intent").send().await.expect(200);
    assert_eq!(shop.stock("A"), (9, 1));
    PlacedOrder::of(order(&shop, ada, "192.0.2.3", 1).await);
    refused(&shop, ada, "192.0.2.3", 1, "too_many_unpaid_orders").await;
}

#[tokio::test]
async fn a_network_holds_so_many_unpaid_orders_whoever_sends_them() {
    let (shop, _) = limited(|limits| limits.network.orders = 2).await;
    for n in 1..=2 {
        PlacedOrder::of(order(&shop, &format!("u{n}@example.com"), "2001:db8:1:2::1", 1).await);
    }
    refused(&shop, "u3@example.com", "2001:db8:1:2:ffff::9", 1, "too_many_unpaid_orders").await;
    PlacedOrder::of(order(&shop, "u3@example.com", "2001:db8:1:3::1", 1).await);
}

#[tokio::test]
async fn unpaid_orders_have_a_value_and_the_first_may_be_above_it() {
    let (shop, _) = limited(|limits| limits.buyer.value = 3_000).await;
    PlacedOrder::of(order(&shop, "ada@example.com", "192.0.2.1", 3).await);
    refused(&shop, "ada@example.com", "192.0.2.1", 1, "too_many_unpaid_orders").await;
    PlacedOrder::of(order(&shop, "eve@example.com", "192.0.2.1", 1).await);
    refused(&shop, "eve@example.com", "192.0.2.1", 1, "too_many_unpaid_orders").await;
}

#[tokio::test]
async fn unpaid_orders_of_a_buyer_and_of_a_network_hold_a_share_of_the_stock() {
    let (shop, _) = limited(|limits| (limits.buyer.share, limits.network.share) = (30, 60)).await;
    let answer = order(&shop, "ada@example.com", "192.0.2.1", 4).await.expect_problem(409, "stock_share_exceeded");
    assert!(answer.fields()[0].starts_with("items.var_"), "{}", answer.text);
    let message = answer.json["message"].as_str().unwrap();
    assert!(!message.contains(|c: char| c.is_ascii_digit()), "customers see no numbers: {message}");
    PlacedOrder::of(order(&shop, "ada@example.com", "192.0.2.1", 2).await);
    refused(&shop, "ada@example.com", "192.0.2.1", 2, "stock_share_exceeded").await;
    PlacedOrder::of(order(&shop, "ada@example.com", "192.0.2.1", 1).await);
    PlacedOrder::of(order(&shop, "eve@example.com", "192.0.2.1", 3).await);
    refused(&shop, "bob@example.com", "192.0.2.1", 1, "stock_share_exceeded").await;
    PlacedOrder::of(order(&shop, "bob@example.com", "192.0.2.2", 3).await);
    assert_eq!(shop.stock("A"), (10, 9));
}

#[tokio::test]
async fn units_are_limited_for_a_line_a_product_and_an_order_in_the_cart_and_in_the_order() {
    let (shop, staff) = limited(|limits| limits.units = UnitLimits { line: 3, product: 5, order: 7 }).await;
    let variants: Vec<Value> = ["M", "L"]
        .iter()
        .map(|size| json!({ "sku": format!("T-{size}"), "price": usd(100), "stock": 99, "options": { "Size": size } }))
        .collect();
    let tee = json!({ "name": "Tee", "status": "active", "options": ["Size"], "variants": variants });
    shop.post("/api/v1/products", &tee).by(&staff).send().await.expect(201);
    let token = shop.cart_of("T-M", 3).await;
    let add = |sku: &str, quantity| shop.add_to_cart(sku, quantity).header("cart-token", &token).send();
    for (sku, quantity) in [("T-M", 1), ("A", 4), ("T-L", 3)] {
        let answer = add(sku, quantity).await.expect_problem(409, "too_many_units");
        assert_eq!(answer.fields(), ["quantity"], "{}", answer.text);
    }
    add("T-L", 2).await.expect(200);
    add("A", 3).await.expect_problem(409, "too_many_units");
    let full = add("A", 2).await.expect(200);
    let line = full.data()["items"][2]["id"].as_str().unwrap().to_owned();
    let set = async |quantity: u32| {
        let ask = shop.request(Method::PATCH, &format!("/api/v1/cart/items/{line}"));
        ask.json(&json!({ "quantity": quantity })).header("cart-token", &token).send().await
    };
    set(3).await.expect_problem(409, "too_many_units");
    set(1).await.expect(200);
    order(&shop, "ada@example.com", "192.0.2.1", 4).await.expect_problem(409, "too_many_units");

    // Two carts that are merged can be above the limits. The order says so, and single steps lead out.
    let me = shop.register("bob@example.com").await;
    shop.add_to_cart("T-M", 3).by(&me).send().await.expect(200);
    let mut body = guest_order("", "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    let placed = shop.place_order(&body, "merged").by(&me).header("cart-token", &token).send().await;
    let placed = placed.expect_problem(409, "too_many_units");
    assert_eq!(placed.fields(), ["items.T-M"]);
    let merged = shop.get("/api/v1/cart").by(&me).header("cart-token", &token).send().await.expect(200);
    assert_eq!(merged.data()["items"][0]["quantity"], 6);
    let line = merged.data()["items"][0]["id"].as_str().unwrap().to_owned();
    for quantity in [5, 4, 2] {
        let ask = shop.request(Method::PATCH, &format!("/api/v1/cart/items/{line}"));
        ask.json(&json!({ "quantity": quantity })).by(&me).send().await.expect(200);
    }
    shop.place_order(&body, "merged").by(&me).send().await.expect(201);
}

#[tokio::test]
async fn carts_and_wishlists_change_so_often_in_a_minute() {
    let (shop, _) = limited(|_| {}).await;
    let token = shop.cart_of("A", 1).await;
    let me = shop.register("ada@example.com").await;
    let clear = || shop.request(Method::DELETE, "/api/v1/cart");
    for n in 0..119 {
        let answer = clear().header("cart-token", &token).send().await.expect(200);
        assert_eq!(answer.header("ratelimit"), format!("\"cart\";r={};t=60", 118 - n));
    }
    let ways = [
        shop.add_to_cart("A", 1),
        clear().header("cart-token", &token),
        shop.request(Method::DELETE, "/api/v1/cart/coupon").header("cart-token", &token),
    ];
    for way in ways {
        let answer = way.send().await.expect_problem(429, "rate_limited");
        assert_eq!(answer.header("retry-after"), "60");
    }
    // Reading is free; another network and an account have their own count.
    shop.get("/api/v1/cart").header("cart-token", &token).send().await.expect(200);
    clear().header("cart-token", &token).from_ip("192.0.2.2").send().await.expect(200);
    for n in 0..120 {
        let ask = clear().by(&me).from_ip(&format!("198.51.100.{n}")).send();
        ask.await.expect(200);
    }
    let wish = shop.post("/api/v1/wishlist", &json!({ "sku": "A" })).by(&me).send().await;
    wish.expect_problem(429, "rate_limited");
    shop.later(Duration::from_mins(1));
    shop.add_to_cart("A", 1).header("cart-token", &token).send().await.expect(200);
    shop.add_to_cart("A", 1).by(&me).send().await.expect(200);
}

#[tokio::test]
async fn more_repeats_of_an_addition_to_a_cart_than_its_limit_allows_are_all_answered_and_not_counted() {
    let (shop, _) = limited(|_| {}).await;
    let me = shop.register("ada@example.com").await;
    let token = shop.cart_of("A", 1).await;
    shop.later(Duration::from_mins(1));
    let by = |ask: TestRequest, signed_in: bool| if signed_in { ask.by(&me) } else { ask.header("cart-token", &token) };
    for (signed_in, units) in [(false, 3), (true, 2)] {
        let repeat = async |replayed: &str| {
            let ask = by(shop.add_to_cart("A", 2), signed_in).header("idempotency-key", "k");
            let answer = ask.send().await.expect(200);
            assert_eq!((answer.header("idempotent-replayed"), &answer.data()["units"]), (replayed, &json!(units)));
        };
        repeat("").await;
        for _ in 0..121 {
            repeat("true").await;
        }
        let coupon = || by(shop.request(Method::DELETE, "/api/v1/cart/coupon"), signed_in).send();
        for _ in 1..120 {
            coupon().await.expect(200);
        }
        coupon().await.expect_problem(429, "rate_limited");
        repeat("true").await;
        coupon().await.expect_problem(429, "rate_limited");
    }
}
