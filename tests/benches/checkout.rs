//! How many orders per second the engine can commit: of one SKU, and of many. `make bench` prints it.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::access::Role;
use domain::cart::MAX_LINES;
use harness::orders::{order_of, usd};
use harness::shop::{Shop, TestRequest};
use serde_json::json;
use tokio::task::JoinSet;

const ORDERS: usize = 1_000;
const SPREAD: usize = 100;

#[tokio::main]
async fn main() {
    carts().await;
    for buyers in [1, 8, 32] {
        for skus in [1, SPREAD] {
            sell(buyers, skus).await;
        }
    }
}

/// The time to change and to read a cart of 1, 20 or 85 lines: with its products in memory, and after they have
/// expired there.
async fn carts() {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", Role::Admin).await;
    // Descriptions and attributes of a realistic length.
    let attributes: BTreeMap<_, _> = (0..10).map(|n| (format!("Property {n}"), "of this thing")).collect();
    for n in 0..MAX_LINES {
        let thing = json!({
            "name": format!("Thing {n}"), "sku": format!("C{n}"), "price": usd(1000), "status": "active", "stock": 1_000_000,
            "description": "What it is good for. ".repeat(100), "attributes": attributes,
        });
        shop.post("/api/v1/products", &thing).by(&staff).send().await.expect(201);
    }
    let cart = shop.cart_of("C0", 1).await;
    for lines in 1..=MAX_LINES {
        let sku = format!("C{}", lines - 1);
        let add = || shop.add_to_cart(&sku, 1).header("cart-token", &cart);
        let look = || shop.get("/api/v1/cart").header("cart-token", &cart);
        add().send().await.expect(200);
        if ![1, 20, MAX_LINES].contains(&lines) {
            continue;
        }
        for (when, pause) in [("at once", MOMENT), ("after a while", AGE)] {
            let added = took(&shop, add, pause).await;
            let seen = took(&shop, look, pause).await;
            println!(
                "a cart of {lines:>2} lines, {when:>13}: {:>5.1?} to add one unit, {:>5.1?} without the table; {:>5.1?} to read, {:>5.1?} without the table",
                added.0, added.1, seen.0, seen.1
            );
        }
    }
}

const MOMENT: Duration = Duration::from_millis(1);
const AGE: Duration = Duration::from_secs(5);

/// The median time of a request, and how much of that time it does not wait for the table. There is a `pause` before
/// each request.
async fn took(shop: &Shop, ask: impl Fn() -> TestRequest, pause: Duration) -> (Duration, Duration) {
    let (mut whole, mut ours) = (Vec::new(), Vec::new());
    for n in 0..41 {
        shop.later(pause);
        shop.table.network.take_waited();
        let started = Instant::now();
        // From many addresses, because the changes of a cart are limited.
        ask().from_ip(&format!("198.51.100.{n}")).send().await.expect(200);
        let all = started.elapsed();
        whole.push(all);
        ours.push(all.saturating_sub(shop.table.network.take_waited()));
    }
    whole.sort();
    ours.sort();
    (whole[20], ours[20])
}

/// Complete orders through the HTTP router. They are paid in cash, so only the table is called.
async fn sell(buyers: usize, skus: usize) {
    let shop = Arc::new(Shop::open().await);
    let staff = shop.staff("root@example.com", Role::Admin).await;
    for n in 0..skus {
        shop.add_product(&staff, &format!("S{n}"), 1000, 1_000_000).await;
    }
    shop.table.network.take_calls();
    let started = Instant::now();
    let mut all = JoinSet::new();
    for buyer in 0..buyers {
        let shop = Arc::clone(&shop);
        all.spawn(async move {
            let mut busy = 0;
            for n in (buyer..ORDERS).step_by(buyers) {
                let mut body = order_of(&format!("S{}", n % skus), 1, "cash_on_delivery");
                body["email"] = json!(format!("b{n}@example.com"));
                let (key, ip) = (format!("k-{n}"), format!("10.{}.{}.1", n / 256, n % 256));
                while shop.place_order(&body, &key).from_ip(&ip).send().await.status != 201 {
                    busy += 1;
                }
            }
            busy
        });
    }
    let busy: usize = all.join_all().await.into_iter().sum();
    let took = started.elapsed().as_secs_f64();
    let calls = shop.table.network.take_calls();
    let commits = calls.iter().filter(|call| call.operation == "TransactWriteItems");
    let conflicts = commits.filter(|call| call.is_refused).count();
    let orders = f64::from(u32::try_from(ORDERS).unwrap());
    println!(
        "{buyers:>3} buyers, {skus:>3} SKUs: {:>4.0} orders per second; of {ORDERS}, {conflicts} commits in conflict, {busy} answers were busy",
        orders / took
    );
}
