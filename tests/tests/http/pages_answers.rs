//! The storefront's pages as crawlers see them: who may keep them, and what happens when something is not there.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use domain::mail_language::MailLanguage;
use harness::functions::context_config;
use harness::network::Fault;
use harness::products::{make, shirt, staffed};
use harness::shop::{Answer, Shop};
use indexing::Language;
use kit::runtime::branding::Branding;
use serde_json::json;
use tower::ServiceExt;

use crate::pages::{between, is_hidden, page};

const FOR_ALL: &str = "public, max-age=0, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400";

/// A storefront whose script has this name.
fn storefront(script: &str) -> Vec<u8> {
    let head = format!("<!--head--><script type=\"module\" src=\"/assets/shop/{script}.js\"></script>");
    format!("<!doctype html><html lang=\"en\"><head>{head}</head><body><div id=\"app\"><!--app--></div></body></html>")
        .into()
}

#[tokio::test]
async fn pages_for_people_only_are_the_storefront_without_content_and_tell_nothing_of_their_address() {
    let shop = Shop::open().await;
    shop.index.bucket.put("index.html", storefront("main-1"));
    let empty = page(&shop, "/cart").await.expect(200);
    for private in [
        "/checkout",
        "/orders/ord_1?token=secret",
        "/account/orders",
        "/reset-password?token=secret",
        "/products/a/review?order=ord_1",
    ] {
        let shown = page(&shop, private).await.expect(200);
        assert_eq!(shown.text, empty.text, "{private}");
        assert!(is_hidden(&shown) && shown.text.contains("/assets/shop/main-1.js"), "{private}");
        assert_eq!(shown.header("cache-control"), "private, no-cache", "{private}");
    }
    let content = between(&empty.text, "<div id=\"app\"><noscript>", "</noscript>")[0];
    assert!(content.contains("This page needs JavaScript."), "{content}");
    for unknown in ["/nothing", "/account/nothing", "/wp-login.php", "/products/%3Cscript%3E", "/a/b/c/d"] {
        let shown = page(&shop, unknown).await.expect(404);
        assert!(is_hidden(&shown) && shown.text.contains("Page not found"), "{unknown}");
        assert!(!shown.text.contains("<script>"), "{unknown}");
    }
}

