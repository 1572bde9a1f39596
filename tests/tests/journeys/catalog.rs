//! Staff add products, pictures and stock; customers see them and wait for stock.

use std::io::Cursor;

use axum::http::Method;
use harness::cloud::Cloud;
use harness::shop::Person;
use image::{ImageFormat, RgbImage};
use serde_json::{Value, json};

use crate::fixtures::{path, product, register_verified, staff};

async fn uploaded(cloud: &Cloud, staff: &Person, ask: &Value, file: &[u8]) -> Value {
    let form = cloud.post("/api/v1/uploads", Some(&staff.access), ask).await.expect(201);
    cloud.upload(form.data(), file).await.expect(201);
    let path = format!("/api/v1/uploads/{}", form.data()["id"].as_str().unwrap());
    let done = async |cloud: &Cloud| {
        let upload = cloud.get(&path, Some(&staff.access)).await.expect(200);
        let state = upload.data()["state"].as_str().unwrap();
        (!["waiting", "running"].contains(&state)).then(|| upload.data().clone())
    };
    cloud.until("the end of an upload", done).await
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::new(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn picture_of(product: &Value) -> Value {
    json!({ "for": "picture", "productId": product["id"], "contentType": "image/png", "alt": "A picture" })
}

async fn urls(cloud: &Cloud, staff: &Person, product: &Value) -> Vec<String> {
    let now = cloud.get(&path(product), Some(&staff.access)).await.expect(200);
    let images = now.data()["images"].as_array().unwrap().clone();
    let urls = images.iter().flat_map(|image| image["urls"].as_object().unwrap().values());
    urls.map(|url| url.as_str().unwrap().to_owned()).collect()
}

/// Waits until all of these files exist, or none of them.
async fn are_there(cloud: &Cloud, urls: &[String], there: bool) {
    let settled = async |cloud: &Cloud| {
        for url in urls {
            let got = cloud.fetch(Method::GET, url, &[], None).await;
            if got.status.is_success() != there {
                return None;
            }
        }
        Some(())
    };
    cloud.until(&format!("files that exist: {there}"), settled).await;
}

#[tokio::test]
async fn a_picture_is_uploaded_removed_hidden_and_restored_with_its_product() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "pictures@example.com").await;
    let product = product(&cloud, &staff, "JOURNEY-PICTURES", 7).await;
    let mut uploads = Vec::new();
    for edge in [2_000, 300] {
        let done = uploaded(&cloud, &staff, &picture_of(&product), &png(edge, edge)).await;
        assert_eq!(done["state"], "shown");
        uploads.push(done);
    }
    let both = urls(&cloud, &staff, &product).await;
    assert_eq!(both.len(), 6);
    are_there(&cloud, &both, true).await;
    // A page of any origin may read it, such as a canvas, or a cache of the storefront.
    let elsewhere = [("origin", "https://elsewhere.example".to_owned())];
    for method in [Method::GET, Method::HEAD] {
        let got = cloud.fetch(method, &both[0], &elsewhere, None).await.expect(200);
        assert_eq!(got.header("access-control-allow-origin"), "*");
    }
    // The uploaded original can be read by nobody.
    for upload in &uploads {
        let inbox =
            format!("{}/kontor-files-000000000000/inbox/pictures/{}", cloud.url, upload["id"].as_str().unwrap());
        let got = cloud.fetch(Method::GET, &inbox, &[], None).await;
        assert!(!got.status.is_success());
    }
    let first = uploads[0]["imageId"].as_str().unwrap();
    let remove = format!("{}/images/{first}", path(&product));
    cloud.request(Method::DELETE, &remove, Some(&staff.access), None).await.expect(200);
    are_there(&cloud, &both[..3], false).await;
    let left = urls(&cloud, &staff, &product).await;
    assert_eq!(left, &both[3..]);
    cloud.request(Method::DELETE, &path(&product), Some(&staff.access), None).await.expect(200);
    are_there(&cloud, &left, false).await;
    let restore = format!("{}/restore", path(&product));
    cloud.request(Method::POST, &restore, Some(&staff.access), None).await.expect(200);
    are_there(&cloud, &left, true).await;
}

#[tokio::test]
async fn a_category_has_its_picture_until_it_is_removed() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "terms@example.com").await;
    let by = Some(staff.access.as_str());
    let made = cloud.post("/api/v1/categories", by, &json!({ "name": "Journey picture" })).await.expect(201);
    let id = made.data()["id"].as_str().unwrap().to_owned();
    let picture = json!({ "for": "picture", "categoryId": id, "contentType": "image/png", "alt": "Shirts" });
    let done = uploaded(&cloud, &staff, &picture, &png(300, 300)).await;
    assert_eq!(done["state"], "shown");
    let path = format!("/api/v1/categories/{id}");
    let shown = cloud.get(&path, by).await.expect(200);
    let urls: Vec<String> = (shown.data()["image"]["urls"].as_object().unwrap().values())
        .map(|url| url.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(urls.len(), 3);
    are_there(&cloud, &urls, true).await;
    cloud.request(Method::DELETE, &format!("{path}/image"), by, None).await.expect(200);
    are_there(&cloud, &urls, false).await;
}

