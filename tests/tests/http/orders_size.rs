//! The calls that an order makes to the table, and the largest order.

use axum::http::Method;
use domain::cart::MAX_LINES;
use harness::orders::{PlacedOrder, address, guest_order, home_of, order_of, selling, usd};
use harness::products::staffed;
use harness::shop::{Person, Shop};
use serde_json::{Value, json};
use stripe_stand_in::Card;

#[tokio::test]
async fn an_order_takes_at_most_three_round_trips_before_its_commit() {
    let (shop, staff) = selling().await;
    let tees = json!({ "name": "Tees", "slug": "tees" });
    let tees = shop.post("/api/v1/categories", &tees).by(&staff).send();
    let tees = json!([tees.await.expect(201).data()["id"]]);
    let into = shop.request(Method::PATCH, "/api/v1/products/thing-a").json(&json!({ "categoryIds": tees })).by(&staff);
    into.send().await.expect(200);
    let coupon = json!({ "code": "TEN", "percent": 10, "totalUses": 9, "usesPerCustomer": 9, "categoryIds": tees });
    shop.coupon(&staff, &coupon).await;
    let me = shop.register_verified("bob@example.com").await;
    let home = home_of(&shop, &me).await;
    shop.add_to_cart("A", 1).by(&me).send().await.expect(200);
    let cart = json!({ "shippingAddressId": home, "couponCode": "TEN", "paymentMethod": "payment_intent" });
    let token = shop.cart_of("A", 1).await;
    let guests = guest_order("ada@example.com", "checkout_session");
    let late = shop.cart_of("A", 1).await;
    let eve = shop.register_verified("eve@example.com").await;
    let gone = shop.cart_of("A", 1).await;
    shop.get("/api/v1/cart").by(&eve).header("cart-token", &gone).send().await.expect(200);
    let hers = json!({ "shippingAddressId": home_of(&shop, &eve).await, "couponCode": "TEN", "paymentMethod": "payment_intent" });
    let asks = [
        // A user who signed in a moment ago, with a cart of the account and a guest cart.
        shop.place_order(&cart, "k-1").by(&me).header("cart-token", &late),
        // A browser that still sends the token of a guest cart that was merged into the cart of the account.
        shop.place_order(&hers, "k-4").by(&eve).header("cart-token", &gone),
        shop.place_order(&guests, "k-2").header("cart-token", &token),
        shop.place_order(&order_of("A", 1, "cash_on_delivery"), "k-3"),
    ];
    let mut units = Vec::new();
    for ask in asks {
        shop.table.network.take_calls();
        let placed = ask.send().await.expect(201);
        units.push(placed.data()["units"].as_u64().unwrap());
        let calls = shop.table.network.take_calls();
        let committed = calls.iter().position(|call| call.operation == "TransactWriteItems");
        let before = &calls[..committed.unwrap()];
        let trips = before.iter().filter(|call| call.begins_trip).count();
        assert!(trips <= 3, "{before:#?}");
    }
    assert_eq!(units, [2, 1, 1, 1]);
    assert!(shop.table.items_under("CART#").is_empty(), "both carts became the order");
}

/// A product with 85 variants and nine units of each.
async fn full_range(shop: &Shop, staff: &Person) -> Value {
    let variant =
        |n: usize| json!({ "sku": format!("V{n}"), "price": usd(100), "stock": 9, "options": { "No": n.to_string() } });
    let variants: Vec<Value> = (0..MAX_LINES).map(variant).collect();
    let body = json!({ "name": "Many", "status": "active", "options": ["No"], "variants": variants });
    shop.post("/api/v1/products", &body).by(staff).send().await.expect(201).data().clone()
}

#[tokio::test]
async fn an_order_of_85_lines_from_two_carts_with_a_coupon_fits_one_transaction() {
    let (shop, staff) = staffed().await;
    full_range(&shop, &staff).await;
    let coupon = json!({ "code": "TEN", "percent": 10, "totalUses": 1, "usesPerCustomer": 1 });
    shop.coupon(&staff, &coupon).await;
    let me = shop.register_verified("bob@example.com").await;
    let token = shop.cart_of("V0", 1).await;
    for n in 1..MAX_LINES {
        let add = shop.add_to_cart(&format!("V{n}"), 1);
        let add = if n % 2 == 0 { add.header("cart-token", &token) } else { add.by(&me) };
        add.send().await.expect(200);
    }
    let body = json!({ "shippingAddress": address(), "couponCode": "TEN", "paymentMethod": "payment_intent" });
    let placed = shop.place_order(&body, "k").by(&me).header("cart-token", &token);
    let placed = placed.send().await.expect(201);
    assert_eq!(placed.data()["items"].as_array().unwrap().len(), MAX_LINES);
    assert_eq!(placed.data()["totals"]["discount"]["amount"], 850);
}

#[tokio::test]
async fn the_low_stock_events_of_an_order_of_85_lines_are_written_by_the_janitor() {
    let (shop, staff) = staffed().await;
    let product = full_range(&shop, &staff).await;
    let token = shop.cart_of("V0", 8).await;
    for n in 1..MAX_LINES {
        let ask = shop.add_to_cart(&format!("V{n}"), 8);
        let ask = ask.header("cart-token", &token);
        ask.send().await.expect(200);
    }
    shop.add_to_cart("V0", 1).header("cart-token", &token).send().await.expect(200);
    let body = guest_order("ada@example.com", "payment_intent");
    let placed = shop.place_order(&body, "k").header("cart-token", &token).send().await;
    let bought = PlacedOrder::of(placed);
    assert_eq!(bought.whole["units"], 8 * MAX_LINES + 1);
    let low = |shop: &Shop| {
        let told = shop.table.events();
        told.iter().filter(|event| event["type"] == "stock.low").count()
    };
    assert_eq!((low(&shop), shop.stock("V84")), (0, (9, 8)));
    for _ in 0..2 {
        shop.janitor().run().await.unwrap();
        assert_eq!(low(&shop), MAX_LINES, "one event for each SKU");
    }
    let path = format!("/api/v1/products/{}", product["id"].as_str().unwrap());
    let shown = shop.get(&path).by(&staff).send().await.expect(200);
    let bands = shown.data()["variants"].as_array().unwrap();
    let bands: Vec<&str> = bands.iter().map(|v| v["stock"].as_str().unwrap_or("?")).collect();
    assert_eq!((bands[0], bands[1], bands[84]), ("out", "low", "low"), "{bands:?}");
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    assert_eq!(shop.stock("V84"), (1, 0));
    // The order is cancelled before the janitor has done the work of the payment.
    shop.cancel(&bought).send().await.expect(200);
    for _ in 0..2 {
        shop.janitor().run().await.unwrap();
    }
    assert_eq!(shop.stock("V84"), (9, 0));
    let path = "/api/v1/inventory/V84/history";
    let history = shop.get(path).by(&staff).send().await.expect(200);
    let lines = history.json["data"].as_array().unwrap();
    let lines: Vec<(i64, &str)> =
        (lines.iter()).map(|line| (line["delta"].as_i64().unwrap(), line["reason"].as_str().unwrap())).collect();
    let number = bought.whole["number"].as_str().unwrap();
    let (sold, returned) = (format!("sold, order {number}"), format!("returned, order {number}"));
    assert_eq!(lines, [(8, returned.as_str()), (-8, sold.as_str()), (9, "new")]);
}
