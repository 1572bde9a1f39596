//! Orders: placing, reading and cancelling them, and shipping by staff.

use axum::http::Method;
use harness::orders::{ORDERS, PlacedOrder, guest_order, home_of, order_at, order_of, selling, usd};
use serde_json::{Value, json};
use stripe_stand_in::Card;

#[tokio::test]
async fn a_guest_orders_a_cart_and_pays_on_stripes_page() {
    let (shop, _) = selling().await;
    let token = shop.cart_of("A", 2).await;
    let body = guest_order("ada@example.com", "checkout_session");
    let placed = shop.place_order(&body, "k-1").header("cart-token", &token);
    let bought = PlacedOrder::of(placed.send().await);
    let order = &bought.whole;
    // Two units for 20, 5 for shipping, 7 % tax.
    assert_eq!(order["totals"]["subtotal"], usd(2000));
    assert_eq!(order["totals"]["shipping"], usd(500));
    assert_eq!(order["totals"]["tax"], usd(140));
    assert_eq!(order["total"], usd(2640));
    assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("pending"), &json!("unpaid")));
    assert_eq!(order["items"][0]["name"], "Thing A");
    assert_eq!(shop.stock("A"), (5, 2));
    let cart = shop.get("/api/v1/cart").header("cart-token", &token).send().await;
    assert_eq!(cart.expect(200).data()["items"], json!([]));
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    let session = &shop.stripe.all("checkout.session")[0];
    assert_eq!(session["amount_total"], 2640);
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("paid"), &json!("paid")));
    assert_eq!(shop.stock("A"), (3, 0));
}

#[tokio::test]
async fn a_user_orders_a_cart_to_an_address_of_the_address_book() {
    let (shop, _) = selling().await;
    let me = shop.register("bob@example.com").await;
    let id = home_of(&shop, &me).await;
    let fill = || shop.add_to_cart("A", 1).by(&me).send();
    fill().await.expect(200);
    let body = json!({ "shippingAddressId": id, "paymentMethod": "payment_intent", "note": "Ring twice" });
    let answer = shop.place_order(&body, "k-1").by(&me).send().await;
    let bought = PlacedOrder::of(answer);
    assert_eq!(bought.whole["shippingAddress"]["city"], "Berlin");
    assert_eq!(bought.whole["email"], "bob@example.com");
    assert_eq!(bought.whole["token"], Value::Null);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    let mine = shop.get(ORDERS).by(&me).send().await.expect(200);
    assert_eq!(mine.json["data"][0]["status"], "paid");
    let strange = json!({ "shippingAddressId": "adr_01M7W6C3804Q9PV3Y1B8S4HJET", "paymentMethod": "payment_intent" });
    fill().await.expect(200);
    let refused = shop.place_order(&strange, "k-2").by(&me).send().await.expect(400);
    assert_eq!(refused.fields(), ["shippingAddressId"]);
}

#[tokio::test]
async fn a_single_item_is_ordered_without_a_cart() {
    let (shop, _) = selling().await;
    let token = shop.cart_of("A", 2).await;
    let ask = shop.place_order(&order_of("A", 1, "payment_intent"), "k-1");
    let bought = PlacedOrder::of(ask.header("cart-token", &token).send().await);
    assert_eq!(bought.whole["units"], 1);
    let cart = shop.get("/api/v1/cart").header("cart-token", &token).send().await;
    assert_eq!(cart.data()["items"][0]["quantity"], 2);
    assert_eq!(shop.stock("A"), (5, 1));
}

