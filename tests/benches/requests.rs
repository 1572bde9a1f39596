//! The cost of one request at the table: sequential round trips, calls, and capacity units as the engine counts them.
//! `make bench` prints it.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use axum::http::Method;
use domain::access::Role;
use harness::network::Call;
use harness::orders::{PlacedOrder, book_address, guest_order, order_of};
use harness::reviews::{REVIEWS, id_of};
use harness::shop::{PASSWORD, Person, Shop, person};
use serde_json::json;
use stripe_stand_in::Card;

// On one thread, so that parallel calls are counted as parallel also on a busy machine.
#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "this prints a table")]
async fn main() {
    println!("{:<44} {:>6} {:>6} {:>7} {:>7}", "request", "trips", "calls", "reads", "writes");
    let shop = Shop::open().await;
    let tell = |name: &str| {
        let calls = shop.table.network.take_calls();
        let units = |write: bool| {
            calls.iter().filter(|call| call.is_write == write).map(|call: &Call| call.units).sum::<f64>() + 0.0
        };
        let trips = calls.iter().filter(|call| call.begins_trip).count();
        println!("{name:<44} {trips:>6} {:>6} {:>7.1} {:>7.1}", calls.len(), units(false), units(true));
    };

    let ada = shop.register("ada@example.com").await;
    tell("POST /auth/register");
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let signed_in = shop.post("/api/v1/auth/login", &login).send().await.expect(200);
    tell("POST /auth/login");
    let device_token = signed_in.data()["deviceToken"].as_str().unwrap_or_default();
    shop.post("/api/v1/auth/login", &login).header("device-token", device_token).send().await.expect(200);
    tell("POST /auth/login, with a device token");
    shop.post("/api/v1/auth/login", &login).header("user-agent", "curl/8").send().await.expect(200);
    tell("POST /auth/login, from a new device");
    let wrong = json!({ "email": "ada@example.com", "password": "wrong password" });
    shop.post("/api/v1/auth/login", &wrong).send().await.expect(401);
    tell("POST /auth/login, refused");
    let ada = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    tell("POST /auth/refresh");
    shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
    tell("GET /users/me (the cost of the session check in every signed-in GET)");
    shop.get("/api/v1/auth/sessions").by(&ada).send().await.expect(200);
    tell("GET /auth/sessions");
    let address = book_address("shipping");
    shop.post("/api/v1/users/me/addresses", &address).by(&ada).send().await.expect(201);
    tell("POST /users/me/addresses");
    shop.request(Method::POST, "/api/v1/auth/logout").by(&ada).send().await.expect(200);
    tell("POST /auth/logout");
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": "ada@example.com" })).send().await.expect(202);
    tell("POST /auth/password/forgot");

    products(&shop, &tell).await;
    orders(&shop, &tell).await;
    reviews(&shop, &tell).await;
}

/// The requests of customers and staff about reviews of one product. Staff look at each before customers see it.
async fn reviews(shop: &Shop, tell: &impl Fn(&str)) {
    let staff = shop.staff("boss@example.com", Role::Admin).await;
    let product = shop.add_product(&staff, "A-REVIEWED", 1000, 500).await;
    let product = id_of(&product);
    let mut ids = Vec::new();
    for n in 0..20 {
        let author = shop.register_verified(&format!("r{n}@example.com")).await;
        let bought = shop.buy_as(&author, "A-REVIEWED").await;
        let body = json!({ "productId": product, "stars": 4, "orderId": bought.id, "text": "Good. ".repeat(80) });
        shop.table.network.take_calls();
        let written = shop.post(REVIEWS, &body).by(&author).send().await.expect(201);
        if n == 0 {
            tell("POST /reviews");
        }
        ids.push(id_of(written.data()));
        shop.table.network.take_calls();
        shop.approve(&ids[n]).by(&staff).send().await.expect(200);
        if n == 0 {
            tell("POST /admin/reviews/{id}/approve");
        }
    }
    let voter = shop.register_verified("voter@example.com").await;
    shop.table.network.take_calls();
    shop.vote(Method::PUT, &ids[0]).by(&voter).send().await.expect(200);
    tell("PUT /reviews/{id}/helpful");
    shop.reviews_of(&product, "").await;
    tell("GET /reviews/product/{id}, 20 of 500 letters");
    shop.reviews_of(&product, "sort=rating:desc").await;
    tell("GET /reviews/product/{id}, by stars");
}

