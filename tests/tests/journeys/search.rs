//! Customers find products by words, and soon find them changed: through table, stream, queue, indexer and search.
#![expect(clippy::disallowed_methods, reason = "these journeys say how long a change takes")]

use std::io::Write;
use std::time::{Duration, Instant};

use axum::http::Method;
use harness::cloud::Cloud;
use harness::orders::guest_order;
use harness::shop::Person;
use serde_json::{Value, json};

use crate::fixtures::{path, product, staff};

/// How often each kind of change is made.
const CHANGES: usize = 10;

/// A bound that says that a change gets through at all. `make bench` compares the time with the goal.
const SOON: Duration = Duration::from_secs(30);

/// The first product that customers find by these words.
async fn found(cloud: &Cloud, words: &str) -> Option<Value> {
    let answer = cloud.get(&format!("/api/v1/products?q={words}"), None).await.expect(200);
    answer.data().as_array()?.first().cloned()
}

/// A product with a name that no other product has.
async fn named(cloud: &Cloud, staff: &Person, name: &str, sku: &str) -> Value {
    let product = product(cloud, staff, sku, 5).await;
    cloud
        .request(Method::PATCH, &path(&product), Some(&staff.access), Some(&json!({ "name": name })))
        .await
        .expect(200);
    product
}

/// Makes a change, waits until customers see it, and returns how long that took after its answer.
async fn seen(
    cloud: &Cloud,
    change: impl Future<Output = ()>,
    words: &str,
    is_seen: impl Fn(Option<&Value>) -> bool,
) -> Duration {
    change.await;
    let started = Instant::now();
    let ask = async |cloud: &Cloud| is_seen(found(cloud, words).await.as_ref()).then_some(());
    cloud.until(&format!("a change of {words} is found"), ask).await;
    started.elapsed()
}

#[tokio::test]
async fn a_change_of_price_stock_or_status_is_found_soon() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "freshness@example.com").await;
    let product = named(&cloud, &staff, "Quoxal lantern", "JOURNEY-FRESH").await;
    let by = Some(staff.access.as_str());
    cloud.until("a new product is found", async |cloud: &Cloud| found(cloud, "quoxal").await).await;
    let edit = async |body: Value| {
        cloud.request(Method::PATCH, &path(&product), by, Some(&body)).await.expect(200);
    };
    let adjust = async |units: i64, number: usize| {
        let url = format!("{}/api/v1/inventory/JOURNEY-FRESH", cloud.api);
        let key = ("idempotency-key", format!("fresh-{number}-{units}"));
        let headers = [("authorization", format!("Bearer {}", staff.access)), key];
        let body = json!({ "adjust": units, "reason": "counted" });
        cloud.fetch(Method::PATCH, &url, &headers, Some(&body)).await.expect(200);
    };
    let mut spans = Vec::new();
    for number in 0..CHANGES {
        let price = json!({ "amount": 1_000 + number, "currency": "usd" });
        let has =
            |field: &'static str, value: Value| move |one: Option<&Value>| one.is_some_and(|one| one[field] == value);
        spans.push(seen(&cloud, edit(json!({ "price": price })), "quoxal", has("price", price.clone())).await);
        spans.push(seen(&cloud, adjust(-5, number), "quoxal", has("stock", json!("out"))).await);
        spans.push(seen(&cloud, adjust(5, number), "quoxal", |one| one.is_some_and(|one| one["stock"] != "out")).await);
        spans.push(seen(&cloud, edit(json!({ "status": "archived" })), "quoxal", |one| one.is_none()).await);
        spans.push(seen(&cloud, edit(json!({ "status": "active" })), "quoxal", |one| one.is_some()).await);
    }
    spans.sort();
    let (half, most) = (spans[spans.len() / 2], spans[spans.len() * 99 / 100]);
    // Not with println!, which shows nothing of a test that passes.
    let _ = writeln!(std::io::stderr(), "changes are found after {half:.2?} (p50), {most:.2?} (p99)");
    assert!(most < SOON, "{most:?}");
}

#[tokio::test]
async fn what_was_paid_for_is_the_best_selling() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "bestselling@example.com").await;
    let first = named(&cloud, &staff, "Vorpallin kettle", "JOURNEY-BEST-1").await;
    // Without sales the newest is first.
    let second = named(&cloud, &staff, "Vorpallin teapot", "JOURNEY-BEST-2").await;
    let list = "/api/v1/products?q=vorpallin&sort=bestselling";
    let leads = async |cloud: &Cloud, product: &Value| {
        let answer = cloud.get(list, None).await.expect(200);
        let all = answer.data().as_array()?.clone();
        (all.len() == 2 && all[0]["id"] == product["id"]).then_some(())
    };
    cloud.until("both are found", async |cloud: &Cloud| leads(cloud, &second).await).await;
    let mut order = guest_order("best.buyer@example.com", "checkout_session");
    order["item"] = json!({ "sku": "JOURNEY-BEST-1", "quantity": 2, "price": { "amount": 1999, "currency": "usd" } });
    let url = format!("{}/api/v1/orders", cloud.api);
    let key = [("idempotency-key", "best-selling".to_owned())];
    let placed = cloud.fetch(Method::POST, &url, &key, Some(&order)).await.expect(201);
    let page = placed.data()["payment"]["checkoutUrl"].as_str().unwrap().to_owned();
    cloud.submit(&page, "card=pay").await;
    cloud.until("the paid product leads", async |cloud: &Cloud| leads(cloud, &first).await).await;
}