#[tokio::test]
async fn a_file_that_is_no_picture_is_refused_with_the_reason() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "refused@example.com").await;
    let product = product(&cloud, &staff, "JOURNEY-REFUSED", 7).await;
    let polyglot = [png(8, 8), b"<script>alert(1)</script>".to_vec()].concat();
    let cut = png(64, 64)[..60].to_vec();
    for (file, code) in [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "not_a_picture"),
        (b"\xff\xd8\xff\xe0 a JPEG, it says".to_vec(), "other_type"),
        (polyglot, "more_than_a_picture"),
        (cut, "broken_picture"),
    ] {
        let done = uploaded(&cloud, &staff, &picture_of(&product), &file).await;
        assert_eq!((&done["state"], &done["refusal"]["code"]), (&json!("refused"), &json!(code)));
    }
    assert!(urls(&cloud, &staff, &product).await.is_empty());
}

#[tokio::test]
async fn an_import_creates_products_reports_bad_lines_and_changes_nothing_the_second_time() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "imports@example.com").await;
    let brand = json!({ "name": "Import Brand" });
    cloud.post("/api/v1/brands", Some(&staff.access), &brand).await.expect(201);
    let mut csv = "slug,sku,name,price,status,brand,options,attributes\n".to_owned();
    for n in 0..300 {
        for size in ["S", "M"] {
            let line = format!(
                "import-{n},IMPORT-{n}-{size},\"Import, {n}\",19.99,active,import-brand,Size={size},Made in=Lisbon\n"
            );
            csv.push_str(&line);
        }
    }
    csv.push_str("import-bad,IMPORT-BAD,Bad,-5,active,,,\n");
    csv.push_str("import-bad-2,IMPORT-BAD-2,Bad,5,active,no-such-brand,,\n");
    csv.push_str("Not A Slug,IMPORT-BAD-3,Bad,5,active,,,\n");
    csv.push_str("import-taken,IMPORT-0-S,Taken,5,active,,,\n");
    let products = json!({ "for": "products" });
    let first = uploaded(&cloud, &staff, &products, csv.as_bytes()).await;
    let lines = |upload: &Value| {
        let lines = &upload["lines"];
        ["total", "changed", "unchanged", "bad"].map(|name| lines[name].as_u64().unwrap())
    };
    assert_eq!((first["state"].as_str(), lines(&first)), (Some("finished"), [604, 600, 0, 4]));
    assert!(first["lines"]["parts"].as_u64().unwrap() > 2);
    let bad = format!("/api/v1/uploads/{}/bad-lines", first["id"].as_str().unwrap());
    let bad = cloud.get(&bad, Some(&staff.access)).await.expect(200);
    let bad: Vec<(u64, String)> = bad
        .data()
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| (bad["line"].as_u64().unwrap(), bad["column"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [(602, "price"), (603, "brand"), (604, "slug"), (605, "sku")];
    assert_eq!(bad, expected.map(|(line, column)| (line, column.to_owned())));
    let made = cloud.get("/api/v1/products/import-7", None).await.expect(200);
    assert_eq!((&made.data()["name"], &made.data()["price"]["amount"]), (&json!("Import, 7"), &json!(1999)));
    assert_eq!(made.data()["variants"].as_array().unwrap().len(), 2);
    let second = uploaded(&cloud, &staff, &products, csv.as_bytes()).await;
    assert_eq!(lines(&second), [604, 0, 600, 4]);

    for name in ["Import Top", "Import Other"] {
        cloud.post("/api/v1/categories", Some(&staff.access), &json!({ "name": name })).await.expect(201);
    }
    cloud.post("/api/v1/brands", Some(&staff.access), &json!({ "name": "Import Other" })).await.expect(201);
    let moves = [
        "active,import-brand,import-top",
        "active,import-other,import-other",
        "draft,import-brand,import-top",
        "archived,,",
    ];
    for moved in moves {
        let csv = format!("slug,sku,status,brand,categories\nimport-1,IMPORT-1-S,{moved}\n");
        assert_eq!(lines(&uploaded(&cloud, &staff, &products, csv.as_bytes()).await), [1, 1, 0, 0], "{moved}");
    }

    let stock = json!({ "for": "stock" });
    let counted = b"sku,on_hand,threshold\nIMPORT-0-S,40,3\nIMPORT-0-M,-1,3\nIMPORT-NO,1,1\n";
    let first = uploaded(&cloud, &staff, &stock, counted).await;
    assert_eq!(lines(&first), [3, 1, 0, 2]);
    let second = uploaded(&cloud, &staff, &stock, counted).await;
    assert_eq!(lines(&second), [3, 0, 1, 2]);
    let level = cloud.get("/api/v1/inventory/IMPORT-0-S", Some(&staff.access)).await.expect(200);
    assert_eq!(level.data()["onHand"], 40);

    let empty = uploaded(&cloud, &staff, &stock, b"sku;on_hand\nA;1\n").await;
    assert_eq!(empty["refusal"]["code"], "bad_header");
}

#[tokio::test]
async fn importing_an_export_changes_nothing() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "exports@example.com").await;
    let made = product(&cloud, &staff, "JOURNEY-EXPORT", 7).await;
    let awkward = json!({ "name": "=Awkward, \"quoted\"", "description": "Two\nlines", "attributes": { "a=b": "c|d\\e" }, "weightGrams": 250 });
    let (path, by) = (path(&made), Some(staff.access.as_str()));
    cloud.request(Method::PATCH, &path, by, Some(&awkward)).await.expect(200);
    for (of, begins) in [("products", "slug,sku,name"), ("stock", "sku,on_hand,threshold")] {
        let asked = cloud.post("/api/v1/exports", Some(&staff.access), &json!({ "of": of })).await;
        let path = format!("/api/v1/exports/{}", asked.expect(201).data()["id"].as_str().unwrap());
        let written = async |cloud: &Cloud| {
            cloud.get(&path, Some(&staff.access)).await.expect(200).data()["url"].as_str().map(str::to_owned)
        };
        let url = cloud.until("an export", written).await;
        let exported = cloud.fetch(Method::GET, &url, &[], None).await.expect(200);
        assert!(exported.text.starts_with(begins) && exported.text.contains("JOURNEY-EXPORT"));
        // Other journeys change their own products at the same time, so only the lines of this journey are imported.
        let lines = records(&exported.text);
        let own = lines.iter().find(|line| line.contains("JOURNEY-EXPORT"));
        let own = format!("{}{}", lines[0], own.unwrap());
        assert!(of == "stock" || own.contains("\"'=Awkward"), "no cell of it is a formula: {own}");
        let again = uploaded(&cloud, &staff, &json!({ "for": of }), own.as_bytes()).await;
        let counted = (&again["lines"]["unchanged"], &again["lines"]["total"]);
        assert_eq!(counted, (&json!(1), &json!(1)), "{again}");
    }
}

