//! Sitemaps, product feeds and `robots.txt`.

use std::collections::BTreeSet;

use axum::http::Method;
use harness::interruptions::Outcome;
use harness::products::{in_sizes, make, path, shirt, size, staffed, usd};
use harness::shop::{Person, Shop};
use indexing::Language;
use serde_json::{Value, json};
use sitemap::{Config, Limits, Sitemap};
use xmlparser::{ElementEnd, Token, Tokenizer};

fn sitemap(shop: &Shop, limits: Limits) -> Sitemap {
    let config = Config {
        table: "kontor".to_owned(),
        bucket: "files".to_owned(),
        pages_bucket: "pages".to_owned(),
        language: Language::English,
        shop_name: "Kontor & Sons".to_owned(),
        shop_url: "https://shop.test".to_owned(),
        images_url: "https://images.test".to_owned(),
        limits,
    };
    let store = shop.table.store_of("sitemap");
    let index = shop.index.live(&store);
    Sitemap::new(&config, store, index, shop.index.bucket.client(), shop.clock.clone())
}

async fn write(shop: &Shop, limits: Limits) {
    shop.index.publish_all().await;
    sitemap(shop, limits).run().await.unwrap();
}

/// The names of the files, without those of the index.
fn names(shop: &Shop) -> Vec<String> {
    shop.index.bucket.files().into_keys().filter(|name| !name.starts_with("search/")).collect()
}

/// A file, whose elements all have an end.
fn file(shop: &Shop, name: &str) -> String {
    let text = String::from_utf8(shop.index.bucket.files()[name].clone()).unwrap();
    let mut open = Vec::new();
    for token in Tokenizer::from(text.as_str()) {
        match token.unwrap() {
            Token::ElementStart { prefix, local, .. } => open.push((prefix.as_str(), local.as_str())),
            Token::ElementEnd { end: ElementEnd::Close(prefix, local), .. } => {
                assert_eq!(open.pop(), Some((prefix.as_str(), local.as_str())), "{text}");
            }
            Token::ElementEnd { end: ElementEnd::Empty, .. } => _ = open.pop(),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?}");
    text
}

/// The texts of all elements with this name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&start).skip(1).map(|rest| rest.split(&end).next().unwrap().to_owned()).collect()
}

async fn with_status(shop: &Shop, staff: &Person, sku: &str, status: &str) -> Value {
    let mut body = shirt(sku);
    body["status"] = json!(status);
    make(shop, staff, &body).await
}

#[tokio::test]
async fn every_product_on_sale_is_named_once_and_what_is_not_on_sale_never() {
    let (shop, staff) = staffed().await;
    for (name, active) in [("Lamps", true), ("Secrets", false)] {
        let body = json!({ "name": name, "active": active });
        shop.post("/api/v1/categories", &body).by(&staff).send().await.expect(201);
    }
    for n in 0..120 {
        with_status(&shop, &staff, &format!("A{n:03}"), "active").await;
    }
    with_status(&shop, &staff, "B", "draft").await;
    with_status(&shop, &staff, "C", "archived").await;
    let deleted = with_status(&shop, &staff, "D", "active").await;
    shop.request(Method::DELETE, &path(&deleted)).by(&staff).send().await.expect(200);
    write(&shop, Limits::default()).await;
    let expected = ["feeds/google.xml", "robots.txt", "sitemap-lists-1.xml", "sitemap-products-1.xml", "sitemap.xml"];
    assert_eq!(names(&shop), expected);
    let products = file(&shop, "sitemap-products-1.xml");
    let addresses: Vec<String> = (0..120).rev().map(|n| format!("https://shop.test/products/shirt-a{n:03}")).collect();
    assert_eq!(texts(&products, "loc"), addresses);
    assert_eq!(texts(&products, "lastmod"), vec!["2026-11-20T10:00:00.000Z"; 120]);
    let feed = file(&shop, "feeds/google.xml");
    assert_eq!(texts(&feed, "g:id"), (0..120).rev().map(|n| format!("A{n:03}")).collect::<Vec<_>>());
    let lists = texts(&file(&shop, "sitemap-lists-1.xml"), "loc");
    assert_eq!(lists, ["/", "/search", "/categories/lamps"].map(|path| format!("https://shop.test{path}")));
    let index = texts(&file(&shop, "sitemap.xml"), "loc");
    assert_eq!(index, ["https://shop.test/sitemap-lists-1.xml", "https://shop.test/sitemap-products-1.xml"]);
    let robots = String::from_utf8(shop.index.bucket.files()["robots.txt"].clone()).unwrap();
    assert!(robots.contains("Sitemap: https://shop.test/sitemap.xml"));
}

