//! Queries that found nothing: counted by words and day, without anything of who asked.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::search::{MAX_MISSES, MISSES_KEPT};
use harness::interruptions::Outcome;
use harness::network::Fault;
use harness::products::staffed;
use harness::shop::{Person, Shop};
use search::misses::count;
use serde_json::{Value, json};

const MISSES: &str = "/api/v1/admin/search/queries-without-results";
const DAY: Duration = Duration::from_hours(24);

async fn miss(shop: &Shop, query: &str) {
    count(&shop.table.store_of("search"), query, shop.clock.now()).await;
}

async fn list(shop: &Shop, staff: &Person, query: &str) -> Value {
    shop.get(&format!("{MISSES}{query}")).by(staff).send().await.expect(200).data().clone()
}

fn words(listed: &Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|miss| miss["words"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn queries_without_results_are_listed_by_how_often_and_how_lately() {
    let (shop, root) = staffed().await;
    for query in ["Rød kjole", "unicorn", "rod-kjole", "lamp"] {
        miss(&shop, query).await;
    }
    shop.later(DAY);
    let root = shop.login(&root.email).await;
    miss(&shop, "LAMP").await;
    miss(&shop, "gloves").await;
    let expected = json!([
        { "words": "lamp", "count": 2, "lastDay": "2026-11-21" },
        { "words": "rod kjole", "count": 2, "lastDay": "2026-11-20" },
        { "words": "gloves", "count": 1, "lastDay": "2026-11-21" },
        { "words": "unicorn", "count": 1, "lastDay": "2026-11-20" },
    ]);
    assert_eq!(list(&shop, &root, "").await, expected);
    assert_eq!(words(&list(&shop, &root, "?limit=1").await), ["lamp"]);
    assert_eq!(words(&list(&shop, &root, "?from=2026-11-21").await), ["gloves", "lamp"]);
    assert_eq!(words(&list(&shop, &root, "?to=2026-11-20").await), ["rod kjole", "lamp", "unicorn"]);
    assert_eq!(list(&shop, &root, "?from=2026-12-01&to=2026-12-24").await, json!([]));
}

#[tokio::test]
async fn days_are_days_at_most_31_of_them_and_none_before_90_days() {
    let (shop, root) = staffed().await;
    miss(&shop, "unicorn").await;
    for (query, fields) in [
        ("?from=yesterday&to=2026-11-20T00:00:00Z&limit=7", vec!["from", "to"]),
        ("?from=2026-11-21&to=2026-11-20", vec!["from"]),
        ("?from=2026-10-20&to=2026-11-20", vec!["from"]),
        ("?limit=0", vec!["limit"]),
        ("?day=2026-11-20", vec!["day"]),
    ] {
        let refused = shop.get(&format!("{MISSES}{query}")).by(&root).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), fields, "{query}");
    }
    assert_eq!(words(&list(&shop, &root, "?from=2026-10-21&to=2026-11-20").await), ["unicorn"]);
    shop.later(DAY * MISSES_KEPT);
    let root = shop.login(&root.email).await;
    assert_eq!(words(&list(&shop, &root, "?from=2026-11-01&to=2026-11-30").await), ["unicorn"]);
    shop.later(DAY);
    let root = shop.login(&root.email).await;
    assert_eq!(
        list(&shop, &root, "?from=2026-11-01&to=2026-11-30").await,
        json!([]),
        "although the table has it still"
    );
}

#[tokio::test]
async fn a_count_has_the_words_and_the_day_and_nothing_of_a_person() {
    let shop = Shop::open().await;
    miss(&shop, " Red  UNICORN! ").await;
    miss(&shop, "red unicorn").await;
    let counted = shop.table.items_under("SEARCHMISSES#");
    let expires_at = (shop.clock.now() + DAY * MISSES_KEPT).unix_seconds();
    let item = |sk: &str, count: u32| json!({ "PK": "SEARCHMISSES#2026-11-20", "SK": sk, "count": count, "expires_at": expires_at });
    assert_eq!(counted.into_values().collect::<Vec<_>>(), [item("HEAD", 1), item("QUERY#red unicorn", 2)]);
    for personal in ["ada@example.com", "+49 30 1234567", "10115 Berlin", &"x".repeat(31), "?", ""] {
        shop.table.network.take_calls();
        miss(&shop, personal).await;
        assert!(shop.table.network.take_calls().is_empty(), "{personal}");
    }
}