/// The records of a CSV file as they are written, also with quoted line ends.
fn records(csv: &str) -> Vec<String> {
    let (mut lines, mut line, mut quoted) = (Vec::new(), String::new(), false);
    for c in csv.chars() {
        line.push(c);
        quoted ^= c == '"';
        if c == '\n' && !quoted {
            lines.push(std::mem::take(&mut line));
        }
    }
    lines
}

#[tokio::test]
async fn low_stock_is_mailed_to_staff_and_new_stock_to_waiting_customers() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "stock@example.com").await;
    let product = product(&cloud, &staff, "JOURNEY-STOCK", 7).await;
    let ada = register_verified(&cloud, "waiting@example.com").await;
    let adjust = async |by: i64, key: &str| {
        let url = format!("{}/api/v1/inventory/JOURNEY-STOCK", cloud.api);
        let headers = [("authorization", format!("Bearer {}", staff.access)), ("idempotency-key", key.to_owned())];
        let body = json!({ "adjust": by, "reason": "journey" });
        cloud.fetch(Method::PATCH, &url, &headers, Some(&body)).await.expect(200)
    };
    adjust(-7, "out").await;
    let low = cloud.mail("staff@example.com", "Low stock: Journey JOURNEY-STOCK").await;
    assert!(low.text.contains("0 can still be sold"), "{}", low.text);
    let seen = cloud.get(&path(&product), None).await.expect(200);
    assert_eq!(seen.data()["stock"], "out");
    let alert = "/api/v1/stock-alerts/JOURNEY-STOCK";
    cloud.request(Method::PUT, alert, Some(&ada.access), None).await.expect(200);
    adjust(20, "back").await;
    let back = cloud.mail(&ada.email, "Journey JOURNEY-STOCK is back").await;
    assert!(back.html.contains("$19.99") && back.html.contains("unsubscribe"));
    let waits = cloud.get("/api/v1/stock-alerts", Some(&ada.access)).await.expect(200);
    assert!(waits.data().as_array().unwrap().is_empty());
}