/// The requests of staff and customers for products. The cost of staff requests includes the check of their session.
async fn products(shop: &Shop, tell: &impl Fn(&str)) {
    let staff = shop.staff("root@example.com", Role::Admin).await;
    let price = json!({ "amount": 1999, "currency": "usd" });
    let category = json!({ "name": "Shirts" });
    let category = shop.post("/api/v1/categories", &category).by(&staff).send().await.expect(201);
    shop.table.network.take_calls();
    let one = json!({ "name": "Shirt", "sku": "A", "price": price, "status": "active", "stock": 50, "categoryIds": [category.data()["id"]] });
    shop.post("/api/v1/products", &one).by(&staff).send().await.expect(201);
    tell("POST /products, 1 variant, 1 category");
    let variant =
        |n: usize| json!({ "sku": format!("V{n}"), "price": price, "stock": 9, "options": { "No": n.to_string() } });
    for count in [10, 100] {
        let variants: Vec<_> = (0..count).map(|n| variant(n + count)).collect();
        let body =
            json!({ "name": format!("Many {count}"), "status": "active", "options": ["No"], "variants": variants });
        shop.post("/api/v1/products", &body).by(&staff).send().await.expect(201);
        tell(&format!("POST /products, {count} variants"));
    }
    shop.get("/api/v1/products/shirt").send().await.expect(200);
    tell("GET /products/{slug}");
    shop.get("/api/v1/products/shirt").send().await.expect(200);
    tell("GET /products/{slug}, within 5 s");
    shop.get("/api/v1/products/many-100").send().await.expect(200);
    tell("GET /products/{slug}, 100 variants");
    shop.get("/api/v1/products").send().await.expect(200);
    tell("GET /products, nothing in memory");
    shop.get("/api/v1/products?category=shirts&q=shirt").send().await.expect(200);
    tell("GET /products?category&q, index and names in memory");
    let edit = json!({ "price": { "amount": 1500, "currency": "usd" } });
    shop.request(Method::PATCH, "/api/v1/products/shirt").json(&edit).by(&staff).send().await.expect(200);
    tell("PATCH /products/{slug}, a price");
    for (by, what) in [(-1, "PATCH /inventory/{sku}"), (-48, "PATCH /inventory/{sku}, another band")] {
        let body = json!({ "adjust": by, "reason": "bench" });
        let ask = shop.request(Method::PATCH, "/api/v1/inventory/A").json(&body).by(&staff);
        ask.header("idempotency-key", what.len().to_string().as_str()).send().await.expect(200);
        tell(what);
    }
    let set = json!({ "onHand": 70, "reason": "counted" });
    let ask = shop.request(Method::PUT, "/api/v1/inventory/A").json(&set).by(&staff);
    ask.header("if-match", "*").send().await.expect(200);
    tell("PUT /inventory/{sku}, another band");
    shop.get("/api/v1/inventory?limit=3").by(&staff).send().await.expect(200);
    tell("GET /inventory, 3 products of 111 SKUs");
}

/// What a guest and staff do about one unit that comes back.
async fn returns(shop: &Shop, staff: &Person, bought: &PlacedOrder, tell: &impl Fn(&str)) {
    let path = format!("{}/returns", bought.path());
    let items = json!([{ "id": bought.whole["items"][0]["id"], "quantity": 1, "reason": "does_not_fit" }]);
    shop.get(&path).header("order-token", &bought.token).send().await.expect(200);
    tell("GET /orders/{id}/returns");
    let ask = shop.post(&path, &json!({ "kind": "return", "items": items })).header("order-token", &bought.token);
    let asked = ask.header("idempotency-key", "bench-return").send().await.expect(201);
    tell("POST /orders/{id}/returns");
    let id = asked.data()["id"].as_str().unwrap();
    let form = shop.post(&format!("{path}/{id}/images/uploads"), &json!({ "contentType": "image/jpeg" }));
    form.header("order-token", &bought.token).send().await.expect(201);
    tell("POST /orders/{id}/returns/{return}/images/uploads");
    for step in ["approve", "receive", "complete"] {
        let path = format!("/api/v1/admin/orders/{}/returns/{id}/{step}", bought.id);
        shop.request(Method::POST, &path).by(staff).send().await.expect(200);
        tell(&format!("POST /admin/orders/{{id}}/returns/{{return}}/{step}"));
    }
}

