//! Quotes: what a cart or an item would cost, before it is ordered.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use harness::orders::{PlacedOrder, guest_order, order_of, selling, usd};
use harness::products::{in_sizes, make, size, staffed};
use harness::shop::{Answer, Person, Shop, TestRequest};
use serde_json::{Value, json};

const QUOTES: &str = "/api/v1/quotes";

fn to_germany() -> Value {
    json!({ "country": "DE" })
}

fn quote_of(item: &Value) -> Value {
    json!({ "country": "DE", "item": item })
}

fn problems(quote: &Answer) -> Vec<&str> {
    let lines = quote.data()["lines"].as_array().unwrap();
    lines.iter().map(|line| line["problem"].as_str().unwrap_or_default()).collect()
}

/// The table without the counts of requests.
fn kept(shop: &Shop) -> BTreeMap<String, Value> {
    shop.table.items().into_iter().filter(|(key, _)| !key.starts_with("LIMIT#")).collect()
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Who asks for a quote and then orders.
struct Buyer<'a> {
    user: Option<&'a Person>,
    cart: Option<String>,
    ip: String,
}

impl Buyer<'_> {
    fn send(&self, mut ask: TestRequest) -> impl Future<Output = Answer> {
        if let Some(user) = self.user {
            ask = ask.by(user);
        }
        if let Some(token) = &self.cart {
            ask = ask.header("cart-token", token);
        }
        ask.from_ip(&self.ip).send()
    }
}

const PRODUCTS: u64 = 7;
const COUPONS: [&str; 7] = ["HALF", "MOST", "FIXED", "ONE", "LARGE", "MINE", "NONE"];

/// A shop with products at all kinds of prices, one of them nearly sold out, and with all kinds of coupons.
async fn with_coupons(dice: &mut Dice) -> (Shop, Person) {
    let (shop, staff) = staffed().await;
    let mut first = Value::Null;
    for n in 0..PRODUCTS {
        let (price, stock) = (1 + dice.below(4_000), if n == 0 { 3 } else { 10_000 });
        first = shop.add_product(&staff, &format!("P{n}"), price.try_into().unwrap(), stock).await;
    }
    for terms in [
        json!({ "code": "HALF", "percent": 50 }),
        json!({ "code": "MOST", "percent": 33, "maximumDiscount": usd(701) }),
        json!({ "code": "FIXED", "amount": usd(999) }),
        json!({ "code": "ONE", "percent": 17, "productIds": [first["id"]] }),
        json!({ "code": "LARGE", "percent": 10, "minimumOrder": usd(8_000) }),
        json!({ "code": "MINE", "percent": 5, "usesPerCustomer": 1 }),
    ] {
        shop.coupon(&staff, &terms).await;
    }
    (shop, staff)
}

