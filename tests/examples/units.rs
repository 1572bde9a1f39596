//! What one request costs at the table: round trips one after another, calls, and capacity units, as the engine counts
//! them. `make bench` prints it.
#![allow(clippy::expect_used)]

use axum::http::Method;
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
}