#[tokio::test]
async fn a_flood_of_queries_fills_no_more_than_a_thousand_lines_of_a_day() {
    let shop = Shop::open().await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let head = shop.table.client.put_item().table_name("kontor").item("PK", text("SEARCHMISSES#2026-11-20"));
    let almost = AttributeValue::N((MAX_MISSES - 1).to_string());
    head.item("SK", text("HEAD")).item("count", almost).send().await.unwrap();
    let writes = async |query: &str| {
        shop.table.network.take_calls();
        miss(&shop, query).await;
        let calls = shop.table.network.take_calls();
        calls.iter().filter(|call| !call.is_refused).map(|call| call.units).sum::<f64>()
    };
    assert!((writes("new").await - 2.0).abs() < 0.1, "its head and its line");
    assert!((writes("new").await - 1.0).abs() < 0.1, "one unit for a known one");
    let full = shop.table.items();
    assert!(writes("newer").await < 0.1);
    assert_eq!(shop.table.items(), full);
    miss(&shop, "new").await;
    assert_eq!(shop.table.items()["SEARCHMISSES#2026-11-20 / QUERY#new"]["count"], 3);
    shop.later(DAY);
    miss(&shop, "newer").await;
    assert_eq!(shop.table.items()["SEARCHMISSES#2026-11-21 / QUERY#newer"]["count"], 1);
}

#[tokio::test]
async fn many_at_once_are_all_counted() {
    let shop = Shop::open().await;
    let one = || miss(&shop, "unicorn");
    tokio::join!(one(), one(), one(), one(), one());
    let day = shop.table.items_under("SEARCHMISSES#");
    assert_eq!(day["SEARCHMISSES#2026-11-20 / QUERY#unicorn"]["count"], 5);
    // Some may have counted it as new at the same moment.
    assert!((1..=5).contains(&day["SEARCHMISSES#2026-11-20 / HEAD"]["count"].as_i64().unwrap()));
}

#[tokio::test]
async fn a_table_that_refuses_or_does_not_answer_fails_no_search() {
    let shop = Shop::open().await;
    for fault in [Fault::Throttle, Fault::Before, Fault::After, Fault::Conflict] {
        shop.table.network.fail("UpdateItem", fault, usize::MAX);
        miss(&shop, "unicorn").await;
        shop.table.network.heal();
    }
    miss(&shop, "unicorn").await;
    assert!(!shop.table.items_under("SEARCHMISSES#").is_empty());
    // A call that never ends: the search goes on without it.
    let outcome = shop.table.network.interruptions.crash_at(0, std::future::pending::<()>());
    let stuck = async { tokio::join!(outcome, miss(&shop, "unicorn")) };
    assert!(matches!(stuck.await.0, Outcome::Crashed));
}

#[tokio::test]
async fn a_customers_search_for_words_alone_that_finds_nothing_is_counted() {
    let (shop, root) = staffed().await;
    shop.add_product(&root, "A", 1_000, 3).await;
    let search = async |query: &str| shop.get(&format!("/api/v1/products/search?{query}")).send().await.expect(200);
    search("q=unicorn").await;
    search("q=unicorn&inStock=true").await;
    shop.get("/api/v1/products?q=unicorn").by(&root).send().await.expect(200);
    shop.get("/api/v1/products?q=unicorn&limit=5").send().await.expect(200);
    let listed = list(&shop, &root, "").await;
    assert_eq!(listed, json!([{ "words": "unicorn", "count": 2, "lastDay": "2026-11-20" }]));
}
