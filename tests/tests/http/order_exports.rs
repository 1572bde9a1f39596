//! Who may export orders, and of which time.

use std::time::Duration;

use domain::access::Role;
use harness::products::staffed;
use serde_json::{Value, json};

const EXPORTS: &str = "/api/v1/exports";

fn november() -> Value {
    json!({ "of": "orders", "from": "2026-11-01", "to": "2026-11-30" })
}

#[tokio::test]
async fn support_exports_orders_with_a_fresh_proof_and_nothing_else() {
    let (shop, root) = staffed().await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    let begun = shop.post(EXPORTS, &november()).by(&support).send().await.expect(201);
    let export = begun.data();
    assert_eq!((&export["of"], &export["state"], &export["url"]), (&json!("orders"), &json!("running"), &Value::Null));
    // What is placed after this moment is not in the file.
    assert_eq!((&export["from"], &export["to"]), (&json!("2026-11-01T00:00:00.000Z"), &json!(shop.now().to_string())));
    let path = format!("{EXPORTS}/{}", export["id"].as_str().unwrap());
    shop.get(&path).by(&support).send().await.expect(200);
    shop.get(&path).by(&root).send().await.expect_problem(404, "export_not_found");
    shop.get(&path).by(&ada).send().await.expect_problem(404, "export_not_found");
    for body in [json!({ "of": "products" }), json!({ "of": "stock" })] {
        shop.post(EXPORTS, &body).by(&support).send().await.expect_problem(403, "forbidden");
    }
    shop.post(EXPORTS, &november()).by(&ada).send().await.expect_problem(403, "forbidden");
    shop.post(EXPORTS, &november()).send().await.expect_problem(401, "unauthenticated");
    let entries = shop.table.items_under("AUDIT#").into_values();
    let entry = entries.into_iter().find(|entry| entry["action"] == "export.create").unwrap();
    let period = format!("orders from 2026-11-01T00:00:00.000Z, before {}", shop.now());
    assert_eq!(entry["after"], period);
}

#[tokio::test]
async fn an_export_of_orders_needs_a_proof_that_is_still_fresh() {
    let (shop, root) = staffed().await;
    let begun = shop.post(EXPORTS, &november()).by(&root).send().await.expect(201);
    let path = format!("{EXPORTS}/{}", begun.data()["id"].as_str().unwrap());
    shop.later(Duration::from_hours(12));
    let root = harness::shop::person(&shop.try_refresh(&root.refresh).await.expect(200));
    shop.post(EXPORTS, &november()).by(&root).send().await.expect_problem(403, "fresh_proof_required");
    shop.get(&path).by(&root).send().await.expect_problem(403, "fresh_proof_required");
}

#[tokio::test]
async fn a_bad_period_is_refused_with_its_field() {
    let (shop, root) = staffed().await;
    let cases = [
        (json!({ "of": "orders" }), "from"),
        (json!({ "of": "orders", "from": "2026-11-01" }), "to"),
        (json!({ "of": "orders", "from": "soon", "to": "2026-11-30" }), "from"),
        (json!({ "of": "orders", "from": "2026-11-30", "to": "2026-11-01" }), "to"),
        (json!({ "of": "orders", "from": "2025-11-01", "to": "2026-11-05" }), "to"),
        (json!({ "of": "products", "from": "2026-11-01" }), "from"),
        (json!({ "of": "stock", "to": "2026-11-01" }), "to"),
        (json!({ "of": "orders", "from": "2026-11-01", "to": "2026-11-30", "format": "xlsx" }), "format"),
    ];
    for (body, field) in cases {
        let refused = shop.post(EXPORTS, &body).by(&root).send().await.expect(400);
        assert_eq!(refused.fields(), [field], "{body}");
    }
    assert!(shop.table.items_under("EXPORT#").is_empty());
}
