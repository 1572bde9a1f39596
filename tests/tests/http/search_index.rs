//! Lists and the index: caches, and what happens without an index.

use axum::http::Method;
use domain::index_job::RebuildJob;
use harness::products::{PRODUCTS, change, make, path, shirt, staffed};
use harness::shop::Shop;
use kit::runtime::ids::Ids;
use serde_json::json;

use crate::search::{SEARCH, names, plain, search};

const SUGGEST: &str = "/api/v1/products/suggest?q=shi";
const HOME: &str = "/api/v1/home";
/// Every path that needs the index.
const ALL: [&str; 4] = [PRODUCTS, SEARCH, SUGGEST, HOME];

#[tokio::test]
async fn without_an_index_lists_are_503_and_the_page_of_a_product_works() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    shop.index.leave_alone();
    let unavailable = async |when: &str| {
        for path in ALL {
            let refused = shop.get(path).send().await.expect_problem(503, "search_unavailable");
            assert_eq!(refused.header("retry-after"), "5", "{when}: {path}");
        }
        shop.get(&path(&made)).send().await.expect(200);
        let named = shop.get(&format!("{PRODUCTS}?ids={}", made["id"].as_str().unwrap())).send().await.expect(200);
        assert_eq!(names(&named), ["Shirt A"]);
    };
    unavailable("there is no base").await;
    let rebuilder = shop.index.rebuilder(shop.store().clone(), Ids::seeded(70));
    rebuilder.run(RebuildJob::Create).await.unwrap();
    let (base, bytes) = shop.index.bucket.files().pop_first().unwrap();
    shop.index.bucket.put(&base, bytes[..bytes.len() / 2].to_vec());
    unavailable("the base is damaged").await;
    shop.index.bucket.remove(&base);
    unavailable("the base is missing").await;
    shop.index.bucket.put(&base, bytes);
    shop.index.bucket.refuse(true);
    unavailable("S3 refuses").await;
    shop.index.bucket.refuse(false);
    for path in ALL {
        shop.get(path).send().await.expect(200);
    }
    assert_eq!(names(&search(&shop, "").await), ["Shirt A"]);
}

#[tokio::test]
async fn a_rebuild_repairs_a_damaged_index() {
    let (shop, staff) = staffed().await;
    make(&shop, &staff, &shirt("A")).await;
    shop.index.leave_alone();
    let rebuilder = shop.index.rebuilder(shop.store().clone(), Ids::seeded(70));
    rebuilder.run(RebuildJob::Create).await.unwrap();
    let (base, _) = shop.index.bucket.files().pop_first().unwrap();
    shop.index.bucket.put(&base, b"something else".to_vec());
    shop.get(SEARCH).send().await.expect_problem(503, "search_unavailable");
    rebuilder.run(RebuildJob::Products).await.unwrap();
    assert_eq!(names(&search(&shop, "q=shirt").await), ["Shirt A"]);
}

#[tokio::test]
async fn lists_are_cached_for_customers_and_a_list_that_did_not_change_is_not_searched_again() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    for path in [PRODUCTS, SEARCH, SUGGEST] {
        let first = shop.get(path).send().await.expect(200);
        assert_eq!(first.header("cache-control"), "public, max-age=5, stale-while-revalidate=5", "{path}");
        assert_eq!(first.header("vary"), "authorization");
        shop.table.network.take_calls();
        let again = shop.get(path).header("if-none-match", first.header("etag")).send().await.expect(304);
        assert_eq!((again.text.as_str(), again.header("etag")), ("", first.header("etag")), "{path}");
        let calls = shop.table.network.take_calls();
        assert_eq!(calls.iter().map(|call| call.operation.as_str()).collect::<Vec<_>>(), ["Query"], "{path}");
    }
    let tag = async |query: &str| search(&shop, query).await.header("etag").to_owned();
    assert_ne!(tag("q=shirt").await, tag("q=other").await);
    assert_ne!(tag("limit=1").await, tag("limit=2").await);
    let before = tag("q=shirt").await;
    change(&shop, Method::PATCH, &made, &json!({ "description": "New." }), &staff).send().await.expect(200);
    let again = shop.get(&format!("{SEARCH}?q=shirt")).header("if-none-match", &before).send().await.expect(200);
    assert_ne!(again.header("etag"), before);
    for path in [PRODUCTS, SEARCH] {
        let seen = shop.get(path).by(&staff).send().await.expect(200);
        assert_eq!((seen.header("cache-control"), seen.header("etag")), ("no-store", ""), "{path}");
        let seen = shop.get(path).by(&staff).header("if-none-match", "*").send().await;
        seen.expect(200);
    }
}

#[tokio::test]
async fn a_list_takes_one_query_of_the_table_and_the_names_one_more_each_half_minute() {
    let (shop, staff) = staffed().await;
    let brand = shop.post("/api/v1/brands", &json!({ "name": "Acme" })).by(&staff).send().await.expect(201);
    plain(&shop, &staff, "Shirt", json!({ "brandId": brand.data()["id"] })).await;
    search(&shop, "").await;
    let calls = async |query: &str| {
        shop.table.network.take_calls();
        search(&shop, query).await;
        shop.table.network.take_calls().len()
    };
    assert_eq!(calls("q=shirt").await, 1);
    assert_eq!(calls("brand=acme").await, 1);
    shop.later(products::TERM_AGE);
    assert_eq!(calls("brand=acme").await, 3, "the index, categories and brands");
    assert_eq!(calls("brand=acme").await, 1);
}

#[tokio::test]
async fn head_and_other_methods_are_answered_by_the_function_that_has_the_path() {
    let shop = Shop::open().await;
    for path in ALL {
        let get = shop.get(path).send().await.expect(200);
        let head = shop.request(Method::HEAD, path).send().await.expect(200);
        assert_eq!((head.text.as_str(), head.header("etag")), ("", get.header("etag")), "{path}");
    }
    for (path, allowed) in
        [(PRODUCTS, "GET,HEAD,POST"), (SEARCH, "GET,HEAD"), (SUGGEST, "GET,HEAD"), (HOME, "GET,HEAD")]
    {
        for method in [Method::PATCH, Method::DELETE, Method::PUT] {
            let refused = shop.request(method, path).send().await.expect_problem(405, "method_not_allowed");
            let mut methods: Vec<&str> = refused.header("allow").split(',').collect();
            methods.sort_unstable();
            assert_eq!(methods.join(","), allowed, "{path}");
        }
    }
    shop.request(Method::POST, PRODUCTS).send().await.expect_problem(401, "unauthenticated");
    shop.request(Method::POST, SEARCH).send().await.expect_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_product_cannot_take_the_name_of_search_but_one_that_has_it_is_shown_by_its_id() {
    let (shop, staff) = staffed().await;
    for body in [
        json!({ "name": "Search", "sku": "A", "price": { "amount": 1, "currency": "usd" } }),
        json!({ "name": "Lamp", "slug": "suggest", "sku": "A", "price": { "amount": 1, "currency": "usd" } }),
    ] {
        let refused = shop.post(PRODUCTS, &body).by(&staff).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), ["slug"]);
    }
    let made = make(&shop, &staff, &shirt("A")).await;
    let refused = change(&shop, Method::PATCH, &made, &json!({ "slug": "search" }), &staff).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["slug"]);
}