#[tokio::test]
async fn a_single_item_is_ordered_only_at_the_price_or_the_total_that_the_buyer_saw() {
    let (shop, staff) = selling().await;
    let made = shop.add_product(&staff, "B", 1000, 5).await;
    let seen = order_of("B", 1, "payment_intent");
    let dearer = json!({ "price": usd(900_000) });
    let path = format!("/api/v1/products/{}", made["id"].as_str().unwrap());
    shop.request(Method::PATCH, &path).json(&dearer).by(&staff).send().await.expect(200);
    let refused = async |body: &Value, status, code| {
        shop.place_order(body, "k").send().await.expect_problem(status, code);
        assert_eq!((shop.stock("B"), shop.table.items_under("ORDER#").len()), ((5, 0), 0));
    };
    refused(&seen, 409, "price_changed").await;
    let mut total = seen.clone();
    total["item"]["price"] = Value::Null;
    refused(&total, 400, "validation_failed").await;
    // One unit at the old price, with shipping and tax.
    total["expectedTotal"] = usd(1570);
    refused(&total, 409, "total_changed").await;
    // Free shipping, and 7 % tax. The total decides, even if the price is the old one.
    let mut agreed = seen.clone();
    agreed["expectedTotal"] = usd(963_000);
    let bought = PlacedOrder::of(shop.place_order(&agreed, "k").send().await);
    assert_eq!(bought.whole["total"], usd(963_000));
    let agreed = order_at(900_000, "B", 1, "payment_intent");
    shop.place_order(&agreed, "price").send().await.expect(201);
    assert_eq!(shop.stock("B"), (5, 2));
}

#[tokio::test]
async fn cash_is_paid_on_delivery() {
    let (shop, staff) = selling().await;
    let ask = shop.place_order(&order_of("A", 1, "cash_on_delivery"), "k-1");
    let bought = PlacedOrder::of(ask.send().await);
    shop.confirm(&bought).await.send().await.expect(200);
    assert_eq!(bought.payment["checkoutUrl"], Value::Null);
    shop.open_payment(&bought, "create-intent").send().await.expect_problem(409, "order_not_payable");
    for status in ["processing", "shipped", "delivered"] {
        let body = json!({ "status": status });
        shop.update_order(&bought, &staff, &body).send().await.expect(200);
    }
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("delivered"), &json!("paid")));
    assert_eq!(shop.stock("A"), (4, 0));
    assert!(shop.stripe.all("payment_intent").is_empty());
}

