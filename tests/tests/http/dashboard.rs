//! The dashboard: its days, periods and refusals, the file, and what a client may keep.

use std::time::Duration;

use domain::access::Role;
use harness::products::staffed;
use harness::shop::Shop;
use serde_json::{Value, json};

const DASHBOARD: &str = "/api/v1/admin/dashboard";

#[tokio::test]
async fn a_new_shop_has_thirty_days_of_zeros() {
    let (shop, staff) = staffed().await;
    let answer = shop.get(&format!("{DASHBOARD}?compare=true")).by(&staff).send().await.expect(200);
    let data = answer.data();
    assert_eq!((&data["from"], &data["to"]), (&json!("2026-10-22"), &json!("2026-11-20")));
    assert_eq!(data["periods"].as_array().unwrap().len(), 30);
    for figures in [&data["total"], &data["previous"], &data["periods"][29]] {
        assert_eq!((&figures["orders"]["placed"], &figures["payments"]), (&json!(0), &json!([])));
        assert_eq!(figures["revenue"]["averageOrder"], Value::Null);
    }
    // It is the next day in Berlin already.
    shop.later(Duration::from_hours(13));
    let staff = shop.login(&staff.email).await;
    let answer = shop.get(&format!("{DASHBOARD}?from=2026-10-01&interval=month")).by(&staff).send().await.expect(200);
    let periods: Vec<_> =
        answer.data()["periods"].as_array().unwrap().iter().map(|period| period["to"].clone()).collect();
    assert_eq!(periods, ["2026-10-31", "2026-11-21"]);
}

#[tokio::test]
async fn days_are_days_at_most_366_of_them_and_intervals_have_names() {
    let (shop, staff) = staffed().await;
    for (query, fields) in [
        ("?from=yesterday&to=2026-13-01&interval=hour", vec!["from", "to", "interval"]),
        ("?from=2026-11-21&to=2026-11-20", vec!["from"]),
        ("?from=2025-11-19&to=2026-11-20", vec!["from"]),
        ("?from=1969-12-31&to=1970-01-05", vec!["from"]),
        ("?until=2026-11-20", vec!["until"]),
    ] {
        for path in [DASHBOARD.to_owned(), format!("{DASHBOARD}/export")] {
            let refused = shop.get(&format!("{path}{query}")).by(&staff).send().await;
            assert_eq!(refused.expect_problem(400, "validation_failed").fields(), fields, "{path}{query}");
        }
    }
    for (query, fields) in [
        ("?of=customers&by=name", vec!["of", "by"]),
        ("?limit=101", vec!["limit"]),
        ("?from=2026-11-21&to=2026-11-20", vec!["from"]),
    ] {
        let refused = shop.get(&format!("{DASHBOARD}/top{query}")).by(&staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), fields, "{query}");
    }
    shop.get(&format!("{DASHBOARD}?from=2025-11-20&to=2026-11-20")).by(&staff).send().await.expect(200);
}

#[tokio::test]
async fn figures_are_for_staff_and_only_the_caller_keeps_them() {
    let (shop, _) = staffed().await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let customer = shop.register("bob@example.com").await;
    for path in [DASHBOARD.to_owned(), format!("{DASHBOARD}/export"), format!("{DASHBOARD}/top"), "/metrics".to_owned()]
    {
        shop.get(&path).send().await.expect_problem(401, "unauthenticated");
        shop.get(&path).by(&customer).send().await.expect_problem(403, "forbidden");
        shop.get(&path).by(&support).send().await.expect(200);
    }
    let first = shop.get(DASHBOARD).by(&support).send().await.expect(200);
    assert_eq!(first.headers["cache-control"], "private, max-age=30");
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    shop.get(DASHBOARD).by(&support).header("if-none-match", &tag).send().await.expect(304);
}

#[tokio::test]
async fn the_file_has_a_line_for_each_period_and_no_cell_that_needs_quotes() {
    let (shop, staff) = staffed().await;
    let path = format!("{DASHBOARD}/export?from=2026-11-12&to=2026-11-20&interval=week");
    let file = shop.get(&path).by(&staff).send().await.expect(200);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let name = "attachment; filename=\"figures-2026-11-12-2026-11-20.csv\"";
    assert_eq!(file.headers["content-disposition"], name);
    let lines: Vec<Vec<&str>> = file.text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    assert_eq!(lines[0][..5], ["from", "to", "currency", "gross", "tax"]);
    assert_eq!(lines[1][..5], ["2026-11-12", "2026-11-15", "usd", "0.00", "0.00"]);
}

#[tokio::test]
async fn a_dashboard_is_two_round_trips_beside_the_sign_in_whatever_its_length() {
    let (shop, staff) = staffed().await;
    shop.get(DASHBOARD).by(&staff).send().await.expect(200);
    let calls = async |query: &str| {
        shop.table.network.take_calls();
        shop.get(&format!("{DASHBOARD}{query}")).by(&staff).send().await.expect(200);
        shop.table.network.take_calls().len()
    };
    // A session and its user, the days without results, four shards of what is low; and four of each month, all at once.
    let of_a_month = calls("?from=2026-11-01&to=2026-11-20").await;
    assert!(of_a_month <= 1 + 1 + 4 + 4, "{of_a_month}");
    let of_a_year = calls("?from=2025-12-01&to=2026-11-20").await;
    assert!(of_a_year <= 1 + 1 + 4 + 12 * 4, "{of_a_year}");
}

#[tokio::test]
async fn readiness_says_what_was_looked_at() {
    let shop = Shop::open().await;
    let ready = shop.get("/health/ready").send().await.expect(200);
    let checks = &ready.data()["checks"];
    assert_eq!(*checks, json!([{ "name": "table", "ok": true, "ms": 0 }, { "name": "keys", "ok": true, "ms": 0 }]));
    shop.table.network.fail_any(0, harness::network::Fault::Throttle, 10);
    let busy = shop.get("/health/ready").send().await.expect_problem(503, "not_ready");
    assert_eq!(busy.fields(), ["table"]);
}
