//! Invalid products: each wrong field is named, and nothing changes.

use axum::http::Method;
use harness::products::{PRODUCTS, in_sizes, make, path, shirt, size, sized, staffed, usd};
use serde_json::{Value, json};

#[tokio::test]
async fn each_invalid_field_is_named() {
    let (shop, staff) = staffed().await;
    let with = |field: &str, value: Value| {
        let mut body = shirt("A");
        body[field] = value;
        body
    };
    let variant = |field: &str, value: Value| {
        let first = size(0, &[("sku", json!("A-0"))]);
        in_sizes("A", &[first, size(1, &[("sku", json!("A-1")), (field, value)])])
    };
    let before = shop.table.items();
    for (body, field) in [
        (with("price", usd(-1)), "price"),
        (with("price", usd(i64::MAX)), "price"),
        (with("price", json!({ "amount": 1e30, "currency": "usd" })), "price.amount"),
        (with("price", json!({ "amount": 19.99, "currency": "usd" })), "price.amount"),
        (with("price", json!({ "amount": 1, "currency": "eur" })), "price"),
        (with("price", json!({ "amount": 1, "currency": "€" })), "price.currency"),
        (with("price", json!([1, "usd"])), "price"),
        (with("price", Value::Null), "price"),
        (with("compareAtPrice", usd(1999)), "compareAtPrice"),
        (with("sku", json!("a b")), "sku"),
        (with("sku", json!("../x")), "sku"),
        (with("slug", json!("🎉")), "slug"),
        (with("slug", json!("Not A Slug")), "slug"),
        (with("name", json!("!!!")), "slug"),
        (with("name", json!("")), "name"),
        (with("name", json!("x".repeat(201))), "name"),
        (with("description", json!("x".repeat(10_001))), "description"),
        (with("description", json!("a\u{0}b")), "description"),
        (with("status", json!("gone")), "status"),
        (with("brandId", json!("brd_1")), "brandId"),
        (with("brandId", json!("brd_01M7W6C3804Q9PV3Y1B8S4HJET")), "brandId"),
        (with("categoryIds", json!(["../x"])), "categoryIds[0]"),
        (with("categoryIds", json!(["cat_01M7W6C3804Q9PV3Y1B8S4HJET"])), "categoryIds[0]"),
        (with("attributes", json!({ "": "x" })), "attributes."),
        (with("attributes", json!({ "x": 7 })), "attributes.x"),
        (with("stock", json!(-1)), "stock"),
        (with("stock", json!(2_000_000_000_i64)), "stock"),
        (with("variants", json!([])), "sku"),
        (with("images", json!([])), "images"),
        (variant("sku", json!("A-0")), "variants[1].sku"),
        (variant("price", usd(-5)), "variants[1].price"),
        (variant("options", json!({ "Size": "0" })), "variants[1].options"),
        (variant("options", json!({ "Colour": "red" })), "variants[1].options"),
        (variant("id", json!("var_01M7W6C3804Q9PV3Y1B8S4HJET")), "variants[1].id"),
        (variant("weight", json!(7)), "variants[1].weight"),
    ] {
        let answer = shop.post(PRODUCTS, &body).by(&staff).send().await.expect_problem(400, "validation_failed");
        assert_eq!(answer.fields().first(), Some(&field), "{}", answer.text);
    }
    assert_eq!(shop.table.items(), before);
}

#[tokio::test]
async fn a_description_of_400_kilobytes_is_refused_before_it_is_read() {
    let (shop, staff) = staffed().await;
    let mut body = shirt("A");
    body["description"] = json!("x".repeat(400_000));
    shop.post(PRODUCTS, &body).by(&staff).send().await.expect_problem(413, "body_too_large");
}

#[tokio::test]
async fn a_patch_that_does_not_fit_the_product_is_refused() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &sized("A", 2)).await;
    let patch = |body: &Value| shop.request(Method::PATCH, &path(&made)).json(body).by(&staff).send();
    for (body, field) in [
        (json!({ "price": usd(1) }), "price"),
        (json!({ "sku": "B" }), "sku"),
        (json!({ "options": [] }), "variants"),
        (json!({ "options": ["Size", "Size"] }), "options"),
        (json!({ "stock": 7 }), "stock"),
        (json!({ "slug": null, "name": 7 }), "name"),
        (json!({ "variants": [] }), "variants"),
    ] {
        let answer = patch(&body).await.expect_problem(400, "validation_failed");
        assert_eq!(answer.fields().first(), Some(&field), "{body}: {}", answer.text);
    }
    let missing = shop.request(Method::PATCH, &format!("{PRODUCTS}/no-such")).json(&json!({})).by(&staff);
    missing.send().await.expect_problem(404, "product_not_found");
}