#[tokio::test]
async fn an_item_of_the_feed_says_what_a_catalogue_needs_of_a_variant() {
    let (shop, staff) = staffed().await;
    let brand = shop.post("/api/v1/brands", &json!({ "name": "Nord & <Sons>" })).by(&staff).send().await.expect(201);
    let top = shop.post("/api/v1/categories", &json!({ "name": "Clothing" })).by(&staff).send().await.expect(201);
    let shirts = json!({ "name": "Shirts", "parentId": top.data()["id"] });
    let shirts = shop.post("/api/v1/categories", &shirts).by(&staff).send().await.expect(201);
    let mut body = in_sizes(
        "]]>&",
        &[
            size(1, &[("sku", json!("TEE-1")), ("compareAtPrice", usd(2500)), ("weightGrams", json!(200))]),
            size(
                2,
                &[("sku", json!("TEE-2")), ("stock", json!(0)), ("metadata", json!({ "public.gtin": "96385074" }))],
            ),
        ],
    );
    body["slug"] = json!("tee");
    body["description"] = json!("</g:description>\nSoft.");
    body["brandId"] = brand.data()["id"].clone();
    body["categoryIds"] = json!([shirts.data()["id"]]);
    let made = make(&shop, &staff, &body).await;
    write(&shop, Limits::default()).await;
    let feed = file(&shop, "feeds/google.xml");
    let items = texts(&feed, "item");
    assert_eq!(items.len(), 2);
    let of = |item: &str, name: &str| texts(item, name).concat();
    for (name, first, second) in [
        ("g:id", "TEE-1", "TEE-2"),
        ("g:title", "Sized ]]&gt;&amp; – 1", "Sized ]]&gt;&amp; – 2"),
        ("g:description", "&lt;/g:description&gt;\nSoft.", "&lt;/g:description&gt;\nSoft."),
        ("g:link", "https://shop.test/products/tee?sku=TEE-1", "https://shop.test/products/tee?sku=TEE-2"),
        ("g:price", "25.00 USD", "19.99 USD"),
        ("g:sale_price", "19.99 USD", ""),
        ("g:availability", "in_stock", "out_of_stock"),
        ("g:brand", "Nord &amp; &lt;Sons&gt;", "Nord &amp; &lt;Sons&gt;"),
        ("g:condition", "new", "new"),
        ("g:gtin", "", "96385074"),
        ("g:identifier_exists", "no", ""),
        ("g:product_type", "Clothing &gt; Shirts", "Clothing &gt; Shirts"),
        ("g:shipping_weight", "200 g", ""),
        ("g:size", "1", "2"),
    ] {
        assert_eq!((of(&items[0], name).as_str(), of(&items[1], name).as_str()), (first, second), "{name}");
    }
    let groups: BTreeSet<String> = items.iter().map(|item| of(item, "g:item_group_id")).collect();
    assert_eq!(groups, BTreeSet::from([made["id"].as_str().unwrap().to_owned()]));
    // What is sold before it is there has a day, or cannot be named.
    let terms =
        json!({ "backorder": { "mode": "preorder", "limit": 5, "availableFrom": "2026-12-24" }, "reason": "new" });
    let set = shop.request(Method::PUT, "/api/v1/inventory/TEE-2").json(&terms).by(&staff);
    set.header("if-match", "*").send().await.expect(200);
    write(&shop, Limits::default()).await;
    let items = texts(&file(&shop, "feeds/google.xml"), "item");
    assert_eq!(of(&items[1], "g:availability"), "preorder");
    assert_eq!(of(&items[1], "g:availability_date"), "2026-12-24T00:00+0000");
}

