//! Stock: setting, adjusting, listing, and its events.

use axum::http::Method;
use domain::access::Role;
use harness::products::{PRODUCTS, make, path, shirt, sized, usd};
use harness::stock::{SKU, Stocked, adjust, bands_agree, event_count, set, stocked};
use serde_json::json;

#[tokio::test]
async fn stock_is_set_and_adjusted_with_a_reason_and_has_a_history() {
    let Stocked { shop, staff, product: made } = stocked(10).await;
    adjust(&shop, &staff, -3, "k1").await.expect(200);
    adjust(&shop, &staff, 5, "k2").await.expect(200);
    let counted = json!({ "onHand": 20, "threshold": 2, "reason": "counted" });
    let counted = set(&shop, &staff, &counted).await.expect(200);
    assert_eq!((&counted.data()["onHand"], &counted.data()["threshold"]), (&json!(20), &json!(2)));
    let history = shop.get(&format!("{SKU}/history")).by(&staff).send().await.expect(200);
    let changes: Vec<(i64, String)> = history
        .data()
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["delta"].as_i64().unwrap(), change["reason"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [(8, "counted"), (5, "test"), (-3, "test"), (10, "new")];
    assert_eq!(changes, expected.map(|(delta, reason)| (delta, reason.to_owned())));
    assert!(history.data().as_array().unwrap().iter().all(|change| change["by"] == staff.id.to_string()));
    let of = format!("/api/v1/inventory?product={}", made["id"].as_str().unwrap());
    let listed = shop.get(&of).by(&staff).send().await.expect(200);
    assert_eq!(listed.data()[0]["onHand"], 20);
}

#[tokio::test]
async fn each_change_of_the_band_is_shown_and_its_event_is_written_once() {
    let Stocked { shop, staff, product: made } = stocked(7).await;
    let seen = async || {
        shop.later(std::time::Duration::from_secs(5));
        let seen = shop.get(&path(&made)).send().await.expect(200);
        (seen.data()["stock"].as_str().unwrap().to_owned(), seen.header("etag").to_owned())
    };
    let (band, first) = seen().await;
    assert_eq!(band, "in");
    for (n, (by, band, low, back)) in [
        (-1, "in", 0, 0),
        (-1, "low", 1, 0),
        (-1, "low", 1, 0),
        (-4, "out", 1, 0),
        (3, "low", 1, 1),
        (10, "in", 1, 1),
        (-13, "out", 2, 1),
        (50, "in", 2, 2),
    ]
    .into_iter()
    .enumerate()
    {
        adjust(&shop, &staff, by, &format!("k{n}")).await.expect(200);
        assert_eq!(seen().await.0, band, "{n}");
        assert_eq!((event_count(&shop, "stock.low"), event_count(&shop, "stock.back")), (low, back), "{n}");
        bands_agree(&shop);
    }
    let (_, last) = seen().await;
    assert_ne!(first, last, "another band changes the ETag");
    // A new threshold can change the band too.
    set(&shop, &staff, &json!({ "threshold": 100, "reason": "season" })).await.expect(200);
    assert_eq!((seen().await.0.as_str(), event_count(&shop, "stock.low")), ("low", 3));
    // A change of the band does not change the version of the product, so an edit is not refused.
    let edit = shop.request(Method::PATCH, &path(&made)).json(&json!({ "name": "New" })).by(&staff);
    edit.header("if-match", &first).send().await.expect(200);
    bands_agree(&shop);
}

#[tokio::test]
async fn invalid_changes_of_stock_are_refused_and_change_nothing() {
    let Stocked { shop, staff, .. } = stocked(7).await;
    let before = shop.table.items_under("STOCK#");
    let keyless = shop.request(Method::PATCH, SKU).json(&json!({ "adjust": 1, "reason": "x" })).by(&staff);
    keyless.send().await.expect_problem(400, "idempotency_key_missing");
    let blind = shop.request(Method::PUT, SKU).json(&json!({ "onHand": 1, "reason": "x" })).by(&staff);
    blind.send().await.expect_problem(428, "precondition_required");
    let stale = shop.request(Method::PUT, SKU).json(&json!({ "onHand": 1, "reason": "x" })).by(&staff);
    stale.header("if-match", "\"v9\"").send().await.expect_problem(412, "precondition_failed");
    for (body, field) in [
        (json!({ "adjust": 0, "reason": "x" }), "adjust"),
        (json!({ "adjust": 1 }), "reason"),
        (json!({ "adjust": 1, "reason": " " }), "reason"),
        (json!({ "adjust": i64::MAX, "reason": "x" }), "adjust"),
        (json!({ "adjust": 1.5, "reason": "x" }), "adjust"),
        (json!({ "adjust": 1, "reason": "x", "reserved": 1 }), "reserved"),
    ] {
        let ask = shop.request(Method::PATCH, SKU).json(&body).by(&staff);
        let refused = ask.header("idempotency-key", "k").send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), [field]);
    }
    for (body, field) in [
        (json!({ "reason": "x" }), "onHand"),
        (json!({ "onHand": -1, "reason": "x" }), "onHand"),
        (json!({ "onHand": 1, "reason": "x".repeat(201) }), "reason"),
    ] {
        let refused = set(&shop, &staff, &body).await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), [field]);
    }
    adjust(&shop, &staff, -8, "k").await.expect_problem(409, "not_enough_stock");
    for sku in ["NO", "..%2f..", "%F0%9F%8E%89"] {
        shop.get(&format!("/api/v1/inventory/{sku}")).by(&staff).send().await.expect_problem(404, "sku_not_found");
    }
    assert_eq!(shop.table.items_under("STOCK#"), before);
}

#[tokio::test]
async fn all_stock_or_only_low_stock_is_listed() {
    let Stocked { shop, staff, .. } = stocked(3).await;
    make(&shop, &staff, &sized("B", 3)).await;
    let mut draft = shirt("C");
    draft["status"] = json!("draft");
    make(&shop, &staff, &draft).await;
    let sam = shop.staff("sam@example.com", Role::Support).await;
    let (mut skus, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("/api/v1/inventory?limit=1{cursor}")).by(&sam).send().await.expect(200);
        let levels = page.data().as_array().unwrap().iter();
        skus.extend(levels.map(|level| level["sku"].as_str().unwrap().to_owned()));
        match page.json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(skus, ["B-0", "B-1", "B-2", "A", "C"]);
    let low = shop.get("/api/v1/inventory?low=true").by(&sam).send().await.expect(200);
    let low = low.data().as_array().unwrap();
    assert_eq!((low.len(), &low[0]["sku"]), (1, &json!("A")));
    let price = json!({ "price": usd(1) });
    let refused = shop.request(Method::PATCH, &format!("{PRODUCTS}/shirt-a")).json(&price).by(&sam);
    refused.send().await.expect_problem(403, "forbidden");
}
