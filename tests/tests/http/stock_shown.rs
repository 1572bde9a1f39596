//! How many units customers see: none at all, or up to the bound that the shop sets. And lines that cannot be had.

use std::time::Duration;

use axum::http::Method;
use domain::stock::StockShown;
use harness::orders::order_at;
use harness::shop::{Answer, CheckoutSettings, Person, Shop};
use harness::stock::{adjust, stocked};
use serde_json::{Value, json};

const CART: &str = "/api/v1/cart";

/// A shop with this many units of A, which shows numbers up to five.
async fn showing(stock: i64) -> (Shop, Person) {
    let first = stocked(stock).await;
    let settings = CheckoutSettings { stock_shown: StockShown::parse("5").unwrap(), ..CheckoutSettings::default() };
    (Shop::with_settings(settings, first.shop.table.copy().await), first.staff)
}

/// What a refusal says: the field, and how many are left.
#[track_caller]
fn refusal(answer: Answer) -> (String, Value) {
    let answer = answer.expect_problem(409, "not_enough_stock");
    (answer.fields()[0].to_owned(), answer.json["available"].clone())
}

async fn quoted(shop: &Shop, quantity: u32) -> Value {
    let body = json!({ "country": "DE", "item": { "sku": "A", "quantity": quantity } });
    shop.post("/api/v1/quotes", &body).send().await.expect(200).data().clone()
}

#[tokio::test]
async fn no_answer_tells_more_than_the_bound_and_up_to_it_all_tell_the_number() {
    let (shop, staff) = showing(6).await;
    let limits = shop.get("/api/v1/shop").send().await.expect(200).data()["limits"].clone();
    assert_eq!(limits["stockShown"], 5);
    for (left, shown) in [(6, Value::Null), (5, json!(5)), (1, json!(1))] {
        if left < 6 {
            adjust(&shop, &staff, if left == 5 { -1 } else { -4 }, &format!("k-{left}")).await.expect(200);
            shop.later(Duration::from_secs(6));
        }
        assert_eq!(refusal(shop.add_to_cart("A", 999).send().await), ("quantity".to_owned(), shown.clone()));
        let order = shop.place_order(&order_at(1999, "A", 999, "payment_intent"), &format!("o-{left}")).send().await;
        assert_eq!(refusal(order), ("items.A".to_owned(), shown.clone()));
        let token = shop.cart_of("A", 1).await;
        let cart = shop.get(CART).header("cart-token", &token).send().await.expect(200);
        assert_eq!(cart.data()["items"][0]["available"], shown, "{left}");
        assert_eq!(quoted(&shop, 9).await["lines"][0]["available"], shown, "{left}");
    }
}

#[tokio::test]
async fn a_shop_that_shows_no_numbers_tells_none() {
    let shop = stocked(3).await.shop;
    assert_eq!(refusal(shop.add_to_cart("A", 4).send().await), ("quantity".to_owned(), Value::Null));
    assert_eq!(quoted(&shop, 2).await["lines"][0]["available"], Value::Null);
    assert_eq!(shop.get("/api/v1/shop").send().await.expect(200).data()["limits"]["stockShown"], 0);
}

#[tokio::test]
async fn a_line_that_there_is_not_enough_of_counts_for_nothing_in_the_cart_and_in_its_quote() {
    let first = stocked(5).await;
    let (shop, staff) = (first.shop, first.staff);
    shop.add_product(&staff, "B", 1000, 9).await;
    let token = shop.cart_of("A", 5).await;
    let with_token = |request: harness::shop::TestRequest| request.header("cart-token", &token).send();
    with_token(shop.add_to_cart("B", 2)).await.expect(200);
    adjust(&shop, &staff, -2, "k-1").await.expect(200);
    shop.later(Duration::from_secs(6));
    let cart = with_token(shop.get("/api/v1/cart?country=DE")).await.expect(200);
    let quote = with_token(shop.post("/api/v1/quotes", &json!({ "country": "DE" }))).await.expect(200);
    assert_eq!(cart.data()["items"][0]["problem"], "not_enough_stock");
    assert_eq!(cart.data()["totals"]["subtotal"]["amount"], 2000, "two of B, and not three of A either");
    assert_eq!(cart.data()["totals"], quote.data()["totals"]);
    assert_eq!(quote.data()["orderable"], false);
    let path = format!("{CART}/items/{}", cart.data()["items"][0]["id"].as_str().unwrap());
    let fewer = shop.request(Method::PATCH, &path).json(&json!({ "quantity": 3 }));
    let mended = with_token(fewer).await.expect(200);
    assert_eq!(mended.data()["items"][0]["problem"], Value::Null);
    let price = mended.data()["items"][0]["unitPrice"]["amount"].as_i64().unwrap();
    assert_eq!(mended.data()["totals"]["subtotal"]["amount"], 2000 + 3 * price);
}
