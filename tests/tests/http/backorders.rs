//! What can be ordered though it is not there: how staff choose it, and what buyers are told before and after.

use std::time::Duration;

use axum::http::Method;
use harness::orders::{PlacedOrder, order_at, order_of, selling_at};
use harness::products::path;
use harness::shop::Shop;
use harness::stock::{CHRISTMAS, SKU, Stocked, adjust, bands_agree, event_count, sell_below_zero, set, stocked};
use serde_json::{Value, json};

fn terms(mode: &str, limit: i64, day: impl Into<Value>) -> Value {
    json!({ "backorder": { "mode": mode, "limit": limit, "availableFrom": day.into() }, "reason": "season" })
}

/// The variant as customers see it, when nothing is in memory any more.
async fn seen(shop: &Shop, product: &Value) -> Value {
    shop.later(Duration::from_secs(6));
    let seen = shop.get(&path(product)).send().await.expect(200);
    assert_eq!(seen.data()["stock"], seen.data()["variants"][0]["stock"]);
    seen.data()["variants"][0].clone()
}

#[tokio::test]
async fn staff_choose_how_a_sku_is_sold_below_zero_and_customers_see_it() {
    let Stocked { shop, staff, product } = stocked(3).await;
    assert_eq!(seen(&shop, &product).await["backorder"], Value::Null);
    let chosen = set(&shop, &staff, &terms("preorder", 50, CHRISTMAS)).await.expect(200);
    let whole = json!({ "mode": "preorder", "limit": 50, "availableFrom": CHRISTMAS });
    assert_eq!((&chosen.data()["backorder"], &chosen.data()["stock"]), (&whole, &json!("low")));
    assert_eq!(shop.get(SKU).by(&staff).send().await.expect(200).data()["backorder"], whole);
    let variant = seen(&shop, &product).await;
    assert_eq!(variant["backorder"], json!({ "mode": "preorder", "availableFrom": CHRISTMAS }), "without the limit");
    assert_eq!(variant["stock"], "low");
    adjust(&shop, &staff, -3, "k-1").await.expect(200);
    assert_eq!(seen(&shop, &product).await["stock"], "preorder");
    bands_agree(&shop);
    let other = set(&shop, &staff, &terms("backorder", 9, Value::Null)).await.expect(200);
    assert_eq!(other.data()["stock"], "backorder");
    let variant = seen(&shop, &product).await;
    assert_eq!(variant["backorder"], json!({ "mode": "backorder", "availableFrom": null }));
    // A new SKU keeps the terms, and another threshold does too.
    shop.request(Method::PATCH, &path(&product)).json(&json!({ "sku": "B" })).by(&staff).send().await.expect(200);
    assert_eq!(seen(&shop, &product).await["backorder"]["mode"], "backorder");
    shop.request(Method::PATCH, &path(&product)).json(&json!({ "sku": "A" })).by(&staff).send().await.expect(200);
    let threshold = set(&shop, &staff, &json!({ "threshold": 2, "reason": "season" })).await.expect(200);
    assert_eq!(threshold.data()["backorder"]["limit"], 9);
    let off = set(&shop, &staff, &json!({ "backorder": null, "reason": "over" })).await.expect(200);
    assert_eq!((&off.data()["backorder"], &off.data()["stock"]), (&Value::Null, &json!("out")));
    let variant = seen(&shop, &product).await;
    assert_eq!((&variant["backorder"], &variant["stock"]), (&Value::Null, &json!("out")));
    bands_agree(&shop);
    let trail = shop.get("/api/v1/audit").by(&staff).send().await.expect(200);
    let changes: Vec<&str> = trail.data().as_array().unwrap().iter().filter_map(|it| it["after"].as_str()).collect();
    assert!(changes.contains(&"3 on hand, threshold 5, preorder of up to 50 from 2026-12-24: season"), "{changes:?}");
}

