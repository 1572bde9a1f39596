//! Importing products with their pictures, and counts of stock.

use std::io::Cursor;

use domain::access::Role;
use domain::slug::Slug;
use harness::fake_service::{FakeService, Reply};
use harness::network::Fault;
use harness::shop::Shop;
use image::{DynamicImage, ImageFormat};
use ops::import::{FetchRules, Progress};
use serde_json::{Value, json};

use super::support::{counts, example, faults, file, import, import_examples, importer, importer_with};

async fn read(shop: &Shop, slug: &str) -> Value {
    shop.get(&format!("/api/v1/products/{slug}")).send().await.expect(200).data().clone()
}

#[tokio::test]
async fn imported_products_are_on_sale_with_their_variants_stock_brand_and_categories() {
    let shop = Shop::open().await;
    import_examples(&shop, "Products").await;
    let shirt = read(&shop, "linen-shirt").await;
    assert_eq!((&shirt["name"], &shirt["attributes"]["Material"]), (&json!("Linen shirt"), &json!("Linen")));
    assert_eq!(shirt["variants"].as_array().unwrap().len(), 2);
    assert_eq!(shirt["variants"][0]["price"]["amount"], 4900);
    let level = shop.store().stock_level(&domain::sku::Sku::parse("SHIRT-S").unwrap()).await.unwrap().unwrap();
    assert_eq!(level.available, 12);
    let categories = shop.get("/api/v1/categories").send().await.expect(200);
    assert!(categories.text.contains("\"shirts\"") && categories.text.contains("\"summer\""), "{}", categories.text);
    let brands = shop.get("/api/v1/brands").send().await.expect(200);
    assert!(brands.text.contains("Alder & Ash") && brands.text.contains("Brightwell"));
    assert_eq!(read(&shop, "teapot").await["name"], "Teapot");
}

#[tokio::test]
async fn products_are_imported_once_and_changes_of_staff_stay() {
    let shop = Shop::open().await;
    import_examples(&shop, "Products").await;
    let staff = shop.staff("staff@example.com", Role::Admin).await;
    let id = read(&shop, "teapot").await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/products/{id}");
    let etag = shop.get(&path).send().await.header("etag").to_owned();
    let edit = shop.request(axum::http::Method::PATCH, &path).json(&json!({ "name": "Large teapot" }));
    edit.header("if-match", &etag).by(&staff).send().await.expect(200);
    let before = shop.table.items_under("PRODUCT#");
    for (format, ending, records) in [("csv", "csv", 1), ("json", "jsonl", 1)] {
        let report = import(&shop, "products", ending, &example("Products", format)).await;
        assert_eq!(counts(&report), [0, records, 0]);
    }
    assert_eq!(shop.table.items_under("PRODUCT#"), before);
}