#[tokio::test]
async fn an_order_is_charged_exactly_what_its_quote_said_or_refused_where_it_said_so() {
    let mut dice = Dice(14);
    let (shop, _) = with_coupons(&mut dice).await;
    let me = shop.register_verified("ada@example.com").await;
    let (mut placed, mut refused) = (0, BTreeSet::new());
    for n in 0..60 {
        let user = (dice.below(2) == 0).then_some(&me);
        let mut buyer = Buyer { user, cart: None, ip: format!("198.51.100.{n}") };
        for _ in 0..=dice.below(4) {
            let sku = format!("P{}", dice.below(PRODUCTS));
            let added = buyer.send(shop.add_to_cart(&sku, 1 + u32::try_from(dice.below(3)).unwrap())).await;
            if let Some(token) = added.data()["token"].as_str() {
                buyer.cart = Some(token.to_owned());
            }
        }
        let (mut ask, mut order) = (to_germany(), guest_order(&format!("guest{n}@example.com"), "payment_intent"));
        let code = COUPONS[usize::try_from(dice.below(7)).unwrap()];
        match dice.below(4) {
            0 | 1 => (ask["couponCode"], order["couponCode"]) = (json!(code), json!(code)),
            // Whether the cart takes it or not.
            2 => drop(buyer.send(shop.post("/api/v1/cart/coupon", &json!({ "code": code }))).await),
            _ => {}
        }
        let quote = buyer.send(shop.post(QUOTES, &ask)).await;
        if quote.code() == "cart_empty" {
            buyer.send(shop.place_order(&order, &format!("k-{n}"))).await.expect_problem(409, "cart_empty");
            continue;
        }
        let quote = quote.expect(200).data().clone();
        order["expectedTotal"] = quote["totals"]["total"].clone();
        let answer = buyer.send(shop.place_order(&order, &format!("k-{n}"))).await;
        if quote["orderable"] == json!(false) {
            let code = answer.expect(409).code().to_owned();
            let lines = quote["lines"].as_array().unwrap();
            let said = |problem: &Value| *problem == json!(code);
            assert!(
                said(&quote["coupon"]["problem"]) || lines.iter().any(|line| said(&line["problem"])),
                "{code}: {quote}"
            );
            refused.insert(code);
            // Its cart would otherwise be quoted with that of the next turn.
            buyer.send(shop.request(Method::DELETE, "/api/v1/cart")).await.expect(200);
            continue;
        }
        let order = PlacedOrder::of(answer).whole;
        assert_eq!(order["totals"], quote["totals"]);
        let part = |lines: &Value| -> Vec<Value> {
            let lines = lines.as_array().unwrap().iter();
            lines
                .map(|line| {
                    json!([
                        line["sku"],
                        line["quantity"],
                        line["unitPrice"],
                        line["total"],
                        line["discount"],
                        line["tax"]
                    ])
                })
                .collect()
        };
        assert_eq!(part(&order["items"]), part(&quote["lines"]));
        placed += 1;
    }
    assert!(placed > 20, "{placed}");
    assert!(refused.len() >= 3, "{refused:?}");
}

#[tokio::test]
async fn a_quote_costs_few_trips_and_writes_nothing_but_its_count() {
    let (shop, staff) = selling().await;
    shop.coupon(&staff, &json!({ "code": "OFF", "percent": 10 })).await;
    let me = shop.register_verified("ada@example.com").await;
    shop.add_to_cart("A", 1).by(&me).send().await.expect(200);
    let cart = shop.cart_of("A", 2).await;
    let before = kept(&shop);
    let spent = || {
        let calls = shop.table.network.take_calls();
        let writes = calls.iter().filter(|call| call.is_write).count();
        (calls.iter().filter(|call| call.begins_trip).count(), writes)
    };
    spent();
    let guest = shop.post(QUOTES, &to_germany()).header("cart-token", &cart).send().await.expect(200);
    assert_eq!(spent(), (2, 1));
    assert!(guest.header("ratelimit").starts_with("\"cart\""));
    let with_coupon = json!({ "country": "DE", "couponCode": "off", "postalCode": "10115" });
    let guest = shop.post(QUOTES, &with_coupon).header("cart-token", &cart).send().await.expect(200);
    assert_eq!((spent(), &guest.data()["totals"]["discount"]), ((2, 1), &usd(200)));
    assert!(guest.header("ratelimit").starts_with("\"coupon\""));
    // Both carts count, as in an order, but none is changed.
    let both = shop.post(QUOTES, &to_germany()).by(&me).header("cart-token", &cart).send().await.expect(200);
    assert_eq!((spent(), &both.data()["lines"][0]["quantity"]), ((3, 1), &json!(3)));
    let item = quote_of(&json!({ "sku": "A", "quantity": 5 }));
    let one = shop.post(QUOTES, &item).send().await.expect(200);
    assert_eq!((spent(), &one.data()["orderable"]), ((2, 1), &json!(true)));
    assert_eq!(kept(&shop), before);
}