#[tokio::test]
async fn the_distribution_may_keep_a_page_and_who_has_it_gets_it_only_once() {
    let (shop, staff) = staffed().await;
    make(&shop, &staff, &shirt("A")).await;
    for path in ["", "/search", "/products/shirt-a"] {
        let first = page(&shop, path).await.expect(200);
        assert_eq!(first.header("cache-control"), FOR_ALL, "{path}");
        let policy = first.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self'; img-src 'self' data: https://images.test;"), "{policy}");
        let ask = || shop.get(&format!("/pages{path}")).header("if-none-match", first.header("etag"));
        let again = ask().send().await.expect(304);
        assert_eq!((again.text.as_str(), again.header("cache-control")), ("", FOR_ALL), "{path}");
        assert_eq!(again.header("content-type"), first.header("content-type"), "a cache takes it over");
        let head = shop.request(Method::HEAD, &format!("/pages{path}")).send().await.expect(200);
        assert_eq!((head.text.as_str(), head.header("etag")), ("", first.header("etag")), "{path}");
    }
    let first = page(&shop, "/products/shirt-a").await;
    shop.index.bucket.put("index.html", storefront("main-2"));
    shop.later(Duration::from_secs(31));
    let other = shop.get("/pages/products/shirt-a").header("if-none-match", first.header("etag")).send().await;
    assert!(other.expect(200).text.contains("main-2.js"), "another storefront is another page");
    let refused = shop.post("/pages/search", &json!({})).send().await;
    refused.expect_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn the_storefront_is_read_again_after_a_while_and_the_last_good_one_is_kept() {
    let shop = Shop::open().await;
    let bare = page(&shop, "/cart").await.expect(200);
    assert!(bare.text.contains("<div id=\"app\"><noscript>"), "a page can be read before there is a storefront");
    let script = async || {
        shop.later(Duration::from_secs(31));
        let shown = page(&shop, "/cart").await.expect(200);
        between(&shown.text, "/assets/shop/", ".js").first().map(|script| (*script).to_owned()).unwrap_or_default()
    };
    shop.index.bucket.put("index.html", storefront("main-1"));
    assert_eq!(script().await, "main-1");
    assert_eq!(script().await, "main-1");
    shop.index.bucket.put("index.html", b"<html>without places</html>".to_vec());
    assert_eq!(script().await, "main-1");
    shop.index.bucket.remove("index.html");
    assert_eq!(script().await, "main-1");
    shop.index.bucket.put("index.html", storefront("main-2"));
    assert_eq!(script().await, "main-2");
}

#[tokio::test]
async fn crawlers_come_again_when_the_table_does_not_answer() {
    let (shop, staff) = staffed().await;
    make(&shop, &staff, &shirt("A")).await;
    shop.index.bucket.put("index.html", storefront("main-1"));
    for path in ["", "/search", "/products/shirt-a"] {
        shop.later(Duration::from_secs(31));
        shop.table.network.fail_any(0, Fault::Throttle, 50);
        let failed = page(&shop, path).await.expect(503);
        shop.table.network.heal();
        assert_eq!((failed.header("cache-control"), failed.header("retry-after")), ("no-store", "60"), "{path}");
        assert!(is_hidden(&failed) && failed.text.contains("main-1.js"), "its script tries again: {path}");
        page(&shop, path).await.expect(200);
    }
}

#[tokio::test]
async fn a_product_takes_two_round_trips_and_a_list_one() {
    let (shop, staff) = staffed().await;
    let category = shop.post("/api/v1/categories", &json!({ "name": "Lamps" })).by(&staff).send().await.expect(201);
    let mut body = shirt("A");
    body["categoryIds"] = json!([category.data()["id"]]);
    make(&shop, &staff, &body).await;
    for (path, trips) in [("/products/shirt-a", 2), ("/categories/lamps", 1), ("", 1), ("/cart", 0), ("/nothing", 0)] {
        page(&shop, path).await.expect(if path == "/nothing" { 404 } else { 200 });
        shop.table.network.take_calls();
        page(&shop, path).await;
        let calls = shop.table.network.take_calls();
        assert_eq!(calls.iter().filter(|call| call.begins_trip).count(), trips, "{path}: {calls:?}");
    }
}

#[tokio::test]
async fn the_pages_are_in_the_language_of_the_shop_and_have_its_logo_where_there_is_no_picture() {
    let (shop, staff) = staffed().await;
    make(&shop, &staff, &shirt("A")).await;
    shop.index.publish_all().await;
    let branding = Branding {
        language: MailLanguage::GERMAN,
        logo_url: Some("https://example.com/logo.png".to_owned()),
        ..Branding::new("Kontor", "https://shop.test")
    };
    let config = pages::Config {
        context: context_config(),
        bucket: "files".to_owned(),
        pages_bucket: "pages".to_owned(),
        search_language: Language::English,
        images_url: "https://images.test".to_owned(),
        branding,
    };
    let (context, files) = (shop.app.context.clone(), shop.index.bucket.client());
    let router = pages::router(pages::App::new(&config, context, shop.index.live(shop.store()), files));
    let request = Request::builder().uri("/pages/products/shirt-a").body(Body::empty()).unwrap();
    let shown = Answer::of(router.oneshot(request).await.unwrap()).await.expect(200);
    assert!(shown.text.contains("<html lang=\"de\">") && shown.text.contains("content=\"de_DE\""));
    assert!(shown.text.contains("19,99\u{a0}$ · Auf Lager"), "{}", shown.text);
    assert!(shown.text.contains("<h1 lang=\"en\">"), "the catalogue is in another language: {}", shown.text);
    assert!(shown.text.contains("<li><a href=\"/\">Startseite"), "{}", shown.text);
    assert!(shown.text.contains("<meta property=\"og:image\" content=\"https://example.com/logo.png\">"));
}
