//! Upload forms for browsers, and exports, as far as they need no file.

use domain::access::Role;
use harness::products::{make, shirt, staffed};
use serde_json::{Value, json};

const UPLOADS: &str = "/api/v1/uploads";

#[tokio::test]
async fn an_upload_form_is_for_one_key_and_only_its_owner_sees_the_state() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let body = json!({ "for": "picture", "productId": made["id"], "contentType": "image/png", "alt": "A shirt" });
    let form = shop.post(UPLOADS, &body).by(&staff).send().await.expect(201);
    let id = form.data()["id"].as_str().unwrap();
    assert_eq!(form.data()["fields"]["key"], format!("inbox/pictures/{id}"));
    assert_eq!(form.data()["fields"]["Content-Type"], "image/png");
    assert_eq!(form.data()["expiresAt"], "2026-11-20T10:05:00.000Z");
    assert!(!form.text.contains("secret"));
    let shown = shop.get(&format!("{UPLOADS}/{id}")).by(&staff).send().await.expect(200);
    assert_eq!(shown.data()["state"], "waiting");
    let other = shop.staff("rita@example.com", Role::Admin).await;
    for path in [format!("{UPLOADS}/{id}"), format!("{UPLOADS}/{id}/bad-lines")] {
        shop.get(&path).by(&other).send().await.expect_problem(404, "upload_not_found");
    }
    for id in ["upl_1", "..%2f..%2fpublic", "prd_01M7W6C3804Q9PV3Y1B8S4HJET"] {
        shop.get(&format!("{UPLOADS}/{id}")).by(&staff).send().await.expect_problem(404, "upload_not_found");
    }
}

#[tokio::test]
async fn an_invalid_upload_request_is_refused_with_its_fields() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let picture = |field: &str, value: Value| {
        let mut body = json!({ "for": "picture", "productId": made["id"], "contentType": "image/png" });
        body[field] = value;
        body
    };
    for (body, field) in [
        (picture("contentType", json!("image/svg+xml")), "contentType"),
        (picture("contentType", json!("text/html")), "contentType"),
        (picture("contentType", Value::Null), "contentType"),
        (picture("productId", Value::Null), "productId"),
        (picture("productId", json!("../x")), "productId"),
        (picture("alt", json!("x".repeat(201))), "alt"),
        (picture("key", json!("../public/x")), "key"),
        (picture("filename", json!("../../x.png")), "filename"),
        (picture("for", json!("avatar")), "productId"),
        (json!({ "for": "stock", "contentType": "image/png" }), "contentType"),
        (json!({ "for": "products", "alt": "x" }), "alt"),
        (json!({ "for": "nothing" }), "for"),
    ] {
        let refused = shop.post(UPLOADS, &body).by(&staff).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields().first(), Some(&field), "{}", refused.text);
    }
    let gone = picture("productId", json!("prd_01M7W6C3804Q9PV3Y1B8S4HJET"));
    shop.post(UPLOADS, &gone).by(&staff).send().await.expect_problem(404, "product_not_found");
    assert!(shop.table.items_under("UPLOAD#").is_empty());
}

#[tokio::test]
async fn an_export_is_visible_only_to_the_user_who_requested_it() {
    let (shop, staff) = staffed().await;
    let begun = shop.post("/api/v1/exports", &json!({ "of": "stock" })).by(&staff).send().await;
    let id = begun.expect(201).data()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/exports/{id}");
    let shown = shop.get(&path).by(&staff).send().await.expect(200);
    assert_eq!((&shown.data()["state"], &shown.data()["url"]), (&json!("running"), &Value::Null));
    let other = shop.staff("rita@example.com", Role::Admin).await;
    shop.get(&path).by(&other).send().await.expect_problem(404, "export_not_found");
    let events = shop.table.events();
    let asked = events.iter().filter(|event| event["exportId"] == json!(id));
    assert_eq!(asked.count(), 1);
    let bad = shop.post("/api/v1/exports", &json!({ "of": "users" })).by(&staff).send().await;
    assert_eq!(bad.expect_problem(400, "validation_failed").fields(), ["of"]);
}