#[tokio::test]
async fn what_is_too_long_for_one_file_has_several_and_what_is_left_of_more_is_removed() {
    let (shop, staff) = staffed().await;
    let mut products = Vec::new();
    for n in 0..5 {
        products.push(with_status(&shop, &staff, &format!("A{n}"), "active").await);
    }
    let limits = Limits { entries: 2, ..Limits::default() };
    write(&shop, limits).await;
    let parts = |kind: &str| -> Vec<usize> {
        let files = names(&shop).into_iter().filter(|name| name.contains(kind));
        files.map(|name| texts(&file(&shop, &name), if kind == "google" { "g:id" } else { "loc" }).len()).collect()
    };
    assert_eq!((parts("google"), parts("products")), (vec![2, 1, 2], vec![2, 2, 1]), "google-2, google-3, google");
    assert_eq!(texts(&file(&shop, "sitemap.xml"), "loc").len(), 4);
    for product in &products[..4] {
        shop.request(Method::DELETE, &path(product)).by(&staff).send().await.expect(200);
    }
    write(&shop, limits).await;
    assert_eq!((parts("google"), parts("products")), (vec![1], vec![1]));
    assert_eq!(texts(&file(&shop, "sitemap.xml"), "loc").len(), 2);
    // A file has at least one entry, however long it is.
    write(&shop, Limits { entries: 100, bytes: 10 }).await;
    assert_eq!((parts("google"), parts("products")), (vec![1], vec![1]));
}

#[tokio::test]
async fn a_shop_without_an_index_keeps_its_files_and_one_without_products_has_empty_ones() {
    let (shop, staff) = staffed().await;
    shop.index.bucket.put("feeds/google.xml", b"<old/>".to_vec());
    sitemap(&shop, Limits::default()).run().await.unwrap();
    assert_eq!(names(&shop), ["feeds/google.xml", "robots.txt"]);
    assert_eq!(file(&shop, "feeds/google.xml"), "<old/>");
    with_status(&shop, &staff, "B", "draft").await;
    write(&shop, Limits::default()).await;
    assert!(texts(&file(&shop, "feeds/google.xml"), "item").is_empty());
    assert_eq!(texts(&file(&shop, "feeds/google.xml"), "title"), ["Kontor &amp; Sons"]);
    assert!(texts(&file(&shop, "sitemap-products-1.xml"), "loc").is_empty());
}

#[tokio::test]
async fn a_run_that_stops_anywhere_leaves_whole_files_and_the_next_one_completes_them() {
    let (shop, staff) = staffed().await;
    with_status(&shop, &staff, "A", "active").await;
    write(&shop, Limits::default()).await;
    let before = names(&shop);
    with_status(&shop, &staff, "B", "active").await;
    shop.index.publish_all().await;
    let mut points = 0;
    loop {
        let run = sitemap(&shop, Limits::default());
        let outcome = Box::pin(shop.table.network.interruptions.lose_call_at(points, run.run())).await;
        for name in names(&shop).iter().filter(|name| name.contains(".xml")) {
            file(&shop, name);
        }
        assert_eq!(names(&shop), before);
        if matches!(outcome, Outcome::NotReached) {
            break;
        }
        points += 1;
    }
    assert!(points > 10, "{points}");
    assert_eq!(texts(&file(&shop, "feeds/google.xml"), "g:id"), ["B", "A"]);
}