#[tokio::test]
async fn each_line_says_why_it_cannot_be_ordered_and_does_not_count_then() {
    let (shop, staff) = selling().await;
    let (gone, dear) = (shop.add_product(&staff, "GONE", 500, 9).await, shop.add_product(&staff, "DEAR", 500, 9).await);
    let cart = shop.cart_of("A", 4).await;
    for sku in ["GONE", "DEAR"] {
        shop.add_to_cart(sku, 2).header("cart-token", &cart).send().await.expect(200);
    }
    let path = |product: &Value| format!("/api/v1/products/{}", product["id"].as_str().unwrap());
    let quote = async || shop.post(QUOTES, &to_germany()).header("cart-token", &cart).send().await.expect(200);
    assert_eq!(problems(&quote().await), ["", "", ""]);
    shop.request(Method::DELETE, &path(&gone)).by(&staff).send().await.expect(200);
    shop.request(Method::PATCH, &path(&dear)).json(&json!({ "price": usd(700) })).by(&staff).send().await.expect(200);
    shop.place_order(&order_of("A", 2, "payment_intent"), "k-1").send().await.expect(201);
    let now = quote().await;
    assert_eq!(problems(&now), ["not_enough_stock", "unavailable", "price_changed"]);
    assert_eq!(now.data()["lines"][2]["previousPrice"], usd(500));
    assert_eq!(now.data()["totals"]["subtotal"], usd(1_400));
    assert_eq!((&now.data()["orderable"], &now.data()["problem"]), (&json!(false), &Value::Null));
    // Only the price of this item is another one: who sends the new total has seen it.
    let item = json!({ "sku": "DEAR", "quantity": 2, "price": usd(500) });
    let one = shop.post(QUOTES, &quote_of(&item)).send().await.expect(200);
    assert_eq!((problems(&one), &one.data()["orderable"]), (vec!["price_changed"], &json!(true)));
    let mut order = order_of("DEAR", 2, "payment_intent");
    order["item"] = item;
    let mut agreed = order.clone();
    agreed["expectedTotal"] = one.data()["totals"]["total"].clone();
    shop.place_order(&order, "k-2").send().await.expect_problem(409, "price_changed");
    shop.place_order(&agreed, "k-3").send().await.expect(201);
}

#[tokio::test]
async fn a_request_for_a_quote_that_is_not_valid_is_refused_by_field() {
    let (shop, staff) = selling().await;
    make(&shop, &staff, &in_sizes("S", &[size(1, &[("sku", json!("S-1"))]), size(2, &[("sku", json!("S-2"))])])).await;
    let refused = async |body: Value| shop.post(QUOTES, &body).send().await.expect(400);
    assert_eq!(refused(json!({})).await.fields(), ["country"]);
    assert_eq!(refused(json!({ "country": "Germany" })).await.fields(), ["country"]);
    let long = json!({ "country": "DE", "postalCode": "1".repeat(21), "couponCode": "?" });
    assert_eq!(refused(long).await.fields(), ["postalCode", "couponCode"]);
    assert_eq!(refused(quote_of(&json!({ "sku": "A", "quantity": 0 }))).await.fields(), ["item.quantity"]);
    assert_eq!(refused(json!({ "country": "DE", "city": "Berlin" })).await.fields(), ["city"]);
    let quote = async |body: &Value| shop.post(QUOTES, body).send().await;
    quote(&to_germany()).await.expect_problem(409, "cart_empty");
    quote(&quote_of(&json!({ "sku": "NONE" }))).await.expect_problem(404, "product_not_found");
    let sized = shop.get("/api/v1/products/sized-s").send().await.expect(200).data()["id"].clone();
    quote(&quote_of(&json!({ "productId": sized }))).await.expect_problem(409, "variant_required");
    let token = shop.post(QUOTES, &to_germany()).header("cart-token", "short");
    token.send().await.expect_problem(400, "invalid_cart_token");
    shop.post(QUOTES, &to_germany()).bearer("x.y.z").send().await.expect_problem(401, "invalid_token");
}

#[tokio::test]
async fn quotes_are_limited_as_carts_are_and_tries_of_coupon_codes_as_everywhere() {
    let (shop, _) = selling().await;
    let item = quote_of(&json!({ "sku": "A" }));
    for _ in 0..120 {
        shop.post(QUOTES, &item).send().await.expect(200);
    }
    shop.post(QUOTES, &item).send().await.expect_problem(429, "rate_limited");
    shop.add_to_cart("A", 1).send().await.expect_problem(429, "rate_limited");
    let mut guess = item.clone();
    guess["couponCode"] = json!("GUESS");
    for _ in 0..30 {
        let answer = shop.post(QUOTES, &guess).send().await.expect(200);
        assert_eq!(answer.data()["coupon"], json!({ "code": "GUESS", "problem": "coupon_not_found" }));
    }
    shop.post(QUOTES, &guess).send().await.expect_problem(429, "rate_limited");
}
