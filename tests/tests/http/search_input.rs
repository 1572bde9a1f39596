//! Bad queries of products: each wrong parameter is named, all at once.

use harness::products::{PRODUCTS, staffed};
use harness::shop::Shop;

use crate::search::SEARCH;

const SUGGEST: &str = "/api/v1/products/suggest";

#[tokio::test]
async fn every_bad_parameter_is_refused_by_its_name() {
    let (shop, staff) = staffed().await;
    let many =
        |part: &str, count: usize| (0..count).map(|n| part.replace('#', &n.to_string())).collect::<Vec<_>>().join("&");
    for (query, field) in [
        (format!("q={}", "x".repeat(201)), "q"),
        ("q=a&q=b".to_owned(), "q"),
        (format!("brand={}", "a,".repeat(20)), "brand"),
        ("minPrice=-1".to_owned(), "minPrice"),
        ("minPrice=1.5".to_owned(), "minPrice"),
        ("maxPrice=100000000".to_owned(), "maxPrice"),
        ("maxPrice=18446744073709551616".to_owned(), "maxPrice"),
        ("minPrice=2&maxPrice=1".to_owned(), "maxPrice"),
        ("inStock=yes".to_owned(), "inStock"),
        ("onOffer=1".to_owned(), "onOffer"),
        ("facets=".to_owned(), "facets"),
        ("rating=0".to_owned(), "rating"),
        ("rating=5.1".to_owned(), "rating"),
        ("rating=NaN".to_owned(), "rating"),
        ("attributes[]=x".to_owned(), "attributes[]"),
        ("attributes[Colour]=".to_owned(), "attributes[Colour]"),
        ("attributes[Colour".to_owned(), "attributes[Colour"),
        ("attributes=Red".to_owned(), "attributes"),
        (many("attributes[A#]=x", 11), "attributes"),
        (many("options[Size]=#", 21), "options[Size]"),
        ("sort=cheap".to_owned(), "sort"),
        ("sort=price".to_owned(), "sort"),
        ("status=gone".to_owned(), "status"),
        ("status=active,active,active,active,active".to_owned(), "status"),
        ("page=0".to_owned(), "page"),
        ("page=x".to_owned(), "page"),
        ("page=501".to_owned(), "page"),
        ("page=101&limit=100".to_owned(), "page"),
        ("limit=0".to_owned(), "limit"),
        ("limit=101".to_owned(), "limit"),
        ("cursor=".to_owned(), "cursor"),
        ("cursor=-".to_owned(), "cursor"),
        (format!("cursor={}", "A".repeat(6_001)), "cursor"),
        ("colour=red".to_owned(), "colour"),
        ("Q=red".to_owned(), "Q"),
    ] {
        for path in [PRODUCTS, SEARCH] {
            for request in [shop.get(&format!("{path}?{query}")), shop.get(&format!("{path}?{query}")).by(&staff)] {
                let refused = request.send().await.expect_problem(400, "validation_failed");
                assert_eq!(refused.fields(), [field], "{query}");
            }
        }
    }
    for good in ["page=500", "page=100&limit=100", "q=", "q=%00", "q=%ff%fe", "inStock=false", "rating=4.25"] {
        shop.get(&format!("{SEARCH}?{good}")).send().await.expect(200);
    }
}

#[tokio::test]
async fn all_faults_of_a_query_are_told_at_once() {
    let shop = Shop::open().await;
    let query = "colour=red&sort=cheap&page=0&limit=0&minPrice=x&attributes[A]=&cursor=-&size=1";
    let refused = shop.get(&format!("{SEARCH}?{query}")).send().await.expect_problem(400, "validation_failed");
    let mut fields = refused.fields();
    fields.sort_unstable();
    // `page` cannot be combined with a cursor, and is not 0.
    let told = ["attributes[A]", "colour", "cursor", "limit", "minPrice", "page", "page", "size", "sort"];
    assert_eq!(fields, told);
}

#[tokio::test]
async fn products_are_named_in_the_list_only() {
    let (shop, staff) = staffed().await;
    for (query, field) in [("ids=prd_01M7W6C3804Q9PV3Y1B8S4HJET", "ids"), ("sku=A", "sku")] {
        shop.get(&format!("{PRODUCTS}?{query}")).by(&staff).send().await.expect(200);
        let refused = shop.get(&format!("{SEARCH}?{query}")).by(&staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), [field]);
    }
}

#[tokio::test]
async fn a_filter_by_what_does_not_exist_is_404() {
    let shop = Shop::open().await;
    for path in [PRODUCTS, SEARCH] {
        for (query, code) in [
            ("category=none", "category_not_found"),
            ("category=", "category_not_found"),
            ("brand=none", "brand_not_found"),
            ("brand=none,", "brand_not_found"),
            ("brand=", "brand_not_found"),
        ] {
            shop.get(&format!("{path}?{query}")).send().await.expect_problem(404, code);
        }
    }
}

#[tokio::test]
async fn suggestions_need_one_to_200_characters() {
    let shop = Shop::open().await;
    for (query, field) in [
        (String::new(), "q"),
        ("q=".to_owned(), "q"),
        ("q=%20".to_owned(), "q"),
        (format!("q={}", "x".repeat(201)), "q"),
        ("q=a&q=b".to_owned(), "q"),
        ("q=a&limit=5".to_owned(), "limit"),
    ] {
        let refused = shop.get(&format!("{SUGGEST}?{query}")).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), [field], "{query}");
    }
    for good in ["q=%00", "q=ä", "q=%ff", "q=-"] {
        shop.get(&format!("{SUGGEST}?{good}")).send().await.expect(200);
    }
}