#[tokio::test]
async fn terms_that_are_no_terms_are_refused_and_change_nothing() {
    let Stocked { shop, staff, .. } = stocked(3).await;
    let before = (shop.table.items_under("STOCK#"), shop.table.items_under("PRODUCT#"));
    for (body, field) in [
        (terms("maybe", 5, Value::Null), "backorder.mode"),
        (terms("backorder", 0, Value::Null), "backorder.limit"),
        (terms("backorder", -5, Value::Null), "backorder.limit"),
        (terms("backorder", 100_001, Value::Null), "backorder.limit"),
        (terms("preorder", 5, Value::Null), "backorder.availableFrom"),
        (terms("preorder", 5, json!("24.12.2026")), "backorder.availableFrom"),
        (terms("preorder", 5, json!("2020-01-01")), "backorder.availableFrom"),
        (json!({ "backorder": { "mode": "backorder", "limit": 5, "max": 1 }, "reason": "x" }), "backorder.max"),
        (json!({ "backorder": { "mode": "backorder" }, "reason": "x" }), "backorder.limit"),
        (json!({ "backorder": ["backorder", 5], "reason": "x" }), "backorder"),
    ] {
        let refused = set(&shop, &staff, &body).await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), [field], "{body}");
    }
    assert_eq!((shop.table.items_under("STOCK#"), shop.table.items_under("PRODUCT#")), before);
}

#[tokio::test]
async fn a_buyer_is_told_in_the_cart_in_the_quote_and_in_the_order_what_is_not_there() {
    let (shop, staff) = selling_at(1000, 1).await;
    sell_below_zero(&shop, &staff, 9).await;
    let told = |line: &Value| [line["backordered"].clone(), line["availableFrom"].clone(), line["problem"].clone()];
    let token = shop.cart_of("A", 3).await;
    let cart = shop.get("/api/v1/cart").header("cart-token", &token).send().await.expect(200);
    assert_eq!(told(&cart.data()["items"][0]), [json!(2), json!(CHRISTMAS), Value::Null]);
    assert_eq!(cart.data()["totals"]["subtotal"]["amount"], 3000, "it counts");
    let quote = shop.post("/api/v1/quotes", &json!({ "country": "DE" })).header("cart-token", &token);
    let quote = quote.send().await.expect(200);
    assert_eq!(told(&quote.data()["lines"][0]), [json!(2), json!(CHRISTMAS), Value::Null]);
    assert_eq!(quote.data()["orderable"], true);
    let order = PlacedOrder::of(shop.place_order(&order_of("A", 3, "payment_intent"), "k-1").send().await);
    let line = |order: &Value| [order["items"][0]["backordered"].clone(), order["items"][0]["availableFrom"].clone()];
    assert_eq!(line(&order.whole), [json!(2), json!(CHRISTMAS)]);
    // The goods arrive, and the order still says what its buyer was told.
    adjust(&shop, &staff, 10, "k-2").await.expect(200);
    assert_eq!(shop.stock("A"), (11, 3));
    set(&shop, &staff, &json!({ "backorder": null, "reason": "there" })).await.expect(200);
    assert_eq!(line(&shop.read_order(&order).await), [json!(2), json!(CHRISTMAS)]);
    shop.later(Duration::from_secs(6));
    let cart = shop.get("/api/v1/cart").header("cart-token", &token).send().await.expect(200);
    assert_eq!(told(&cart.data()["items"][0]), [json!(0), Value::Null, Value::Null]);
}

#[tokio::test]
async fn one_unit_of_what_is_not_there_is_shown_without_reading_its_stock() {
    let (shop, staff) = selling_at(1000, 0).await;
    sell_below_zero(&shop, &staff, 9).await;
    let token = shop.cart_of("A", 1).await;
    shop.later(Duration::from_secs(6));
    let cart = shop.get("/api/v1/cart").header("cart-token", &token).send().await.expect(200);
    let item = &cart.data()["items"][0];
    assert_eq!([&item["stock"], &item["problem"]], [&json!("backorder"), &Value::Null]);
    assert_eq!([&item["backordered"], &item["availableFrom"]], [&json!(1), &json!(CHRISTMAS)]);
}

#[tokio::test]
async fn no_more_can_be_ordered_than_the_limit() {
    let (shop, staff) = selling_at(1000, 2).await;
    sell_below_zero(&shop, &staff, 8).await;
    let cash = |quantity, key: &'static str| {
        let mut body = order_of("A", quantity, "cash_on_delivery");
        body["email"] = json!(format!("{key}@example.com"));
        shop.place_order(&body, key).from_ip(&format!("198.51.100.{quantity}")).send()
    };
    shop.add_to_cart("A", 11).send().await.expect_problem(409, "not_enough_stock");
    cash(11, "k-1").await.expect_problem(409, "not_enough_stock");
    cash(5, "k-3").await.expect(201);
    cash(4, "k-4").await.expect(201);
    assert_eq!(shop.stock("A"), (2, 9));
    cash(2, "k-5").await.expect_problem(409, "not_enough_stock");
    cash(1, "k-6").await.expect(201);
    cash(1, "k-7").await.expect_problem(409, "not_enough_stock");
    bands_agree(&shop);
}

