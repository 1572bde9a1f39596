//! Lists of a product's reviews.

use axum::http::Method;
use domain::review::Moderation;
use harness::reviews::{REVIEWS, Reviewing, reviewing};
use harness::shop::Shop;
use serde_json::{Value, json};

/// Follows the pages of a list, and returns the stars of all its reviews.
async fn stars(shop: &Shop, product: &str, query: &str) -> Vec<i64> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.reviews_of(product, &format!("{query}&limit=2{cursor}")).await;
        all.extend(page["data"].as_array().unwrap().iter().map(|review| review["stars"].as_i64().unwrap()));
        assert_eq!(page["summary"].is_null(), !cursor.is_empty(), "the first page has the summary");
        let Some(next) = page["pagination"]["nextCursor"].as_str() else { return all };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn reviews_are_listed_by_age_by_votes_and_by_stars_in_pages() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let mut ids = Vec::new();
    for (n, given) in [3, 5, 1, 5, 4].into_iter().enumerate() {
        ids.push(shop.reviewer(&format!("c{n}"), &product, given).await.id);
        shop.later(std::time::Duration::from_secs(1));
    }
    for voter in ["v1", "v2"] {
        let voter = shop.register_verified(&format!("{voter}@example.com")).await;
        shop.vote(Method::PUT, &ids[2]).by(&voter).send().await.expect(200);
    }
    let voter = shop.register_verified("v3@example.com").await;
    shop.vote(Method::PUT, &ids[1]).by(&voter).send().await.expect(200);
    assert_eq!(stars(&shop, &product, "sort=newest").await, [4, 5, 1, 5, 3]);
    assert_eq!(stars(&shop, &product, "").await, [4, 5, 1, 5, 3], "newest is the default");
    assert_eq!(stars(&shop, &product, "sort=helpful").await, [1, 5, 4, 5, 3]);
    assert_eq!(stars(&shop, &product, "sort=rating:desc").await, [5, 5, 4, 3, 1]);
    assert_eq!(stars(&shop, &product, "sort=rating:asc").await, [1, 3, 4, 5, 5]);
    for sort in ["newest", "helpful", "rating:desc", "rating:asc"] {
        assert_eq!(stars(&shop, &product, &format!("sort={sort}&rating=5")).await, [5, 5], "{sort}");
        assert!(stars(&shop, &product, &format!("sort={sort}&rating=2")).await.is_empty(), "{sort}");
    }
    let helpful = shop.reviews_of(&product, "sort=helpful&rating=5").await;
    assert_eq!((&helpful["data"][0]["id"], &helpful["data"][0]["helpful"]), (&json!(ids[1]), &json!(1)));
    let summary = &helpful["summary"];
    assert_eq!((&summary["count"], &summary["average"]), (&json!(5), &json!(360)));
    let histogram: Vec<&Value> = summary["histogram"].as_array().unwrap().iter().map(|one| &one["count"]).collect();
    assert_eq!(histogram, [&json!(2), &json!(1), &json!(1), &json!(0), &json!(1)]);
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn a_list_says_nothing_of_accounts_and_orders_and_a_client_that_has_it_gets_no_body() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let written = shop.reviewer("ada", &product, 5).await;
    let path = format!("{REVIEWS}/product/{product}");
    let list = shop.get(&path).send().await.expect(200);
    let one = shop.get(&format!("{REVIEWS}/{}", written.id)).send().await.expect(200);
    for text in [&list.text, &one.text] {
        assert!(!text.contains("usr_") && !text.contains("ord_") && !text.contains("Lovelace"), "{text}");
    }
    let again = shop.get(&path).header("if-none-match", list.header("etag")).send().await.expect(304);
    assert!(again.text.is_empty());
    assert!(list.header("cache-control").starts_with("public, max-age=5"));
}

#[tokio::test]
async fn bad_queries_are_refused_by_field() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    for (query, field) in [
        ("sort=best", "sort"),
        ("rating=0", "rating"),
        ("rating=6", "rating"),
        ("rating=4.5", "rating"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=%21", "cursor"),
        ("page=1", "page"),
    ] {
        let refused = shop.get(&format!("{REVIEWS}/product/{product}?{query}")).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), [field], "{query}");
    }
    shop.get(&format!("{REVIEWS}/product/thing-a")).send().await.expect_problem(404, "product_not_found");
    let unknown = shop.get(&format!("{REVIEWS}/product/prd_01M7W6C3804Q9PV3Y1B8S4HJET")).send().await.expect(200);
    assert_eq!(unknown.json["summary"]["average"], Value::Null);
}