#[tokio::test]
async fn the_fault_of_a_variant_names_its_line_and_leaves_the_product_out() {
    let shop = Shop::open().await;
    import_examples(&shop, "Products").await;
    let text = "slug,sku,name,options,price,stock,status\n\
        good,GOOD,Good,,5.00,3,active\n\
        bad,BAD-1,Bad,Size=S,5.00,,\n\
        bad,BAD-2,,Size=M,five,,\n\
        other,TEAPOT,Other,,5.00,,\n\
        teapot,ELSE,Else,,5.00,,\n\
        twice,TWICE,Twice,,5.00,many,\n";
    let report = import(&shop, "products", "csv", text).await;
    assert_eq!(report.new, 1);
    assert_eq!(faults(&report), [(4, "price"), (5, "sku"), (6, "slug"), (7, "stock")]);
    assert!(shop.store().product_id_of(&Slug::parse("bad").unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_product_beside_a_line_that_cannot_be_read_is_not_imported_in_part() {
    let shop = Shop::open().await;
    let text = "slug,sku,name,options,price\n\
        one,ONE,One,,5.00\n\
        two,TWO-S,Two,Size=S,5.00\n\
        two,TWO-M,Size=M\n\
        two,TWO-L,,Size=L,5.00\n\
        three,THREE,Three,,5.00\n";
    let report = import(&shop, "products", "csv", text).await;
    assert_eq!(report.new, 2, "{}", report.text());
    assert_eq!(faults(&report), [(3, ""), (4, "")]);
    let whole = text.replace("TWO-M,Size=M", "TWO-M,,Size=M,5.00");
    assert_eq!(counts(&import(&shop, "products", "csv", &whole).await), [1, 2, 0]);
}

#[tokio::test]
async fn a_dry_run_of_products_makes_no_brand_and_finds_the_same_faults() {
    let shop = Shop::open().await;
    import_examples(&shop, "Products").await;
    let before = shop.table.items();
    let text = "slug,sku,name,brand,categories,price\na,A,A,New brand,New > Category,1.00\nb,TEAPOT,B,,,1.00\n";
    let mut dry = importer(&shop);
    dry.is_dry_run = true;
    let report = dry.import("products", &file("csv", text), Progress::Nowhere).await.unwrap();
    assert_eq!(counts(&report), [1, 0, 1]);
    assert_eq!(faults(&report), [(3, "sku")]);
    assert_eq!(shop.table.items(), before);
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(4, 4).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A server on this machine with a picture, a page, and a redirect to the picture.
async fn server() -> String {
    use axum::response::Redirect;
    use axum::routing::get;
    let router = axum::Router::new()
        .route("/a.png", get(|| async { png() }))
        .route("/b.png", get(|| async { png() }))
        .route("/moved", get(|| async { Redirect::temporary("/a.png") }))
        .route("/page", get(|| async { "<html></html>" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    url
}

#[tokio::test]
async fn pictures_become_uploads_once_and_those_that_fail_are_reported() {
    let (shop, url) = (Shop::open().await, server().await);
    let text = format!(
        "slug,sku,name,price,images,image_alts\n\
         mug,MUG,Mug,5.00,{url}/a.png|{url}/moved|{url}/page|{url}/none|{url}/b.png,Front|Side\n"
    );
    let bucket = FakeService::new(|_| Reply::Answer(200, String::new()));
    let rules = FetchRules { allow_http: true, allow_private: true };
    let path = file("csv", &text);
    for uploads in [3, 6] {
        let report = importer_with(&shop, &bucket, rules).import("products", &path, Progress::Nowhere).await.unwrap();
        let reasons: Vec<&str> = report.shown.iter().map(|bad| bad.message.rsplit(": ").next().unwrap()).collect();
        assert_eq!(reasons, ["The file is not a JPEG, PNG or WebP picture.", "was answered with 404"]);
        let records = shop.table.items_under("UPLOAD#");
        assert_eq!(records.len(), 3);
        // A file whose upload nobody has processed yet is given to the bucket again.
        assert_eq!(bucket.requests().len(), uploads);
    }
    let records: Vec<Value> = shop.table.items_under("UPLOAD#").into_values().collect();
    let alts: Vec<&Value> = records.iter().map(|record| &record["purpose"]["alt"]).collect();
    assert_eq!(alts, ["Front", "Side", "Mug"], "ids sort in the order of the pictures");
}

#[tokio::test]
async fn pictures_of_private_networks_and_without_tls_are_not_fetched() {
    let (shop, url) = (Shop::open().await, server().await);
    let tls = url.replace("http:", "https:");
    let text =
        format!("slug,sku,name,price,images\nmug,MUG,Mug,5.00,{url}/a.png|{tls}/a.png|https://localhost/a.png\n");
    let report = import(&shop, "products", "csv", &text).await;
    let reasons: Vec<&str> = report.shown.iter().map(|bad| bad.message.rsplit(": ").next().unwrap()).collect();
    assert_eq!(
        reasons,
        ["must be an https address, without a user name", "is in a private network", "cannot be reached"]
    );
    assert_eq!(report.new, 1);
    assert!(shop.table.items_under("UPLOAD#").is_empty());
}

#[tokio::test]
async fn a_count_of_stock_is_applied_once_without_a_mail_and_another_count_again() {
    let shop = Shop::open().await;
    import_examples(&shop, "Products").await;
    import_examples(&shop, "Stock").await;
    let sku = domain::sku::Sku::parse("SHIRT-S").unwrap();
    let level = async || shop.store().stock_level(&sku).await.unwrap().unwrap();
    assert_eq!((level().await.available, level().await.threshold), (10, 3));
    let other = "sku,on_hand,reason\nSHIRT-S,2,second count\nSHIRT-S,99,second count\nNONE,1,\n";
    assert_eq!(counts(&import(&shop, "stock", "csv", other).await), [1, 1, 1]);
    assert_eq!(counts(&import(&shop, "stock", "csv", &example("Stock", "csv")).await), [0, 2, 0]);
    assert!([2, 99].contains(&level().await.available));
    let events = shop.table.events();
    assert!(events.iter().all(|event| event["type"] == "product.changed"), "{events:?}");
}

#[tokio::test]
async fn products_that_are_interrupted_at_any_call_are_complete_after_they_are_repeated() {
    let text = example("Products", "csv");
    for (at, fault) in (0..10).flat_map(|at| [(at, Fault::Before), (at, Fault::After)]) {
        let shop = Shop::open().await;
        let path = file("csv", &text);
        shop.table.network.fail_any(at, fault, 1_000);
        let _ = importer(&shop).import("products", &path, Progress::Nowhere).await;
        shop.table.network.heal();
        let report = importer(&shop).import("products", &path, Progress::Nowhere).await.unwrap();
        assert_eq!(report.bad, 0, "interrupted at call {at}, {fault:?}: {}", report.text());
        assert_eq!(shop.table.items_under("PRODUCT#").len(), 1);
        let stock = shop.table.items_under("STOCK#");
        assert_eq!(stock.keys().filter(|key| key.ends_with(" / STOCK")).count(), 2);
    }
}