#[tokio::test]
async fn an_order_that_lost_its_hold_gets_only_so_many_missing_units_as_its_buyer_was_told() {
    let (shop, staff) = selling_at(1000, 1).await;
    sell_below_zero(&shop, &staff, 9).await;
    let there = shop.buy(1, "k-1").await;
    let not_there = shop.buy(2, "k-2").await;
    assert_eq!(there.whole["items"][0]["backordered"], 0);
    assert_eq!(not_there.whole["items"][0]["backordered"], 2);
    shop.later(Duration::from_mins(36));
    shop.janitor().run().await.unwrap();
    let mut other = order_of("A", 1, "cash_on_delivery");
    other["email"] = json!("eve@example.com");
    shop.place_order(&other, "k-3").send().await.expect(201);
    assert_eq!(shop.stock("A"), (1, 1));
    shop.open_payment(&there, "create-intent").send().await.expect_problem(409, "not_enough_stock");
    shop.open_payment(&not_there, "create-intent").send().await.expect(200);
    assert_eq!(shop.stock("A"), (1, 3));
}

#[tokio::test]
async fn sold_units_that_are_not_there_count_below_zero_until_the_goods_arrive() {
    let Stocked { shop, staff, product } = stocked(1).await;
    sell_below_zero(&shop, &staff, 9).await;
    let order = PlacedOrder::of(shop.place_order(&order_at(1999, "A", 4, "payment_intent"), "k-1").send().await);
    shop.pay(&order.reference(), stripe_stand_in::Card::Pays).await;
    let level = shop.get(SKU).by(&staff).send().await.expect(200);
    assert_eq!([&level.data()["onHand"], &level.data()["available"]], [&json!(-3), &json!(-3)]);
    let low = shop.get("/api/v1/inventory?low=true").by(&staff).send().await.expect(200);
    assert_eq!(low.data()[0]["sku"], "A");
    // Staff end it: nothing more is sold, and what was sold stays sold.
    let off = set(&shop, &staff, &json!({ "backorder": null, "reason": "over" })).await.expect(200);
    assert_eq!([&off.data()["available"], &off.data()["stock"]], [&json!(-3), &json!("out")]);
    let same = set(&shop, &staff, &json!({ "onHand": -3, "threshold": 4, "reason": "x" })).await.expect(200);
    assert_eq!(same.data()["threshold"], 4);
    let counted = set(&shop, &staff, &json!({ "onHand": -2, "reason": "x" })).await;
    assert_eq!(counted.expect_problem(400, "validation_failed").fields(), ["onHand"]);
    adjust(&shop, &staff, -1, "k-2").await.expect_problem(409, "not_enough_stock");
    assert_eq!(event_count(&shop, "stock.back"), 0);
    let arrived = adjust(&shop, &staff, 10, "k-3").await.expect(200);
    assert_eq!([&arrived.data()["onHand"], &arrived.data()["stock"]], [&json!(7), &json!("in")]);
    assert_eq!(event_count(&shop, "stock.back"), 1);
    assert_eq!(seen(&shop, &product).await["stock"], "in");
    bands_agree(&shop);
    shop.update_order(&order, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    shop.cancel(&order).send().await.expect(409);
}

#[tokio::test]
async fn a_cancelled_order_gives_back_units_that_were_not_there() {
    let Stocked { shop, staff, .. } = stocked(1).await;
    sell_below_zero(&shop, &staff, 3).await;
    let order = PlacedOrder::of(shop.place_order(&order_at(1999, "A", 2, "payment_intent"), "k-1").send().await);
    shop.pay(&order.reference(), stripe_stand_in::Card::Pays).await;
    assert_eq!(shop.stock("A"), (-1, 0));
    shop.cancel(&order).send().await.expect(200);
    assert_eq!(shop.stock("A"), (1, 0));
    bands_agree(&shop);
}

#[tokio::test]
async fn a_stock_alert_waits_for_units_that_are_there() {
    let Stocked { shop, staff, .. } = stocked(0).await;
    sell_below_zero(&shop, &staff, 9).await;
    let ada = shop.register_verified("ada@example.com").await;
    let alert = || shop.request(Method::PUT, "/api/v1/stock-alerts/A").by(&ada).send();
    alert().await.expect(200);
    assert_eq!(event_count(&shop, "stock.back"), 0, "it can be ordered, and is not there");
    adjust(&shop, &staff, 1, "k-1").await.expect(200);
    assert_eq!(event_count(&shop, "stock.back"), 1);
    alert().await.expect_problem(409, "in_stock");
}