#[tokio::test]
async fn invalid_orders_are_refused_with_their_fields_and_change_nothing() {
    let (shop, _) = selling().await;
    let good = order_of("A", 1, "payment_intent");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        body
    };
    let cases: [(Value, &str); 15] = [
        (with(&|b| b["extra"] = json!(1)), "extra"),
        (with(&|b| b["paymentMethod"] = json!("gold")), "paymentMethod"),
        (with(&|b| b["email"] = Value::Null), "email"),
        (with(&|b| b["email"] = json!("nobody")), "email"),
        (with(&|b| b["item"]["quantity"] = json!(0)), "item.quantity"),
        (with(&|b| b["item"]["sku"] = json!("a b")), "item.sku"),
        (with(&|b| b["item"]["productId"] = json!("prd_01M7W6C3804Q9PV3Y1B8S4HJET")), "item.sku"),
        (with(&|b| b["shippingAddress"] = Value::Null), "shippingAddress"),
        (with(&|b| b["shippingAddress"]["country"] = json!("XX")), "shippingAddress.country"),
        (with(&|b| b["shippingAddressId"] = json!("adr_01M7W6C3804Q9PV3Y1B8S4HJET")), "shippingAddressId"),
        (with(&|b| b["item"]["price"] = json!({ "amount": 1000, "currency": "eur" })), "item.price"),
        (with(&|b| b["item"]["price"] = usd(-1)), "item.price"),
        (with(&|b| b["item"]["price"] = Value::Null), "expectedTotal"),
        (with(&|b| b["expectedTotal"] = json!({ "amount": 1, "currency": "eur" })), "expectedTotal"),
        (with(&|b| b["note"] = json!("n".repeat(1001))), "note"),
    ];
    let before = shop.table.items();
    for (body, field) in cases {
        let refused = shop.place_order(&body, "k-1").send().await.expect(400);
        assert!(refused.fields().contains(&field), "{field}: {}", refused.text);
    }
    shop.post(ORDERS, &good).send().await.expect_problem(400, "idempotency_key_missing");
    let many = order_of("A", 6, "payment_intent");
    shop.place_order(&many, "k-1").send().await.expect_problem(409, "not_enough_stock");
    let none = order_of("B", 1, "payment_intent");
    shop.place_order(&none, "k-1").send().await.expect_problem(404, "product_not_found");
    let cart = guest_order("ada@example.com", "payment_intent");
    shop.place_order(&cart, "k-1").send().await.expect_problem(409, "cart_empty");
    let mut other_total = good.clone();
    other_total["expectedTotal"] = usd(1);
    shop.place_order(&other_total, "k-1").send().await.expect_problem(409, "total_changed");
    let mut coupon = good.clone();
    coupon["couponCode"] = json!("NOPE");
    shop.place_order(&coupon, "k-1").send().await.expect_problem(409, "coupon_not_found");
    let changed = |items: &std::collections::BTreeMap<String, Value>| {
        items.keys().filter(|key| !key.starts_with("LIMIT#")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(changed(&before), changed(&shop.table.items()));
}

#[tokio::test]
async fn nobody_can_see_the_order_of_another_buyer() {
    let (shop, staff) = selling().await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k-1").send().await);
    let other = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k-2").send().await);
    let eve = shop.register("eve@example.com").await;
    let path = bought.path();
    for way in ["", "/track"] {
        let path = format!("{path}{way}");
        let asks = [
            shop.get(&path),
            shop.get(&path).by(&eve),
            shop.get(&path).header("order-token", &other.token),
            shop.get(&path).header("order-token", "nonsense"),
        ];
        for ask in asks {
            ask.send().await.expect_problem(404, "order_not_found");
        }
        shop.get(&path).by(&staff).send().await.expect(200);
        shop.get(&path).header("order-token", &bought.token).send().await.expect(200);
    }
    let payment = format!("/api/v1/payments/{}", bought.id.replace("ord_", "pay_"));
    shop.get(&payment).by(&eve).send().await.expect_problem(404, "payment_not_found");
    shop.get(&payment).header("order-token", &bought.token).send().await.expect(200);
    let opened = shop.post("/api/v1/payments/create-intent", &json!({ "orderId": bought.id }));
    opened.by(&eve).send().await.expect_problem(404, "order_not_found");
    shop.post(&format!("{path}/cancel"), &json!({})).by(&eve).send().await.expect_problem(404, "order_not_found");
    shop.get("/api/v1/admin/orders").by(&eve).send().await.expect_problem(403, "forbidden");
    let mine = shop.get(ORDERS).by(&eve).send().await.expect(200);
    assert_eq!(mine.json["data"], json!([]));
}

#[tokio::test]
async fn a_buyer_cancels_before_shipping_and_gets_a_full_refund() {
    let (shop, staff) = selling().await;
    let unpaid = PlacedOrder::of(shop.place_order(&order_of("A", 2, "payment_intent"), "k-1").send().await);
    let reference = unpaid.reference();
    shop.cancel(&unpaid).send().await.expect(200);
    assert_eq!(shop.stock("A"), (5, 0));
    assert!(!shop.pay(&reference, Card::Pays).await);
    let paid = PlacedOrder::of(shop.place_order(&order_of("A", 2, "payment_intent"), "k-2").send().await);
    shop.pay(&paid.reference(), Card::Pays).await;
    assert_eq!(shop.stock("A"), (3, 0));
    for _ in 0..2 {
        let cancelled = shop.cancel(&paid).send().await.expect(200);
        assert_eq!(cancelled.data()["status"], "cancelled");
        assert_eq!(cancelled.data()["paymentStatus"], "refunded");
    }
    assert_eq!(shop.stock("A"), (5, 0));
    assert_eq!(shop.stripe.all("refund").len(), 1);
    let shipped = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k-3").send().await);
    shop.pay(&shipped.reference(), Card::Pays).await;
    shop.update_order(&shipped, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    shop.cancel(&shipped).send().await.expect_problem(409, "order_status_conflict");
}

#[tokio::test]
async fn an_order_is_cancelled_without_a_body_and_a_bad_body_is_still_refused() {
    let (shop, _) = selling().await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 2, "payment_intent"), "k-1").send().await);
    let path = format!("{}/cancel", bought.path());
    let cancel = || shop.request(Method::POST, &path).header("order-token", &bought.token);
    cancel().text("application/json", "{").send().await.expect_problem(400, "malformed_json");
    cancel().text("text/plain", "{}").send().await.expect_problem(415, "unsupported_media_type");
    assert_eq!(cancel().json(&json!({ "why": "x" })).send().await.expect(400).fields(), ["why"]);
    cancel().text("application/json", "x".repeat(100_000)).send().await.expect_problem(413, "body_too_large");
    assert_eq!(shop.stock("A"), (5, 2));
    assert_eq!(cancel().send().await.expect(200).data()["status"], "cancelled");
    for nothing in ["", "null", "{}"] {
        cancel().text("application/json", nothing).send().await.expect(200);
    }
    assert_eq!(shop.stock("A"), (5, 0));
}