/// The requests of guests for carts, orders and payments.
async fn orders(shop: &Shop, tell: &impl Fn(&str)) {
    let staff = shop.login("root@example.com").await;
    for n in 0..85 {
        shop.add_product(&staff, &format!("T{n}"), 1000, 1_000_000).await;
    }
    let coupon = json!({ "code": "BENCH", "percent": 10, "totalUses": 100 });
    shop.coupon(&staff, &coupon).await;
    for lines in [1, 3, 20, 85] {
        shop.table.network.take_calls();
        let cart = shop.cart_of("T0", 1).await;
        if lines == 1 {
            tell("POST /cart/items, new cart of a guest");
        }
        for n in 1..lines {
            shop.add_to_cart(&format!("T{n}"), 1).header("cart-token", &cart).send().await.expect(200);
            if n + 1 < lines {
                shop.table.network.take_calls();
            } else {
                tell(&format!("POST /cart/items, line {lines}"));
            }
        }
        for what in ["at once", "after a while"] {
            shop.get("/api/v1/cart").header("cart-token", &cart).send().await.expect(200);
            tell(&format!("GET /cart, {lines} lines, {what}"));
            shop.later(std::time::Duration::from_secs(5));
        }
        let quote = shop.post("/api/v1/quotes", &json!({ "country": "DE" }));
        quote.header("cart-token", &cart).send().await.expect(200);
        tell(&format!("POST /quotes, {lines} lines of a guest's cart"));
        let body = guest_order("ada@example.com", "payment_intent");
        let placed = shop.place_order(&body, &format!("bench-{lines}"));
        let bought = PlacedOrder::of(placed.header("cart-token", &cart).send().await);
        tell(&format!("POST /orders, {lines} lines of a guest's cart"));
        assert!(shop.stripe.pay(&bought.reference(), Card::Pays));
        let events = shop.stripe.events();
        let paid = events.iter().rfind(|event| event["type"] == "payment_intent.succeeded");
        shop.deliver_event(paid.unwrap()).await.expect(200);
        tell(&format!("POST /payments/webhook, paid, {lines} lines"));
        shop.deliver_event(paid.unwrap()).await.expect(200);
        if lines == 1 {
            tell("POST /payments/webhook, the same again");
            shop.read_order(&bought).await;
            tell("GET /orders/{id}");
        }
        if lines == 3 {
            for status in ["shipped", "delivered"] {
                let body = json!({ "status": status });
                shop.update_order(&bought, &staff, &body).send().await.expect(200);
                tell(&format!("PATCH /admin/orders/{{id}}, {status}"));
            }
            returns(shop, &staff, &bought, tell).await;
            continue;
        }
        shop.cancel(&bought).send().await.expect(200);
        tell(&format!("POST /orders/{{id}}/cancel, paid, {lines} lines"));
    }
    let mut body = order_of("T0", 1, "payment_intent");
    body["couponCode"] = json!("BENCH");
    // Not the buyer of the large orders, whose list of unpaid orders has their lines.
    body["email"] = json!("eve@example.com");
    let bought = PlacedOrder::of(shop.place_order(&body, "bench-coupon").send().await);
    tell("POST /orders, one item with a coupon");
    shop.open_payment(&bought, "create-intent").send().await.expect(200);
    tell("POST /payments/create-intent, the same again");
    // Does the work that the large orders left.
    shop.janitor().run().await.unwrap();
    shop.table.network.take_calls();
    shop.later(std::time::Duration::from_mins(31));
    shop.janitor().run().await.unwrap();
    tell("the janitor, when one hold ends");
}
