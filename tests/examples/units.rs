//! What one request costs at the table: round trips one after another, calls, and capacity units, as the engine counts
//! them. `make bench` prints it.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use axum::http::Method;
use domain::access::Role;
use harness::network::Call;
use harness::shop::{PASSWORD, Shop, person};
use serde_json::json;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "this prints a table")]
async fn main() {
    println!(
        "{:<44} {:>6} {:>6} {:>7} {:>7}",
        "request", "trips", "calls", "reads", "writes"
    );
    let shop = Shop::open().await;
    let tell = |name: &str, at_once: usize| {
        let calls = shop.table.network.take_calls();
        let units = |write: bool| {
            calls
                .iter()
                .filter(|call| call.is_write == write)
                .map(|call: &Call| call.units)
                .sum::<f64>()
                + 0.0
        };
        // Calls that start together count as one trip.
        let trips = calls.len() - at_once;
        println!(
            "{name:<44} {trips:>6} {:>6} {:>7.1} {:>7.1}",
            calls.len(),
            units(false),
            units(true)
        );
    };

    let ada = shop.register("ada@example.com").await;
    tell("POST /auth/register", 1);
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    shop.post("/api/v1/auth/login", &login)
        .send()
        .await
        .expect(200);
    tell("POST /auth/login", 2);
    shop.post("/api/v1/auth/login", &login)
        .header("user-agent", "curl/8")
        .send()
        .await
        .expect(200);
    tell("POST /auth/login, from a new device", 2);
    let wrong = json!({ "email": "ada@example.com", "password": "wrong password" });
    shop.post("/api/v1/auth/login", &wrong)
        .send()
        .await
        .expect(401);
    tell("POST /auth/login, refused", 2);
    let ada = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    tell("POST /auth/refresh", 2);
    shop.get("/api/v1/users/me")
        .by(&ada)
        .send()
        .await
        .expect(200);
    tell("GET /users/me (any signed-in GET: the guard)", 0);
    shop.get("/api/v1/auth/sessions")
        .by(&ada)
        .send()
        .await
        .expect(200);
    tell("GET /auth/sessions", 0);
    let address = json!({ "type": "shipping", "name": "Ada", "line1": "1 Main St", "city": "London", "postalCode": "N1", "country": "GB" });
    shop.post("/api/v1/users/me/addresses", &address)
        .by(&ada)
        .send()
        .await
        .expect(201);
    tell("POST /users/me/addresses", 0);
    shop.ask(Method::POST, "/api/v1/auth/logout")
        .by(&ada)
        .send()
        .await
        .expect(200);
    tell("POST /auth/logout", 0);
    shop.post(
        "/api/v1/auth/password/forgot",
        &json!({ "email": "ada@example.com" }),
    )
    .send()
    .await
    .expect(202);
    tell("POST /auth/password/forgot", 2);

    shelves(&shop, &tell).await;
}

/// What staff and customers ask of the shelves; staff requests include the guard.
async fn shelves(shop: &Shop, tell: &impl Fn(&str, usize)) {
    let staff = shop.staff("root@example.com", Role::Admin).await;
    let price = json!({ "amount": 1999, "currency": "usd" });
    let category = json!({ "name": "Shirts" });
    let category = shop
        .post("/api/v1/categories", &category)
        .by(&staff)
        .send()
        .await
        .expect(201);
    shop.table.network.take_calls();
    let one = json!({ "name": "Shirt", "sku": "A", "price": price, "status": "active", "stock": 50, "categoryIds": [category.data()["id"]] });
    shop.post("/api/v1/products", &one)
        .by(&staff)
        .send()
        .await
        .expect(201);
    tell("POST /products, 1 variant, 1 category", 0);
    let variant = |n: usize| json!({ "sku": format!("V{n}"), "price": price, "stock": 9, "options": { "No": n.to_string() } });
    for count in [10, 100] {
        let variants: Vec<_> = (0..count).map(|n| variant(n + count)).collect();
        let body = json!({ "name": format!("Many {count}"), "status": "active", "options": ["No"], "variants": variants });
        shop.post("/api/v1/products", &body)
            .by(&staff)
            .send()
            .await
            .expect(201);
        tell(&format!("POST /products, {count} variants"), 0);
    }
    shop.get("/api/v1/products/shirt").send().await.expect(200);
    tell("GET /products/{slug}", 0);
    shop.get("/api/v1/products/shirt").send().await.expect(200);
    tell("GET /products/{slug}, within 5 s", 0);
    shop.get("/api/v1/products/many-100")
        .send()
        .await
        .expect(200);
    tell("GET /products/{slug}, 100 variants", 0);
    shop.get("/api/v1/products").send().await.expect(200);
    tell("GET /products, 3 of them", 0);
    shop.get("/api/v1/products?category=shirts")
        .send()
        .await
        .expect(200);
    tell("GET /products?category, categories unread", 0);
    let edit = json!({ "price": { "amount": 1500, "currency": "usd" } });
    let patch = shop
        .ask(Method::PATCH, "/api/v1/products/shirt")
        .json(&edit)
        .by(&staff);
    patch.send().await.expect(200);
    tell("PATCH /products/{slug}, a price", 0);
    for (by, what) in [
        (-1, "PATCH /inventory/{sku}"),
        (-48, "PATCH /inventory/{sku}, crossing a band"),
    ] {
        let body = json!({ "adjust": by, "reason": "bench" });
        let ask = shop
            .ask(Method::PATCH, "/api/v1/inventory/A")
            .json(&body)
            .by(&staff);
        ask.header("idempotency-key", what.len().to_string().as_str())
            .send()
            .await
            .expect(200);
        tell(what, 1);
    }
    let set = json!({ "onHand": 70, "reason": "counted" });
    let ask = shop
        .ask(Method::PUT, "/api/v1/inventory/A")
        .json(&set)
        .by(&staff);
    ask.header("if-match", "*").send().await.expect(200);
    tell("PUT /inventory/{sku}, crossing a band", 0);
    shop.get("/api/v1/inventory?limit=3")
        .by(&staff)
        .send()
        .await
        .expect(200);
    tell("GET /inventory, 3 products of 111 SKUs", 0);
}