#[tokio::test]
async fn staff_ship_an_order_and_its_buyer_sees_the_progress() {
    let (shop, staff) = selling().await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k-1").send().await);
    let early = shop.update_order(&bought, &staff, &json!({ "status": "shipped" }));
    early.send().await.expect_problem(409, "order_status_conflict");
    shop.pay(&bought.reference(), Card::Pays).await;
    let body = json!({ "status": "shipped", "carrier": "DHL", "trackingCode": "00340" });
    for _ in 0..2 {
        let shipped = shop.update_order(&bought, &staff, &body).send().await.expect(200);
        assert_eq!(shipped.data()["shipment"]["trackingCode"], "00340");
    }
    let corrected = json!({ "status": "shipped", "carrier": "UPS", "trackingCode": "1Z" });
    shop.update_order(&bought, &staff, &corrected).send().await.expect(200);
    let path = format!("/api/v1/admin/orders/{}/notes", bought.id);
    let note = shop.post(&path, &json!({ "text": "Called them." })).by(&staff);
    note.send().await.expect(200);
    let track = shop.get_as_guest(&bought, "/track").send().await.expect(200);
    let whats = |answer: &Value| -> Vec<String> {
        answer["history"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(whats(track.data()), ["placed", "paid", "shipped", "shipment_changed"]);
    assert_eq!(track.data()["shipment"]["carrier"], "UPS");
    let audited = shop.table.items_under("AUDIT#").into_values();
    let mut acts = audited.filter(|entry| entry["action"] == "order.advance");
    assert!(acts.any(|entry| entry["before"] == "paid" && entry["after"] == "shipped"));
    let theirs = shop.get(&format!("{}/track", bought.path())).by(&staff).send().await;
    assert_eq!(whats(theirs.data()).last().unwrap(), "note");
    assert_eq!(theirs.data()["history"][4]["detail"], "Called them.");
    let of = |status: &str| shop.get(&format!("/api/v1/admin/orders?status={status}")).by(&staff);
    assert_eq!(of("shipped").send().await.json["data"][0]["id"], bought.id.as_str());
    assert_eq!(of("paid").send().await.json["data"], json!([]));
    of("lost").send().await.expect(400);
    let body = json!({ "status": "pending" });
    shop.request(Method::PATCH, &format!("/api/v1/admin/orders/{}", bought.id))
        .json(&body)
        .by(&staff)
        .send()
        .await
        .expect(400);
}
